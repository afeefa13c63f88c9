//! Writes the catalogue's tables from its data files.

#[path = "build/catalog.rs"]
mod catalog;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

const DATA: &str = "src/catalog/data";

fn main() -> io::Result<ExitCode> {
    for watched in [DATA, "build", "build.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let tables = match catalog::tables(&texts(Path::new(DATA))?) {
        Ok(tables) => tables,
        Err(mistakes) => {
            for mistake in mistakes {
                println!("cargo::error={}", mistake.replace('\n', " "));
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("catalog.rs"), tables.rust)?;
    fs::write(Path::new(&out).join("catalog.txt"), tables.text)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts of all data files by name without `.yaml`.
fn texts(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let (Some("yaml"), Some(name)) = (
            path.extension().and_then(|extension| extension.to_str()),
            path.file_stem().and_then(|stem| stem.to_str()),
        ) {
            texts.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(texts)
}
