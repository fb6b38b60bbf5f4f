//! Who speaks TLS to whom: the client policy that holds for each virtual service, and the listeners behind it.
//!
//! A backend's own policy takes the place of its node's defaults as a whole; a gateway has defaults alone, for every service
//! that its gateway routes name. What leads nowhere, or may not exist together with the rest, is left out.

use std::collections::HashSet;

use meshwright_model::reference::Key;
use meshwright_model::tls::{ClientPolicy, ClientPolicyTls};
use meshwright_model::{Kind, Path, Resource};

use super::tls_parts::defaults_path;
use super::tls_servers::{Speech, TlsListener, TlsServer};
use super::{Existence, Facts, Gateway, Node, Service, backend_path};

/// A client under one policy, and the virtual services that it holds for.
#[derive(Debug)]
pub struct TlsClient<'a> {
    /// The node or gateway.
    pub resource: &'a Resource,
    /// The policy; `None` where it is certain that there is none.
    pub policy: Option<&'a ClientPolicyTls>,
    /// The backend whose own policy it is; `None` for the defaults.
    pub backend: Option<usize>,
    /// The services.
    pub calls: Vec<TlsCall<'a>>,
    /// Whether it holds for no others.
    pub is_whole: bool,
    /// Whether the policy's ports are a part that the file leaves open.
    has_open_ports: bool,
}

/// A virtual service that a client calls.
#[derive(Clone, Copy, Debug)]
pub struct TlsCall<'a> {
    /// The service.
    pub service: Service<'a>,
    /// The node's backend that names it; `None` for a gateway.
    pub backend: Option<usize>,
    server: usize,
    existence: Existence<'a>,
}

/// A way of a client to a listener.
#[derive(Clone, Copy, Debug)]
pub struct TlsReach<'f, 'a> {
    /// The service that is called.
    pub call: TlsCall<'a>,
    /// What answers for it.
    pub server: &'f TlsServer<'a>,
    /// The listener.
    pub listener: TlsListener<'a>,
}

/// The most listeners that a finding about a client names as related.
pub const MAX_RELATED: usize = 4;

/// What a sentence about the first of several listeners says of the others.
pub fn more(count: usize) -> &'static str {
    if count > 1 { " (and it is not the only one)" } else { "" }
}

/// Clients and servers of every mesh.
#[derive(Debug, Default)]
pub(super) struct Encryption<'a> {
    clients: Vec<TlsClient<'a>>,
    servers: Vec<TlsServer<'a>>,
}

impl TlsClient<'_> {
    /// Where a value of its policy stands, or would.
    pub fn at(&self, fields: &[&'static str]) -> Path {
        let policy = self.backend.map_or_else(defaults_path, |backend| backend_path(backend, &["clientPolicy", "tls"]));
        fields.iter().fold(policy, |path, field| path.field(*field))
    }

    /// Where to speak of a policy that it lacks for a call: the backend, or where a gateway's policy would stand.
    pub fn without_policy_at(&self, call: &TlsCall<'_>) -> Path {
        match (self.policy, call.backend) {
            (None, Some(backend)) => backend_path(backend, &["clientPolicy"]),
            _ => self.at(&[]),
        }
    }

    /// Who it is: ``virtual node `front` ``.
    pub fn shown(&self) -> String {
        let kind = if self.resource.kind() == Kind::VirtualGateway { "virtual gateway" } else { "virtual node" };
        format!("{kind} `{}`", Key::of(&self.resource.name).shown())
    }

    /// Whether its policy insists on TLS; `None` where there is no policy or that is open.
    pub fn enforces(&self) -> Option<bool> {
        match &self.policy?.enforce {
            None => Some(true),
            Some(enforce) => enforce.known().copied(),
        }
    }

    /// Whether its policy certainly holds on every port.
    pub fn covers_all(&self) -> bool {
        self.policy.is_some_and(|policy| policy.ports.is_none()) && !self.has_open_ports
    }

    /// Whether its policy holds on the port of a listener; `None` where that is not certain.
    ///
    /// Source: App Mesh User Guide, tls: a policy is used where one of its ports "matches the port of the server's policy".
    /// Where it names the port of the router before that listener instead, nothing is said.
    pub fn covers(&self, reach: &TlsReach<'_, '_>) -> Option<bool> {
        let Some(policy) = self.policy else { return Some(false) };
        let Some(ports) = &policy.ports else { return (!self.has_open_ports).then_some(true) };
        let mut known = ports.iter().map(|port| port.known().map(|port| port.value()));
        if known.clone().any(|port| port == Some(reach.listener.port)) {
            return Some(true);
        }
        let is_clear = known.all(|port| port.is_some_and(|port| !reach.server.router_ports.contains(&port)));
        (is_clear && !ports.is_empty() && !self.has_open_ports).then_some(false)
    }
}

