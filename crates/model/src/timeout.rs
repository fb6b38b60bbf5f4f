//! Timeouts of routes and listeners.
//!
//! Defaults that App Mesh applied where a file says nothing stand in `crate::defaults`.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;

/// Timeouts of HTTP and HTTP/2. API shape `HttpTimeout`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpTimeout {
    /// How long a connection may be silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Duration>,
    /// How long a request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_request: Option<Duration>,
}

/// Timeouts of gRPC. API shape `GrpcTimeout`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcTimeout {
    /// How long a connection may be silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Duration>,
    /// How long a call may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_request: Option<Duration>,
}

/// Timeouts of TCP. API shape `TcpTimeout`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TcpTimeout {
    /// How long a connection may be silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Duration>,
}

/// Timeouts of a node's listener, under its protocol. API union `ListenerTimeout`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListenerTimeout {
    /// HTTP/1.1.
    Http(HttpTimeout),
    /// HTTP/2.
    Http2(HttpTimeout),
    /// gRPC.
    Grpc(GrpcTimeout),
    /// TCP.
    Tcp(TcpTimeout),
}
