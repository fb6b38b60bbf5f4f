//! What tasks say about their containers, and how their traffic is led through a proxy.

use meshwright_model::limits::Text;
use meshwright_model::path::Step;
use meshwright_model::workload::{ContainerDefinition, KeyValuePair, ProxyConfiguration, Workload};
use meshwright_model::{Kind, Path, Scalar};

use super::{Facts, Proxy, container_path};

/// A task with its proxies.
#[derive(Clone, Copy, Debug)]
pub struct Task<'f, 'a> {
    /// The task.
    pub workload: &'a Workload,
    /// Its containers that are proxies.
    pub proxies: &'f [Proxy<'a>],
}

impl<'a> Facts<'a> {
    /// Every task.
    pub fn tasks(&self) -> impl Iterator<Item = Task<'_, 'a>> {
        let mut rest = self.proxies();
        self.inventory().workloads.iter().map(move |workload| {
            let count = rest.iter().take_while(|proxy| std::ptr::eq(proxy.workload, workload)).count();
            let (proxies, others) = rest.split_at(count);
            rest = others;
            Task { workload, proxies }
        })
    }
}

impl<'f, 'a> Task<'f, 'a> {
    /// Its containers with their places.
    pub fn containers(self) -> impl Iterator<Item = (usize, &'a ContainerDefinition)> {
        self.workload.task.container_definitions.iter().flatten().enumerate()
    }

    /// Its containers that are no proxies.
    pub fn others(self) -> impl Iterator<Item = (usize, &'a ContainerDefinition)> {
        self.containers().filter(move |(index, _)| !self.is_proxy(*index))
    }

    /// Whether the container at a place is a proxy.
    pub fn is_proxy(self, index: usize) -> bool {
        self.proxies.iter().any(|proxy| proxy.container.index == index)
    }

    /// Its only proxy, where that stands for a virtual node.
    pub fn sidecar(self) -> Option<&'f Proxy<'a>> {
        match self.proxies {
            [proxy] if proxy.kind() == Some(Kind::VirtualNode) => Some(proxy),
            _ => None,
        }
    }

    /// The container of that name.
    pub fn container(self, name: &str) -> Option<(usize, &'a ContainerDefinition)> {
        self.containers().find(|(_, container)| is_text(container.name.as_ref(), name))
    }

    /// Whether it has no other containers than its file shows, and each one's name is known.
    pub fn holds_all_containers(self) -> bool {
        !self.workload.is_fragment
            && self.has_whole_list(&Path::of(&["containerDefinitions"]))
            && self.containers().all(|(_, container)| container.name.as_ref().and_then(Scalar::known).is_some())
    }

    /// Whether the list at a path has no other elements than its file shows.
    pub fn has_whole_list(self, list: &Path) -> bool {
        let depth = list.steps().len() + 1;
        self.workload.gaps.keys().all(|gap| {
            let is_element = list.contains(gap) && gap.steps().len() == depth;
            !gap.contains(list) && !is_element
        })
    }

    /// Whether the container at a place has no variable of that name, from wherever.
    pub fn lacks_variable(self, index: usize, container: &ContainerDefinition, name: &str) -> bool {
        let is_whole = |field| !self.workload.has_gap(&container_path(index, &[field]));
        let is_other =
            |given: Option<&Scalar<Text>>| given.and_then(Scalar::known).is_some_and(|given| given.as_str() != name);
        ["environment", "environmentFiles", "secrets"].into_iter().all(is_whole)
            && container.environment_files.as_ref().is_none_or(Vec::is_empty)
            && container.environment.iter().flatten().all(|pair| is_other(pair.name.as_ref()))
            && container.secrets.iter().flatten().all(|secret| is_other(secret.name.as_ref()))
    }

