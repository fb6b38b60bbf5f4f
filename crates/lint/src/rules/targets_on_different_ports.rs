//! A route whose targets listen on different ports.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path, target_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "targets-on-different-ports",
    severity: Severity::Warning,
    summary: "the targets of one route are reached on different ports, which it does not name",
    why: "App Mesh, in the time before routers had listeners, left such a route out of the proxies' configuration and said nothing: its requests were answered with 404",
    source: "aws/aws-app-mesh-examples#93; by #94 and aws/aws-app-mesh-controller-for-k8s#228 each target is reached on its \
             own port where the router has a listener",
    bad: BAD,
    cure: &[("Port: 9090", "Port: 8080")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let reached = facts.targets(route).filter_map(|target| {
            // Who names the port of a target means it.
            let node = target.node.filter(|_| target.port.is_none())?;
            let endpoint = facts.endpoints(node.position).reached(target.port)?;
            Some((target, node, endpoint, endpoint.port?))
        });
        let mut first = None;
        for (target, node, endpoint, port) in reached {
            let Some((first_node, first_endpoint, first_port)) = first else {
                first = Some((node, endpoint, port));
                continue;
            };
            if port == first_port {
                continue;
            }
            let message = format!(
                "virtual node `{}` is reached on port {port}, another target of this route on port {first_port}",
                node.name()
            );
            report
                .add(route.resource, target_path(protocol, target.index), message)
                .help("let all targets of a route listen on one port, or name the `port` of each target")
                .related(
                    node.resource,
                    listener_path(endpoint.index, &["portMapping", "port"]),
                    format!("`{}` listens on {port}", node.name()),
                )
                .related(
                    first_node.resource,
                    listener_path(first_endpoint.index, &["portMapping", "port"]),
                    format!("`{}` listens on {first_port}", first_node.name()),
                );
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
          Action:
            WeightedTargets:
              - {VirtualNode: orders-v1, Weight: 90}
              - {VirtualNode: orders-v2, Weight: 10}
  V1:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders-v1.shop.local}}
  V2:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v2
      Spec:
        Listeners:
          - PortMapping: {Port: 9090, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders-v2.shop.local}}
";
