//! How often a request is tried and how long that takes at worst.

use crate::proxy::Retry;

/// The base of the pause before an attempt, in milliseconds, and the longest pause.
///
/// Source: Envoy's documentation of `RetryPolicy.retry_back_off`: 25 ms by default, doubled each time, at most ten times that; the
/// pause is drawn at random below.
const BASE_PAUSE_MILLIS: u64 = 25;
const MAX_PAUSE_MILLIS: u64 = 250;

/// How often a request is tried and how long that takes at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// The first attempt and all after it.
    pub most: u32,
    /// How long all together may take, in milliseconds; `None` is without end.
    pub worst_case_millis: Option<u64>,
}

impl Attempts {
    /// One attempt, as long as the request may take.
    pub(super) const fn one(timeout_millis: Option<u64>) -> Self {
        Self { most: 1, worst_case_millis: timeout_millis }
    }

    /// The attempts of a policy within the time that a request has.
    pub(super) fn of(retry: &Retry, timeout_millis: Option<u64>) -> Self {
        let most = if retry.conditions.is_empty() { 1 } else { retry.max_retries.saturating_add(1) };
        let each = retry.per_try_millis.filter(|millis| *millis > 0);
        let all = each.map(|each| each.saturating_mul(u64::from(most)).saturating_add(pauses(most - 1)));
        let worst_case_millis = match (timeout_millis, all) {
            (Some(timeout), Some(all)) => Some(timeout.min(all)),
            (timeout, all) => timeout.or(all),
        };
        Self { most, worst_case_millis }
    }
}

/// The pauses before so many attempts, at their longest.
fn pauses(retries: u32) -> u64 {
    let growing = (1..=retries.min(4)).map(|retry| (BASE_PAUSE_MILLIS << retry).min(MAX_PAUSE_MILLIS));
    growing.sum::<u64>().saturating_add(u64::from(retries.saturating_sub(4)).saturating_mul(MAX_PAUSE_MILLIS))
}
