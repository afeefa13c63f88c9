//! The reference pages of the book are written from the tables in the code: these tests say when a page is stale, and
//! write it again with `OCIPOL_UPDATE_BOOK=1`.

use std::fmt::Write;
use std::path::PathBuf;

use ocipol::lint::{CONTROLS, LINTS, Lint};

/// Compares a page of the book with what it must be, or writes it.
fn assert_page(name: &str, page: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/book/src")).join(name);
    if std::env::var_os("OCIPOL_UPDATE_BOOK").is_some() {
        std::fs::write(path, page).expect("the page is written");
        return;
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "book/src/{name} is stale: run this test again with OCIPOL_UPDATE_BOOK=1");
}

/// Areas of codes, with what a heading says of them.
const AREAS: [(&str, &str); 9] = [
    ("syntax", "Text: what the language does not have, and slips people make"),
    ("resolve", "Names: what a statement speaks of and is not there"),
    ("lint", "Meaning: what does nothing, what does too much, what is dangerous"),
    ("tenancy", "Tenancy models"),
    ("file", "Files of any kind"),
    ("yaml", "YAML"),
    ("json", "JSON"),
    ("terraform", "Terraform"),
    ("test", "Policy tests"),
];

/// The lints of an area by name. Mistakes of ours have an area that no page shows.
fn of_area(area: &str) -> Vec<&'static Lint> {
    let mut lints: Vec<&Lint> = LINTS.iter().copied().filter(|lint| lint.code.area() == area).collect();
    lints.sort_by_key(|lint| lint.code.id());
    lints
}

/// The first sentence of a summary.
fn first_sentence(text: &str) -> &str {
    text.split_inclusive(". ").next().unwrap_or(text).trim_end()
}

fn lints() -> String {
    let mut page = String::from(
        "# Every kind of finding\n\n\
        This page is written from the registry in the code. `ocipol check --explain CODE` prints the same of one kind; the\n\
        part of a code behind the slash is enough.\n\n\
        An *error* is refused by the service, or can never do what was clearly meant. A *warning* is legal and probably not\n\
        meant, or dangerous. *Info* is worth knowing. *Style* means the same in nicer text. The *risk* says how dangerous it is,\n\
        apart from whether it is a mistake.\n",
    );
    for (area, heading) in AREAS {
        let lints = of_area(area);
        writeln!(page, "\n## {heading}\n\n| code | level | what |\n|---|---|---|").unwrap();
        for lint in &lints {
            let (id, severity, summary) = (lint.code.id(), lint.severity.as_str(), lint.summary());
            let what = first_sentence(&summary).replace('|', "\\|");
            writeln!(page, "| [`{id}`](#{area}{id}) | {severity} | {what} |").unwrap();
        }
        for lint in lints {
            // An anchor is the heading's letters without its slash.
            write!(page, "\n### {}\n\n{}", lint.code, lint.page()).unwrap();
        }
    }
    page.push_str(
        "\n## The CIS benchmark\n\n\
        What the CIS Oracle Cloud Infrastructure Foundations Benchmark, v3.1.0, asks of policies, and what looks for a breach of\n\
        it. Its other controls of identity are about users, passwords and keys, not about policy text.\n\n\
        | control | asks that | looked for by | not seen |\n|---|---|---|---|\n",
    );
    for control in CONTROLS {
        let lints: Vec<String> = control
            .lints
            .iter()
            .map(|id| format!("[`{id}`](#{}{id})", ocipol::lint::find(id).expect("a lint").code.area()))
            .collect();
        let (number, asks) = (control.number, control.asks);
        let beyond = control.beyond.unwrap_or_default();
        writeln!(page, "| {number} | {asks} | {} | {beyond} |", lints.join(", ")).unwrap();
    }
    page
}

#[test]
fn the_page_of_lints_is_what_the_registry_says() {
    let known = LINTS.iter().all(|lint| {
        lint.code.area() == "internal" || AREAS.iter().any(|(area, _)| *area == lint.code.area())
    });
    assert!(known, "an area is missing in AREAS");
    assert_page("lints.md", &lints());
}

#[cfg(feature = "cli")]
mod command_line {
    use clap::{Arg, ArgAction, Command};

    use super::*;

