//! What the API says against a specification beyond its shape.
//!
//! Source, unless another is named: messages that users have seen, as the project's reference lists them in 1.9 with their issues. Where
//! only the rule is known, the words are ours.

use meshwright_model::gateway_route::{GatewayRouteSpec, HttpGatewayRoute};
use meshwright_model::limits::{ExactHostName, HttpGatewayRoutePrefix, HttpPathExact, Port, SuffixHostname, Text};
use meshwright_model::listener::{Listener, VirtualNodeConnectionPool};
use meshwright_model::matcher::{GatewayRouteHostnameMatch, HeaderMatcher, HttpPathMatch};
use meshwright_model::route::{HttpRouteMatch, RouteSpec};
use meshwright_model::virtual_gateway::{VirtualGatewayConnectionPool, VirtualGatewayListener, VirtualGatewaySpec};
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::{Scalar, Spec};

/// What is wrong with a specification by itself.
pub(crate) fn check(spec: &Spec) -> Result<(), String> {
    match spec {
        Spec::VirtualNode(spec) => virtual_node(spec),
        Spec::Route(spec) => route(spec),
        Spec::GatewayRoute(spec) => gateway_route(spec),
        Spec::VirtualGateway(spec) => virtual_gateway(spec),
        Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualService(_) => Ok(()),
    }
}

