//! Faults of what the containers of a task are told, and of what its redirection leads where.

use meshwright_model::reference::Key;
use meshwright_model::workload::{
    ContainerDefinition, ContainerDependency, EfsVolumeConfiguration, KeyValuePair, ProxyConfiguration, TaskVolume,
    Workload,
};
use meshwright_model::{Inventory, Kind, Path, Scalar};

use super::grounds::Ground;
use super::sites::{backends, node, task, text, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a proxy has two tracers",
        rules: &["several-tracers"],
        seed: |ground, seeds| {
            for (position, workload, proxy) in proxies(ground) {
                seeds.sow(at(workload, "environment"), None, |inventory| {
                    tell(container(inventory, position, proxy), "ENABLE_ENVOY_XRAY_TRACING", "1");
                    tell(container(inventory, position, proxy), "ENABLE_ENVOY_DATADOG_TRACING", "1");
                });
            }
        },
    },
    Fault {
        name: "an application calls through another proxy",
        rules: &["http-proxy-without-no-proxy"],
        seed: call_through_proxy,
    },
    Fault {
        name: "an image is older than what names its proxy",
        rules: &["proxy-variable-unknown-to-image"],
        seed: |ground, seeds| {
            for (position, workload, proxy) in proxies(ground) {
                let own = &workload.task.container_definitions.as_ref().unwrap()[proxy];
                if own.variable("APPMESH_RESOURCE_ARN").is_some() && !is_told_elsewhere(workload, proxy) {
                    seeds.sow(at(workload, "image"), None, |inventory| {
                        container(inventory, position, proxy).image =
                            Some(text("840364872350.dkr.ecr.eu-west-1.amazonaws.com/aws-appmesh-envoy:v1.12.5.0-prod"));
                    });
                }
            }
        },
    },
    Fault { name: "a task has the proxies of two nodes", rules: &["several-proxies"], seed: run_two },
    Fault { name: "a task mounts a file system through its proxy", rules: &["efs-port-not-ignored"], seed: mount },
    Fault { name: "sixteen ports are led through a proxy", rules: &["more-than-15-ports"], seed: lead_many },
    Fault {
        name: "a gateway's task redirects its traffic",
        rules: &["proxy-configuration-on-gateway"],
        seed: redirect_gateway,
    },
    Fault {
        name: "a container waits until the proxy ends",
        rules: &["waits-for-essential-to-end"],
        seed: wait_for_end,
    },
    Fault {
        name: "what an application is told to call is no backend",
        rules: &["calls-outside-backends"],
        seed: drop_backend,
    },
];

/// Every task that runs a proxy, with the proxy's place among its containers.
pub(super) fn proxies(ground: &Ground) -> impl Iterator<Item = (usize, &Workload, usize)> {
    ground
        .inventory
        .workloads
        .iter()
        .enumerate()
        .flat_map(|(position, workload)| workload.task.proxies().map(move |proxy| (position, workload, proxy.index)))
}

pub(super) fn at(workload: &Workload, place: impl std::fmt::Display) -> String {
    format!("task {} {place}", workload.label)
}

pub(super) fn container(inventory: &mut Inventory, position: usize, index: usize) -> &mut ContainerDefinition {
    &mut task(inventory, position).container_definitions.as_mut().unwrap()[index]
}

pub(super) fn tell(container: &mut ContainerDefinition, name: &str, value: &str) {
    let pair = KeyValuePair { name: Some(text(name)), value: Some(text(value)) };
    container.environment.get_or_insert_default().push(pair);
}

/// Whether a container may get variables from where the file does not show them.
pub(super) fn is_told_elsewhere(workload: &Workload, index: usize) -> bool {
    let container = Path::of(&["containerDefinitions"]).index(index);
    let all = &workload.task.container_definitions.as_ref().unwrap()[index];
    ["environment", "environmentFiles", "secrets"].iter().any(|field| workload.has_gap(&container.field(*field)))
        || all.environment_files.is_some()
        || all.environment.iter().flatten().any(|pair| pair.name.as_ref().and_then(words).is_none())
}

/// What a task's only proxy stands for.
pub(super) fn stands_for(ground: &Ground, workload: &Workload) -> Option<(usize, Kind)> {
    let mut all = ground.inventory.resources.iter().enumerate();
    let (position, resource) =
        all.find(|(position, _)| ground.run_by(*position).any(|task| std::ptr::eq(task, workload)))?;
    (workload.task.proxies().count() == 1).then_some((position, resource.kind()))
}

fn call_through_proxy(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground) {
        if !matches!(stands_for(ground, workload), Some((_, Kind::VirtualNode))) {
            continue;
        }
        for (index, own) in workload.task.container_definitions.iter().flatten().enumerate() {
            let has_any = ["NO_PROXY", "no_proxy", "HTTP_PROXY"].iter().any(|name| own.variable(name).is_some());
            if index != proxy && !has_any && !is_told_elsewhere(workload, index) {
                seeds.sow(at(workload, index), None, |inventory| {
                    tell(container(inventory, position, index), "HTTP_PROXY", "http://proxy.example.com:3128");
                });
            }
        }
    }
}

