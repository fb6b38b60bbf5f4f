//! Faults of port numbers, and what the files say elsewhere about the ports they expect.

use std::collections::BTreeSet;

use meshwright_model::limits::Port;
use meshwright_model::listener::Listener;
use meshwright_model::reference::Key;
use meshwright_model::route::WeightedTarget;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Inventory, Kind, Resource, Scalar};

use super::grounds::{Ground, at};
use super::sites::{
    gateway_match_port, gateway_route, gateway_routes, gateway_target, gateways, match_port, node, nodes, number,
    route, router, routers, routes, services, targets, value, words,
};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "a node's listener changes its port", rules: NODE_PORT, seed: change_node_port },
    Fault { name: "a router's listener changes its port", rules: ROUTER_PORT, seed: change_router_port },
    Fault { name: "a route is for a port of nobody's", rules: &["unknown-match-port"], seed: change_match_port },
    Fault { name: "a target has a port of nobody's", rules: &["unknown-target-port"], seed: change_target_port },
    Fault {
        name: "a gateway route is for a port of nobody's",
        rules: &["unknown-gateway-match-port"],
        seed: change_gateway_match_port,
    },
    Fault {
        name: "a gateway route sends to a port of nobody's",
        rules: &["unknown-gateway-target-port"],
        seed: change_gateway_target_port,
    },
];

const NODE_PORT: &[&str] = &[
    "unknown-target-port",
    "unknown-gateway-target-port",
    "targets-on-different-ports",
    "health-check-port-differs",
    "app-port-without-listener",
    "app-ports-miss-listener",
    "container-port-differs",
    "calls-port-without-listener",
    "client-policy-ports-miss",
];
const ROUTER_PORT: &[&str] =
    &["unknown-match-port", "unknown-gateway-target-port", "calls-port-without-listener", "client-policy-ports-miss"];

/// A port on which nothing of any mesh here listens, and which Envoy does not use itself.
pub(super) const FREE: i64 = 31_313;

/// What is said of a node or a router elsewhere: the ports that others expect it to have.
fn expected_ports(ground: &Ground, position: usize) -> BTreeSet<i64> {
    let mut ports = BTreeSet::new();
    let is_it = |from: &Resource, kind, name: &Scalar<_>| ground.find(from, kind, name) == Some(position);
    for (_, from, spec) in routes(&ground.inventory) {
        for route in spec.protocols() {
            if from.parent.as_ref().is_some_and(|parent| is_it(from, Kind::VirtualRouter, parent)) {
                ports.extend(route.match_port().and_then(value));
            }
            let targets = &route.action().weighted_targets;
            if targets.iter().any(|target| is_it(from, Kind::VirtualNode, &target.virtual_node)) {
                ports.extend(expected_by_targets(ground, from, targets));
            }
        }
    }
    for (_, from, spec) in services(&ground.inventory) {
        let provides = match &spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => is_it(from, Kind::VirtualNode, &node.virtual_node_name),
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                is_it(from, Kind::VirtualRouter, &router.virtual_router_name)
            }
            None => false,
        };
        if provides {
            ports.extend(expected_by_callers(ground, from));
        }
    }
    ports.extend(expected_by_tasks(ground, position));
    ports
}

/// The ports that the targets of a route name, and those on which its nodes listen where there are several.
fn expected_by_targets(ground: &Ground, from: &Resource, targets: &[WeightedTarget]) -> BTreeSet<i64> {
    let mut ports: BTreeSet<i64> = targets.iter().filter_map(|target| value(target.port.as_ref()?)).collect();
    if targets.len() > 1 {
        for target in targets {
            let Some(position) = ground.find(from, Kind::VirtualNode, &target.virtual_node) else { continue };
            let Some((_, _, spec)) = nodes(&ground.inventory).find(|(other, ..)| *other == position) else { continue };
            ports.extend(spec.listeners.iter().flatten().filter_map(|listener| value(&listener.port_mapping.port)));
        }
    }
    ports
}

