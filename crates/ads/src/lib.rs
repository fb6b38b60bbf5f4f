//! The Envoy control plane: what each proxy is sent, in which order, and what it says to that.
//!
//! [`session`] decides what one proxy is sent and [`meshes`] what it is to have, and neither knows a network; [`listen`] is the thin loop
//! around them.

mod authority;
mod caller;
mod calls;
pub mod counts;
mod csds;
pub mod hub;
pub mod instances;
pub mod kind;
pub mod listen;
pub mod local;
pub mod meshes;
mod parts;
pub mod proxies;
pub mod proxy;
pub mod refused;
pub mod registry;
pub mod request;
pub mod secrets;
pub mod session;
pub mod snapshot;
pub mod stream;
mod traced;
mod wire;

pub use caller::{Authorize, Caller};
pub use counts::Counts;
pub use hub::Hub;
pub use instances::{Service, Source};
pub use kind::Kind;
pub use listen::{Listener, serve};
pub use local::{Home, Local, Range};
pub use proxies::{Census, Connected, Proxies};
pub use proxy::{MeshId, Profile};
pub use refused::Refused;
pub use registry::{Full, Registered, Registry};
pub use request::{Protocol, Request, Wish};
pub use secrets::{Contents, Secrets};
pub use session::{Response, Session};
pub use snapshot::{Resource, Snapshot, Version};
pub use stream::Control;
