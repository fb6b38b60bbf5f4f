//! Faults of priorities, of routes that hide each other, and of routes that are not there.

use meshwright_model::limits::Priority;
use meshwright_model::list::List;
use meshwright_model::matcher::{HeaderMatchMethod, HeaderMatcher, HttpPathMatch};
use meshwright_model::reference::Key;
use meshwright_model::{Inventory, Resource, Scalar};

use super::grounds::{Ground, at};
use super::sites::{gateway_http, gateway_route, gateway_routes, http, number, route, routes, text, value, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "a narrow and a wide route swap their priorities", rules: HIDDEN, seed: swap_priorities },
    Fault { name: "a wide route is tried before a narrow one", rules: HIDDEN, seed: wide_first },
    Fault { name: "a wide route alone has a priority", rules: HIDDEN, seed: wide_alone },
    Fault { name: "routes of one prefix have no priorities", rules: &["ambiguous-route-order"], seed: no_priorities },
    Fault { name: "routes of one prefix have one priority", rules: &["ambiguous-route-order"], seed: equal_priorities },
    Fault {
        name: "two routes have the same match and place",
        rules: &["ambiguous-route-order", "several-tcp-routes"],
        seed: copy_route,
    },
    Fault {
        name: "two routes have the same match",
        rules: &["duplicate-match", "several-tcp-routes"],
        seed: copy_route_behind,
    },
    Fault { name: "a route's conditions are all dropped", rules: HIDING, seed: drop_conditions },
    Fault { name: "a catch-all route is left out", rules: &["no-default-route"], seed: leave_out_default },
    Fault { name: "a catch-all route is narrowed", rules: &["no-default-route"], seed: narrow_default },
];

const HIDDEN: &[&str] = &["inverted-priority", "shadowed-route", "unreachable-route"];
const HIDING: &[&str] =
    &["inverted-priority", "shadowed-route", "unreachable-route", "duplicate-match", "ambiguous-route-order"];

/// A route or gateway route of HTTP that matches a prefix.
struct Way<'g> {
    position: usize,
    resource: &'g Resource,
    prefix: &'g str,
    /// Whether it has other conditions.
    has_more: bool,
    priority: Option<&'g Scalar<Priority>>,
    /// What must be the same for two to see the same requests: protocol, listener and host.
    sees: String,
    /// What is done with a request.
    action: String,
    /// The header that must be there, or must not, where that is the only other condition.
    presence: Option<(&'g str, bool)>,
    /// The header of the only other condition, with how its value is compared.
    header: Option<&'g HeaderMatcher>,
}

/// Whether one header takes whatever another does: its pattern is a text and anything behind, and the other's text starts so.
fn takes_more(one: &HeaderMatcher, other: &HeaderMatcher) -> bool {
    let (Some(HeaderMatchMethod::Regex(regex)), Some(HeaderMatchMethod::Prefix(text) | HeaderMatchMethod::Exact(text))) =
        (&one.matcher, &other.matcher)
    else {
        return false;
    };
    let start = words(regex)
        .and_then(|regex| regex.strip_suffix(".*"))
        .filter(|start| start.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    words(&one.name) == words(&other.name)
        && start.zip(words(text)).is_some_and(|(start, text)| text.starts_with(start))
}

/// The header of a way that has no other condition.
fn only_header(headers: Option<&List<HeaderMatcher, 10>>, is_only: bool) -> Option<&HeaderMatcher> {
    headers?.first().filter(|_| is_only && headers.is_some_and(|headers| headers.len() == 1))
}

/// The header of a way whose only other condition is that a header is there, and whether it must not be.
fn presence(headers: Option<&List<HeaderMatcher, 10>>, is_only: bool) -> Option<(&str, bool)> {
    let [header] = &headers?[..] else { return None };
    let is_inverted = header.invert.as_ref().and_then(Scalar::known).is_some_and(|inverted| *inverted);
    words(&header.name).filter(|_| is_only && header.matcher.is_none()).map(|name| (name, is_inverted))
}

fn ways(ground: &Ground) -> Vec<Way<'_>> {
    let mut ways = Vec::new();
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(protocol) = spec.protocols().next() else { continue };
        let Some(route) = protocol.http() else { continue };
        let matcher = &route.matcher;
        let Some(prefix) = matcher.prefix.as_ref().and_then(words) else { continue };
        ways.push(Way {
            position,
            resource,
            prefix,
            has_more: matcher.headers.is_some()
                || matcher.method.is_some()
                || matcher.query_parameters.is_some()
                || matcher.scheme.is_some(),
            priority: spec.priority.as_ref(),
            sees: format!("{} {:?}", protocol.field(), matcher.port),
            action: format!("{:?} {:?} {:?}", route.action, route.retry_policy, route.timeout),
            presence: presence(
                matcher.headers.as_ref(),
                matcher.method.is_none() && matcher.query_parameters.is_none() && matcher.scheme.is_none(),
            ),
            header: only_header(
                matcher.headers.as_ref(),
                matcher.method.is_none() && matcher.query_parameters.is_none() && matcher.scheme.is_none(),
            ),
        });
    }
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        let Some(protocol) = spec.protocols().next() else { continue };
        let Some(route) = protocol.http() else { continue };
        let matcher = &route.matcher;
        let Some(prefix) = matcher.prefix.as_ref().and_then(words) else { continue };
        ways.push(Way {
            position,
            resource,
            prefix,
            has_more: matcher.headers.is_some() || matcher.method.is_some() || matcher.query_parameters.is_some(),
            priority: spec.priority.as_ref(),
            sees: format!("{} {:?} {:?}", protocol.field(), matcher.port, matcher.hostname),
            action: format!("{:?}", route.action),
            presence: presence(
                matcher.headers.as_ref(),
                matcher.method.is_none() && matcher.query_parameters.is_none(),
            ),
            header: only_header(
                matcher.headers.as_ref(),
                matcher.method.is_none() && matcher.query_parameters.is_none(),
            ),
        });
    }
    ways
}

