//! A node that is sent requests and does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Node, Provider, exist_together, target_path};
use crate::report::{Found, Report};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "target-without-listener",
    severity: Severity::Warning,
    summary: "a route or a virtual service leads to a node that has no listener",
    why: "the API takes it, but a node without a listener and service discovery can only call others: what is sent there has nowhere to go",
    source: "App Mesh User Guide, virtual_nodes: a listener is the inbound traffic that a node expects; inferred: \
             without one there is no port to send to",
    bad: BAD,
    cure: &[(
        "Spec: {}",
        "Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}], ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}}",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_deaf = |node: Node<'_>| facts.endpoints(node.position).is_none();
    for (route, protocol) in facts.protocol_routes() {
        for target in facts.targets(route) {
            let is_sent_nothing = target.weight == Some(0);
            let Some(node) = target.node.filter(|node| !is_sent_nothing && is_deaf(*node)) else { continue };
            if exist_together(route.resource, node.resource) {
                let path = target_path(protocol, target.index).field("virtualNode");
                let message = format!("virtual node `{}` has no listener, so nothing can be sent to it", node.name());
                explain(report.add(route.resource, path, message), node);
            }
        }
    }
    for service in facts.services() {
        let Some(Provider::Node(node)) = facts.provider_of(service) else { continue };
        if is_deaf(node) && exist_together(service.resource, node.resource) {
            let path = Path::of(&["spec", "provider", "virtualNode", "virtualNodeName"]);
            let message =
                format!("virtual node `{}` has no listener, so it cannot answer for `{}`", node.name(), service.name());
            explain(report.add(service.resource, path, message), node);
        }
    }
}

fn explain(found: &mut Found, node: Node<'_>) {
    found.help("give the node a listener and service discovery").related(
        node.resource,
        Path::of(&["spec"]),
        format!("`{}` has no listener", node.name()),
    );
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec: {}
";
