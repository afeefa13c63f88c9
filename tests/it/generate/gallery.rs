//! Every output of every fixture, for people to read.

use super::{fixtures, generated};
use ocipol::generate;

#[test]
fn outputs() {
    for (name, path) in fixtures() {
        let intent = std::fs::read_to_string(&path).unwrap();
        let (sources, _, generated) = generated(&path);
        let notes: String = generated
            .notes
            .iter()
            .map(|note| {
                let line = sources.locate(note.place().unwrap());
                let line = line.rsplit('/').next().unwrap().to_owned();
                format!("{}: {line}: {}\n", note.severity.as_str(), note.message)
            })
            .collect();
        let documents: Vec<String> =
            generate::documents(&generated).unwrap().into_iter().map(|document| document.name).collect();
        let sections = [
            ("intent", intent),
            ("notes", notes),
            ("text", generate::text(&generated)),
            ("yaml", generate::yaml(&generated).unwrap()),
            ("terraform", generate::terraform(&generated)),
            ("json", generate::json(&generated).unwrap()),
            ("files for the OCI CLI", documents.join("\n")),
        ];
        let shown: Vec<String> =
            sections.iter().map(|(title, text)| format!("--- {title}\n{}\n", text.trim_end())).collect();
        let shown = shown.join("\n");
        insta::assert_snapshot!(format!("outputs@{name}"), shown);
    }
}
