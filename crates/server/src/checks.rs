//! What the API says against a specification beyond its shape.
//!
//! Source, unless another is named: messages that users have seen, as the project's reference lists them in 1.9 with their issues. Where
//! only the rule is known, the words are ours.

use meshwright_model::gateway_route::{GatewayRouteSpec, HttpGatewayRoute};
use meshwright_model::limits::PortProtocol;
use meshwright_model::listener::{Listener, VirtualNodeConnectionPool};
use meshwright_model::matcher::HeaderMatcher;
use meshwright_model::route::{HttpRouteMatch, RouteSpec};
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::{Scalar, Spec};

/// What is wrong with a specification by itself.
pub(crate) fn check(spec: &Spec) -> Result<(), String> {
    match spec {
        Spec::VirtualNode(spec) => virtual_node(spec),
        Spec::Route(spec) => route(spec),
        Spec::GatewayRoute(spec) => gateway_route(spec),
        Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualService(_) | Spec::VirtualGateway(_) => Ok(()),
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
    listeners.iter().enumerate().try_for_each(|(index, own)| listener(own, &format!("spec.listeners[{index}]")))
}

fn listener(listener: &Listener, at: &str) -> Result<(), String> {
    let port = listener.port_mapping.port.known();
    let Some(protocol) = listener.port_mapping.protocol.known().copied() else { return Ok(()) };
    if let Some(check) = &listener.health_check {
        let own = check.port.as_ref().and_then(Scalar::known);
        if own.is_some() && own != port {
            return Err(format!("{at}.healthCheck.port must be the port of the listener"));
        }
        let is_grpc = check.protocol.known() == Some(&PortProtocol::Grpc);
        if is_grpc && !matches!(protocol, PortProtocol::Http2 | PortProtocol::Grpc) {
            // Source: hashicorp/terraform-provider-aws#21359.
            return Err("GRPC HealthCheck requires listener type of HTTP2 or GRPC.".to_owned());
        }
    }
    let pool = listener.connection_pool.as_ref().map(|pool| match pool {
        VirtualNodeConnectionPool::Http(_) => PortProtocol::Http,
        VirtualNodeConnectionPool::Http2(_) => PortProtocol::Http2,
        VirtualNodeConnectionPool::Grpc(_) => PortProtocol::Grpc,
        VirtualNodeConnectionPool::Tcp(_) => PortProtocol::Tcp,
    });
    match pool {
        Some(pool) if pool != protocol => {
            Err(format!("{at}.connectionPool is for {}, and the listener speaks {}", pool.as_str(), protocol.as_str()))
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
        path_or_prefix(
            path.is_some(),
            prefix.as_ref().and_then(Scalar::known).map(meshwright_model::limits::Text::as_str),
            at,
        )?;
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
    let service = grpc.matcher.service_name.as_ref().and_then(Scalar::known).map_or("", |name| name.as_str());
    if service.starts_with("aws.app-mesh") || service == "aws.appmesh" {
        return Err(format!("spec.grpcRoute.match.serviceName: `{service}` is reserved"));
    }
    header_names(grpc.matcher.metadata.as_deref(), "spec.grpcRoute.match.metadata")
}

fn http_gateway_route(http: &HttpGatewayRoute, at: &str) -> Result<(), String> {
    let matcher = &http.matcher;
    let prefix = matcher.prefix.as_ref().and_then(Scalar::known).map(meshwright_model::limits::Text::as_str);
    path_or_prefix(matcher.path.is_some(), prefix, &format!("{at}.match"))?;
    let exact = matcher
        .path
        .as_ref()
        .and_then(|path| path.exact.as_ref()?.known())
        .map(meshwright_model::limits::HttpPathExact::as_str);
    for path in prefix.iter().chain(&exact) {
        if path.starts_with("/aws-appmesh") || path.starts_with("/aws-app-mesh") {
            return Err(format!("{at}.match: `{path}` is reserved"));
        }
    }
    header_names(matcher.headers.as_deref(), &format!("{at}.match.headers"))?;
    let Some(rewrite) = &http.action.rewrite else { return Ok(()) };
    let value = rewrite
        .prefix
        .as_ref()
        .and_then(|own| own.value.as_ref()?.known())
        .map(meshwright_model::limits::HttpGatewayRoutePrefix::as_str);
    let path = rewrite
        .path
        .as_ref()
        .and_then(|own| own.exact.as_ref()?.known())
        .map(meshwright_model::limits::HttpPathExact::as_str);
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

fn path_or_prefix(has_path: bool, prefix: Option<&str>, at: &str) -> Result<(), String> {
    match prefix {
        Some(_) if has_path => Err(format!("{at}: it has both prefix and path, and needs one of them")),
        Some(prefix) if !prefix.starts_with('/') => Err(format!("{at}.prefix: `{prefix}` must start with /")),
        _ => Ok(()),
    }
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
