//! How often each kind of resource was sent, accepted and refused, over all streams.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::kind::Kind;

/// How often each kind of resource was sent, accepted and refused.
#[derive(Debug, Default)]
pub struct Counts([Count; Kind::ALL.len()]);

#[derive(Debug, Default)]
struct Count {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    rejected: AtomicU64,
}

impl Counts {
    /// Responses of a kind that were sent.
    pub fn sent(&self, kind: Kind) -> u64 {
        self.0[kind as usize].sent.load(Ordering::Relaxed)
    }

    /// Those that a proxy has accepted.
    pub fn acknowledged(&self, kind: Kind) -> u64 {
        self.0[kind as usize].acknowledged.load(Ordering::Relaxed)
    }

    /// Those that a proxy has refused.
    pub fn rejected(&self, kind: Kind) -> u64 {
        self.0[kind as usize].rejected.load(Ordering::Relaxed)
    }

    pub(crate) fn note_sent(&self, kind: Kind) {
        self.0[kind as usize].sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note_answer(&self, kind: Kind, is_accepted: bool) {
        let count = &self.0[kind as usize];
        if is_accepted { &count.acknowledged } else { &count.rejected }.fetch_add(1, Ordering::Relaxed);
    }
}
