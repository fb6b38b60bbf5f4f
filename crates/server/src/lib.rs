//! The App Mesh API, as AWS's clients know it: operations on a state, and HTTP around them.
//!
//! [`api`] decides and knows no network; [`Service`] keeps what is decided; [`http`] is the thin loop around it.

mod access;
mod answer;
pub mod api;
mod body;
pub mod call;
mod caller;
mod control_plane;
mod credentials;
mod endpoints;
mod exception;
mod exposition;
mod follow;
pub mod http;
mod in_process;
mod listen;
mod metrics;
mod ours;
mod page;
mod quotas;
mod record;
mod rules;
mod service;
mod signature;
mod state;
mod stored;
mod sync;
pub mod tls;
mod traced;
pub mod transfer;

pub use answer::Answer;
pub use api::{Api, Stamp};
pub use call::{Call, Scope, is_region};
pub use caller::Caller;
pub use control_plane::ControlPlane;
pub use credentials::{AccessKey, Credentials, is_account};
pub use endpoints::{EndpointId, Registration};
pub use exception::{ApiError, Exception};
pub use exposition::{Exposition, Measure};
pub use follow::{Follower, News, Told};
pub use in_process::InProcess;
pub use listen::{Bounds, listen};
pub use service::{Service, StartError};
pub use sync::{Refused, Sync, Synced, Wanted};
