//! A node's listener, as a proxy that sends to it knows it.

use std::borrow::Cow;

use meshwright_model::defaults::{DNS_RESPONSE_TYPE, health_check_port};
use meshwright_model::limits::{DnsResponseType, IpPreference, PortProtocol};
use meshwright_model::listener::HealthCheckPolicy;
use meshwright_model::tls::ClientPolicyTls;
use meshwright_model::virtual_node::{ServiceDiscovery, VirtualNodeSpec};
use meshwright_model::{Kind, Path, Resource, listener};

use super::known::{Omissions, is_header_text, millis, optional, port};
use super::listening::Listening;
use super::tls::{ClientTls, ServerTls};
use super::world::World;

/// A node's listener, as a proxy that sends to it knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'a> {
    /// The node.
    pub resource: &'a Resource,
    /// The node's name.
    pub node: &'a str,
    /// The listener's port.
    pub port: u16,
    /// The listener's protocol.
    pub protocol: PortProtocol,
    /// How its hosts are found.
    pub discovery: Discovery<'a>,
    /// Which IP versions are used to reach it.
    pub ip_preference: Option<IpPreference>,
    /// How the proxy checks its hosts.
    pub health_check: Option<HealthCheck<'a>>,
    /// When the proxy ejects a host.
    pub outlier_detection: Option<OutlierDetection>,
    /// The TLS that the proxy speaks to it.
    pub tls: ClientTls<'a>,
    /// The TLS that it speaks.
    pub server_tls: Option<ServerTls<'a>>,
}

/// How a node's hosts are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discovery<'a> {
    /// By DNS.
    Dns {
        /// The name that is resolved.
        hostname: &'a str,
        /// Whether each address is a host, rather than all of them one logical host.
        are_endpoints: bool,
    },
    /// By AWS Cloud Map.
    CloudMap {
        /// The namespace.
        namespace: &'a str,
        /// The service.
        service: &'a str,
        /// `service.namespace`, the name that certificates bear.
        name: String,
        /// What instances must bear, each name with its value.
        attributes: Vec<(&'a str, &'a str)>,
    },
}

/// How a proxy checks the hosts of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck<'a> {
    /// The protocol spoken.
    pub protocol: PortProtocol,
    /// The path asked for, by HTTP and HTTP/2.
    pub path: Option<&'a str>,
    /// The port that is checked.
    pub port: u16,
    /// Time between checks, in milliseconds.
    pub interval_millis: u64,
    /// Time after which a check has failed, in milliseconds.
    pub timeout_millis: u64,
    /// Successes in a row that turn a host healthy.
    pub healthy_threshold: u32,
    /// Failures in a row that turn a host unhealthy.
    pub unhealthy_threshold: u32,
}

/// When a proxy ejects a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlierDetection {
    /// Server errors in a row that eject it.
    pub max_server_errors: u32,
    /// Time between sweeps, in milliseconds.
    pub interval_millis: u64,
    /// How long a first ejection lasts, in milliseconds.
    pub base_ejection_millis: u64,
    /// The largest share of hosts ejected at a time, in percent.
    pub max_ejection_percent: u32,
}

impl<'a> Target<'a> {
    /// A listener of a node as a client under a policy, or none, knows it. `Err` says why it cannot be reached.
    pub(super) fn new(
        world: &World<'a>,
        (resource, spec): (&'a Resource, &'a VirtualNodeSpec),
        listening: Listening<'a>,
        (client, policy): (&'a Resource, Option<&'a ClientPolicyTls>),
        omissions: &mut Omissions<'a>,
    ) -> Result<Self, &'static str> {
        let Listening { port, protocol, listener, .. } = listening;
        let node = super::world::name(resource).ok_or("its name is not known")?;
        let (discovery, ip_preference) = discovery(spec)?;
        let server_tls = ServerTls::of(listening.listener.tls.as_ref()).map_err(|()| "its TLS is not known")?;
        let discovered = match &discovery {
            // Certificates bear names without the dot at their end that some write for DNS.
            Discovery::Dns { hostname, are_endpoints: _ } => Cow::Borrowed(hostname.trim_end_matches('.')),
            Discovery::CloudMap { name, .. } => Cow::Owned(name.clone()),
        };
        let tls = ClientTls::of(policy, port, server_tls.as_ref(), discovered);
        let tls = tls.ok_or("whether the client speaks TLS to it is not known")?;
        if !tls.is_known() {
            let is_policy = matches!(tls, ClientTls::Tls { by_policy: true, .. });
            let (own, at) = if is_policy { (client, policy_path(client)) } else { (resource, listening.path("tls")) };
            let why = format!(
                "virtual node `{node}` cannot be reached yet: not all of the TLS that is spoken to it is known"
            );
            omissions.add(own, at, why);
        }
        let health_check = listener.health_check.as_ref().and_then(|check| {
            let known = health_check(check, port);
            let fault = health_check_fault(known.as_ref(), protocol);
            if let Some(why) = fault {
                omissions.add(resource, listening.path("healthCheck"), why);
            }
            known.filter(|_| fault.is_none())
        });
        let outlier_detection = listener.outlier_detection.as_ref().and_then(|detection| {
            let known = outlier_detection(detection);
            if known.is_none() {
                omissions.add(resource, listening.path("outlierDetection"), "it is left out: not all of it is known");
            }
            known
        });
        let ip_preference = ip_preference.or(world.ip_preference());
        Ok(Self {
            resource,
            node,
            port,
            protocol,
            discovery,
            ip_preference,
            health_check,
            outlier_detection,
            tls,
            server_tls,
        })
    }

    /// Whether outlier detection can do anything: it needs hosts that are told apart.
    ///
    /// Source: App Mesh User Guide, virtual nodes: with `LOADBALANCER` there is one logical host.
    pub fn tells_hosts_apart(&self) -> bool {
        !matches!(self.discovery, Discovery::Dns { are_endpoints: false, .. })
    }
}

