//! What the API says against a specification beyond its shape: the server refuses it so, and `apply` asks before it begins.
//!
//! Source, unless another is named: messages that users have seen, as the project's reference lists them in 1.9 with their issues. Where
//! only the rule is known, the words are ours.

use crate::gateway_route::{GatewayRouteSpec, HttpGatewayRoute};
use crate::kind::Kind;
use crate::limits::{ExactHostName, HttpGatewayRoutePrefix, HttpPathExact, Port, ResourceName, SuffixHostname, Text};
use crate::listener::{Listener, VirtualNodeConnectionPool};
use crate::matcher::{GatewayRouteHostnameMatch, HeaderMatcher, HttpPathMatch};
use crate::resource::Spec;
use crate::route::{HttpRouteMatch, RouteSpec};
use crate::scalar::Scalar;
use crate::value::{Given, ScalarType};
use crate::virtual_gateway::{VirtualGatewayConnectionPool, VirtualGatewayListener, VirtualGatewaySpec};
use crate::virtual_node::VirtualNodeSpec;

/// The most tags of a resource. Source: App Mesh API reference, `TagList`.
pub const MAX_TAGS: usize = 50;

/// The longest name of a virtual service, in characters. The model leaves it open, but what no URI can hold could never be asked for again.
const MAX_SERVICE: usize = 1024;

/// What is wrong with the name of a resource that is to be made.
pub fn name_fault(kind: Kind, name: &str) -> Option<String> {
    let field = kind.name_field();
    match kind {
        _ if name.is_empty() => Some(format!("{field} is empty")),
        Kind::VirtualService if name.chars().count() > MAX_SERVICE => {
            Some(format!("{field}: the text has more than {MAX_SERVICE} characters"))
        }
        Kind::VirtualService => None,
        _ => ResourceName::accept(Given::Text(name)).err().map(|why| format!("{field}: {why}")),
    }
}

/// What is wrong with the number of tags that a resource would have.
pub fn tags_fault(count: usize) -> Option<String> {
    (count > MAX_TAGS).then(|| format!("tags: there are {count}, more than {MAX_TAGS}"))
}

/// What is wrong with the key of a tag. Source: AWS General Reference, tag naming limits: the prefix is AWS's own, in whatever case.
pub fn tag_key_fault(key: &str) -> Option<String> {
    let is_own = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    is_own.then(|| format!("`{key}` begins with aws:, which AWS keeps for itself"))
}

/// What is wrong with a specification by itself, each fault with its place; nothing where the API takes it.
pub fn faults(spec: &Spec) -> Vec<String> {
    let mut faults = Vec::new();
    match spec {
        Spec::VirtualNode(spec) => virtual_node(spec, &mut faults),
        Spec::Route(spec) => route(spec, &mut faults),
        Spec::GatewayRoute(spec) => gateway_route(spec, &mut faults),
        Spec::VirtualGateway(spec) => virtual_gateway(spec, &mut faults),
        Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualService(_) => {}
    }
    faults
}

fn virtual_node(spec: &VirtualNodeSpec, faults: &mut Vec<String>) {
    let listeners = spec.listeners.as_deref().unwrap_or_default();
    if listeners.is_empty() && spec.service_discovery.is_some() {
        faults.push("Service Discovery can't be set without a listener.".to_owned());
    }
    if !listeners.is_empty() && spec.service_discovery.is_none() {
        faults.push("Listeners can't be set without Service Discovery.".to_owned());
    }
    let said = |own: &Listener| Said {
        port: own.port_mapping.port.known().copied(),
        protocol: own.port_mapping.protocol.known().map(|own| own.as_str()),
        check: own.health_check.as_ref().map(|check| Check {
            port: check.port.as_ref().and_then(Scalar::known).copied(),
            protocol: check.protocol.known().map(|own| own.as_str()),
        }),
        pool: own.connection_pool.as_ref().map(|pool| match pool {
            VirtualNodeConnectionPool::Http(_) => "http",
            VirtualNodeConnectionPool::Http2(_) => "http2",
            VirtualNodeConnectionPool::Grpc(_) => "grpc",
            VirtualNodeConnectionPool::Tcp(_) => "tcp",
        }),
    };
    listeners.iter().enumerate().for_each(|(index, own)| listener(&said(own), index, faults));
}

