//! Two TCP backends of one node on one port.

use std::collections::HashMap;

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::{Dialled, Facts, backend_path, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "tcp-backends-share-port",
    severity: Severity::Error,
    summary: "two TCP backends of one node are dialled on one port",
    why: "a connection shows its proxy the port it dials and nothing else, so both backends' connections go to one of them",
    source: "aws/aws-app-mesh-roadmap#195; App Mesh User Guide, troubleshooting-connectivity",
    bad: BAD,
    cure: &[(
        "Listeners: [{PortMapping: {Port: 5432, Protocol: tcp}}]",
        "Listeners: [{PortMapping: {Port: 5433, Protocol: tcp}}]",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        if node.spec.backends.as_ref().is_none_or(|backends| backends.len() < 2) {
            continue;
        }
        let mut firsts: HashMap<i64, Dialled<'_>> = HashMap::new();
        for dialled in facts.dialled_by(node).filter(|dialled| dialled.protocol == PortProtocol::Tcp) {
            let first = *firsts.entry(dialled.port).or_insert(dialled);
            if is_clash(first, dialled) {
                report_clash(first, dialled, report);
            }
        }
    }
}

fn is_clash(first: Dialled<'_>, second: Dialled<'_>) -> bool {
    first.provider.position() != second.provider.position() && first.existence().and(second.existence()).is_clear()
}

fn report_clash(first: Dialled<'_>, second: Dialled<'_>, report: &mut Report) {
    let name = |dialled: Dialled<'_>| dialled.call.backend.virtual_service_name.to_string();
    let message =
        format!("backends `{}` and `{}` are both dialled on TCP port {}", name(first), name(second), second.port);
    let path = backend_path(second.call.index, &["virtualServiceName"]);
    let found = report.add(second.call.node.resource, path, message);
    found.help("give each a virtual router with a port of its own; the nodes behind them may keep theirs");
    for dialled in [first, second] {
        found.related(
            dialled.provider.resource(),
            listener_path(dialled.endpoint.index, &["portMapping", "port"]),
            format!("`{}` is dialled on {}", name(dialled), dialled.port),
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
          - VirtualService: {VirtualServiceName: ledger.shop.local}
          - VirtualService: {VirtualServiceName: stock.shop.local}
  Ledger:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: ledger.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: ledger}}}
  Stock:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.shop.local
      Spec: {Provider: {VirtualRouter: {VirtualRouterName: stock}}}
  LedgerNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: ledger
      Spec:
        Listeners:
          - PortMapping: {Port: 5432, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: ledger.shop.local}}
  StockRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: stock
      Spec: {Listeners: [{PortMapping: {Port: 5432, Protocol: tcp}}]}
";
