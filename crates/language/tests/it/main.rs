//! Plain English against what must come out of it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and a report is printed")]

mod suite;
