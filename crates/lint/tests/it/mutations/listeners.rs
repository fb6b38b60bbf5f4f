//! Faults of listeners: their protocols, discovery, health checks, pools and timeouts.

use meshwright_model::limits::{PortProtocol, VirtualGatewayPortProtocol};
use meshwright_model::listener::{
    HealthCheckPolicy, Listener, RequestConnectionPool, TcpConnectionPool, VirtualNodeConnectionPool,
};
use meshwright_model::reference::Key;
use meshwright_model::timeout::{GrpcTimeout, ListenerTimeout, TcpTimeout};
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Inventory, Kind, Resource, Scalar};

use super::grounds::{Ground, at};
use super::ports::{FREE, expected_by_tasks, listener_of};
use super::sites::{
    backends, gateway, gateway_routes, gateways, node, nodes, number, route, router, routers, routes, services, text,
    value, words,
};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "a node's listener changes its protocol", rules: NODE_PROTOCOL, seed: change_node_protocol },
    Fault { name: "a router's listener changes its protocol", rules: ROUTER_PROTOCOL, seed: change_router_protocol },
    Fault {
        name: "a route is for another protocol",
        rules: &["route-protocol-differs-from-router", "target-protocol-differs"],
        seed: change_route_protocol,
    },
    Fault {
        name: "a gateway's listener changes its protocol",
        rules: &["gateway-route-protocol-differs", "connection-pool-for-other-protocol", "grpc-health-check-on-http"],
        seed: change_gateway_protocol,
    },
    Fault {
        name: "a node's listeners are dropped",
        rules: &["target-without-listener", "discovery-without-listener"],
        seed: drop_listeners,
    },
    Fault {
        name: "a router's listeners are dropped",
        rules: &["router-without-listener"],
        seed: drop_router_listeners,
    },
    Fault { name: "a node's discovery is dropped", rules: &["listener-without-discovery"], seed: drop_discovery },
    Fault { name: "two listeners are on one port", rules: &["duplicate-listener-port"], seed: repeat_listener },
    Fault {
        name: "a node gets a second listener",
        rules: &[
            "missing-target-port",
            "missing-gateway-target-port",
            "app-ports-miss-listener",
            "container-port-differs",
        ],
        seed: add_listener,
    },
    Fault {
        name: "a router gets a second listener",
        rules: &["missing-match-port", "missing-gateway-target-port", "listener-without-route"],
        seed: add_router_listener,
    },
    Fault {
        name: "a gateway gets a second listener",
        rules: &["missing-gateway-match-port"],
        seed: add_gateway_listener,
    },
    Fault { name: "a node listens on a port of Envoy's", rules: &["reserved-port"], seed: take_reserved_port },
    Fault { name: "a gateway listens on port 80", rules: &["privileged-gateway-port"], seed: take_privileged_port },
    Fault { name: "a health check is dropped", rules: &["no-health-check"], seed: drop_health_check },
    Fault { name: "a health check is of another port", rules: &["health-check-port-differs"], seed: check_other_port },
    Fault {
        name: "a health check's path has no slash",
        rules: &["health-check-path-without-slash"],
        seed: check_path_without_slash,
    },
    Fault { name: "a health check has no path", rules: &["health-check-without-path"], seed: check_no_path },
    Fault {
        name: "gRPC checks a listener that does not speak it",
        rules: &["grpc-health-check-on-http"],
        seed: check_over_grpc,
    },
    Fault {
        name: "TCP checks a listener of HTTP",
        rules: &["tcp-health-check-on-http", "health-check-path-ignored"],
        seed: check_over_tcp,
    },
    Fault { name: "a health check takes minutes", rules: &["slow-failure-detection"], seed: check_slowly },
    Fault {
        name: "a connection pool is of another protocol",
        rules: &["connection-pool-for-other-protocol"],
        seed: pool_for_other,
    },
    Fault { name: "a timeout is of another protocol", rules: &["timeout-for-other-protocol"], seed: timeout_for_other },
    Fault {
        name: "a discovery host name has a port",
        rules: &["invalid-discovery-hostname"],
        seed: discover_with_port,
    },
    Fault {
        name: "discovery finds the loopback address",
        rules: &["loopback-discovery-hostname"],
        seed: discover_loopback,
    },
    Fault { name: "a gRPC node is found as one host", rules: &["single-host-discovery"], seed: discover_one_host },
];

