//! Faults of how hosts are found and called, and of what is logged.

use meshwright_model::limits::{DnsResponseType, IpPreference, PortProtocol};
use meshwright_model::listener::{HttpConnectionPool, VirtualNodeConnectionPool};
use meshwright_model::logging::{AccessLog, FileAccessLog, Logging};
use meshwright_model::mesh::MeshServiceDiscovery;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::{
    AwsCloudMapInstanceAttribute, AwsCloudMapServiceDiscovery, Backend, DnsServiceDiscovery, ServiceDiscovery,
    VirtualNodeSpec, VirtualServiceBackend,
};
use meshwright_model::virtual_service::{VirtualServiceProvider, VirtualServiceSpec};
use meshwright_model::{Kind, Path, Resource, Scalar};

use super::grounds::{Ground, at};
use super::ports::listener_of;
use super::sites::{backends, mesh, meshes, node, nodes, number, routes, services, text, value, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "two targets find the same hosts", rules: &["targets-with-same-hosts"], seed: find_the_same },
    Fault { name: "nodes of two services find the same hosts", rules: &["nodes-with-same-hosts"], seed: share_hosts },
    Fault {
        name: "the addresses of a load balancer are hosts",
        rules: &["endpoints-of-load-balancer"],
        seed: |ground, seeds| {
            discover(ground, seeds, || {
                ServiceDiscovery::Dns(DnsServiceDiscovery {
                    hostname: text("orders-1234567890.eu-west-1.elb.amazonaws.com"),
                    ip_preference: None,
                    response_type: Some(Scalar::Known(DnsResponseType::Endpoints)),
                })
            });
        },
    },
    Fault {
        name: "hosts must bear two values of one attribute",
        rules: &["contradictory-attributes"],
        seed: |ground, seeds| discover(ground, seeds, || cloud_map("orders", &["v1", "v2"])),
    },
    Fault {
        name: "a Cloud Map service repeats its namespace",
        rules: &["namespace-in-service-name"],
        seed: |ground, seeds| discover(ground, seeds, || cloud_map("orders.shop.local", &[])),
    },
    Fault {
        name: "a virtual service's name has no domain",
        rules: &["unqualified-service-name"],
        seed: |ground, seeds| {
            for (position, resource, _) in services(&ground.inventory) {
                seeds.sow(at(resource, "own name"), None, |inventory| {
                    inventory.resources[position].name = text("orders");
                });
            }
        },
    },
    Fault { name: "an access log goes to a file", rules: &["access-log-in-file"], seed: log_to_file },
    Fault {
        name: "applications are called over IPv6",
        rules: &["application-called-over-ipv6"],
        seed: |ground, seeds| {
            for (position, resource, spec) in meshes(&ground.inventory) {
                let own = spec.service_discovery.as_ref().and_then(|own| own.ip_preference.as_ref()?.known().copied());
                if own != Some(IpPreference::Ipv6Only) {
                    seeds.sow(at(resource, "ipPreference"), None, |inventory| {
                        let ip_preference = Some(Scalar::Known(IpPreference::Ipv6Only));
                        mesh(inventory, position).service_discovery = Some(MeshServiceDiscovery { ip_preference });
                    });
                }
            }
        },
    },
    Fault {
        name: "a backend is a database whose server speaks first",
        rules: &["server-first-protocol"],
        seed: call_database,
    },
    Fault { name: "many nodes check a node", rules: &["many-health-checks"], seed: call_checked },
    Fault { name: "any number of requests may wait", rules: &["unbounded-pending-requests"], seed: let_wait },
];

fn cloud_map(name: &str, versions: &[&str]) -> ServiceDiscovery {
    let attribute = |version: &&str| AwsCloudMapInstanceAttribute { key: text("version"), value: text(version) };
    ServiceDiscovery::AwsCloudMap(AwsCloudMapServiceDiscovery {
        attributes: (!versions.is_empty()).then(|| versions.iter().map(attribute).collect()),
        ip_preference: None,
        namespace_name: text("shop.local"),
        service_name: text(name),
    })
}

/// Gives every node with discovery another.
fn discover(ground: &Ground, seeds: &mut Seeds<'_>, discovery: impl Fn() -> ServiceDiscovery) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        if spec.service_discovery.is_some() {
            seeds.sow(at(resource, "discovery"), None, |inventory| {
                node(inventory, position).service_discovery = Some(discovery());
            });
        }
    }
}

/// Lets the first two nodes of a route find the same hosts.
fn find_the_same(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (_, resource, spec) in routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        let targets = &route.action().weighted_targets;
        let listening = |index: usize| {
            let target = targets.get(index)?;
            let position = ground.find(resource, Kind::VirtualNode, &target.virtual_node)?;
            let (_, _, spec) = nodes(&ground.inventory).find(|(other, ..)| *other == position)?;
            let listener = spec.listeners.as_ref()?.first()?;
            let port = target.port.as_ref().map_or_else(|| value(&listener.port_mapping.port), value);
            Some((position, spec.service_discovery.as_ref()?, port))
        };
        let (Some((first, discovery, port)), Some((second, other, other_port))) = (listening(0), listening(1)) else {
            continue;
        };
        if first != second && port == other_port && discovery != other {
            seeds.sow(at(resource, "targets"), None, |inventory| {
                node(inventory, second).service_discovery = Some(discovery.clone());
            });
        }
    }
}

fn log_to_file(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let own = spec.logging.as_ref().and_then(|logging| logging.access_log.as_ref());
        let is_already = own.is_some_and(|AccessLog::File(file)| {
            words(&file.path).is_some_and(|path| !path.starts_with("/dev/") && !path.starts_with("/proc/"))
        });
        if !is_already && !Ground::is_open(resource, &["spec", "logging"]) {
            seeds.sow(at(resource, "logging"), None, |inventory| {
                let file = FileAccessLog { format: None, path: text("/var/log/envoy.log") };
                node(inventory, position).logging = Some(Logging { access_log: Some(AccessLog::File(file)) });
            });
        }
    }
}

