//! What rules ask: every resource with its specification, what it names, and what names it. Built once for all rules.
//!
//! Everything is found by a resource's position in the inventory, so that a rule over ten thousand routes follows numbers
//! and compares no names.

mod access_logs;
mod acm;
mod addresses;
mod call_graph;
mod chain;
pub(crate) mod dangling;
mod declared;
mod encryption;
mod endpoints;
mod existence;
mod health_checks;
mod hosts;
mod images;
mod items;
mod links;
mod lookup;
mod matchers;
mod namers;
mod outliers;
pub(crate) mod placeholder;
mod places;
mod proxies;
mod reach;
mod retries;
mod rewrites;
mod roles;
mod routes;
mod tables;
mod tasks;
mod timeouts;
mod tls_parts;
mod tls_servers;
mod weights;

use std::cell::OnceCell;

use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::limits::Port;
use meshwright_model::reference::Key;
use meshwright_model::route::{ProtocolRoute, WeightedTarget};
use meshwright_model::value::ScalarType;
use meshwright_model::virtual_node::{Backend, VirtualServiceBackend};
use meshwright_model::{Index, Inventory, Kind, Resource, Scalar};

pub use access_logs::format_path;
pub use acm::ArnParts;
pub use addresses::{Address, Told, Url};
pub use call_graph::CallGraph;
pub use chain::{Dialled, protocol_clash};
pub use declared::Declared;
pub use encryption::{MAX_RELATED, TlsCall, TlsClient, TlsReach, more};
pub use endpoints::{Endpoint, Endpoints};
pub use existence::{Existence, exist_together};
pub use health_checks::HealthCheck;
pub use hosts::Hosts;
pub use images::EnvoyImage;
use items::OfKind;
pub use items::{Gateway, GatewayRoute, Item, Mesh, Node, Route, Router, Service};
use links::Links;
pub use lookup::Lookup;
pub use matchers::{Hostname, Literal, Matcher, Regex};
pub use namers::Namers;
pub use places::{backend_path, gateway_route_path, listener_path, route_path, target_path};
pub use proxies::{Proxy, container_path};
pub use reach::Reach;
pub use retries::{HTTP_EVENTS, Retry, retry_of};
pub use rewrites::PrefixRewrite;
pub use roles::Role;
pub use tables::{Hidden, Tried, TriedRoute};
pub use tasks::{Dependency, Redirection, Task};
pub(crate) use tasks::{is_boolean, is_true, variable};
pub use timeouts::{
    Millis, Patience, idle, listener_idle, listener_patience, per_request, route_idle, route_patience, timeout_field,
    timeout_path,
};
pub use tls_parts::{Certificate, TlsPart, TlsSide, Trust};
pub use tls_servers::{Speech, TlsListener, TlsServer};
pub use weights::Weights;

/// A weighted target of a route, and the node it names.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its place among the route's targets.
    pub index: usize,
    /// The target.
    pub target: &'a WeightedTarget,
    /// Its weight, where that is known.
    pub weight: Option<i64>,
    /// The port it names.
    pub port: Option<&'a Scalar<Port>>,
    /// The node; `None` where the files do not hold it.
    pub node: Option<Node<'a>>,
}

/// A backend of a node, and the virtual service it names.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The node that calls.
    pub node: Node<'a>,
    /// The backend's place among the node's.
    pub index: usize,
    /// The backend.
    pub backend: &'a VirtualServiceBackend,
    /// The virtual service; `None` where the files do not hold it.
    pub service: Option<Service<'a>>,
}

/// What answers for a virtual service.
#[derive(Clone, Copy, Debug)]
pub enum Provider<'a> {
    /// A node.
    Node(Node<'a>),
    /// A router.
    Router(Router<'a>),
}

impl<'a> Provider<'a> {
    /// Its resource.
    pub fn resource(self) -> &'a Resource {
        match self {
            Self::Node(node) => node.resource,
            Self::Router(router) => router.resource,
        }
    }

    /// Its position in the inventory.
    pub fn position(self) -> usize {
        match self {
            Self::Node(node) => node.position,
            Self::Router(router) => router.position,
        }
    }
}

/// What only some rules ask, made when the first does.
#[derive(Default)]
struct Lazy<'a> {
    declared: OnceCell<Declared>,
    tables: OnceCell<Vec<Tried<'a>>>,
    matchers: OnceCell<matchers::Matchers<'a>>,
    tls_parts: OnceCell<Vec<TlsPart<'a>>>,
    encryption: OnceCell<encryption::Encryption<'a>>,
    call_graph: OnceCell<CallGraph>,
    retries: OnceCell<Vec<Retry<'a>>>,
}

