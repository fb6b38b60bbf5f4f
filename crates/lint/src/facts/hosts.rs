//! How nodes find their hosts, and which find the same.

use meshwright_model::limits::DnsResponseType;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::{Expression, Path, Resource};

use super::Node;

/// What a node looks its hosts up by, without the attributes that they must bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hosts<'a> {
    mesh: Key<'a>,
    by: Lookup<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lookup<'a> {
    /// A DNS name, and whether each of its addresses is a host.
    Dns(Key<'a>, bool),
    /// A Cloud Map namespace and service.
    CloudMap(Key<'a>, Key<'a>),
}

impl<'a> Hosts<'a> {
    /// What a node looks its hosts up by; `None` where it says nothing.
    pub fn of(node: Node<'a>) -> Option<Self> {
        let by = match node.spec.service_discovery.as_ref()? {
            ServiceDiscovery::Dns(dns) => {
                let response = dns.response_type.as_ref().and_then(|response| response.known());
                Lookup::Dns(Key::of(&dns.hostname), response == Some(&DnsResponseType::Endpoints))
            }
            ServiceDiscovery::AwsCloudMap(map) => {
                Lookup::CloudMap(Key::of(&map.namespace_name), Key::of(&map.service_name))
            }
        };
        Some(Self { mesh: Key::of(&node.resource.mesh), by })
    }

    /// Whether each host has an address of its own, so that nothing in front of them can tell services apart.
    pub fn are_enumerated(&self) -> bool {
        !matches!(self.by, Lookup::Dns(_, false))
    }

    /// Whether the name is that of a load balancer of AWS.
    pub fn is_load_balancer(&self) -> bool {
        match self.by {
            Lookup::Dns(Key::Known(name), _) => name.contains(".elb."),
            Lookup::Dns(Key::Open(Expression::Attribute(_, attribute)), _) => attribute == "DNSName",
            _ => false,
        }
    }
}

impl Node<'_> {
    /// Whether it finds the same hosts as another node, for certain.
    pub fn finds_the_same(self, other: Node<'_>) -> bool {
        let document = |resource: &Resource| resource.origin.map(|origin| origin.document);
        let is_open = |node: Node<'_>| {
            !node.resource.gaps.is_empty() && node.resource.has_gap(&Path::of(&["spec", "serviceDiscovery"]))
        };
        // What one file leaves open may be another value in another file.
        let is_same = |one: Key<'_>, two: Key<'_>| {
            one == two && (one.is_known() || document(self.resource) == document(other.resource))
        };
        let is_alike = match (&self.spec.service_discovery, &other.spec.service_discovery) {
            (Some(ServiceDiscovery::Dns(one)), Some(ServiceDiscovery::Dns(two))) => {
                is_same(Key::of(&one.hostname), Key::of(&two.hostname))
            }
            (Some(ServiceDiscovery::AwsCloudMap(one)), Some(ServiceDiscovery::AwsCloudMap(two))) => {
                is_same(Key::of(&one.namespace_name), Key::of(&two.namespace_name))
                    && is_same(Key::of(&one.service_name), Key::of(&two.service_name))
                    && one.attributes == two.attributes
            }
            _ => false,
        };
        is_alike && !is_open(self) && !is_open(other)
    }
}
