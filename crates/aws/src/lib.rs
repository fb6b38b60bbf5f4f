//! The App Mesh API over HTTP, wherever it is spoken: credentials, signatures and retries as the AWS CLI has them.
//!
//! [`Client`] is a [`meshwright_model::api::MeshApi`]: an operation in, the API's JSON out. It knows no field of any resource.

mod access;
mod client;
mod endpoint;
mod error;
mod identity;
mod pace;
mod retry;
mod sign;
mod transport;

pub use access::Options;
pub use client::Client;
pub use error::Error;
pub use pace::PARALLEL;
pub use transport::{Limits, MAX_ANSWER};
