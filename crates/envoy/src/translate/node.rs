//! A node's proxy: what it takes for its application, and what its application sends.
//!
//! Source of the composition: configurations of nodes in aws/aws-app-mesh-roadmap#356 and #79 and App Mesh User Guide, Envoy logs.

use std::collections::BTreeMap;

use meshwright_model::limits::{EgressFilterType, PortProtocol};
use meshwright_traffic::capture::{Backend, Capture};
use meshwright_traffic::proxy::{self, EGRESS_PORT, NodeListener, Outbound, Pool};

use super::chain::{
    Direction, chain, listener, local_address, on_port, original_destination, tls_chains, tls_inspector,
    tls_inspector_on,
};
use super::hosts::Host;
use super::route::{catch_all, duration};
use super::{INGRESS_PORT, Translation, names};
use crate::envoy::config::listener::v3::{Filter, FilterChain};
use crate::envoy::config::route::v3::VirtualHost;

/// The names of AWS's services. Source: App Mesh User Guide, virtual nodes.
const AWS_NAMES: &str = "*.amazonaws.com";

/// Their port.
const TLS_PORT: u16 = 443;

impl<'a> Translation<'_, 'a> {
    pub(super) fn node(
        &mut self,
        listeners: &[NodeListener<'_>],
        egress: &BTreeMap<u16, Outbound<'a>>,
        filter: EgressFilterType,
    ) {
        self.ingress(listeners);
        match self.options.capture.clone() {
            Capture::OriginalDestination => self.redirected_egress(egress, filter),
            Capture::Loopback(ports) => {
                for (local, backend) in &ports.backends {
                    self.backend(*local, backend, egress);
                }
            }
            Capture::Addresses(own) => {
                for (port, outbound) in egress {
                    let filter = self.outbound_filter(outbound, *port, EgressFilterType::DropAll);
                    let chains = vec![chain(None, filter)];
                    let address = own.egress.to_string();
                    self.add_listener(listener(Direction::Egress, &address, *port, Vec::new(), chains));
                }
            }
        }
    }

    /// A port of the loopback that stands for a backend, whatever host its clients say.
    fn backend(&mut self, local: u16, backend: &Backend, egress: &BTreeMap<u16, Outbound<'_>>) {
        let filter = match egress.get(&backend.port) {
            None => return,
            Some(Outbound::Tcp { service: _, connection }) => self.connection_filter(connection),
            Some(Outbound::Http { protocol, hosts }) => {
                let Some(host) = hosts.iter().find(|host| host.service == backend.service) else { return };
                let host = VirtualHost { domains: vec!["*".to_owned()], ..self.virtual_host(host, *protocol) };
                self.http_filter(Direction::Egress, *protocol, local, vec![host])
            }
        };
        let address = local_address(self.proxy.ip_preference);
        self.add_listener(listener(Direction::Egress, address, local, Vec::new(), vec![chain(None, filter)]));
    }

    /// What the proxy takes for its application.
    fn ingress(&mut self, listeners: &[NodeListener<'_>]) {
        if listeners.is_empty() {
            return;
        }
        let address = self.bind_address();
        let is_redirected = self.options.capture == Capture::OriginalDestination;
        let mut all = Vec::new();
        for own in listeners {
            let filter = self.application_filter(own);
            let tls = own.tls.as_ref().map(|tls| (self.server_socket(tls, own.protocol), tls.is_permissive));
            let chains = tls_chains(is_redirected.then_some(own.port), filter, tls);
            if is_redirected {
                all.extend(chains);
                continue;
            }
            let filters = own.tls.iter().map(|_| tls_inspector()).collect();
            self.add_listener(listener(Direction::Ingress, &address, own.port, filters, chains));
        }
        if is_redirected {
            let secured: Vec<u16> = listeners.iter().filter(|own| own.tls.is_some()).map(|own| own.port).collect();
            let inspector = (!secured.is_empty()).then(|| tls_inspector_on(&secured));
            let filters = std::iter::once(original_destination()).chain(inspector).collect();
            self.add_listener(listener(Direction::Ingress, &address, INGRESS_PORT, filters, all));
        }
    }

    /// The filter that passes on what is for the application, and its cluster.
    fn application_filter(&mut self, own: &NodeListener<'_>) -> Filter {
        let NodeListener { port, protocol, tls: _, timeout_millis, has_own_timeout: _, idle_millis, pool } = own;
        let cluster = names::ingress_cluster(self.proxy.mesh, self.proxy.name, *protocol, *port);
        let local = local_address(self.proxy.ip_preference).to_owned();
        let (address, application) = match &self.options.capture {
            Capture::OriginalDestination => (local, *port),
            Capture::Loopback(ports) => (local, ports.application.get(port).copied().unwrap_or(*port)),
            Capture::Addresses(own) => (own.application.to_string(), *port),
        };
        self.local_cluster(cluster.clone(), &address, application, *protocol, *pool);
        if *protocol == PortProtocol::Tcp {
            return self.ingress_tcp_filter(*port, cluster, *idle_millis);
        }
        let mut route = catch_all(cluster, Some(duration(*timeout_millis)), idle_millis.map(duration));
        self.proxy.name.clone_into(&mut route.name);
        let host = VirtualHost {
            name: self.proxy.name.to_owned(),
            domains: vec!["*".to_owned()],
            routes: vec![route],
            ..VirtualHost::default()
        };
        self.http_filter(Direction::Ingress, *protocol, *port, vec![host])
    }

    /// What the application sends, where the kernel redirects it.
    fn redirected_egress(&mut self, egress: &BTreeMap<u16, Outbound<'a>>, filter: EgressFilterType) {
        let mut chains: Vec<FilterChain> = egress
            .iter()
            .map(|(port, outbound)| chain(Some(*port), self.outbound_filter(outbound, *port, filter)))
            .collect();
        let amazonaws = names::amazonaws(self.proxy.mesh);
        let mut to_aws = chain(Some(TLS_PORT), self.tcp_filter(amazonaws.clone(), None));
        // App Mesh matched all IPv4 addresses here as well. Envoy would then look no further for a backend on that port, as addresses are
        // compared before names and nothing is tried twice.
        to_aws.filter_chain_match.get_or_insert_default().server_names = vec![AWS_NAMES.to_owned()];
        chains.push(to_aws);
        self.pass_through_cluster(amazonaws);
        if filter == EgressFilterType::AllowAll {
            let everything = names::allow_all(self.proxy.mesh);
            if !egress.contains_key(&TLS_PORT) {
                // Source: aws/aws-app-mesh-roadmap#79: without it, TLS to others than AWS had no chain.
                let mut other_tls = chain(None, self.tcp_filter(everything.clone(), None));
                other_tls.filter_chain_match = Some(on_port(TLS_PORT));
                chains.push(other_tls);
            }
            chains.push(chain(None, self.tcp_filter(everything.clone(), None)));
            self.pass_through_cluster(everything);
        }
        let address = self.bind_address();
        let filters = vec![original_destination(), tls_inspector_on(&[TLS_PORT])];
        self.add_listener(listener(Direction::Egress, &address, EGRESS_PORT, filters, chains));
    }

    fn outbound_filter(&mut self, outbound: &Outbound<'a>, port: u16, filter: EgressFilterType) -> Filter {
        match outbound {
            Outbound::Tcp { service: _, connection } => self.connection_filter(connection),
            Outbound::Http { protocol, hosts } => {
                let mut all: Vec<Host> = hosts.iter().map(|host| self.shared_host(host, *protocol)).collect();
                let is_for_all = |host: &proxy::VirtualHost<'_>| host.domains.iter().any(|domain| domain == "*");
                if filter == EgressFilterType::AllowAll && !hosts.iter().any(is_for_all) {
                    all.push(self.everything_else().into());
                }
                self.http_filter(Direction::Egress, *protocol, port, all)
            }
        }
    }

    /// The host of requests that are for no backend, where the mesh lets all pass.
    ///
    /// The User Guide (troubleshooting-connectivity) says that such requests show up in the cluster of all that is allowed; the form is
    /// ours. So is that they have no time limit, as other connections that pass have none: Envoy's own would be 15 s.
    fn everything_else(&self) -> VirtualHost {
        let everything = names::allow_all(self.proxy.mesh);
        VirtualHost {
            name: "mesh-allow-all".to_owned(),
            domains: vec!["*".to_owned()],
            routes: vec![catch_all(everything, Some(duration(0)), None)],
            ..VirtualHost::default()
        }
    }

    pub(super) fn add_listener(&mut self, own: crate::envoy::config::listener::v3::Listener) {
        self.configuration.listeners.push(own);
    }

    /// The cluster of what runs beside the proxy.
    fn local_cluster(&mut self, name: String, address: &str, port: u16, protocol: PortProtocol, pool: Pool) {
        let cluster = super::cluster::static_cluster(name, address, port, protocol, pool);
        self.configuration.clusters.push(cluster);
    }
}
