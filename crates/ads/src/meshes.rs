//! What every proxy of every mesh is to have, kept in step with the resources: a change costs what it concerns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meshwright_envoy::translate::{Delivery, Hosts, Options, translate_sharing};
use meshwright_model::{Kind, Resource};
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Proxy, World};

use crate::instances::{Service, Source, endpoints, services};
use crate::local::{Home, Local};
use crate::parts::{Concern, Parts};
use crate::proxy::{MeshId, Profile};
use crate::secrets::{self, Secrets};
use crate::snapshot::{Packer, Snapshot};

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
    around: Around,
}

/// What plans depend on beside the meshes.
#[derive(Debug, Default)]
struct Around {
    local: Option<Local>,
    sources: Vec<Box<dyn Source>>,
    secrets: Option<Box<dyn Secrets>>,
}

#[derive(Debug, Default)]
struct Mesh {
    parts: Parts,
    planned: BTreeMap<Profile, Planned>,
    /// What has changed since plans were made last.
    changed: BTreeSet<Concern>,
    /// The services whose instances have changed since.
    moved: BTreeSet<Service>,
    /// Whether contents of secrets have.
    renewed: bool,
}

#[derive(Debug)]
struct Planned {
    plan: Plan,
    /// What it depends on, whether that is there or not.
    concerns: BTreeSet<Concern>,
    needs: Needs,
}

/// What a plan depends on beside its mesh.
#[derive(Debug, Default)]
struct Needs {
    /// The services whose instances it needs, by `service.namespace`.
    services: BTreeMap<String, Service>,
    /// Whether it holds secrets, or waits for some.
    has_secrets: bool,
}

impl Meshes {
    /// None yet; where all is on one machine, proxies have addresses of their own.
    pub fn new(local: Option<Local>) -> Self {
        Self { meshes: BTreeMap::new(), around: Around { local, ..Around::default() } }
    }

    /// Asks one more for instances; those that are known already do not count as changed.
    pub fn add(&mut self, source: Box<dyn Source>) {
        self.around.sources.push(source);
    }

    /// Has the contents of secrets from here on.
    pub fn hand_out(&mut self, secrets: Box<dyn Secrets>) {
        self.around.secrets = Some(secrets);
        self.renew();
    }

    fn renew(&mut self) {
        self.meshes.values_mut().for_each(|mesh| mesh.renewed = true);
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
        self.meshes.entry(profile.mesh.clone()).or_default().plan(profile, &self.around)
    }

    /// Nobody asks for a profile any longer.
    pub fn forget(&mut self, profile: &Profile) {
        let Some(mesh) = self.meshes.get_mut(&profile.mesh) else { return };
        mesh.planned.remove(profile);
    }

