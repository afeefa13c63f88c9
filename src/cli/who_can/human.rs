//! The answer as people read it: way by way, classes above the principals they hold.

use std::io;

use crate::cli::output::Tone;
use crate::cli::{Output, account};
use crate::decide::Verdict;
use crate::explain::Cited;
use crate::format;
use crate::program::{Kind, Program, StatementId};
use crate::source::Sources;
use crate::tenancy::TenancyId;
use crate::who_can::{Through, Way, When, Who, WhoCan};

/// How many names a line of them has at most.
const NAMES: usize = 12;

pub(super) fn write(
    output: &mut Output<'_>,
    sources: &Sources,
    program: &Program,
    answer: &WhoCan,
) -> io::Result<()> {
    let shown = Shown { sources, program };
    let (certain, possible) = (answer.certain().count(), answer.possible().count());
    writeln!(output.out, "{}", answer.question)?;
    let parts = [
        (Verdict::Allow, certain, Tone::Good, "These may:"),
        (Verdict::Indeterminate, possible, Tone::Faint, "These may, if what is open turns out well:"),
    ];
    if certain + possible == 0 {
        writeln!(output.out, "\n{}", output.paint(Tone::Bad, "Nobody may."))?;
    }
    for (verdict, count, tone, title) in parts {
        if count == 0 {
            continue;
        }
        writeln!(output.out, "\n{}", output.paint(tone, title))?;
        for way in answer.ways.iter().filter(|way| way.verdict == verdict) {
            shown.way(output, way)?;
        }
    }
    if !answer.rejected.is_empty() {
        writeln!(output.out, "\nNot in force:")?;
    }
    for rejected in &answer.rejected {
        let place = rejected.place.map(|place| sources.locate(place)).unwrap_or_default();
        let (policy, number, reason) = (&rejected.policy, rejected.number, &rejected.reason);
        writeln!(output.out, "  policy {policy}, statement {number} ({place}): {reason}")?;
        if let Some(help) = &rejected.help {
            writeln!(output.out, "    {help}")?;
        }
    }
    for note in &answer.notes {
        writeln!(output.out, "\nnote: {note}")?;
    }
    Ok(())
}

struct Shown<'s> {
    sources: &'s Sources,
    program: &'s Program,
}

impl Shown<'_> {
    fn way(&self, output: &mut Output<'_>, way: &Way) -> io::Result<()> {
        writeln!(output.out)?;
        let classes: Vec<&Who> = way.who.iter().filter(|who| who.is_class()).collect();
        for who in &classes {
            writeln!(output.out, "  {}{}", who.words(self.program), self.rule(who))?;
        }
        let indent = if classes.is_empty() { "  " } else { "    " };
        for line in self.members(&way.who) {
            writeln!(output.out, "{indent}{line}")?;
        }
        // What the classes are called says it already.
        let through: Vec<&Through> =
            way.through.iter().filter(|through| !is_said(through, &classes)).collect();
        if !through.is_empty() {
            let words: Vec<String> = through.iter().map(|through| through.words(self.program)).collect();
            writeln!(output.out, "    through {}", words.join(", "))?;
        }
        // What lets out stands before what lets in.
        let mut because = way.because.clone();
        because.sort_by_key(|&id| self.program.statement(id).map(|statement| Kind::of(statement) as u8));
        for id in because {
            if let Some(line) = self.statement(id) {
                writeln!(output.out, "    {line}")?;
            }
            for When { condition, unless, .. } in way.when.iter().filter(|when| when.statement == id) {
                writeln!(output.out, "      {} {condition}", if *unless { "unless" } else { "when" })?;
            }
        }
        for open in &way.open {
            writeln!(output.out, "    open: {open}")?;
        }
        Ok(())
    }

    /// The principals of the model, kind by kind and tenancy by tenancy.
    fn members(&self, who: &[Who]) -> Vec<String> {
        let model = self.program.tenancies();
        let mut lists: Vec<(String, TenancyId, Vec<&str>)> = Vec::new();
        for one in who {
            let (kind, name) = match one {
                Who::User(id) => {
                    let Some(user) = model.user(*id) else { continue };
                    ("user".to_owned(), user.name.as_str())
                }
                Who::Resource(id) => {
                    let Some(found) = model.resource(*id) else { continue };
                    (found.kind.clone(), found.name.as_deref().unwrap_or(found.id.as_str()))
                }
                Who::Everybody(_) | Who::Group(_) | Who::DynamicGroup(_) | Who::Service { .. } => continue,
            };
            let tenancy = one.tenancy(self.program);
            match lists.iter_mut().find(|(known, home, _)| *known == kind && *home == tenancy) {
                Some((_, _, names)) => names.push(name),
                None => lists.push((kind, tenancy, vec![name])),
            }
        }
        let line = |(kind, tenancy, names): (String, TenancyId, Vec<&str>)| {
            let tenancy = model.tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
            let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("`{name}`")).collect();
            let more = match names.len().saturating_sub(NAMES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            match (names.len(), kind.as_str()) {
                (1, kind) => format!("{kind} {} of {tenancy}", shown.join("")),
                (count, "user") => format!("{count} users of {tenancy}: {}{more}", shown.join(", ")),
                (count, kind) => {
                    format!("{count} resources of type {kind} in {tenancy}: {}{more}", shown.join(", "))
                }
            }
        };
        lists.into_iter().map(line).collect()
    }

    /// The rule by which a dynamic group picks its members.
    fn rule(&self, who: &Who) -> String {
        let Who::DynamicGroup(id) = who else { return String::new() };
        let group = self.program.tenancies().dynamic_group(*id);
        let rule = group.and_then(|group| group.rule.as_ref());
        rule.map_or_else(String::new, |(rule, _)| format!(": {}", format::matching_rule(&rule.node)))
    }

    fn statement(&self, id: StatementId) -> Option<String> {
        let statement = self.program.statement(id)?;
        let policy = self.program.policy(statement.policy)?.name.clone();
        let cited = Cited { policy, number: statement.number, place: statement.place };
        let (named, text) = (account::named(self.sources, &cited), account::text(self.sources, &cited));
        Some(format!("{} by {named}: {text}", deed(Kind::of(statement))))
    }
}

/// What a statement of a kind does.
pub(super) const fn deed(kind: Kind) -> &'static str {
    match kind {
        Kind::Allow => "allowed",
        Kind::Deny
        | Kind::DenyEndorse
        | Kind::DenyAdmit
        | Kind::DenyAssociateEndorse
        | Kind::DenyAssociateAdmit => "perhaps forbidden",
        Kind::Endorse | Kind::AssociateEndorse => "endorsed",
        Kind::Admit | Kind::AssociateAdmit => "admitted",
    }
}

fn is_said(through: &Through, classes: &[&Who]) -> bool {
    classes.iter().any(|class| match (through, class) {
        (Through::Group(a), Who::Group(b)) => a == b,
        (Through::DynamicGroup(a), Who::DynamicGroup(b)) => a == b,
        (Through::Service(a), Who::Service { name, .. }) => a == name,
        (
            Through::AnyUser
            | Through::AnyGroup
            | Through::Group(_)
            | Through::DynamicGroup(_)
            | Through::Service(_)
            | Through::Right(_),
            Who::Everybody(_)
            | Who::Group(_)
            | Who::DynamicGroup(_)
            | Who::Service { .. }
            | Who::Resource(_)
            | Who::User(_),
        ) => false,
    })
}
