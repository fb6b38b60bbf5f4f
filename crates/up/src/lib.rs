//! A mesh that runs on one machine: for each node a small service that stands in for its application, for each node and gateway a real
//! Envoy, and somebody who sends requests.
//!
//! Everything has addresses of its own in the loopback, so no rights are needed; or, with those of root, each proxy has a network
//! namespace of its own with its application, and the kernel redirects connections as on Amazon ECS and Kubernetes. The API and the
//! control plane are not here: they are the same as everywhere, and whoever runs them tells [`Cast`] what the mesh holds.

pub mod authority;
pub mod caller;
pub mod cast;
pub mod client;
pub mod envoys;
pub mod install;
pub mod namespace;
pub mod namespaces;
pub mod network;
pub mod owner;
pub mod parts;
pub mod redirect;
pub mod stand_in;
pub mod tour;
pub mod tree;
pub mod witness;

pub use authority::Authority;
pub use caller::{Caller, Sample};
pub use cast::Cast;
pub use envoys::{Envoy, Envoys};
pub use namespaces::Namespaces;
pub use network::{Network, Seen};
pub use owner::Owner;
pub use parts::{Entry, Part, parts};
pub use tour::Tour;
pub use tree::Tree;
