//! Writes virtual routers, their routes, and virtual services.

use meshwright_model::limits::{GrpcRetryPolicyEvent, HttpRetryPolicyEvent, TcpRetryPolicyEvent};
use meshwright_model::list::List;
use meshwright_model::listener::PortMapping;
use meshwright_model::retry::{GrpcRetryPolicy, HttpRetryPolicy};
use meshwright_model::route::{
    GrpcRoute, GrpcRouteMatch, HttpRoute, HttpRouteMatch, RouteAction, RouteSpec, TcpRoute, TcpRouteMatch,
    WeightedTarget,
};
use meshwright_model::scalar::Name;
use meshwright_model::timeout::{GrpcTimeout, HttpTimeout, TcpTimeout};
use meshwright_model::value::ScalarType;
use meshwright_model::virtual_router::{VirtualRouterListener, VirtualRouterSpec};
use meshwright_model::virtual_service::{
    VirtualNodeServiceProvider, VirtualRouterServiceProvider, VirtualServiceProvider, VirtualServiceSpec,
};
use meshwright_model::{Scalar, Spec};

use super::draft::{Draft, Wanted};
use super::matcher;
use super::plan::{Plan, Router, Service, is_change};
use super::retries::{GRPC_EVENTS, HTTP_EVENTS, TCP_EVENTS};
use super::values::{duration, port, port_protocol};
use crate::intent::{Match, Protocol, Provider, Retry, Route, Span};

/// Writes a router, where it is made, and its routes.
pub(super) fn write_router(router: &Router, draft: &mut Draft) {
    if router.is_made {
        let mut listeners = Vec::new();
        for listener in &router.listeners {
            listeners.push(VirtualRouterListener {
                port_mapping: PortMapping {
                    port: port(listener.port, &router.name, draft),
                    protocol: Scalar::Known(port_protocol(listener.protocol.unwrap_or(Protocol::Http))),
                },
            });
        }
        let spec = VirtualRouterSpec { listeners: Some(listeners) };
        let name = draft.said("the name of the virtual router", &router.name.expression);
        draft.add(None, name, Spec::VirtualRouter(spec));
    }
    for route in &router.routes {
        let parent: Name = draft.said("the name of the virtual router", &router.name.expression);
        let own = route.name.clone().unwrap_or_default();
        let Some(spec) = route_spec(route, router, &format!("route `{own}`"), draft) else { continue };
        let name = draft.text("the name of a route", &own);
        draft.add(Some(parent), name, Spec::Route(spec));
    }
}

/// Writes a virtual service.
pub(super) fn write_service(service: &Service, plan: &Plan, draft: &mut Draft) {
    let provider = service.provider.as_ref().map(|provider| match provider {
        Provider::Node(node) => VirtualServiceProvider::VirtualNode(VirtualNodeServiceProvider {
            virtual_node_name: draft.text("the node behind a virtual service", node),
        }),
        Provider::Router(router) => VirtualServiceProvider::VirtualRouter(VirtualRouterServiceProvider {
            virtual_router_name: draft.text("the router behind a virtual service", router),
        }),
    });
    match &service.provider {
        None => draft.assume(
            format!("nothing answers the requests to `{}` yet", service.name),
            "the request names no virtual node or virtual router that provides it, and a virtual service may do without",
        ),
        Some(Provider::Node(node)) if plan.node(node).is_none() => draft.assume(
            format!("virtual node `{node}` exists already"),
            format!("`{}` is provided by it, and the request describes no node of that name", service.name),
        ),
        Some(Provider::Router(router)) if !plan.routers.iter().any(|one| one.name.text() == Some(router) && one.is_made) => {
            draft.assume(
                format!("virtual router `{router}` exists already"),
                format!("`{}` is provided by it, and the request describes no router of that name", service.name),
            );
        }
        Some(_) => {}
    }
    let name = draft.said("the name of the virtual service", &service.name);
    draft.add(None, name, Spec::VirtualService(VirtualServiceSpec { provider }));
}

/// Writes a route's specification.
pub(super) fn route_spec(route: &Route, router: &Router, shown: &str, draft: &mut Draft) -> Option<RouteSpec> {
    let protocol = router.protocol_of(route);
    if route.matcher.hostname.is_some() {
        draft.ask(format!("{shown} cannot match a host name: only gateway routes can. Is a gateway route meant?"));
    }
    let action = RouteAction { weighted_targets: targets(route, shown, draft)? };
    let priority = route.priority.map(|priority| draft.number(&format!("the priority of {shown}"), priority.into()));
    let mut spec = RouteSpec { priority, ..RouteSpec::default() };
    let span = |span: Option<Span>, draft: &mut Draft| {
        span.map(|span| duration(span, &format!("a timeout of {shown}"), draft))
    };
    let timeout = route.timeout.clone().unwrap_or_default();
    let (idle, per_request) = (span(timeout.idle, draft), span(timeout.per_request, draft));
    let has_timeout = idle.is_some() || per_request.is_some();
    match protocol {
        Protocol::Http | Protocol::Http2 => {
            let own = HttpRoute {
                action,
                matcher: http_match(&route.matcher, shown, draft),
                retry_policy: route.retry.as_ref().and_then(|retry| http_retry(retry, shown, draft)),
                timeout: has_timeout.then_some(HttpTimeout { idle, per_request }),
            };
            *(if protocol == Protocol::Http { &mut spec.http_route } else { &mut spec.http2_route }) = Some(own);
        }
        Protocol::Grpc => {
            spec.grpc_route = Some(GrpcRoute {
                action,
                matcher: grpc_match(&route.matcher, shown, draft),
                retry_policy: route.retry.as_ref().and_then(|retry| grpc_retry(retry, shown, draft)),
                timeout: has_timeout.then_some(GrpcTimeout { idle, per_request }),
            });
        }
        Protocol::Tcp => {
            matcher::ask_about_http_parts(&route.matcher, "tcp", shown, draft);
            if !route.matcher.headers.is_empty() || route.matcher.grpc_service.is_some() {
                draft.ask(format!("{shown} is for tcp, which has no headers to match. Should it be for http?"));
            }
            if route.matcher.grpc_method.is_some() && route.matcher.grpc_service.is_none() {
                draft.ask(format!("{shown} is for tcp, which has no gRPC methods to match. Should it be for grpc?"));
            }
            let port = matcher::port(route.matcher.port, shown, draft);
            spec.tcp_route = Some(TcpRoute {
                action,
                matcher: port.map(|port| TcpRouteMatch { port: Some(port) }),
                timeout: idle.map(|idle| TcpTimeout { idle: Some(idle) }),
            });
        }
    }
    Some(spec)
}

