//! The API over HTTP, before a client that we did not write.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod botocore;
mod http;
