//! What happens to a request.

pub mod pattern;

pub use pattern::{Pattern, PatternError};