fn virtual_node(spec: &VirtualNodeSpec) -> Result<(), String> {
    let listeners = spec.listeners.as_deref().unwrap_or_default();
    if listeners.is_empty() && spec.service_discovery.is_some() {
        return Err("Service Discovery can't be set without a listener.".to_owned());
    }
    if !listeners.is_empty() && spec.service_discovery.is_none() {
        return Err("Listeners can't be set without Service Discovery.".to_owned());
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
    listeners.iter().enumerate().try_for_each(|(index, own)| listener(&said(own), index))
}

fn virtual_gateway(spec: &VirtualGatewaySpec) -> Result<(), String> {
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
    spec.listeners.iter().enumerate().try_for_each(|(index, own)| listener(&said(own), index))
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
fn listener(said: &Said, index: usize) -> Result<(), String> {
    let at = format!("spec.listeners[{index}]");
    let Some(protocol) = said.protocol else { return Ok(()) };
    if let Some(check) = &said.check {
        if check.port.is_some() && check.port != said.port {
            return Err(format!("{at}.healthCheck.port must be the port of the listener"));
        }
        if check.protocol == Some("grpc") && !matches!(protocol, "http2" | "grpc") {
            // Source: hashicorp/terraform-provider-aws#21359.
            return Err("GRPC HealthCheck requires listener type of HTTP2 or GRPC.".to_owned());
        }
    }
    match said.pool {
        Some(pool) if pool != protocol => {
            Err(format!("{at}.connectionPool is for {pool}, and the listener speaks {protocol}"))
        }
        _ => Ok(()),
    }
}

fn route(spec: &RouteSpec) -> Result<(), String> {
    let RouteSpec { grpc_route, http2_route, http_route, priority: _, tcp_route } = spec;
    let said = [grpc_route.is_some(), http2_route.is_some(), http_route.is_some(), tcp_route.is_some()];
    exactly_one(&said, "grpcRoute, http2Route, httpRoute, tcpRoute")?;
    for (http, at) in [(http_route, "spec.httpRoute.match"), (http2_route, "spec.http2Route.match")] {
        let Some(http) = http else { continue };
        let HttpRouteMatch { headers, path, prefix, .. } = &http.matcher;
        path_or_prefix(path.as_ref(), prefix.as_ref().and_then(Scalar::known).map(Text::as_str), at)?;
        header_names(headers.as_deref(), &format!("{at}.headers"))?;
    }
    if let Some(grpc) = grpc_route {
        if grpc.matcher.method_name.is_some() && grpc.matcher.service_name.is_none() {
            return Err("spec.grpcRoute.match.methodName needs serviceName".to_owned());
        }
        header_names(grpc.matcher.metadata.as_deref(), "spec.grpcRoute.match.metadata")?;
    }
    Ok(())
}

fn gateway_route(spec: &GatewayRouteSpec) -> Result<(), String> {
    let GatewayRouteSpec { grpc_route, http2_route, http_route, priority: _ } = spec;
    let said = [grpc_route.is_some(), http2_route.is_some(), http_route.is_some()];
    exactly_one(&said, "grpcRoute, http2Route, httpRoute")?;
    for (http, at) in [(http_route, "spec.httpRoute"), (http2_route, "spec.http2Route")] {
        if let Some(http) = http {
            http_gateway_route(http, at)?;
        }
    }
    let Some(grpc) = grpc_route else { return Ok(()) };
    hostname(grpc.matcher.hostname.as_ref(), "spec.grpcRoute.match.hostname")?;
    let service = grpc.matcher.service_name.as_ref().and_then(Scalar::known).map_or("", |name| name.as_str());
    // Source: App Mesh User Guide, gateway routes: neither `/aws.app-mesh*` nor `aws.appmesh`.
    if service.trim_start_matches('/').starts_with("aws.app-mesh") || service == "aws.appmesh" {
        return Err(format!("spec.grpcRoute.match.serviceName: `{service}` is reserved"));
    }
    header_names(grpc.matcher.metadata.as_deref(), "spec.grpcRoute.match.metadata")
}

fn http_gateway_route(http: &HttpGatewayRoute, at: &str) -> Result<(), String> {
    let matcher = &http.matcher;
    let prefix = matcher.prefix.as_ref().and_then(Scalar::known).map(Text::as_str);
    path_or_prefix(matcher.path.as_ref(), prefix, &format!("{at}.match"))?;
    for path in prefix.into_iter().chain(exact(matcher.path.as_ref())) {
        if path.starts_with("/aws-appmesh") || path.starts_with("/aws-app-mesh") {
            return Err(format!("{at}.match: `{path}` is reserved"));
        }
    }
    hostname(matcher.hostname.as_ref(), &format!("{at}.match.hostname"))?;
    header_names(matcher.headers.as_deref(), &format!("{at}.match.headers"))?;
    let Some(rewrite) = &http.action.rewrite else { return Ok(()) };
    let value = rewrite.prefix.as_ref().and_then(|own| own.value.as_ref()?.known());
    let path = rewrite.path.as_ref().and_then(|own| own.exact.as_ref()?.known());
    let (value, path) = (value.map(HttpGatewayRoutePrefix::as_str), path.map(HttpPathExact::as_str));
    // Source of these: aws/aws-app-mesh-controller-for-k8s, `gatewayroute_validator.go`.
    match (value, path) {
        (Some(_), Some(_)) => Err(format!("{at}.action.rewrite: it has both prefix and path, and needs one of them")),
        (Some(value), None) if !value.starts_with('/') || !value.ends_with('/') => {
            Err(format!("{at}.action.rewrite.prefix.value: `{value}` must start and end with /"))
        }
        (Some(_), None) if prefix.is_some_and(|prefix| !prefix.ends_with('/')) => {
            Err(format!("{at}.match.prefix must end with /, as its rewrite does"))
        }
        (None, Some(path)) if !path.starts_with('/') => {
            Err(format!("{at}.action.rewrite.path.exact: `{path}` must start with /"))
        }
        _ => Ok(()),
    }
}

fn exactly_one(said: &[bool], names: &str) -> Result<(), String> {
    match said.iter().filter(|said| **said).count() {
        1 => Ok(()),
        0 => Err(format!("spec: it needs exactly one of {names}")),
        _ => Err(format!("spec: it has several of {names}, and needs exactly one")),
    }
}

/// Source: aws/aws-app-mesh-controller-for-k8s, `gatewayroute_validator.go`; aws/aws-cdk, `http-route-path-match`.
fn path_or_prefix(path: Option<&HttpPathMatch>, prefix: Option<&str>, at: &str) -> Result<(), String> {
    match (prefix, exact(path)) {
        (Some(_), _) if path.is_some() => Err(format!("{at}: it has both prefix and path, and needs one of them")),
        (Some(prefix), _) if !prefix.starts_with('/') => Err(format!("{at}.prefix: `{prefix}` must start with /")),
        (_, Some(exact)) if !exact.starts_with('/') => Err(format!("{at}.path.exact: `{exact}` must start with /")),
        _ => Ok(()),
    }
}

fn exact(path: Option<&HttpPathMatch>) -> Option<&str> {
    path?.exact.as_ref()?.known().map(HttpPathExact::as_str)
}

/// Source: aws/aws-app-mesh-roadmap#365: a host name with a port was refused.
fn hostname(own: Option<&GatewayRouteHostnameMatch>, at: &str) -> Result<(), String> {
    let Some(GatewayRouteHostnameMatch { exact, suffix }) = own else { return Ok(()) };
    let exact = exact.as_ref().and_then(Scalar::known).map(ExactHostName::as_str);
    let suffix = suffix.as_ref().and_then(Scalar::known).map(SuffixHostname::as_str);
    for (field, name) in [("exact", exact), ("suffix", suffix)] {
        if let Some(name) = name.filter(|name| name.contains(':')) {
            return Err(format!("{at}.{field}: `{name}` must be a host name without a port"));
        }
    }
    Ok(())
}

/// Source: aws/aws-app-mesh-roadmap#261: names match `^[!-9;-~]+$`, so that `:path` is none.
fn header_names(headers: Option<&[HeaderMatcher]>, at: &str) -> Result<(), String> {
    for (index, header) in headers.unwrap_or_default().iter().enumerate() {
        let name = header.name.known().map_or("", |name| name.as_str());
        if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b'!'..=b'9' | b';'..=b'~')) {
            return Err(format!("{at}[{index}].name: `{name}` does not match ^[!-9;-~]+$"));
        }
    }
    Ok(())
}
