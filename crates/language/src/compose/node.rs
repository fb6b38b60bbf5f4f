//! Writes virtual nodes.

use meshwright_model::limits::IpPreference as ModelIpPreference;
use meshwright_model::listener::{HttpConnectionPool, RequestConnectionPool, TcpConnectionPool};
use meshwright_model::listener::{
    Listener as ModelListener, OutlierDetection as ModelOutlierDetection, PortMapping, VirtualNodeConnectionPool,
};
use meshwright_model::timeout::{GrpcTimeout, HttpTimeout, ListenerTimeout, TcpTimeout};
use meshwright_model::virtual_node::{
    AwsCloudMapInstanceAttribute, AwsCloudMapServiceDiscovery, Backend, BackendDefaults, DnsServiceDiscovery,
    ServiceDiscovery, VirtualNodeSpec, VirtualServiceBackend,
};
use meshwright_model::{Scalar, Spec};

use super::draft::Draft;
use super::health::health_check;
use super::listeners::{cloud_map_names, is_endpoints};
use super::logging::logging;
use super::plan::{Node, Plan};
use super::tls::{client_policy, listener_tls};
use super::values::{duration, ip_preference, port, port_protocol};
use crate::intent::{CloudMap, ConnectionPool, Discovery, Dns, Listener, OutlierDetection, Protocol, Span, Timeout};

/// Writes a node; answers with its logical id.
pub(super) fn write(node: &Node, plan: &Plan, draft: &mut Draft) -> String {
    let shown = node.name.shown();
    let mut listeners = Vec::new();
    for listener in &node.listeners {
        listeners.push(write_listener(node, listener, draft));
    }
    let mut backends = Vec::new();
    let mut seen = Vec::new();
    for call in &node.calls {
        let name = plan.service_name(&call.to);
        if seen.contains(&name) {
            continue;
        }
        seen.push(name.clone());
        let own = format!("`{shown}` towards `{name}`");
        let policy = call.tls.as_ref().map(|tls| client_policy(tls, &own, &shown, draft));
        let virtual_service_name = draft.said(&format!("a backend of `{shown}`"), &name);
        backends.push(Backend::VirtualService(VirtualServiceBackend { client_policy: policy, virtual_service_name }));
    }
    let defaults = node.backend_tls.as_ref().map(|tls| BackendDefaults {
        client_policy: Some(client_policy(tls, &format!("`{shown}` towards its backends"), &shown, draft)),
    });
    let spec = VirtualNodeSpec {
        backend_defaults: defaults,
        backends: (!backends.is_empty()).then_some(backends),
        listeners: (!listeners.is_empty()).then_some(listeners),
        logging: node.access_log.as_ref().map(|log| logging(log, &shown, draft)),
        service_discovery: discovery(node, draft),
    };
    let name = draft.said("the name of the virtual node", &node.name.expression);
    draft.add(None, name, Spec::VirtualNode(spec))
}

/// Writes a listener.
pub(super) fn write_listener(node: &Node, listener: &Listener, draft: &mut Draft) -> ModelListener {
    let shown = node.name.shown();
    let protocol = listener.protocol.unwrap_or(Protocol::Http);
    let outlier_detection = listener.outlier_detection.as_ref().map(|wanted| outliers(wanted, &shown, draft));
    ModelListener {
        connection_pool: listener.connection_pool.as_ref().and_then(|pool| self::pool(pool, protocol, &shown, draft)),
        health_check: listener
            .health_check
            .as_ref()
            .map(|check| health_check(check, listener.port, protocol, &node.name, draft)),
        outlier_detection,
        port_mapping: PortMapping {
            port: port(listener.port, &node.name, draft),
            protocol: Scalar::Known(port_protocol(protocol)),
        },
        timeout: listener.timeout.as_ref().and_then(|timeout| self::timeout(timeout, protocol, &shown, draft)),
        tls: listener.tls.as_ref().and_then(|tls| listener_tls(tls, &node.name, draft)),
    }
}

