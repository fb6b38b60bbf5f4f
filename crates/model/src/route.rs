//! Routes: which requests go where, in what shares.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::kind::Kind;
use crate::limits::{
    HttpMethod, HttpScheme, MaxRetries, MethodName, Port, PortProtocol, Priority, ServiceName, Text, Weight,
};
use crate::list::List;
use crate::matcher::{HeaderMatcher, HttpPathMatch, HttpQueryParameter};
use crate::path::Path;
use crate::reference::Reference;
use crate::retry::{GrpcRetryPolicy, HttpRetryPolicy};
use crate::scalar::Scalar;
use crate::timeout::{GrpcTimeout, HttpTimeout, TcpTimeout};
use crate::virtual_node::VirtualNodeName;

/// A route; exactly one of its four protocols. API shape `RouteSpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteSpec {
    /// For gRPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_route: Option<GrpcRoute>,
    /// For HTTP/2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http2_route: Option<HttpRoute>,
    /// For HTTP/1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_route: Option<HttpRoute>,
    /// Its place; lower is tried first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Scalar<Priority>>,
    /// For TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_route: Option<TcpRoute>,
}

/// A route for HTTP/1.1 or HTTP/2. API shape `HttpRoute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRoute {
    /// Where requests go.
    pub action: RouteAction,
    /// Which requests.
    #[serde(rename = "match")]
    pub matcher: HttpRouteMatch,
    /// When they are tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<HttpRetryPolicy>,
    /// How long they may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<HttpTimeout>,
}

/// Where requests go. API shapes `HttpRouteAction`, `GrpcRouteAction` and `TcpRouteAction`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteAction {
    /// The targets among which they are shared out.
    pub weighted_targets: List<WeightedTarget, 10>,
}

/// A share of a route's traffic. API shape `WeightedTarget`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WeightedTarget {
    /// Port to send to; one of the node's listeners, required where it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// The node.
    pub virtual_node: VirtualNodeName,
    /// Relative weight; the share is the weight over the route's sum.
    pub weight: Scalar<Weight>,
}

/// Which requests a route takes. API shape `HttpRouteMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteMatch {
    /// Headers that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<List<HeaderMatcher, 10>>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Scalar<HttpMethod>>,
    /// The path; not beside a prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<HttpPathMatch>,
    /// The router's listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// How the path starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Scalar<Text>>,
    /// Query parameters that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_parameters: Option<List<HttpQueryParameter, 10>>,
    /// The scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scalar<HttpScheme>>,
}

/// A route for gRPC. API shape `GrpcRoute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcRoute {
    /// Where calls go.
    pub action: RouteAction,
    /// Which calls.
    #[serde(rename = "match")]
    pub matcher: GrpcRouteMatch,
    /// When they are tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<GrpcRetryPolicy>,
    /// How long they may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<GrpcTimeout>,
}

/// Which calls a route takes. API shape `GrpcRouteMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcRouteMatch {
    /// Metadata that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<List<HeaderMatcher, 10>>,
    /// The method; needs the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method_name: Option<Scalar<MethodName>>,
    /// The router's listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// The fully qualified service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<Scalar<ServiceName>>,
}

/// A route for TCP. API shape `TcpRoute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TcpRoute {
    /// Where connections go.
    pub action: RouteAction,
    /// Which connections.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matcher: Option<TcpRouteMatch>,
    /// How long they may be idle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<TcpTimeout>,
}

/// Which connections a route takes. API shape `TcpRouteMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TcpRouteMatch {
    /// The router's listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
}

