//! Plain English against what must come out of it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod round_trip;
mod suite;