fn targets(route: &Route, shown: &str, draft: &mut Draft) -> Option<List<WeightedTarget, 10>> {
    let mut targets = Vec::new();
    if route.targets.is_empty() && is_change(route.action) {
        let target = draft.parameter(&Wanted {
            name: "TargetVirtualNodeName",
            description: "Name of the virtual node that the route sends requests to",
            ..Wanted::default()
        });
        targets.push(WeightedTarget {
            port: None,
            virtual_node: draft.said(&format!("a target of {shown}"), &target),
            weight: draft.number(&format!("the weight of the target of {shown}"), 100),
        });
    }
    for target in &route.targets {
        targets.push(WeightedTarget {
            port: matcher::port(target.port, &format!("target `{}` of {shown}", target.node), draft),
            virtual_node: draft.text(&format!("a target of {shown}"), &target.node),
            weight: draft.number(
                &format!("the weight of `{}` in {shown}", target.node),
                u64::from(target.weight.unwrap_or_default()),
            ),
        });
    }
    matcher::bounded(targets, "targets", shown, draft)
}

fn http_match(wanted: &Match, shown: &str, draft: &mut Draft) -> HttpRouteMatch {
    let paths = matcher::paths(wanted, shown, draft);
    let scheme = wanted
        .scheme
        .as_ref()
        .map(|scheme| draft.text(&format!("the scheme of {shown}"), &scheme.to_ascii_lowercase()));
    HttpRouteMatch {
        headers: matcher::headers(&wanted.headers, shown, draft),
        method: matcher::method(wanted, shown, draft),
        path: paths.path,
        port: matcher::port(wanted.port, shown, draft),
        prefix: paths.prefix,
        query_parameters: matcher::query(&wanted.query, shown, draft),
        scheme,
    }
}

fn grpc_match(wanted: &Match, shown: &str, draft: &mut Draft) -> GrpcRouteMatch {
    matcher::ask_about_http_parts(wanted, "grpc", shown, draft);
    if wanted.grpc_method.is_some() && wanted.grpc_service.is_none() {
        draft.ask(format!("{shown} matches a gRPC method. Of which service, with its package?"));
    }
    let method = wanted.grpc_method.as_ref().filter(|_| wanted.grpc_service.is_some());
    GrpcRouteMatch {
        metadata: matcher::headers(&wanted.headers, shown, draft),
        method_name: method.map(|method| draft.text(&format!("the gRPC method of {shown}"), method)),
        port: matcher::port(wanted.port, shown, draft),
        service_name: wanted
            .grpc_service
            .as_ref()
            .map(|service| draft.text(&format!("the gRPC service of {shown}"), service)),
    }
}

/// The events of a policy that stand in one list.
fn events<T: ScalarType, const MAX: usize>(
    retry: &Retry,
    known: &[&str],
    shown: &str,
    draft: &mut Draft,
) -> Option<List<Scalar<T>, MAX>> {
    let own = retry.events.iter().filter(|event| known.contains(&event.as_str()));
    let events = own.map(|event| draft.text(&format!("a retry event of {shown}"), event)).collect();
    matcher::bounded(events, "retry events", shown, draft)
}

fn http_retry(retry: &Retry, shown: &str, draft: &mut Draft) -> Option<HttpRetryPolicy> {
    let (max_retries, per_try) = (retry.max_retries?, retry.per_retry_timeout?);
    Some(HttpRetryPolicy {
        http_retry_events: events::<HttpRetryPolicyEvent, 25>(retry, HTTP_EVENTS, shown, draft),
        max_retries: draft.number(&format!("the retries of {shown}"), max_retries.into()),
        per_retry_timeout: duration(per_try, &format!("the time of an attempt of {shown}"), draft),
        tcp_retry_events: events::<TcpRetryPolicyEvent, 1>(retry, TCP_EVENTS, shown, draft),
    })
}

fn grpc_retry(retry: &Retry, shown: &str, draft: &mut Draft) -> Option<GrpcRetryPolicy> {
    let (max_retries, per_try) = (retry.max_retries?, retry.per_retry_timeout?);
    Some(GrpcRetryPolicy {
        grpc_retry_events: events::<GrpcRetryPolicyEvent, 5>(retry, GRPC_EVENTS, shown, draft),
        http_retry_events: events::<HttpRetryPolicyEvent, 25>(retry, HTTP_EVENTS, shown, draft),
        max_retries: draft.number(&format!("the retries of {shown}"), max_retries.into()),
        per_retry_timeout: duration(per_try, &format!("the time of an attempt of {shown}"), draft),
        tcp_retry_events: events::<TcpRetryPolicyEvent, 1>(retry, TCP_EVENTS, shown, draft),
    })
}
