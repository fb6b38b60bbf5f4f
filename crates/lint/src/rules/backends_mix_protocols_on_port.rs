//! Backends of one node on one port and of different protocols.

use std::collections::HashMap;

use meshwright_model::finding::Severity;

use crate::facts::{Dialled, Facts, backend_path, listener_path, protocol_clash};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "backends-mix-protocols-on-port",
    severity: Severity::Error,
    summary: "backends of one node speak different protocols on one port",
    why: "the caller's proxy has one way of speaking on each port it lets out: App Mesh sent it a listener that Envoy refused, and the node got no configuration at all",
    source: "aws/aws-app-mesh-roadmap#175: backends of two protocols on one port broke the listener",
    bad: BAD,
    cure: &[("Port: 8080, Protocol: tcp", "Port: 9090, Protocol: tcp")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        if node.spec.backends.as_ref().is_none_or(|backends| backends.len() < 2) {
            continue;
        }
        let mut firsts: HashMap<i64, Dialled<'_>> = HashMap::new();
        for dialled in facts.dialled_by(node) {
            let first = *firsts.entry(dialled.port).or_insert(dialled);
            let is_sure = first.provider.position() != dialled.provider.position()
                && first.existence().and(dialled.existence()).is_clear();
            if let Some(severity) = protocol_clash(first.protocol, dialled.protocol).filter(|_| is_sure) {
                report_clash(first, dialled, severity, report);
            }
        }
    }
}

fn report_clash(first: Dialled<'_>, second: Dialled<'_>, severity: Severity, report: &mut Report) {
    let name = |dialled: Dialled<'_>| dialled.call.backend.virtual_service_name.to_string();
    let message = format!(
        "on port {} backend `{}` speaks {}, backend `{}` {}",
        second.port,
        name(first),
        first.protocol.as_str(),
        name(second),
        second.protocol.as_str()
    );
    let path = backend_path(second.call.index, &["virtualServiceName"]);
    let found = report.add(second.call.node.resource, path, message);
    found.severity(severity).help("let one of them be dialled on another port, by a virtual router before it");
    for dialled in [first, second] {
        found.related(
            dialled.provider.resource(),
            listener_path(dialled.endpoint.index, &["portMapping"]),
            format!("`{}` speaks {} on {}", name(dialled), dialled.protocol.as_str(), dialled.port),
        );
    }
}

const BAD: &str = "\
Resources:
  Caller:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Backends:
          - VirtualService: {VirtualServiceName: prices.shop.local}
          - VirtualService: {VirtualServiceName: stock.shop.local}
  Prices:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: prices.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: prices}}}
  Stock:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: stock}}}
  PricesNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: prices
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: prices.shop.local}}
  StockNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: stock
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: stock.shop.local}}
";
