//! The resources of one mesh by their names.

use std::cell::RefCell;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use meshwright_model::limits::{IpPreference, ResourceName, ServiceName};
use meshwright_model::mesh::MeshSpec;
use meshwright_model::reference::Key;
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::{Inventory, Kind, Resource, Scalar, Spec};

use super::routed::{Routed, RouterListener};

/// The resources of one mesh by their names. What has no known name is no part of it; of several resources with one id, the
/// first is meant.
#[derive(Debug)]
pub struct World<'a> {
    /// The mesh.
    pub mesh: &'a str,
    own: Option<(&'a Resource, &'a MeshSpec)>,
    named: BTreeMap<Kind, HashMap<&'a str, &'a Resource>>,
    routes: HashMap<&'a str, Vec<&'a Resource>>,
    gateway_routes: HashMap<&'a str, Vec<&'a Resource>>,
    /// What has no known name, or hangs under something that has none.
    nameless: Vec<&'a Resource>,
    /// What has the name of another one, and says something else.
    twins: Vec<&'a Resource>,
    /// What routers do, by their names and ports, as far as it was asked for.
    routed: RefCell<HashMap<(&'a str, u16), Rc<Routed<'a>>>>,
}

impl<'a> World<'a> {
    /// The mesh of that name in an inventory.
    pub fn new(inventory: &'a Inventory, mesh: &'a str) -> Self {
        Self::of(&inventory.resources, mesh)
    }

    /// The mesh of that name among resources.
    pub fn of(resources: impl IntoIterator<Item = &'a Resource>, mesh: &'a str) -> Self {
        let (named, routes, gateway_routes) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        let (nameless, twins) = (Vec::new(), Vec::new());
        let mut world =
            Self { mesh, own: None, named, routes, gateway_routes, nameless, twins, routed: RefCell::default() };
        let mut seen: HashMap<(Kind, &str, &str), &Resource> = HashMap::new();
        for resource in resources.into_iter().filter(|resource| Key::of(&resource.mesh) == Key::Known(mesh)) {
            let kind = resource.kind();
            let parent = resource.parent.as_ref().map_or(Some(""), text);
            let (Some(name), Some(parent)) = (text(&resource.name), parent) else {
                world.nameless.push(resource);
                continue;
            };
            match seen.entry((kind, parent, name)) {
                Occupied(other) => {
                    if !other.get().says_the_same(resource) {
                        world.twins.push(resource);
                    }
                    continue;
                }
                Vacant(place) => _ = place.insert(resource),
            }
            match &resource.spec {
                Spec::Mesh(spec) => world.own = Some((resource, spec)),
                Spec::Route(_) => world.routes.entry(parent).or_default().push(resource),
                Spec::GatewayRoute(_) => world.gateway_routes.entry(parent).or_default().push(resource),
                _ => _ = world.named.entry(kind).or_default().insert(name, resource),
            }
        }
        world
    }

    /// Whether a resource of a kind may be there under a name that its file leaves open.
    pub fn may_hold(&self, kind: Kind) -> bool {
        self.nameless.iter().any(|resource| resource.kind() == kind)
    }

    /// What has no known name, or hangs under something that has none.
    pub fn nameless(&self) -> &[&'a Resource] {
        &self.nameless
    }

    /// What has the name of another one, and says something else.
    pub fn twins(&self) -> &[&'a Resource] {
        &self.twins
    }

    /// The resource of that kind and name; not a route or gateway route.
    pub fn named(&self, kind: Kind, name: &str) -> Option<&'a Resource> {
        self.named.get(&kind)?.get(name).copied()
    }

    /// The names of all resources of a kind, sorted.
    pub fn names(&self, kind: Kind) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.named.get(&kind).into_iter().flat_map(HashMap::keys).copied().collect();
        names.sort_unstable();
        names
    }

    /// A node.
    pub fn node(&self, name: &str) -> Option<(&'a Resource, &'a VirtualNodeSpec)> {
        let resource = self.named(Kind::VirtualNode, name)?;
        let Spec::VirtualNode(spec) = &resource.spec else { return None };
        Some((resource, spec))
    }

    /// A router.
    pub fn router(&self, name: &str) -> Option<(&'a Resource, &'a VirtualRouterSpec)> {
        let resource = self.named(Kind::VirtualRouter, name)?;
        let Spec::VirtualRouter(spec) = &resource.spec else { return None };
        Some((resource, spec))
    }

    /// A virtual service.
    pub fn service(&self, name: &str) -> Option<(&'a Resource, &'a VirtualServiceSpec)> {
        let resource = self.named(Kind::VirtualService, name)?;
        let Spec::VirtualService(spec) = &resource.spec else { return None };
        Some((resource, spec))
    }

    /// A gateway.
    pub fn gateway(&self, name: &str) -> Option<(&'a Resource, &'a VirtualGatewaySpec)> {
        let resource = self.named(Kind::VirtualGateway, name)?;
        let Spec::VirtualGateway(spec) = &resource.spec else { return None };
        Some((resource, spec))
    }

    /// The routes of a router.
    pub fn routes(&self, router: &str) -> &[&'a Resource] {
        self.routes.get(router).map_or(&[], Vec::as_slice)
    }

    /// What a router does on one of its listeners: as it was made before, or made now.
    pub(super) fn routed(&self, listener: RouterListener<'a>, make: impl FnOnce() -> Routed<'a>) -> Rc<Routed<'a>> {
        let key = (listener.router, listener.port);
        if let Some(known) = self.routed.borrow().get(&key) {
            return Rc::clone(known);
        }
        let routed = Rc::new(make());
        self.routed.borrow_mut().insert(key, Rc::clone(&routed));
        routed
    }

    /// The gateway routes of a gateway.
    pub fn gateway_routes(&self, gateway: &str) -> &[&'a Resource] {
        self.gateway_routes.get(gateway).map_or(&[], Vec::as_slice)
    }

    /// The mesh itself, where a file defines it.
    pub fn mesh(&self) -> Option<(&'a Resource, &'a MeshSpec)> {
        self.own
    }

    /// Which IP versions proxies use where a node says nothing.
    pub fn ip_preference(&self) -> Option<IpPreference> {
        self.own?.1.service_discovery.as_ref()?.ip_preference.as_ref()?.known().copied()
    }
}

fn text(name: &Scalar<ResourceName>) -> Option<&str> {
    name.known().map(ResourceName::as_str)
}

/// The name of a resource, where it is known.
pub(super) fn name(resource: &Resource) -> Option<&str> {
    text(&resource.name)
}

/// The text of a service's name, where it is known.
pub(super) fn service_text(name: &Scalar<ServiceName>) -> Option<&str> {
    name.known().map(ServiceName::as_str)
}