fn outliers(wanted: &OutlierDetection, shown: &str, draft: &mut Draft) -> ModelOutlierDetection {
    let mut or = |given: Option<Span>, choice: Span, what: &str| match given {
        Some(span) => span,
        None => {
            draft.assume(
                format!("{what} of `{shown}` is {choice}"),
                "outlier detection needs it, and the request does not say it; it is Envoy's own default",
            );
            choice
        }
    };
    // Source: Envoy, OutlierDetection: 10 s, 30 s, 5 errors in a row.
    let interval = or(wanted.interval, Span::seconds(10), "the time between two sweeps of outlier detection");
    let base = or(wanted.base_ejection_duration, Span::seconds(30), "the first ejection");
    let errors = wanted.max_server_errors.unwrap_or_else(|| {
        draft.assume(format!("5 server errors in a row eject a host of `{shown}`"), "it is Envoy's own default");
        5
    });
    let percent = wanted.max_ejection_percent.unwrap_or_else(|| {
        let why = "with more than half of the hosts ejected, Envoy panics and sends to all of them";
        draft.assume(format!("at most 50 % of the hosts of `{shown}` are ejected at a time"), why);
        50
    });
    draft.assume_of(
        format!("`{shown}`"),
        "three hosts or more run {}",
        "with one or two, it depends on rounding whether outlier detection ejects any",
    );
    ModelOutlierDetection {
        base_ejection_duration: duration(base, &format!("the ejection time of `{shown}`"), draft),
        interval: duration(interval, &format!("the interval of the outlier detection of `{shown}`"), draft),
        max_ejection_percent: draft
            .number(&format!("the largest share of ejected hosts of `{shown}`"), u64::from(percent)),
        max_server_errors: draft
            .number(&format!("the number of server errors that eject a host of `{shown}`"), u64::from(errors)),
    }
}

/// A connection pool; what is said for another protocol is asked about.
fn pool(
    pool: &ConnectionPool,
    protocol: Protocol,
    shown: &str,
    draft: &mut Draft,
) -> Option<VirtualNodeConnectionPool> {
    let ConnectionPool { max_connections, max_pending_requests, max_requests } = *pool;
    let connections = max_connections.map(|max| draft.number(&format!("the connections of `{shown}`"), max.into()));
    let requests = max_requests.map(|max| draft.number(&format!("the requests of `{shown}`"), max.into()));
    let is_http = protocol == Protocol::Http;
    let misplaced = match protocol {
        Protocol::Http | Protocol::Tcp if max_requests.is_some() => Some("requests at a time"),
        Protocol::Http2 | Protocol::Grpc if max_connections.is_some() => Some("connections"),
        _ if !is_http && max_pending_requests.is_some() => Some("pending requests"),
        _ => None,
    };
    if let Some(what) = misplaced {
        let limit = match protocol {
            Protocol::Http => "connections and pending requests",
            Protocol::Tcp => "connections",
            Protocol::Http2 | Protocol::Grpc => "requests at a time",
        };
        draft.ask(format!(
            "A limit on {what} does not exist for `{shown}`, which speaks {}: only {limit} can be limited there. Which limit is meant?",
            protocol.word()
        ));
    }
    match protocol {
        Protocol::Http => {
            let Some(max_connections) = connections else {
                if misplaced.is_none() {
                    draft.ask(format!("How many connections may `{shown}` have at a time?"));
                }
                return None;
            };
            let pending =
                max_pending_requests.map(|max| draft.number(&format!("the pending requests of `{shown}`"), max.into()));
            Some(VirtualNodeConnectionPool::Http(HttpConnectionPool { max_connections, max_pending_requests: pending }))
        }
        Protocol::Tcp => {
            connections.map(|max_connections| VirtualNodeConnectionPool::Tcp(TcpConnectionPool { max_connections }))
        }
        Protocol::Http2 => {
            requests.map(|max_requests| VirtualNodeConnectionPool::Http2(RequestConnectionPool { max_requests }))
        }
        Protocol::Grpc => {
            requests.map(|max_requests| VirtualNodeConnectionPool::Grpc(RequestConnectionPool { max_requests }))
        }
    }
}

