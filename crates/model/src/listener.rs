//! Listeners of nodes and routers, and what hangs on them.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::limits::{
    HealthCheckIntervalMillis, HealthCheckThreshold, HealthCheckTimeoutMillis, MaxConnections, MaxPendingRequests,
    MaxRequests, OutlierDetectionMaxEjectionPercent, OutlierDetectionMaxServerErrors, Port, PortProtocol, Text,
};
use crate::scalar::Scalar;
use crate::timeout::ListenerTimeout;
use crate::tls::ListenerTls;

/// A port and the protocol on it. API shape `PortMapping`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortMapping {
    /// The port.
    pub port: Scalar<Port>,
    /// The protocol.
    pub protocol: Scalar<PortProtocol>,
}

/// A listener of a virtual node. API shape `Listener`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listener {
    /// Limits towards the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_pool: Option<VirtualNodeConnectionPool>,
    /// How clients check the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheckPolicy>,
    /// How clients eject failing hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlier_detection: Option<OutlierDetection>,
    /// Port and protocol.
    pub port_mapping: PortMapping,
    /// Timeouts towards the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<ListenerTimeout>,
    /// TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ListenerTls>,
}

/// How a listener's health is checked. API shape `HealthCheckPolicy`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheckPolicy {
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
    pub protocol: Scalar<PortProtocol>,
    /// Time after which a check has failed.
    pub timeout_millis: Scalar<HealthCheckTimeoutMillis>,
    /// Failures in a row that turn a host unhealthy.
    pub unhealthy_threshold: Scalar<HealthCheckThreshold>,
}

/// When clients stop sending to a host. API shape `OutlierDetection`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutlierDetection {
    /// How long a first ejection lasts.
    pub base_ejection_duration: Duration,
    /// Time between sweeps.
    pub interval: Duration,
    /// The largest share of hosts ejected at a time.
    pub max_ejection_percent: Scalar<OutlierDetectionMaxEjectionPercent>,
    /// Server errors in a row that eject a host.
    pub max_server_errors: Scalar<OutlierDetectionMaxServerErrors>,
}

/// Limits of a node's listener, under its protocol. API union `VirtualNodeConnectionPool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VirtualNodeConnectionPool {
    /// gRPC.
    Grpc(RequestConnectionPool),
    /// HTTP/1.1.
    Http(HttpConnectionPool),
    /// HTTP/2.
    Http2(RequestConnectionPool),
    /// TCP.
    Tcp(TcpConnectionPool),
}

/// Limits of HTTP/1.1. API shape `VirtualNodeHttpConnectionPool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpConnectionPool {
    /// Connections at a time.
    pub max_connections: Scalar<MaxConnections>,
    /// Requests that may wait for a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pending_requests: Option<Scalar<MaxPendingRequests>>,
}

/// Limits of HTTP/2 and gRPC. API shapes `VirtualNodeHttp2ConnectionPool` and `VirtualNodeGrpcConnectionPool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestConnectionPool {
    /// Requests at a time.
    pub max_requests: Scalar<MaxRequests>,
}

/// Limits of TCP. API shape `VirtualNodeTcpConnectionPool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TcpConnectionPool {
    /// Connections at a time.
    pub max_connections: Scalar<MaxConnections>,
}
