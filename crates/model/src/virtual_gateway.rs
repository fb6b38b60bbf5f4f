//! Virtual gateways: where traffic enters a mesh.

use serde::{Deserialize, Serialize};

use crate::limits::{
    HealthCheckIntervalMillis, HealthCheckThreshold, HealthCheckTimeoutMillis, Port, Text, VirtualGatewayPortProtocol,
};
use crate::listener::{HttpConnectionPool, RequestConnectionPool};
use crate::logging::Logging;
use crate::scalar::Name;
use crate::scalar::Scalar;
use crate::tls::{ClientPolicy, ListenerTls};

/// The name of a virtual gateway.
pub type VirtualGatewayName = Name;

/// A virtual gateway. API shape `VirtualGatewaySpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualGatewaySpec {
    /// How it treats the services behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_defaults: Option<VirtualGatewayBackendDefaults>,
    /// Where it listens.
    pub listeners: Vec<VirtualGatewayListener>,
    /// Its access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
}

/// Defaults for the services behind a gateway. API shape `VirtualGatewayBackendDefaults`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualGatewayBackendDefaults {
    /// How the proxy treats them as a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_policy: Option<ClientPolicy>,
}

/// A listener of a gateway. API shape `VirtualGatewayListener`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualGatewayListener {
    /// Limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_pool: Option<VirtualGatewayConnectionPool>,
    /// How the listener is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<VirtualGatewayHealthCheckPolicy>,
    /// Port and protocol.
    pub port_mapping: VirtualGatewayPortMapping,
    /// TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ListenerTls>,
}

/// A port and the protocol on it. API shape `VirtualGatewayPortMapping`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualGatewayPortMapping {
    /// The port.
    pub port: Scalar<Port>,
    /// The protocol.
    pub protocol: Scalar<VirtualGatewayPortProtocol>,
}

/// How a listener's health is checked. API shape `VirtualGatewayHealthCheckPolicy`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualGatewayHealthCheckPolicy {
    /// Successes in a row that turn a host healthy.
    pub healthy_threshold: Scalar<HealthCheckThreshold>,
    /// Time between checks.
    pub interval_millis: Scalar<HealthCheckIntervalMillis>,
    /// The path asked for; HTTP and HTTP/2 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Scalar<Text>>,
    /// The port checked; must be the listener's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// The protocol spoken.
    pub protocol: Scalar<VirtualGatewayPortProtocol>,
    /// Time after which a check has failed.
    pub timeout_millis: Scalar<HealthCheckTimeoutMillis>,
    /// Failures in a row that turn a host unhealthy.
    pub unhealthy_threshold: Scalar<HealthCheckThreshold>,
}

/// Limits of a gateway's listener, under its protocol. API union `VirtualGatewayConnectionPool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VirtualGatewayConnectionPool {
    /// gRPC.
    Grpc(RequestConnectionPool),
    /// HTTP/1.1.
    Http(HttpConnectionPool),
    /// HTTP/2.
    Http2(RequestConnectionPool),
}
