//! A route that splits its requests between targets that are the same hosts.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Node, target_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "targets-with-same-hosts",
    severity: Severity::Warning,
    summary: "two targets of one route find their hosts by the same name",
    why: "the weights between them change nothing: both send to the same hosts, so a canary gets no share of its own",
    source: "App Mesh User Guide, virtual_nodes: a node's hosts are all that its DNS name, or its Cloud Map service \
             and attributes, give",
    bad: BAD,
    cure: &[("Hostname: orders.shop.local # v2", "Hostname: orders-v2.shop.local")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        for later in facts.targets(route).skip(1) {
            let Some(node) = later.node else { continue };
            let port = facts.endpoints(node.position).reached(later.port).map(|endpoint| endpoint.port);
            let is_same = |earlier: &Node<'_>, earlier_port| {
                earlier.position != node.position && earlier_port == port && earlier.finds_the_same(node)
            };
            let mut earlier = facts.targets(route).take(later.index).filter_map(|target| {
                let earlier = target.node?;
                let endpoint = facts.endpoints(earlier.position).reached(target.port);
                is_same(&earlier, endpoint.map(|endpoint| endpoint.port)).then_some(earlier)
            });
            let Some(earlier) = earlier.next() else { continue };
            let message = format!("virtual nodes `{}` and `{}` find the same hosts", earlier.name(), node.name());
            let found = report.add(route.resource, target_path(protocol, later.index), message);
            found.help("give each node a host name, or Cloud Map attributes, of its own");
            for node in [earlier, node] {
                let path = Path::of(&["spec", "serviceDiscovery"]);
                found.related(node.resource, path, format!("how `{}` finds its hosts", node.name()));
            }
        }
    }
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 90}, {VirtualNode: orders-v2, Weight: 10}]}
  V1:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  V2:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v2
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery:
          DNS:
            Hostname: orders.shop.local # v2
";
