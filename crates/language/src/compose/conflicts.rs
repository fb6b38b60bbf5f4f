//! Asks about what cannot go together: ports that are taken twice or not there, protocols that differ along the way.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::mesh;
use super::names::joined;
use super::plan::{Gateway, Node, Plan, Router};
use crate::intent::{Intent, Protocol, Provider};

/// Asks about everything in the plan that contradicts itself.
pub(super) fn ask(intent: &Intent, plan: &Plan, draft: &mut Draft) {
    if mesh::is_made(intent) {
        ask_about_missing(intent, plan, draft);
    }
    for node in &plan.nodes {
        if let Some(name) = node.name.text().filter(|name| intent.environments.iter().any(|own| own == name)) {
            draft.ask(format!("`{name}` is an environment. Should a virtual node be called so too?"));
        }
        ask_about_doubled_ports(node.listeners.iter().map(|listener| listener.port), &node.name.shown(), draft);
        if node.calls.iter().any(|call| node.name.text() == Some(call.to.as_str())) {
            draft.ask(format!("Which services does `{}` call? It would call itself.", node.name.shown()));
        }
        ask_about_backends(plan, &node.name.shown(), node.calls.iter().map(|call| call.to.as_str()), draft);
    }
    for node in &plan.nodes {
        ask_about_policies(node, plan, draft);
    }
    for router in &plan.routers {
        ask_about_doubled_ports(router.listeners.iter().map(|listener| listener.port), &router.name.shown(), draft);
        ask_about_routes(router, plan, draft);
    }
    for gateway in &plan.gateways {
        let listeners = &gateway.wanted.listeners;
        ask_about_doubled_ports(listeners.iter().map(|listener| listener.port), &gateway.name.shown(), draft);
        ask_about_gateway_routes(gateway, plan, draft);
    }
}

/// In a mesh that is made here, a router or gateway that the request only names is not there.
fn ask_about_missing(intent: &Intent, plan: &Plan, draft: &mut Draft) {
    for service in &plan.services {
        let Some(Provider::Router(router)) = &service.provider else { continue };
        if !plan.routers.iter().any(|one| one.name.text() == Some(router.as_str())) {
            draft.ask(format!("Where should virtual router `{router}` send the requests to `{}`?", service.name));
        }
    }
    for name in intent.sidecars.iter().filter_map(|sidecar| sidecar.virtual_gateway.as_ref()) {
        if !plan.gateways.iter().any(|gateway| gateway.name.text() == Some(name.as_str())) {
            draft.ask(format!("To which services should virtual gateway `{name}` lead?"));
        }
    }
}

fn ask_about_doubled_ports(ports: impl Iterator<Item = Option<u32>>, shown: &str, draft: &mut Draft) {
    let mut seen = Vec::new();
    for port in ports.flatten() {
        if seen.contains(&port) {
            draft.ask(format!("`{shown}` listens on port {port} twice. Which port should the other listener have?"));
        }
        // Envoy's own ports. Source: App Mesh User Guide, getting-started-ecs and envoy-config.
        if matches!(port, 15000 | 15001 | 9901) {
            draft.ask(format!("Port {port} is the proxy's own. On which port should `{shown}` listen?"));
        }
        seen.push(port);
    }
}

fn shown_ports(ports: &[u32]) -> String {
    joined(&ports.iter().map(u32::to_string).collect::<Vec<_>>())
}

/// Asks about the ports and protocols of a router's routes.
fn ask_about_routes(router: &Router, plan: &Plan, draft: &mut Draft) {
    let ports: Vec<u32> = router.listeners.iter().filter_map(|listener| listener.port).collect();
    for route in &router.routes {
        let name = route.name.clone().unwrap_or_default();
        let listener = router.listeners.iter().find(|listener| match route.matcher.port {
            Some(port) => listener.port == Some(port),
            None => router.listeners.len() == 1,
        });
        if let (Some(port), false) = (route.matcher.port, ports.is_empty() || listener.is_some()) {
            draft.ask(format!(
                "Route `{name}` is for port {port}, but `{}` listens on {}. Which port is meant?",
                router.name.shown(),
                shown_ports(&ports)
            ));
        }
        if let Some((own, of_router)) = route.protocol.zip(listener.and_then(|listener| listener.protocol))
            && own != of_router
        {
            draft.ask(format!(
                "Route `{name}` is for {} and its router `{}` for {}. Which protocol is meant?",
                own.word(),
                router.name.shown(),
                of_router.word()
            ));
        }
        for target in &route.targets {
            ask_about_target((&name, route.protocol), (&target.node, target.port), plan, draft);
        }
    }
}