/// Where a client says how it treats its backends.
fn policy_path(client: &Resource) -> Path {
    let field = if client.kind() == Kind::VirtualGateway { "backendDefaults" } else { "backends" };
    Path::of(&["spec", field])
}

/// Why a health check is left out, where it is.
fn health_check_fault(check: Option<&HealthCheck<'_>>, spoken: PortProtocol) -> Option<&'static str> {
    let Some(check) = check else { return Some("the health check is left out: not all of it is known") };
    if !check.path.is_none_or(is_header_text) {
        return Some("the health check is left out: Envoy refuses a path with line ends or zeros in it");
    }
    let is_grpc = check.protocol == PortProtocol::Grpc;
    // Source: a real Envoy 1.40.
    (is_grpc && !matches!(spoken, PortProtocol::Http2 | PortProtocol::Grpc))
        .then_some("the health check is left out: Envoy checks by gRPC only what speaks HTTP/2")
}

fn discovery(spec: &VirtualNodeSpec) -> Result<(Discovery<'_>, Option<IpPreference>), &'static str> {
    const UNKNOWN: &str = "its service discovery is not known";
    let (discovery, preference) = match spec.service_discovery.as_ref() {
        // Source: App Mesh User Guide, virtual nodes: such a node can call others, and nobody can call it.
        None => return Err("it has no service discovery"),
        Some(ServiceDiscovery::Dns(dns)) => {
            let response = optional(dns.response_type.as_ref()).ok_or(UNKNOWN)?.copied().unwrap_or(DNS_RESPONSE_TYPE);
            let hostname = dns.hostname.known().ok_or(UNKNOWN)?.as_str();
            if hostname.is_empty() {
                return Err("its host name is empty");
            }
            let are_endpoints = response == DnsResponseType::Endpoints;
            (Discovery::Dns { hostname, are_endpoints }, &dns.ip_preference)
        }
        Some(ServiceDiscovery::AwsCloudMap(map)) => {
            let namespace = map.namespace_name.known().ok_or(UNKNOWN)?.as_str();
            let service = map.service_name.known().ok_or(UNKNOWN)?.as_str();
            let attributes = map.attributes.iter().flatten();
            let attributes: Option<Vec<(&str, &str)>> = attributes
                .map(|attribute| Some((attribute.key.known()?.as_str(), attribute.value.known()?.as_str())))
                .collect();
            let attributes = attributes.ok_or(UNKNOWN)?;
            let name = format!("{service}.{namespace}");
            (Discovery::CloudMap { namespace, service, name, attributes }, &map.ip_preference)
        }
    };
    Ok((discovery, preference.as_ref().and_then(|preference| preference.known().copied())))
}

fn health_check(check: &HealthCheckPolicy, listener_port: u16) -> Option<HealthCheck<'_>> {
    let HealthCheckPolicy {
        healthy_threshold,
        interval_millis,
        path,
        port: own_port,
        protocol,
        timeout_millis,
        unhealthy_threshold,
    } = check;
    let port = match own_port {
        Some(own) => port(own)?,
        None => u16::try_from(health_check_port(i64::from(listener_port))).ok()?,
    };
    Some(HealthCheck {
        protocol: *protocol.known()?,
        path: optional(path.as_ref())?.map(meshwright_model::limits::Text::as_str),
        port,
        interval_millis: u64::try_from(interval_millis.known()?.value()).ok()?,
        timeout_millis: u64::try_from(timeout_millis.known()?.value()).ok()?,
        healthy_threshold: u32::try_from(healthy_threshold.known()?.value()).ok()?,
        unhealthy_threshold: u32::try_from(unhealthy_threshold.known()?.value()).ok()?,
    })
}

fn outlier_detection(detection: &listener::OutlierDetection) -> Option<OutlierDetection> {
    let listener::OutlierDetection { base_ejection_duration, interval, max_ejection_percent, max_server_errors } =
        detection;
    Some(OutlierDetection {
        max_server_errors: u32::try_from(max_server_errors.known()?.value()).unwrap_or(u32::MAX),
        interval_millis: millis(Some(interval))?,
        base_ejection_millis: millis(Some(base_ejection_duration))?,
        max_ejection_percent: u32::try_from(max_ejection_percent.known()?.value()).ok()?,
    })
}
