//! What a request says of a route without naming it is said of the only thing that it names and says nothing of: "change the
//! prefix of payments-canary", "add a header to the canary route".

use crate::intent::{Action, GatewayRoute, Intent, Route, VirtualNode};

/// Gives changed routes without a name that of the only thing that is named for nothing else.
pub(super) fn join(intent: &mut Intent) {
    // A route that would lead nowhere is none to make.
    let is_nameless = |route: &Route| {
        (route.action == Action::Change || route.targets.is_empty()) && route.name.is_none() && route.router.is_none()
    };
    // A node that is named may be what a share is for.
    let is_plain = intent.routes.iter().filter(|route| is_nameless(route)).all(|route| route.targets.is_empty());
    if intent.routes.iter().any(is_nameless)
        && let Some(name) = take_subject(intent, is_plain)
    {
        for route in intent.routes.iter_mut().filter(|route| is_nameless(route)) {
            route.name = Some(name.clone());
            route.action = Action::Change;
        }
    }
    let is_nameless =
        |route: &GatewayRoute| route.action == Action::Change && route.name.is_none() && route.gateway.is_none();
    if intent.gateway_routes.iter().any(is_nameless)
        && let Some(name) = take_gateway_route(intent)
    {
        for route in intent.gateway_routes.iter_mut().filter(|route| is_nameless(route)) {
            route.name = Some(name.clone());
        }
    }
}

fn take_subject(intent: &mut Intent, with_applications: bool) -> Option<String> {
    let says_nothing = |route: &Route| {
        route.name.is_some() && *route == Route { name: route.name.clone(), action: route.action, ..Route::default() }
    };
    let named = intent.routes.iter().filter(|route| says_nothing(route)).count();
    let applications = intent.applications.iter().filter(|application| application.says_nothing()).count();
    match (named, applications) {
        (1, _) => {
            let position = intent.routes.iter().position(says_nothing)?;
            intent.routes.remove(position).name
        }
        (0, 1) if with_applications => {
            let position = intent.applications.iter().position(VirtualNode::says_nothing)?;
            intent.applications.remove(position).name
        }
        _ => None,
    }
}

fn take_gateway_route(intent: &mut Intent) -> Option<String> {
    let says_nothing = |route: &GatewayRoute| {
        route.name.is_some()
            && *route == GatewayRoute { name: route.name.clone(), action: route.action, ..GatewayRoute::default() }
    };
    let mut named = intent.gateway_routes.iter().enumerate().filter(|(_, route)| says_nothing(route));
    let (position, _) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    intent.gateway_routes.remove(position).name
}