/// Asks about the port and protocol of a route's target.
fn ask_about_target(
    (route, protocol): (&str, Option<Protocol>),
    (target, port): (&str, Option<u32>),
    plan: &Plan,
    draft: &mut Draft,
) {
    let Some(node) = plan.node(target) else { return };
    let ports: Vec<u32> = node.listeners.iter().filter_map(|listener| listener.port).collect();
    let listener = node.listener_on(port).or_else(|| match node.listeners.as_slice() {
        [only] if only.port.is_none() => Some(only),
        _ => None,
    });
    match (listener, port) {
        (None, Some(port)) if !ports.is_empty() => draft.ask(format!(
            "Route `{route}` sends to port {port} of `{target}`, which listens on {}. Which port is meant?",
            shown_ports(&ports)
        )),
        (None, _) if node.listeners.is_empty() => {
            draft.ask(format!(
                "Route `{route}` sends to `{target}`, which listens nowhere. On which port should it listen?"
            ));
        }
        (None, None) => draft.ask(format!(
            "Route `{route}` sends to `{target}`, which listens on {}. Which port is meant?",
            shown_ports(&ports)
        )),
        (None, Some(_)) => {}
        (Some(listener), _) => {
            if let Some((own, of_node)) = protocol.zip(listener.protocol)
                && own != of_node
            {
                draft.ask(format!(
                    "Route `{route}` is for {}, but `{target}` speaks {}. Which protocol is meant?",
                    own.word(),
                    of_node.word()
                ));
            }
        }
    }
}

/// Where a service is dialled: its ports with their protocols.
fn dialled(plan: &Plan, service: &str) -> Vec<(Option<u32>, Protocol)> {
    let Some(service) = plan.service(service) else { return Vec::new() };
    match &service.provider {
        Some(Provider::Node(node)) => plan
            .node(node)
            .iter()
            .flat_map(|node| &node.listeners)
            .filter_map(|listener| Some((listener.port, listener.protocol?)))
            .collect(),
        Some(Provider::Router(router)) => plan
            .routers
            .iter()
            .filter(|one| one.name.text() == Some(router.as_str()))
            .flat_map(|router| &router.listeners)
            .filter_map(|listener| Some((listener.port, listener.protocol?)))
            .collect(),
        None => Vec::new(),
    }
}

/// Backends that one caller could not tell apart.
fn ask_about_backends<'c>(plan: &Plan, caller: &str, calls: impl Iterator<Item = &'c str>, draft: &mut Draft) {
    let mut taken: BTreeMap<u32, (Protocol, String)> = BTreeMap::new();
    let mut seen = Vec::new();
    for service in calls {
        let name = plan.service_name(service);
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        for (port, protocol) in dialled(plan, service) {
            let Some(port) = port else { continue };
            match taken.get(&port) {
                Some((other, first)) if *other != protocol || protocol == Protocol::Tcp => draft.ask(format!(
                    "`{caller}` calls `{first}` ({}) and `{service}` ({}) on port {port}, and its proxy could not tell their connections apart. Which port should one of them have instead?",
                    other.word(),
                    protocol.word()
                )),
                Some(_) => {}
                None => {
                    taken.insert(port, (protocol, service.to_owned()));
                }
            }
        }
    }
}

/// Asks about TLS on ports that a caller does not dial.
fn ask_about_policies(node: &Node, plan: &Plan, draft: &mut Draft) {
    for call in &node.calls {
        let Some(tls) = call.tls.as_ref().or(node.backend_tls.as_ref()).filter(|tls| !tls.ports.is_empty()) else {
            continue;
        };
        let dialled: Vec<u32> = dialled(plan, &call.to).into_iter().filter_map(|(port, _)| port).collect();
        if !dialled.is_empty() && !dialled.iter().any(|port| tls.ports.contains(port)) {
            draft.ask(format!(
                "`{}` is to speak TLS on {}, but `{}` listens on {}. Which ports are meant?",
                node.name.shown(),
                shown_ports(&tls.ports),
                call.to,
                shown_ports(&dialled)
            ));
        }
    }
}

/// Asks about the ports and protocols of a gateway's routes.
fn ask_about_gateway_routes(gateway: &Gateway, plan: &Plan, draft: &mut Draft) {
    let ports: Vec<u32> = gateway.wanted.listeners.iter().filter_map(|listener| listener.port).collect();
    for route in &gateway.wanted.routes {
        let name = route.name.clone().unwrap_or_default();
        if let Some(port) = route.matcher.port
            && gateway.is_made
            && !ports.contains(&port)
        {
            draft.ask(format!(
                "Gateway route `{name}` is for port {port}, but `{}` listens on {}. Which port is meant?",
                gateway.name.shown(),
                shown_ports(&ports)
            ));
        }
        let Some(service) = &route.service else { continue };
        let dialled = dialled(plan, service);
        let ports: Vec<u32> = dialled.iter().filter_map(|(port, _)| *port).collect();
        let reached = dialled.iter().find(|(port, _)| route.service_port.is_none() || *port == route.service_port);
        match (reached, route.service_port) {
            (None, Some(port)) if !ports.is_empty() => draft.ask(format!(
                "Gateway route `{name}` sends to port {port} of `{service}`, which listens on {}. Which port is meant?",
                shown_ports(&ports)
            )),
            (Some((_, of_service)), _) => {
                if let Some(own) = route.protocol.filter(|own| own != of_service) {
                    draft.ask(format!(
                        "Gateway route `{name}` is for {}, but `{service}` speaks {}. Which protocol is meant?",
                        own.word(),
                        of_service.word()
                    ));
                }
            }
            (None, _) => {}
        }
    }
}
