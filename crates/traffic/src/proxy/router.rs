//! What a router does on one of its listeners, whoever calls: made once for all proxies of a world.

use std::rc::Rc;

use meshwright_model::defaults::{PER_REQUEST_TIMEOUT_MILLIS, PRIORITY};
use meshwright_model::limits::{PortProtocol, Priority};
use meshwright_model::matcher::{HeaderMatcher, HttpPathMatch};
use meshwright_model::route::{ProtocolRoute, RouteAction, RouteSpec};
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::{Path, Resource, Scalar, Spec};

use super::known::{Omissions, is_unknown, millis, optional, port};
use super::listening::Listening;
use super::refused::{refused_names, refused_pattern};
use super::retry::Retry;
use super::routed::{Meant, Routed, RouterListener};
use super::rule::{Connection, Routing, Rule, Share};
use super::world::World;
use crate::matcher::Match;
use crate::pattern::Patterns;
use crate::table::{Entry, Table};

/// What a router does on one of its listeners; it is found out once.
pub(super) fn routed<'a>(world: &World<'a>, listener: RouterListener<'a>) -> Rc<Routed<'a>> {
    world.routed(listener, || follow(world, listener))
}

fn follow<'a>(world: &World<'a>, listener: RouterListener<'a>) -> Routed<'a> {
    let mut routes =
        Routes { world, listener, omissions: Omissions::default(), patterns: Patterns::default(), ways: Vec::new() };
    let (rules, entries, connection) = routes.followed();
    let Routes { ways, omissions, .. } = routes;
    let table = Table::new(entries, vec![i64::from(listener.port)]);
    Routed { routing: Rc::new(Routing { rules, table }), connection, ways, omissions }
}

/// The routes of a listener, as they are followed.
struct Routes<'w, 'a> {
    world: &'w World<'a>,
    listener: RouterListener<'a>,
    omissions: Omissions<'a>,
    patterns: Patterns<'a>,
    ways: Vec<Meant<'a>>,
}

