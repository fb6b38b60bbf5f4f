//! Faults of tasks that run a proxy, and of their roles.

use meshwright_model::reference::Key;
use meshwright_model::workload::{
    ContainerDefinition, ContainerDependency, KeyValuePair, PROXY_NAME_VARIABLES, ProxyConfiguration, TaskDefinition,
    Workload,
};
use meshwright_model::{Inventory, Path};

use super::grounds::Ground;
use super::sites::{number, task, text, value, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a proxy loses its control plane",
        rules: &["proxy-without-xds-endpoint"],
        seed: |ground, seeds| drop_variable(ground, seeds, "APPMESH_XDS_ENDPOINT"),
    },
    Fault { name: "a proxy loses its name", rules: &["proxy-without-name"], seed: drop_name },
    Fault {
        name: "a proxy's name is a bare word",
        rules: &["malformed-proxy-name"],
        seed: |ground, seeds| rename(ground, seeds, |_| "orders".to_owned()),
    },
    Fault { name: "a proxy stands for nothing of the mesh", rules: &["proxy-of-unknown-resource"], seed: misname },
    Fault {
        name: "a proxyConfiguration is dropped",
        rules: &["missing-proxy-configuration"],
        seed: drop_configuration,
    },
    Fault {
        name: "a proxyConfiguration names no container of the task",
        rules: &["unknown-proxy-container"],
        seed: name_no_container,
    },
    Fault {
        name: "the user whose traffic is ignored is another",
        rules: &["ignored-user-differs"],
        seed: |ground, seeds| set_property(ground, seeds, "IgnoredUID", "1400", |_, workload| ignores_group(workload)),
    },
    Fault {
        name: "traffic goes to another port than the proxy's",
        rules: &["wrong-proxy-ports"],
        seed: |ground, seeds| set_property(ground, seeds, "ProxyEgressPort", "15002", |_, _| None),
    },
    Fault {
        name: "requests go to another port than the proxy's",
        rules: &["wrong-proxy-ports"],
        seed: |ground, seeds| set_property(ground, seeds, "ProxyIngressPort", "15002", |_, _| None),
    },
    Fault {
        name: "AppPorts are other ports",
        rules: &["app-ports-miss-listener", "app-port-without-listener"],
        seed: |ground, seeds| {
            set_property(ground, seeds, "AppPorts", "31313", no_listener);
        },
    },
    Fault {
        name: "AppPorts are no ports",
        rules: &["invalid-proxy-configuration"],
        seed: |ground, seeds| set_property(ground, seeds, "AppPorts", "http", |_, _| None),
    },
    Fault { name: "nothing waits for the proxy", rules: &["missing-depends-on"], seed: drop_depends_on },
    Fault {
        name: "a container waits for one that is not there",
        rules: &["depends-on-unknown-container"],
        seed: wait_for_nobody,
    },
    Fault {
        name: "two containers wait for each other",
        rules: &["containers-wait-in-a-circle"],
        seed: wait_in_a_circle,
    },
    Fault {
        name: "a proxy is not checked",
        rules: &["proxy-without-health-check", "waits-for-unchecked-container"],
        seed: drop_health_check,
    },
    Fault { name: "a container opens another port", rules: &["container-port-differs"], seed: change_container_port },
    Fault { name: "a host port differs from the container's", rules: &["host-port-differs"], seed: change_host_port },
    Fault { name: "a port mapping's protocol is http", rules: &["port-mapping-protocol"], seed: speak_http },
    Fault {
        name: "a redirected task is not in awsvpc mode",
        rules: &["proxy-configuration-outside-awsvpc"],
        seed: leave_awsvpc,
    },
    Fault {
        name: "a proxy is named the old way",
        rules: &["deprecated-proxy-variable", "malformed-proxy-name"],
        seed: name_the_old_way,
    },
    Fault { name: "a proxy asks the preview channel", rules: &["preview-channel"], seed: ask_preview },
    Fault { name: "a role may not ask the control plane", rules: &["missing-stream-permission"], seed: forbid_stream },
];

type Neutral = fn(&Ground, &Workload) -> Option<&'static str>;

/// Every task that runs a proxy, with the proxy's place among its containers.
fn proxies(ground: &Ground) -> impl Iterator<Item = (usize, &Workload, usize)> {
    ground
        .inventory
        .workloads
        .iter()
        .enumerate()
        .flat_map(|(position, workload)| workload.task.proxies().map(move |proxy| (position, workload, proxy.index)))
}

fn at(workload: &Workload, place: impl std::fmt::Display) -> String {
    format!("task {} {place}", workload.label)
}

