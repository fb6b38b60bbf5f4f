//! What was committed last, for those who follow a store.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Change;

/// How many changes are remembered, and how many bytes of them; who is further behind loads everything.
const MAX_CHANGES: usize = 10_000;
const MAX_BYTES: usize = 2 << 20;

/// What has changed since a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// These, in their order, up to a revision.
    Changes {
        /// The revision that they lead to.
        revision: u64,
        /// What was changed.
        changes: Vec<Change>,
    },
    /// More than is remembered: what follows must load everything.
    TooMuch,
}

/// Follows a store from any thread.
#[derive(Clone, Debug)]
pub struct Watch(Arc<Shared>);

/// What a store remembers.
#[derive(Debug, Default)]
pub(crate) struct History(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    past: Mutex<Past>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Past {
    /// The revision before the first commit that is remembered.
    from: u64,
    /// The revision now.
    revision: u64,
    commits: VecDeque<(u64, Vec<Change>)>,
    changes: usize,
    bytes: usize,
}

impl Watch {
    /// What has changed since a revision.
    pub fn since(&self, revision: u64) -> Since {
        let past = self.0.past();
        if revision < past.from || revision > past.revision {
            return Since::TooMuch;
        }
        let later = past.commits.iter().filter(|(own, _)| *own > revision);
        Since::Changes { revision: past.revision, changes: later.flat_map(|(_, changes)| changes).cloned().collect() }
    }

    /// Waits until the revision is another one, or for so long; answers with the revision then.
    pub fn wait(&self, revision: u64, most: Duration) -> u64 {
        let end = Instant::now() + most;
        let mut past = self.0.past();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if past.revision != revision || left.is_zero() {
                return past.revision;
            }
            past = self.0.news.wait_timeout(past, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl History {
    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.0))
    }

    /// Remembers a commit.
    pub(crate) fn note(&self, revision: u64, changes: &[Change]) {
        let mut past = self.0.past();
        past.revision = revision;
        past.changes += changes.len();
        past.bytes += size(changes);
        past.commits.push_back((revision, changes.to_vec()));
        while past.changes > MAX_CHANGES || past.bytes > MAX_BYTES {
            let Some((revision, changes)) = past.commits.pop_front() else { break };
            past.from = revision;
            past.changes -= changes.len();
            past.bytes -= size(&changes);
        }
        self.0.news.notify_all();
    }

    /// Forgets everything: the store is at a revision now, and nobody knows by which changes.
    pub(crate) fn forget(&self, revision: u64) {
        *self.0.past() = Past { from: revision, revision, ..Past::default() };
        self.0.news.notify_all();
    }
}

impl Shared {
    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.key.len() + change.value.as_ref().map_or(0, Vec::len)).sum()
}