/// What rules ask.
pub struct Facts<'a> {
    inventory: &'a Inventory,
    index: Index<'a>,
    kinds: Vec<Kind>,
    by_kind: [Vec<usize>; 7],
    links: Links,
    routes: routes::Routes<'a>,
    endpoints: Vec<Endpoints>,
    scope: lookup::Scope<'a>,
    proxies: Vec<Proxy<'a>>,
    lazy: Lazy<'a>,
}

impl<'a> Facts<'a> {
    /// The facts of an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let index = inventory.index();
        let mut by_kind: [Vec<usize>; 7] = std::array::from_fn(|_| Vec::new());
        let kinds: Vec<Kind> = inventory.resources.iter().map(Resource::kind).collect();
        for (position, kind) in kinds.iter().enumerate() {
            by_kind[*kind as usize].push(position);
        }
        let links = links::links(&index);
        let routes = routes::Routes::of(inventory, &by_kind[Kind::Route as usize], &links);
        let mut endpoints = vec![Endpoints::default(); inventory.resources.len()];
        for kind in [Kind::VirtualNode, Kind::VirtualRouter, Kind::VirtualGateway] {
            for position in &by_kind[kind as usize] {
                endpoints[*position] = Endpoints::of(&inventory.resources[*position]);
            }
        }
        let scope = lookup::Scope::of(inventory);
        let proxies = proxies::proxies(&index);
        Self { inventory, index, kinds, by_kind, links, routes, endpoints, scope, proxies, lazy: Lazy::default() }
    }

    /// Likewise, for what is wrong with each resource: with no tables of routes, no route is held against others.
    pub fn apart(inventory: &'a Inventory) -> Self {
        let lazy = Lazy { tables: OnceCell::from(Vec::new()), ..Lazy::default() };
        Self { lazy, ..Self::new(inventory) }
    }

    /// The inventory.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// The index over its resources.
    pub fn index(&self) -> &Index<'a> {
        &self.index
    }

    /// Every resource.
    pub fn resources(&self) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.inventory.resources.iter()
    }

    /// Every mesh.
    pub fn meshes(&self) -> impl Iterator<Item = Mesh<'a>> {
        self.items(Kind::Mesh)
    }

    /// Every virtual node.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'a>> {
        self.items(Kind::VirtualNode)
    }

    /// Every virtual router.
    pub fn routers(&self) -> impl Iterator<Item = Router<'a>> {
        self.items(Kind::VirtualRouter)
    }

    /// Every virtual gateway.
    pub fn gateways(&self) -> impl Iterator<Item = Gateway<'a>> {
        self.items(Kind::VirtualGateway)
    }

    /// Every route.
    pub fn routes(&self) -> impl Iterator<Item = Route<'a>> {
        self.items(Kind::Route)
    }

    /// Every route under the protocol it is for.
    pub fn protocol_routes(&self) -> impl Iterator<Item = (Route<'a>, ProtocolRoute<'a>)> {
        self.routes.by_protocol.iter().copied()
    }

    /// Every virtual service.
    pub fn services(&self) -> impl Iterator<Item = Service<'a>> {
        self.items(Kind::VirtualService)
    }

    /// Every gateway route.
    pub fn gateway_routes(&self) -> impl Iterator<Item = GatewayRoute<'a>> {
        self.items(Kind::GatewayRoute)
    }

    /// Every gateway route under the protocol it is for.
    pub fn protocol_gateway_routes(&self) -> impl Iterator<Item = (GatewayRoute<'a>, ProtocolGatewayRoute<'a>)> {
        self.gateway_routes().filter_map(|route| Some((route, route.spec.protocols().next()?)))
    }

    fn items<T: OfKind>(&self, kind: Kind) -> impl Iterator<Item = Item<'a, T>> {
        self.by_kind[kind as usize].iter().filter_map(|position| self.item(*position))
    }

    fn item<T: OfKind>(&self, position: usize) -> Option<Item<'a, T>> {
        item(self.inventory, position)
    }

    fn named<T: OfKind, N: ScalarType>(
        &self,
        from: &'a Resource,
        kind: Kind,
        name: &'a Scalar<N>,
    ) -> Option<Item<'a, T>> {
        self.item(self.index.named(Key::of(&from.mesh), kind, Key::of(name))?)
    }

    /// The virtual node that a resource names.
    pub fn node<N: ScalarType>(&self, from: &'a Resource, name: &'a Scalar<N>) -> Option<Node<'a>> {
        self.named(from, Kind::VirtualNode, name)
    }

    /// The virtual service that a resource names.
    pub fn service<N: ScalarType>(&self, from: &'a Resource, name: &'a Scalar<N>) -> Option<Service<'a>> {
        self.named(from, Kind::VirtualService, name)
    }

    /// The mesh that a resource belongs to.
    pub fn mesh_of(&self, resource: &'a Resource) -> Option<Mesh<'a>> {
        self.named(resource, Kind::Mesh, &resource.mesh)
    }

    /// The router of a route.
    pub fn router_of(&self, route: Route<'a>) -> Option<Router<'a>> {
        self.item(self.links.each[route.position].parent?)
    }

    /// The gateway of a gateway route.
    pub fn gateway_of(&self, route: GatewayRoute<'a>) -> Option<Gateway<'a>> {
        self.item(self.links.each[route.position].parent?)
    }

    /// The routes of a router, in the order of their files.
    pub fn routes_of(&self, router: Router<'a>) -> impl Iterator<Item = Route<'a>> {
        self.links.children.of(router.position).iter().filter_map(|position| self.item(*position))
    }

    /// The gateway routes of a gateway, in the order of their files.
    pub fn gateway_routes_of(&self, gateway: Gateway<'a>) -> impl Iterator<Item = GatewayRoute<'a>> {
        self.links.children.of(gateway.position).iter().filter_map(|position| self.item(*position))
    }

    /// The weighted targets of a route, of the first protocol it has.
    pub fn targets(&self, route: Route<'a>) -> impl Iterator<Item = Target<'a>> {
        self.routes.targets_of(route.position).iter().copied()
    }

    /// Who a node calls.
    pub fn calls(&self, node: Node<'a>) -> impl Iterator<Item = Call<'a>> {
        let backends = node.spec.backends.iter().flatten().enumerate();
        backends.map(move |(index, Backend::VirtualService(backend))| Call {
            node,
            index,
            backend,
            service: self.name(node.position, index),
        })
    }

    /// Who calls a virtual service: nodes that have it as a backend.
    pub fn calls_to(&self, service: Service<'a>) -> impl Iterator<Item = Call<'a>> {
        self.named_by(service.position).filter_map(move |(node, index): (Node<'a>, usize)| {
            let Backend::VirtualService(backend) = node.spec.backends.as_ref()?.get(index)?;
            Some(Call { node, index, backend, service: Some(service) })
        })
    }

    /// The gateway routes that hand requests to a virtual service.
    pub fn gateway_routes_to(&self, service: Service<'a>) -> impl Iterator<Item = GatewayRoute<'a>> {
        self.named_by(service.position).map(|(route, _)| route)
    }

    /// The routes that send to a node, and the target's place in each.
    pub fn routes_to(&self, node: Node<'a>) -> impl Iterator<Item = (Route<'a>, usize)> {
        self.named_by(node.position)
    }

    /// The virtual services that a node or router answers for.
    pub fn services_of(&self, provider: usize) -> impl Iterator<Item = Service<'a>> {
        self.named_by(provider).map(|(service, _)| service)
    }

    /// What answers for a virtual service; `None` where it has no provider or the files do not hold it.
    pub fn provider_of(&self, service: Service<'a>) -> Option<Provider<'a>> {
        let position = (*self.links.names.of(service.position).first()?)?;
        self.item(position).map(Provider::Router).or_else(|| self.item(position).map(Provider::Node))
    }

    /// The virtual service that a gateway route hands requests to.
    pub fn service_of(&self, route: GatewayRoute<'a>) -> Option<Service<'a>> {
        self.name(route.position, 0)
    }

    /// The ports and protocols of a node, router or gateway, by its position.
    pub fn endpoints(&self, position: usize) -> &Endpoints {
        &self.endpoints[position]
    }

    /// The containers of tasks that are proxies, and what they stand for.
    pub fn proxies(&self) -> &[Proxy<'a>] {
        &self.proxies
    }

    /// Whether anything of the mesh names the resource.
    pub fn is_named(&self, position: usize) -> bool {
        !self.links.named_by.of(position).is_empty()
    }

    /// Whether the mesh, the parent or a name in the specification of a resource is an ARN.
    pub fn names_an_arn(&self, position: usize) -> bool {
        self.links.each[position].has_arn
    }

    fn name<T: OfKind>(&self, position: usize, index: usize) -> Option<Item<'a, T>> {
        self.item((*self.links.names.of(position).get(index)?)?)
    }

    fn named_by<T: OfKind>(&self, position: usize) -> impl Iterator<Item = (Item<'a, T>, usize)> {
        self.links.named_by.of(position).iter().filter_map(|(position, index)| Some((self.item(*position)?, *index)))
    }
}

/// The item at a position, where it is of the kind.
fn item<T: OfKind>(inventory: &Inventory, position: usize) -> Option<Item<'_, T>> {
    let resource = &inventory.resources[position];
    T::of(&resource.spec).map(|spec| Item { position, resource, spec })
}