const NODE_PROTOCOL: &[&str] = &[
    "target-protocol-differs",
    "gateway-target-protocol-differs",
    "grpc-health-check-on-http",
    "tcp-health-check-on-http",
    "connection-pool-for-other-protocol",
    "timeout-for-other-protocol",
    "health-check-path-ignored",
    "backends-mix-protocols-on-port",
    "tcp-backends-share-port",
];
const ROUTER_PROTOCOL: &[&str] =
    &["route-protocol-differs-from-router", "target-protocol-differs", "gateway-target-protocol-differs"];

/// Another protocol.
fn other(protocol: PortProtocol) -> PortProtocol {
    match protocol {
        PortProtocol::Http => PortProtocol::Tcp,
        PortProtocol::Http2 => PortProtocol::Grpc,
        PortProtocol::Tcp | PortProtocol::Grpc => PortProtocol::Http,
    }
}

/// Whether a route or a virtual service leads to a node, or a gateway route to a router's service.
fn leads_to(ground: &Ground, position: usize) -> bool {
    let is_it = |from: &Resource, kind, name: &Scalar<_>| ground.find(from, kind, name) == Some(position);
    routes(&ground.inventory).any(|(_, from, spec)| {
        spec.protocols().any(|route| {
            let mut targets = route.action().weighted_targets.iter();
            targets.any(|target| is_it(from, Kind::VirtualNode, &target.virtual_node))
        })
    })
}

/// Whether a virtual service has this provider, and a gateway route leads to it.
fn gateway_leads_to(ground: &Ground, position: usize) -> bool {
    services(&ground.inventory).any(|(_, from, spec)| {
        let provider = match &spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                ground.find(from, Kind::VirtualNode, &node.virtual_node_name)
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                ground.find(from, Kind::VirtualRouter, &router.virtual_router_name)
            }
            None => None,
        };
        let mut targets = gateway_routes(&ground.inventory).flat_map(|(_, _, spec)| spec.targets());
        provider == Some(position)
            && targets.any(|(_, target)| Key::of(&target.virtual_service.virtual_service_name) == Key::of(&from.name))
    })
}

/// Whether something names a node: a route or a virtual service.
pub(super) fn is_named(ground: &Ground, position: usize) -> bool {
    let provides = services(&ground.inventory).any(|(_, from, spec)| match &spec.provider {
        Some(VirtualServiceProvider::VirtualNode(node)) => {
            ground.find(from, Kind::VirtualNode, &node.virtual_node_name) == Some(position)
        }
        _ => false,
    });
    provides || leads_to(ground, position)
}

/// Every listener of every node.
fn listeners(ground: &Ground) -> impl Iterator<Item = (usize, &Resource, usize, &Listener)> {
    nodes(&ground.inventory).flat_map(|(position, resource, spec)| {
        let listeners = spec.listeners.iter().flatten().enumerate();
        listeners.map(move |(index, listener)| (position, resource, index, listener))
    })
}

/// Every health check of every listener of a node.
fn health_checks(ground: &Ground) -> impl Iterator<Item = (usize, &Resource, usize, &Listener, &HealthCheckPolicy)> {
    listeners(ground).filter_map(|(position, resource, index, listener)| {
        Some((position, resource, index, listener, listener.health_check.as_ref()?))
    })
}

fn health_check(inventory: &mut Inventory, position: usize, index: usize) -> &mut HealthCheckPolicy {
    listener_of(inventory, position, index).health_check.as_mut().unwrap()
}

