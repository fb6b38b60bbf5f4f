//! What Envoy gets, before a real Envoy.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so, and a long one how far it is")]

mod differential;
mod process;
