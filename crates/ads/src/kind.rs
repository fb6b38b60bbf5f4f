//! The kinds of resources that proxies ask for, in the order in which changes reach them.

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A cluster: where requests go.
    Cluster,
    /// A certificate, or authorities.
    Secret,
    /// The hosts of a cluster.
    Endpoint,
    /// Where a proxy listens.
    Listener,
    /// Which request goes to which cluster.
    Route,
}

impl Kind {
    /// All, in the order in which changes reach a proxy: what is referred to comes before what refers to it.
    ///
    /// Source: Envoy documentation, xDS REST and gRPC protocol, "Eventual consistency considerations".
    pub const ALL: [Self; 5] = [Self::Cluster, Self::Secret, Self::Endpoint, Self::Listener, Self::Route];

    /// As messages name it.
    pub fn type_url(self) -> &'static str {
        match self {
            Self::Cluster => "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            Self::Secret => "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
            Self::Endpoint => "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
            Self::Listener => "type.googleapis.com/envoy.config.listener.v3.Listener",
            Self::Route => "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        }
    }

    /// The kind that messages name so.
    pub fn of_type(url: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.type_url() == url)
    }

    /// The short name that people use.
    pub fn service(self) -> &'static str {
        match self {
            Self::Cluster => "CDS",
            Self::Secret => "SDS",
            Self::Endpoint => "EDS",
            Self::Listener => "LDS",
            Self::Route => "RDS",
        }
    }

    /// Whether a first request that names nothing asks for all there is.
    ///
    /// Source: Envoy documentation, xDS REST and gRPC protocol, "How the client specifies what resources to return".
    pub(crate) fn may_be_wild(self) -> bool {
        matches!(self, Self::Cluster | Self::Listener)
    }
}
