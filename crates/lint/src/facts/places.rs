//! Where values stand: paths that many rules name.

use meshwright_model::Path;
use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::route::ProtocolRoute;

/// Where a value of a route stands: `spec.httpRoute` and what follows.
pub fn route_path(route: ProtocolRoute<'_>, fields: &[&'static str]) -> Path {
    fields.iter().fold(Path::of(&["spec", route.field()]), |path, field| path.field(*field))
}

/// Where a weighted target of a route stands.
pub fn target_path(route: ProtocolRoute<'_>, index: usize) -> Path {
    route_path(route, &["action", "weightedTargets"]).index(index)
}

/// Where a value of a gateway route stands: `spec.httpRoute` and what follows.
pub fn gateway_route_path(route: ProtocolGatewayRoute<'_>, fields: &[&'static str]) -> Path {
    fields.iter().fold(Path::of(&["spec", route.field()]), |path, field| path.field(*field))
}

/// Where a value of a listener stands: `spec.listeners[0]` and what follows.
pub fn listener_path(index: usize, fields: &[&'static str]) -> Path {
    fields.iter().fold(Path::of(&["spec", "listeners"]).index(index), |path, field| path.field(*field))
}

/// Where a value of a backend stands: `spec.backends[0].virtualService` and what follows.
pub fn backend_path(index: usize, fields: &[&'static str]) -> Path {
    let backend = Path::of(&["spec", "backends"]).index(index).field("virtualService");
    fields.iter().fold(backend, |path, field| path.field(*field))
}
