//! Decides on and writes virtual gateways and gateway routes.

use meshwright_model::gateway_route::{
    GatewayRouteHostnameRewrite, GatewayRouteSpec, GatewayRouteTarget, GatewayRouteVirtualService, GrpcGatewayRoute,
    GrpcGatewayRouteAction, GrpcGatewayRouteMatch, GrpcGatewayRouteRewrite, HttpGatewayRoute, HttpGatewayRouteAction,
    HttpGatewayRouteMatch, HttpGatewayRoutePathRewrite, HttpGatewayRoutePrefixRewrite, HttpGatewayRouteRewrite,
};
use meshwright_model::limits::DefaultGatewayRouteRewrite;
use meshwright_model::listener::{HttpConnectionPool, RequestConnectionPool};
use meshwright_model::scalar::Name;
use meshwright_model::virtual_gateway::{
    VirtualGatewayBackendDefaults, VirtualGatewayConnectionPool, VirtualGatewayListener, VirtualGatewayPortMapping,
    VirtualGatewaySpec,
};
use meshwright_model::{Scalar, Spec};

use super::draft::{Draft, Wanted};
use super::health::{gateway_health_check, gateway_protocol};
use super::logging::logging;
use super::matcher;
use super::names::{host_label, listed};
use super::plan::{Gateway, Plan, is_change};
use super::tls::{client_policy, listener_tls};
use super::values::port;
use crate::intent::{ConnectionPool, GatewayRoute, Listener, Match, Pathway, Protocol, Rewrite, RouterListener};

/// The port of a gateway that the request gives none: over 1024, so that it needs no privilege.
const PORT: u32 = 8080;

/// Settles listeners, protocols, ports and names.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    let mut gateways = std::mem::take(&mut plan.gateways);
    for gateway in &mut gateways {
        let hinted = gateway.wanted.routes.iter().find_map(|route| route_protocol(route, plan));
        if gateway.is_made {
            settle_listeners(gateway, hinted, draft);
        }
        let listeners: Vec<RouterListener> = (gateway.wanted.listeners.iter())
            .map(|listener| RouterListener { port: listener.port, protocol: listener.protocol })
            .collect();
        let own = listeners.first().and_then(|listener| listener.protocol);
        for route in &mut gateway.wanted.routes {
            let hinted = route_protocol(route, plan);
            route.protocol = hinted.or(own).or(Some(Protocol::Http));
            settle_service_port(route, plan);
            settle_prefix(route, draft);
        }
        settle_ports(gateway, &listeners, draft);
        name(gateway, draft);
    }
    plan.gateways = gateways;
}

/// The protocol that a gateway route is for, by what it says and by the service behind it.
fn route_protocol(route: &GatewayRoute, plan: &Plan) -> Option<Protocol> {
    let is_grpc = route.matcher.grpc_service.is_some() || route.matcher.grpc_method.is_some();
    let provider = route.service.as_ref().and_then(|service| plan.providers(service).first().copied());
    let of_node = || plan.nodes.get(provider?)?.listeners.first()?.protocol;
    route.protocol.or(is_grpc.then_some(Protocol::Grpc)).or_else(of_node)
}

fn settle_listeners(gateway: &mut Gateway, hinted: Option<Protocol>, draft: &mut Draft) {
    let shown = gateway.name.shown();
    if gateway.wanted.listeners.is_empty() {
        gateway.wanted.listeners.push(Listener::default());
    }
    let mut free = PORT;
    for listener in &mut gateway.wanted.listeners {
        if listener.protocol.is_none() {
            let protocol = hinted.filter(|protocol| *protocol != Protocol::Tcp).unwrap_or(Protocol::Http);
            listener.protocol = Some(protocol);
            draft.assume(
                format!("gateway `{shown}` speaks {}", protocol.word()),
                "the request names no protocol for it",
            );
        }
        if listener.port.is_none() {
            listener.port = Some(free);
            draft.assume(
                format!("gateway `{shown}` listens on port {free}"),
                "the request names no port, and those up to 1024 need a privilege that Fargate does not give",
            );
            free += 1;
        }
        if listener.timeout.is_some() || listener.outlier_detection.is_some() {
            draft.ask(format!(
                "Listeners of gateways have neither timeouts nor outlier detection. Is that of the services behind `{shown}` meant?"
            ));
        }
    }
}