fn change_node_protocol(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener) in listeners(ground) {
        let Some(protocol) = listener.port_mapping.protocol.known() else { continue };
        // What checks over HTTP gets through a listener of TCP as well; what checks over TCP gets through none of HTTP.
        let checked = listener.health_check.as_ref().and_then(|check| check.protocol.known().copied());
        let is_checked = match other(*protocol) {
            PortProtocol::Http => matches!(checked, Some(PortProtocol::Tcp | PortProtocol::Grpc)),
            PortProtocol::Tcp => checked == Some(PortProtocol::Grpc),
            PortProtocol::Http2 | PortProtocol::Grpc => checked == Some(PortProtocol::Tcp),
        };
        let has_more = is_checked || listener.connection_pool.is_some() || listener.timeout.is_some();
        let has_more = has_more || shares_port(ground, position, value(&listener.port_mapping.port), *protocol);
        let is_held = has_more || leads_to(ground, position) || gateway_leads_to(ground, position);
        let neutral = (!is_held).then_some("nothing in the files says which protocol it should speak");
        seeds.sow(at(resource, index), neutral, |inventory| {
            listener_of(inventory, position, index).port_mapping.protocol = Scalar::Known(other(*protocol));
        });
    }
}

/// Whether somebody calls, on one port and with one protocol, a service that a node provides itself and another.
fn shares_port(ground: &Ground, position: usize, port: Option<i64>, protocol: PortProtocol) -> bool {
    let served = |name: Key<'_>| {
        let (_, service, spec) = services(&ground.inventory).find(|(_, service, _)| Key::of(&service.name) == name)?;
        match spec.provider.as_ref()? {
            VirtualServiceProvider::VirtualNode(node) => {
                ground.find(service, Kind::VirtualNode, &node.virtual_node_name)
            }
            VirtualServiceProvider::VirtualRouter(router) => {
                ground.find(service, Kind::VirtualRouter, &router.virtual_router_name)
            }
        }
    };
    let speaks = |provider: usize| {
        let of_node = listeners(ground).filter(|(other, ..)| *other == provider).map(|(.., one)| &one.port_mapping);
        let of_router = routers(&ground.inventory).filter(|(other, ..)| *other == provider);
        let of_router = of_router.flat_map(|(_, _, spec)| spec.listeners.iter().flatten()).map(|one| &one.port_mapping);
        of_node.chain(of_router).any(|mapping| {
            port.is_some() && value(&mapping.port) == port && mapping.protocol.known() == Some(&protocol)
        })
    };
    nodes(&ground.inventory).any(|(_, _, spec)| {
        let called: Vec<usize> =
            backends(spec).filter_map(|(_, backend)| served(Key::of(&backend.virtual_service_name))).collect();
        called.contains(&position) && called.iter().any(|other| *other != position && speaks(*other))
    })
}

fn change_router_protocol(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routers(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let Some(protocol) = listener.port_mapping.protocol.known() else { continue };
            let mut children = routes(&ground.inventory).filter(|(_, from, _)| {
                ground.find(from, Kind::VirtualRouter, from.parent.as_ref().unwrap()) == Some(position)
            });
            let is_for =
                |port: Option<&Scalar<_>>| port.is_none() || port.and_then(value) == value(&listener.port_mapping.port);
            let has_route = children.any(|(_, _, spec)| spec.protocols().any(|route| is_for(route.match_port())));
            let is_held = has_route || gateway_leads_to(ground, position);
            let neutral = (!is_held).then_some("no route in the files is for the listener");
            seeds.sow(at(resource, index), neutral, |inventory| {
                let listener = &mut router(inventory, position).listeners.as_mut().unwrap()[index];
                listener.port_mapping.protocol = Scalar::Known(other(*protocol));
            });
        }
    }
}

fn change_route_protocol(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(meant) = spec.protocols().next() else { continue };
        if spec.protocols().count() > 1 || meant.http().is_none() {
            continue;
        }
        let router = ground.find(resource, Kind::VirtualRouter, resource.parent.as_ref().unwrap());
        let has_target = meant.action().weighted_targets.iter().any(|target| {
            let node = ground.find(resource, Kind::VirtualNode, &target.virtual_node);
            listeners(ground).any(|(position, ..)| Some(position) == node)
        });
        let has_listener = routers(&ground.inventory)
            .any(|(position, _, spec)| Some(position) == router && spec.listeners.iter().flatten().next().is_some());
        let neutral =
            (!has_target && !has_listener).then_some("neither its router nor a target with a listener is in the files");
        seeds.sow(at(resource, meant.field()), neutral, |inventory| {
            let spec = route(inventory, position);
            std::mem::swap(&mut spec.http_route, &mut spec.http2_route);
        });
    }
}

