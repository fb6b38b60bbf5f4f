//! The App Mesh API, as AWS's clients know it: operations on a state, and HTTP around them.
//!
//! [`api`] decides and knows no network; [`Service`] keeps what is decided; [`http`] is the thin loop around it.

pub mod api;
mod body;
pub mod call;
mod checks;
mod exception;
pub mod http;
mod page;
mod record;
mod rules;
mod service;
mod state;
mod stored;
mod sync;
pub mod transfer;

pub use api::{Api, Stamp};
pub use call::{Call, Scope};
pub use exception::{ApiError, Exception};
pub use service::{Service, StartError};
pub use sync::{Refused, Sync, Synced, Wanted};
