//! Ports, protocols and discovery of nodes, where the request leaves them out.

use std::collections::BTreeMap;

use meshwright_model::Expression;

use super::draft::{Draft, Wanted};
use super::names::{is_version, listed, logical};
use super::plan::{Named, Node, Plan, in_domain};
use super::version_nodes;
use crate::intent::{CloudMap, Discovery, Dns, Intent, Listener, Protocol, Provider, VirtualNode};
use crate::lexicon::has_own_protocol;

/// The port of a listener that the request gives none: one for each protocol, as a caller's proxy cannot tell two protocols on
/// one port apart.
fn first_port(protocol: Protocol) -> u32 {
    match protocol {
        Protocol::Http => 8080,
        Protocol::Http2 => 8081,
        Protocol::Grpc => 50051,
        Protocol::Tcp => 9000,
    }
}

/// Gives every listener a port and a protocol, and every node with a listener a way to be found.
pub(super) fn settle(intent: &Intent, plan: &mut Plan, draft: &mut Draft) {
    let mut ports: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut protocols: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let given = plan.nodes.iter().flat_map(|node| &node.listeners);
    let mut tcp_ports: Vec<u32> = given.filter_map(|listener| listener.port).collect();
    for node in &mut plan.nodes {
        let told = match (node.listeners.is_empty(), &node.discovery) {
            (false, _) => Some("on a port"),
            (true, Some(_)) => Some("how it is found"),
            (true, None) => None,
        };
        if let Some(told) = told.filter(|_| node.only_calls) {
            draft.ask(format!("It says that {} listens nowhere, and {told}: which one is meant?", shown(&node.name)));
        }
        if node.listeners.is_empty() && !node.only_calls && (!node.is_change || node.discovery.is_some()) {
            node.listeners.push(Listener::default());
        }
        let hinted = hinted_protocol(intent, node.name.words());
        for position in 0..node.listeners.len() {
            let taken: Vec<u32> = node.listeners.iter().filter_map(|listener| listener.port).collect();
            let listener = &mut node.listeners[position];
            if listener.protocol.is_none() {
                let is_server = is_server(node.name.words(), listener.port);
                let protocol = hinted.unwrap_or(if is_server { Protocol::Tcp } else { Protocol::Http });
                listener.protocol = Some(protocol);
                if hinted.is_none() {
                    protocols.entry(protocol.word()).or_default().push(node.name.shown());
                }
            }
            // A node that is there already has a port that nobody here knows.
            if listener.port.is_none() && !node.is_change {
                let mut free = first_port(listener.protocol.unwrap_or(Protocol::Http));
                // Nor can it tell TCP connections to two nodes on one port apart.
                while taken.contains(&free) || (listener.protocol == Some(Protocol::Tcp) && tcp_ports.contains(&free)) {
                    free += 1;
                }
                if listener.protocol == Some(Protocol::Tcp) {
                    tcp_ports.push(free);
                }
                listener.port = Some(free);
                ports.entry(free).or_default().push(node.name.shown());
            }
        }
        settle_discovery(node, intent, draft);
    }
    let has_tls = plan.nodes.iter().flat_map(|node| &node.listeners).any(|listener| listener.tls.is_some());
    for (port, names) in ports {
        let verb = if names.len() == 1 { "listens" } else { "listen" };
        draft.assume(format!("{} {verb} on port {port}", listed(&names)), "the request names no port");
    }
    for (protocol, names) in protocols {
        let verb = if names.len() == 1 { "speaks" } else { "speak" };
        let why = if protocol == Protocol::Tcp.word() {
            "the request names no protocol, and what listens there has one of its own, which only TCP carries"
        } else if has_tls {
            "the request names no protocol; TLS is what the proxies speak, and behind them the application this"
        } else {
            "the request names no protocol"
        };
        draft.assume(format!("{} {verb} {protocol}", listed(&names)), why);
    }
}

/// Ports of servers that speak protocols of their own. Source: IANA, Service Name and Transport Protocol Port Number Registry.
const SERVER_PORTS: &[u32] = &[1433, 1521, 3306, 5432, 5672, 6379, 9092, 11211, 27017];

/// Whether a node is a server with a protocol of its own, as its name or its port tells: `redis`, `orders-postgres`, 5432.
fn is_server(name: &str, port: Option<u32>) -> bool {
    port.map_or_else(|| has_own_protocol(name), |port| SERVER_PORTS.contains(&port))
}

/// The protocol of the routes that lead to a node, where they say one.
fn hinted_protocol(intent: &Intent, node: &str) -> Option<Protocol> {
    let inside = intent.virtual_routers.iter().flat_map(|router| {
        let own = router.listeners.iter().find_map(|listener| listener.protocol);
        router.routes.iter().map(move |route| (route, route.protocol.or(own)))
    });
    let alone = intent.routes.iter().map(|route| (route, route.protocol));
    let mut routes = inside.chain(alone);
    let of_routes = routes.find_map(|(route, protocol)| {
        route.targets.iter().any(|target| target.node == node).then_some(protocol).flatten()
    });
    of_routes.or_else(|| protocol_of_gateway(intent, node))
}