    #[test]
    fn the_page_of_the_command_line_is_what_clap_says() {
        let command = ocipol::cli::command();
        let mut page = String::from(
            "# The command line\n\n\
            This page is written from the program's own arguments; `ocipol COMMAND --help` prints the same.\n\n\
            | command | does |\n|---|---|\n",
        );
        for sub in command.get_subcommands() {
            let (name, about) = (sub.get_name(), sub.get_about().unwrap_or_default().to_string());
            writeln!(page, "| [`{name}`](#ocipol-{name}) | {about} |").unwrap();
        }
        page.push_str(
            "\nEvery command exits with one of these: 0 fine or allowed; 1 findings at or above the failing severity, a test that\n\
            failed, or a file that would change; 2 wrong arguments or unreadable input; 3 denied; 4 not known. The commands that\n\
            work with keys have [more](vault-and-secret.md).\n",
        );
        for sub in command.get_subcommands() {
            describe(&mut page, "ocipol", sub, 2);
        }
        assert_page("command-line.md", &page);
    }

    /// A command, its arguments, and the commands below it.
    fn describe(page: &mut String, above: &str, command: &Command, level: usize) {
        let name = format!("{above} {}", command.get_name());
        writeln!(page, "\n{} {name}", "#".repeat(level)).unwrap();
        let about = command.get_long_about().or(command.get_about()).unwrap_or_default();
        writeln!(page, "\n{about}").unwrap();
        let mut bound = command.clone().bin_name(&name).disable_help_subcommand(true);
        let usage = bound.render_usage().to_string();
        writeln!(page, "\n```text\n{}\n```", usage.trim_start_matches("Usage: ")).unwrap();
        let shown = |arg: &&Arg| {
            !arg.is_hide_set() && !matches!(arg.get_action(), ArgAction::Help | ArgAction::HelpLong)
        };
        let arguments: Vec<&Arg> = command.get_arguments().filter(shown).collect();
        if !arguments.is_empty() {
            page.push_str("\n| argument | meaning |\n|---|---|\n");
        }
        for argument in arguments {
            writeln!(page, "| `{}` | {} |", spelling(argument), meaning(argument).replace('|', "\\|"))
                .unwrap();
        }
        if let Some(after) = command.get_after_help() {
            writeln!(page, "\n```text\n{after}\n```").unwrap();
        }
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            describe(page, &name, sub, level + 1);
        }
    }

    /// `--fix[=WHICH]`, `-o, --out FILE`, `[PATH]…`
    fn spelling(argument: &Arg) -> String {
        let values: Vec<&str> =
            argument.get_value_names().unwrap_or_default().iter().map(|name| name.as_str()).collect();
        let takes = argument.get_action().takes_values();
        let value =
            if values.is_empty() { argument.get_id().as_str().to_uppercase() } else { values.join(" ") };
        let several = argument.get_num_args().is_some_and(|range| range.max_values() > 1);
        let Some(long) = argument.get_long() else {
            let dots = if several || matches!(argument.get_action(), ArgAction::Append) { "…" } else { "" };
            return if argument.is_required_set() {
                format!("{value}{dots}")
            } else {
                format!("[{value}]{dots}")
            };
        };
        let short = argument.get_short().map_or_else(String::new, |short| format!("-{short}, "));
        let optional = argument.get_num_args().is_some_and(|range| range.min_values() == 0);
        match (takes, optional) {
            (false, _) => format!("{short}--{long}"),
            (true, true) => format!("{short}--{long}[={value}]"),
            (true, false) => format!("{short}--{long} {value}"),
        }
    }

    /// What an argument means, its values, and what it is where it is not given.
    fn meaning(argument: &Arg) -> String {
        let help = argument.get_long_help().or(argument.get_help()).unwrap_or_default().to_string();
        let mut meaning = help.replace("\n\n", "<br>").replace('\n', " ");
        if argument.get_action().takes_values() {
            for value in argument.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
                write!(meaning, "<br>`{}`", value.get_name()).unwrap();
                if let Some(help) = value.get_help() {
                    write!(meaning, ": {help}").unwrap();
                }
            }
            let defaults: Vec<String> = argument
                .get_default_values()
                .iter()
                .map(|value| format!("`{}`", value.to_string_lossy()))
                .collect();
            if !defaults.is_empty() {
                write!(meaning, "<br>Where it is not given: {}", defaults.join(" ")).unwrap();
            }
        }
        meaning
    }
}
