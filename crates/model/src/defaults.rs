//! What App Mesh applied where a file says nothing. Each default names its source.

use crate::limits::{DefaultGatewayRouteRewrite, DnsResponseType, EgressFilterType};

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
