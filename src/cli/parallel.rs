//! Doing the same to many files at once, with a bar on a terminal when it takes long.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use rayon::prelude::*;

/// How long people wait without wondering.
const PATIENCE: Duration = Duration::from_millis(500);
/// Fewer files than this are not worth a second thread.
const FEW: usize = 4;

/// Does something to each item; the results come in the order of the items.
pub(super) fn parallel<T: Send + Sync, R: Send>(
    what: &'static str,
    items: Vec<T>,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<(T, R)> {
    if items.len() < FEW {
        let done = |item| {
            let result = work(&item);
            (item, result)
        };
        return items.into_iter().map(done).collect();
    }
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let bar = Bar { what, total, done: AtomicU64::new(0), start: Instant::now(), bar: OnceLock::new() };
    let done: Vec<(T, R)> = items
        .into_par_iter()
        .map(|item| {
            let result = work(&item);
            bar.advance();
            (item, result)
        })
        .collect();
    bar.finish();
    done
}

/// A progress bar on standard error that is made only when it is needed, and drawn on a terminal only.
struct Bar {
    what: &'static str,
    total: u64,
    done: AtomicU64,
    start: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Bar {
    fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.start.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stderr());
            bar.set_message(self.what);
            bar
        });
        bar.set_position(done);
    }

    fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
