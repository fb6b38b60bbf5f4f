//! A mesh that runs on one machine: for each node a small service that stands in for its application, for each node and gateway a real
//! Envoy, and somebody who sends requests.
//!
//! Everything has addresses of its own in the loopback, so no rights are needed. The API and the control plane are not here: they are
//! the same as everywhere, and whoever runs them tells [`Cast`] what the mesh holds.

pub mod authority;
pub mod caller;
pub mod cast;
pub mod client;
pub mod envoys;
pub mod install;
pub mod parts;
pub mod stand_in;
pub mod tour;
pub mod tree;
pub mod witness;

pub use authority::Authority;
pub use caller::{Caller, Sample};
pub use cast::Cast;
pub use envoys::{Envoy, Envoys};
pub use parts::{Entry, Part, parts};
pub use tour::Tour;
pub use tree::Tree;
