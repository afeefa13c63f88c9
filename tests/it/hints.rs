//! What is said to common mistakes that no slip explains: the place, what is wrong, what to type.

use std::fmt::Write;

use ocipol::parse;
use ocipol::passage::Passage;
use ocipol::source::{Source, Sources};

/// Text that is nearly a statement. The snapshot is to be read as somebody would who wrote it.
const MISTAKES: [&str; 47] = [
    "Grant group Pilots to read vcns in tenancy",
    "Alow group Pilots to read vcns in tenancy",
    "Forbid group Pilots to read vcns in tenancy",
    "Please let the pilots in",
    "Allow",
    "Allow group",
    "Allow group Pilots",
    "Allow group Pilots to",
    "Allow group Pilots to read",
    "Allow group Pilots to read vcns in",
    "Allow group Pilots to read vcns in compartment",
    "Allow group Pilots to read vcns in tenancy where",
    "Allow any user to read vcns in tenancy",
    "Allow everyone to read vcns in tenancy",
    "Allow goup Pilots to read vcns in tenancy",
    "Allow group to read vcns in tenancy",
    "Allow group Crew, Pilotsto read vcns in tenancy",
    "Allow group Pilots to read in tenancy",
    "Allow group Pilots to read vcns tenancy",
    "Allow group Pilots to read vcns on compartment hangar",
    "Allow group Pilots to read vcns in the tenancy",
    "Allow group Pilots to read vcns in root compartment",
    "Allow group Pilots to read vcns in compartement hangar",
    "Allow group Pilots to read vcns in compartmentA",
    "Allow group Pilots to read vcns in compartment hangar/north",
    "Allow group Pilots to read vcns in compartment hangar in tenancy",
    "Allow group Pilots and Crew to read vcns in tenancy",
    "Allow group Pilots to read vcns in tenancy if request.region = 'iad'",
    "Allow group Pilots to read vcns in tenancy whereall{request.region = 'iad'}",
    "Allow group Pilots to read vcns in tenancy where request.region = 'iad' where request.user.id = 'kim'",
    "Allow group Pilots to read vcns in tenancy where request.region = 'iad', request.user.id = 'kim'",
    "Allow group Pilots to read vcns in tenancy where all request.region = 'iad', request.user.id = 'kim'",
    "Allow group Pilots to read vcns in tenancy where not request.region = 'iad'",
    "Allow group Pilots to read vcns in tenancy where request.region in 'iad'",
    "Allow group Pilots to read vcns in tenancy where 'iad' = request.region",
    "Allow group Pilots to read vcns in tenancy where request.region = 'iad",
    "Allow group Pilots to read vcns in tenancy where request.region = `iad`",
    "Allow group Pilots to read vcns in tenancy where any { request.region = }",
    "Allow group Pilots to read vcns in tenancy where request.region resembles 'iad'",
    "Define",
    "Define tenancy as ocid1.tenancy.oc1..fjord",
    "Define tenancy Fjord Hangar as ocid1.tenancy.oc1..fjord",
    "Define group North/Pilots as ocid1.group.oc1..pilots",
    "Define tenancy Fjord = ocid1.tenancy.oc1..fjord",
    "Define tenancy Fjord as",
    "Endorse group Pilots to read vcns in any tenancy",
    "Admit group Pilots of Fjord to read vcns in tenancy",
];

#[test]
fn common_mistakes_are_told_in_words_that_help() {
    let mut told = String::new();
    for text in MISTAKES {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("mistake", text).unwrap());
        let mut findings = Vec::new();
        let _ = parse::statements(&Passage::verbatim(id, text, 0), &mut findings);
        assert!(!findings.is_empty(), "{text}");
        writeln!(told, "{text}").unwrap();
        for finding in findings {
            let start = finding.place().unwrap().span.start as usize;
            let (message, help) = (&finding.message, finding.help.as_deref().unwrap());
            writeln!(
                told,
                "{}^ {}: {message}\n{}  {help}",
                " ".repeat(start),
                finding.code.id(),
                " ".repeat(start)
            )
            .unwrap();
        }
        told.push('\n');
    }
    insta::assert_snapshot!(told);
}