/// A service with several ports needs to know which is meant.
fn settle_service_port(route: &mut GatewayRoute, plan: &Plan) {
    let Some(service) = &route.service else { return };
    let Some(node) = plan.providers(service).first().map(|position| &plan.nodes[*position]) else { return };
    if route.service_port.is_none() && node.listeners.len() > 1 {
        let same = node.listeners.iter().find(|listener| listener.protocol == route.protocol);
        route.service_port = same.or(node.listeners.first()).and_then(|listener| listener.port);
    }
}

pub(super) fn settle_prefix(route: &mut GatewayRoute, draft: &mut Draft) {
    if matches!(route.protocol, Some(Protocol::Grpc | Protocol::Tcp)) {
        return;
    }
    let service = route.service.clone().unwrap_or_default();
    if route.rewrite.as_ref().is_some_and(|rewrite| rewrite.prefix.is_some()) && route.matcher.path.is_none() {
        route.matcher.path = Some(Pathway::Prefix("/".to_owned()));
    }
    let Some(Pathway::Prefix(prefix)) = &mut route.matcher.path else { return };
    if !prefix.starts_with('/') {
        *prefix = format!("/{prefix}");
    }
    match &mut route.rewrite {
        Some(Rewrite { prefix: Some(value), .. }) => {
            let wanted = format!("/{}/", value.trim_matches('/')).replace("//", "/");
            let matched = format!("{}/", prefix.trim_end_matches('/'));
            if *value != wanted || *prefix != matched {
                draft.assume(
                    format!("prefix `{matched}` becomes `{wanted}`"),
                    "a prefix that is rewritten and its new value both begin and end with a slash",
                );
            }
            *value = wanted;
            *prefix = matched;
        }
        Some(_) => {}
        None if prefix == "/" => {}
        None => {
            draft.assume(
                format!("`{prefix}` stays in the path that `{service}` gets"),
                "the request asks for no rewrite; App Mesh would take the prefix off if nothing were said",
            );
            route.rewrite = Some(Rewrite { keep_prefix: true, ..Rewrite::default() });
        }
    }
}

fn settle_ports(gateway: &mut Gateway, listeners: &[RouterListener], draft: &mut Draft) {
    if listeners.len() < 2 {
        return;
    }
    let mut routes = Vec::new();
    for route in std::mem::take(&mut gateway.wanted.routes) {
        if route.matcher.port.is_some() {
            routes.push(route);
            continue;
        }
        let own = |listener: &&RouterListener| listener.protocol == route.protocol;
        let mut fitting: Vec<&RouterListener> = listeners.iter().filter(own).collect();
        if fitting.is_empty() {
            fitting = listeners.iter().collect();
        }
        let count = fitting.len();
        for listener in fitting {
            let mut copy = route.clone();
            copy.matcher.port = listener.port;
            if let (true, Some(name), Some(port)) = (count > 1, &route.name, listener.port) {
                copy.name = Some(format!("{name}-{port}"));
            }
            routes.push(copy);
        }
        if count > 1 {
            draft.assume(
                format!("gateway `{}` has a route for each of its ports", gateway.name.shown()),
                "a gateway route of a gateway with several listeners is for one of them",
            );
        }
    }
    gateway.wanted.routes = routes;
}

