//! The examples of the README and the book: what stands under a command is what it prints.

/// Its commands build on each other: `keys_book` runs them in a folder of their own.
const A_STORY: &str = "vault-and-secret.md";

#[test]
fn every_example_prints_what_stands_under_it() {
    let cases = trycmd::TestCases::new();
    cases.case("README.md");
    for entry in std::fs::read_dir("book/src").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") && !path.ends_with(A_STORY) {
            cases.case(path);
        }
    }
}