impl TlsReach<'_, '_> {
    /// What is called, as a sentence names it: ``virtual service `orders` ``.
    pub fn shown(&self) -> String {
        format!("virtual service `{}`", self.call.service.name())
    }

    /// The listener, as a sentence names it: ``virtual node `orders-v1` on port 8080``.
    pub fn listener_shown(&self) -> String {
        format!("virtual node `{}` on port {}", self.listener.node.name(), self.listener.port)
    }
}

impl<'a> Facts<'a> {
    /// Every client under each of its policies, and under none.
    pub fn tls_clients(&self) -> &[TlsClient<'a>] {
        &self.encryption().clients
    }

    /// What a client may reach that speaks so. Nothing of it is ruled out by conditions.
    pub fn tls_reaches<'f>(
        &'f self,
        client: &'f TlsClient<'a>,
        speech: Speech,
    ) -> impl Iterator<Item = TlsReach<'f, 'a>> {
        let calls = client.calls.iter().map(|call| (*call, self.tls_server(call)));
        calls.filter(move |(_, server)| server.kinds[speech as usize]).flat_map(move |(call, server)| {
            let listeners = server
                .listeners
                .iter()
                .filter(move |listener| listener.speaks(speech) && call.existence.and(listener.existence).is_clear());
            listeners.map(move |listener| TlsReach { call, server, listener: *listener })
        })
    }

    /// What answers for a service that a client calls.
    pub fn tls_server(&self, call: &TlsCall<'a>) -> &TlsServer<'a> {
        &self.encryption().servers[call.server]
    }

    /// Whether a node has a proxy of the mesh for certain, and is no host outside it: a task runs one, or the node says what
    /// only its own proxy can carry out.
    pub fn has_proxy(&self, node: Node<'a>) -> bool {
        let spec = node.spec;
        let mut listeners = spec.listeners.iter().flatten();
        self.proxies().iter().any(|proxy| proxy.position == Some(node.position))
            || spec.backends.as_ref().is_some_and(|backends| !backends.is_empty())
            || spec.backend_defaults.is_some()
            || spec.logging.is_some()
            || listeners.any(|listener| listener.tls.is_some() || listener.connection_pool.is_some())
    }

    /// The ways of a client to listeners that speak so and pass a test: each listener by the first way to it, and one more
    /// listener at most than a finding names.
    pub fn tls_listeners<'f>(
        &'f self,
        client: &'f TlsClient<'a>,
        speech: Speech,
        is_wanted: impl Fn(&TlsReach<'f, 'a>) -> bool,
    ) -> Vec<TlsReach<'f, 'a>> {
        let mut reaches: Vec<TlsReach<'f, 'a>> = Vec::new();
        for reach in self.tls_reaches(client, speech).filter(is_wanted) {
            let is_known = reaches.iter().any(|known| known.listener.is(&reach.listener));
            if !is_known {
                reaches.push(reach);
            }
            if reaches.len() > MAX_RELATED {
                break;
            }
        }
        reaches
    }

    fn encryption(&self) -> &Encryption<'a> {
        self.lazy.encryption.get_or_init(|| self.find_encryption())
    }

    fn find_encryption(&self) -> Encryption<'a> {
        if self.tls_parts().is_empty() {
            return Encryption::default();
        }
        let mut server_of = vec![usize::MAX; self.inventory.resources.len()];
        let mut servers = Vec::new();
        for service in self.services() {
            server_of[service.position] = servers.len();
            servers.push(self.tls_server_of(service));
        }
        let mut clients = Vec::new();
        for node in self.nodes() {
            self.add_node_clients(node, &server_of, &mut clients);
        }
        for gateway in self.gateways() {
            clients.extend(self.gateway_client(gateway, &server_of));
        }
        Encryption { clients, servers }
    }

    fn add_node_clients(&self, node: Node<'a>, server_of: &[usize], clients: &mut Vec<TlsClient<'a>>) {
        let resource = node.resource;
        let defaults = node.spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref());
        let mut by_default = default_client(resource, defaults);
        let has_all_backends = resource.gaps.is_empty() || !resource.has_gap(&Path::of(&["spec", "backends"]));
        if let Some(client) = &mut by_default {
            client.is_whole = has_all_backends;
        }
        for call in self.calls(node) {
            let tls_call = call.service.map(|service| TlsCall {
                service,
                backend: Some(call.index),
                server: server_of[service.position],
                existence: Existence::of(resource),
            });
            if let Some(policy) = &call.backend.client_policy {
                // A policy that says nothing of TLS may or may not hide the defaults: no source says.
                let Some(tls) = &policy.tls else { continue };
                let mut client = new_client(resource, Some(tls), Some(call.index));
                client.is_whole = tls_call.is_some();
                client.calls.extend(tls_call);
                clients.push(client);
            } else if let Some(client) = &mut by_default {
                let is_open = !has_all_backends && resource.has_gap(&backend_path(call.index, &["clientPolicy"]));
                client.is_whole &= tls_call.is_some() && !is_open;
                client.calls.extend(tls_call.filter(|_| !is_open));
            }
        }
        clients.extend(by_default);
    }

    fn gateway_client(&self, gateway: Gateway<'a>, server_of: &[usize]) -> Option<TlsClient<'a>> {
        let defaults = gateway.spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref());
        let mut client = default_client(gateway.resource, defaults)?;
        client.is_whole = self.holds_all(gateway.resource, Kind::GatewayRoute);
        let mut seen = HashSet::new();
        for route in self.gateway_routes_of(gateway) {
            let service = self.service_of(route);
            client.is_whole &= service.is_some();
            let existence = Existence::of(gateway.resource).and(Existence::of(route.resource));
            let Some(service) = service.filter(|_| existence.is_clear()) else { continue };
            if seen.insert((service.position, existence)) {
                let server = server_of[service.position];
                client.calls.push(TlsCall { service, backend: None, server, existence });
            }
        }
        Some(client)
    }
}

fn new_client<'a>(
    resource: &'a Resource,
    policy: Option<&'a ClientPolicyTls>,
    backend: Option<usize>,
) -> TlsClient<'a> {
    let mut client = TlsClient { resource, policy, backend, calls: Vec::new(), is_whole: false, has_open_ports: false };
    client.has_open_ports = !resource.gaps.is_empty() && resource.has_gap(&client.at(&["ports"]));
    client
}

/// A client under its defaults; `None` where they are open.
fn default_client<'a>(resource: &'a Resource, defaults: Option<&'a ClientPolicy>) -> Option<TlsClient<'a>> {
    let tls = defaults.and_then(|policy| policy.tls.as_ref());
    let is_open = tls.is_none() && !resource.gaps.is_empty() && resource.has_gap(&defaults_path());
    (!is_open).then(|| new_client(resource, tls, None))
}
