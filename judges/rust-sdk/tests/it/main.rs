//! AWS's own SDK for Rust before a running server.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod errors;
mod life;
mod pages;
mod retries;
mod route_specs;
mod server;
mod specs;