fn are_siblings(one: &Resource, other: &Resource) -> bool {
    one.kind() == other.kind()
        && Key::of(&one.mesh) == Key::of(&other.mesh)
        && one.parent.as_ref().map(Key::of) == other.parent.as_ref().map(Key::of)
        && one.id() != other.id()
}

/// Every pair of a wide way, which has no condition but its prefix, and one that takes a part of its requests.
fn pairs<'w, 'g>(ways: &'w [Way<'g>]) -> impl Iterator<Item = (&'w Way<'g>, &'w Way<'g>)> {
    ways.iter().filter(|wide| !wide.has_more).flat_map(move |wide| {
        let is_narrow = |narrow: &&Way<'_>| {
            are_siblings(narrow.resource, wide.resource)
                && narrow.sees == wide.sees
                && narrow.prefix.starts_with(wide.prefix)
                && (narrow.prefix.len() > wide.prefix.len() || narrow.has_more)
        };
        ways.iter().filter(is_narrow).map(move |narrow| (wide, narrow))
    })
}

fn set_priority(inventory: &mut Inventory, position: usize, priority: Option<Scalar<Priority>>) {
    match &mut inventory.resources[position].spec {
        meshwright_model::Spec::Route(spec) => spec.priority = priority,
        meshwright_model::Spec::GatewayRoute(spec) => spec.priority = priority,
        _ => panic!("it has no priority"),
    }
}

fn place(wide: &Way<'_>, narrow: &Way<'_>) -> String {
    at(wide.resource, format!("and {}", narrow.resource.id()))
}

fn swap_priorities(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for (wide, narrow) in pairs(&ways) {
        let (Some(of_wide), Some(of_narrow)) = (wide.priority, narrow.priority) else { continue };
        if value(of_wide) > value(of_narrow) {
            seeds.sow(place(wide, narrow), None, |inventory| {
                set_priority(inventory, wide.position, Some(of_narrow.clone()));
                set_priority(inventory, narrow.position, Some(of_wide.clone()));
            });
        }
    }
}

fn wide_first(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for (wide, narrow) in pairs(&ways) {
        seeds.sow(place(wide, narrow), None, |inventory| {
            set_priority(inventory, wide.position, Some(number(0)));
            set_priority(inventory, narrow.position, Some(number(990)));
        });
    }
}

fn wide_alone(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for (wide, narrow) in pairs(&ways) {
        seeds.sow(place(wide, narrow), None, |inventory| {
            set_priority(inventory, wide.position, Some(number(0)));
            set_priority(inventory, narrow.position, None);
        });
    }
}

