//! Faults of what a proxy is told, how it is checked, and of what passes it by.

use meshwright_model::limits::{AwsCloudMapInstanceAttributeKey, AwsCloudMapInstanceAttributeValue};
use meshwright_model::reference::Key;
use meshwright_model::value::ScalarType;
use meshwright_model::virtual_node::{AwsCloudMapInstanceAttribute, AwsCloudMapServiceDiscovery, ServiceDiscovery};
use meshwright_model::workload::{ContainerHealthCheck, KeyValuePair, Workload};
use meshwright_model::{Expression, Kind, Scalar};

use super::containers::{at, container, is_told_elsewhere, property, proxies, redirected, stands_for, tell};
use super::grounds::Ground;
use super::sites::{backends, node, nodes, routers, services, task, text, value, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a control plane's address is a URL",
        rules: &["malformed-xds-endpoint"],
        seed: |ground, seeds| set_endpoint(ground, seeds, "https://xds.example.com:443"),
    },
    Fault {
        name: "a control plane's address has no port",
        rules: &["malformed-xds-endpoint"],
        seed: |ground, seeds| set_endpoint(ground, seeds, "xds.example.com"),
    },
    Fault {
        name: "a proxy's log level is none",
        rules: &["unknown-proxy-setting"],
        seed: |ground, seeds| set_variable(ground, seeds, "ENVOY_LOG_LEVEL", "verbose"),
    },
    Fault {
        name: "a proxy's switch is neither on nor off",
        rules: &["unknown-proxy-setting"],
        seed: |ground, seeds| set_variable(ground, seeds, "ENABLE_ENVOY_STATS_TAGS", "yes"),
    },
    Fault {
        name: "a proxyConfiguration is of another type",
        rules: &["invalid-proxy-configuration"],
        seed: |ground, seeds| {
            for (position, workload, _) in redirected(ground) {
                seeds.sow(at(workload, "type"), None, |inventory| {
                    task(inventory, position).proxy_configuration.as_mut().unwrap().kind = Some(text("ENVOY"));
                });
            }
        },
    },
    Fault {
        name: "a proxy is not essential",
        rules: &["proxy-not-essential"],
        seed: |ground, seeds| {
            for (position, workload, proxy) in proxies(ground) {
                seeds.sow(at(workload, "essential"), None, |inventory| {
                    container(inventory, position, proxy).essential = Some(Scalar::Known(false));
                });
            }
        },
    },
    Fault {
        name: "a proxy is checked on another port",
        rules: &["proxy-health-check-port-differs"],
        seed: check_elsewhere,
    },
    Fault {
        name: "a proxy's admin port changes, and its check does not",
        rules: &["proxy-health-check-port-differs"],
        seed: move_admin_port,
    },
    Fault {
        name: "an application runs as the proxy's user",
        rules: &["application-as-ignored-user"],
        seed: run_as_proxy,
    },
    Fault { name: "the port of a backend is ignored", rules: &["ignored-port-of-backend"], seed: ignore_backends },
    Fault {
        name: "a role may ask for the configuration of another node",
        rules: &["missing-stream-permission"],
        seed: allow_other,
    },
    Fault {
        name: "a role may ask for the configuration of another node, by reference",
        rules: &["missing-stream-permission"],
        seed: allow_reference,
    },
    Fault {
        name: "a node's hosts are of another task family",
        rules: &["task-family-outside-attributes"],
        seed: select_family,
    },
    Fault {
        name: "two variables name two nodes",
        rules: &["proxy-names-differ"],
        seed: |ground, seeds| {
            for (position, workload, proxy) in proxies(ground) {
                let own = workload.task.proxies().find(|own| own.index == proxy).unwrap();
                let is_shown = meshwright_model::proxied::ProxyName::of(own.value).is_some();
                let neutral = (!is_shown).then_some("its name does not show what it stands for");
                if own.variable != "APPMESH_VIRTUAL_NODE_NAME" {
                    seeds.sow(at(workload, "names"), neutral, |inventory| {
                        let name = "mesh/elsewhere/virtualNode/other";
                        tell(container(inventory, position, proxy), "APPMESH_VIRTUAL_NODE_NAME", name);
                    });
                }
            }
        },
    },
    Fault {
        name: "an application calls the proxy with https",
        rules: &["https-address-of-http-service"],
        seed: |ground, seeds| readdress(ground, seeds, |value, _| value.replacen("http://", "https://", 1)),
    },
    Fault {
        name: "an application calls a backend by its first word",
        rules: &["unqualified-backend-address"],
        seed: |ground, seeds| {
            readdress(ground, seeds, |value, name| {
                let word = name.split('.').next().unwrap_or_default();
                value.replacen(&format!("//{name}"), &format!("//{word}"), 1)
            });
        },
    },
];