fn containers(task: &mut TaskDefinition) -> &mut Vec<ContainerDefinition> {
    task.container_definitions.as_mut().unwrap()
}

fn container(inventory: &mut Inventory, position: usize, index: usize) -> &mut ContainerDefinition {
    &mut containers(task(inventory, position))[index]
}

fn is_named(pair: &KeyValuePair, names: &[&str]) -> bool {
    pair.name.as_ref().and_then(words).is_some_and(|name| names.contains(&name))
}

/// Whether a task's containers are all to be seen.
fn is_whole(workload: &Workload) -> bool {
    !workload.is_fragment && !workload.has_gap(&Path::of(&["containerDefinitions"]))
}

fn drop_variable(ground: &Ground, seeds: &mut Seeds<'_>, name: &str) {
    for (position, workload, index) in proxies(ground) {
        let has = workload.task.container_definitions.as_ref().unwrap()[index].variable(name).is_some();
        if has {
            seeds.sow(at(workload, name), None, |inventory| {
                let environment = container(inventory, position, index).environment.as_mut().unwrap();
                environment.retain(|pair| !is_named(pair, &[name]));
            });
        }
    }
}

fn drop_name(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        seeds.sow(at(workload, "name"), None, |inventory| {
            let environment = container(inventory, position, index).environment.as_mut().unwrap();
            environment.retain(|pair| !is_named(pair, &PROXY_NAME_VARIABLES));
        });
    }
}

fn rename(ground: &Ground, seeds: &mut Seeds<'_>, change: impl Fn(&str) -> String) {
    for (position, workload, index) in proxies(ground) {
        seeds.sow(at(workload, "name"), None, |inventory| {
            let environment = container(inventory, position, index).environment.as_mut().unwrap();
            let pair = environment.iter_mut().find(|pair| is_named(pair, &PROXY_NAME_VARIABLES)).unwrap();
            pair.value = Some(text(&change(pair.value.as_ref().and_then(words).unwrap_or("mesh/a/virtualNode/b"))));
        });
    }
}

fn misname(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        let proxy = workload.task.proxies().find(|proxy| proxy.index == index).unwrap();
        let named = words(proxy.value).and_then(|name| name.rsplit_once('/'));
        let mesh = named.and_then(|(start, _)| start.rsplit_once("mesh/")?.1.split('/').next());
        let of_mesh = ground
            .inventory
            .resources
            .iter()
            .find(|resource| Key::of(&resource.mesh) == Key::Known(mesh.unwrap_or("?")));
        let kind = match named {
            Some((start, _)) if start.ends_with("virtualGateway") => meshwright_model::Kind::VirtualGateway,
            _ => meshwright_model::Kind::VirtualNode,
        };
        let neutral = match of_mesh {
            _ if named.is_none() => Some("its name is open"),
            None => Some("the files hold nothing of its mesh"),
            Some(resource) if !ground.holds_mesh(resource) => {
                Some("the files do not define its mesh: it may stand elsewhere")
            }
            Some(resource) => ground.may_exist(resource, kind),
        };
        // Of a name that is put together the mesh may be known.
        let only = match &super::sites::meshes(&ground.inventory).collect::<Vec<_>>()[..] {
            [(_, mesh, _)] => words(&mesh.mesh).map(|name| (*mesh, format!("mesh/{name}/virtualNode/gone"))),
            _ => None,
        };
        let neutral = match &only {
            Some((mesh, _)) if named.is_none() => ground.may_exist(mesh, meshwright_model::Kind::VirtualNode),
            _ => neutral,
        };
        let gone = only.map_or_else(|| "mesh/shop/virtualNode/gone".to_owned(), |(_, name)| name);
        let misnamed = words(proxy.value).map_or(gone, |name| format!("{name}x"));
        seeds.sow(at(workload, "name"), neutral, |inventory| {
            let environment = container(inventory, position, index).environment.as_mut().unwrap();
            environment[proxy.variable_index].value = Some(text(&misnamed));
        });
    }
}

/// Every task that leads traffic through a proxy.
fn redirected(ground: &Ground) -> impl Iterator<Item = (usize, &Workload, &ProxyConfiguration)> {
    let workloads = ground.inventory.workloads.iter().enumerate();
    workloads.filter_map(|(position, workload)| Some((position, workload, workload.task.proxy_configuration.as_ref()?)))
}

fn drop_configuration(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, _) in redirected(ground) {
        let mut proxies = workload.task.proxies();
        let neutral = match () {
            () if workload.is_fragment => Some("it is a part of a task"),
            () if proxies.next().is_none() => Some("it runs no proxy that says what it stands for"),
            () => None,
        };
        seeds.sow(at(workload, "proxyConfiguration"), neutral, |inventory| {
            task(inventory, position).proxy_configuration = None;
        });
    }
}