/// Whether some siblings of a way together take all its requests: one without conditions, or two of which one is for what
/// has a header and the other for what has not.
fn all_is_taken(ways: &[Way<'_>], way: &Way<'_>, is_asked: impl Fn(&Way<'_>) -> bool) -> bool {
    let others: Vec<&Way<'_>> = ways
        .iter()
        .filter(|other| are_siblings(other.resource, way.resource) && other.sees == way.sees)
        .filter(|other| way.prefix.starts_with(other.prefix) && is_asked(other))
        .collect();
    if let Some(header) = way.header
        && others.iter().any(|other| other.header.is_some_and(|other| takes_more(other, header)))
    {
        return true;
    }
    let is_answered = |name: &str| others.iter().any(|other| other.presence == Some((name, true)));
    others
        .iter()
        .any(|other| !other.has_more || other.presence.is_some_and(|(name, is_not)| !is_not && is_answered(name)))
}

/// Gives two ways of one prefix, of which one has more conditions, the same priority.
fn tie(ground: &Ground, seeds: &mut Seeds<'_>, priority: Option<i64>) {
    let ways = ways(ground);
    for (wide, narrow) in pairs(&ways) {
        let is_already = wide.priority.and_then(value) == priority && narrow.priority.and_then(value) == priority;
        if wide.prefix == narrow.prefix && !is_already {
            let is_before = |way: &Way<'_>| {
                let is_first = way.priority.and_then(value).unwrap_or(1001) < priority.unwrap_or(1001);
                way.position != wide.position && way.position != narrow.position && is_first
            };
            // What gets no request has nothing to lose.
            if all_is_taken(&ways, wide, is_before) {
                continue;
            }
            let neutral = (wide.action == narrow.action).then_some("both do the same with a request");
            seeds.sow(place(wide, narrow), neutral, |inventory| {
                set_priority(inventory, wide.position, priority.map(number));
                set_priority(inventory, narrow.position, priority.map(number));
            });
        }
    }
}

fn no_priorities(ground: &Ground, seeds: &mut Seeds<'_>) {
    tie(ground, seeds, None);
}

fn equal_priorities(ground: &Ground, seeds: &mut Seeds<'_>) {
    tie(ground, seeds, Some(0));
}

/// Copies every route to one that does something else with a request, with another place in the order.
fn copy(ground: &Ground, seeds: &mut Seeds<'_>, priority: Option<i64>) {
    let ways = ways(ground);
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(protocol) = spec.protocols().next() else { continue };
        let rank = |priority: Option<&Scalar<Priority>>| priority.and_then(value).unwrap_or(1001);
        let way = ways.iter().find(|way| way.position == position);
        let is_hidden = priority.is_none()
            && way.is_some_and(|way| all_is_taken(&ways, way, |other| rank(other.priority) < rank(way.priority)));
        let router = ground.find(resource, meshwright_model::Kind::VirtualRouter, resource.parent.as_ref().unwrap());
        // What gets no request has nothing to lose.
        if is_hidden {
            continue;
        }
        let neutral = (spec.tcp_route.is_some() && router.is_none())
            .then_some("the router is in no file, so that nobody knows which connections its routes get");
        seeds.sow(at(resource, protocol.field()), neutral, |inventory| {
            let mut copy = inventory.resources[position].clone();
            copy.name = text("the-same-again");
            copy.label = None;
            inventory.resources.push(copy);
            let last = inventory.resources.len() - 1;
            let spec = route(inventory, last);
            if spec.tcp_route.is_none() {
                super::resilience::set_per_request(spec, Some(super::resilience::seconds(7)));
            }
            if priority.is_some() {
                spec.priority = priority.map(number);
                route(inventory, position).priority = Some(number(0));
            }
        });
    }
}

fn copy_route(ground: &Ground, seeds: &mut Seeds<'_>) {
    copy(ground, seeds, None);
}

fn copy_route_behind(ground: &Ground, seeds: &mut Seeds<'_>) {
    copy(ground, seeds, Some(1));
}

