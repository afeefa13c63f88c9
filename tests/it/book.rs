//! The examples of the README and the book: what stands under a command is what it prints.

#[test]
fn every_example_prints_what_stands_under_it() {
    trycmd::TestCases::new().case("README.md").case("book/src/*.md");
}
