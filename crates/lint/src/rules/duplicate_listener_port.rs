//! Two listeners of one resource on one port.

use std::collections::HashMap;

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-listener-port",
    severity: Severity::Error,
    summary: "two listeners of one node, router or gateway are on one port",
    why: "a proxy tells a node's listeners apart by their port alone and a gateway binds each, so Envoy refuses the second; routes that name the port could mean either",
    source: "inferred from the dump of a gateway's configuration in capa-cloud/capa.io, \
             content/zh/blog/cloudstack/envoy/envoy-gateway.md: filter chains and addresses of listeners are told \
             apart by their port alone",
    bad: BAD,
    cure: &[("Port: 8080, Protocol: grpc", "Port: 9090, Protocol: grpc")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (position, resource) in facts.inventory().resources.iter().enumerate() {
        let listeners = &facts.endpoints(position).list;
        if listeners.len() < 2 {
            continue;
        }
        let mut firsts = HashMap::new();
        for listener in listeners {
            let Some(port) = listener.port else { continue };
            let first = *firsts.entry(port).or_insert(*listener);
            if first == *listener {
                continue;
            }
            let path = |index| listener_path(index, &["portMapping", "port"]);
            let message = format!("port {port} has a listener already; a port can have one");
            let found = report.add(resource, path(listener.index), message);
            found.related(resource, path(first.index), format!("the first listener on {port}"));
            if resource.kind() == Kind::VirtualRouter && first.protocol == listener.protocol {
                found
                    .severity(Severity::Warning)
                    .help("drop one of them: a router's second listener on a port adds nothing");
            }
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
          - PortMapping: {Port: 8080, Protocol: grpc}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
