//! The Envoy control plane, seen from outside.

mod conversation;
mod transcript;