impl<'a> Routes<'_, 'a> {
    fn followed(&mut self) -> (Vec<Rule<'a>>, Vec<Entry<'a>>, Option<Connection<'a>>) {
        let (mut rules, mut entries, mut connection) = (Vec::new(), Vec::new(), None);
        for route in self.world.routes(self.listener.router) {
            let Spec::Route(spec) = &route.spec else { continue };
            let Some(protocol) = self.protocol_of(route, spec) else { continue };
            if let ProtocolRoute::Tcp(_) = protocol {
                let own = self.connection(route, protocol);
                match (&connection, own) {
                    (None, own) => connection = own,
                    // Source: a connection has nothing but its port to be matched by (App Mesh API reference, `TcpRouteMatch`).
                    (Some(_), Some(_)) => self.omissions.add(
                        route,
                        Path::of(&["spec", "tcpRoute"]),
                        format!("another TCP route takes every connection to port {}", self.listener.port),
                    ),
                    (Some(_), None) => {}
                }
                continue;
            }
            let Some((matcher, priority)) = self.matched(route, spec, protocol) else { continue };
            let Some(rule) = self.rule(route, protocol) else { continue };
            let name = rule.name;
            entries.push(Entry { id: rules.len(), matcher, priority: Some(priority), has_twin: false, name });
            rules.push(rule);
        }
        (rules, entries, connection)
    }

    /// The protocol of a route, where it is for a listener.
    fn protocol_of(&mut self, route: &'a Resource, spec: &'a RouteSpec) -> Option<ProtocolRoute<'a>> {
        let listener = self.listener;
        let Some(protocol) = spec.protocols().next() else {
            self.omissions.add(route, Path::of(&["spec"]), "the route is left out: its protocol is not known");
            return None;
        };
        let field = protocol.field();
        match protocol.match_port().map(port) {
            Some(None) => {
                let at = Path::of(&["spec", field, "match", "port"]);
                self.omissions.add(route, at, "the route is left out: its port is not known");
                return None;
            }
            Some(Some(port)) if port != listener.port => return None,
            _ => {}
        }
        if protocol.protocol() != listener.protocol {
            // With several listeners the route may be for another.
            if listener.is_only || protocol.match_port().is_some() {
                let why = format!("the route is left out: the router's listener speaks {}", listener.protocol.as_str());
                self.omissions.add(route, Path::of(&["spec", field]), why);
            }
            return None;
        }
        Some(protocol)
    }

    /// What a route matches and its priority, where both are known as a whole.
    fn matched(
        &mut self,
        route: &'a Resource,
        spec: &'a RouteSpec,
        protocol: ProtocolRoute<'a>,
    ) -> Option<(Match<'a>, i64)> {
        let at = Path::of(&["spec", protocol.field(), "match"]);
        let (matcher, path, headers) = match protocol {
            ProtocolRoute::Http(http) | ProtocolRoute::Http2(http) => {
                let own = &http.matcher;
                (Match::of_http(own, &mut self.patterns), own.path.as_ref(), own.headers.as_deref())
            }
            ProtocolRoute::Grpc(grpc) => {
                let own = &grpc.matcher;
                (Match::of_grpc(own, &mut self.patterns), None, own.metadata.as_deref())
            }
            ProtocolRoute::Tcp(_) => return None,
        };
        known_match(
            &mut self.omissions,
            route,
            &at,
            matcher,
            path,
            (headers.unwrap_or_default(), spec.priority.as_ref()),
        )
    }

    fn rule(&mut self, route: &'a Resource, protocol: ProtocolRoute<'a>) -> Option<Rule<'a>> {
        let shares = self.shares(route, protocol)?;
        let retry = match protocol {
            ProtocolRoute::Http(http) | ProtocolRoute::Http2(http) => http.retry_policy.as_ref().map(Retry::of_http),
            ProtocolRoute::Grpc(grpc) => grpc.retry_policy.as_ref().map(Retry::of_grpc),
            ProtocolRoute::Tcp(_) => None,
        };
        let at = Path::of(&["spec", protocol.field(), "retryPolicy"]);
        let retry = match retry {
            None => Retry::default(),
            Some(Some(retry)) => retry,
            Some(None) => {
                self.omissions.add(route, at, "it is left out: not all of it is known");
                Retry::default()
            }
        };
        let per_request = millis(protocol.per_request());
        for (own, what) in [(protocol.per_request(), "perRequest"), (protocol.idle(), "idle")] {
            if is_unknown(own) {
                let at = Path::of(&["spec", protocol.field(), "timeout", what]);
                self.omissions.add(route, at, "the timeout is left out: it is not known");
            }
        }
        Some(Rule {
            route: Some(route),
            name: super::world::name(route)?,
            router: self.listener.router,
            shares,
            timeout_millis: per_request.unwrap_or(PER_REQUEST_TIMEOUT_MILLIS),
            has_own_timeout: protocol.per_request().is_some(),
            idle_millis: millis(protocol.idle()),
            retry,
            marker: None,
        })
    }

    fn connection(&mut self, route: &'a Resource, protocol: ProtocolRoute<'a>) -> Option<Connection<'a>> {
        let shares = self.shares(route, protocol)?;
        let name = super::world::name(route)?;
        Some(Connection {
            route: Some(route),
            name,
            router: self.listener.router,
            shares,
            ways: Vec::new(),
            idle_millis: millis(protocol.idle()),
        })
    }

    /// The shares of a route's targets; `None` where Envoy would not take them.
    fn shares(&mut self, route: &'a Resource, protocol: ProtocolRoute<'a>) -> Option<Vec<Share>> {
        let RouteAction { weighted_targets } = protocol.action();
        let at = Path::of(&["spec", protocol.field(), "action", "weightedTargets"]);
        if self.omissions.add_gap(route, &at, "the route") {
            return None;
        }
        let mut shares = Vec::with_capacity(weighted_targets.len());
        for (index, target) in weighted_targets.iter().enumerate() {
            let weight = target.weight.known().and_then(|weight| u32::try_from(weight.value()).ok());
            let (Some(node), Some(weight), Some(port)) =
                (target.virtual_node.known(), weight, known_port(target.port.as_ref()))
            else {
                self.omissions.add(route, at.index(index), "the route is left out: this target is not known");
                return None;
            };
            let meant = meant(self.world, node.as_str(), port, protocol.protocol());
            let known = self.ways.iter().position(|other| other.key() == meant.key());
            let way = known.unwrap_or_else(|| {
                self.ways.push(meant);
                self.ways.len() - 1
            });
            shares.push(Share { way, weight });
        }
        if Share::total(&shares) == 0 {
            self.omissions.add(route, at, "the route is left out: all weights are 0, which Envoy refuses");
            return None;
        }
        Some(shares)
    }
}

