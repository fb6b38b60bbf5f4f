//! Where a value goes: the resource and listener that the words speak of.

use crate::intent::{
    AccessLog, ClientTls, ConnectionPool, GatewayRoute, HealthCheck, Intent, Listener, ListenerTls, Match,
    OutlierDetection, Retry, Rewrite, Route, Timeout, VirtualNode,
};

/// A resource of the intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Mesh,
    Everywhere,
    Application(usize),
    Node(usize),
    Router(usize),
    /// A route, of the router where it stands in one.
    Route(Option<usize>, usize),
    Service(usize),
    Gateway(usize),
    /// A gateway route, of the gateway where it stands in one.
    GatewayRoute(Option<usize>, usize),
    Sidecar(usize),
    /// Tags, environments.
    All,
}

impl Place {
    /// Whether it is a route, or has routes.
    pub(super) fn has_routes(self) -> bool {
        matches!(self, Self::Route(..) | Self::Router(_) | Self::Gateway(_) | Self::GatewayRoute(..))
    }
}

/// A place and the listener at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) listener: usize,
    /// Whose certificates are spoken of.
    pub(super) side: Side,
}

impl Spot {
    pub(super) fn at(place: Place) -> Self {
        Self { place, listener: 0, side: Side::Server }
    }
}

/// Whose certificates are spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The listener's.
    Server,
    /// Those shown to every backend.
    Client,
    /// Those shown in the calls from this one on.
    Call(usize),
}

/// Why a value cannot be put somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// This kind of resource has nothing of the sort.
    NotHere,
    /// Another value stands there already: both, in words.
    Clash(String),
}

/// Where a value was put.
pub(super) type Said = Result<String, Trouble>;

/// Puts a value in a field that says nothing yet, or the same.
pub(super) fn put<T: PartialEq + serde::Serialize>(field: &mut Option<T>, value: T, path: &str, name: &str) -> Said {
    match field {
        Some(there) if *there != value => {
            let shown = |value: &T| serde_json::to_string(value).unwrap_or_default().replace('"', "`");
            Err(Trouble::Clash(format!("{name} {} and {}", shown(there), shown(&value))))
        }
        _ => {
            *field = Some(value);
            Ok(format!("{path}.{name}"))
        }
    }
}

/// The path of a place in the intent.
pub(super) fn path_of(place: Place) -> String {
    match place {
        Place::Mesh => "mesh".to_owned(),
        Place::Everywhere => "everywhere".to_owned(),
        Place::Application(at) => format!("applications[{at}]"),
        Place::Node(at) => format!("virtualNodes[{at}]"),
        Place::Router(at) => format!("virtualRouters[{at}]"),
        Place::Route(Some(router), at) => format!("virtualRouters[{router}].routes[{at}]"),
        Place::Route(None, at) => format!("routes[{at}]"),
        Place::Service(at) => format!("virtualServices[{at}]"),
        Place::Gateway(at) => format!("virtualGateways[{at}]"),
        Place::GatewayRoute(Some(gateway), at) => format!("virtualGateways[{gateway}].routes[{at}]"),
        Place::GatewayRoute(None, at) => format!("gatewayRoutes[{at}]"),
        Place::Sidecar(at) => format!("sidecars[{at}]"),
        Place::All => String::new(),
    }
}

/// The node, application or `everywhere` at a spot.
pub(super) fn node(intent: &mut Intent, spot: Spot) -> Result<(&mut VirtualNode, String), Trouble> {
    let node = match spot.place {
        Place::Application(at) => intent.applications.get_mut(at),
        Place::Node(at) => intent.virtual_nodes.get_mut(at),
        Place::Everywhere => Some(intent.everywhere.get_or_insert_default()),
        _ => None,
    };
    Ok((node.ok_or(Trouble::NotHere)?, path_of(spot.place)))
}

/// The listener at a spot.
pub(super) fn listener(intent: &mut Intent, spot: Spot) -> Result<(&mut Listener, String), Trouble> {
    let listeners = match spot.place {
        Place::Gateway(at) => intent.virtual_gateways.get_mut(at).map(|gateway| &mut gateway.listeners),
        Place::Application(at) => intent.applications.get_mut(at).map(|node| &mut node.listeners),
        Place::Node(at) => intent.virtual_nodes.get_mut(at).map(|node| &mut node.listeners),
        Place::Everywhere => Some(&mut intent.everywhere.get_or_insert_default().listeners),
        _ => None,
    };
    let listeners = listeners.ok_or(Trouble::NotHere)?;
    while listeners.len() <= spot.listener {
        listeners.push(Listener::default());
    }
    let path = format!("{}.listeners[{}]", path_of(spot.place), spot.listener);
    Ok((&mut listeners[spot.listener], path))
}

pub(super) fn health_check(intent: &mut Intent, spot: Spot) -> Result<(&mut HealthCheck, String), Trouble> {
    let (listener, path) = listener(intent, spot)?;
    Ok((listener.health_check.get_or_insert_default(), path + ".healthCheck"))
}

pub(super) fn listener_tls(intent: &mut Intent, spot: Spot) -> Result<(&mut ListenerTls, String), Trouble> {
    let (listener, path) = listener(intent, spot)?;
    Ok((listener.tls.get_or_insert_default(), path + ".tls"))
}

