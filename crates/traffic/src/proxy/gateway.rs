//! What a gateway's proxy does: its gateway routes choose a virtual service and change the request, which then comes back to the
//! proxy and is routed as a node's own would be.
//!
//! Source: the configuration of a gateway in capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`.

mod hosts;
mod rewrites;

use std::rc::Rc;

use meshwright_model::gateway_route::{GatewayRouteSpec, GatewayRouteTarget, ProtocolGatewayRoute};
use meshwright_model::limits::{PortProtocol, VirtualGatewayPortProtocol};
use meshwright_model::opened::is_open;
use meshwright_model::virtual_gateway::{VirtualGatewayConnectionPool, VirtualGatewayListener, VirtualGatewaySpec};
use meshwright_model::{Kind, Path, Resource, Spec};

use super::egress::without_taken;
use super::ingress::{Pool, log};
use super::known::{is_header_text, port};
use super::router::known_match;
use super::services::{Answering, Services, Way};
use super::tls::ServerTls;
use super::world::World;
use super::{EGRESS_PORT, Proxy, Role, Routing, Rule, Share, VIRTUAL_SERVICE_HEADER, VirtualHost};
use crate::condition::Condition;
use crate::matcher::Match;
use crate::table::{Entry, Table};
use hosts::{domain, with_port};
use rewrites::{keeps_host, rewrites};

pub use rewrites::{HostRewrite, PathRewrite};

/// Where a gateway's proxy takes requests.
#[derive(Debug)]
pub struct GatewayListener<'a> {
    /// The port.
    pub port: u16,
    /// The protocol.
    pub protocol: PortProtocol,
    /// The TLS that it speaks.
    pub tls: Option<ServerTls<'a>>,
    /// How much is taken in at a time.
    pub pool: Pool,
    /// The hosts that its gateway routes answer to, each once.
    pub hosts: Vec<GatewayHost<'a>>,
}

/// The gateway routes of one host.
#[derive(Debug)]
pub struct GatewayHost<'a> {
    /// The hosts that it answers to; `*` is any, a `*` in front any beginning.
    pub domains: Vec<String>,
    /// Its rules; an entry of the table names one by its position.
    pub rules: Vec<GatewayRule<'a>>,
    /// Its rules in the order in which they are tried.
    pub table: Table<'a>,
}

/// What a gateway route does with a request.
#[derive(Clone, Debug)]
pub struct GatewayRule<'a> {
    /// The gateway route.
    pub route: &'a Resource,
    /// Its name.
    pub name: &'a str,
    /// The virtual service to which it sends.
    pub service: &'a str,
    /// What becomes of the host.
    pub host: HostRewrite<'a>,
    /// What becomes of the path.
    pub path: PathRewrite<'a>,
    /// How long a request may take, in milliseconds; 0 is without end. `None` is as long as Envoy lets it: 15 seconds.
    pub timeout_millis: Option<u64>,
}

/// The proxy of a gateway.
pub(super) fn gateway<'a>(world: &World<'a>, name: &str) -> Option<Proxy<'a>> {
    let (resource, spec) = world.gateway(name)?;
    let mut behind = Behind { services: Services::new(world, resource), hosts: Vec::new(), marked: Vec::new(), spec };
    let mut listeners: Vec<GatewayListener<'a>> = Vec::new();
    for (index, listener) in spec.listeners.iter().enumerate() {
        let Some(own) = behind.listener(resource, index, listener) else { continue };
        if listeners.iter().any(|other| other.port == own.port) || own.port == EGRESS_PORT {
            let at = Path::of(&["spec", "listeners"]).index(index);
            behind.services.omissions.add(resource, at, format!("port {} is taken already", own.port));
            continue;
        }
        listeners.push(own);
    }
    let gap = Path::of(&["spec", "listeners"]);
    behind.services.omissions.add_gap(resource, &gap, "a listener");
    let log = log(resource, spec.logging.as_ref(), &mut behind.services.omissions);
    let hosts = behind.all_hosts();
    Some(Proxy {
        mesh: world.mesh,
        resource,
        name: super::world::name(resource)?,
        role: Role::Gateway { listeners, hosts },
        log,
        ip_preference: world.ip_preference(),
        targets: behind.services.targets,
        omissions: behind.services.omissions.0,
    })
}

