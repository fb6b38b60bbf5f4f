//! What every proxy of every mesh is to have, kept in step with the resources: a change costs what it concerns.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use meshwright_envoy::translate::{Delivery, Endpoints, Options, translate};
use meshwright_model::reference::Key as Named;
use meshwright_model::{Inventory, Kind, Resource};
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Proxy, World};

use crate::local::Local;
use crate::proxy::{MeshId, Profile};
use crate::snapshot::Snapshot;

/// What tells a resource from all others of its mesh: its kind, the name of its router or gateway, its own.
pub type ResourceId = (Kind, String, String);

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
    inventory: Inventory,
    positions: HashMap<ResourceId, usize>,
    planned: BTreeMap<Profile, Planned>,
    /// What has changed since plans were made last.
    changed: BTreeSet<(Kind, String)>,
}

#[derive(Debug)]
struct Planned {
    plan: Plan,
    /// What it depends on, whether that is there or not.
    concerns: BTreeSet<(Kind, String)>,
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
        if mesh.planned.is_empty() && mesh.inventory.resources.is_empty() {
            self.meshes.remove(&profile.mesh);
        }
    }

    /// The plans that changes have made others.
    pub fn replan(&mut self) -> Vec<(Profile, Plan)> {
        let local = self.local.as_ref();
        self.meshes.values_mut().flat_map(|mesh| mesh.replan(local)).collect()
    }
}

fn id_of(resource: &Resource) -> Option<ResourceId> {
    let known = |key: Named<'_>| if let Named::Known(name) = key { Some(name.to_owned()) } else { None };
    let parent = resource.parent.as_ref().map_or(Some(String::new()), |parent| known(Named::of(parent)))?;
    Some((resource.kind(), parent, known(Named::of(&resource.name))?))
}

/// What a resource is a part of for those who depend on it: a route counts as a part of its router.
fn concern((kind, parent, name): &ResourceId) -> (Kind, String) {
    match kind.parent() {
        Some(kind) => (kind, parent.clone()),
        None => (*kind, name.clone()),
    }
}

impl Mesh {
    fn put(&mut self, resource: Resource) {
        // What is kept by the API has known names.
        let Some(id) = id_of(&resource) else { return };
        self.changed.insert(concern(&id));
        match self.positions.get(&id) {
            Some(position) => self.inventory.resources[*position] = resource,
            None => {
                self.positions.insert(id, self.inventory.resources.len());
                self.inventory.resources.push(resource);
            }
        }
    }

    fn remove(&mut self, id: &ResourceId) {
        let Some(position) = self.positions.remove(id) else { return };
        self.changed.insert(concern(id));
        self.inventory.resources.swap_remove(position);
        if let Some(moved) = self.inventory.resources.get(position).and_then(id_of) {
            self.positions.insert(moved, position);
        }
    }

    fn clear(&mut self) {
        self.changed.extend(self.positions.keys().map(concern));
        self.positions.clear();
        self.inventory = Inventory::default();
    }

    fn plan(&mut self, profile: &Profile, local: Option<&Local>) -> Plan {
        if let Some(planned) = self.planned.get(profile) {
            return planned.plan.clone();
        }
        let world = World::new(&self.inventory, &profile.mesh.name);
        let planned = planned(&world, profile, None, local);
        let plan = planned.plan.clone();
        self.planned.insert(profile.clone(), planned);
        plan
    }

    fn replan(&mut self, local: Option<&Local>) -> Vec<(Profile, Plan)> {
        let changed = std::mem::take(&mut self.changed);
        let is_concerned = |own: &Planned| changed.iter().any(|one| own.concerns.contains(one));
        let Some((first, _)) = self.planned.iter().find(|(_, own)| is_concerned(own)) else { return Vec::new() };
        let mesh = first.mesh.name.clone();
        let world = World::new(&self.inventory, &mesh);
        let mut plans = Vec::new();
        for (profile, own) in self.planned.iter_mut().filter(|(_, own)| is_concerned(own)) {
            let next = planned(&world, profile, own.plan.snapshot.as_deref(), local);
            if next.plan != own.plan {
                plans.push((profile.clone(), next.plan.clone()));
            }
            *own = next;
        }
        plans
    }
}

fn planned(world: &World<'_>, profile: &Profile, earlier: Option<&Snapshot>, local: Option<&Local>) -> Planned {
    let concerns = concerns(world, profile);
    let Some(proxy) = Proxy::of(world, profile.kind, &profile.name) else {
        return Planned { plan: Plan::default(), concerns };
    };
    let targets: Vec<&str> = proxy.targets.iter().map(|target| target.node).collect();
    let addresses = local.and_then(|local| local.of(&profile.mesh, profile.kind, &profile.name, &targets));
    let capture = addresses.map_or(Capture::OriginalDestination, Capture::Addresses);
    let options = Options { version: profile.version, capture, delivery: Delivery::Ads, ..Options::default() };
    let configuration = translate(&proxy, &Endpoints::default(), &options);
    let said = |omission: &meshwright_traffic::proxy::Omission<'_>| {
        format!("{}: {}: {}", omission.resource.id(), omission.path, omission.why)
    };
    let omissions = proxy.omissions.iter().map(said).collect();
    Planned { plan: Plan { snapshot: Some(Arc::new(Snapshot::of(&configuration, earlier))), omissions }, concerns }
}

/// Everything that a proxy depends on, by kind and name, whether it is there or not: the mesh, its own resource, and what that leads to.
fn concerns(world: &World<'_>, profile: &Profile) -> BTreeSet<(Kind, String)> {
    let own = (profile.kind, profile.name.clone());
    let mut all = BTreeSet::from([own.clone(), (Kind::Mesh, profile.mesh.name.clone())]);
    let mut open = vec![own.clone()];
    while let Some((kind, name)) = open.pop() {
        let parts = match kind {
            Kind::VirtualRouter => world.routes(&name),
            Kind::VirtualGateway => world.gateway_routes(&name),
            _ => &[],
        };
        let itself = world.named(kind, &name);
        for resource in itself.iter().chain(parts) {
            for reference in resource.spec.references() {
                let Named::Known(target) = reference.name else { continue };
                let next = (reference.kind, target.to_owned());
                // Where a node itself sends what it gets concerns that node alone.
                if all.insert(next.clone()) && next.0 != Kind::VirtualNode {
                    open.push(next);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};

    use super::*;

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
        assert!(meshes.replan().is_empty(), "what was planned a moment ago is as it was");
        let mut at_all = 0;
        for resource in resources().into_iter().filter(|own| own.kind() == Kind::Route) {
            let id = id_of(&resource).unwrap();
            meshes.change(Change::Remove(mesh(), id));
            let without = meshes.replan();
            assert!(without.len() < nodes.len(), "a route concerns only those who call its router");
            at_all += without.len();
            meshes.change(Change::Put(mesh(), Box::new(resource)));
            assert_eq!(meshes.replan().len(), without.len());
        }
        assert!(at_all > 0);
        meshes.change(Change::Clear);
        assert_eq!(meshes.replan().len(), nodes.len());
    }

    #[test]
    fn a_node_that_comes_later_is_planned_then() {
        let mut meshes = Meshes::default();
        let node = resources().into_iter().find(|own| own.kind() == Kind::VirtualNode).unwrap();
        let name = Named::of(&node.name).to_string();
        assert_eq!(meshes.plan(&profile(&name)), Plan::default());
        meshes.change(Change::Put(mesh(), Box::new(node)));
        let plans = meshes.replan();
        assert!(matches!(&plans[..], [(own, plan)] if own.name == name && plan.snapshot.is_some()));
    }
}