pub(super) fn connection_pool(intent: &mut Intent, spot: Spot) -> Result<(&mut ConnectionPool, String), Trouble> {
    let (listener, path) = listener(intent, spot)?;
    Ok((listener.connection_pool.get_or_insert_default(), path + ".connectionPool"))
}

pub(super) fn outlier_detection(intent: &mut Intent, spot: Spot) -> Result<(&mut OutlierDetection, String), Trouble> {
    if matches!(spot.place, Place::Gateway(_)) {
        return Err(Trouble::NotHere);
    }
    let (listener, path) = listener(intent, spot)?;
    Ok((listener.outlier_detection.get_or_insert_default(), path + ".outlierDetection"))
}

/// The route at a spot.
pub(super) fn route(intent: &mut Intent, spot: Spot) -> Result<(&mut Route, String), Trouble> {
    let route = match spot.place {
        Place::Route(Some(router), at) => {
            intent.virtual_routers.get_mut(router).and_then(|router| router.routes.get_mut(at))
        }
        Place::Route(None, at) => intent.routes.get_mut(at),
        _ => None,
    };
    Ok((route.ok_or(Trouble::NotHere)?, path_of(spot.place)))
}

/// What a route, gateway route matches.
pub(super) fn matcher(intent: &mut Intent, spot: Spot) -> Result<(&mut Match, String), Trouble> {
    let path = path_of(spot.place) + ".match";
    let matcher = match spot.place {
        Place::Route(..) => &mut route(intent, spot)?.0.matcher,
        Place::GatewayRoute(..) => &mut gateway_route(intent, spot)?.0.matcher,
        _ => return Err(Trouble::NotHere),
    };
    Ok((matcher, path))
}

pub(super) fn gateway_route(intent: &mut Intent, spot: Spot) -> Result<(&mut GatewayRoute, String), Trouble> {
    let route = match spot.place {
        Place::GatewayRoute(Some(gateway), at) => {
            intent.virtual_gateways.get_mut(gateway).and_then(|gateway| gateway.routes.get_mut(at))
        }
        Place::GatewayRoute(None, at) => intent.gateway_routes.get_mut(at),
        _ => None,
    };
    Ok((route.ok_or(Trouble::NotHere)?, path_of(spot.place)))
}

pub(super) fn rewrite(intent: &mut Intent, spot: Spot) -> Result<(&mut Rewrite, String), Trouble> {
    let (route, path) = gateway_route(intent, spot)?;
    Ok((route.rewrite.get_or_insert_default(), path + ".rewrite"))
}

/// The timeout of a route, or of a node's listener.
pub(super) fn timeout(intent: &mut Intent, spot: Spot) -> Result<(&mut Timeout, String), Trouble> {
    match spot.place {
        Place::Route(..) => {
            let (route, path) = route(intent, spot)?;
            Ok((route.timeout.get_or_insert_default(), path + ".timeout"))
        }
        Place::Gateway(_) => Err(Trouble::NotHere),
        _ => {
            let (listener, path) = listener(intent, spot)?;
            Ok((listener.timeout.get_or_insert_default(), path + ".timeout"))
        }
    }
}

/// The retry policy of a route or an application.
pub(super) fn retry(intent: &mut Intent, spot: Spot) -> Result<(&mut Retry, String), Trouble> {
    match spot.place {
        Place::Route(..) => {
            let (route, path) = route(intent, spot)?;
            Ok((route.retry.get_or_insert_default(), path + ".retry"))
        }
        Place::Application(_) | Place::Everywhere => {
            let (node, path) = node(intent, spot)?;
            Ok((node.retry.get_or_insert_default(), path + ".retry"))
        }
        _ => Err(Trouble::NotHere),
    }
}

/// TLS of the client side that is spoken of.
pub(super) fn client_tls(intent: &mut Intent, spot: Spot) -> Result<(&mut ClientTls, String), Trouble> {
    let Side::Call(at) = spot.side else { return backend_tls(intent, spot) };
    let (node, path) = node(intent, spot)?;
    let call = node.calls.get_mut(at).ok_or(Trouble::NotHere)?;
    Ok((call.tls.get_or_insert_default(), format!("{path}.calls[{at}].tls")))
}

/// TLS towards the backends of a node or gateway.
pub(super) fn backend_tls(intent: &mut Intent, spot: Spot) -> Result<(&mut ClientTls, String), Trouble> {
    if let Place::Gateway(at) = spot.place {
        let gateway = intent.virtual_gateways.get_mut(at).ok_or(Trouble::NotHere)?;
        return Ok((gateway.backend_tls.get_or_insert_default(), path_of(spot.place) + ".backendTls"));
    }
    let (node, path) = node(intent, spot)?;
    Ok((node.backend_tls.get_or_insert_default(), path + ".backendTls"))
}

pub(super) fn access_log(intent: &mut Intent, spot: Spot) -> Result<(&mut AccessLog, String), Trouble> {
    if let Place::Gateway(at) = spot.place {
        let gateway = intent.virtual_gateways.get_mut(at).ok_or(Trouble::NotHere)?;
        return Ok((gateway.access_log.get_or_insert_default(), path_of(spot.place) + ".accessLog"));
    }
    let (node, path) = node(intent, spot)?;
    Ok((node.access_log.get_or_insert_default(), path + ".accessLog"))
}
