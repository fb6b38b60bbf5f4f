//! The number of a new route among those that are there.

use meshwright_model::limits::Priority;
use meshwright_model::reference::Key;
use meshwright_model::route::{HttpRouteMatch, ProtocolRoute, RouteSpec};
use meshwright_model::{Kind, Resource, Scalar, Spec};

use super::Desk;

impl Desk<'_> {
    /// A new route that asks for more than others of its router is tried before them, and behind those that ask for as much.
    /// Answers whether it got another number.
    pub(super) fn settle_priority(&mut self, route: &mut Resource) -> bool {
        let (Kind::Route, Some(parent)) = (route.kind(), route.parent.as_ref().map(Key::of)) else { return false };
        let is_sibling = |other: &&Resource| other.parent.as_ref().is_some_and(|other| Key::of(other) == parent);
        let siblings = self.finder.of_kind(Kind::Route).filter(is_sibling);
        let name = Key::of(&route.name).shown();
        let Spec::Route(spec) = &mut route.spec else { return false };
        let wanted = (conditions(spec), path(spec));
        let (mut beaten, mut others): (Vec<(i64, String)>, Vec<i64>) = (Vec::new(), Vec::new());
        for other in siblings {
            let Spec::Route(there) = &other.spec else { continue };
            let Some(number) = there.priority.as_ref().and_then(Scalar::known).map(|number| number.value()) else {
                continue;
            };
            if is_wider(&(conditions(there), path(there)), &wanted) {
                beaten.push((number, Key::of(&other.name).shown()));
            } else {
                others.push(number);
            }
        }
        let Some((least, first)) = beaten.into_iter().min() else { return false };
        let own = spec.priority.as_ref().and_then(Scalar::known).map(|priority| priority.value());
        if own.is_some_and(|own| own < least && !others.contains(&own)) {
            return false;
        }
        let below = others.iter().copied().filter(|other| *other < least).max();
        let middle = below.map_or(least / 2, |below| below + (least - below) / 2);
        let free = |number: &i64| !others.contains(number);
        let Some(number) = Some(middle).filter(free).or_else(|| (0..least).rev().find(free)).filter(|_| least > 0)
        else {
            self.draft.ask(format!("Route `{name}` must be tried before `{first}`, whose priority {least} leaves no number before it. Which number should `{first}` get?"));
            return false;
        };
        let number = u64::try_from(number).unwrap_or_default();
        spec.priority = Some(self.draft.number::<Priority>(&format!("the priority of route `{name}`"), number));
        self.draft.assume(
            format!("route `{name}` has priority {number}"),
            format!("it must be tried before `{first}`, which has {least} and would take its requests"),
        );
        true
    }
}

/// Whether a route would take requests of another that asks for more: for more beside the path, or for more of the path.
fn is_wider((conditions, path): &(usize, Option<String>), (other, of_other): &(usize, Option<String>)) -> bool {
    let is_start = match (path, of_other) {
        (Some(path), Some(of_other)) => of_other.len() > path.len() && of_other.starts_with(path.as_str()),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    conditions < other || (conditions == other && is_start)
}

/// The path that a route asks for, as far as it is known; an exact one is longer than any prefix of it.
fn path(spec: &RouteSpec) -> Option<String> {
    let matcher = &spec.protocols().find_map(ProtocolRoute::http)?.matcher;
    let exact = matcher.path.as_ref().and_then(|path| path.exact.as_ref()?.known());
    let exact = exact.map(|exact| format!("{}\0", exact.as_str()));
    exact.or_else(|| Some(matcher.prefix.as_ref()?.known()?.as_str().to_owned()))
}

/// How many things beside the path a route asks for.
fn conditions(spec: &RouteSpec) -> usize {
    let of_http = |matcher: &HttpRouteMatch| {
        let HttpRouteMatch { headers, method, path: _, port: _, prefix: _, query_parameters, scheme } = matcher;
        let lists =
            headers.as_ref().map_or(0, |list| list.len()) + query_parameters.as_ref().map_or(0, |list| list.len());
        lists + usize::from(method.is_some()) + usize::from(scheme.is_some())
    };
    let of_route = |route: ProtocolRoute<'_>| match route {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => of_http(&own.matcher),
        ProtocolRoute::Grpc(own) => {
            let metadata = own.matcher.metadata.as_ref().map_or(0, |list| list.len());
            metadata + usize::from(own.matcher.service_name.is_some()) + usize::from(own.matcher.method_name.is_some())
        }
        ProtocolRoute::Tcp(_) => 0,
    };
    spec.protocols().map(of_route).max().unwrap_or_default()
}
