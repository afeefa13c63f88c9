//! Third parties' data lie beside the checkout, not in it; a test that wants them says so when they are not there.

use std::path::PathBuf;

/// The file below the shared folder (`OCIPOL_SHARED`, or `../shared` beside the checkout); `None`, with a word on
/// standard error, where it is not there.
pub(crate) fn file(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("OCIPOL_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: {path} is not beside the checkout (set OCIPOL_SHARED to its folder)");
    None
}