fn set_endpoint(ground: &Ground, seeds: &mut Seeds<'_>, new: &str) {
    for (position, workload, proxy) in proxies(ground) {
        let own = &workload.task.container_definitions.as_ref().unwrap()[proxy];
        let Some((place, _)) = own.variable("APPMESH_XDS_ENDPOINT") else { continue };
        let neutral = is_told_elsewhere(workload, proxy).then_some("the rest of its environment is open");
        seeds.sow(at(workload, "endpoint"), neutral, |inventory| {
            container(inventory, position, proxy).environment.as_mut().unwrap()[place].value = Some(text(new));
        });
    }
}

/// Sets a variable of every proxy.
fn set_variable(ground: &Ground, seeds: &mut Seeds<'_>, name: &str, new: &str) {
    for (position, workload, proxy) in proxies(ground) {
        seeds.sow(at(workload, name), None, |inventory| {
            let environment = container(inventory, position, proxy).environment.get_or_insert_default();
            environment.retain(|pair| pair.name.as_ref().and_then(words) != Some(name));
            environment.push(KeyValuePair { name: Some(text(name)), value: Some(text(new)) });
        });
    }
}

/// Whether the admin port of a proxy is the usual one.
fn has_usual_port(workload: &Workload, proxy: usize) -> bool {
    let own = &workload.task.container_definitions.as_ref().unwrap()[proxy];
    ["ENVOY_ADMIN_ACCESS_PORT", "ENVOY_ADMIN_MODE", "ENVOY_CONFIG_FILE"].iter().all(|name| own.variable(name).is_none())
}

fn check_elsewhere(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground).filter(|(_, workload, proxy)| has_usual_port(workload, *proxy)) {
        let open = is_told_elsewhere(workload, proxy).then_some("its admin port may be named elsewhere");
        seeds.sow(at(workload, "healthCheck"), open, |inventory| {
            let command = "curl -s http://localhost:9902/server_info | grep state | grep -q LIVE";
            container(inventory, position, proxy).health_check =
                Some(ContainerHealthCheck { command: Some(vec![text("CMD-SHELL"), text(command)]) });
        });
    }
}

fn move_admin_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground).filter(|(_, workload, proxy)| has_usual_port(workload, *proxy)) {
        let own = &workload.task.container_definitions.as_ref().unwrap()[proxy];
        let command = own.health_check.iter().flat_map(|check| check.command.iter().flatten().filter_map(words));
        let asks = |word: &str| ["localhost:9901/", "127.0.0.1:9901/"].iter().any(|start| word.contains(start));
        if command.into_iter().any(asks) {
            let open = is_told_elsewhere(workload, proxy).then_some("the rest of its environment is open");
            seeds.sow(at(workload, "port"), open, |inventory| {
                tell(container(inventory, position, proxy), "ENVOY_ADMIN_ACCESS_PORT", "9903");
            });
        }
    }
}

fn run_as_proxy(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, configuration) in redirected(ground) {
        let Some((_, Some(user))) = property(configuration, "IgnoredUID") else { continue };
        let Some((_, Some(ports))) = property(configuration, "AppPorts") else { continue };
        let ports: Vec<i64> = ports.split(',').filter_map(|port| port.trim().parse().ok()).collect();
        let [proxy] = workload.task.proxies().map(|proxy| proxy.index).collect::<Vec<_>>()[..] else { continue };
        for (index, own) in workload.task.container_definitions.iter().flatten().enumerate() {
            let mut mappings = own.port_mappings.iter().flatten();
            let serves = mappings.any(|mapping| {
                mapping.container_port.as_ref().and_then(value).is_some_and(|port| ports.contains(&port))
            });
            let is_node = matches!(stands_for(ground, workload), Some((_, Kind::VirtualNode)));
            if serves && is_node && index != proxy {
                seeds.sow(at(workload, index), None, |inventory| {
                    container(inventory, position, index).user = Some(text(user));
                });
            }
        }
    }
}

