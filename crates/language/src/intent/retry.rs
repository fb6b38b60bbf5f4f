//! Retries, of routes and of applications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantity::Span;

/// How failed requests are tried again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Retry {
    /// Attempts after the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// How long each attempt may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_retry_timeout: Option<Span>,
    /// Events, in the API's words: `server-error`, `gateway-error`, `client-error`, `stream-error`, `connection-error`;
    /// of gRPC `cancelled`, `deadline-exceeded`, `internal`, `resource-exhausted`, `unavailable`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}