fn name_no_container(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, _) in redirected(ground) {
        let neutral = (!is_whole(workload)).then_some("not all of its containers are to be seen");
        seeds.sow(at(workload, "containerName"), neutral, |inventory| {
            task(inventory, position).proxy_configuration.as_mut().unwrap().container_name = Some(text("nobody"));
        });
    }
}

/// Changes a property of every proxyConfiguration that has it.
fn set_property(ground: &Ground, seeds: &mut Seeds<'_>, name: &str, new: &str, neutral: Neutral) {
    for (position, workload, configuration) in redirected(ground) {
        let properties = configuration.properties.iter().flatten();
        let Some((index, pair)) = properties.enumerate().find(|(_, pair)| is_named(pair, &[name])) else { continue };
        if pair.value.as_ref().and_then(words) != Some(new) {
            seeds.sow(at(workload, name), neutral(ground, workload), |inventory| {
                let configuration = task(inventory, position).proxy_configuration.as_mut().unwrap();
                configuration.properties.as_mut().unwrap()[index].value = Some(text(new));
            });
        }
    }
}

/// Why a proxy of another user may be spared nonetheless.
fn ignores_group(workload: &Workload) -> Option<&'static str> {
    let configuration = workload.task.proxy_configuration.as_ref()?;
    let ignored = configuration.properties.iter().flatten().find(|pair| is_named(pair, &["IgnoredGID"]))?;
    let containers = workload.task.container_definitions.iter().flatten();
    let mut proxies = containers.filter(|container| {
        container.name.as_ref().and_then(words) == configuration.container_name.as_ref().and_then(words)
    });
    let user = proxies.next().and_then(|container| container.user.as_ref()).and_then(words);
    let is_number = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
        Some((_, group)) if ignored.value.as_ref().and_then(words) == Some(group) => {
            Some("the proxy's group is ignored")
        }
        Some((user, _)) if is_number(user) => None,
        _ => Some("a group is ignored as well, and to which the proxy belongs the file does not say"),
    }
}

/// Why nobody knows on which ports the application of a task listens.
fn no_listener(ground: &Ground, workload: &Workload) -> Option<&'static str> {
    let mut listening =
        super::sites::nodes(&ground.inventory).filter(|(_, _, spec)| spec.listeners.iter().flatten().next().is_some());
    let is_run = |position| ground.run_by(position).any(|task| std::ptr::eq(task, workload));
    (!listening.any(|(position, ..)| is_run(position)))
        .then_some("the node that it runs is in no file, or does not listen")
}

fn waits_for_proxy(container: &ContainerDefinition, names: &[&str]) -> bool {
    let waited =
        container.depends_on.iter().flatten().filter_map(|dependency| words(dependency.container_name.as_ref()?));
    waited.into_iter().any(|name| names.contains(&name))
}

fn drop_depends_on(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        let all = workload.task.container_definitions.as_ref().unwrap();
        let Some(name) = all[index].name.as_ref().and_then(words) else { continue };
        if all.iter().any(|container| waits_for_proxy(container, &[name])) {
            seeds.sow(at(workload, "dependsOn"), None, |inventory| {
                for container in containers(task(inventory, position)) {
                    container.depends_on = None;
                }
            });
        }
    }
}

fn wait_for_nobody(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload) in ground.inventory.workloads.iter().enumerate() {
        let neutral = (!is_whole(workload)).then_some("not all of its containers are to be seen");
        for (index, container) in workload.task.container_definitions.iter().flatten().enumerate() {
            for (place, _) in container.depends_on.iter().flatten().enumerate() {
                seeds.sow(at(workload, index), neutral, |inventory| {
                    let waits = self::container(inventory, position, index).depends_on.as_mut().unwrap();
                    waits[place].container_name = Some(text("nobody"));
                });
            }
        }
    }
}

fn wait_in_a_circle(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload) in ground.inventory.workloads.iter().enumerate() {
        let all = workload.task.container_definitions.as_deref().unwrap_or_default();
        for (index, container) in all.iter().enumerate() {
            let Some(name) = container.name.as_ref().and_then(words) else { continue };
            let waiting = all.iter().find(|other| waits_for_proxy(other, &[name]));
            let Some(waiting) = waiting.and_then(|other| other.name.clone()) else { continue };
            seeds.sow(at(workload, name), None, |inventory| {
                let dependency = ContainerDependency { container_name: Some(waiting), condition: Some(text("START")) };
                self::container(inventory, position, index).depends_on.get_or_insert_default().push(dependency);
            });
        }
    }
}