fn run_two(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, _) in proxies(ground) {
        if workload.task.network_mode.as_ref().and_then(words) == Some("awsvpc") {
            seeds.sow(at(workload, "containers"), None, |inventory| {
                let mut second = ContainerDefinition { name: Some(text("second")), ..ContainerDefinition::default() };
                tell(&mut second, "APPMESH_RESOURCE_ARN", "mesh/shop/virtualNode/second");
                task(inventory, position).container_definitions.as_mut().unwrap().push(second);
            });
        }
    }
}

/// Every task that leads traffic through a proxy.
pub(super) fn redirected(ground: &Ground) -> impl Iterator<Item = (usize, &Workload, &ProxyConfiguration)> {
    let workloads = ground.inventory.workloads.iter().enumerate();
    workloads.filter_map(|(position, workload)| Some((position, workload, workload.task.proxy_configuration.as_ref()?)))
}

pub(super) fn property<'c>(configuration: &'c ProxyConfiguration, name: &str) -> Option<(usize, Option<&'c str>)> {
    let mut pairs = configuration.properties.iter().flatten().enumerate();
    let (index, pair) = pairs.find(|(_, pair)| pair.name.as_ref().and_then(words) == Some(name))?;
    Some((index, pair.value.as_ref().and_then(words)))
}

fn mount(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, configuration) in redirected(ground) {
        let ignored = property(configuration, "EgressIgnoredPorts");
        let neutral = match ignored {
            Some((_, None)) => Some("the ports that are ignored are open"),
            Some((_, Some(ports))) if ports.split(',').any(|port| port.trim() == "2049") => Some("2049 is ignored"),
            _ => None,
        };
        seeds.sow(at(workload, "volumes"), neutral, |inventory| {
            let efs = EfsVolumeConfiguration { file_system_id: Some(text("fs-12345678")) };
            let volume = TaskVolume { name: Some(text("data")), efs_volume_configuration: Some(efs) };
            task(inventory, position).volumes.get_or_insert_default().push(volume);
        });
    }
}

fn lead_many(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, configuration) in redirected(ground) {
        let Some((index, _)) = property(configuration, "AppPorts") else { continue };
        let ports: Vec<String> = (8080..8096).map(|port| port.to_string()).collect();
        seeds.sow(at(workload, "AppPorts"), None, |inventory| {
            let configuration = task(inventory, position).proxy_configuration.as_mut().unwrap();
            configuration.properties.as_mut().unwrap()[index].value = Some(text(&ports.join(",")));
        });
    }
}

fn redirect_gateway(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground) {
        let is_gateway = matches!(stands_for(ground, workload), Some((_, Kind::VirtualGateway)));
        if !is_gateway || workload.task.proxy_configuration.is_some() {
            continue;
        }
        let pair = |name: &str, value: &str| KeyValuePair { name: Some(text(name)), value: Some(text(value)) };
        let name = workload.task.container_definitions.as_ref().unwrap()[proxy].name.clone();
        seeds.sow(at(workload, "proxyConfiguration"), None, |inventory| {
            task(inventory, position).proxy_configuration = Some(ProxyConfiguration {
                kind: Some(text("APPMESH")),
                container_name: name,
                properties: Some(vec![
                    pair("IgnoredUID", "1337"),
                    pair("ProxyIngressPort", "15000"),
                    pair("ProxyEgressPort", "15001"),
                    pair("AppPorts", "8080"),
                ]),
            });
        });
    }
}

fn wait_for_end(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, workload, proxy) in proxies(ground) {
        let all = workload.task.container_definitions.as_ref().unwrap();
        let Some(name) = all[proxy].name.clone() else { continue };
        let neutral = match &all[proxy].essential {
            Some(essential) if essential.known() != Some(&true) => Some("the proxy is not known to be essential"),
            _ => None,
        };
        for (index, _) in all.iter().enumerate().filter(|(index, _)| *index != proxy) {
            let name = name.clone();
            seeds.sow(at(workload, index), neutral, |inventory| {
                let dependency = ContainerDependency { container_name: Some(name), condition: Some(text("SUCCESS")) };
                container(inventory, position, index).depends_on = Some(vec![dependency]);
            });
        }
    }
}

/// Drops every backend whose address an application of the node is told.
fn drop_backend(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in super::sites::nodes(&ground.inventory) {
        for (index, backend) in backends(spec) {
            let name = Key::of(&backend.virtual_service_name).shown();
            let is_told = ground.run_by(position).any(|workload| {
                let pairs = workload.task.container_definitions.iter().flatten().flat_map(|one| &one.environment);
                let mut values = pairs.flatten().filter_map(|pair| pair.value.as_ref());
                values.any(|value: &Scalar<_>| Key::of(value).shown().contains(&format!("//{name}")))
            });
            if is_told {
                seeds.sow(super::grounds::at(resource, index), None, |inventory| {
                    node(inventory, position).backends.as_mut().unwrap().remove(index);
                });
            }
        }
    }
}
