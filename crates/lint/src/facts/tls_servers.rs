//! The listeners that answer for a virtual service, and whether they speak TLS.

use std::collections::HashSet;

use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::listener::Listener;
use meshwright_model::tls::{ListenerTls, ListenerTlsCertificate};
use meshwright_model::{Kind, Path};

use super::{Endpoint, Existence, Facts, Node, Provider, Router, Service, listener_path};

/// What answers for a virtual service.
#[derive(Debug, Default)]
pub struct TlsServer<'a> {
    /// The listeners that requests reach, each once.
    pub listeners: Vec<TlsListener<'a>>,
    /// Whether there are no others.
    pub is_whole: bool,
    /// The ports on which its router is called.
    pub router_ports: Vec<i64>,
    pub(super) kinds: [bool; 4],
}

/// A listener that requests to a virtual service reach.
#[derive(Clone, Copy, Debug)]
pub struct TlsListener<'a> {
    /// Its node.
    pub node: Node<'a>,
    /// Its place, port and protocol.
    pub endpoint: Endpoint,
    /// Its port.
    pub port: i64,
    /// Its TLS, where it has any.
    pub tls: Option<&'a ListenerTls>,
    /// Whether it asks its clients for a certificate, or may do so by a part that the file leaves open.
    pub may_validate: bool,
    kinds: [bool; 4],
    pub(super) existence: Existence<'a>,
}

/// What is sought in a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// It certainly speaks plaintext alone.
    Plaintext = 0,
    /// It certainly speaks TLS, though plaintext perhaps as well.
    Tls = 1,
    /// It certainly speaks TLS alone, and asks its clients for a certificate.
    Mutual = 2,
    /// It certainly speaks TLS, asks no client for a certificate, and has its own from elsewhere than ACM: a client without a
    /// policy takes whatever it shows.
    Unvouched = 3,
}

impl TlsListener<'_> {
    /// Where a value of its TLS stands, or would.
    pub fn at(&self, fields: &[&'static str]) -> Path {
        fields.iter().fold(listener_path(self.endpoint.index, &["tls"]), |path, field| path.field(*field))
    }

    /// Whether both are one listener.
    pub fn is(&self, other: &Self) -> bool {
        self.node.position == other.node.position && self.endpoint.index == other.endpoint.index
    }

    /// Whether it is so.
    pub fn speaks(&self, speech: Speech) -> bool {
        self.kinds[speech as usize]
    }
}

impl<'a> Facts<'a> {
    /// The listeners behind a service that get a share of its requests for certain.
    pub(super) fn tls_server_of(&self, service: Service<'a>) -> TlsServer<'a> {
        let mut server = TlsServer::default();
        let existence = Existence::of(service.resource);
        match self.provider_of(service) {
            None => {}
            Some(Provider::Node(node)) => {
                server.is_whole = true;
                let endpoint = self.endpoints(node.position).single();
                server.add(node, endpoint, existence.and(Existence::of(node.resource)));
            }
            Some(Provider::Router(router)) => {
                server.is_whole = self.holds_all(service.resource, Kind::Route);
                self.add_targets(router, existence.and(Existence::of(router.resource)), &mut server);
            }
        }
        server
    }

    fn add_targets(&self, router: Router<'a>, existence: Existence<'a>, server: &mut TlsServer<'a>) {
        server.router_ports =
            self.endpoints(router.position).list.iter().filter_map(|endpoint| endpoint.port).collect();
        let mut seen = HashSet::new();
        for route in self.routes_of(router) {
            server.is_whole &= !route.resource.may_hide_references();
            let existence = existence.and(Existence::of(route.resource));
            for target in self.targets(route) {
                let is_used = target.weight.is_some_and(|weight| weight > 0);
                let Some(node) = target.node.filter(|_| is_used) else {
                    server.is_whole = false;
                    continue;
                };
                let endpoint = self.endpoints(node.position).reached(target.port);
                let existence = existence.and(Existence::of(node.resource));
                if seen.insert((node.position, endpoint.map(|endpoint| endpoint.index), existence)) {
                    server.add(node, endpoint, existence);
                }
            }
        }
    }
}

impl<'a> TlsServer<'a> {
    /// Adds a listener, if it is known and exists together with what leads there.
    fn add(&mut self, node: Node<'a>, endpoint: Option<Endpoint>, existence: Existence<'a>) {
        let endpoint = endpoint.filter(|_| existence.is_clear());
        let listener = endpoint.and_then(|endpoint| listener(node, endpoint, existence));
        self.is_whole &= listener.is_some();
        let Some(listener) = listener else { return };
        for (has, is) in self.kinds.iter_mut().zip(listener.kinds) {
            *has |= is;
        }
        self.listeners.push(listener);
    }
}

fn listener<'a>(node: Node<'a>, endpoint: Endpoint, existence: Existence<'a>) -> Option<TlsListener<'a>> {
    let listener: &Listener = node.spec.listeners.as_ref()?.get(endpoint.index)?;
    let has_gap = |fields: &[&'static str]| {
        !node.resource.gaps.is_empty() && node.resource.has_gap(&listener_path(endpoint.index, fields))
    };
    let tls = listener.tls.as_ref();
    let mode = tls.and_then(|tls| tls.mode.known().copied());
    let validates = tls.is_some_and(|tls| tls.validation.is_some());
    let is_mutual = validates && mode == Some(ListenerTlsMode::Strict);
    let is_from_acm = tls.is_some_and(|tls| matches!(tls.certificate, ListenerTlsCertificate::Acm(_)));
    let is_plaintext = if tls.is_none() { !has_gap(&["tls"]) } else { mode == Some(ListenerTlsMode::Disabled) };
    let speaks_tls = matches!(mode, Some(ListenerTlsMode::Strict | ListenerTlsMode::Permissive));
    Some(TlsListener {
        node,
        endpoint,
        port: endpoint.port?,
        tls,
        may_validate: validates || has_gap(&["tls", "validation"]),
        kinds: [is_plaintext, speaks_tls, is_mutual, speaks_tls && !is_mutual && !is_from_acm],
        existence,
    })
}