/// A route under the protocol it is for.
#[derive(Clone, Copy, Debug)]
pub enum ProtocolRoute<'a> {
    /// HTTP/1.1.
    Http(&'a HttpRoute),
    /// HTTP/2.
    Http2(&'a HttpRoute),
    /// gRPC.
    Grpc(&'a GrpcRoute),
    /// TCP.
    Tcp(&'a TcpRoute),
}

impl<'a> ProtocolRoute<'a> {
    /// The field of the specification that holds it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Http(_) => "httpRoute",
            Self::Http2(_) => "http2Route",
            Self::Grpc(_) => "grpcRoute",
            Self::Tcp(_) => "tcpRoute",
        }
    }

    /// The protocol it is for.
    pub fn protocol(self) -> PortProtocol {
        match self {
            Self::Http(_) => PortProtocol::Http,
            Self::Http2(_) => PortProtocol::Http2,
            Self::Grpc(_) => PortProtocol::Grpc,
            Self::Tcp(_) => PortProtocol::Tcp,
        }
    }

    /// The route of HTTP/1.1 or HTTP/2.
    pub fn http(self) -> Option<&'a HttpRoute> {
        match self {
            Self::Http(route) | Self::Http2(route) => Some(route),
            Self::Grpc(_) | Self::Tcp(_) => None,
        }
    }

    /// Where requests go.
    pub fn action(self) -> &'a RouteAction {
        match self {
            Self::Http(route) | Self::Http2(route) => &route.action,
            Self::Grpc(route) => &route.action,
            Self::Tcp(route) => &route.action,
        }
    }

    /// The router's listener it is for, where its match names one.
    pub fn match_port(self) -> Option<&'a Scalar<Port>> {
        match self {
            Self::Http(route) | Self::Http2(route) => route.matcher.port.as_ref(),
            Self::Grpc(route) => route.matcher.port.as_ref(),
            Self::Tcp(route) => route.matcher.as_ref()?.port.as_ref(),
        }
    }

    /// How long a request may take, where the route says; TCP has no requests.
    pub fn per_request(self) -> Option<&'a Duration> {
        match self {
            Self::Http(route) | Self::Http2(route) => route.timeout.as_ref()?.per_request.as_ref(),
            Self::Grpc(route) => route.timeout.as_ref()?.per_request.as_ref(),
            Self::Tcp(_) => None,
        }
    }

    /// How long a connection may be silent, where the route says.
    pub fn idle(self) -> Option<&'a Duration> {
        match self {
            Self::Http(route) | Self::Http2(route) => route.timeout.as_ref()?.idle.as_ref(),
            Self::Grpc(route) => route.timeout.as_ref()?.idle.as_ref(),
            Self::Tcp(route) => route.timeout.as_ref()?.idle.as_ref(),
        }
    }

    /// How often a request is tried again and how long each attempt may take, where the route has a retry policy.
    pub fn retry(self) -> Option<(&'a Scalar<MaxRetries>, &'a Duration)> {
        match self {
            Self::Http(route) | Self::Http2(route) => {
                route.retry_policy.as_ref().map(|retry| (&retry.max_retries, &retry.per_retry_timeout))
            }
            Self::Grpc(route) => {
                route.retry_policy.as_ref().map(|retry| (&retry.max_retries, &retry.per_retry_timeout))
            }
            Self::Tcp(_) => None,
        }
    }
}

impl RouteSpec {
    /// The route of each protocol it has: one, unless its file has a fault there.
    pub fn protocols(&self) -> impl Iterator<Item = ProtocolRoute<'_>> {
        let http = self.http_route.as_ref().map(ProtocolRoute::Http);
        let http2 = self.http2_route.as_ref().map(ProtocolRoute::Http2);
        let grpc = self.grpc_route.as_ref().map(ProtocolRoute::Grpc);
        let tcp = self.tcp_route.as_ref().map(ProtocolRoute::Tcp);
        [http, http2, grpc, tcp].into_iter().flatten()
    }

    /// Whether its match does not say for which of the router's listeners it is.
    pub fn lacks_port(&self) -> bool {
        self.protocols().any(|own| own.match_port().is_none())
    }

    /// The action of each protocol the route has, and its field.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &RouteAction)> {
        self.protocols().map(|route| (route.field(), route.action()))
    }

    /// The nodes it sends to.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.actions().flat_map(|(field, action)| {
            action.weighted_targets.iter().enumerate().map(move |(index, target)| {
                let path = Path::of(&["spec", field, "action", "weightedTargets"]).index(index).field("virtualNode");
                Reference::needed(path, Kind::VirtualNode, &target.virtual_node)
            })
        })
    }
}

impl RouteAction {
    /// Each target's share of the traffic, a fraction of 1: its weight over the sum of weights.
    ///
    /// `None` where a weight is not known or the sum is 0. It sees only the targets that were read: where the list has a
    /// gap, ask nothing of it.
    ///
    /// Source: App Mesh API reference, `WeightedTarget`; the sum need not be 100 (github.com/boto/boto3/issues/3792).
    pub fn shares(&self) -> Option<Vec<f64>> {
        let weights: Option<Vec<i64>> =
            self.weighted_targets.iter().map(|target| target.weight.known().map(|weight| weight.value())).collect();
        let weights = weights?;
        let sum: i64 = weights.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "at most ten weights of at most 100")]
        let share = |weight: i64| weight as f64 / sum as f64;
        (sum > 0).then(|| weights.into_iter().map(share).collect())
    }
}
