//! The Envoy control plane: what each proxy is sent, in which order, and what it says to that.
//!
//! [`session`] decides and knows no network; the rest is the thin loop around it.

pub mod kind;
pub mod meshes;
pub mod proxy;
pub mod request;
pub mod session;
pub mod snapshot;

pub use kind::Kind;
pub use request::{Protocol, Request, Wish};
pub use session::{Response, Session};
pub use snapshot::{Resource, Snapshot, Version};