/// Ignores the port of every listener of what answers for a backend.
fn ignore_backends(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, configuration) in redirected(ground) {
        let Some((standing, Kind::VirtualNode)) = stands_for(ground, workload) else { continue };
        let Some((_, resource, spec)) = nodes(&ground.inventory).find(|(other, ..)| *other == standing) else {
            continue;
        };
        let is_open = property(configuration, "EgressIgnoredPorts").is_some_and(|(_, ports)| ports.is_none());
        let neutral = is_open.then_some("the ports that are ignored are open");
        for (index, backend) in backends(spec) {
            let Some(service) = ground.find(resource, Kind::VirtualService, &backend.virtual_service_name) else {
                continue;
            };
            let Some(port) = dialled(ground, service) else { continue };
            seeds.sow(at(workload, index), neutral, |inventory| {
                let configuration = task(inventory, position).proxy_configuration.as_mut().unwrap();
                let properties = configuration.properties.get_or_insert_default();
                properties.retain(|pair| pair.name.as_ref().and_then(words) != Some("EgressIgnoredPorts"));
                properties.push(KeyValuePair {
                    name: Some(text("EgressIgnoredPorts")),
                    value: Some(text(&format!("22,{port}"))),
                });
            });
        }
    }
}

/// The first port of what answers for a virtual service.
fn dialled(ground: &Ground, service: usize) -> Option<i64> {
    let (_, from, spec) = services(&ground.inventory).find(|(position, ..)| *position == service)?;
    let provider = spec.references().next()?;
    let is_it = |name: Key<'_>, kind: Kind| provider.kind == kind && provider.name == name;
    let of_router = routers(&ground.inventory).filter(|(_, one, _)| one.mesh == from.mesh);
    let mut of_router = of_router.filter(|(_, one, _)| is_it(Key::of(&one.name), Kind::VirtualRouter));
    if let Some((_, _, router)) = of_router.next() {
        return value(&router.listeners.as_ref()?.first()?.port_mapping.port);
    }
    let of_node = nodes(&ground.inventory).filter(|(_, one, _)| one.mesh == from.mesh);
    let (_, _, node) = of_node.into_iter().find(|(_, one, _)| is_it(Key::of(&one.name), Kind::VirtualNode))?;
    value(&node.listeners.as_ref()?.first()?.port_mapping.port)
}

/// Every statement that alone lets a role ask the control plane.
fn streaming(ground: &Ground) -> impl Iterator<Item = usize> {
    let may_stream = |position: usize| {
        let statement = &ground.inventory.statements[position];
        let mut actions = statement.statement.action.iter().flatten().filter_map(words);
        actions.any(|action| {
            action.ends_with("StreamAggregatedResources") || action == "*" || action.starts_with("appmesh:*")
        })
    };
    let role = |position: usize| &ground.inventory.statements[position].role;
    let all = 0..ground.inventory.statements.len();
    let is_alone = move |position: &usize| {
        let mut others = all.clone().filter(|other| other != position && role(*other) == role(*position));
        !others.any(may_stream)
    };
    (0..ground.inventory.statements.len()).filter(move |position| may_stream(*position)).filter(is_alone)
}

fn allow_other(ground: &Ground, seeds: &mut Seeds<'_>) {
    for position in streaming(ground) {
        let role = &ground.inventory.statements[position].role;
        seeds.sow(format!("role {role}"), unknown_proxies(ground, role), |inventory| {
            let arn = "arn:aws:appmesh:eu-west-1:111122223333:mesh/elsewhere/virtualNode/other";
            inventory.statements[position].statement.resource = Some(vec![text(arn)]);
        });
    }
}

/// Why nobody knows for what the proxies of a role stand.
fn unknown_proxies(ground: &Ground, role: &str) -> Option<&'static str> {
    let of_role = ground.inventory.workloads.iter().filter(|workload| has_role(ground, workload, role));
    let is_known = |workload: &Workload| {
        let own = workload.task.proxies().next();
        let is_text = own.is_some_and(|own| words(own.value).is_some());
        let is_held = stands_for(ground, workload).is_some_and(|(position, _)| {
            let resource = &ground.inventory.resources[position];
            words(&resource.mesh).is_some() && words(&resource.name).is_some()
        });
        is_text || is_held
    };
    let mut of_role = of_role.peekable();
    if of_role.peek().is_none() {
        return Some("no task in the files has the role");
    }
    (!of_role.any(is_known)).then_some("the names of what its proxies stand for are open")
}

