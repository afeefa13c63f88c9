//! Watching: the tests run again whenever a file they read changes.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher};

use super::report::{Report, is_suite};
use super::{Arguments, once};
use crate::cli::{Exit, Output};

/// How long nothing may happen before the tests run again: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// Why there is nothing to watch.
#[derive(Debug, thiserror::Error)]
enum NoWatch {
    #[error("standard input cannot be watched")]
    StandardInput,
    #[error("changes of files cannot be watched")]
    Notify(#[source] notify::Error),
}

impl NoWatch {
    const fn help(&self) -> &'static str {
        match self {
            Self::StandardInput => "name a file or a folder, or leave `--watch` out",
            Self::Notify(_) => "run without `--watch`, or raise the system's limit of watched files",
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return output.refuse(&NoWatch::StandardInput, NoWatch::StandardInput.help());
    }
    let (sender, changes) = channel();
    let told = move |event: notify::Result<Event>| {
        // Nobody listens any more when the program ends.
        let _ = sender.send(event);
    };
    let mut watcher = match notify::recommended_watcher(told) {
        Ok(watcher) => watcher,
        Err(error) => {
            let error = NoWatch::Notify(error);
            return output.refuse(&error, error.help());
        }
    };
    let mut watched = BTreeSet::new();
    let mut files = Files::of(arguments, None);
    if let Err(error) = files.watch(&mut watcher, &mut watched) {
        return output.refuse(&error, error.help());
    }
    loop {
        let (report, exit) = once(arguments, output)?;
        files = Files::of(arguments, Some(&report));
        if let Err(error) = files.watch(&mut watcher, &mut watched) {
            return output.refuse(&error, error.help());
        }
        writeln!(output.err, "watching {} for changes; Ctrl-C ends", files.words())?;
        let Some(changed) = next(&changes, &files) else { return Ok(exit) };
        writeln!(output.err, "\n{} changed\n", changed.display())?;
    }
}

/// Waits for a change that matters, and until the changes pause; `None` when nothing can change any more.
fn next(changes: &Receiver<notify::Result<Event>>, files: &Files) -> Option<PathBuf> {
    let first = loop {
        // What the watcher could not see may have been a change.
        let Ok(event) = changes.recv().ok()? else { return files.names.first().cloned() };
        if let Some(path) = files.concern(&event) {
            break path;
        }
    };
    while changes.recv_timeout(QUIET).is_ok() {}
    Some(first)
}

/// What is watched for.
struct Files {
    /// The files that were read, by their path without links.
    read: BTreeSet<PathBuf>,
    /// The same as the user knows them.
    names: Vec<PathBuf>,
    /// Folders in which suites may appear.
    folders: Vec<PathBuf>,
}

impl Files {
    fn of(arguments: &Arguments, report: Option<&Report>) -> Self {
        let here = [PathBuf::from(".")];
        let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
        let mut names: Vec<PathBuf> = paths.iter().filter(|path| !path.is_dir()).cloned().collect();
        for suite in report.iter().flat_map(|report| &report.suites) {
            names.extend(suite.sources.iter().map(|(_, source)| PathBuf::from(source.name())));
        }
        names.sort();
        names.dedup();
        let folders = paths.iter().filter_map(|path| path.canonicalize().ok()).filter(|path| path.is_dir());
        let folders = folders.collect();
        let read = names.iter().filter_map(|name| whole(name)).collect();
        Self { read, names, folders }
    }

    /// Watches the folders of the files: a file that an editor replaces is another file afterwards.
    fn watch(&self, watcher: &mut impl Watcher, watched: &mut BTreeSet<PathBuf>) -> Result<(), NoWatch> {
        for folder in &self.folders {
            if watched.insert(folder.clone()) {
                watcher.watch(folder, RecursiveMode::Recursive).map_err(NoWatch::Notify)?;
            }
        }
        for folder in self.read.iter().filter_map(|file| file.parent()) {
            let covered = self.folders.iter().any(|above| folder.starts_with(above));
            if !covered && watched.insert(folder.to_owned()) {
                watcher.watch(folder, RecursiveMode::NonRecursive).map_err(NoWatch::Notify)?;
            }
        }
        Ok(())
    }

    /// The file that an event says was changed and that matters here.
    fn concern(&self, event: &Event) -> Option<PathBuf> {
        // The tests themselves open and close the files.
        if event.kind.is_access() {
            return None;
        }
        let matters = |path: &&PathBuf| {
            self.read.contains(*path)
                || is_suite(path) && self.folders.iter().any(|folder| path.starts_with(folder))
        };
        let path = event.paths.iter().find(matters)?;
        let known = self.names.iter().find(|name| whole(name).as_ref() == Some(path));
        Some(known.cloned().unwrap_or_else(|| path.clone()))
    }

    fn words(&self) -> String {
        match self.names.as_slice() {
            [only] => only.display().to_string(),
            several => format!("{} files", several.len()),
        }
    }
}

/// A file's path without links, also while the file itself is gone.
fn whole(name: &Path) -> Option<PathBuf> {
    let folder = match name.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let own = name.canonicalize().ok();
    own.or_else(|| Some(folder.canonicalize().ok()?.join(name.file_name()?)))
}