/// Whether a way without its conditions takes requests that are for another.
fn hides_others(ground: &Ground, ways: &[Way<'_>], way: &Way<'_>) -> bool {
    let rank = |priority: Option<&Scalar<Priority>>| priority.and_then(value).unwrap_or(1001);
    let siblings = ground.inventory.resources.iter().filter(|other| are_siblings(other, way.resource));
    siblings.into_iter().any(|other| {
        let Some((seen, prefix, path, place)) = taken(other) else { return false };
        let start = prefix.and_then(words).or_else(|| path.and_then(|path| words(path.exact.as_ref()?)));
        let own = ways.iter().find(|own| std::ptr::eq(own.resource, other));
        // What has the same match stands there for nothing, whichever is first.
        let is_same = own.is_some_and(|own| own.prefix == way.prefix && !own.has_more);
        // Of one prefix and place nobody knows which is first; of other prefixes the longer is.
        let is_behind = rank(way.priority) < place || rank(way.priority) == place && start == Some(way.prefix);
        let does_same = own.is_some_and(|own| own.action == way.action);
        seen == way.sees
            && (is_same || is_behind && !does_same && start.is_some_and(|start| start.starts_with(way.prefix)))
    })
}

type Taken<'r> = (String, Option<&'r Scalar<meshwright_model::limits::Text>>, Option<&'r HttpPathMatch>, i64);

/// What a route or gateway route of HTTP sees, as a way does, the paths that it is for, and its place.
fn taken(resource: &Resource) -> Option<Taken<'_>> {
    let rank = |priority: Option<&Scalar<Priority>>| priority.and_then(value).unwrap_or(1001);
    match &resource.spec {
        meshwright_model::Spec::Route(spec) => {
            let protocol = spec.protocols().next()?;
            let matcher = &protocol.http()?.matcher;
            let sees = format!("{} {:?}", protocol.field(), matcher.port);
            Some((sees, matcher.prefix.as_ref(), matcher.path.as_ref(), rank(spec.priority.as_ref())))
        }
        meshwright_model::Spec::GatewayRoute(spec) => {
            let protocol = spec.protocols().next()?;
            let matcher = &protocol.http()?.matcher;
            let sees = format!("{} {:?} {:?}", protocol.field(), matcher.port, matcher.hostname);
            Some((sees, matcher.prefix.as_ref(), matcher.path.as_ref(), rank(spec.priority.as_ref())))
        }
        _ => None,
    }
}

fn drop_conditions(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for way in ways.iter().filter(|way| way.has_more) {
        let neutral = (!hides_others(ground, &ways, way)).then_some("it takes no requests that another is for");
        seeds.sow(at(way.resource, "conditions"), neutral, |inventory| {
            match &mut inventory.resources[way.position].spec {
                meshwright_model::Spec::Route(spec) => {
                    let matcher = &mut http(spec).matcher;
                    (matcher.headers, matcher.method, matcher.query_parameters, matcher.scheme) =
                        (None, None, None, None);
                }
                _ => {
                    let matcher = &mut gateway_http(gateway_route(inventory, way.position)).matcher;
                    (matcher.headers, matcher.method, matcher.query_parameters) = (None, None, None);
                }
            }
        });
    }
}

/// The ways that take every request of their listener and host.
fn defaults<'w, 'g>(ways: &'w [Way<'g>]) -> impl Iterator<Item = &'w Way<'g>> {
    ways.iter().filter(|way| way.prefix == "/" && !way.has_more)
}

/// Why a mesh without one of its catch-all routes still answers every request, or nobody knows whether it does.
fn still_answered(ground: &Ground, ways: &[Way<'_>], way: &Way<'_>, is_left: bool) -> Option<&'static str> {
    let kind = way.resource.kind();
    let has_mate = || ways.iter().any(|other| are_siblings(other.resource, way.resource) && other.sees == way.sees);
    let parent = ground.find(way.resource, kind.parent().unwrap(), way.resource.parent.as_ref().unwrap());
    match () {
        () if parent.is_none() => Some("the files do not hold what it belongs to"),
        () if !ground.holds_mesh(way.resource) => Some("the files do not define the mesh: other files may add a route"),
        () if ground
            .inventory
            .resources
            .iter()
            .any(|other| other.kind() == kind && !Key::of(&other.name).is_known()) =>
        {
            Some("the name of a route is open")
        }
        () if all_is_taken(ways, way, |_| true) => Some("others still take every request"),
        () if !is_left && way.sees.contains("GatewayRouteHostnameMatch") && !has_mate() => {
            Some("it alone is for its host, of which nothing else in the files speaks")
        }
        () => None,
    }
}

fn leave_out_default(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for way in defaults(&ways) {
        let mut siblings = ground.inventory.resources.iter().filter(|other| are_siblings(other, way.resource));
        let neutral = still_answered(ground, &ways, way, false);
        if siblings.next().is_some() {
            seeds.sow(at(way.resource, "is left out"), neutral, |inventory| {
                inventory.resources.remove(way.position);
            });
        }
    }
}

fn narrow_default(ground: &Ground, seeds: &mut Seeds<'_>) {
    let ways = ways(ground);
    for way in defaults(&ways) {
        let neutral = still_answered(ground, &ways, way, true);
        seeds.sow(at(way.resource, "prefix"), neutral, |inventory| match &mut inventory.resources[way.position].spec {
            meshwright_model::Spec::Route(_) => {
                http(route(inventory, way.position)).matcher.prefix = Some(text("/only-this"));
            }
            _ => gateway_http(gateway_route(inventory, way.position)).matcher.prefix = Some(text("/only-this")),
        });
    }
}
