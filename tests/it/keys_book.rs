//! The pages about keys: their table of failures is the one in the code, and their commands run.

use ocipol::engine::{Code, Retry};

const PAGE: &str = include_str!("../../book/src/vault-and-secret.md");

fn table() -> String {
    let rows = Code::ALL.into_iter().map(|code| {
        let row = code.row();
        let answer = row
            .oci
            .map_or_else(|| "nothing like it".to_owned(), |oci| format!("{} {}", oci.status, oci.code));
        let again = match row.retry {
            Retry::No => "no",
            Retry::Never => "never",
            Retry::AfterStateChange => "when the state has changed",
            Retry::AfterReading => "after reading again",
            Retry::BackOff => "later",
        };
        format!("| `{}`: {} | {} | {answer} | {again} |", row.name, row.message, row.exit)
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_has_the_table_of_the_code() {
    if std::env::var_os("OCIPOL_UPDATE_BOOK").is_some() {
        let from = PAGE.find("| code | exit |").expect("the table's head");
        let body = from + PAGE[from..].match_indices('\n').nth(1).expect("two lines of head").0 + 1;
        let end = body + PAGE[body..].find("\n\n").expect("the table ends");
        let page = format!("{}{}{}", &PAGE[..body], table(), &PAGE[end..]);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/book/src/vault-and-secret.md");
        std::fs::write(path, page).expect("the page is written");
        return;
    }
    assert!(PAGE.contains(&table()), "run this test again with OCIPOL_UPDATE_BOOK=1");
}

#[cfg(feature = "cli")]
#[test]
fn the_commands_of_the_page_run() {
    use ocipol::cli::{self, Output};
    let folder = crate::rig::Folder::new();
    std::fs::write(folder.file("secret"), "hunter2").expect("a file");
    let mut ran = 0;
    for line in PAGE.lines().filter_map(|line| line.strip_prefix("$ ")) {
        // The pipe is a file here; the version of the last command is one that only a run knows.
        let line = line.strip_prefix("printf hunter2 | ").unwrap_or(line);
        if line.contains("--version OCID") {
            continue;
        }
        let mut words: Vec<String> = line
            .split(' ')
            .map(|word| match word {
                "meadow.tenancy.yaml" => {
                    concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/meadow.tenancy.yaml").to_owned()
                }
                "report.json" => folder.file("report.json").display().to_string(),
                other => other.to_owned(),
            })
            .collect();
        words.extend(["--store".to_owned(), folder.file("store").display().to_string()]);
        if line.contains("secret put") {
            words.extend(["--file".to_owned(), folder.file("secret").display().to_string()]);
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output =
            Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
        let exit = cli::run(words.into_iter().map(Into::into), &mut output);
        assert_eq!(exit.code(), 0, "{line}: {}", String::from_utf8_lossy(&err));
        ran += 1;
    }
    assert_eq!(ran, 10);
}
