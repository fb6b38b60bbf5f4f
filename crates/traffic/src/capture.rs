//! How connections reach a node's proxy.

use core::net::IpAddr;
use std::collections::BTreeMap;

use crate::proxy::{Outbound, Proxy, Role};

/// How connections reach a node's proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capture {
    /// The kernel redirects them, and the proxy asks it where they were to go: as on Amazon ECS and Kubernetes.
    OriginalDestination,
    /// The application dials ports of the loopback, and listens on others than its node's; this needs no rights.
    Loopback(Loopback),
    /// Proxies and applications have addresses of their own: the application dials one that stands for all of its backends, on their
    /// own ports and by their names; this needs no rights either.
    Addresses(Addresses),
}

/// The addresses of a proxy and its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Where the proxy takes what others send.
    pub ingress: IpAddr,
    /// Where the application dials all of its backends.
    pub egress: IpAddr,
    /// Where the application is, on the ports of its node.
    pub application: IpAddr,
}

/// The ports that stand for others where nothing redirects connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loopback {
    /// What each port of the loopback stands for.
    pub backends: BTreeMap<u16, Backend>,
    /// For each port of the node, the port of its application, where that is another.
    pub application: BTreeMap<u16, u16>,
}

/// A virtual service on one of its ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// The virtual service.
    pub service: String,
    /// The port.
    pub port: u16,
}

impl Loopback {
    /// One port for each backend of a node's proxy, by their ports and then in the node's order, from `first` on; those that the node
    /// or its application listens on are left out. `None` where there are not enough.
    pub fn from(first: u16, proxy: &Proxy<'_>, application: BTreeMap<u16, u16>) -> Option<Self> {
        let own: Vec<u16> = match &proxy.role {
            Role::Node { listeners, .. } => listeners.iter().map(|listener| listener.port).collect(),
            Role::Gateway { .. } => Vec::new(),
        };
        let is_taken = |port: &u16| own.contains(port) || application.values().any(|other| other == port);
        let mut free = (first..=u16::MAX).filter(|port| !is_taken(port));
        let backends: Option<BTreeMap<u16, Backend>> =
            backends(proxy).into_iter().map(|backend| Some((free.next()?, backend))).collect();
        Some(Self { backends: backends?, application })
    }

    /// The port of the loopback that stands for a virtual service on a port.
    pub fn port_of(&self, service: &str, port: u16) -> Option<u16> {
        let is_meant = |backend: &Backend| backend.port == port && backend.service.eq_ignore_ascii_case(service);
        self.backends.iter().find(|(_, backend)| is_meant(backend)).map(|(local, _)| *local)
    }
}

/// What a node's application may call, by port; what nothing answers for needs no port of its own.
fn backends(proxy: &Proxy<'_>) -> Vec<Backend> {
    let Role::Node { egress, .. } = &proxy.role else { return Vec::new() };
    let mut all = Vec::new();
    for (port, outbound) in egress {
        let services: Vec<&str> = match outbound {
            Outbound::Http { hosts, .. } => {
                hosts.iter().filter(|host| !host.routing.rules.is_empty()).map(|host| host.service).collect()
            }
            Outbound::Tcp { service, .. } => vec![service],
        };
        all.extend(services.into_iter().map(|service| Backend { service: service.to_owned(), port: *port }));
    }
    all
}
