//! The API over HTTP, before a client that we did not write.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod botocore;
mod errors;
mod http;
mod judges;
