//! The addresses of a load balancer taken for hosts.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::DnsResponseType;
use meshwright_model::virtual_node::ServiceDiscovery;

use super::single_host_discovery::is_load_balancer;
use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "endpoints-of-load-balancer",
    severity: Severity::Warning,
    summary: "the addresses of a load balancer are taken for a node's own hosts",
    why: "with response type ENDPOINTS connections end as soon as an address leaves the answer, which a load balancer's addresses do when it scales",
    source: "App Mesh User Guide, virtual_nodes: the response type Load Balancer; Envoy, service discovery: strict \
             DNS drains connections to hosts that are no longer returned",
    bad: BAD,
    cure: &[("ResponseType: ENDPOINTS", "ResponseType: LOADBALANCER")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let path = Path::of(&["spec", "serviceDiscovery", "dns", "responseType"]);
    for node in facts.nodes() {
        let Some(ServiceDiscovery::Dns(dns)) = &node.spec.service_discovery else { continue };
        let kind = dns.response_type.as_ref().and_then(|kind| kind.known());
        let Some(hostname) = dns.hostname.known() else { continue };
        if kind == Some(&DnsResponseType::Endpoints) && is_load_balancer(hostname.as_str()) {
            let message =
                format!("`{}` is a load balancer, and each of its addresses is taken for a host", hostname.as_str());
            report.add(node.resource, path.clone(), message).fix(
                "set LOADBALANCER",
                vec![edit(node.resource, path.clone(), Change::Set(DnsResponseType::LoadBalancer.as_str().into()))],
            );
        }
    }
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
        ServiceDiscovery: {DNS: {Hostname: orders-1234.elb.eu-west-1.amazonaws.com, ResponseType: ENDPOINTS}}
";
