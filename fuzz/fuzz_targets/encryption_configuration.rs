//! An EncryptionConfiguration: a configuration, or findings; never both, never neither.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::encryption_configuration::read;
use ocipol::source::{Source, Sources};

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let Ok(source) = Source::new("f.yaml", text) else { return };
    let id = sources.add(source);
    if let Some(source) = sources.get(id) {
        let (configuration, findings) = read(source, id);
        assert_eq!(configuration.is_some(), findings.is_empty());
    }
});