    /// What its containers wait for, where the names are known.
    pub fn dependencies(self) -> impl Iterator<Item = Dependency<'a>> {
        self.containers().flat_map(|(index, container)| {
            let all = container.depends_on.iter().flatten().enumerate();
            all.filter_map(move |(place, dependency)| {
                let name = dependency.container_name.as_ref()?.known()?.as_str();
                let condition = dependency.condition.as_ref().and_then(Scalar::known).map(Text::as_str);
                let path = container_path(index, &["dependsOn"]).index(place);
                Some(Dependency { index, name, condition, path })
            })
        })
    }

    /// Whether the container at a place has no health check, or has it turned off.
    pub fn lacks_health_check(self, index: usize, container: &ContainerDefinition) -> bool {
        match &container.health_check {
            // Source: ECS API reference, HealthCheck; `NONE` turns off what the image has.
            Some(check) => check.command.as_ref().and_then(|command| command.first()).is_some_and(is_none),
            None => !self.workload.has_gap(&container_path(index, &["healthCheck"])),
        }
    }

    /// How its traffic is led through a proxy, where it says so.
    pub fn redirection(self) -> Option<Redirection<'a>> {
        let configuration = self.workload.task.proxy_configuration.as_ref()?;
        Some(Redirection { workload: self.workload, configuration })
    }

    /// Whether it leads nothing through a proxy.
    pub fn lacks_redirection(self) -> bool {
        !self.workload.is_fragment
            && self.workload.task.proxy_configuration.is_none()
            && !self.workload.has_gap(&Path::of(&["proxyConfiguration"]))
    }

    /// The network mode, where it is known; `bridge` where none is said.
    pub fn network_mode(self) -> Option<&'a str> {
        match &self.workload.task.network_mode {
            Some(mode) => mode.known().map(Text::as_str),
            None => {
                let is_open = self.workload.is_fragment || self.workload.has_gap(&Path::of(&["networkMode"]));
                (!is_open).then_some("bridge")
            }
        }
    }
}

/// What a container waits for.
#[derive(Clone, Debug)]
pub struct Dependency<'a> {
    /// The place of the container that waits.
    pub index: usize,
    /// The container that it waits for.
    pub name: &'a str,
    /// What that must reach, where it is known.
    pub condition: Option<&'a str>,
    /// Where it says so.
    pub path: Path,
}

fn is_none(word: &Scalar<Text>) -> bool {
    is_text(Some(word), "NONE")
}

/// The value of a variable of a container, where it is known.
pub(crate) fn variable<'a>(container: &'a ContainerDefinition, name: &str) -> Option<(usize, &'a str)> {
    let (index, value) = container.variable(name)?;
    Some((index, value.known()?.as_str()))
}

/// Whether a variable turns something on. Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/env/env.go`, by
/// Go's `strconv.ParseBool`.
pub(crate) fn is_true(value: &str) -> bool {
    matches!(value, "1" | "t" | "T" | "true" | "True" | "TRUE")
}

/// Whether a variable turns something on or off. Source: the same.
pub(crate) fn is_boolean(value: &str) -> bool {
    is_true(value) || matches!(value, "0" | "f" | "F" | "false" | "False" | "FALSE")
}

/// Whether a text is known to be that one.
fn is_text(text: Option<&Scalar<Text>>, expected: &str) -> bool {
    text.and_then(Scalar::known).is_some_and(|text| text.as_str() == expected)
}

/// How the traffic of a task is led through a proxy.
#[derive(Clone, Copy, Debug)]
pub struct Redirection<'a> {
    workload: &'a Workload,
    configuration: &'a ProxyConfiguration,
}

impl<'a> Redirection<'a> {
    /// Where it stands.
    pub fn path(self) -> Path {
        Path::of(&["proxyConfiguration"])
    }

    /// Where its properties stand.
    pub fn properties_path(self) -> Path {
        self.path().field("properties")
    }

    /// Where a property's value stands.
    pub fn value_path(self, index: usize) -> Path {
        self.properties_path().index(index).field("value")
    }

    /// The container that it names.
    pub fn container_name(self) -> Option<&'a str> {
        Some(self.configuration.container_name.as_ref()?.known()?.as_str())
    }

    /// A property's place and value, where it is known.
    pub fn property(self, name: &str) -> Option<(usize, &'a str)> {
        let mut pairs = self.configuration.properties.iter().flatten().enumerate();
        let (index, pair) = pairs.find(|(_, pair)| is_text(pair.name.as_ref(), name))?;
        Some((index, pair.value.as_ref()?.known()?.as_str()))
    }

    /// Whether it has no property of that name, or an empty one.
    pub fn lacks(self, name: &str) -> bool {
        let path = self.properties_path();
        if self.workload.gaps.keys().any(|gap| gap.contains(&path) || path.contains(gap) && is_element(gap, &path)) {
            return false;
        }
        let is_none = |pair: &KeyValuePair| match pair.name.as_ref().and_then(Scalar::known) {
            None => false,
            Some(given) => given.as_str() != name || is_text(pair.value.as_ref(), ""),
        };
        self.configuration.properties.iter().flatten().all(is_none)
    }

    /// The ports of a list of them, where all are known.
    pub fn ports(self, name: &str) -> Option<(usize, Vec<i64>)> {
        let (index, text) = self.property(name)?;
        let ports: Result<Vec<i64>, _> =
            text.split(',').map(str::trim).filter(|port| !port.is_empty()).map(str::parse).collect();
        Some((index, ports.ok()?))
    }
}

fn is_element(gap: &Path, list: &Path) -> bool {
    matches!(gap.steps().get(list.steps().len()), Some(Step::Open(_) | Step::Index(_)))
}
