//! What App Mesh applied where a file says nothing. Each default names its source.

use crate::limits::{DefaultGatewayRouteRewrite, DnsResponseType, EgressFilterType, IpPreference};

/// How long a request may take where neither route nor listener says, in milliseconds.
///
/// Source: App Mesh User Guide, virtual nodes and routes: `perRequest` defaults to 15 seconds; Envoy's own default.
pub const PER_REQUEST_TIMEOUT_MILLIS: u64 = 15_000;

/// How long an HTTP, HTTP/2 or gRPC connection may be idle, in milliseconds.
///
/// Source: App Mesh User Guide, virtual nodes: 300 seconds; the API's documentation says "none".
pub const IDLE_TIMEOUT_MILLIS: u64 = 300_000;

/// What happens to traffic outside the backends. Source: API reference, `EgressFilter`.
pub const EGRESS_FILTER: EgressFilterType = EgressFilterType::DropAll;

/// What a node's DNS name stands for. Source: API reference, `DnsServiceDiscovery`.
pub const DNS_RESPONSE_TYPE: DnsResponseType = DnsResponseType::LoadBalancer;

/// Whether a client that has a TLS policy insists on TLS. Source: API reference, `ClientPolicyTls`.
pub const CLIENT_TLS_ENFORCE: bool = true;

/// Whether a header's comparison is turned round. Source: API reference, `HttpRouteHeader`.
pub const HEADER_INVERT: bool = false;

/// How many requests may wait for an HTTP/1.1 connection. Source: API reference, `VirtualNodeHttpConnectionPool`.
pub const MAX_PENDING_REQUESTS: i64 = 2_147_483_647;

/// Whether a gateway rewrites the host to the virtual service's name.
///
/// Source: App Mesh User Guide, gateway routes.
pub const REWRITE_HOSTNAME: DefaultGatewayRouteRewrite = DefaultGatewayRouteRewrite::Enabled;

/// Whether a gateway rewrites the matched prefix to `/`. Source: App Mesh User Guide, gateway routes.
pub const REWRITE_PREFIX: DefaultGatewayRouteRewrite = DefaultGatewayRouteRewrite::Enabled;

/// Where a route without a priority sorts: after every prioritised one.
///
/// Source: aws-app-mesh-examples, blogs/http-headers-and-priority ("think 1000 + 1").
pub const PRIORITY: i64 = 1001;

/// How a request is tried again where its route has no retry policy, or its service no route.
///
/// Source: App Mesh User Guide, Envoy defaults, and github.com/aws/aws-app-mesh-roadmap/issues/229; not for accounts that had a mesh before 2020-07-29.
pub const RETRY: DefaultRetry = DefaultRetry {
    max_retries: 2,
    retry_on: &["unavailable", "connect-failure", "refused-stream", "retriable-status-codes", "reset"],
    status_codes: &[503],
};

/// A retry policy in Envoy's words, as App Mesh's own is no policy that its API can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultRetry {
    /// How often it is tried again.
    pub max_retries: u32,
    /// What makes it be tried again: Envoy's `retry_on`.
    pub retry_on: &'static [&'static str],
    /// The answers that do: Envoy's `retriable_status_codes`.
    pub status_codes: &'static [u16],
}

/// The port that is checked where a listener's health check names none: the listener's own.
///
/// Source: App Mesh API reference, `HealthCheckPolicy`.
pub const fn health_check_port(listener_port: i64) -> i64 {
    listener_port
}

/// Which IP versions are resolved where neither node nor mesh says: no preference, so IPv6 first, IPv4 where there is none.
///
/// Source: aws-app-mesh-examples, howto-ipv6.
pub const IP_PREFERENCE: Option<IpPreference> = None;

/// What a route's path starts with where its match has neither prefix nor path: with that, every path.
///
/// Source: aws-app-mesh-examples, howto-multiple-listeners.
pub const PREFIX: &str = "/";
