//! When a call is tried again, and after how long: the AWS CLI's standard mode.
//!
//! Source: AWS SDKs and Tools Reference Guide, retry behavior; botocore, `retries/standard.py`. Of its throttling codes
//! `LimitExceededException` is left out: App Mesh says so of a quota, which no waiting changes.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// What a client may spend on tries in vain before it only tries once, and what a try costs.
const QUOTA: u32 = 500;
const COST: u32 = 5;
const COST_AFTER_TIMEOUT: u32 = 10;

/// Statuses that say that it may go well the next time.
const TRANSIENT: &[u16] = &[500, 502, 503, 504];

/// Errors that say so, whatever their status.
const CODES: &[&str] =
    &["TransactionInProgressException", "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"];

/// Errors that ask for fewer calls, whatever their status.
const THROTTLING: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
];

/// Whether an answer says that it may go well the next time.
pub(crate) fn is_transient(status: u16, code: &str) -> bool {
    TRANSIENT.contains(&status) || CODES.contains(&code)
}

/// Whether it asks for fewer calls.
pub(crate) fn is_throttling(status: u16, code: &str) -> bool {
    status == 429 || THROTTLING.contains(&code)
}

/// How long to wait after some tries, for a random number from 0 to 1: up to `first` after the first, then twice that each time.
pub(crate) fn pause(first: Duration, tries: u32, random: f64) -> Duration {
    let most = (first * (1 << tries.saturating_sub(1).min(10))).min(MAX_PAUSE);
    most.mul_f64(random.clamp(0.0, 1.0))
}

/// A random number from 0 to 1; the standard library's own seeds are random.
pub(crate) fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / f64::from(u32::MAX)
}

/// What may be spent on tries in vain, by all calls of a client together.
#[derive(Debug)]
pub(crate) struct Quota(Mutex<u32>);

impl Default for Quota {
    fn default() -> Self {
        Self(Mutex::new(QUOTA))
    }
}

impl Quota {
    /// Pays for another try; `None` where there is not enough left.
    pub(crate) fn pay(&self, is_timeout: bool) -> Option<u32> {
        let cost = if is_timeout { COST_AFTER_TIMEOUT } else { COST };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(cost)?;
        Some(cost)
    }

    /// Gives back what a try cost that went well; one for a call that needed no second.
    pub(crate) fn refund(&self, cost: Option<u32>) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + cost.unwrap_or(1)).min(QUOTA);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_go_well_the_next_time_is_told_from_the_rest() {
        for (status, code) in [(500, ""), (503, "x"), (400, "RequestTimeout")] {
            assert!(is_transient(status, code) && !is_throttling(status, code), "{status} {code}");
        }
        for (status, code) in [(429, "TooManyRequestsException"), (429, ""), (400, "ThrottlingException")] {
            assert!(is_throttling(status, code), "{status} {code}");
        }
        for (status, code) in [
            (400, "BadRequestException"),
            (400, "LimitExceededException"),
            (403, "ForbiddenException"),
            (404, "NotFoundException"),
            (409, "ConflictException"),
            (501, ""),
        ] {
            assert!(!is_transient(status, code) && !is_throttling(status, code), "{status} {code}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let first = Duration::from_secs(1);
        let seconds: Vec<u64> = (1..8).map(|tries| pause(first, tries, 1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(pause(first, u32::MAX, 1.0), MAX_PAUSE);
        assert_eq!(pause(first, 3, 0.0), Duration::ZERO);
        assert!((0.0..=1.0).contains(&random()));
    }

    #[test]
    fn tries_in_vain_come_to_an_end() {
        let quota = Quota::default();
        let paid = (0..1000).filter(|_| quota.pay(false).is_some()).count();
        assert_eq!(paid, 100);
        quota.refund(Some(10));
        assert_eq!((quota.pay(true), quota.pay(false)), (Some(10), None));
    }
}
