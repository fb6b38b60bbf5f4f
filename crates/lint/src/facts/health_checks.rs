//! Health checks of nodes' and gateways' listeners, as one.

use meshwright_model::limits::{
    HealthCheckIntervalMillis, HealthCheckThreshold, HealthCheckTimeoutMillis, Port, PortProtocol, Text,
};
use meshwright_model::{Path, Resource, Scalar};

use super::endpoints::as_port_protocol;
use super::{Endpoint, Facts, listener_path};

/// A listener's health check.
#[derive(Clone, Copy, Debug)]
pub struct HealthCheck<'a> {
    /// The node or gateway.
    pub resource: &'a Resource,
    /// The listener.
    pub endpoint: Endpoint,
    /// Whether it is a gateway's.
    pub is_gateways: bool,
    /// The protocol spoken, where it is known.
    pub protocol: Option<PortProtocol>,
    /// The path asked for.
    pub path: Option<&'a Scalar<Text>>,
    /// The port checked.
    pub port: Option<&'a Scalar<Port>>,
    /// Time between checks.
    pub interval_millis: &'a Scalar<HealthCheckIntervalMillis>,
    /// Time after which a check has failed.
    pub timeout_millis: &'a Scalar<HealthCheckTimeoutMillis>,
    /// Failures in a row that turn a host unhealthy.
    pub unhealthy_threshold: &'a Scalar<HealthCheckThreshold>,
}

impl HealthCheck<'_> {
    /// Where a value of it stands.
    pub fn place(&self, field: &'static str) -> Path {
        listener_path(self.endpoint.index, &["healthCheck", field])
    }

    /// Whether it asks for a path: HTTP and HTTP/2 do (App Mesh API reference, `HealthCheckPolicy`).
    pub fn asks_for_path(&self) -> Option<bool> {
        self.protocol.map(|protocol| matches!(protocol, PortProtocol::Http | PortProtocol::Http2))
    }
}

impl<'a> Facts<'a> {
    /// Every health check of a node's or gateway's listener.
    pub fn health_checks(&self) -> impl Iterator<Item = HealthCheck<'a>> {
        let of_nodes = self.nodes().flat_map(|node| {
            let endpoints = self.endpoints(node.position).list.iter();
            let listeners = node.spec.listeners.iter().flatten().zip(endpoints);
            listeners.filter_map(move |(listener, endpoint)| {
                let policy = listener.health_check.as_ref()?;
                Some(HealthCheck {
                    resource: node.resource,
                    endpoint: *endpoint,
                    is_gateways: false,
                    protocol: policy.protocol.known().copied(),
                    path: policy.path.as_ref(),
                    port: policy.port.as_ref(),
                    interval_millis: &policy.interval_millis,
                    timeout_millis: &policy.timeout_millis,
                    unhealthy_threshold: &policy.unhealthy_threshold,
                })
            })
        });
        let of_gateways = self.gateways().flat_map(|gateway| {
            let listeners = gateway.spec.listeners.iter().zip(self.endpoints(gateway.position).list.iter());
            listeners.filter_map(move |(listener, endpoint)| {
                let policy = listener.health_check.as_ref()?;
                Some(HealthCheck {
                    resource: gateway.resource,
                    endpoint: *endpoint,
                    is_gateways: true,
                    protocol: policy.protocol.known().map(|protocol| as_port_protocol(*protocol)),
                    path: policy.path.as_ref(),
                    port: policy.port.as_ref(),
                    interval_millis: &policy.interval_millis,
                    timeout_millis: &policy.timeout_millis,
                    unhealthy_threshold: &policy.unhealthy_threshold,
                })
            })
        });
        of_nodes.chain(of_gateways)
    }
}
