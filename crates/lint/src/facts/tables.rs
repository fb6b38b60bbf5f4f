//! The routes of each router and the gateway routes of each gateway, in the order in which they are tried.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use meshwright_model::defaults::PRIORITY;
use meshwright_model::finding::Severity;
use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::limits::{Priority, ResourceName};
use meshwright_model::reference::Key;
use meshwright_model::request::Request;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Kind, Path, Resource, Scalar, Spec};
use meshwright_traffic::{Entry, Fate, Match, Patterns, Sketch, Table};

use super::Facts;
use super::rewrites::becomes_two_prefixes;
use crate::report::Report;

/// Routes that are tried one after the other for the same requests: of one router or gateway, protocol and host name.
pub struct Tried<'a> {
    /// The router or gateway, where the files hold it.
    pub owner: Option<&'a Resource>,
    /// Its position in the inventory.
    pub position: Option<usize>,
    /// The routes, in the order of their files; an [`Entry::id`] is a place here.
    pub routes: Vec<TriedRoute<'a>>,
    /// The table.
    pub table: Table<'a>,
    /// The host names that they answer to, as a sentence names them; `None` where they match none.
    pub hosts: Option<String>,
    /// What requests are dialled; empty where the files do not tell.
    host: String,
    is_grpc: bool,
    unreached: OnceCell<Vec<(usize, Fate)>>,
}

/// A route of a table.
#[derive(Clone, Copy, Debug)]
pub struct TriedRoute<'a> {
    /// The route or gateway route.
    pub resource: &'a Resource,
    /// The field of its specification that holds it: `httpRoute`.
    pub field: &'static str,
}

