//! A virtual node that listens and that nobody can find.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "listener-without-discovery",
    severity: Severity::Error,
    summary: "a virtual node has a listener and no service discovery",
    why: "the API refuses it; callers could not find its hosts",
    source: "aws/aws-app-mesh-controller-for-k8s, virtual node webhook, and the CDK: a virtual node with listeners \
             must have service discovery",
    bad: BAD,
    cure: &[("Protocol: http}\n", "Protocol: http}\n        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let discovery = Path::of(&["spec", "serviceDiscovery"]);
    for node in facts.nodes() {
        let has_listener = node.spec.listeners.as_ref().is_some_and(|listeners| !listeners.is_empty());
        if has_listener && node.spec.service_discovery.is_none() && !node.resource.has_gap(&discovery) {
            let message = format!("virtual node `{}` listens and has no service discovery", node.name());
            let found = report.add(node.resource, Path::of(&["spec", "listeners"]), message);
            found.help(
                "say under which DNS name or in which Cloud Map service its hosts are found, or drop the listener",
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
";
