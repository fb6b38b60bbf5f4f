//! What nodes and routes have in common: protocols, timeouts, retries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantity::Span;

/// A protocol of a listener or route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
    /// TCP.
    Tcp,
}

impl Protocol {
    /// The API's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Http2 => "http2",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}

/// How long a request may take, and a connection be silent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Timeout {
    /// How long a request may take; `0s` is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_request: Option<Span>,
    /// How long a connection may be silent; `0s` is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Span>,
}

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