fn change_gateway_protocol(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateways(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().enumerate() {
            let Some(protocol) = listener.port_mapping.protocol.known() else { continue };
            let changed = match protocol {
                VirtualGatewayPortProtocol::Http => VirtualGatewayPortProtocol::Grpc,
                VirtualGatewayPortProtocol::Http2 | VirtualGatewayPortProtocol::Grpc => {
                    VirtualGatewayPortProtocol::Http
                }
            };
            let mut children = gateway_routes(&ground.inventory).filter(|(_, from, _)| {
                ground.find(from, Kind::VirtualGateway, from.parent.as_ref().unwrap()) == Some(position)
            });
            let is_for =
                |port: Option<&Scalar<_>>| port.is_none() || port.and_then(value) == value(&listener.port_mapping.port);
            let has_route = children.any(|(_, _, spec)| spec.protocols().any(|route| is_for(route.match_port())));
            let is_checked = changed == VirtualGatewayPortProtocol::Http
                && listener.health_check.as_ref().and_then(|check| check.protocol.known())
                    == Some(&VirtualGatewayPortProtocol::Grpc);
            let is_held = has_route || is_checked || listener.connection_pool.is_some();
            let neutral = (!is_held).then_some("no gateway route in the files is for the listener");
            seeds.sow(at(resource, index), neutral, |inventory| {
                gateway(inventory, position).listeners[index].port_mapping.protocol = Scalar::Known(changed);
            });
        }
    }
}

fn drop_listeners(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        if spec.listeners.iter().flatten().next().is_none() {
            continue;
        }
        let is_needed = is_named(ground, position) || spec.service_discovery.is_some();
        let neutral = (!is_needed).then_some("nothing leads to the node");
        seeds.sow(at(resource, "listeners"), neutral, |inventory| node(inventory, position).listeners = None);
    }
}

fn drop_router_listeners(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routers(&ground.inventory) {
        if spec.listeners.iter().flatten().next().is_some() {
            seeds.sow(at(resource, "listeners"), None, |inventory| router(inventory, position).listeners = None);
        }
    }
}

fn drop_discovery(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        if spec.service_discovery.is_some() && spec.listeners.iter().flatten().next().is_some() {
            seeds.sow(at(resource, "discovery"), None, |inventory| node(inventory, position).service_discovery = None);
        }
    }
}

fn repeat_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener) in listeners(ground) {
        if value(&listener.port_mapping.port).is_some() {
            seeds.sow(at(resource, index), None, |inventory| {
                let listeners = node(inventory, position).listeners.as_mut().unwrap();
                listeners.push(listeners[index].clone());
            });
        }
    }
}

fn add_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let Some([listener]) = spec.listeners.as_deref() else { continue };
        let mut added = listener.clone();
        added.port_mapping.port = number(FREE);
        if let Some(check) = &mut added.health_check {
            check.port = None;
        }
        let targets = || {
            routes(&ground.inventory).flat_map(|(_, from, spec)| {
                let targets = spec.protocols().flat_map(|route| &route.action().weighted_targets);
                targets.map(move |target| (from, target))
            })
        };
        let is_it = |from: &Resource, name: &Scalar<_>| ground.find(from, Kind::VirtualNode, name) == Some(position);
        let has_portless = targets().any(|(from, target)| target.port.is_none() && is_it(from, &target.virtual_node));
        let portless_gateway = gateway_routes(&ground.inventory)
            .any(|(_, _, spec)| spec.targets().any(|(_, target)| target.port.is_none()));
        let is_open = has_portless || portless_gateway && gateway_leads_to(ground, position);
        let is_run = !expected_by_tasks(ground, position).is_empty();
        let neutral =
            (!is_open && !is_run).then_some("whatever leads to it in the files names its port, or calls it itself");
        seeds.sow(at(resource, "second listener"), neutral, |inventory| {
            node(inventory, position).listeners.as_mut().unwrap().push(added);
        });
    }
}