fn virtual_gateway(spec: &VirtualGatewaySpec, faults: &mut Vec<String>) {
    let said = |own: &VirtualGatewayListener| Said {
        port: own.port_mapping.port.known().copied(),
        protocol: own.port_mapping.protocol.known().map(|own| own.as_str()),
        check: own.health_check.as_ref().map(|check| Check {
            port: check.port.as_ref().and_then(Scalar::known).copied(),
            protocol: check.protocol.known().map(|own| own.as_str()),
        }),
        pool: own.connection_pool.as_ref().map(|pool| match pool {
            VirtualGatewayConnectionPool::Http(_) => "http",
            VirtualGatewayConnectionPool::Http2(_) => "http2",
            VirtualGatewayConnectionPool::Grpc(_) => "grpc",
        }),
    };
    spec.listeners.iter().enumerate().for_each(|(index, own)| listener(&said(own), index, faults));
}

/// What a listener of a node or gateway says of ports and protocols.
struct Said {
    port: Option<Port>,
    protocol: Option<&'static str>,
    check: Option<Check>,
    pool: Option<&'static str>,
}

/// What its health check says of them.
struct Check {
    port: Option<Port>,
    protocol: Option<&'static str>,
}

/// Source: App Mesh API reference, `HealthCheckPolicy`; User Guide, virtual nodes: the protocols "must be the same".
fn listener(said: &Said, index: usize, faults: &mut Vec<String>) {
    let at = format!("spec.listeners[{index}]");
    let Some(protocol) = said.protocol else { return };
    if let Some(check) = &said.check {
        if check.port.is_some() && check.port != said.port {
            faults.push(format!("{at}.healthCheck.port must be the port of the listener"));
        }
        if check.protocol == Some("grpc") && !matches!(protocol, "http2" | "grpc") {
            // Source: hashicorp/terraform-provider-aws#21359, of a gateway.
            faults.push("GRPC HealthCheck requires listener type of HTTP2 or GRPC.".to_owned());
        }
    }
    if let Some(pool) = said.pool.filter(|pool| *pool != protocol) {
        faults.push(format!("{at}.connectionPool is for {pool}, and the listener speaks {protocol}"));
    }
}

fn route(spec: &RouteSpec, faults: &mut Vec<String>) {
    let RouteSpec { grpc_route, http2_route, http_route, priority: _, tcp_route } = spec;
    let said = [grpc_route.is_some(), http2_route.is_some(), http_route.is_some(), tcp_route.is_some()];
    exactly_one(&said, "grpcRoute, http2Route, httpRoute, tcpRoute", faults);
    for (http, at) in [(http_route, "spec.httpRoute.match"), (http2_route, "spec.http2Route.match")] {
        let Some(http) = http else { continue };
        let HttpRouteMatch { headers, path, prefix, .. } = &http.matcher;
        path_or_prefix(path.as_ref(), prefix.as_ref().and_then(Scalar::known).map(Text::as_str), at, faults);
        header_names(headers.as_deref(), &format!("{at}.headers"), faults);
    }
    if let Some(grpc) = grpc_route {
        if grpc.matcher.method_name.is_some() && grpc.matcher.service_name.is_none() {
            faults.push("spec.grpcRoute.match.methodName needs serviceName".to_owned());
        }
        header_names(grpc.matcher.metadata.as_deref(), "spec.grpcRoute.match.metadata", faults);
    }
}

fn gateway_route(spec: &GatewayRouteSpec, faults: &mut Vec<String>) {
    let GatewayRouteSpec { grpc_route, http2_route, http_route, priority: _ } = spec;
    let said = [grpc_route.is_some(), http2_route.is_some(), http_route.is_some()];
    exactly_one(&said, "grpcRoute, http2Route, httpRoute", faults);
    for (http, at) in [(http_route, "spec.httpRoute"), (http2_route, "spec.http2Route")] {
        if let Some(http) = http {
            http_gateway_route(http, at, faults);
        }
    }
    let Some(grpc) = grpc_route else { return };
    hostname(grpc.matcher.hostname.as_ref(), "spec.grpcRoute.match.hostname", faults);
    let service = grpc.matcher.service_name.as_ref().and_then(Scalar::known).map_or("", |name| name.as_str());
    // Source: App Mesh User Guide, gateway routes: neither `/aws.app-mesh*` nor `aws.appmesh`.
    if service.trim_start_matches('/').starts_with("aws.app-mesh") || service == "aws.appmesh" {
        faults.push(format!("spec.grpcRoute.match.serviceName: `{service}` is reserved"));
    }
    header_names(grpc.matcher.metadata.as_deref(), "spec.grpcRoute.match.metadata", faults);
}