/// A match and a priority, where both are known as a whole.
pub(super) fn known_match<'a>(
    omissions: &mut Omissions<'a>,
    route: &'a Resource,
    at: &Path,
    matcher: Match<'a>,
    path: Option<&'a HttpPathMatch>,
    (headers, priority): (&'a [HeaderMatcher], Option<&'a Scalar<Priority>>),
) -> Option<(Match<'a>, i64)> {
    if let Some(why) = refused_pattern(path, headers) {
        omissions.add(route, at.clone(), format!("left out, as Envoy refuses its pattern: {why}"));
        return None;
    }
    if omissions.add_gap(route, at, "what it matches") {
        return None;
    }
    if let Some(why) = refused_names(&matcher) {
        omissions.add(route, at.clone(), why);
        return None;
    }
    if matcher.is_open {
        omissions.add(route, at.clone(), "left out: not all that it matches is known");
        return None;
    }
    let Some(priority) = optional(priority) else {
        omissions.add(route, Path::of(&["spec", "priority"]), "left out: its priority is not known");
        return None;
    };
    Some((matcher, priority.map_or(PRIORITY, |priority| priority.value())))
}

/// What a share means: a listener of a node.
pub(super) fn meant<'a>(world: &World<'a>, name: &'a str, port: Option<u16>, protocol: PortProtocol) -> Meant<'a> {
    let nowhere = |why| Meant::Nowhere { name, port, why };
    let Some(node) = world.node(name) else { return nowhere("the virtual node is not in the mesh") };
    match listener_meant(node.1, port, protocol) {
        Some(listening) => Meant::Listener { node, name, listening },
        None => nowhere(match (port, Listening::of(node.1).next()) {
            (_, None) => "the virtual node has no listener",
            (Some(_), _) => "the virtual node has no listener on that port",
            (None, _) => "the virtual node has several listeners, and the target names none",
        }),
    }
}

/// The listener that a target means: that on its port, else the only one, else the only one of the route's protocol.
///
/// Source: App Mesh API reference, `WeightedTarget`: the port is required where there are several; that the protocol then decides is
/// ours.
fn listener_meant(spec: &VirtualNodeSpec, port: Option<u16>, protocol: PortProtocol) -> Option<Listening<'_>> {
    if let Some(port) = port {
        return Listening::of(spec).find(|own| own.port == port);
    }
    only(Listening::of(spec)).or_else(|| only(Listening::of(spec).filter(|own| own.protocol == protocol)))
}

/// What comes, where it is one.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    all.next().filter(|_| all.next().is_none())
}

#[expect(clippy::option_option, reason = "absent and unknown are two things")]
fn known_port(own: Option<&Scalar<meshwright_model::limits::Port>>) -> Option<Option<u16>> {
    match own {
        None => Some(None),
        Some(own) => port(own).map(Some),
    }
}
