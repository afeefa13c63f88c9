//! What the sources of the engine promise as texts.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file of the library with its lines up to its tests, comments left out.
fn lines() -> Vec<(PathBuf, usize, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 40, "{} files", files.len());
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            if !line.trim_start().starts_with("//") {
                lines.push((file.clone(), number + 1, line.to_owned()));
            }
        }
    }
    lines
}

#[test]
fn sr_39_there_is_no_unsafe_code_and_none_can_be_added() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    for (file, number, line) in lines() {
        let word = line
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .any(|word| word == "unsafe");
        assert!(!word, "{}:{number}: {line}", file.display());
    }
}

/// Tags, digests, checksums and keys are compared by `ct_eq`, never by an operator that stops at the first difference.
#[test]
fn sr_40_no_tag_or_digest_is_compared_with_an_operator() {
    const SECRETIVE: [&str; 10] =
        ["tag", "digest", "mac", "checksum", "hash", "token", "mark", "dek", "cek", "plaintext"];
    // What one side of a comparison is called, not counting its length, its place or its number.
    let names = |side: &str| {
        let word: String = side
            .trim()
            .trim_start_matches(['(', '&', '*', '!'])
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || "_.()&".contains(*letter))
            .collect();
        let is_size = [".len()", ".is_empty()", ".number", ".length"].iter().any(|size| word.contains(size));
        let last = word.trim_end_matches(['(', ')']).rsplit('.').next().unwrap_or_default().to_owned();
        SECRETIVE.contains(&last.as_str()) && !is_size
    };
    let caught = |line: &str| {
        let mut sides = [" == ", " != "].into_iter().filter_map(|operator| line.split_once(operator));
        sides.any(|(left, right)| {
            names(left.rsplit([' ', '(', '{']).next().unwrap_or_default()) || names(right)
        })
    };
    for line in ["if computed == tag {", "return *self.mark != found", "(a && x == record.hash)"] {
        assert!(caught(line), "{line}");
    }
    for line in ["if tag.len() == 16 {", "number == records.len()"] {
        assert!(!caught(line), "{line}");
    }
    for (file, number, line) in lines() {
        assert!(!caught(&line), "{}:{number}: {line}", file.display());
    }
    let constant_time = lines().iter().filter(|(_, _, line)| line.contains(".ct_eq(")).count();
    assert!(constant_time >= 6, "{constant_time}");
}
