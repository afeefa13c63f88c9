//! Any text as a file of policy text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::read;
use ocipol::source::{Source, Sources};
use ocipol_fuzz::check;

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("a.policy", text).expect("the fuzzer makes no text of 4 GiB"));
    let source = sources.get(id).expect("it was just added");
    let contents = read::policy_text(source, id);
    check(&sources, &contents);
});