fn name(gateway: &mut Gateway, draft: &mut Draft) {
    let mut taken: Vec<String> = gateway.wanted.routes.iter().filter_map(|route| route.name.clone()).collect();
    let mut made = Vec::new();
    for route in gateway.wanted.routes.iter_mut().filter(|route| route.name.is_none()) {
        let service = route.service.as_deref().unwrap_or("default");
        let wanted = format!("{}-route", host_label(service.split('.').next().unwrap_or(service)));
        let mut name = wanted.clone();
        let mut count = 1;
        while taken.contains(&name) {
            count += 1;
            name = format!("{wanted}-{count}");
        }
        taken.push(name.clone());
        made.push(name.clone());
        route.name = Some(name);
    }
    if !made.is_empty() {
        let what = if made.len() == 1 { "the gateway route is called" } else { "the gateway routes are called" };
        draft
            .assume(format!("{what} {}", listed(&made)), "the request gives no name; it is that of the service behind");
    }
}

/// Writes a gateway, where it is made, and its routes.
pub(super) fn write(gateway: &Gateway, plan: &Plan, draft: &mut Draft) -> Option<String> {
    let shown = gateway.name.shown();
    let mut label = None;
    if gateway.is_made {
        let mut listeners = Vec::new();
        for listener in &gateway.wanted.listeners {
            listeners.push(write_listener(gateway, listener, draft));
        }
        let policy = gateway.wanted.backend_tls.as_ref().map(|tls| {
            let own = format!("`{shown}` towards the mesh");
            VirtualGatewayBackendDefaults { client_policy: Some(client_policy(tls, &own, &shown, draft)) }
        });
        let spec = VirtualGatewaySpec {
            backend_defaults: policy,
            listeners,
            logging: gateway.wanted.access_log.as_ref().map(|log| logging(log, &shown, draft)),
        };
        let name = draft.said("the name of the virtual gateway", &gateway.name.expression);
        label = Some(draft.add(None, name, Spec::VirtualGateway(spec)));
    }
    for route in &gateway.wanted.routes {
        let parent: Name = draft.said("the name of the virtual gateway", &gateway.name.expression);
        let own = route.name.clone().unwrap_or_default();
        let Some(spec) = route_spec(route, plan, &format!("gateway route `{own}`"), draft) else { continue };
        let name = draft.text("the name of a gateway route", &own);
        draft.add(Some(parent), name, Spec::GatewayRoute(spec));
    }
    label
}

pub(super) fn write_listener(gateway: &Gateway, listener: &Listener, draft: &mut Draft) -> VirtualGatewayListener {
    let shown = gateway.name.shown();
    let protocol = listener.protocol.unwrap_or(Protocol::Http);
    if listener.port.is_some_and(|port| (1..=1024).contains(&port)) {
        draft.assume(
            format!("the proxy of gateway `{shown}` may open ports up to 1024"),
            "that needs the capability NET_BIND_SERVICE, which Fargate does not give; behind a load balancer 8080 does as well",
        );
    }
    let pool = listener.connection_pool.as_ref().and_then(|pool| self::pool(pool, protocol, &shown, draft));
    VirtualGatewayListener {
        connection_pool: pool,
        health_check: listener
            .health_check
            .as_ref()
            .map(|check| gateway_health_check(check, listener.port, protocol, &gateway.name, draft)),
        port_mapping: VirtualGatewayPortMapping {
            port: port(listener.port, &gateway.name, draft),
            protocol: gateway_protocol(protocol, &shown, draft),
        },
        tls: listener.tls.as_ref().and_then(|tls| listener_tls(tls, &gateway.name, draft)),
    }
}