/// Whether a task has a role, or the role that a policy of that name is attached to.
fn has_role(ground: &Ground, workload: &Workload, role: &str) -> bool {
    let of_policies = ground.inventory.policy_holders.iter().filter(|holder| holder.label == role);
    let attached = of_policies.flat_map(|holder| holder.attachments.roles.iter().flatten()).filter_map(label);
    let roles: Vec<&str> = attached.chain([role]).collect();
    workload.task.task_role_arn.as_ref().and_then(label).is_some_and(|own| roles.contains(&own))
}

/// The label that a value refers to.
fn label<T: ScalarType>(value: &Scalar<T>) -> Option<&str> {
    match value.open()? {
        Expression::Reference(label) | Expression::Attribute(label, _) => Some(label),
        _ => None,
    }
}

/// Lets a role that was allowed to ask for any node ask for one of its template that its task does not run.
fn allow_reference(ground: &Ground, seeds: &mut Seeds<'_>) {
    for position in streaming(ground) {
        let role = &ground.inventory.statements[position].role;
        let of_role = ground.inventory.workloads.iter().filter(|workload| has_role(ground, workload, role));
        let run: Vec<usize> = of_role.clone().filter_map(|one| Some(stands_for(ground, one)?.0)).collect();
        if run.len() != of_role.count() || run.is_empty() {
            continue;
        }
        let other = nodes(&ground.inventory).find(|(other, one, _)| !run.contains(other) && one.label.is_some());
        let Some((_, other, _)) = other else { continue };
        let label = other.label.clone().unwrap();
        seeds.sow(format!("role {role}"), None, |inventory| {
            inventory.statements[position].statement.resource =
                Some(vec![Scalar::Open(Box::new(Expression::Reference(label)))]);
        });
    }
}

/// Lets every node whose task has a family take hosts of another.
fn select_family(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in nodes(&ground.inventory) {
        let families: Vec<_> = ground.run_by(position).map(|workload| workload.task.family.as_ref()).collect();
        if families.is_empty() || !families.iter().all(|family| family.is_some_and(|family| words(family).is_some())) {
            continue;
        }
        let mut all = ground.inventory.workloads.iter().filter(|workload| workload.task.proxies().next().is_some());
        let neutral = all
            .any(|workload| stands_for(ground, workload).is_none())
            .then_some("a proxy of the files stands for something that cannot be seen");
        seeds.sow(super::grounds::at(resource, "family"), neutral, |inventory| {
            let key: Scalar<AwsCloudMapInstanceAttributeKey> = text("ECS_TASK_DEFINITION_FAMILY");
            let value: Scalar<AwsCloudMapInstanceAttributeValue> = text("another");
            node(inventory, position).service_discovery =
                Some(ServiceDiscovery::AwsCloudMap(AwsCloudMapServiceDiscovery {
                    attributes: Some(vec![AwsCloudMapInstanceAttribute { key, value }]),
                    ip_preference: None,
                    namespace_name: text("shop.local"),
                    service_name: text("orders"),
                }));
        });
    }
}

/// Changes the address of a backend that an application is told, with its port and over HTTP.
fn readdress(ground: &Ground, seeds: &mut Seeds<'_>, change: fn(&str, &str) -> String) {
    for (position, workload) in ground.inventory.workloads.iter().enumerate() {
        let Some((standing, Kind::VirtualNode)) = stands_for(ground, workload) else { continue };
        let Some((_, resource, spec)) = nodes(&ground.inventory).find(|(other, ..)| *other == standing) else {
            continue;
        };
        for (_, backend) in backends(spec) {
            let Some(name) = words(&backend.virtual_service_name) else { continue };
            let Some(service) = ground.find(resource, Kind::VirtualService, &backend.virtual_service_name) else {
                continue;
            };
            let Some(port) = dialled(ground, service) else { continue };
            let url = format!("http://{name}:{port}");
            for (index, own) in workload.task.container_definitions.iter().flatten().enumerate() {
                for (place, pair) in own.environment.iter().flatten().enumerate() {
                    let Some(told) = pair.value.as_ref().and_then(words).filter(|told| told.starts_with(&url)) else {
                        continue;
                    };
                    seeds.sow(at(workload, format!("{index} {place}")), None, |inventory| {
                        container(inventory, position, index).environment.as_mut().unwrap()[place].value =
                            Some(text(&change(told, name)));
                    });
                }
            }
        }
    }
}