fn add_router_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routers(&ground.inventory) {
        let Some([listener]) = spec.listeners.as_deref() else { continue };
        let mut added = listener.clone();
        added.port_mapping.port = number(FREE);
        let mut children = routes(&ground.inventory).filter(|(_, from, _)| {
            ground.find(from, Kind::VirtualRouter, from.parent.as_ref().unwrap()) == Some(position)
        });
        let has_route = children.any(|(_, _, spec)| spec.protocols().next().is_some());
        let portless_gateway = gateway_routes(&ground.inventory)
            .any(|(_, _, spec)| spec.targets().any(|(_, target)| target.port.is_none()));
        let is_open = has_route || portless_gateway && gateway_leads_to(ground, position);
        let neutral = (!is_open).then_some("no route in the files is for it");
        seeds.sow(at(resource, "second listener"), neutral, |inventory| {
            router(inventory, position).listeners.as_mut().unwrap().push(added);
        });
    }
}

fn add_gateway_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateways(&ground.inventory) {
        let [listener] = &spec.listeners[..] else { continue };
        let mut added = listener.clone();
        added.port_mapping.port = number(FREE);
        let mut children = gateway_routes(&ground.inventory).filter(|(_, from, _)| {
            ground.find(from, Kind::VirtualGateway, from.parent.as_ref().unwrap()) == Some(position)
        });
        let has_portless = children.any(|(_, _, spec)| spec.protocols().any(|route| route.match_port().is_none()));
        let neutral = (!has_portless).then_some("every gateway route of the files names its port");
        seeds.sow(at(resource, "second listener"), neutral, |inventory| {
            gateway(inventory, position).listeners.push(added);
        });
    }
}

fn take_reserved_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, _) in listeners(ground) {
        seeds.sow(at(resource, index), None, |inventory| {
            listener_of(inventory, position, index).port_mapping.port = number(15_000);
        });
    }
}

fn take_privileged_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateways(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().enumerate() {
            if value(&listener.port_mapping.port) != Some(80) {
                seeds.sow(at(resource, index), None, |inventory| {
                    gateway(inventory, position).listeners[index].port_mapping.port = number(80);
                });
            }
        }
    }
}

fn drop_health_check(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener, _) in health_checks(ground) {
        let neutral = match () {
            () if listener.outlier_detection.is_some() => Some("outlier detection still watches the hosts"),
            () if !is_named(ground, position) => Some("nothing in the files leads to the node"),
            () => None,
        };
        seeds.sow(at(resource, index), neutral, |inventory| {
            listener_of(inventory, position, index).health_check = None;
        });
    }
}

fn check_other_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener, _) in health_checks(ground) {
        let neutral = value(&listener.port_mapping.port).is_none().then_some("the listener's port is open");
        seeds.sow(at(resource, index), neutral, |inventory| {
            health_check(inventory, position, index).port = Some(number(FREE));
        });
    }
}

fn asks_for_path(check: &HealthCheckPolicy) -> bool {
    matches!(check.protocol.known(), Some(PortProtocol::Http | PortProtocol::Http2))
}

fn check_path_without_slash(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, _, check) in health_checks(ground) {
        if asks_for_path(check) {
            seeds.sow(at(resource, index), None, |inventory| {
                health_check(inventory, position, index).path = Some(text("ping"));
            });
        }
    }
}

fn check_no_path(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, _, check) in health_checks(ground) {
        if asks_for_path(check) && check.path.is_some() {
            seeds.sow(at(resource, index), None, |inventory| health_check(inventory, position, index).path = None);
        }
    }
}

fn check_over_grpc(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener, _) in health_checks(ground) {
        if matches!(listener.port_mapping.protocol.known(), Some(PortProtocol::Http | PortProtocol::Tcp)) {
            seeds.sow(at(resource, index), None, |inventory| {
                health_check(inventory, position, index).protocol = Scalar::Known(PortProtocol::Grpc);
            });
        }
    }
}

