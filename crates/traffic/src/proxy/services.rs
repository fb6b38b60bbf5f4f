//! What answers for virtual services: their providers' listeners, the routes of each, and the targets of those.

use std::collections::HashMap;

use meshwright_model::defaults::{PER_REQUEST_TIMEOUT_MILLIS, PRIORITY};
use meshwright_model::limits::{PortProtocol, ResourceName};
use meshwright_model::matcher::{HeaderMatcher, HttpPathMatch};
use meshwright_model::opened::is_open;
use meshwright_model::route::{ProtocolRoute, RouteAction, RouteSpec};
use meshwright_model::tls::ClientPolicyTls;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_service::{VirtualServiceProvider, VirtualServiceSpec};
use meshwright_model::{Kind, Path, Resource, Scalar, Spec};

use super::known::{Omissions, is_unknown, millis, optional, port};
use super::refused::{refused_names, refused_pattern};
use super::retry::Retry;
use super::rule::{Connection, Destination, Rule, Share};
use super::target::{Listening, Target};
use super::world::World;
use crate::matcher::Match;
use crate::pattern::Patterns;
use crate::table::Entry;

/// Follows virtual services to their targets, for one client.
pub(super) struct Services<'w, 'a> {
    pub(super) world: &'w World<'a>,
    /// The node or gateway that calls.
    pub(super) client: &'a Resource,
    pub(super) omissions: Omissions<'a>,
    pub(super) targets: Vec<Target<'a>>,
    pub(super) patterns: Patterns<'a>,
    by_listener: HashMap<(&'a str, u16), (usize, Option<&'a ClientPolicyTls>)>,
}

/// A listener of what answers for a virtual service, and what it does.
pub(super) struct Answering<'a> {
    pub(super) port: u16,
    pub(super) protocol: PortProtocol,
    pub(super) way: Way<'a>,
}

/// What a listener of a provider does.
pub(super) enum Way<'a> {
    /// Requests go by rules; an entry names one by its position.
    Http { rules: Vec<Rule<'a>>, entries: Vec<Entry<'a>> },
    /// Connections all go one way; `None` where there is none.
    Tcp(Option<Connection<'a>>),
}

/// A listener of a router.
#[derive(Clone, Copy)]
struct RouterListener<'a> {
    name: &'a str,
    port: u16,
    protocol: PortProtocol,
    is_only: bool,
}

impl<'w, 'a> Services<'w, 'a> {
    pub(super) fn new(world: &'w World<'a>, client: &'a Resource) -> Self {
        Self {
            world,
            client,
            omissions: Omissions::default(),
            targets: Vec::new(),
            patterns: Patterns::default(),
            by_listener: HashMap::new(),
        }
    }

    /// The listeners that answer for a virtual service; `None` where nothing does.
    pub(super) fn answering(
        &mut self,
        service: &'a Resource,
        spec: &'a VirtualServiceSpec,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Option<Vec<Answering<'a>>> {
        let at = Path::of(&["spec", "provider"]);
        match spec.provider.as_ref() {
            None => {
                self.omissions.add_gap(service, &at, "the provider");
                None
            }
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                let found = node.virtual_node_name.known().and_then(|name| self.world.node(name.as_str()));
                let Some(node) = found else {
                    let why = "nothing answers: its provider is not a virtual node of the mesh";
                    self.add_missing(service, at, why, Kind::VirtualNode);
                    return None;
                };
                Some(self.answering_node(node, policy))
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                let name = router.virtual_router_name.known().map(ResourceName::as_str);
                let Some((name, (router, _))) = name.and_then(|name| Some((name, self.world.router(name)?))) else {
                    let why = "nothing answers: its provider is not a virtual router of the mesh";
                    self.add_missing(service, at, why, Kind::VirtualRouter);
                    return None;
                };
                Some(self.answering_router(name, router, policy))
            }
        }
    }

    /// Notes that something names what is not there, or is there under a name that is open.
    fn add_missing(&mut self, resource: &'a Resource, path: Path, why: impl Into<String>, kind: Kind) {
        let is_open = is_open(resource, &path) || self.world.may_hold(kind);
        self.omissions.add_as(resource, path, why, is_open);
    }