/// The ports on which gateway routes, client policies and applications call a virtual service.
fn expected_by_callers(ground: &Ground, service: &Resource) -> BTreeSet<i64> {
    let mut ports = BTreeSet::new();
    for (_, _, spec) in gateway_routes(&ground.inventory) {
        for route in spec.protocols() {
            let target = route.target();
            if Key::of(&target.virtual_service.virtual_service_name) == Key::of(&service.name) {
                ports.extend(target.port.as_ref().and_then(value));
            }
        }
    }
    let name = words(&service.name).unwrap_or("?");
    for workload in &ground.inventory.workloads {
        for container in workload.task.container_definitions.iter().flatten() {
            for pair in container.environment.iter().flatten() {
                let address = pair.value.as_ref().and_then(words).unwrap_or_default();
                let Some((scheme, rest)) = address.split_once(name) else { continue };
                let port = rest
                    .strip_prefix(':')
                    .map(|port| port.chars().take_while(char::is_ascii_digit).collect::<String>());
                let usual = match scheme {
                    "http://" => Some(80),
                    "https://" => Some(443),
                    _ => None,
                };
                ports.extend(port.map_or(usual, |digits| digits.parse::<i64>().ok()));
            }
        }
    }
    ports
}

/// The ports that a node's task leads through its proxy, or opens.
pub(super) fn expected_by_tasks(ground: &Ground, position: usize) -> BTreeSet<i64> {
    let mut ports = BTreeSet::new();
    if ground.inventory.resources[position].kind() != Kind::VirtualNode {
        return ports;
    }
    for workload in ground.run_by(position) {
        for pair in workload.task.proxy_configuration.iter().flat_map(|proxy| proxy.properties.iter().flatten()) {
            if pair.name.as_ref().and_then(words) == Some("AppPorts") {
                let list = pair.value.as_ref().and_then(words).unwrap_or_default();
                ports.extend(list.split(',').filter_map(|port| port.trim().parse::<i64>().ok()));
            }
        }
        for container in workload.task.container_definitions.iter().flatten() {
            let mappings = container.port_mappings.iter().flatten();
            ports.extend(mappings.filter_map(|mapping| value(mapping.container_port.as_ref()?)));
        }
    }
    ports
}

fn change_node_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let expected = expected_ports(ground, position);
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let Some(port) = value(&listener.port_mapping.port) else { continue };
            let checked = listener.health_check.as_ref().and_then(|check| value(check.port.as_ref()?));
            let is_expected = expected.contains(&port) || checked == Some(port);
            let neutral = (!is_expected).then_some("nothing in the files says on which port it should listen");
            seeds.sow(at(resource, index), neutral, |inventory| {
                listener_of(inventory, position, index).port_mapping.port = number(FREE);
            });
        }
    }
}

/// A listener of a node, to be changed.
pub(super) fn listener_of(inventory: &mut Inventory, position: usize, index: usize) -> &mut Listener {
    &mut node(inventory, position).listeners.as_mut().unwrap()[index]
}

fn change_router_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routers(&ground.inventory) {
        let expected = expected_ports(ground, position);
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let Some(port) = value(&listener.port_mapping.port) else { continue };
            let neutral =
                (!expected.contains(&port)).then_some("nothing in the files says on which port it should listen");
            seeds.sow(at(resource, index), neutral, |inventory| {
                router(inventory, position).listeners.as_mut().unwrap()[index].port_mapping.port = number(FREE);
            });
        }
    }
}

/// Why nothing can be said of a port: what should listen on it is not there, or some of its listeners are open.
fn unknown<'r>(
    resource: Option<&Resource>,
    ports: impl Iterator<Item = Option<&'r Scalar<Port>>>,
) -> Option<&'static str> {
    let Some(resource) = resource else { return Some("what should listen there is in no file, or its name is open") };
    let mut count = 0;
    for port in ports {
        if port.and_then(value).is_none() {
            return Some("a port is open");
        }
        count += 1;
    }
    match count {
        _ if Ground::is_open(resource, &["spec", "listeners"]) => Some("its listeners are open"),
        0 => Some("it does not listen at all, which is another fault"),
        _ => None,
    }
}

