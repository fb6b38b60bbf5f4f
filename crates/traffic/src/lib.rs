//! What happens to a request: which match takes it, which of several comes first, and which request tells them apart.
//!
//! The one truth about traffic: rules, traces and diffs ask here, so that they cannot disagree.

pub mod call;
pub mod capture;
pub mod condition;
mod language;
pub mod log_format;
pub mod matcher;
pub mod path;
pub mod pattern;
pub mod proxy;
pub mod search;
pub mod table;
pub mod trace;

pub use call::Call;
pub use capture::{Addresses, Capture, Loopback};
pub use condition::{Comparison, Condition};
pub use matcher::{Match, PathMatch};
pub use pattern::{Pattern, PatternError, Patterns};
pub use search::{Search, Sketch, find};
pub use table::{Entry, Fate, Table};