fn drop_health_check(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        if workload.task.container_definitions.as_ref().unwrap()[index].health_check.is_some() {
            seeds.sow(at(workload, "healthCheck"), None, |inventory| {
                container(inventory, position, index).health_check = None;
            });
        }
    }
}

fn change_container_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground) {
        let others = workload.task.container_definitions.iter().flatten().enumerate();
        let others: Vec<_> =
            others.filter(|(index, container)| *index != proxy && container.port_mappings.is_some()).collect();
        let [(index, container)] = others[..] else { continue };
        let Some([mapping]) = container.port_mappings.as_deref() else { continue };
        let neutral = match () {
            () if mapping.container_port.as_ref().and_then(value).is_none() => Some("its port is open"),
            () => no_listener(ground, workload),
        };
        seeds.sow(at(workload, "containerPort"), neutral, |inventory| {
            let mapping = &mut self::container(inventory, position, index).port_mappings.as_mut().unwrap()[0];
            mapping.container_port = Some(number(31_313));
            mapping.host_port = None;
        });
    }
}

/// Changes every port mapping of every task.
fn change_mappings(
    ground: &Ground,
    seeds: &mut Seeds<'_>,
    neutral: fn(&Workload) -> Option<&'static str>,
    change: fn(&mut meshwright_model::workload::ContainerPortMapping),
) {
    for (position, workload) in ground.inventory.workloads.iter().enumerate() {
        for (index, container) in workload.task.container_definitions.iter().flatten().enumerate() {
            for (place, mapping) in container.port_mappings.iter().flatten().enumerate() {
                if mapping.container_port.as_ref().and_then(value).is_some() {
                    seeds.sow(at(workload, format!("{index} {place}")), neutral(workload), |inventory| {
                        change(&mut self::container(inventory, position, index).port_mappings.as_mut().unwrap()[place]);
                    });
                }
            }
        }
    }
}

fn change_host_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    let neutral = |workload: &Workload| match workload.task.network_mode.as_ref().and_then(words) {
        Some("awsvpc") => None,
        _ => Some("the task is not in mode awsvpc"),
    };
    change_mappings(ground, seeds, neutral, |mapping| mapping.host_port = Some(number(31_313)));
}

fn speak_http(ground: &Ground, seeds: &mut Seeds<'_>) {
    change_mappings(ground, seeds, |_| None, |mapping| mapping.protocol = Some(text("http")));
}

fn leave_awsvpc(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, _) in redirected(ground) {
        seeds.sow(at(workload, "networkMode"), None, |inventory| {
            task(inventory, position).network_mode = Some(text("bridge"));
        });
    }
}

fn name_the_old_way(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        let proxy = workload.task.proxies().find(|proxy| proxy.index == index).unwrap();
        let is_already = proxy.variable == "APPMESH_VIRTUAL_NODE_NAME";
        let is_gateway = words(proxy.value).is_none_or(|name| name.contains("virtualGateway"));
        if !is_already && !is_gateway {
            seeds.sow(at(workload, "variable"), None, |inventory| {
                let environment = container(inventory, position, index).environment.as_mut().unwrap();
                environment[proxy.variable_index].name = Some(text("APPMESH_VIRTUAL_NODE_NAME"));
            });
        }
    }
}

fn ask_preview(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, index) in proxies(ground) {
        seeds.sow(at(workload, "environment"), None, |inventory| {
            let environment = container(inventory, position, index).environment.as_mut().unwrap();
            environment.push(KeyValuePair { name: Some(text("APPMESH_PREVIEW")), value: Some(text("1")) });
        });
    }
}

fn forbid_stream(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, statement) in ground.inventory.statements.iter().enumerate() {
        let actions = statement.statement.action.iter().flatten().filter_map(words);
        let allows = actions.clone().any(|action| action.ends_with("StreamAggregatedResources"));
        let has_other = ground.inventory.statements.iter().enumerate().any(|(other, another)| {
            other != position
                && another.role == statement.role
                && another.statement.action.iter().flatten().filter_map(words).any(|action| {
                    action.ends_with("StreamAggregatedResources") || action == "*" || action.starts_with("appmesh:*")
                })
        });
        let neutral = has_other.then_some("another statement of the role still allows it");
        if allows {
            seeds.sow(format!("role {}", statement.role), neutral, |inventory| {
                inventory.statements[position].statement.action = Some(vec![text("appmesh:DescribeMesh")]);
            });
        }
    }
}
