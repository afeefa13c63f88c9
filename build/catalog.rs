//! From the catalogue's data files to the tables of `src/catalog/tables.rs`: read, check, join, write.
//!
//! A pure function of the texts, so that a test can break one and see what the build would say.
#![expect(unreachable_pub, reason = "part of a build script and of a test: nothing here is for others")]

mod check;
mod emit;
mod files;
mod model;
mod schema;

use std::collections::BTreeMap;

/// What the build writes into `OUT_DIR`.
pub struct Tables {
    /// `catalog.rs`: the rows.
    pub rust: String,
    /// `catalog.txt`: every text, one behind the other.
    pub text: String,
}

/// Makes the tables of the texts of all data files, keyed by file name without `.yaml`.
///
/// # Errors
/// Every mistake found, each naming its file and key.
pub fn tables(texts: &BTreeMap<String, String>) -> Result<Tables, Vec<String>> {
    let files = files::Files::parse(texts)?;
    let mistakes = check::check(&files);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    emit::emit(&model::Model::join(&files))
}
