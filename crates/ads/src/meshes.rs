//! What every proxy of every mesh is to have, kept in step with the resources: a change costs what it concerns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meshwright_envoy::translate::{Delivery, Endpoints, Hosts, Options, translate_sharing};
use meshwright_model::{Kind, Resource};
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Proxy, World};

use crate::local::Local;
use crate::parts::{Concern, Parts};
use crate::proxy::{MeshId, Profile};
use crate::snapshot::{Shared, Snapshot};

pub use crate::parts::ResourceId;

/// What becomes of a resource.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is this now.
    Put(MeshId, Box<Resource>),
    /// It is gone.
    Remove(MeshId, ResourceId),
    /// All that was there is gone.
    Clear,
}

/// What a proxy is to have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The resources; `None` where there is no such node or gateway yet.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What could not be said of it, and why.
    pub omissions: Vec<String>,
}

/// All meshes, and the profiles that somebody asks for.
#[derive(Debug, Default)]
pub struct Meshes {
    meshes: BTreeMap<MeshId, Mesh>,
    local: Option<Local>,
}

#[derive(Debug, Default)]
struct Mesh {
    parts: Parts,
    planned: BTreeMap<Profile, Planned>,
    /// What has changed since plans were made last.
    changed: BTreeSet<Concern>,
}

#[derive(Debug)]
struct Planned {
    plan: Plan,
    /// What it depends on, whether that is there or not.
    concerns: BTreeSet<Concern>,
}

impl Meshes {
    /// None yet; where all is on one machine, proxies have addresses of their own.
    pub fn new(local: Option<Local>) -> Self {
        Self { meshes: BTreeMap::new(), local }
    }

    /// Takes a change; plans follow with [`Meshes::replan`].
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Put(mesh, resource) => self.meshes.entry(mesh).or_default().put(*resource),
            Change::Remove(mesh, id) => self.meshes.entry(mesh).or_default().remove(&id),
            Change::Clear => self.meshes.values_mut().for_each(Mesh::clear),
        }
    }

    /// What a proxy is to have; it is kept in step until [`Meshes::forget`].
    pub fn plan(&mut self, profile: &Profile) -> Plan {
        self.meshes.entry(profile.mesh.clone()).or_default().plan(profile, self.local.as_ref())
    }

    /// Nobody asks for a profile any longer.
    pub fn forget(&mut self, profile: &Profile) {
        let Some(mesh) = self.meshes.get_mut(&profile.mesh) else { return };
        mesh.planned.remove(profile);
        if mesh.planned.is_empty() && mesh.parts.is_empty() {
            self.meshes.remove(&profile.mesh);
        }
    }

    /// Tells the plans that changes have made others, each as soon as it is made.
    pub fn replan(&mut self, mut tell: impl FnMut(&Profile, &Plan)) {
        let local = self.local.as_ref();
        self.meshes.values_mut().for_each(|mesh| mesh.replan(local, &mut tell));
    }
}

impl Mesh {
    fn put(&mut self, resource: Resource) {
        self.changed.extend(self.parts.put(resource));
    }

    fn remove(&mut self, id: &ResourceId) {
        self.changed.extend(self.parts.remove(id));
    }

    fn clear(&mut self) {
        let gone = std::mem::take(&mut self.parts);
        self.changed.extend(gone.concerns().cloned());
    }

    fn plan(&mut self, profile: &Profile, local: Option<&Local>) -> Plan {
        if let Some(planned) = self.planned.get(profile) {
            return planned.plan.clone();
        }
        let concerns = concerns(&self.parts, profile);
        let world = World::of(self.parts.resources(&concerns), &profile.mesh.name);
        let plan = planned(&world, profile, None, local, &mut Made::default());
        self.planned.insert(profile.clone(), Planned { plan: plan.clone(), concerns });
        plan
    }

    fn replan(&mut self, local: Option<&Local>, tell: &mut impl FnMut(&Profile, &Plan)) {
        let changed = std::mem::take(&mut self.changed);
        let mut concerned: Vec<(&Profile, &mut Planned)> =
            self.planned.iter_mut().filter(|(_, own)| changed.iter().any(|one| own.concerns.contains(one))).collect();
        for (profile, own) in &mut concerned {
            own.concerns = concerns(&self.parts, profile);
        }
        let Some((first, _)) = concerned.first() else { return };
        let mesh = first.mesh.name.clone();
        // No more of the mesh is looked at than they depend on.
        let all: BTreeSet<&Concern> = concerned.iter().flat_map(|(_, own)| &own.concerns).collect();
        let world = World::of(self.parts.resources(all), &mesh);
        let mut made = Made::default();
        for (profile, own) in concerned {
            let next = planned(&world, profile, own.plan.snapshot.as_deref(), local, &mut made);
            if next != own.plan {
                tell(profile, &next);
            }
            own.plan = next;
        }
    }
}

