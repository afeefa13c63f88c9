//! Any text as JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::read::{self, Format, Trust};
use ocipol::source::{Source, Sources};
use ocipol_fuzz::check;

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("a.json", text).expect("the fuzzer makes no text of 4 GiB"));
    let source = sources.get(id).expect("it was just added");
    let contents = read::document(source, id, Format::Json, Trust::Found);
    check(&sources, &contents);
});
