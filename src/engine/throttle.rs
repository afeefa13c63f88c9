//! How many management calls a tenancy may make in a second.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::caseless;
use crate::ocid::Ocid;

/// The newest calls of each tenancy: never more of one than it may make in a second.
#[derive(Default)]
pub(super) struct Throttle(Mutex<HashMap<String, VecDeque<Timestamp>>>);

impl Throttle {
    /// Whether a tenancy may make one more call now, which then counts. A call that may not be made does not.
    pub(super) fn admits(&self, tenancy: &Ocid, now: Timestamp, calls_a_second: usize) -> bool {
        let mut tenancies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = tenancies.entry(caseless::fold(tenancy.as_str())).or_default();
        // A clock that was set back would count calls of the future until they are past: they are forgotten.
        calls.retain(|call| *call <= now && now.duration_since(*call) < SignedDuration::from_secs(1));
        let admitted = calls.len() < calls_a_second;
        if admitted {
            calls.push_back(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn any_second_holds_as_many_calls_as_the_limit() {
        let throttle = Throttle::default();
        let tenancy = Ocid::parse("ocid1.tenancy.oc1..a").unwrap();
        let other = Ocid::parse("ocid1.tenancy.oc1..b").unwrap();
        // When, and whether a third call in a second is admitted.
        let table = [(0, true), (900, true), (901, false), (999, false), (1_000, true), (1_899, false)];
        for (milliseconds, admitted) in table {
            assert_eq!(throttle.admits(&tenancy, at(milliseconds), 2), admitted, "{milliseconds}");
        }
        assert!(throttle.admits(&other, at(1_899), 2), "each tenancy has its own");
        assert!(throttle.admits(&tenancy, at(500), 2), "a clock that was set back locks nobody out");
    }
}