fn check_over_tcp(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener, _) in health_checks(ground) {
        if listener.port_mapping.protocol.known().is_some_and(|protocol| *protocol != PortProtocol::Tcp) {
            seeds.sow(at(resource, index), None, |inventory| {
                health_check(inventory, position, index).protocol = Scalar::Known(PortProtocol::Tcp);
            });
        }
    }
}

fn check_slowly(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, _, check) in health_checks(ground) {
        if value(&check.interval_millis) == Some(300_000) {
            continue;
        }
        seeds.sow(at(resource, index), None, |inventory| {
            let check = health_check(inventory, position, index);
            check.interval_millis = number(300_000);
            check.unhealthy_threshold = number(10);
        });
    }
}

fn pool_for_other(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener) in listeners(ground) {
        let pool = match listener.port_mapping.protocol.known() {
            Some(PortProtocol::Tcp) => {
                VirtualNodeConnectionPool::Grpc(RequestConnectionPool { max_requests: number(50) })
            }
            Some(_) => VirtualNodeConnectionPool::Tcp(TcpConnectionPool { max_connections: number(50) }),
            None => continue,
        };
        seeds.sow(at(resource, index), None, |inventory| {
            listener_of(inventory, position, index).connection_pool = Some(pool);
        });
    }
}

fn timeout_for_other(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, index, listener) in listeners(ground) {
        let timeout = match listener.port_mapping.protocol.known() {
            Some(PortProtocol::Tcp) => ListenerTimeout::Grpc(GrpcTimeout::default()),
            Some(_) => ListenerTimeout::Tcp(TcpTimeout::default()),
            None => continue,
        };
        seeds.sow(at(resource, index), None, |inventory| {
            listener_of(inventory, position, index).timeout = Some(timeout);
        });
    }
}

/// Changes the host name of every node that is found through DNS.
fn change_hostname(ground: &Ground, seeds: &mut Seeds<'_>, change: fn(&str) -> String) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let Some(ServiceDiscovery::Dns(dns)) = &spec.service_discovery else { continue };
        let hostname = words(&dns.hostname).unwrap_or("orders.local");
        let changed = change(hostname);
        let neutral =
            (hostname.contains("@@") && changed.contains("@@")).then_some("it has a placeholder, which is no name yet");
        seeds.sow(at(resource, "hostname"), neutral, |inventory| {
            let Some(ServiceDiscovery::Dns(dns)) = &mut node(inventory, position).service_discovery else { return };
            dns.hostname = text(&changed);
        });
    }
}

fn discover_with_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    change_hostname(ground, seeds, |hostname| format!("{hostname}:8080"));
}

fn discover_loopback(ground: &Ground, seeds: &mut Seeds<'_>) {
    change_hostname(ground, seeds, |_| "localhost".to_owned());
}

fn discover_one_host(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let Some(ServiceDiscovery::Dns(dns)) = &spec.service_discovery else { continue };
        let Some(listener) = spec.listeners.iter().flatten().next() else { continue };
        let is_multiplexed = spec.listeners.iter().flatten().any(|listener| {
            matches!(listener.port_mapping.protocol.known(), Some(PortProtocol::Grpc | PortProtocol::Http2))
        });
        let neutral = match () {
            () if dns.response_type.is_none() && is_multiplexed => continue,
            () if !is_named(ground, position) => Some("nothing in the files leads to the node"),
            () if words(&dns.hostname).is_none() => Some("its host name is open: it may be a load balancer's"),
            () if words(&dns.hostname).is_some_and(|name| name.contains(".elb.")) => Some("it is a load balancer"),
            () => None,
        };
        // Speaking another protocol would be a second fault, where something leads to the node.
        if neutral.is_some() && is_named(ground, position) && !is_multiplexed {
            continue;
        }
        let mut alone = listener.clone();
        alone.port_mapping.protocol = Scalar::Known(PortProtocol::Grpc);
        (alone.connection_pool, alone.timeout, alone.health_check) = (None, None, None);
        seeds.sow(at(resource, "discovery"), neutral, |inventory| {
            let spec = node(inventory, position);
            spec.listeners.as_mut().unwrap()[0] = alone;
            if let Some(ServiceDiscovery::Dns(dns)) = &mut spec.service_discovery {
                dns.response_type = None;
            }
        });
    }
}
