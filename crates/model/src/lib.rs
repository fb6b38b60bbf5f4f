//! What a mesh is: the resources of AWS App Mesh with all their fields and limits, names and ARNs, what points at
//! what, in which order it is created, and what it looks like as a graph.
//!
//! This crate knows no file format, no network and no clock. A known value is valid by construction; a value that its
//! file leaves open is carried as an [`Expression`], and one that no limit allows is carried with the reason.

pub mod api;
pub mod arn;
pub mod checks;
pub mod defaults;
pub mod duration;
pub mod edit;
pub mod error;
pub mod expression;
pub mod finding;
pub mod gateway_route;
pub mod graph;
pub mod inventory;
pub mod kind;
pub mod limits;
pub mod list;
pub mod listener;
pub mod logging;
pub mod matcher;
pub mod mesh;
pub mod opened;
pub mod operation;
pub mod order;
pub mod parameter;
pub mod path;
pub mod proxied;
pub mod reference;
pub mod request;
pub mod resource;
pub mod retry;
pub mod route;
pub mod scalar;
mod settled;
pub mod shape;
pub mod span;
pub mod spelling;
pub mod subject;
pub mod symbol;
pub mod timeout;
pub mod tls;
pub mod value;
pub mod virtual_gateway;
pub mod virtual_node;
pub mod virtual_router;
pub mod virtual_service;
pub mod visible;
pub mod workload;

pub use error::Error;
pub use expression::Expression;
pub use inventory::{Index, Inventory};
pub use kind::Kind;
pub use path::Path;
pub use resource::{Resource, Spec};
pub use scalar::Scalar;
pub use symbol::Symbol;
