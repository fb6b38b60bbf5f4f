//! What answers for virtual services: their providers' listeners, the routes of each, and the targets of those.

use std::collections::HashMap;
use std::rc::Rc;

use meshwright_model::defaults::{PER_REQUEST_TIMEOUT_MILLIS, PRIORITY};
use meshwright_model::limits::{PortProtocol, ResourceName};
use meshwright_model::opened::is_open;
use meshwright_model::tls::ClientPolicyTls;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_service::{VirtualServiceProvider, VirtualServiceSpec};
use meshwright_model::{Kind, Path, Resource, Spec};

use super::known::{Omissions, port};
use super::listening::Listening;
use super::retry::Retry;
use super::routed::{Meant, Routed, RouterListener};
use super::router::routed;
use super::rule::{Connection, Destination, Routing, Rule, Share};
use super::target::Target;
use super::world::World;
use crate::matcher::Match;
use crate::pattern::Patterns;
use crate::table::{Entry, Table};

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
    /// Requests go by rules, and then by ways.
    Http { routing: Rc<Routing<'a>>, ways: Vec<Destination<'a>> },
    /// Connections all go one way; `None` where there is none.
    Tcp(Option<Connection<'a>>),
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
            let ways = vec![self.destination(Meant::Listener { node, name, listening }, policy)];
            let shares = vec![Share { way: 0, weight: 1 }];
            let way = if protocol == PortProtocol::Tcp {
                Way::Tcp(Some(Connection { route: None, name, router: "", shares, ways, idle_millis: None }))
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
                let table = Table::new(vec![entry], vec![i64::from(port)]);
                Way::Http { routing: Rc::new(Routing { rules: vec![rule], table }), ways }
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
            let listener = RouterListener { router: name, port, protocol, is_only: listeners.len() == 1 };
            let own = routed(self.world, listener);
            let ways = self.reach(&own, policy);
            let way = if protocol == PortProtocol::Tcp {
                Way::Tcp(own.connection.as_ref().map(|found| {
                    // Source: Envoy's tcp_proxy demands weights of at least 1 (aws-app-mesh-examples#170).
                    let shares = found.shares.iter().copied().filter(|share| share.weight > 0).collect();
                    Connection { shares, ways, ..found.clone() }
                }))
            } else {
                Way::Http { routing: Rc::clone(&own.routing), ways }
            };
            answering.push(Answering { port, protocol, way });
        }
        self.omissions.add_gap(router, &Path::of(&["spec", "listeners"]), "a listener");
        answering
    }

    /// Takes what a router does on a listener, whose shares then go to targets of this proxy.
    fn reach(&mut self, routed: &Routed<'a>, policy: Option<&'a ClientPolicyTls>) -> Vec<Destination<'a>> {
        for omission in &routed.omissions.0 {
            self.omissions.add_whole(omission.clone());
        }
        let ways: Vec<Destination<'a>> = routed.ways.iter().map(|meant| self.destination(*meant, policy)).collect();
        if ways.iter().any(|way| matches!(way, Destination::Nowhere { .. })) {
            let rules = routed.routing.rules.iter().map(|rule| (rule.route, &rule.shares));
            let connection = routed.connection.iter().map(|own| (own.route, &own.shares));
            for (route, shares) in rules.chain(connection) {
                self.add_lost(route, shares, &ways);
            }
        }
        ways
    }

    /// Notes the shares of a route of which nothing arrives.
    fn add_lost(&mut self, route: Option<&'a Resource>, shares: &[Share], ways: &[Destination<'a>]) {
        let Some((route, Spec::Route(spec))) = route.map(|route| (route, &route.spec)) else { return };
        let Some(protocol) = spec.protocols().next() else { return };
        for (index, share) in shares.iter().enumerate() {
            let Destination::Nowhere { why, .. } = ways[share.way] else { continue };
            let at = Path::of(&["spec", protocol.field(), "action", "weightedTargets"]).index(index);
            self.add_missing(route, at, format!("nothing of this share arrives: {why}"), Kind::VirtualNode);
        }
    }

    /// The target that is meant.
    fn destination(&mut self, meant: Meant<'a>, policy: Option<&'a ClientPolicyTls>) -> Destination<'a> {
        let (node, name, listening) = match meant {
            Meant::Listener { node, name, listening } => (node, name, listening),
            Meant::Nowhere { name, port, why } => return Destination::Nowhere { node: name, port, why },
        };
        let port = listening.port;
        if let Some((position, other)) = self.by_listener.get(&(name, port)) {
            if *other != policy {
                let why = format!("for virtual node `{name}` the client policy of an earlier backend holds");
                self.omissions.add(self.client, Path::of(&["spec", "backends"]), why);
            }
            return Destination::Target(*position);
        }
        match Target::new(self.world, node, listening, (self.client, policy), &mut self.omissions) {
            Ok(target) => {
                let position = self.targets.len();
                self.targets.push(target);
                self.by_listener.insert((name, port), (position, policy));
                Destination::Target(position)
            }
            Err(why) => Destination::Nowhere { node: name, port: Some(port), why },
        }
    }
}
