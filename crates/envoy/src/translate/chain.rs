//! Listeners and the chains of filters inside them.

use meshwright_model::limits::IpPreference;
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Connection, Role};
use prost_types::Any;

use super::route::duration;
use super::{Translation, names};
use crate::envoy::config::core::v3::socket_address::PortSpecifier;
use crate::envoy::config::core::v3::{Address, SocketAddress, TrafficDirection, TransportSocket, address};
use crate::envoy::config::listener::v3::listener_filter_chain_match_predicate::{MatchSet, Rule};
use crate::envoy::config::listener::v3::{
    Filter, FilterChain, FilterChainMatch, Listener, ListenerFilter, ListenerFilterChainMatchPredicate, filter,
    listener_filter,
};
use crate::envoy::extensions::filters::listener::original_dst::v3::OriginalDst;
use crate::envoy::extensions::filters::listener::tls_inspector::v3::TlsInspector;
use crate::envoy::extensions::filters::network::tcp_proxy::v3::TcpProxy;
use crate::envoy::extensions::filters::network::tcp_proxy::v3::tcp_proxy::weighted_cluster::ClusterWeight;
use crate::envoy::extensions::filters::network::tcp_proxy::v3::tcp_proxy::{ClusterSpecifier, WeightedCluster};
use crate::envoy::r#type::v3::Int32Range;
use crate::json::pack;
use meshwright_model::limits::PortProtocol;

/// Which way a listener's traffic goes, seen from the application or the mesh behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Towards it.
    Ingress,
    /// From it.
    Egress,
}

impl Direction {
    /// As names say it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    const fn traffic(self) -> TrafficDirection {
        match self {
            Self::Ingress => TrafficDirection::Inbound,
            Self::Egress => TrafficDirection::Outbound,
        }
    }
}

/// The address that a proxy listens on, by the versions of IP that it uses.
///
/// Source: aws-app-mesh-examples, howto-ipv6.
const fn bind_address(preference: Option<IpPreference>) -> &'static str {
    match preference {
        None => "0.0.0.0",
        Some(_) => "::",
    }
}

/// The address of the application, by the versions of IP that its proxy uses.
///
/// Source: aws-app-mesh-examples, howto-ipv6.
pub(super) const fn local_address(preference: Option<IpPreference>) -> &'static str {
    match preference {
        Some(IpPreference::Ipv6Preferred | IpPreference::Ipv6Only) => "::1",
        None | Some(IpPreference::Ipv4Preferred | IpPreference::Ipv4Only) => "127.0.0.1",
    }
}

/// An address and port.
pub(super) fn socket(address: &str, port: u16) -> Address {
    let socket = SocketAddress {
        address: address.to_owned(),
        ipv4_compat: address == "::",
        port_specifier: Some(PortSpecifier::PortValue(port.into())),
        ..SocketAddress::default()
    };
    Address { address: Some(address::Address::SocketAddress(socket)) }
}

/// A listener of chains.
pub(super) fn listener(
    direction: Direction,
    address: &str,
    port: u16,
    listener_filters: Vec<ListenerFilter>,
    filter_chains: Vec<FilterChain>,
) -> Listener {
    Listener {
        name: super::names::listener(direction.word(), address, port),
        address: Some(socket(address, port)),
        filter_chains,
        listener_filters,
        metadata: Some(super::route::tags(&[])),
        traffic_direction: direction.traffic().into(),
        ..Listener::default()
    }
}

/// What tells where a connection was to go before it was redirected.
pub(super) fn original_destination() -> ListenerFilter {
    listener_filter("envoy.filters.listener.original_dst", pack(&OriginalDst {}))
}

/// What tells the name that a TLS client asks for.
pub(super) fn tls_inspector() -> ListenerFilter {
    listener_filter("envoy.filters.listener.tls_inspector", pack(&TlsInspector::default()))
}

/// Likewise, for some ports alone: it waits for the client's first bytes, which a server that speaks first never gets to see.
///
/// App Mesh had it on every port, so that such protocols could not be backends (App Mesh User Guide, troubleshooting-connectivity);
/// that it is where it is needed alone is ours.
pub(super) fn tls_inspector_on(ports: &[u16]) -> ListenerFilter {
    let mut rules = ports.iter().map(|port| {
        let range = Int32Range { start: (*port).into(), end: i32::from(*port) + 1 };
        ListenerFilterChainMatchPredicate { rule: Some(Rule::DestinationPortRange(range)) }
    });
    let on_ports = match (ports, rules.next()) {
        ([_], Some(only)) => only,
        (_, first) => {
            let rules = first.into_iter().chain(rules).collect();
            ListenerFilterChainMatchPredicate { rule: Some(Rule::OrMatch(MatchSet { rules })) }
        }
    };
    let elsewhere = ListenerFilterChainMatchPredicate { rule: Some(Rule::NotMatch(Box::new(on_ports))) };
    ListenerFilter { filter_disabled: Some(elsewhere), ..tls_inspector() }
}