/// Lets every node that speaks TCP listen on the port of a database.
fn call_database(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let answers = |name: Key<'_>| {
            services(&ground.inventory).filter(|(_, service, _)| Key::of(&service.name) == name).any(
                |(_, from, spec)| {
                    let Some(VirtualServiceProvider::VirtualRouter(router)) = &spec.provider else {
                        let Some(VirtualServiceProvider::VirtualNode(node)) = &spec.provider else { return false };
                        return ground.find(from, Kind::VirtualNode, &node.virtual_node_name) == Some(position);
                    };
                    routes(&ground.inventory).any(|(_, route, spec)| {
                        route.parent.as_ref().map(Key::of) == Some(Key::of(&router.virtual_router_name))
                            && spec.protocols().flat_map(|route| &route.action().weighted_targets).any(|target| {
                                ground.find(route, Kind::VirtualNode, &target.virtual_node) == Some(position)
                            })
                    })
                },
            )
        };
        let is_called = nodes(&ground.inventory)
            .any(|(_, _, spec)| backends(spec).any(|(_, backend)| answers(Key::of(&backend.virtual_service_name))));
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            if is_called && listener.port_mapping.protocol.known() == Some(&PortProtocol::Tcp) {
                seeds.sow(at(resource, index), None, |inventory| {
                    let listener = listener_of(inventory, position, index);
                    listener.port_mapping.port = number(3306);
                    listener.health_check = None;
                });
            }
        }
    }
}

fn let_wait(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let path = Path::of(&["spec", "listeners"]).index(index).field("connectionPool");
            let is_http = listener.port_mapping.protocol.known() == Some(&PortProtocol::Http);
            if is_http && !resource.has_gap(&path) {
                seeds.sow(at(resource, index), None, |inventory| {
                    let pool = HttpConnectionPool { max_connections: number(100), max_pending_requests: None };
                    listener_of(inventory, position, index).connection_pool =
                        Some(VirtualNodeConnectionPool::Http(pool));
                });
            }
        }
    }
}

/// Lets the nodes that alone provide two virtual services find the same hosts on the same port.
fn share_hosts(ground: &Ground, seeds: &mut Seeds<'_>) {
    let all: Vec<usize> =
        services(&ground.inventory).filter_map(|(_, service, spec)| only_node(ground, service, spec)).collect();
    for pair in all.windows(2).filter(|pair| pair[0] != pair[1]) {
        let spec = |position: usize| nodes(&ground.inventory).find(|(other, ..)| *other == position).unwrap();
        let ((_, first, one), (_, second, other)) = (spec(pair[0]), spec(pair[1]));
        let serves_once = |position: usize| all.iter().filter(|other| **other == position).count() == 1;
        let has_listener = |spec: &VirtualNodeSpec| spec.listeners.as_ref().is_some_and(|all| !all.is_empty());
        let is_clear = pair.iter().all(|position| serves_once(*position))
            && first.mesh == second.mesh
            && first.condition == second.condition
            && has_listener(one)
            && has_listener(other);
        if is_clear {
            seeds.sow(at(second, "discovery"), None, |inventory| {
                for position in pair {
                    node(inventory, *position).service_discovery = Some(cloud_map("orders", &[]));
                    listener_of(inventory, *position, 0).port_mapping.port = number(8080);
                }
            });
        }
    }
}

/// The node that alone answers for a virtual service.
fn only_node(ground: &Ground, from: &Resource, spec: &VirtualServiceSpec) -> Option<usize> {
    match spec.provider.as_ref()? {
        VirtualServiceProvider::VirtualNode(node) => ground.find(from, Kind::VirtualNode, &node.virtual_node_name),
        VirtualServiceProvider::VirtualRouter(router) => {
            let of_router = routes(&ground.inventory).filter(|(_, route, _)| {
                route.mesh == from.mesh
                    && route.parent.as_ref().map(Key::of) == Some(Key::of(&router.virtual_router_name))
            });
            let mut targets = of_router.flat_map(|(_, route, spec)| {
                let all = spec.protocols().flat_map(|one| &one.action().weighted_targets);
                all.map(|target| ground.find(route, Kind::VirtualNode, &target.virtual_node)).collect::<Vec<_>>()
            });
            let first = targets.next()??;
            targets.all(|other| other == Some(first)).then_some(first)
        }
    }
}

/// Lets twelve more nodes call what is checked each 5 seconds.
fn call_checked(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (_, resource, spec) in services(&ground.inventory) {
        let Some((position, name)) = only_node(ground, resource, spec).zip(words(&resource.name)) else { continue };
        let (_, _, checked) = nodes(&ground.inventory).find(|(other, ..)| *other == position).unwrap();
        let is_checked =
            checked.listeners.iter().flatten().next().is_some_and(|listener| listener.health_check.is_some());
        if !is_checked {
            continue;
        }
        seeds.sow(at(resource, "callers"), None, |inventory| {
            let check = listener_of(inventory, position, 0).health_check.as_mut().unwrap();
            (check.interval_millis, check.timeout_millis) = (number(5001), number(2001));
            let backend = VirtualServiceBackend { client_policy: None, virtual_service_name: text(name) };
            for number in 0..12 {
                let mut caller = inventory.resources[position].clone();
                caller.name = text(&format!("caller-{number}"));
                caller.label = None;
                inventory.resources.push(caller);
                let last = inventory.resources.len() - 1;
                node(inventory, last).backends = Some(vec![Backend::VirtualService(backend.clone())]);
            }
        });
    }
}
