//! A host name for discovery that stands for whoever asks.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Hostname;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "loopback-discovery-hostname",
    severity: Severity::Warning,
    summary: "the host name for a node's discovery is the loopback address",
    why: "callers resolve it, so each of them sends the node's requests to its own task or pod",
    source: "inferred from App Mesh API reference, DnsServiceDiscovery: the proxy of each caller resolves the hostname",
    bad: BAD,
    cure: &[("Hostname: localhost", "Hostname: orders.shop.local")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let Some(ServiceDiscovery::Dns(dns)) = &node.spec.service_discovery else { continue };
        let Some(hostname) = dns.hostname.known().map(Hostname::as_str) else { continue };
        if is_loopback(hostname) {
            let message = format!("`{hostname}` is the caller itself, not virtual node `{}`", node.name());
            report
                .add(node.resource, Path::of(&["spec", "serviceDiscovery", "dns", "hostname"]), message)
                .help("name the host as callers in other tasks or pods find it");
        }
    }
}

fn is_loopback(hostname: &str) -> bool {
    let name = hostname.strip_suffix('.').unwrap_or(hostname);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: localhost}}
";
