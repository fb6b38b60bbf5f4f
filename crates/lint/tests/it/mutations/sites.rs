//! Ways to the places where faults are put in, and values to put there.

use meshwright_model::gateway_route::{GatewayRouteSpec, GatewayRouteTarget, HttpGatewayRoute};
use meshwright_model::limits::Port;
use meshwright_model::list::List;
use meshwright_model::mesh::MeshSpec;
use meshwright_model::route::{HttpRoute, RouteAction, RouteSpec, WeightedTarget};
use meshwright_model::value::{Given, Plain, ScalarType};
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::{Backend, VirtualNodeSpec, VirtualServiceBackend};
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::workload::TaskDefinition;
use meshwright_model::{Inventory, Resource, Scalar, Spec};

macro_rules! specs {
    ($($one:ident $all:ident $variant:ident($type:ident))*) => {$(
        /// The specification at a position, to be changed.
        pub(super) fn $one(inventory: &mut Inventory, position: usize) -> &mut $type {
            let Spec::$variant(spec) = &mut inventory.resources[position].spec else { panic!("it is of another kind") };
            spec
        }

        /// Every resource of the kind, with its position.
        pub(super) fn $all(inventory: &Inventory) -> impl Iterator<Item = (usize, &Resource, &$type)> {
            inventory.resources.iter().enumerate().filter_map(|(position, resource)| match &resource.spec {
                Spec::$variant(spec) => Some((position, resource, spec)),
                _ => None,
            })
        }
    )*};
}

specs! {
    mesh meshes Mesh(MeshSpec)
    node nodes VirtualNode(VirtualNodeSpec)
    router routers VirtualRouter(VirtualRouterSpec)
    gateway gateways VirtualGateway(VirtualGatewaySpec)
    route routes Route(RouteSpec)
    service services VirtualService(VirtualServiceSpec)
    gateway_route gateway_routes GatewayRoute(GatewayRouteSpec)
}

/// A task's definition, to be changed.
pub(super) fn task(inventory: &mut Inventory, position: usize) -> &mut TaskDefinition {
    &mut inventory.workloads[position].task
}

/// A value from text; refused where it is none of its type.
pub(super) fn text<T: ScalarType>(text: &str) -> Scalar<T> {
    let scalar = Scalar::from_given(Given::Lexeme(text));
    assert!(scalar.known().is_some(), "`{text}` is no {}", T::NAME);
    scalar
}

/// A value from a number.
pub(super) fn number<T: ScalarType>(number: i64) -> Scalar<T> {
    let scalar = Scalar::from_given(Given::Integer(number));
    assert!(scalar.known().is_some(), "{number} is no {}", T::NAME);
    scalar
}

/// The number that is known.
pub(super) fn value<T: ScalarType>(scalar: &Scalar<T>) -> Option<i64> {
    match scalar.known()?.plain() {
        Plain::Integer(integer) => Some(integer),
        Plain::Text(_) | Plain::Bool(_) => None,
    }
}

/// The text that is known.
pub(super) fn words<T: ScalarType>(scalar: &Scalar<T>) -> Option<&str> {
    match scalar.known()?.plain() {
        Plain::Text(text) => Some(text),
        Plain::Integer(_) | Plain::Bool(_) => None,
    }
}

/// A name with a slip that makes it another; what is open becomes a name of nothing.
pub(super) fn slip<T: ScalarType>(name: &Scalar<T>) -> Scalar<T> {
    text(&format!("{}x", words(name).unwrap_or("elsewhere")))
}

/// Changes a bounded list.
pub(super) fn alter<T: Clone, const MAX: usize>(list: &mut List<T, MAX>, change: impl FnOnce(&mut Vec<T>)) {
    let mut elements = list.to_vec();
    change(&mut elements);
    *list = List::new(elements).unwrap();
}

/// The action of a route, whatever its protocol.
pub(super) fn action(spec: &mut RouteSpec) -> &mut RouteAction {
    if let Some(route) = &mut spec.http_route {
        return &mut route.action;
    }
    if let Some(route) = &mut spec.http2_route {
        return &mut route.action;
    }
    if let Some(route) = &mut spec.grpc_route {
        return &mut route.action;
    }
    &mut spec.tcp_route.as_mut().unwrap().action
}

/// Changes the targets of a route.
pub(super) fn targets(inventory: &mut Inventory, position: usize, change: impl FnOnce(&mut Vec<WeightedTarget>)) {
    alter(&mut action(route(inventory, position)).weighted_targets, change);
}

/// The listener that a route is for.
pub(super) fn match_port(spec: &mut RouteSpec) -> &mut Option<Scalar<Port>> {
    if let Some(route) = &mut spec.http_route {
        return &mut route.matcher.port;
    }
    if let Some(route) = &mut spec.http2_route {
        return &mut route.matcher.port;
    }
    if let Some(route) = &mut spec.grpc_route {
        return &mut route.matcher.port;
    }
    &mut spec.tcp_route.as_mut().unwrap().matcher.get_or_insert_default().port
}

/// A route of HTTP/1.1 or HTTP/2, to be changed.
pub(super) fn http(spec: &mut RouteSpec) -> &mut HttpRoute {
    spec.http_route.as_mut().or(spec.http2_route.as_mut()).unwrap()
}

/// The target of a gateway route, whatever its protocol.
pub(super) fn gateway_target(spec: &mut GatewayRouteSpec) -> &mut GatewayRouteTarget {
    if let Some(route) = &mut spec.http_route {
        return &mut route.action.target;
    }
    if let Some(route) = &mut spec.http2_route {
        return &mut route.action.target;
    }
    &mut spec.grpc_route.as_mut().unwrap().action.target
}

/// The listener that a gateway route is for.
pub(super) fn gateway_match_port(spec: &mut GatewayRouteSpec) -> &mut Option<Scalar<Port>> {
    if let Some(route) = &mut spec.http_route {
        return &mut route.matcher.port;
    }
    if let Some(route) = &mut spec.http2_route {
        return &mut route.matcher.port;
    }
    &mut spec.grpc_route.as_mut().unwrap().matcher.port
}

/// A gateway route of HTTP/1.1 or HTTP/2, to be changed.
pub(super) fn gateway_http(spec: &mut GatewayRouteSpec) -> &mut HttpGatewayRoute {
    spec.http_route.as_mut().or(spec.http2_route.as_mut()).unwrap()
}

/// The backends of a node that name virtual services.
pub(super) fn backends(spec: &VirtualNodeSpec) -> impl Iterator<Item = (usize, &VirtualServiceBackend)> {
    spec.backends.iter().flatten().enumerate().map(|(index, Backend::VirtualService(backend))| (index, backend))
}

/// A backend of a node, to be changed.
pub(super) fn backend(inventory: &mut Inventory, position: usize, index: usize) -> &mut VirtualServiceBackend {
    let Backend::VirtualService(backend) = &mut node(inventory, position).backends.as_mut().unwrap()[index];
    backend
}
