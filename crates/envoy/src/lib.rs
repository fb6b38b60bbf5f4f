//! What Envoy gets, as Envoy's own messages, and those messages as the JSON that Envoy reads.
//!
//! Pure: a message is data. Who sends it, and when, is not known here.

pub mod bootstrap;
pub mod error;
pub mod json;
pub mod translate;

/// Envoy's messages, as `build.rs` makes them from `envoy.binpb`: `messages::envoy::config::cluster::v3::Cluster`.
///
/// Well-known types are those of `prost_types`; a wrapper such as `UInt32Value` is an `Option` of what it wraps.
#[expect(
    missing_docs,
    clippy::pedantic,
    clippy::large_enum_variant,
    reason = "generated; Envoy's API reference documents each message"
)]
pub mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

pub mod settings;
pub mod variables;

pub use bootstrap::bootstrap;
pub use error::Error;
pub use messages::{envoy, xds};
pub use settings::{ClientCertificate, ControlPlane, Proxy, Settings};
pub use variables::{VARIABLES, Variables};
