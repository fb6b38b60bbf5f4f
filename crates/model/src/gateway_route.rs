//! Gateway routes: which requests a gateway hands to which virtual service.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::limits::{
    DefaultGatewayRouteRewrite, HttpGatewayRoutePrefix, HttpMethod, HttpPathExact, Port, PortProtocol, Priority,
    ResourceName, ServiceName, Text,
};
use crate::list::List;
use crate::matcher::{GatewayRouteHostnameMatch, HeaderMatcher, HttpPathMatch, HttpQueryParameter};
use crate::path::Path;
use crate::reference::Reference;
use crate::scalar::Scalar;

/// A gateway route; exactly one of its three protocols. API shape `GatewayRouteSpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRouteSpec {
    /// For gRPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_route: Option<GrpcGatewayRoute>,
    /// For HTTP/2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http2_route: Option<HttpGatewayRoute>,
    /// For HTTP/1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_route: Option<HttpGatewayRoute>,
    /// Its place; lower is tried first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Scalar<Priority>>,
}

/// A gateway route for HTTP/1.1 or HTTP/2. API shape `HttpGatewayRoute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRoute {
    /// Where requests go.
    pub action: HttpGatewayRouteAction,
    /// Which requests.
    #[serde(rename = "match")]
    pub matcher: HttpGatewayRouteMatch,
}

/// Where requests go, and how they are changed. API shape `HttpGatewayRouteAction`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRouteAction {
    /// How they are changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<HttpGatewayRouteRewrite>,
    /// Where they go.
    pub target: GatewayRouteTarget,
}

/// How a request is changed. API shape `HttpGatewayRouteRewrite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRouteRewrite {
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<GatewayRouteHostnameRewrite>,
    /// The whole path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<HttpGatewayRoutePathRewrite>,
    /// The matched prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<HttpGatewayRoutePrefixRewrite>,
}

/// Whether the host becomes the virtual service's name. API shape `GatewayRouteHostnameRewrite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRouteHostnameRewrite {
    /// Absent means it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_target_hostname: Option<Scalar<DefaultGatewayRouteRewrite>>,
}

/// A new path. API shape `HttpGatewayRoutePathRewrite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRoutePathRewrite {
    /// The path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<Scalar<HttpPathExact>>,
}

/// What becomes of the matched prefix. API shape `HttpGatewayRoutePrefixRewrite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRoutePrefixRewrite {
    /// Whether it becomes `/`; absent means it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_prefix: Option<Scalar<DefaultGatewayRouteRewrite>>,
    /// What it becomes instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Scalar<HttpGatewayRoutePrefix>>,
}

/// Where requests go. API shape `GatewayRouteTarget`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRouteTarget {
    /// The listener of the service's provider; required where it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// The virtual service.
    pub virtual_service: GatewayRouteVirtualService,
}

/// The virtual service behind a gateway route. API shape `GatewayRouteVirtualService`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRouteVirtualService {
    /// Its name.
    pub virtual_service_name: Scalar<ResourceName>,
}

/// Which requests a gateway route takes. API shape `HttpGatewayRouteMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpGatewayRouteMatch {
    /// Headers that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<List<HeaderMatcher, 10>>,
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<GatewayRouteHostnameMatch>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Scalar<HttpMethod>>,
    /// The path; not beside a prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<HttpPathMatch>,
    /// The gateway's listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// How the path starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Scalar<Text>>,
    /// Query parameters that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_parameters: Option<List<HttpQueryParameter, 10>>,
}

/// A gateway route for gRPC. API shape `GrpcGatewayRoute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcGatewayRoute {
    /// Where calls go.
    pub action: GrpcGatewayRouteAction,
    /// Which calls.
    #[serde(rename = "match")]
    pub matcher: GrpcGatewayRouteMatch,
}

/// Where calls go, and how they are changed. API shape `GrpcGatewayRouteAction`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcGatewayRouteAction {
    /// How they are changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<GrpcGatewayRouteRewrite>,
    /// Where they go.
    pub target: GatewayRouteTarget,
}

/// How a call is changed. API shape `GrpcGatewayRouteRewrite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcGatewayRouteRewrite {
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<GatewayRouteHostnameRewrite>,
}

/// Which calls a gateway route takes. API shape `GrpcGatewayRouteMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcGatewayRouteMatch {
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<GatewayRouteHostnameMatch>,
    /// Metadata that must all match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<List<HeaderMatcher, 10>>,
    /// The gateway's listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Scalar<Port>>,
    /// The fully qualified service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<Scalar<ServiceName>>,
}

/// A gateway route under the protocol it is for.
#[derive(Clone, Copy, Debug)]
pub enum ProtocolGatewayRoute<'a> {
    /// HTTP/1.1.
    Http(&'a HttpGatewayRoute),
    /// HTTP/2.
    Http2(&'a HttpGatewayRoute),
    /// gRPC.
    Grpc(&'a GrpcGatewayRoute),
}

impl<'a> ProtocolGatewayRoute<'a> {
    /// The field of the specification that holds it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Http(_) => "httpRoute",
            Self::Http2(_) => "http2Route",
            Self::Grpc(_) => "grpcRoute",
        }
    }

    /// The protocol it is for.
    pub fn protocol(self) -> PortProtocol {
        match self {
            Self::Http(_) => PortProtocol::Http,
            Self::Http2(_) => PortProtocol::Http2,
            Self::Grpc(_) => PortProtocol::Grpc,
        }
    }

    /// The gateway route of HTTP/1.1 or HTTP/2.
    pub fn http(self) -> Option<&'a HttpGatewayRoute> {
        match self {
            Self::Http(route) | Self::Http2(route) => Some(route),
            Self::Grpc(_) => None,
        }
    }

    /// Where requests go.
    pub fn target(self) -> &'a GatewayRouteTarget {
        match self {
            Self::Http(route) | Self::Http2(route) => &route.action.target,
            Self::Grpc(route) => &route.action.target,
        }
    }

    /// The gateway's listener it is for, where its match names one.
    pub fn match_port(self) -> Option<&'a Scalar<Port>> {
        match self {
            Self::Http(route) | Self::Http2(route) => route.matcher.port.as_ref(),
            Self::Grpc(route) => route.matcher.port.as_ref(),
        }
    }

    /// The host it answers to, where its match names one.
    pub fn hostname(self) -> Option<&'a GatewayRouteHostnameMatch> {
        match self {
            Self::Http(route) | Self::Http2(route) => route.matcher.hostname.as_ref(),
            Self::Grpc(route) => route.matcher.hostname.as_ref(),
        }
    }
}

impl GatewayRouteSpec {
    /// The route of each protocol it has: one, unless its file has a fault there.
    pub fn protocols(&self) -> impl Iterator<Item = ProtocolGatewayRoute<'_>> {
        let http = self.http_route.as_ref().map(ProtocolGatewayRoute::Http);
        let http2 = self.http2_route.as_ref().map(ProtocolGatewayRoute::Http2);
        let grpc = self.grpc_route.as_ref().map(ProtocolGatewayRoute::Grpc);
        [http, http2, grpc].into_iter().flatten()
    }

    /// The target of each protocol the route has, and its field.
    pub fn targets(&self) -> impl Iterator<Item = (&'static str, &GatewayRouteTarget)> {
        self.protocols().map(|route| (route.field(), route.target()))
    }

    /// The virtual services it hands requests to.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.targets().map(|(field, target)| {
            let path = Path::of(&["spec", field, "action", "target", "virtualService", "virtualServiceName"]);
            Reference::needed(path, Kind::VirtualService, &target.virtual_service.virtual_service_name)
        })
    }
}