/// What was made for proxies of one world, for others of it.
#[derive(Debug, Default)]
struct Made<'a> {
    hosts: Hosts<'a>,
    shared: Shared,
}

fn planned<'a>(
    world: &World<'a>,
    profile: &Profile,
    earlier: Option<&Snapshot>,
    local: Option<&Local>,
    made: &mut Made<'a>,
) -> Plan {
    let Some(proxy) = Proxy::of(world, profile.kind, &profile.name) else {
        return Plan::default();
    };
    let targets: Vec<&str> = proxy.targets.iter().map(|target| target.node).collect();
    let addresses = local.and_then(|local| local.of(&profile.mesh, profile.kind, &profile.name, &targets));
    let capture = addresses.map_or(Capture::OriginalDestination, Capture::Addresses);
    let options = Options { version: profile.version, capture, delivery: Delivery::Ads, ..Options::default() };
    let configuration = translate_sharing(&proxy, &Endpoints::default(), &options, &mut made.hosts);
    let said = |omission: &meshwright_traffic::proxy::Omission<'_>| {
        format!("{}: {}: {}", omission.resource.id(), omission.path, omission.why)
    };
    let omissions = proxy.omissions.iter().map(said).collect();
    Plan { snapshot: Some(Arc::new(Snapshot::of(&configuration, earlier, &mut made.shared))), omissions }
}

/// Everything that a proxy depends on, whether it is there or not: the mesh, its own resource, and what that leads to.
fn concerns(parts: &Parts, profile: &Profile) -> BTreeSet<Concern> {
    let mut all = parts.reached_from((profile.kind, profile.name.as_str().into()));
    all.insert((Kind::Mesh, profile.mesh.name.as_str().into()));
    all
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};
    use meshwright_model::reference::Key as Named;

    use super::*;
    use crate::parts::id_of;

    const SHOP: &str = include_str!("../../../corpus/shop/shop.yaml");

    fn mesh() -> MeshId {
        MeshId { region: "r".to_owned(), owner: "a".to_owned(), name: "shop".to_owned() }
    }

    fn resources() -> Vec<Resource> {
        let input = Input { name: "shop.yaml".to_owned(), bytes: SHOP.into() };
        read(vec![input], &Options::default()).inventory.resources
    }

    fn profile(name: &str) -> Profile {
        Profile { mesh: mesh(), kind: Kind::VirtualNode, name: name.to_owned(), version: None }
    }

    fn replanned(meshes: &mut Meshes) -> Vec<(Profile, Plan)> {
        let mut plans = Vec::new();
        meshes.replan(|profile, plan| plans.push((profile.clone(), plan.clone())));
        plans
    }

    #[test]
    fn it_is_only_replanned_what_a_change_concerns() {
        let mut meshes = Meshes::default();
        for resource in resources() {
            meshes.change(Change::Put(mesh(), Box::new(resource)));
        }
        let nodes: Vec<String> = resources()
            .iter()
            .filter(|own| own.kind() == Kind::VirtualNode)
            .map(|own| Named::of(&own.name).to_string())
            .collect();
        for name in &nodes {
            assert!(meshes.plan(&profile(name)).snapshot.is_some(), "{name}");
        }
        assert!(replanned(&mut meshes).is_empty(), "what was planned a moment ago is as it was");
        let mut at_all = 0;
        for resource in resources().into_iter().filter(|own| own.kind() == Kind::Route) {
            let id = id_of(&resource).unwrap();
            meshes.change(Change::Remove(mesh(), id));
            let without = replanned(&mut meshes);
            assert!(without.len() < nodes.len(), "a route concerns only those who call its router");
            at_all += without.len();
            meshes.change(Change::Put(mesh(), Box::new(resource)));
            assert_eq!(replanned(&mut meshes).len(), without.len());
        }
        assert!(at_all > 0);
        meshes.change(Change::Clear);
        assert_eq!(replanned(&mut meshes).len(), nodes.len());
    }

    #[test]
    fn a_node_that_comes_later_is_planned_then() {
        let mut meshes = Meshes::default();
        let node = resources().into_iter().find(|own| own.kind() == Kind::VirtualNode).unwrap();
        let name = Named::of(&node.name).to_string();
        assert_eq!(meshes.plan(&profile(&name)), Plan::default());
        meshes.change(Change::Put(mesh(), Box::new(node)));
        let plans = replanned(&mut meshes);
        assert!(matches!(&plans[..], [(own, plan)] if own.name == name && plan.snapshot.is_some()));
    }
}