fn http_gateway_route(http: &HttpGatewayRoute, at: &str, faults: &mut Vec<String>) {
    let matcher = &http.matcher;
    let prefix = matcher.prefix.as_ref().and_then(Scalar::known).map(Text::as_str);
    path_or_prefix(matcher.path.as_ref(), prefix, &format!("{at}.match"), faults);
    for path in prefix.into_iter().chain(exact(matcher.path.as_ref())) {
        if path.starts_with("/aws-appmesh") || path.starts_with("/aws-app-mesh") {
            faults.push(format!("{at}.match: `{path}` is reserved"));
        }
    }
    hostname(matcher.hostname.as_ref(), &format!("{at}.match.hostname"), faults);
    header_names(matcher.headers.as_deref(), &format!("{at}.match.headers"), faults);
    let Some(rewrite) = &http.action.rewrite else { return };
    let value = rewrite.prefix.as_ref().and_then(|own| own.value.as_ref()?.known());
    let path = rewrite.path.as_ref().and_then(|own| own.exact.as_ref()?.known());
    let (value, path) = (value.map(HttpGatewayRoutePrefix::as_str), path.map(HttpPathExact::as_str));
    // Source of these: aws/aws-app-mesh-controller-for-k8s, `gatewayroute_validator.go`.
    match (value, path) {
        (Some(_), Some(_)) => {
            faults.push(format!("{at}.action.rewrite: it has both prefix and path, and needs one of them"));
        }
        (Some(value), None) if !value.starts_with('/') || !value.ends_with('/') => {
            faults.push(format!("{at}.action.rewrite.prefix.value: `{value}` must start and end with /"));
        }
        (Some(_), None) if prefix.is_some_and(|prefix| !prefix.ends_with('/')) => {
            faults.push(format!("{at}.match.prefix must end with /, as its rewrite does"));
        }
        (None, Some(path)) if !path.starts_with('/') => {
            faults.push(format!("{at}.action.rewrite.path.exact: `{path}` must start with /"));
        }
        _ => {}
    }
}

fn exactly_one(said: &[bool], names: &str, faults: &mut Vec<String>) {
    match said.iter().filter(|said| **said).count() {
        1 => {}
        0 => faults.push(format!("spec: it needs exactly one of {names}")),
        _ => faults.push(format!("spec: it has several of {names}, and needs exactly one")),
    }
}

/// Source: aws/aws-app-mesh-controller-for-k8s, `gatewayroute_validator.go`; aws/aws-cdk, `http-route-path-match`.
fn path_or_prefix(path: Option<&HttpPathMatch>, prefix: Option<&str>, at: &str, faults: &mut Vec<String>) {
    match (prefix, exact(path)) {
        (Some(_), _) if path.is_some() => {
            faults.push(format!("{at}: it has both prefix and path, and needs one of them"));
        }
        (Some(prefix), _) if !prefix.starts_with('/') => {
            faults.push(format!("{at}.prefix: `{prefix}` must start with /"));
        }
        (_, Some(exact)) if !exact.starts_with('/') => {
            faults.push(format!("{at}.path.exact: `{exact}` must start with /"));
        }
        _ => {}
    }
}

fn exact(path: Option<&HttpPathMatch>) -> Option<&str> {
    path?.exact.as_ref()?.known().map(HttpPathExact::as_str)
}

/// Source: aws/aws-app-mesh-roadmap#365: a host name with a port was refused.
fn hostname(own: Option<&GatewayRouteHostnameMatch>, at: &str, faults: &mut Vec<String>) {
    let Some(GatewayRouteHostnameMatch { exact, suffix }) = own else { return };
    let exact = exact.as_ref().and_then(Scalar::known).map(ExactHostName::as_str);
    let suffix = suffix.as_ref().and_then(Scalar::known).map(SuffixHostname::as_str);
    for (field, name) in [("exact", exact), ("suffix", suffix)] {
        if let Some(name) = name.filter(|name| name.contains(':')) {
            faults.push(format!("{at}.{field}: `{name}` must be a host name without a port"));
        }
    }
}

/// Source: aws/aws-app-mesh-roadmap#261: names match `^[!-9;-~]+$`, so that `:path` is none.
fn header_names(headers: Option<&[HeaderMatcher]>, at: &str, faults: &mut Vec<String>) {
    for (index, header) in headers.unwrap_or_default().iter().enumerate() {
        let name = header.name.known().map_or("", |name| name.as_str());
        if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b'!'..=b'9' | b';'..=b'~')) {
            faults.push(format!("{at}[{index}].name: `{name}` does not match ^[!-9;-~]+$"));
        }
    }
}
