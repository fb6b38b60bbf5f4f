//! What is worth knowing about a resource at a glance.

use std::fmt::Display;

use crate::gateway_route::GatewayRouteSpec;
use crate::matcher::{HeaderMatchMethod, HeaderMatcher, HttpPathMatch, HttpQueryParameter};
use crate::resource::{Gap, Resource, Spec};
use crate::route::RouteSpec;
use crate::scalar::Scalar;

/// What is worth knowing about a resource at a glance.
pub(super) fn details(resource: &Resource) -> Vec<String> {
    let port = |port: &dyn Display, protocol: &dyn Display| format!("{protocol} {port}");
    let mut details: Vec<String> = match &resource.spec {
        Spec::Mesh(spec) => spec.egress_filter.iter().map(|filter| format!("egress {}", filter.kind)).collect(),
        Spec::VirtualNode(spec) => spec
            .listeners
            .iter()
            .flatten()
            .map(|listener| {
                let tls = if listener.tls.is_some() { " tls" } else { "" };
                format!("{}{tls}", port(&listener.port_mapping.port, &listener.port_mapping.protocol))
            })
            .collect(),
        Spec::VirtualRouter(spec) => spec
            .listeners
            .iter()
            .flatten()
            .map(|listener| port(&listener.port_mapping.port, &listener.port_mapping.protocol))
            .collect(),
        Spec::VirtualGateway(spec) => spec
            .listeners
            .iter()
            .map(|listener| {
                let tls = if listener.tls.is_some() { " tls" } else { "" };
                format!("{}{tls}", port(&listener.port_mapping.port, &listener.port_mapping.protocol))
            })
            .collect(),
        Spec::Route(spec) => route_details(spec),
        Spec::GatewayRoute(spec) => gateway_route_details(spec),
        Spec::VirtualService(_) => Vec::new(),
    };
    if let Some(condition) = &resource.condition {
        details.push(format!("if {condition}"));
    }
    details.extend(resource.gaps.iter().filter_map(|(path, gap)| match gap {
        Gap::Open(_) => Some(format!("{path} is open")),
        Gap::Faulty => None,
    }));
    details
}

fn route_details(spec: &RouteSpec) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(priority) = &spec.priority {
        details.push(format!("priority {priority}"));
    }
    let http = spec.http_route.as_ref().map(|route| ("http", route));
    if let Some((protocol, route)) = http.or_else(|| spec.http2_route.as_ref().map(|route| ("http2", route))) {
        let matcher = &route.matcher;
        details.push(protocol.to_owned());
        push(&mut details, "method", matcher.method.as_ref());
        push_path(&mut details, matcher.prefix.as_ref(), matcher.path.as_ref());
        details.extend(matcher.headers.iter().flat_map(|list| list.iter()).map(|header| item("header", header)));
        let queries = matcher.query_parameters.iter().flat_map(|list| list.iter());
        details.extend(queries.map(query));
        push(&mut details, "port", matcher.port.as_ref());
    }
    if let Some(route) = &spec.grpc_route {
        details.push("grpc".to_owned());
        push(&mut details, "service", route.matcher.service_name.as_ref());
        push(&mut details, "method", route.matcher.method_name.as_ref());
        details.extend(route.matcher.metadata.iter().flat_map(|list| list.iter()).map(|data| item("metadata", data)));
        push(&mut details, "port", route.matcher.port.as_ref());
    }
    if let Some(route) = &spec.tcp_route {
        details.push("tcp".to_owned());
        push(&mut details, "port", route.matcher.as_ref().and_then(|matcher| matcher.port.as_ref()));
    }
    details
}

fn gateway_route_details(spec: &GatewayRouteSpec) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(priority) = &spec.priority {
        details.push(format!("priority {priority}"));
    }
    let http = spec.http_route.as_ref().map(|route| ("http", route));
    if let Some((protocol, route)) = http.or_else(|| spec.http2_route.as_ref().map(|route| ("http2", route))) {
        let matcher = &route.matcher;
        details.push(protocol.to_owned());
        push(&mut details, "method", matcher.method.as_ref());
        push_path(&mut details, matcher.prefix.as_ref(), matcher.path.as_ref());
        if let Some(hostname) = &matcher.hostname {
            push(&mut details, "host", hostname.exact.as_ref());
            push(&mut details, "host *", hostname.suffix.as_ref());
        }
        details.extend(matcher.headers.iter().flat_map(|list| list.iter()).map(|header| item("header", header)));
        details.extend(matcher.query_parameters.iter().flat_map(|list| list.iter()).map(query));
        push(&mut details, "port", matcher.port.as_ref());
    }
    if let Some(route) = &spec.grpc_route {
        details.push("grpc".to_owned());
        push(&mut details, "service", route.matcher.service_name.as_ref());
        if let Some(hostname) = &route.matcher.hostname {
            push(&mut details, "host", hostname.exact.as_ref());
            push(&mut details, "host *", hostname.suffix.as_ref());
        }
        details.extend(route.matcher.metadata.iter().flat_map(|list| list.iter()).map(|data| item("metadata", data)));
        push(&mut details, "port", route.matcher.port.as_ref());
    }
    details
}

/// A header or metadata item with what it is compared with: `header x-version = v2`, `not header x present`.
fn item(word: &str, item: &HeaderMatcher) -> String {
    let compared = match &item.matcher {
        Some(HeaderMatchMethod::Exact(value)) => format!("= {value}"),
        Some(HeaderMatchMethod::Prefix(value)) => format!("= {value}*"),
        Some(HeaderMatchMethod::Suffix(value)) => format!("= *{value}"),
        Some(HeaderMatchMethod::Regex(value)) => format!("~ {value}"),
        Some(HeaderMatchMethod::Range(range)) => format!("[{}, {})", range.start, range.end),
        None => "present".to_owned(),
    };
    let not = match &item.invert {
        Some(Scalar::Known(true)) => "not ".to_owned(),
        Some(Scalar::Open(expression)) => format!("not if {expression}: "),
        _ => String::new(),
    };
    format!("{not}{word} {} {compared}", item.name)
}

fn query(query: &HttpQueryParameter) -> String {
    match query.matcher.as_ref().and_then(|matcher| matcher.exact.as_ref()) {
        Some(value) => format!("query {} = {value}", query.name),
        None => format!("query {} present", query.name),
    }
}

fn push<T: Display>(details: &mut Vec<String>, word: &str, value: Option<&T>) {
    details.extend(value.map(|value| format!("{word} {value}")));
}

fn push_path<T: Display>(details: &mut Vec<String>, prefix: Option<&T>, path: Option<&HttpPathMatch>) {
    push(details, "prefix", prefix);
    push(details, "path", path.and_then(|path| path.exact.as_ref()));
    push(details, "path ~", path.and_then(|path| path.regex.as_ref()));
}
