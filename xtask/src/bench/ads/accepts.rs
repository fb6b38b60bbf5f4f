//! What proxies have accepted, for one who waits for all of it rather than for each: a wake costs more than what is measured.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Result, ensure};

use super::PATIENCE;

/// A proxy has accepted route configurations, and has said so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepted {
    pub(super) number: usize,
    pub(super) at: Instant,
}

/// What proxies have accepted.
#[derive(Debug, Default)]
pub(super) struct Accepts {
    state: Mutex<State>,
    enough: Condvar,
}

#[derive(Debug, Default)]
struct State {
    all: Vec<Accepted>,
    wanted: usize,
}

impl Accepts {
    pub(super) fn add(&self, accepted: Accepted) {
        let mut state = self.lock();
        state.all.push(accepted);
        if state.all.len() == state.wanted {
            self.enough.notify_one();
        }
    }

    /// Waits for so many, and takes all that there are.
    pub(super) fn take(&self, wanted: usize) -> Result<Vec<Accepted>> {
        let mut state = self.lock();
        state.wanted = wanted;
        let lasted = self.enough.wait_timeout_while(state, PATIENCE, |state| state.all.len() < wanted);
        let (mut state, _) = lasted.unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut state.all);
        ensure!(all.len() >= wanted, "{} of {wanted} proxies have heard of it", all.len());
        Ok(all)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
