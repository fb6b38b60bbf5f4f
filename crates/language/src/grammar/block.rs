//! What groups meanings: the block of a resource that they belong to, and the resource that has such blocks.

/// A part of a resource that groups values, so that `interval` is a health check's or an outlier detection's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// None in particular.
    Resource,
    HealthCheck,
    Timeout,
    Retry,
    OutlierDetection,
    ConnectionPool,
    Tls,
    Dns,
    CloudMap,
    AccessLog,
    Match,
    Rewrite,
    Sidecar,
    Egress,
    Tags,
    Environments,
}

/// Which resource is meant where none was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    Mesh,
    Node,
    Route,
    GatewayRoute,
    Service,
    Sidecar,
    /// A node or application where one was spoken of, else a route.
    Any,
    /// What is named next.
    Next,
    /// Everything that is made.
    All,
}