/// The virtual services behind a gateway, as its gateway routes are followed.
struct Behind<'w, 'a> {
    services: Services<'w, 'a>,
    hosts: Vec<VirtualHost<'a>>,
    /// The services that are told apart by header: each with the port of its listener.
    marked: Vec<(&'a str, u16)>,
    spec: &'a VirtualGatewaySpec,
}

impl<'a> Behind<'_, 'a> {
    fn listener(
        &mut self,
        gateway: &'a Resource,
        index: usize,
        listener: &'a VirtualGatewayListener,
    ) -> Option<GatewayListener<'a>> {
        let VirtualGatewayListener { connection_pool, health_check: _, port_mapping, tls } = listener;
        let at = Path::of(&["spec", "listeners"]).index(index);
        let (Some(port), Some(protocol)) = (port(&port_mapping.port), port_mapping.protocol.known()) else {
            self.services.omissions.add(gateway, at, "the listener is left out: its port or protocol is not known");
            return None;
        };
        let protocol = match protocol {
            VirtualGatewayPortProtocol::Http => PortProtocol::Http,
            VirtualGatewayPortProtocol::Http2 => PortProtocol::Http2,
            VirtualGatewayPortProtocol::Grpc => PortProtocol::Grpc,
        };
        let tls = ServerTls::of(tls.as_ref());
        let Some(tls) = tls.ok().filter(|tls| tls.as_ref().is_none_or(ServerTls::is_known)) else {
            // In plaintext it would be open to all.
            let why = "the listener is left out: not all of its TLS is known";
            self.services.omissions.add(gateway, at.field("tls"), why);
            return None;
        };
        let pool = match connection_pool {
            None => Pool::default(),
            Some(VirtualGatewayConnectionPool::Http(pool)) => Pool::of_http(pool),
            Some(VirtualGatewayConnectionPool::Http2(pool) | VirtualGatewayConnectionPool::Grpc(pool)) => {
                Pool::of_requests(pool)
            }
        };
        let hosts = self.gateway_hosts(gateway, port, protocol);
        Some(GatewayListener { port, protocol, tls, pool, hosts })
    }

    /// The gateway routes of a listener, by host.
    fn gateway_hosts(&mut self, gateway: &'a Resource, port: u16, protocol: PortProtocol) -> Vec<GatewayHost<'a>> {
        let mut parts: Vec<(String, Vec<GatewayRule<'a>>, Vec<Entry<'a>>)> = Vec::new();
        let name = super::world::name(gateway).unwrap_or_default();
        for route in self.services.world.gateway_routes(name) {
            let Spec::GatewayRoute(spec) = &route.spec else { continue };
            let Some(own) = self.protocol_of(route, spec, port, protocol) else { continue };
            let Some(host) = self.host(route, own) else { continue };
            let Some(found) = self.rules(route, spec, own) else { continue };
            let place = parts.iter().position(|(other, _, _)| *other == host).unwrap_or_else(|| {
                parts.push((host, Vec::new(), Vec::new()));
                parts.len() - 1
            });
            let (_, rules, entries) = &mut parts[place];
            for (rule, mut entry) in found {
                entry.id = rules.len();
                rules.push(rule);
                entries.push(entry);
            }
        }
        let said: Vec<String> = parts.iter().map(|(host, _, _)| host.clone()).collect();
        let made = parts.into_iter().zip(with_port(&said, port)).map(|((_, rules, entries), domains)| GatewayHost {
            domains,
            rules,
            table: Table::new(entries, vec![i64::from(port)]),
        });
        made.collect()
    }

    fn protocol_of(
        &mut self,
        route: &'a Resource,
        spec: &'a GatewayRouteSpec,
        listener_port: u16,
        listener_protocol: PortProtocol,
    ) -> Option<ProtocolGatewayRoute<'a>> {
        let Some(protocol) = spec.protocols().next() else {
            self.services.omissions.add(route, Path::of(&["spec"]), "left out: its protocol is not known");
            return None;
        };
        match protocol.match_port().map(port) {
            Some(None) => {
                let at = Path::of(&["spec", protocol.field(), "match", "port"]);
                self.services.omissions.add(route, at, "left out: its port is not known");
                return None;
            }
            Some(Some(port)) if port != listener_port => return None,
            _ => {}
        }
        if protocol.protocol() != listener_protocol {
            let is_only = self.spec.listeners.len() == 1;
            if is_only || protocol.match_port().is_some() {
                let why = format!("left out: the gateway's listener speaks {}", listener_protocol.as_str());
                self.services.omissions.add(route, Path::of(&["spec", protocol.field()]), why);
            }
            return None;
        }
        Some(protocol)
    }

    /// The host that a gateway route answers to, as Envoy's domain.
    fn host(&mut self, route: &'a Resource, protocol: ProtocolGatewayRoute<'a>) -> Option<String> {
        let at = Path::of(&["spec", protocol.field(), "match", "hostname"]);
        if self.services.omissions.add_gap(route, &at, "its host name") {
            return None;
        }
        let host = domain(protocol.hostname());
        match &host {
            None => self.services.omissions.add(route, at, "left out: its host name is not known"),
            Some(host) if !is_header_text(host) => {
                let why = "left out: Envoy refuses a host with line ends or zeros in it";
                self.services.omissions.add(route, at, why);
                return None;
            }
            Some(_) => {}
        }
        host
    }

    /// What a gateway route does: one rule, or two where its prefix is tried with a slash as well.
    fn rules(
        &mut self,
        route: &'a Resource,
        spec: &'a GatewayRouteSpec,
        protocol: ProtocolGatewayRoute<'a>,
    ) -> Option<Vec<(GatewayRule<'a>, Entry<'a>)>> {
        let patterns = &mut self.services.patterns;
        let (matcher, path, headers, target, hostname) = match protocol {
            ProtocolGatewayRoute::Http(http) | ProtocolGatewayRoute::Http2(http) => {
                let own = &http.matcher;
                let rewrite = http.action.rewrite.as_ref().and_then(|rewrite| rewrite.hostname.as_ref());
                let matcher = Match::of_http_gateway(own, patterns);
                (matcher, own.path.as_ref(), own.headers.as_deref(), &http.action.target, rewrite)
            }
            ProtocolGatewayRoute::Grpc(grpc) => {
                let own = &grpc.matcher;
                let rewrite = grpc.action.rewrite.as_ref().and_then(|rewrite| rewrite.hostname.as_ref());
                let matcher = Match::of_grpc_gateway(own, patterns);
                (matcher, None, own.metadata.as_deref(), &grpc.action.target, rewrite)
            }
        };
        let at = Path::of(&["spec", protocol.field(), "match"]);
        let priority = spec.priority.as_ref();
        let headers = headers.unwrap_or_default();
        let (matcher, priority) =
            known_match(&mut self.services.omissions, route, &at, matcher, path, (headers, priority))?;
        let action = Path::of(&["spec", protocol.field(), "action"]);
        if self.services.omissions.add_gap(route, &action, "the gateway route") {
            return None;
        }
        let kept = || Some(vec![(matcher.path.clone(), PathRewrite::Kept)]);
        let Some(rewrites) = protocol.http().map_or_else(kept, |http| rewrites(http, &matcher.path)) else {
            self.services.omissions.add(route, action.field("rewrite"), "left out: its rewrite is not known");
            return None;
        };
        if rewrites.iter().any(|(_, rewrite)| rewrite.text().is_some_and(|text| !is_header_text(text))) {
            let why = "left out: Envoy refuses a new path with line ends or zeros in it";
            self.services.omissions.add(route, action.field("rewrite"), why);
            return None;
        }
        let keeps_host = keeps_host(hostname)?;
        let name = super::world::name(route)?;
        let (service, host, timeout_millis) = self.target(route, &action, target, keeps_host)?;
        let rule = |path| GatewayRule { route, name, service, host: host.clone(), path, timeout_millis };
        let entry = |path| Entry {
            id: 0,
            matcher: Match { path, ..matcher.clone() },
            priority: Some(priority),
            has_twin: false,
            name,
        };
        Some(rewrites.into_iter().map(|(path, rewrite)| (rule(rewrite), entry(path))).collect())
    }

    /// The virtual service of a gateway route, how it is named towards the proxy itself, and how long a request may take.
    fn target(
        &mut self,
        route: &'a Resource,
        action: &Path,
        target: &'a GatewayRouteTarget,
        keeps_host: bool,
    ) -> Option<(&'a str, HostRewrite<'a>, Option<u64>)> {
        let GatewayRouteTarget { port: own_port, virtual_service } = target;
        let at = action.clone().field("target");
        let service = virtual_service.virtual_service_name.known().map(meshwright_model::limits::ResourceName::as_str);
        let Some((name, (service, spec))) = service.and_then(|name| Some((name, self.services.world.service(name)?)))
        else {
            let is_open = is_open(route, &at) || self.services.world.may_hold(Kind::VirtualService);
            self.services.omissions.add_as(route, at, "left out: its virtual service is not in the mesh", is_open);
            return None;
        };
        if !is_header_text(name) {
            self.services.omissions.add(route, at, "left out: Envoy refuses a host with line ends or zeros in it");
            return None;
        }
        let own_port = match own_port {
            None => None,
            Some(own) => Some(port(own)?),
        };
        let defaults = self.spec.backend_defaults.as_ref();
        let policy = defaults.and_then(|defaults| defaults.client_policy.as_ref()?.tls.as_ref());
        let answering = self.services.answering(service, spec, policy);
        let has_provider = answering.is_some();
        let found = answering.unwrap_or_default().into_iter().find(|one| own_port.is_none_or(|own| own == one.port));
        let found = match found {
            // A service that nothing answers for has a host without routes, so that its callers get 404.
            None if !has_provider => Answering { port: 0, protocol: PortProtocol::Http, way: no_way() },
            Some(found) if matches!(found.way, Way::Http { .. }) => found,
            _ => {
                let why = "left out: what answers for its virtual service has no such listener for requests";
                self.services.omissions.add(route, at, why);
                return None;
            }
        };
        let timeout = longest(&found.way).filter(|_| has_provider);
        if keeps_host {
            self.add_marked(route, &at, name, found)?;
            return Some((name, HostRewrite::Kept { marker: name }, timeout));
        }
        let host = self.host_of(name, found.port);
        self.add_host(name, &host, found);
        Some((name, HostRewrite::To(host), timeout))
    }

    /// The host by which a virtual service on a port is told apart from others: its name.
    ///
    /// Source: reference 4.7. That the port is added where a gateway reaches the service on another port before is ours, as the proxy
    /// tells its own requests apart by host alone; the application then sees it.
    fn host_of(&self, service: &str, port: u16) -> String {
        let has_name =
            |other: &VirtualHost<'a>| other.service == service && other.domains.iter().any(|own| own == service);
        match self.hosts.iter().find(|other| has_name(other)) {
            Some(other) if other.port != port => format!("{service}:{port}"),
            _ => service.to_owned(),
        }
    }

    /// Adds a virtual service under its own name.
    fn add_host(&mut self, service: &'a str, host: &str, answering: Answering<'a>) {
        let is_there = |other: &VirtualHost<'a>| other.domains.iter().any(|domain| domain.eq_ignore_ascii_case(host));
        if self.hosts.iter().any(is_there) {
            return;
        }
        let Way::Http { routing, ways } = answering.way else { return };
        let port = answering.port;
        let own = format!("{service}:{EGRESS_PORT}");
        let domains = if host == service { vec![service.to_owned(), own] } else { vec![host.to_owned()] };
        let mut made = VirtualHost { service, port, domains, routing, ways };
        if without_taken(&self.hosts, &mut made).is_none() {
            self.hosts.push(made);
        }
    }

    /// Adds a virtual service that is told apart by header.
    fn add_marked(&mut self, route: &'a Resource, at: &Path, service: &'a str, answering: Answering<'a>) -> Option<()> {
        match self.marked.iter().find(|(other, _)| *other == service) {
            Some((_, port)) if *port == answering.port => return Some(()),
            Some(_) => {
                let why = "left out: with its host kept, only one port of a virtual service can be told apart";
                self.services.omissions.add(route, at.clone(), why);
                return None;
            }
            None => self.marked.push((service, answering.port)),
        }
        let Way::Http { routing, ways } = answering.way else { return None };
        let place = match self.hosts.iter().position(|host| host.service.is_empty()) {
            Some(place) => place,
            None => {
                let (domains, routing) = (vec!["*".to_owned()], Rc::new(Routing::none(Vec::new())));
                self.hosts.push(VirtualHost { service: "", port: 0, domains, routing, ways: Vec::new() });
                self.hosts.len() - 1
            }
        };
        let all = &mut self.hosts[place];
        let mut rules = all.routing.rules.clone();
        let mut entries: Vec<Entry<'a>> = all.routing.table.entries().to_vec();
        for entry in routing.table.entries() {
            let mut entry = Entry { id: entry.id + rules.len(), ..entry.clone() };
            entry.matcher.headers.push((VIRTUAL_SERVICE_HEADER.into(), Condition::exact(service)));
            entries.push(entry);
        }
        let moved = |share: &Share| Share { way: share.way + all.ways.len(), ..*share };
        rules.extend(routing.rules.iter().map(|rule| {
            let shares = rule.shares.iter().map(moved).collect();
            Rule { shares, marker: Some(service), ..rule.clone() }
        }));
        all.ways.extend(ways);
        all.routing = Rc::new(Routing { rules, table: Table::new(entries, Vec::new()) });
        Some(())
    }

    /// The virtual services, those that are told apart by header last.
    fn all_hosts(&mut self) -> Vec<VirtualHost<'a>> {
        let mut hosts = std::mem::take(&mut self.hosts);
        hosts.sort_by_key(|host| host.service.is_empty());
        if let Some((marked, others)) = hosts.split_last_mut().filter(|(last, _)| last.service.is_empty()) {
            // Envoy refuses a domain that two hosts have; that a service called `*` gives way is ours.
            for host in others.iter_mut() {
                host.domains.retain(|domain| !marked.domains.contains(domain));
            }
        }
        hosts.retain(|host| !host.domains.is_empty());
        hosts
    }
}

fn no_way<'a>() -> Way<'a> {
    Way::Http { routing: Rc::new(Routing::none(vec![0])), ways: Vec::new() }
}

/// The longest that a request may take by any rule; 0 is without end. `None` where there is no rule.
///
/// Source: the configuration of a gateway in capa-cloud/capa.io: the timeout is the longest of the routes', and absent where the
/// virtual service has none.
fn longest(way: &Way<'_>) -> Option<u64> {
    let Way::Http { routing, .. } = way else { return None };
    let timeouts = || routing.rules.iter().map(|rule| rule.timeout_millis);
    if timeouts().any(|millis| millis == 0) { Some(0) } else { timeouts().max() }
}