impl TriedRoute<'_> {
    /// Its name as people may see it.
    pub fn name(&self) -> String {
        Key::of(&self.resource.name).shown()
    }

    /// Where its match stands.
    pub fn match_path(&self) -> Path {
        Path::of(&["spec", self.field, "match"])
    }

    /// Whether it does the same with a request as another.
    pub fn does_the_same(&self, other: &Self) -> bool {
        match (&self.resource.spec, &other.resource.spec) {
            (Spec::Route(own), Spec::Route(other)) => match (own.protocols().next(), other.protocols().next()) {
                (Some(own), Some(other)) => {
                    own.action() == other.action()
                        && own.per_request() == other.per_request()
                        && own.idle() == other.idle()
                        && own.retry() == other.retry()
                }
                _ => false,
            },
            (Spec::GatewayRoute(own), Spec::GatewayRoute(other)) => {
                match (own.protocols().next(), other.protocols().next()) {
                    (
                        Some(ProtocolGatewayRoute::Http(own) | ProtocolGatewayRoute::Http2(own)),
                        Some(ProtocolGatewayRoute::Http(other) | ProtocolGatewayRoute::Http2(other)),
                    ) => own.action == other.action,
                    (Some(ProtocolGatewayRoute::Grpc(own)), Some(ProtocolGatewayRoute::Grpc(other))) => {
                        own.action == other.action
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

impl<'a> Tried<'a> {
    /// The route at a position of the table.
    pub fn at(&self, position: usize) -> TriedRoute<'a> {
        self.routes[self.table.entries()[position].id]
    }

    /// The priority of the route at a position, as a sentence names it.
    pub fn priority(&self, position: usize) -> String {
        match self.table.entries()[position].priority {
            Some(PRIORITY) | None => "no priority".to_owned(),
            Some(priority) => format!("priority {priority}"),
        }
    }

    /// The routes that are not reached: the position of each in the table, and what becomes of it.
    pub fn unreached(&self) -> &[(usize, Fate)] {
        let fates = || self.table.fates().enumerate();
        let is_unreached = |fate: &Fate| !matches!(fate, Fate::Reached(_) | Fate::Unknown);
        self.unreached.get_or_init(|| fates().filter(|(_, fate)| is_unreached(fate)).collect())
    }

    /// A request as a client sends it here.
    pub fn request(&self, sketch: &Sketch) -> Request {
        sketch.request(&self.host, self.is_grpc)
    }
}

/// A route that is never reached, as another is tried first and takes all its requests.
pub struct Hidden<'f, 'a> {
    /// The routes among which both are.
    pub tried: &'f Tried<'a>,
    /// The position of the route that is hidden.
    pub position: usize,
    /// The position of the other.
    pub by: usize,
    /// A request that would be the hidden one's.
    pub sketch: &'f Sketch,
}

impl Hidden<'_, '_> {
    /// Whether the other takes more than the hidden one would.
    pub fn is_by_a_wider(&self) -> bool {
        let entries = self.tried.table.entries();
        !entries[self.position].matcher.contains(&entries[self.by].matcher)
    }

    /// Whether both have a priority of their own.
    pub fn have_priorities(&self) -> bool {
        let entries = self.tried.table.entries();
        [self.position, self.by].iter().all(|at| entries[*at].priority.is_some_and(|priority| priority != PRIORITY))
    }

    /// Reports it at a place of the hidden route: a note only where both do the same with a request.
    pub fn report(&self, report: &mut Report, path: Path, message: String, help: &str) {
        let (route, other) = (self.tried.at(self.position), self.tried.at(self.by));
        let meaning = format!("`{}` takes it, and `{}` never does", other.name(), route.name());
        let found = report.add(route.resource, path, message);
        found.help(help).witness(self.tried.request(self.sketch), meaning);
        found.related(other.resource, other.match_path(), format!("`{}` is tried before it", other.name()));
        if route.does_the_same(&other) {
            found.severity(Severity::Info);
        }
    }
}

/// What tells the places apart where requests meet routes.
type PlaceKey<'a> = (Key<'a>, Kind, Key<'a>, &'static str, Host<'a>);

/// The host names that gateway routes of one place answer to: each is a virtual host of its own, from which no request falls
/// through to another.
///
/// Source: aws/aws-app-mesh-roadmap#403.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Host<'a> {
    Any,
    Exact(Domain<'a>),
    Suffix(Domain<'a>),
}

/// A host name, in which capitals make no difference.
///
/// Source: Envoy compares both sides in lower case since envoyproxy/envoy#2439; so did Envoy 1.40 when it was tried.
#[derive(Clone, Copy, Debug)]
struct Domain<'a>(&'a str);

impl PartialEq for Domain<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Domain<'_> {}

impl Hash for Domain<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|byte| state.write_u8(byte.to_ascii_lowercase()));
    }
}

struct Place<'a> {
    key: PlaceKey<'a>,
    parent: Option<usize>,
    routes: Vec<TriedRoute<'a>>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Facts<'a> {
    /// The routes of each router and the gateway routes of each gateway, in the order in which they are tried. TCP has none:
    /// a connection has nothing to be matched but its port.
    pub fn tables(&self) -> &[Tried<'a>] {
        self.lazy.tables.get_or_init(|| self.new_tables())
    }

    /// The routes that one other hides.
    pub fn hidden_routes(&self) -> impl Iterator<Item = Hidden<'_, 'a>> {
        self.tables().iter().flat_map(|tried| {
            tried.unreached().iter().filter_map(move |(position, fate)| match fate {
                Fate::Hidden { by, sketch } => Some(Hidden { tried, position: *position, by: *by, sketch }),
                _ => None,
            })
        })
    }

    fn new_tables(&self) -> Vec<Tried<'a>> {
        let mut places: Vec<Place<'a>> = Vec::new();
        let mut place_of: HashMap<PlaceKey<'a>, usize> = HashMap::new();
        let repeated: HashSet<usize> = self.index.duplicates().iter().map(|(_, second)| *second).collect();
        // Neighbours mostly stand in one place.
        let mut last = 0;
        let mut patterns = Patterns::default();
        for (position, resource) in self.inventory.resources.iter().enumerate() {
            let Some((field, host, mut matcher, priority)) = matched(resource, &mut patterns) else { continue };
            let Some(parent) = &resource.parent else { continue };
            // Of resources with one id, the first is meant.
            if repeated.contains(&position) {
                continue;
            }
            // What exists under a condition takes requests only where that holds.
            let has_gap = |path: &[&'static str]| !resource.gaps.is_empty() && resource.has_gap(&Path::of(path));
            matcher.is_open |= resource.condition.is_some() || has_gap(&["spec", field, "match"]);
            let priority = if has_gap(&["spec", "priority"]) { None } else { priority };
            let key = (Key::of(&resource.mesh), resource.kind(), Key::of(parent), field, host);
            if places.get(last).is_none_or(|place| place.key != key) {
                last = *place_of.entry(key).or_insert(places.len());
            }
            if last == places.len() {
                let parent = self.links.each[position].parent;
                places.push(Place { key, parent, routes: Vec::new(), entries: Vec::new() });
            }
            let Place { routes, entries, .. } = &mut places[last];
            let name = resource.name.known().map(ResourceName::as_str).unwrap_or_default();
            let route = TriedRoute { resource, field };
            let has_twin = becomes_two(&route);
            entries.push(Entry { id: routes.len(), matcher, priority, name, has_twin });
            routes.push(route);
        }
        places.into_iter().map(|place| self.table(place)).collect()
    }

    fn table(&self, place: Place<'a>) -> Tried<'a> {
        let (_, kind, _, field, host) = place.key;
        let ports = place.parent.map(|parent| self.endpoints[parent].speaking(field)).unwrap_or_default();
        let hosts = match host {
            Host::Any => None,
            Host::Exact(Domain(name)) => Some(format!("host `{name}`")),
            Host::Suffix(Domain(end)) => Some(format!("hosts that end in `{end}`")),
        };
        let host = match host {
            Host::Any if kind == Kind::Route => {
                let mut services = place.parent.into_iter().flat_map(|router| self.services_of(router));
                let name = services.find_map(|service| service.resource.name.known());
                name.map(|name| name.as_str().to_owned()).unwrap_or_default()
            }
            Host::Any => String::new(),
            Host::Exact(Domain(name)) => name.to_owned(),
            Host::Suffix(Domain(end)) => format!("x{end}"),
        };
        Tried {
            owner: place.parent.map(|parent| &self.inventory.resources[parent]),
            position: place.parent,
            routes: place.routes,
            table: Table::new(place.entries, ports),
            hosts,
            host,
            is_grpc: field == "grpcRoute",
            unreached: OnceCell::new(),
        }
    }
}

/// What a route or gateway route matches: its field, host, match and priority, where it has one protocol and no open host.
fn matched<'a>(
    resource: &'a Resource,
    patterns: &mut Patterns<'a>,
) -> Option<(&'static str, Host<'a>, Match<'a>, Option<i64>)> {
    match &resource.spec {
        Spec::Route(spec) => {
            let mut protocols = spec.protocols();
            let (route, None) = (protocols.next()?, protocols.next()) else { return None };
            let matcher = match route {
                ProtocolRoute::Http(route) | ProtocolRoute::Http2(route) => Match::of_http(&route.matcher, patterns),
                ProtocolRoute::Grpc(route) => Match::of_grpc(&route.matcher, patterns),
                ProtocolRoute::Tcp(_) => return None,
            };
            Some((route.field(), Host::Any, matcher, priority(spec.priority.as_ref())))
        }
        Spec::GatewayRoute(spec) => {
            let mut protocols = spec.protocols();
            let (route, None) = (protocols.next()?, protocols.next()) else { return None };
            let host = match route.hostname() {
                None => Host::Any,
                Some(hostname) => match (&hostname.exact, &hostname.suffix) {
                    (Some(exact), None) => Host::Exact(Domain(exact.known()?.as_str())),
                    (None, Some(suffix)) => Host::Suffix(Domain(suffix.known()?.as_str())),
                    _ => return None,
                },
            };
            let matcher = match route {
                ProtocolGatewayRoute::Http(route) | ProtocolGatewayRoute::Http2(route) => {
                    Match::of_http_gateway(&route.matcher, patterns)
                }
                ProtocolGatewayRoute::Grpc(route) => Match::of_grpc_gateway(&route.matcher, patterns),
            };
            let hostname = || Path::of(&["spec", route.field(), "match", "hostname"]);
            let is_open = !resource.gaps.is_empty() && resource.has_gap(&hostname());
            (!is_open).then(|| (route.field(), host, matcher, priority(spec.priority.as_ref())))
        }
        _ => None,
    }
}

/// Whether a gateway route's prefix becomes two in Envoy, one of them with a slash.
fn becomes_two(route: &TriedRoute<'_>) -> bool {
    let Spec::GatewayRoute(spec) = &route.resource.spec else { return false };
    let rewrite = || Path::of(&["spec", route.field, "action", "rewrite"]);
    let http = spec.protocols().next().and_then(ProtocolGatewayRoute::http);
    http.is_some_and(becomes_two_prefixes) && (route.resource.gaps.is_empty() || !route.resource.has_gap(&rewrite()))
}

/// The number by which a route is ordered; `None` where it is open.
fn priority(priority: Option<&Scalar<Priority>>) -> Option<i64> {
    match priority {
        None => Some(PRIORITY),
        Some(priority) => Some(priority.known()?.value()),
    }
}
