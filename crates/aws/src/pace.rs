//! How many calls are made at a time: half as many, and none for a while, where whoever answers asks for fewer; more again as it goes well.
//!
//! Source: AWS SDKs and Tools Reference Guide, retry behavior; botocore, `retries/standard.py` and `retries/adaptive.py`. The AWS CLI makes
//! one call at a time and gives it up after 3 tries; it is us who make several, so it is for us to make fewer. A number of tries that is
//! asked for by `AWS_MAX_ATTEMPTS` or `max_attempts` holds here too.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::retry::{pause, random};

/// How many calls are made at a time, where none needs another's answer.
pub const PARALLEL: usize = 8;

/// How often it slows down without any answer between before it gives up; the pauses are 71 s at most by then, and half of that as a rule.
const PATIENCE: u32 = 8;

/// The pace of all calls of a client together.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    moved: Condvar,
    /// The longest first pause.
    first_pause: Duration,
}

#[derive(Debug)]
struct State {
    /// How many calls are under way, and how many may be.
    running: usize,
    most: usize,
    /// None begins before.
    resume: Option<Instant>,
    /// How often it has slowed down, and how often since the last answer.
    slowed: u64,
    in_vain: u32,
    /// Answers since it last allowed more or fewer.
    answered: usize,
}

/// A call that is under way, by how often the pace had slowed down when it began.
#[derive(Debug)]
pub(crate) struct Turn(u64);

/// What comes of a call that was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooMuch {
    /// So many are made at a time from now on.
    Slowed(usize),
    /// Others of the same moment have slowed the pace down already.
    Known,
    /// It was slowed down so often that more is no use.
    InVain,
}

impl Pace {
    pub(crate) fn new(first_pause: Duration) -> Self {
        let state = State { running: 0, most: PARALLEL, resume: None, slowed: 0, in_vain: 0, answered: 0 };
        Self { state: Mutex::new(state), moved: Condvar::new(), first_pause }
    }

    /// Waits until one more call may be made.
    pub(crate) fn turn(&self) -> Turn {
        let mut state = self.state();
        loop {
            let left = state.resume.map(|resume| resume.saturating_duration_since(Instant::now()));
            state = match left {
                Some(left) if !left.is_zero() => {
                    self.moved.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                _ if state.running >= state.most => self.moved.wait(state).unwrap_or_else(PoisonError::into_inner),
                _ => {
                    state.running += 1;
                    return Turn(state.slowed);
                }
            };
        }
    }

    /// The call of a turn was answered, whatever the answer.
    pub(crate) fn answered(&self, _: Turn) {
        let mut state = self.state();
        state.running -= 1;
        state.in_vain = 0;
        state.answered += 1;
        if state.answered >= state.most && state.most < PARALLEL {
            state.most += 1;
            state.answered = 0;
        }
        self.moved.notify_all();
    }

    /// The call of a turn came to nothing, which says nothing of the pace.
    pub(crate) fn lost(&self, _: Turn) {
        self.state().running -= 1;
        self.moved.notify_all();
    }

    /// The call of a turn was too much.
    pub(crate) fn too_much(&self, turn: &Turn) -> TooMuch {
        let mut state = self.state();
        state.running -= 1;
        self.moved.notify_all();
        if turn.0 != state.slowed {
            return TooMuch::Known;
        }
        if state.in_vain >= PATIENCE {
            return TooMuch::InVain;
        }
        state.slowed += 1;
        state.in_vain += 1;
        state.answered = 0;
        state.most = (state.most / 2).max(1);
        state.resume = Some(Instant::now() + pause(self.first_pause, state.in_vain, random()));
        TooMuch::Slowed(state.most)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_at_a_time_are_halved_once_for_each_burst_and_grow_again() {
        let pace = Pace::new(Duration::ZERO);
        let burst: Vec<Turn> = (0..PARALLEL).map(|_| pace.turn()).collect();
        let said: Vec<TooMuch> = burst.iter().map(|turn| pace.too_much(turn)).collect();
        assert_eq!((said[0], said[1], said[PARALLEL - 1]), (TooMuch::Slowed(4), TooMuch::Known, TooMuch::Known));
        for most in [2, 1, 1] {
            assert_eq!(pace.too_much(&pace.turn()), TooMuch::Slowed(most));
        }
        for _ in 0..100 {
            pace.answered(pace.turn());
        }
        assert_eq!(pace.state().most, PARALLEL);
    }

    #[test]
    fn patience_ends_and_an_answer_renews_it() {
        let pace = Pace::new(Duration::ZERO);
        for _ in 0..3 {
            for _ in 0..PATIENCE {
                assert!(matches!(pace.too_much(&pace.turn()), TooMuch::Slowed(_)));
            }
            pace.answered(pace.turn());
        }
        for _ in 0..PATIENCE {
            pace.too_much(&pace.turn());
        }
        assert_eq!(pace.too_much(&pace.turn()), TooMuch::InVain);
    }
}
