//! The resources of one mesh by their names.

use std::collections::{BTreeMap, HashMap, HashSet};

use meshwright_model::limits::{IpPreference, ResourceName, ServiceName};
use meshwright_model::mesh::MeshSpec;
use meshwright_model::reference::Key;
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::{Inventory, Kind, Resource, Scalar, Spec};

/// The resources of one mesh by their names. What has no known name is no part of it; of several resources with one id, the
/// first is meant.
#[derive(Debug)]
pub struct World<'a> {
    /// The mesh.
    pub mesh: &'a str,
    mesh_spec: Option<&'a MeshSpec>,
    named: BTreeMap<Kind, HashMap<&'a str, &'a Resource>>,
    routes: HashMap<&'a str, Vec<&'a Resource>>,
    gateway_routes: HashMap<&'a str, Vec<&'a Resource>>,
}

impl<'a> World<'a> {
    /// The mesh of that name in an inventory.
    pub fn new(inventory: &'a Inventory, mesh: &'a str) -> Self {
        let (named, routes, gateway_routes) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        let mut world = Self { mesh, mesh_spec: None, named, routes, gateway_routes };
        let mut seen = HashSet::new();
        for resource in inventory.resources.iter().filter(|resource| Key::of(&resource.mesh) == Key::Known(mesh)) {
            let Some(name) = text(&resource.name) else { continue };
            match (&resource.spec, &resource.parent) {
                (Spec::Mesh(spec), _) => world.mesh_spec = world.mesh_spec.or(Some(spec)),
                (spec @ (Spec::Route(_) | Spec::GatewayRoute(_)), Some(parent)) => {
                    let Some(parent) = text(parent) else { continue };
                    let is_route = matches!(spec, Spec::Route(_));
                    let all = if is_route { &mut world.routes } else { &mut world.gateway_routes };
                    if seen.insert((is_route, parent, name)) {
                        all.entry(parent).or_default().push(resource);
                    }
                }
                _ => {
                    world.named.entry(resource.kind()).or_default().entry(name).or_insert(resource);
                }
            }
        }
        world
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

    /// The gateway routes of a gateway.
    pub fn gateway_routes(&self, gateway: &str) -> &[&'a Resource] {
        self.gateway_routes.get(gateway).map_or(&[], Vec::as_slice)
    }

    /// What the mesh itself says.
    pub fn spec(&self) -> Option<&'a MeshSpec> {
        self.mesh_spec
    }

    /// Which IP versions proxies use where a node says nothing.
    pub fn ip_preference(&self) -> Option<IpPreference> {
        self.mesh_spec?.service_discovery.as_ref()?.ip_preference.as_ref()?.known().copied()
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