/// The protocol of the gateway that leads to a node, where the request says one.
fn protocol_of_gateway(intent: &Intent, node: &str) -> Option<Protocol> {
    let leads = |service: &str| {
        let provider = intent.virtual_services.iter().find(|one| one.name.as_deref() == Some(service));
        let is_provider =
            matches!(provider.and_then(|one| one.provider.as_ref()), Some(Provider::Node(own)) if own == node);
        let version = node.strip_prefix(service).and_then(|rest| rest.strip_prefix('-'));
        is_provider || service == node || version.is_some_and(is_version)
    };
    intent.virtual_gateways.iter().find_map(|gateway| {
        let own = gateway.listeners.first().and_then(|listener| listener.protocol);
        let route = gateway.routes.iter().find(|route| route.service.as_deref().is_some_and(leads))?;
        let is_grpc = route.matcher.grpc_service.is_some();
        route.protocol.or(is_grpc.then_some(Protocol::Grpc)).or(own)
    })
}

fn settle_discovery(node: &mut Node, intent: &Intent, draft: &mut Draft) {
    if node.listeners.is_empty() {
        return;
    }
    let has_outliers = node.listeners.iter().any(|listener| listener.outlier_detection.is_some());
    let discovery = match node.discovery.take() {
        Some(discovery) => discovery,
        None if node.is_change && has_outliers => {
            draft.assume(
                format!("the hosts of {} are found by AWS Cloud Map", shown(&node.name)),
                "outlier detection needs to see single hosts: Cloud Map shows them, and DNS with response type ENDPOINTS",
            );
            Discovery::CloudMap(CloudMap::default())
        }
        None => Discovery::Dns(Dns::default()),
    };
    node.host = Some(match &discovery {
        Discovery::Dns(dns) => dns_host(&node.name, dns, is_ours(node, intent), draft),
        Discovery::CloudMap(cloud_map) => {
            let (namespace, service) = cloud_map_names(&node.name, cloud_map, draft);
            Expression::join([service, Expression::Text(".".to_owned()), namespace])
        }
    });
    node.discovery = Some(discovery);
}

/// Whether the node's names are made here, and need not be asked for.
fn is_ours(node: &Node, intent: &Intent) -> bool {
    let is_it = |wanted: &VirtualNode| wanted.name.as_deref() == node.name.text();
    let mut alone = intent.virtual_nodes.iter().filter(|wanted| !version_nodes::is_of_application(wanted, intent));
    let is_alone = alone.any(is_it);
    let makes_mesh = intent.mesh.as_ref().is_some_and(|mesh| mesh.action.is_some());
    // "at most 300 requests for the service ledger on grpc port 9000": all of it is told, and its service is named here too.
    let is_told = node.listeners.iter().any(|listener| listener.port.is_some() && listener.protocol.is_some());
    (!node.is_change || is_told && !is_alone) && node.name.text().is_some() && (makes_mesh || !is_alone)
}

fn shown(name: &Named) -> String {
    format!("`{}`", name.shown())
}

fn dns_host(name: &Named, dns: &Dns, is_ours: bool, draft: &mut Draft) -> Expression {
    if let Some(hostname) = &dns.hostname {
        return Expression::Text(hostname.clone());
    }
    if is_ours {
        let host = in_domain(name.words(), draft);
        draft.assume_of(
            format!("`{host}` for {}", shown(name)),
            "hosts are found by DNS: {}",
            "that is what ECS service discovery registers in a private namespace of the mesh's name",
        );
        return host;
    }
    let parameter = logical(&format!("{} hostname", name.words()));
    draft.assume(
        format!("the hosts of {} are found by DNS; the name is the parameter `{parameter}`", shown(name)),
        "a node that listens needs service discovery, and the request names none",
    );
    let description = format!("DNS name by which the hosts of {} are found", name.shown());
    draft.parameter(&Wanted { name: &parameter, description: &description, ..Wanted::default() })
}

/// The namespace and the service of a node in Cloud Map.
pub(super) fn cloud_map_names(name: &Named, cloud_map: &CloudMap, draft: &mut Draft) -> (Expression, Expression) {
    let namespace = match &cloud_map.namespace {
        Some(namespace) => Expression::Text(namespace.clone()),
        None => draft.parameter(&Wanted {
            name: "CloudMapNamespace",
            description: "Name of the Cloud Map namespace, such as shop.local",
            ..Wanted::default()
        }),
    };
    let service = match (&cloud_map.service, name.text()) {
        (Some(service), _) => Expression::Text(service.clone()),
        (None, Some(own)) => {
            let what = format!("the Cloud Map service of `{own}` is called `{own}` too");
            draft.assume(what, "the request does not name it");
            Expression::Text(own.to_owned())
        }
        (None, None) => draft.parameter(&Wanted {
            name: "CloudMapService",
            description: "Name of the Cloud Map service",
            ..Wanted::default()
        }),
    };
    (namespace, service)
}

/// Whether the answers of a DNS name are the hosts themselves.
pub(super) fn is_endpoints(name: &Named, dns: &Dns, draft: &mut Draft) -> bool {
    if let Some(endpoints) = dns.endpoints {
        return endpoints;
    }
    let is_balancer = dns.hostname.as_ref().is_some_and(|host| {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        host.ends_with(".elb.amazonaws.com") || host.contains(".elb.")
    });
    if is_balancer {
        return false;
    }
    draft.assume_of(
        shown(name),
        "the DNS answers are the hosts themselves (response type ENDPOINTS) for {}",
        "requests are then shared among all hosts and failing ones can be left out; for a load balancer, say so",
    );
    true
}
