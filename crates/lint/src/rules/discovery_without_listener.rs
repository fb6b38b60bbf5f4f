//! A virtual node that can be found and does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "discovery-without-listener",
    severity: Severity::Error,
    summary: "a virtual node has service discovery and no listener",
    why: "the API refuses it: \"Service Discovery can't be set without a listener.\"",
    source: "hashicorp/terraform-provider-aws#13337: Service Discovery can't be set without a listener",
    bad: BAD,
    cure: &[(
        "Spec:\n        ServiceDiscovery",
        "Spec:\n        Listeners:\n          - PortMapping: {Port: 8080, Protocol: http}\n        ServiceDiscovery",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        if node.spec.service_discovery.is_some() && facts.endpoints(node.position).is_none() {
            let message = format!("virtual node `{}` has service discovery and no listener", node.name());
            report.add(node.resource, Path::of(&["spec", "serviceDiscovery"]), message).help(
                "add the listener that its callers reach, or drop the discovery of a node that only calls others",
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
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
