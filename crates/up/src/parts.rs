//! What a mesh needs to run: for each node and gateway where it listens, what it calls, and by which names others want to know it.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::limits::PortProtocol;
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::proxy::{ClientTls, Discovery, Outbound, Proxy, Role, Validation, VirtualHost, World};

use crate::witness::{Asked, open_prefixes, through_gateway, to_backend};

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
    /// How requests come in from outside of the mesh: through a gateway, or, without one, as what the application of a node does that
    /// nobody calls.
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
    /// Paths with which it takes any request.
    pub prefixes: Vec<String>,
    /// What it is asked otherwise.
    pub asked: Asked,
}

/// A request that comes from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The port.
    pub port: u16,
    /// What is spoken.
    pub protocol: PortProtocol,
    /// Where TLS is spoken, the names of which a client's certificate must bear one.
    pub tls: Option<BTreeSet<String>>,
    /// The host that it asks for; `None` for any.
    pub host: Option<String>,
    /// The virtual service that it reaches, where it comes through a gateway.
    pub service: Option<String>,
    /// What is asked.
    pub asked: Asked,
}

/// The parts of a mesh, gateways first.
pub fn parts(inventory: &Inventory, mesh: &str) -> Vec<Part> {
    let world = World::new(inventory, mesh);
    let named = |kind| world.names(kind).into_iter().map(move |name| (kind, name));
    let all: Vec<(Kind, &str)> = named(Kind::VirtualGateway).chain(named(Kind::VirtualNode)).collect();
    let proxies: Vec<(Kind, Proxy<'_>)> =
        all.into_iter().filter_map(|(kind, name)| Some((kind, Proxy::of(&world, kind, name)?))).collect();
    let mut parts: Vec<Part> = proxies.iter().map(|(kind, proxy)| part(&world, *kind, proxy)).collect();
    demands(&proxies, &mut parts);
    // Where there is a way in, a node that nobody calls is one that is not in use yet.
    if parts.iter().any(|part| !part.entries.is_empty()) {
        return parts;
    }
    for part in parts.iter_mut().filter(|part| part.kind == Kind::VirtualNode) {
        let is_called = proxies.iter().any(|(_, proxy)| proxy.targets.iter().any(|target| target.node == part.name));
        if !is_called && !part.backends.is_empty() {
            let entry = |(port, protocol): (&u16, &PortProtocol)| Entry {
                port: *port,
                protocol: *protocol,
                tls: None,
                host: None,
                service: None,
                asked: Asked::plain(*protocol),
            };
            part.entries = part.ports.iter().map(entry).collect();
        }
    }
    parts
}

fn part(world: &World<'_>, kind: Kind, proxy: &Proxy<'_>) -> Part {
    let mut part = Part {
        kind,
        name: proxy.name.to_owned(),
        ports: BTreeMap::new(),
        health_ports: BTreeSet::new(),
        backends: Vec::new(),
        names: BTreeSet::from([proxy.name.to_owned()]),
        entries: Vec::new(),
    };
    match &proxy.role {
        Role::Node { listeners, egress, filter: _ } => {
            part.ports = listeners.iter().map(|own| (own.port, own.protocol)).collect();
            part.backends =
                egress.iter().flat_map(|(port, outbound)| backends(world, proxy.name, *port, outbound)).collect();
        }
        Role::Gateway { listeners, hosts } => {
            part.ports = listeners.iter().map(|own| (own.port, own.protocol)).collect();
            for listener in listeners {
                for host in &listener.hosts {
                    let tls = listener.tls.as_ref().filter(|tls| !tls.is_permissive);
                    let where_to = (listener.port, listener.protocol, tls.is_some());
                    let all = through_gateway(world, proxy.name, where_to, host, hosts);
                    part.entries.extend(all.into_iter().map(|(asked, service)| Entry {
                        port: listener.port,
                        protocol: listener.protocol,
                        tls: tls.map(|tls| names(tls.validation.as_ref())),
                        host: host.domains.first().filter(|domain| *domain != "*").map(|own| own.replace('*', "any")),
                        service: Some(service),
                        asked,
                    }));
                }
            }
        }
    }
    part
}

fn backends(world: &World<'_>, node: &str, port: u16, outbound: &Outbound<'_>) -> Vec<Backend> {
    match outbound {
        Outbound::Tcp { service, .. } => vec![Backend {
            service: (*service).to_owned(),
            port,
            protocol: PortProtocol::Tcp,
            prefixes: vec!["/".to_owned()],
            asked: Asked::plain(PortProtocol::Tcp),
        }],
        Outbound::Http { protocol, hosts } => {
            let backend = |host: &VirtualHost<'_>| {
                // What nothing answers is not called.
                let asked = to_backend(world, node, host, port, *protocol)?;
                let prefixes = open_prefixes(&host.routing.table);
                Some(Backend { service: host.service.to_owned(), port, protocol: *protocol, prefixes, asked })
            };
            hosts.iter().filter_map(backend).collect()
        }
    }
}

/// What proxies ask of those whom they send to: names in certificates, and ports where their health is told.
fn demands(proxies: &[(Kind, Proxy<'_>)], parts: &mut [Part]) {
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
                part.names.extend(wanted);
            }
        }
    }
}

/// The names of which a certificate must bear one.
fn names(validation: Option<&Validation<'_>>) -> BTreeSet<String> {
    validation.into_iter().flat_map(|own| &own.names).map(ToString::to_string).collect()
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

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};

    use super::*;

    fn of(text: &str, mesh: &str) -> Vec<Part> {
        let input = Input { name: "mesh.yaml".to_owned(), bytes: text.into() };
        parts(&read(vec![input], &Options::default()).inventory, mesh)
    }

    fn paths(parts: &[Part], name: &str) -> Vec<String> {
        let part = parts.iter().find(|part| part.name == name).unwrap();
        part.entries.iter().map(|entry| entry.asked.path.clone()).collect()
    }

    #[test]
    fn every_route_behind_a_gateway_has_a_request() {
        let shop = of(include_str!("../../../corpus/shop/shop.yaml"), "shop");
        assert_eq!(shop.iter().filter(|part| !part.entries.is_empty()).count(), 1);
        let library = of(include_str!("../../../corpus/grpc/library.yaml"), "library");
        let found = paths(&library, "edge");
        assert!(found.contains(&"/library.v1.Catalog/Search".to_owned()), "{found:?}");
        assert!(found.iter().any(|path| path.starts_with("/library.v1.Loans/")), "{found:?}");
    }

    #[test]
    fn a_node_that_nobody_calls_is_where_requests_come_from() {
        let ledger = of(include_str!("../../../corpus/tcp/ledger.template.json"), "ledger");
        let callers: Vec<&Part> = ledger.iter().filter(|part| !part.entries.is_empty()).collect();
        assert!(callers.iter().all(|part| !part.backends.is_empty()), "{callers:?}");
        assert!(!callers.is_empty());
    }
}