fn timeout(timeout: &Timeout, protocol: Protocol, shown: &str, draft: &mut Draft) -> Option<ListenerTimeout> {
    let what = format!("the timeout of `{shown}`");
    let per_request = timeout.per_request.map(|span| duration(span, &what, draft));
    let idle = timeout.idle.map(|span| duration(span, &format!("the idle timeout of `{shown}`"), draft));
    if protocol == Protocol::Tcp {
        if per_request.is_some() {
            draft.ask(format!(
                "`{shown}` speaks tcp, which has no requests to time out. Is its idle timeout meant, or does it speak http?"
            ));
        }
        return idle.map(|idle| ListenerTimeout::Tcp(TcpTimeout { idle: Some(idle) }));
    }
    if per_request.is_none() && idle.is_none() {
        return None;
    }
    Some(match protocol {
        Protocol::Http2 => ListenerTimeout::Http2(HttpTimeout { idle, per_request }),
        Protocol::Grpc => ListenerTimeout::Grpc(GrpcTimeout { idle, per_request }),
        Protocol::Http | Protocol::Tcp => ListenerTimeout::Http(HttpTimeout { idle, per_request }),
    })
}

/// Writes how a node is found.
pub(super) fn discovery(node: &Node, draft: &mut Draft) -> Option<ServiceDiscovery> {
    let preference = node.ip_preference.map(|preference| Scalar::Known(ip_preference(preference)));
    match node.discovery.as_ref()? {
        Discovery::Dns(dns) => Some(ServiceDiscovery::Dns(dns_discovery(node, dns, preference, draft))),
        Discovery::CloudMap(cloud_map) => {
            Some(ServiceDiscovery::AwsCloudMap(cloud_map_discovery(node, cloud_map, preference, draft)))
        }
    }
}

fn dns_discovery(
    node: &Node,
    dns: &Dns,
    ip_preference: Option<Scalar<ModelIpPreference>>,
    draft: &mut Draft,
) -> DnsServiceDiscovery {
    use meshwright_model::limits::DnsResponseType;
    let host = node.host.clone().unwrap_or(meshwright_model::Expression::Absent);
    let is_endpoints = is_endpoints(&node.name, dns, draft);
    let response = if is_endpoints { DnsResponseType::Endpoints } else { DnsResponseType::LoadBalancer };
    if !is_endpoints && node.listeners.iter().any(|listener| listener.outlier_detection.is_some()) {
        draft.ask(format!(
            "The DNS answers for `{}` are a load balancer, so its callers see one host and outlier detection has no effect. Is its name resolved to the hosts themselves (ENDPOINTS)?",
            node.name.shown()
        ));
    }
    DnsServiceDiscovery {
        hostname: draft.said(&format!("the host name of `{}`", node.name.shown()), &host),
        ip_preference,
        response_type: Some(Scalar::Known(response)),
    }
}

fn cloud_map_discovery(
    node: &Node,
    cloud_map: &CloudMap,
    ip_preference: Option<Scalar<ModelIpPreference>>,
    draft: &mut Draft,
) -> AwsCloudMapServiceDiscovery {
    let shown = node.name.shown();
    let (namespace, service) = cloud_map_names(&node.name, cloud_map, draft);
    let mut attributes = Vec::new();
    for (key, value) in &cloud_map.attributes {
        attributes.push(AwsCloudMapInstanceAttribute {
            key: draft.text(&format!("an attribute of `{shown}`"), key),
            value: draft.text(&format!("the attribute `{key}` of `{shown}`"), value),
        });
    }
    AwsCloudMapServiceDiscovery {
        attributes: (!attributes.is_empty()).then_some(attributes),
        ip_preference,
        namespace_name: draft.said(&format!("the Cloud Map namespace of `{shown}`"), &namespace),
        service_name: draft.said(&format!("the Cloud Map service of `{shown}`"), &service),
    }
}