fn listener_filter(name: &str, config: Any) -> ListenerFilter {
    ListenerFilter {
        name: name.to_owned(),
        config_type: Some(listener_filter::ConfigType::TypedConfig(config)),
        ..ListenerFilter::default()
    }
}

/// A filter of a chain.
pub(super) fn network_filter(name: &str, config: Any) -> Filter {
    Filter { name: name.to_owned(), config_type: Some(filter::ConfigType::TypedConfig(config)) }
}

/// A chain for one port; for any where that is not told apart.
pub(super) fn chain(port: Option<u16>, filter: Filter) -> FilterChain {
    FilterChain { filter_chain_match: port.map(on_port), filters: vec![filter], ..FilterChain::default() }
}

/// The chains of a port on which TLS is spoken: one where TLS alone is, two where plaintext is as well (inferred).
pub(super) fn tls_chains(port: Option<u16>, filter: Filter, tls: Option<(TransportSocket, bool)>) -> Vec<FilterChain> {
    let plain = chain(port, filter);
    let Some((socket, is_permissive)) = tls else { return vec![plain] };
    let mut secured = FilterChain { transport_socket: Some(socket), ..plain.clone() };
    if !is_permissive {
        return vec![secured];
    }
    let matched = secured.filter_chain_match.get_or_insert_default();
    "tls".clone_into(&mut matched.transport_protocol);
    let mut open = plain;
    let matched = open.filter_chain_match.get_or_insert_default();
    "raw_buffer".clone_into(&mut matched.transport_protocol);
    vec![secured, open]
}

/// Connections to one port.
pub(super) fn on_port(port: u16) -> FilterChainMatch {
    FilterChainMatch { destination_port: Some(port.into()), ..FilterChainMatch::default() }
}

impl Translation<'_, '_> {
    /// The address that the proxy listens on.
    pub(super) fn bind_address(&self) -> String {
        match &self.options.capture {
            Capture::Addresses(own) => own.ingress.to_string(),
            Capture::OriginalDestination | Capture::Loopback(_) => bind_address(self.proxy.ip_preference).to_owned(),
        }
    }

    /// What the statistics of a filter start with: on a proxy that takes traffic on several ports, with the protocol and the port.
    ///
    /// Source: reference 5.6 and 5.10: the bare word of a proxy with one listener (the gateway's dump), and tags that App Mesh's agent
    /// cuts out of `….ingress.PROTOCOL.PORT.…`, which came with several. That one listener keeps the bare word is ours.
    pub(super) fn stat_prefix(&self, direction: Direction, protocol: PortProtocol, port: u16) -> String {
        let count = match &self.proxy.role {
            Role::Node { listeners, .. } => listeners.len(),
            Role::Gateway { listeners, .. } => listeners.len(),
        };
        if direction == Direction::Ingress && count > 1 {
            return names::ingress_statistics(protocol, port);
        }
        direction.word().to_owned()
    }

    /// The filter that passes on what an application sends to one cluster.
    pub(super) fn tcp_filter(&self, cluster: String, idle_millis: Option<u64>) -> Filter {
        self.tcp(Direction::Egress.word().to_owned(), ClusterSpecifier::Cluster(cluster), idle_millis)
    }

    /// The filter that passes on to one cluster what comes for the application on a port.
    pub(super) fn ingress_tcp_filter(&self, port: u16, cluster: String, idle_millis: Option<u64>) -> Filter {
        let prefix = self.stat_prefix(Direction::Ingress, PortProtocol::Tcp, port);
        self.tcp(prefix, ClusterSpecifier::Cluster(cluster), idle_millis)
    }

    /// The filter that passes on connections to targets.
    pub(super) fn connection_filter(&self, connection: &Connection<'_>) -> Filter {
        let Connection { route: _, name: _, router: _, shares, ways, idle_millis } = connection;
        if let [only] = &shares[..] {
            let cluster = self.destination(&ways[only.way], PortProtocol::Tcp);
            return self.tcp_filter(cluster, *idle_millis);
        }
        let clusters = shares.iter().map(|share| ClusterWeight {
            name: self.destination(&ways[share.way], PortProtocol::Tcp),
            weight: share.weight,
            ..ClusterWeight::default()
        });
        let weighted = ClusterSpecifier::WeightedClusters(WeightedCluster { clusters: clusters.collect() });
        self.tcp(Direction::Egress.word().to_owned(), weighted, *idle_millis)
    }

    fn tcp(&self, stat_prefix: String, clusters: ClusterSpecifier, idle_millis: Option<u64>) -> Filter {
        let proxy = TcpProxy {
            stat_prefix,
            cluster_specifier: Some(clusters),
            idle_timeout: idle_millis.map(duration),
            access_log: self.access_log(),
            ..TcpProxy::default()
        };
        network_filter("envoy.filters.network.tcp_proxy", pack(&proxy))
    }
}