fn change_match_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        if spec.protocols().next().is_none() {
            continue;
        }
        let parent = resource.parent.as_ref().unwrap();
        let router = ground.find(resource, Kind::VirtualRouter, parent);
        let found = routers(&ground.inventory).find(|(other, ..)| Some(*other) == router);
        let listeners = found.iter().flat_map(|(_, _, spec)| spec.listeners.iter().flatten());
        let neutral = unknown(
            found.map(|(_, resource, _)| resource),
            listeners.map(|listener| Some(&listener.port_mapping.port)),
        );
        seeds.sow(at(resource, "match.port"), neutral, |inventory| {
            *match_port(route(inventory, position)) = Some(number(FREE));
        });
    }
}

fn change_target_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        for (index, target) in route.action().weighted_targets.iter().enumerate() {
            let node = ground.find(resource, Kind::VirtualNode, &target.virtual_node);
            let found = nodes(&ground.inventory).find(|(other, ..)| Some(*other) == node);
            let listeners = found.iter().flat_map(|(_, _, spec)| spec.listeners.iter().flatten());
            let neutral = unknown(
                found.map(|(_, resource, _)| resource),
                listeners.map(|listener| Some(&listener.port_mapping.port)),
            );
            seeds.sow(at(resource, index), neutral, |inventory| {
                targets(inventory, position, |targets| targets[index].port = Some(number(FREE)));
            });
        }
    }
}

fn change_gateway_match_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_none() {
            continue;
        }
        let gateway = ground.find(resource, Kind::VirtualGateway, resource.parent.as_ref().unwrap());
        let found = gateways(&ground.inventory).find(|(other, ..)| Some(*other) == gateway);
        let listeners = found.iter().flat_map(|(_, _, spec)| &spec.listeners);
        let neutral = unknown(
            found.map(|(_, resource, _)| resource),
            listeners.map(|listener| Some(&listener.port_mapping.port)),
        );
        seeds.sow(at(resource, "match.port"), neutral, |inventory| {
            *gateway_match_port(gateway_route(inventory, position)) = Some(number(FREE));
        });
    }
}

fn change_gateway_target_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        let name = &route.target().virtual_service.virtual_service_name;
        let service = services(&ground.inventory)
            .find(|(other, ..)| Some(*other) == ground.find(resource, Kind::VirtualService, name));
        let provider = service.and_then(|(_, service, spec)| match spec.provider.as_ref()? {
            VirtualServiceProvider::VirtualNode(node) => {
                ground.find(service, Kind::VirtualNode, &node.virtual_node_name)
            }
            VirtualServiceProvider::VirtualRouter(router) => {
                ground.find(service, Kind::VirtualRouter, &router.virtual_router_name)
            }
        });
        let found = provider.map(|provider| &ground.inventory.resources[provider]);
        let of_node = nodes(&ground.inventory).filter(|(other, ..)| Some(*other) == provider);
        let of_node = of_node
            .flat_map(|(_, _, spec)| spec.listeners.iter().flatten())
            .map(|listener| &listener.port_mapping.port);
        let of_router = routers(&ground.inventory).filter(|(other, ..)| Some(*other) == provider);
        let of_router = of_router
            .flat_map(|(_, _, spec)| spec.listeners.iter().flatten())
            .map(|listener| &listener.port_mapping.port);
        let neutral = unknown(found, of_node.chain(of_router).map(Some));
        seeds.sow(at(resource, "target.port"), neutral, |inventory| {
            gateway_target(gateway_route(inventory, position)).port = Some(number(FREE));
        });
    }
}
