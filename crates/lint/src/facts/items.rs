//! Resources with the specification of their kind.

use meshwright_model::gateway_route::GatewayRouteSpec;
use meshwright_model::mesh::MeshSpec;
use meshwright_model::reference::Key;
use meshwright_model::route::RouteSpec;
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::{Resource, Spec};

/// A resource with its specification.
#[derive(Debug)]
pub struct Item<'a, T> {
    /// Its position in the inventory.
    pub position: usize,
    /// The resource.
    pub resource: &'a Resource,
    /// Its specification.
    pub spec: &'a T,
}

impl<T> Clone for Item<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Item<'_, T> {}

impl<T> Item<'_, T> {
    /// Its name as people may see it.
    pub fn name(&self) -> String {
        Key::of(&self.resource.name).shown()
    }
}

/// A mesh.
pub type Mesh<'a> = Item<'a, MeshSpec>;
/// A virtual node.
pub type Node<'a> = Item<'a, VirtualNodeSpec>;
/// A virtual router.
pub type Router<'a> = Item<'a, VirtualRouterSpec>;
/// A virtual gateway.
pub type Gateway<'a> = Item<'a, VirtualGatewaySpec>;
/// A route.
pub type Route<'a> = Item<'a, RouteSpec>;
/// A virtual service.
pub type Service<'a> = Item<'a, VirtualServiceSpec>;
/// A gateway route.
pub type GatewayRoute<'a> = Item<'a, GatewayRouteSpec>;

/// A specification that says its kind.
pub(super) trait OfKind: Sized + 'static {
    fn of(spec: &Spec) -> Option<&Self>;
}

macro_rules! of_kind {
    ($($variant:ident($type:ident))*) => {$(
        impl OfKind for $type {
            fn of(spec: &Spec) -> Option<&Self> {
                if let Spec::$variant(spec) = spec { Some(spec) } else { None }
            }
        }
    )*};
}

of_kind! {
    Mesh(MeshSpec)
    VirtualNode(VirtualNodeSpec)
    VirtualRouter(VirtualRouterSpec)
    VirtualGateway(VirtualGatewaySpec)
    Route(RouteSpec)
    VirtualService(VirtualServiceSpec)
    GatewayRoute(GatewayRouteSpec)
}
