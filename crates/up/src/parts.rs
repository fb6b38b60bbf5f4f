//! What a mesh needs to run: for each node and gateway where it listens, what it calls, and by which names others want to know it.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::limits::PortProtocol;
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::PathMatch;
use meshwright_traffic::proxy::{ClientTls, Discovery, Outbound, Proxy, Role, Validation, World};

/// A node or a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// A virtual node or a virtual gateway.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Where it listens; of a node, its application too.
    pub ports: BTreeMap<u16, PortProtocol>,
    /// Where it is asked for its health besides.
    pub health_ports: BTreeSet<u16>,
    /// What a node calls.
    pub backends: Vec<Backend>,
    /// The names that its certificate bears.
    pub names: BTreeSet<String>,
    /// Whether its proxy shows a certificate to anyone.
    pub has_tls: bool,
    /// How requests come in from outside of the mesh: through a gateway, or as what the application of a node does that nobody calls.
    pub entries: Vec<Entry>,
}

/// A virtual service that a node calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// The virtual service.
    pub service: String,
    /// The port.
    pub port: u16,
    /// What is spoken.
    pub protocol: PortProtocol,
}

/// A request that comes from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The port.
    pub port: u16,
    /// What is spoken.
    pub protocol: PortProtocol,
    /// The host that it asks for; `None` for any.
    pub host: Option<String>,
    /// The path.
    pub path: String,
}

/// The parts of a mesh, gateways first.
pub fn parts(inventory: &Inventory, mesh: &str) -> Vec<Part> {
    let world = World::new(inventory, mesh);
    let named = |kind| world.names(kind).into_iter().map(move |name| (kind, name));
    let all: Vec<(Kind, &str)> = named(Kind::VirtualGateway).chain(named(Kind::VirtualNode)).collect();
    let proxies: Vec<(Kind, Proxy<'_>)> =
        all.into_iter().filter_map(|(kind, name)| Some((kind, Proxy::of(&world, kind, name)?))).collect();
    let mut parts: Vec<Part> = proxies.iter().map(|(kind, proxy)| part(*kind, proxy)).collect();
    demands(&proxies, &mut parts);
    for part in parts.iter_mut().filter(|part| part.kind == Kind::VirtualNode) {
        let is_called = proxies.iter().any(|(_, proxy)| proxy.targets.iter().any(|target| target.node == part.name));
        if !is_called && !part.backends.is_empty() {
            let entry = |(port, protocol): (&u16, &PortProtocol)| Entry {
                port: *port,
                protocol: *protocol,
                host: None,
                path: "/".to_owned(),
            };
            part.entries = part.ports.iter().map(entry).collect();
        }
    }
    parts
}

fn part(kind: Kind, proxy: &Proxy<'_>) -> Part {
    let mut part = Part {
        kind,
        name: proxy.name.to_owned(),
        ports: BTreeMap::new(),
        health_ports: BTreeSet::new(),
        backends: Vec::new(),
        names: BTreeSet::from([proxy.name.to_owned()]),
        has_tls: false,
        entries: Vec::new(),
    };
    match &proxy.role {
        Role::Node { listeners, egress, filter: _ } => {
            part.ports = listeners.iter().map(|own| (own.port, own.protocol)).collect();
            part.has_tls = listeners.iter().any(|own| own.tls.is_some());
            part.backends = egress.iter().flat_map(|(port, outbound)| backends(*port, outbound)).collect();
        }
        Role::Gateway { listeners, hosts: _ } => {
            part.ports = listeners.iter().map(|own| (own.port, own.protocol)).collect();
            part.has_tls = listeners.iter().any(|own| own.tls.is_some());
            for listener in listeners.iter().filter(|own| own.tls.as_ref().is_none_or(|tls| tls.is_permissive)) {
                for host in &listener.hosts {
                    let domain = host.domains.first().filter(|domain| !domain.contains('*')).cloned();
                    let paths = host.table.entries().iter().filter_map(|entry| match &entry.matcher.path {
                        PathMatch::Prefix(path) | PathMatch::Exact(path) => Some(path.to_string()),
                        _ => None,
                    });
                    part.entries.extend(paths.map(|path| Entry {
                        port: listener.port,
                        protocol: listener.protocol,
                        host: domain.clone(),
                        path,
                    }));
                }
            }
        }
    }
    part
}

fn backends(port: u16, outbound: &Outbound<'_>) -> Vec<Backend> {
    let backend = |service: &str, protocol| Backend { service: service.to_owned(), port, protocol };
    match outbound {
        Outbound::Tcp { service, .. } => vec![backend(service, PortProtocol::Tcp)],
        Outbound::Http { protocol, hosts } => {
            let answered = hosts.iter().filter(|host| !host.rules.is_empty());
            answered.map(|host| backend(host.service, *protocol)).collect()
        }
    }
}

/// What proxies ask of those whom they send to: names in certificates, and ports where their health is told.
fn demands(proxies: &[(Kind, Proxy<'_>)], parts: &mut [Part]) {
    let names = |validation: Option<&Validation<'_>>| -> Vec<String> {
        validation.into_iter().flat_map(|own| &own.names).map(ToString::to_string).collect()
    };
    for (kind, proxy) in proxies {
        for target in &proxy.targets {
            if let Some(part) = of(parts, Kind::VirtualNode, target.node) {
                part.names.extend(names(validation(&target.tls)));
                part.names.extend(match &target.discovery {
                    Discovery::Dns { hostname, .. } => Some((*hostname).to_owned()),
                    Discovery::CloudMap { name, .. } => Some(name.clone()),
                });
                let port = target.health_check.as_ref().map(|check| check.port);
                part.health_ports.extend(port.filter(|port| !part.ports.contains_key(port)));
            }
            let wanted = names(target.server_tls.as_ref().and_then(|tls| tls.validation.as_ref()));
            if let Some(part) = of(parts, *kind, proxy.name) {
                part.has_tls |= target.tls.is_tls();
                part.names.extend(wanted);
            }
        }
    }
}

/// How a client checks a server, where it does.
fn validation<'t, 'a>(tls: &'t ClientTls<'a>) -> Option<&'t Validation<'a>> {
    match tls {
        ClientTls::Plaintext => None,
        ClientTls::Tls { validation, .. } => validation.as_ref(),
    }
}

fn of<'p>(parts: &'p mut [Part], kind: Kind, name: &str) -> Option<&'p mut Part> {
    parts.iter_mut().find(|part| part.kind == kind && part.name == name)
}
