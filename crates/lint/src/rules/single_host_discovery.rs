//! Long-lived connections to a node that callers see as one host.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::{DnsResponseType, PortProtocol};
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "single-host-discovery",
    severity: Severity::Info,
    summary: "callers see a node of HTTP/2 or gRPC as one host",
    why: "with response type LOADBALANCER a caller's proxy takes one address, and HTTP/2 keeps one connection to it: all calls of a caller may land on one task or pod",
    source: "aws/aws-app-mesh-roadmap#238; aws/aws-app-mesh-controller-for-k8s#427",
    bad: BAD,
    cure: &[("local}}", "local, ResponseType: ENDPOINTS}}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let path = Path::of(&["spec", "serviceDiscovery", "dns"]);
    for node in facts.nodes().filter(|node| facts.is_named(node.position)) {
        let Some(ServiceDiscovery::Dns(dns)) = &node.spec.service_discovery else { continue };
        let is_single = match &dns.response_type {
            Some(kind) => kind.known() == Some(&DnsResponseType::LoadBalancer),
            None => !node.resource.has_gap(&path.field("responseType")),
        };
        let is_balanced = dns.hostname.known().is_none_or(|hostname| is_load_balancer(hostname.as_str()));
        let multiplexed = |protocol| matches!(protocol, PortProtocol::Http2 | PortProtocol::Grpc);
        let endpoint =
            facts.endpoints(node.position).list.iter().find(|endpoint| endpoint.protocol.is_some_and(multiplexed));
        let Some((endpoint, protocol)) = endpoint.and_then(|endpoint| Some((endpoint, endpoint.protocol?))) else {
            continue;
        };
        if is_single && !is_balanced {
            let message = format!(
                "callers of virtual node `{}` see one host and keep one connection of {} to it",
                node.name(),
                protocol.as_str()
            );
            report
                .add(node.resource, path.clone(), message)
                .help("where the name has an address for each host, set responseType to ENDPOINTS")
                .related(
                    node.resource,
                    listener_path(endpoint.index, &["portMapping", "protocol"]),
                    format!("it speaks {}", protocol.as_str()),
                );
        }
    }
}

/// Whether a host name is one of Elastic Load Balancing's.
pub(super) fn is_load_balancer(hostname: &str) -> bool {
    let name = hostname.strip_suffix('.').unwrap_or(hostname).to_ascii_lowercase();
    name.contains(".elb.") && (name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn"))
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: prices.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: prices}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: prices
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: grpc}
        ServiceDiscovery: {DNS: {Hostname: prices.shop.local}}
";
