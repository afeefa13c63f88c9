//! ocipol beside `cedar-policy` and `regorus`.
//!
//! `peers agree [REQUESTS]` translates random policies into Cedar and compares every decision and its reasons, on what
//! Cedar can say. `peers bench [STATEMENTS…]` times the engines on the same worlds and requests in one run, after every
//! engine has given the same answer to every timed request. `peers ingest [STATEMENTS]` reads and binds again and again, for a
//! profiler.
//!
//! Without the feature `bench` only `agree` is there, and neither Rego nor link-time optimisation costs anything to build.

mod agree;
#[cfg(feature = "bench")]
mod bench;
mod cedar;
#[cfg(feature = "bench")]
mod rego;
#[cfg_attr(not(feature = "bench"), expect(dead_code, reason = "the workload of the benches"))]
#[path = "../../synthetic/mod.rs"]
mod synthetic;
mod worlds;

#[cfg(feature = "bench")]
#[global_allocator]
static MEMORY: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("agree") => {
            let wanted = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(20_000);
            agree::run(wanted);
        }
        #[cfg(feature = "bench")]
        Some("bench") => {
            let counts: Vec<usize> = arguments.filter_map(|count| count.parse().ok()).collect();
            let usual = [100, 335, 1_000, 5_000, 10_000, 100_000];
            bench::run(if counts.is_empty() { &usual } else { &counts });
        }
        #[cfg(feature = "bench")]
        Some("ingest") => {
            let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(5_000);
            bench::ingest(count);
        }
        _ => eprintln!("peers agree [REQUESTS] | peers bench [STATEMENTS…] | peers ingest [STATEMENTS]"),
    }
}