fn pool(
    pool: &ConnectionPool,
    protocol: Protocol,
    shown: &str,
    draft: &mut Draft,
) -> Option<VirtualGatewayConnectionPool> {
    let connections =
        pool.max_connections.map(|max| draft.number(&format!("the connections of `{shown}`"), max.into()));
    let pending =
        pool.max_pending_requests.map(|max| draft.number(&format!("the pending requests of `{shown}`"), max.into()));
    let requests = pool.max_requests.map(|max| draft.number(&format!("the requests of `{shown}`"), max.into()));
    let made = match protocol {
        Protocol::Http | Protocol::Tcp => connections.map(|max_connections| {
            VirtualGatewayConnectionPool::Http(HttpConnectionPool { max_connections, max_pending_requests: pending })
        }),
        Protocol::Http2 => {
            requests.map(|max_requests| VirtualGatewayConnectionPool::Http2(RequestConnectionPool { max_requests }))
        }
        Protocol::Grpc => {
            requests.map(|max_requests| VirtualGatewayConnectionPool::Grpc(RequestConnectionPool { max_requests }))
        }
    };
    if made.is_none() {
        let what = if protocol == Protocol::Http { "connections" } else { "requests at a time" };
        draft.ask(format!("How many {what} may gateway `{shown}` have, which speaks {}?", protocol.word()));
    }
    made
}

/// Writes a gateway route's specification.
pub(super) fn route_spec(
    route: &GatewayRoute,
    plan: &Plan,
    shown: &str,
    draft: &mut Draft,
) -> Option<GatewayRouteSpec> {
    let service = match &route.service {
        Some(service) => plan.service_name(service),
        // Where it leads is the least of what a change without a file leaves out.
        None if is_change(route.action) => draft.parameter(&Wanted {
            name: "TargetVirtualServiceName",
            description: "Name of the virtual service that the gateway route leads to",
            ..Wanted::default()
        }),
        None => {
            draft.ask(format!("To which virtual service should {shown} lead?"));
            return None;
        }
    };
    let target = GatewayRouteTarget {
        port: matcher::port(route.service_port, &format!("the target of {shown}"), draft),
        virtual_service: GatewayRouteVirtualService {
            virtual_service_name: draft.said(&format!("the target of {shown}"), &service),
        },
    };
    if route.matcher.scheme.is_some() {
        draft.ask(format!("{shown} cannot match a scheme: gateway routes have none. Is the gateway's TLS meant?"));
    }
    let priority = route.priority.map(|priority| draft.number(&format!("the priority of {shown}"), priority.into()));
    let mut spec = GatewayRouteSpec { priority, ..GatewayRouteSpec::default() };
    match route.protocol.unwrap_or(Protocol::Http) {
        Protocol::Grpc => spec.grpc_route = Some(grpc(route, target, shown, draft)),
        Protocol::Tcp => {
            draft.ask(format!("{shown} cannot be for tcp: gateways know http, http2 and grpc. Which of them is it?"));
            spec.http_route = Some(http(route, target, shown, draft));
        }
        Protocol::Http2 => spec.http2_route = Some(http(route, target, shown, draft)),
        Protocol::Http => spec.http_route = Some(http(route, target, shown, draft)),
    }
    Some(spec)
}

fn http(route: &GatewayRoute, target: GatewayRouteTarget, shown: &str, draft: &mut Draft) -> HttpGatewayRoute {
    let wanted = &route.matcher;
    ask_about_reserved(wanted, shown, draft);
    let paths = matcher::paths(wanted, shown, draft);
    let matcher = HttpGatewayRouteMatch {
        headers: matcher::headers(&wanted.headers, shown, draft),
        hostname: matcher::hostname(wanted, shown, draft),
        method: matcher::method(wanted, shown, draft),
        path: paths.path,
        port: matcher::port(wanted.port, shown, draft),
        prefix: paths.prefix,
        query_parameters: matcher::query(&wanted.query, shown, draft),
    };
    let rewrite = route.rewrite.as_ref().and_then(|rewrite| http_rewrite(rewrite, wanted, shown, draft));
    HttpGatewayRoute { action: HttpGatewayRouteAction { rewrite, target }, matcher }
}

/// Source: App Mesh User Guide, gateway routes.
fn ask_about_reserved(wanted: &Match, shown: &str, draft: &mut Draft) {
    if let Some(Pathway::Prefix(path) | Pathway::Exact(path)) = &wanted.path
        && (path.starts_with("/aws-appmesh") || path.starts_with("/aws-app-mesh"))
    {
        draft.ask(format!("{shown} matches `{path}`, which App Mesh keeps for itself. Which path is meant?"));
    }
}

