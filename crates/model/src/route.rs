//! Routes: which requests go where, in what shares.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::limits::{HttpMethod, HttpScheme, MethodName, Port, Priority, ServiceName, Text, Weight};
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

impl RouteSpec {
    /// The action of each protocol the route has, and its field: one, unless its file has a fault there.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &RouteAction)> {
        let http = self.http_route.as_ref().map(|route| ("httpRoute", &route.action));
        let http2 = self.http2_route.as_ref().map(|route| ("http2Route", &route.action));
        let grpc = self.grpc_route.as_ref().map(|route| ("grpcRoute", &route.action));
        let tcp = self.tcp_route.as_ref().map(|route| ("tcpRoute", &route.action));
        [http, http2, grpc, tcp].into_iter().flatten()
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
    /// gap, ask nothing of it. Source: reference 4.4.
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