    /// Tells the plans that changes have made others, each as soon as it is made.
    pub fn replan(&mut self, mut tell: impl FnMut(&Profile, &Plan)) {
        for service in self.around.sources.iter().flat_map(|source| source.changed()) {
            let is_near = |id: &MeshId| id.region == service.region && id.owner == service.account;
            for (_, mesh) in self.meshes.iter_mut().filter(|(id, _)| is_near(id)) {
                mesh.moved.insert(service.clone());
            }
        }
        if self.around.secrets.as_ref().is_some_and(|secrets| secrets.have_changed()) {
            self.renew();
        }
        for mesh in self.meshes.values_mut() {
            mesh.replan(&self.around, &mut tell);
        }
        self.meshes.retain(|_, mesh| !(mesh.parts.is_empty() && mesh.planned.is_empty()));
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

    fn plan(&mut self, profile: &Profile, around: &Around) -> Plan {
        if let Some(planned) = self.planned.get(profile) {
            return planned.plan.clone();
        }
        let concerns = concerns(&self.parts, profile);
        let world = World::of(self.parts.resources(&concerns), &profile.mesh.name);
        let (plan, needs) = planned(&world, profile, None, around, &mut Made::default());
        self.planned.insert(profile.clone(), Planned { plan: plan.clone(), concerns, needs });
        plan
    }

    fn replan(&mut self, around: &Around, tell: &mut impl FnMut(&Profile, &Plan)) {
        let (changed, moved) = (std::mem::take(&mut self.changed), std::mem::take(&mut self.moved));
        let renewed = std::mem::take(&mut self.renewed);
        let is_concerned = |own: &Planned| {
            changed.iter().any(|one| own.concerns.contains(one))
                || own.needs.services.values().any(|one| moved.contains(one))
                || (renewed && own.needs.has_secrets)
        };
        let mut concerned: Vec<(&Profile, &mut Planned)> =
            self.planned.iter_mut().filter(|(_, own)| is_concerned(own)).collect();
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
            let (next, needs) = planned(&world, profile, own.plan.snapshot.as_deref(), around, &mut made);
            own.needs = needs;
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
    packer: Packer,
}

/// The plan of a profile, and what it needs beside its mesh.
fn planned<'a>(
    world: &World<'a>,
    profile: &Profile,
    earlier: Option<&Snapshot>,
    around: &Around,
    made: &mut Made<'a>,
) -> (Plan, Needs) {
    let Some(proxy) = Proxy::of(world, profile.kind, &profile.name) else {
        return <(Plan, Needs)>::default();
    };
    let services = services(&proxy, &profile.mesh);
    let targets: Vec<&str> = proxy.targets.iter().map(|target| target.node).collect();
    let home = around.local.as_ref().and_then(|local| local.of(&profile.mesh, profile.kind, &profile.name, &targets));
    let capture = home.as_ref().map_or(Capture::OriginalDestination, Home::capture);
    let machine = home.map(|home| home.machine);
    let options = Options { version: profile.version, capture, machine, delivery: Delivery::Ads, ..Options::default() };
    let known = endpoints(&services, &around.sources);
    let configuration = translate_sharing(&proxy, &known, &options, &mut made.hosts);
    let said = |omission: &meshwright_traffic::proxy::Omission<'_>| {
        format!("{}: {}: {}", omission.resource.id(), omission.path, omission.why)
    };
    let mut omissions: Vec<String> = proxy.omissions.iter().map(said).collect();
    let mut handed_out = Vec::new();
    for (name, secret) in &configuration.secrets {
        match secrets::message(name, secret, around.secrets.as_deref()) {
            Ok(own) => handed_out.push(own),
            // A proxy that asks for a secret waits for it, with what needs it.
            Err(why) => omissions.push(why),
        }
    }
    let snapshot = Snapshot::of(&configuration, &handed_out, earlier, &mut made.packer);
    let needs = Needs { services, has_secrets: !configuration.secrets.is_empty() };
    (Plan { snapshot: Some(Arc::new(snapshot)), omissions }, needs)
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
    fn instances_concern_those_who_send_to_their_service() {
        let mut meshes = Meshes::default();
        let text = r#"[{"meshName": "shop", "spec": {}},
            {"meshName": "shop", "virtualNodeName": "orders", "spec": {
                "listeners": [{"portMapping": {"port": 80, "protocol": "http"}}],
                "serviceDiscovery": {"awsCloudMap": {"namespaceName": "local", "serviceName": "orders"}}}},
            {"meshName": "shop", "virtualServiceName": "orders.local", "spec": {
                "provider": {"virtualNode": {"virtualNodeName": "orders"}}}},
            {"meshName": "shop", "virtualNodeName": "caller", "spec": {
                "backends": [{"virtualService": {"virtualServiceName": "orders.local"}}]}},
            {"meshName": "shop", "virtualNodeName": "other", "spec": {}}]"#;
        let input = Input { name: "shop.json".to_owned(), bytes: text.into() };
        for resource in read(vec![input], &Options::default()).inventory.resources {
            meshes.change(Change::Put(mesh(), Box::new(resource)));
        }
        let registry = crate::Registry::start(|| {}).unwrap();
        meshes.add(Box::new(registry.clone()));
        for name in ["orders", "caller", "other"] {
            assert!(meshes.plan(&profile(name)).snapshot.is_some(), "{name}");
        }
        let put = |account: &str, address: [u8; 4]| {
            let [region, account, namespace, name] = ["r", account, "local", "orders"].map(str::to_owned);
            let instance = meshwright_envoy::translate::Instance { ipv4: Some(address.into()), ..Default::default() };
            registry
                .put(&Service { region, account, namespace, name }, "1", instance, None, std::time::Instant::now())
                .unwrap();
        };
        put("a", [10, 0, 0, 1]);
        let plans = replanned(&mut meshes);
        assert!(matches!(&plans[..], [(own, _)] if own.name == "caller"), "{plans:?}");
        let hosts = plans[0].1.snapshot.as_ref().unwrap().of_kind(crate::Kind::Endpoint).clone();
        assert_eq!(hosts.len(), 1);
        put("b", [10, 0, 0, 2]);
        put("a", [10, 0, 0, 1]);
        assert!(
            replanned(&mut meshes).is_empty(),
            "others' instances, and those that are as they were, change nothing"
        );
        put("a", [10, 0, 0, 3]);
        let plans = replanned(&mut meshes);
        assert_ne!(*plans[0].1.snapshot.as_ref().unwrap().of_kind(crate::Kind::Endpoint), hosts);
    }

    #[test]
    fn a_secret_that_nobody_hands_out_is_told() {
        let input = Input {
            name: "everything.yaml".to_owned(),
            bytes: include_str!("../../../corpus/everything/everything.yaml").into(),
        };
        let resources = read(vec![input], &Options::default()).inventory.resources;
        let mesh = MeshId { name: Named::of(&resources[0].mesh).to_string(), ..mesh() };
        let mut meshes = Meshes::default();
        for resource in resources.iter().cloned() {
            meshes.change(Change::Put(mesh.clone(), Box::new(resource)));
        }
        let mut awaited = 0;
        for resource in resources.iter().filter(|own| matches!(own.kind(), Kind::VirtualNode | Kind::VirtualGateway)) {
            let name = Named::of(&resource.name).to_string();
            let plan = meshes.plan(&Profile { mesh: mesh.clone(), kind: resource.kind(), ..profile(&name) });
            let told = plan.omissions.iter().filter(|own| own.starts_with("secret arn:aws:acm"));
            awaited += told.filter(|own| own.contains("nobody hands it out")).count();
        }
        assert!(awaited > 0);
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
