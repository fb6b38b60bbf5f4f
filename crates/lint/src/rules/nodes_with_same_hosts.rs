//! Virtual nodes of different services that are the same hosts.

use std::collections::HashMap;

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Hosts, Node, exist_together};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "nodes-with-same-hosts",
    severity: Severity::Warning,
    summary: "virtual nodes of different virtual services find the same hosts on the same port",
    why: "requests for one service arrive at the hosts of the other, as after a copy whose host name was left as it was",
    source: "App Mesh User Guide, virtual_nodes: a node's hosts are all that its DNS name, or its Cloud Map service \
             and attributes, give; that two services seldom share them is inferred",
    bad: BAD,
    cure: &[("Hostname: orders.shop.local # stock", "Hostname: stock.shop.local")],
    check,
};

/// How many nodes of the same hosts each further one is compared with.
const MAX_COMPARED: usize = 16;

fn check(facts: &Facts<'_>, report: &mut Report) {
    let mut groups: HashMap<Hosts<'_>, Vec<Node<'_>>> = HashMap::new();
    for node in facts.nodes() {
        // Behind a load balancer's name are many, told apart by the host that requests name.
        let Some(hosts) = Hosts::of(node).filter(|hosts| !hosts.is_load_balancer()) else { continue };
        let group = groups.entry(hosts).or_default();
        let compared = group.iter().take(MAX_COMPARED);
        let other = compared.filter_map(|other| Some((*other, shared_port(facts, *other, node)?)));
        let other = other.into_iter().find(|(other, _)| {
            exist_together(other.resource, node.resource)
                && other.finds_the_same(node)
                && serve_others(facts, *other, node)
        });
        group.push(node);
        let Some((other, port)) = other else { continue };
        let message = format!(
            "virtual nodes `{}` and `{}` serve different virtual services, but find the same hosts on port {port}",
            other.name(),
            node.name()
        );
        let path = Path::of(&["spec", "serviceDiscovery"]);
        report
            .add(node.resource, path.clone(), message)
            .severity(if hosts.are_enumerated() { Severity::Warning } else { Severity::Info })
            .help("give each node a host name, or a Cloud Map service, of its own")
            .related(other.resource, path, format!("how `{}` finds its hosts", other.name()));
    }
}

fn shared_port(facts: &Facts<'_>, one: Node<'_>, other: Node<'_>) -> Option<i64> {
    let others = facts.endpoints(other.position);
    let mut ports = facts.endpoints(one.position).list.iter().filter_map(|endpoint| endpoint.port);
    ports.find(|port| others.on(*port).is_some())
}

/// Whether two nodes serve some virtual service each, and none together: two versions of one service may share hosts, of which
/// another rule speaks.
fn serve_others<'a>(facts: &Facts<'a>, one: Node<'a>, other: Node<'a>) -> bool {
    let services = |node| facts.services_reaching(node).map(|service| service.position).collect::<Vec<usize>>();
    let (ones, others) = (services(one), services(other));
    !ones.is_empty() && !others.is_empty() && !ones.iter().any(|service| others.contains(service))
}

const BAD: &str = "\
Resources:
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  OrdersService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Stock:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: stock
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery:
          DNS:
            Hostname: orders.shop.local # stock
  StockService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: stock}}}
";
