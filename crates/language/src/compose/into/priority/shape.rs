//! How much a route asks for, as far as that decides which of two must be tried first.

use meshwright_model::gateway_route::{GatewayRouteSpec, ProtocolGatewayRoute};
use meshwright_model::limits::Port;
use meshwright_model::matcher::{GatewayRouteHostnameMatch, HttpPathMatch};
use meshwright_model::route::{HttpRouteMatch, ProtocolRoute, RouteSpec};
use meshwright_model::{Resource, Scalar, Spec};

/// How much a route asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// What it asks for beside path, port and host.
    conditions: Vec<String>,
    /// What the path starts with; where all of it is said, with a mark at its end. `None` where that is not known.
    path: Option<String>,
    port: Option<i64>,
    host: Option<String>,
}

impl Shape {
    /// The shape of a route or gateway route.
    pub(super) fn of(resource: &Resource) -> Option<Self> {
        match &resource.spec {
            Spec::Route(spec) => Some(of_route(spec)),
            Spec::GatewayRoute(spec) => Some(of_gateway_route(spec)),
            _ => None,
        }
    }

    /// Whether a route asks for less of the path than another.
    pub(super) fn is_shorter(&self, other: &Self) -> bool {
        self.path.as_ref().map_or(0, String::len) < other.path.as_ref().map_or(0, String::len)
    }

    /// Whether two routes are for different ports or hosts.
    fn is_apart(&self, other: &Self) -> bool {
        differ(self.port, other.port) || self.host.is_some() && self.host != other.host && other.host.is_some()
    }

    /// Whether a route asks for less of the path than another, and for more beside it, so that each would take requests of
    /// the other.
    pub(super) fn crosses(&self, other: &Self) -> bool {
        let is_start = self
            .path
            .as_ref()
            .zip(other.path.as_ref())
            .is_some_and(|(own, more)| more.len() > own.len() && more.starts_with(own.as_str()));
        !self.is_apart(other) && is_start && self.host == other.host && self.conditions.len() > other.conditions.len()
    }

    /// Whether a route asks for nothing beside the path that another does not ask for too, so that where it is wider, it takes
    /// all of the other's requests.
    pub(super) fn asks_no_more(&self, other: &Self) -> bool {
        self.conditions.iter().all(|condition| other.conditions.contains(condition))
            && (self.host.is_none() || self.host == other.host)
    }

    /// Whether a route would take requests of another that asks for more: for more beside the path, or for more of the path.
    pub(super) fn is_wider(&self, other: &Self) -> bool {
        if self.is_apart(other) {
            return false;
        }
        let starts = |own: &Option<String>, other: &Option<String>| match (own, other) {
            (Some(own), Some(other)) => other.starts_with(own.as_str()),
            _ => true,
        };
        let is_start = match (&self.path, &other.path) {
            (Some(own), Some(more)) => more.len() > own.len() && more.starts_with(own.as_str()),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let count = |shape: &Self| shape.conditions.len() + usize::from(shape.host.is_some());
        let (own, more) = (count(self), count(other));
        let meets = starts(&self.path, &other.path) || starts(&other.path, &self.path);
        meets && own < more || own == more && is_start
    }
}

/// Conditions as they can be held against others.
fn shown<T: std::fmt::Debug>(conditions: impl IntoIterator<Item = T>) -> Vec<String> {
    conditions.into_iter().map(|condition| format!("{condition:?}")).collect()
}

fn differ(own: Option<i64>, other: Option<i64>) -> bool {
    own.zip(other).is_some_and(|(own, other)| own != other)
}

fn of_route(spec: &RouteSpec) -> Shape {
    let of_http = |matcher: &HttpRouteMatch| {
        let HttpRouteMatch { headers, method, path: _, port: _, prefix: _, query_parameters, scheme } = matcher;
        let mut all = shown(headers.iter().flat_map(|list| list.iter()));
        all.extend(shown(query_parameters.iter().flat_map(|list| list.iter())));
        all.extend(shown(method));
        all.extend(shown(scheme));
        all
    };
    let conditions = |route: ProtocolRoute<'_>| match route {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => of_http(&own.matcher),
        ProtocolRoute::Grpc(own) => {
            let mut all = shown(own.matcher.metadata.iter().flat_map(|list| list.iter()));
            all.extend(shown(&own.matcher.service_name));
            all.extend(shown(&own.matcher.method_name));
            all
        }
        ProtocolRoute::Tcp(_) => Vec::new(),
    };
    let matcher = spec.protocols().find_map(ProtocolRoute::http).map(|http| &http.matcher);
    Shape {
        conditions: spec.protocols().map(conditions).max_by_key(Vec::len).unwrap_or_default(),
        path: matcher.and_then(|matcher| path(matcher.path.as_ref(), matcher.prefix.as_ref())),
        port: number(spec.protocols().find_map(ProtocolRoute::match_port)),
        host: None,
    }
}

fn of_gateway_route(spec: &GatewayRouteSpec) -> Shape {
    let conditions = |route: ProtocolGatewayRoute<'_>| match route {
        ProtocolGatewayRoute::Http(own) | ProtocolGatewayRoute::Http2(own) => {
            let mut all = shown(own.matcher.headers.iter().flat_map(|list| list.iter()));
            all.extend(shown(own.matcher.query_parameters.iter().flat_map(|list| list.iter())));
            all.extend(shown(&own.matcher.method));
            all
        }
        ProtocolGatewayRoute::Grpc(own) => {
            let mut all = shown(own.matcher.metadata.iter().flat_map(|list| list.iter()));
            all.extend(shown(&own.matcher.service_name));
            all
        }
    };
    let host = |host: &GatewayRouteHostnameMatch| match (&host.exact, &host.suffix) {
        (Some(exact), _) => exact.to_string(),
        (_, Some(suffix)) => format!("*{suffix}"),
        _ => String::new(),
    };
    let matcher = spec.protocols().find_map(ProtocolGatewayRoute::http).map(|http| &http.matcher);
    Shape {
        conditions: spec.protocols().map(conditions).max_by_key(Vec::len).unwrap_or_default(),
        path: matcher.and_then(|matcher| path(matcher.path.as_ref(), matcher.prefix.as_ref())),
        port: number(spec.protocols().find_map(ProtocolGatewayRoute::match_port)),
        host: spec.protocols().find_map(ProtocolGatewayRoute::hostname).map(host),
    }
}

fn number(port: Option<&Scalar<Port>>) -> Option<i64> {
    Some(port?.known()?.value())
}

/// The path that a route asks for, as far as it is known; an exact one is longer than any prefix of it.
fn path<T>(path: Option<&HttpPathMatch>, prefix: Option<&Scalar<T>>) -> Option<String>
where
    T: meshwright_model::value::ScalarType,
    Scalar<T>: std::fmt::Display,
{
    let exact = path.and_then(|path| path.exact.as_ref()?.known());
    let exact = exact.map(|exact| format!("{}\0", exact.as_str()));
    exact.or_else(|| prefix.filter(|prefix| prefix.known().is_some()).map(ToString::to_string))
}
