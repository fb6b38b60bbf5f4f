//! The containers that are proxies, and the resources they stand for.

use meshwright_model::proxied::{Proxied, ProxyName};
use meshwright_model::workload::{ProxyContainer, Workload};
use meshwright_model::{Index, Kind, Path, Resource};

/// A container of a task that is an App Mesh proxy.
#[derive(Clone, Copy, Debug)]
pub struct Proxy<'a> {
    /// The task.
    pub workload: &'a Workload,
    /// The container, and the variable that names what it stands for.
    pub container: ProxyContainer<'a>,
    /// The virtual node or gateway it stands for; `None` where the files do not hold it or its name is open.
    pub resource: Option<&'a Resource>,
    /// That resource's position in the inventory.
    pub position: Option<usize>,
}

impl<'a> Proxy<'a> {
    /// The kind of what it stands for, by the resource or by the name.
    pub fn kind(&self) -> Option<Kind> {
        self.resource.map(Resource::kind).or_else(|| Some(ProxyName::of(self.container.value)?.kind))
    }

    /// What it stands for, where that exists whenever the task does.
    pub fn companion(&self) -> Option<(&'a Resource, usize)> {
        let (resource, position) = self.resource.zip(self.position)?;
        let is_sure = resource.condition.is_none() || resource.condition == self.workload.condition;
        is_sure.then_some((resource, position))
    }

    /// Where a value of its container stands in the task: `containerDefinitions[1]` and what follows.
    pub fn path(&self, fields: &[&'static str]) -> Path {
        container_path(self.container.index, fields)
    }

    /// Where the name of what it stands for stands.
    pub fn name_path(&self) -> Path {
        self.path(&["environment"]).index(self.container.variable_index).field("value")
    }
}

/// Where a value of a container stands in its task.
pub fn container_path(index: usize, fields: &[&'static str]) -> Path {
    fields.iter().fold(Path::of(&["containerDefinitions"]).index(index), |path, field| path.field(*field))
}

pub(super) fn proxies<'a>(index: &Index<'a>) -> Vec<Proxy<'a>> {
    let inventory = index.inventory();
    if inventory.workloads.is_empty() {
        return Vec::new();
    }
    let proxied = Proxied::new(index);
    let mut found = Vec::new();
    for workload in &inventory.workloads {
        for container in workload.task.proxies() {
            let position = proxied.position(container.value);
            let resource = position.map(|position| &inventory.resources[position]);
            found.push(Proxy { workload, container, resource, position });
        }
    }
    found
}
