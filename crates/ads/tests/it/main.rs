//! The Envoy control plane, seen from outside.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod conversation;
#[path = "../../../store/tests/it/random.rs"]
mod random;
mod recovery;
mod simulation;
mod stands;
mod transcript;
