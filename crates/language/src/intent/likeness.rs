//! Parts of virtual nodes that are to be as another's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a virtual node that becomes as that of another: "the same health check as orders".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Likeness {
    /// Which part.
    pub part: NodePart,
    /// The virtual node that gets it.
    pub name: String,
    /// The virtual node that has it.
    pub like: String,
}

/// A part that virtual nodes have alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NodePart {
    /// The health check.
    HealthCheck,
    /// The outlier detection.
    OutlierDetection,
    /// The connection pool.
    ConnectionPool,
    /// The timeout.
    Timeout,
    /// TLS of the listener.
    Tls,
    /// The access log.
    AccessLog,
}
