//! The App Mesh API, as AWS's clients know it: operations on a state, and HTTP around them.
//!
//! [`api`] decides and knows no network; [`http`] is the thin loop around it.

pub mod api;
mod body;
pub mod call;
mod checks;
mod exception;
pub mod http;
mod in_process;
mod page;
mod record;
mod rules;
mod state;
mod stored;

pub use api::{Api, Stamp};
pub use call::{Call, Scope};
pub use exception::{ApiError, Exception};
pub use in_process::InProcess;