fn http_rewrite(rewrite: &Rewrite, wanted: &Match, shown: &str, draft: &mut Draft) -> Option<HttpGatewayRouteRewrite> {
    let by_prefix = matches!(wanted.path, None | Some(Pathway::Prefix(_)));
    if rewrite.prefix.is_some() && rewrite.path.is_some() {
        draft.ask(format!("{shown} cannot change both the prefix and the whole path. Which of them should change?"));
    }
    if rewrite.keep_prefix && (rewrite.prefix.is_some() || rewrite.path.is_some()) {
        draft.ask(format!("{shown} is to keep the path and to change it. Which of the two holds?"));
    }
    if !by_prefix && rewrite.prefix.is_some() || by_prefix && rewrite.path.is_some() {
        draft.ask(format!(
            "{shown} can change the prefix only where it matches a prefix, and the whole path only where it matches a path. Which path should it match?"
        ));
    }
    let value = rewrite.prefix.as_ref().map(|value| draft.text(&format!("the new prefix of {shown}"), value));
    let has_prefix =
        by_prefix && !matches!(&wanted.path, Some(Pathway::Prefix(prefix)) if prefix == "/") && wanted.path.is_some();
    let default = (rewrite.keep_prefix && value.is_none() && has_prefix)
        .then_some(Scalar::Known(DefaultGatewayRouteRewrite::Disabled));
    let prefix = (value.is_some() || default.is_some())
        .then_some(HttpGatewayRoutePrefixRewrite { default_prefix: default, value });
    let path = rewrite.path.as_ref().map(|path| {
        let path = if path.starts_with('/') { path.clone() } else { format!("/{path}") };
        HttpGatewayRoutePathRewrite { exact: Some(draft.text(&format!("the new path of {shown}"), &path)) }
    });
    let hostname = kept_hostname(rewrite);
    let is_empty = hostname.is_none() && path.is_none() && prefix.is_none();
    (!is_empty).then_some(HttpGatewayRouteRewrite { hostname, path, prefix })
}

fn kept_hostname(rewrite: &Rewrite) -> Option<GatewayRouteHostnameRewrite> {
    let disabled = Some(Scalar::Known(DefaultGatewayRouteRewrite::Disabled));
    rewrite.keep_hostname.then_some(GatewayRouteHostnameRewrite { default_target_hostname: disabled })
}

fn grpc(route: &GatewayRoute, target: GatewayRouteTarget, shown: &str, draft: &mut Draft) -> GrpcGatewayRoute {
    let wanted = &route.matcher;
    matcher::ask_about_http_parts(wanted, "grpc", shown, draft);
    if wanted.grpc_method.is_some() {
        draft.ask(format!(
            "{shown} cannot match a gRPC method: gateway routes match services. Is the whole service meant?"
        ));
    }
    if wanted.grpc_service.is_none() && wanted.hostname.is_none() && wanted.headers.is_empty() {
        draft.ask(format!("Which gRPC service, with its package, should {shown} match?"));
    }
    let rewrite = route.rewrite.as_ref().and_then(kept_hostname);
    GrpcGatewayRoute {
        action: GrpcGatewayRouteAction {
            rewrite: rewrite.map(|hostname| GrpcGatewayRouteRewrite { hostname: Some(hostname) }),
            target,
        },
        matcher: GrpcGatewayRouteMatch {
            hostname: matcher::hostname(wanted, shown, draft),
            metadata: matcher::headers(&wanted.headers, shown, draft),
            port: matcher::port(wanted.port, shown, draft),
            service_name: wanted
                .grpc_service
                .as_ref()
                .map(|service| draft.text(&format!("the gRPC service of {shown}"), service)),
        },
    }
}