    /// A node that answers alone: on each of its listeners, with the retries and the timeout that App Mesh gave it.
    fn answering_node(
        &mut self,
        node: (&'a Resource, &'a VirtualNodeSpec),
        policy: Option<&'a ClientPolicyTls>,
    ) -> Vec<Answering<'a>> {
        let name = super::world::name(node.0).unwrap_or_default();
        let mut answering: Vec<Answering<'a>> = Vec::new();
        for listening in Listening::of(node.1) {
            let Listening { port, protocol, .. } = listening;
            if answering.iter().any(|other| other.port == port) {
                continue;
            }
            let destination = self.destination(name, Some(port), protocol, policy);
            let shares = vec![Share { destination, weight: 1 }];
            let way = if protocol == PortProtocol::Tcp {
                Way::Tcp(Some(Connection { route: None, name, router: "", shares, idle_millis: None }))
            } else {
                let rule = Rule {
                    route: None,
                    name,
                    router: "",
                    shares,
                    timeout_millis: PER_REQUEST_TIMEOUT_MILLIS,
                    has_own_timeout: false,
                    idle_millis: None,
                    retry: Retry::default(),
                    marker: None,
                };
                let matcher = Match::all();
                let entry = Entry { id: 0, matcher, priority: Some(PRIORITY), has_twin: false, name };
                Way::Http { rules: vec![rule], entries: vec![entry] }
            };
            answering.push(Answering { port, protocol, way });
        }
        answering
    }

    fn answering_router(
        &mut self,
        name: &'a str,
        router: &'a Resource,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Vec<Answering<'a>> {
        let Spec::VirtualRouter(spec) = &router.spec else { return Vec::new() };
        let listeners = spec.listeners.as_deref().unwrap_or_default();
        let mut answering: Vec<Answering<'a>> = Vec::new();
        for (index, listener) in listeners.iter().enumerate() {
            let mapping = &listener.port_mapping;
            let at = Path::of(&["spec", "listeners"]).index(index);
            let (Some(port), Some(protocol)) = (port(&mapping.port), mapping.protocol.known().copied()) else {
                self.omissions.add(router, at, "the listener is left out: its port or protocol is not known");
                continue;
            };
            if answering.iter().any(|other| other.port == port) {
                self.omissions.add(router, at, format!("a listener before it has port {port} already"));
                continue;
            }
            let listener = RouterListener { name, port, protocol, is_only: listeners.len() == 1 };
            let way = self.way(listener, policy);
            answering.push(Answering { port, protocol, way });
        }
        self.omissions.add_gap(router, &Path::of(&["spec", "listeners"]), "a listener");
        answering
    }

    /// What the routes of a router do on one of its listeners.
    fn way(&mut self, listener: RouterListener<'a>, policy: Option<&'a ClientPolicyTls>) -> Way<'a> {
        let (mut rules, mut entries, mut connection) = (Vec::new(), Vec::new(), None);
        for route in self.world.routes(listener.name) {
            let Spec::Route(spec) = &route.spec else { continue };
            let Some(protocol) = self.protocol_of(route, spec, listener) else { continue };
            if let ProtocolRoute::Tcp(_) = protocol {
                let own = self.connection(route, protocol, listener, policy);
                match (&connection, own) {
                    (None, own) => connection = own,
                    // Source: a connection has nothing but its port to be matched by (App Mesh API reference, `TcpRouteMatch`).
                    (Some(_), Some(_)) => self.omissions.add(
                        route,
                        Path::of(&["spec", "tcpRoute"]),
                        format!("another TCP route takes every connection to port {}", listener.port),
                    ),
                    (Some(_), None) => {}
                }
                continue;
            }
            let Some((matcher, priority)) = self.matched(route, spec, protocol) else { continue };
            let Some(rule) = self.rule(route, protocol, listener, policy) else { continue };
            let name = rule.name;
            entries.push(Entry { id: rules.len(), matcher, priority: Some(priority), has_twin: false, name });
            rules.push(rule);
        }
        if listener.protocol == PortProtocol::Tcp { Way::Tcp(connection) } else { Way::Http { rules, entries } }
    }

    /// The protocol of a route, where it is for a listener.
    fn protocol_of(
        &mut self,
        route: &'a Resource,
        spec: &'a RouteSpec,
        listener: RouterListener<'a>,
    ) -> Option<ProtocolRoute<'a>> {
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
        self.known_match(route, &at, matcher, path, headers.unwrap_or_default(), spec.priority.as_ref())
    }

    /// A match and a priority, where both are known as a whole.
    pub(super) fn known_match(
        &mut self,
        route: &'a Resource,
        at: &Path,
        matcher: Match<'a>,
        path: Option<&'a HttpPathMatch>,
        headers: &'a [HeaderMatcher],
        priority: Option<&'a Scalar<meshwright_model::limits::Priority>>,
    ) -> Option<(Match<'a>, i64)> {
        if let Some(why) = refused_pattern(path, headers) {
            self.omissions.add(route, at.clone(), format!("left out, as Envoy refuses its pattern: {why}"));
            return None;
        }
        if self.omissions.add_gap(route, at, "what it matches") {
            return None;
        }
        if let Some(why) = refused_names(&matcher) {
            self.omissions.add(route, at.clone(), why);
            return None;
        }
        if matcher.is_open {
            self.omissions.add(route, at.clone(), "left out: not all that it matches is known");
            return None;
        }
        let Some(priority) = optional(priority) else {
            self.omissions.add(route, Path::of(&["spec", "priority"]), "left out: its priority is not known");
            return None;
        };
        Some((matcher, priority.map_or(PRIORITY, |priority| priority.value())))
    }

    fn rule(
        &mut self,
        route: &'a Resource,
        protocol: ProtocolRoute<'a>,
        listener: RouterListener<'a>,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Option<Rule<'a>> {
        let shares = self.shares(route, protocol, policy)?;
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
            router: listener.name,
            shares,
            timeout_millis: per_request.unwrap_or(PER_REQUEST_TIMEOUT_MILLIS),
            has_own_timeout: protocol.per_request().is_some(),
            idle_millis: millis(protocol.idle()),
            retry,
            marker: None,
        })
    }

    fn connection(
        &mut self,
        route: &'a Resource,
        protocol: ProtocolRoute<'a>,
        listener: RouterListener<'a>,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Option<Connection<'a>> {
        let mut shares = self.shares(route, protocol, policy)?;
        // Source: Envoy's tcp_proxy demands weights of at least 1 (aws-app-mesh-examples#170).
        shares.retain(|share| share.weight > 0);
        let name = super::world::name(route)?;
        Some(Connection {
            route: Some(route),
            name,
            router: listener.name,
            shares,
            idle_millis: millis(protocol.idle()),
        })
    }

    /// The shares of a route's targets; `None` where Envoy would not take them.
    fn shares(
        &mut self,
        route: &'a Resource,
        protocol: ProtocolRoute<'a>,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Option<Vec<Share<'a>>> {
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
            let destination = self.destination(node.as_str(), port, protocol.protocol(), policy);
            if let Destination::Nowhere { why, .. } = destination {
                let why = format!("nothing of this share arrives: {why}");
                self.add_missing(route, at.clone().index(index), why, Kind::VirtualNode);
            }
            shares.push(Share { destination, weight });
        }
        if Share::total(&shares) == 0 {
            self.omissions.add(route, at, "the route is left out: all weights are 0, which Envoy refuses");
            return None;
        }
        Some(shares)
    }

    /// The listener of a node that is meant.
    fn destination(
        &mut self,
        node: &'a str,
        port: Option<u16>,
        protocol: PortProtocol,
        policy: Option<&'a ClientPolicyTls>,
    ) -> Destination<'a> {
        let nowhere = |why| Destination::Nowhere { node, port, why };
        let Some(found) = self.world.node(node) else { return nowhere("the virtual node is not in the mesh") };
        let Some(listening) = meant(found.1, port, protocol) else {
            return nowhere(match (port, Listening::of(found.1).next()) {
                (_, None) => "the virtual node has no listener",
                (Some(_), _) => "the virtual node has no listener on that port",
                (None, _) => "the virtual node has several listeners, and the target names none",
            });
        };
        if let Some((position, other)) = self.by_listener.get(&(node, listening.port)) {
            if *other != policy {
                let why = format!("for virtual node `{node}` the client policy of an earlier backend holds");
                self.omissions.add(self.client, Path::of(&["spec", "backends"]), why);
            }
            return Destination::Target(*position);
        }
        match Target::new(self.world, found, listening, (self.client, policy), &mut self.omissions) {
            Ok(target) => {
                let position = self.targets.len();
                self.targets.push(target);
                self.by_listener.insert((node, listening.port), (position, policy));
                Destination::Target(position)
            }
            Err(why) => nowhere(why),
        }
    }
}

/// The listener that a target means: that on its port, else the only one, else the only one of the route's protocol.
///
/// Source: App Mesh API reference, `WeightedTarget`: the port is required where there are several; that the protocol then decides is
/// ours.
fn meant(spec: &VirtualNodeSpec, port: Option<u16>, protocol: PortProtocol) -> Option<Listening<'_>> {
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
