//! A backend whose server speaks first.

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::{Call, Facts, Node, backend_path, exist_together, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "server-first-protocol",
    severity: Severity::Warning,
    summary: "a backend is on the port of a protocol in which the server speaks first",
    why: "the caller's proxy waits for the client's first bytes to see whether they are TLS, and the client waits for the server's greeting: \"Lost connection to MySQL server at 'reading initial communication packet'\"",
    source: "App Mesh User Guide, troubleshooting-connectivity: do not model MySQL, SMTP or MSSQL as a backend; \
             aws/aws-app-mesh-roadmap#62",
    bad: BAD,
    cure: &[("Port: 3306", "Port: 5432")],
    check,
};

/// Ports of protocols in which the server speaks first, as App Mesh lists them.
const SERVER_FIRST: &[(i64, &str)] = &[(25, "SMTP"), (587, "SMTP"), (1433, "Microsoft SQL Server"), (3306, "MySQL")];

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        for endpoint in &facts.endpoints(node.position).list {
            let Some((port, protocol)) = SERVER_FIRST.iter().find(|(port, _)| Some(*port) == endpoint.port) else {
                continue;
            };
            if endpoint.protocol != Some(PortProtocol::Tcp) {
                continue;
            }
            let Some(call) = caller(facts, node) else { continue };
            let (caller, service) = (call.node.name(), call.backend.virtual_service_name.to_string());
            let message = format!(
                "port {port} is usually {protocol}, whose server speaks first, and `{caller}` calls it as a backend"
            );
            report
                .add(node.resource, listener_path(endpoint.index, &["portMapping", "port"]), message)
                .help(format!("do not model it as a backend: let callers' proxies ignore port {port} (EgressIgnoredPorts) or the mesh allow what it does not know"))
                .related(
                    call.node.resource,
                    backend_path(call.index, &["virtualServiceName"]),
                    format!("`{caller}` calls it as `{service}`"),
                );
        }
    }
}

/// The first caller of a virtual service that the node answers for, itself or behind a router.
fn caller<'a>(facts: &Facts<'a>, node: Node<'a>) -> Option<Call<'a>> {
    let services = facts.services_reaching(node);
    let mut calls = services.flat_map(|service| facts.calls_to(service));
    calls.find(|call| exist_together(call.node.resource, node.resource))
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
  Ledger:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: ledger.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: ledger}}}
  LedgerNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: ledger
      Spec:
        Listeners:
          - PortMapping: {Port: 3306, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: ledger.shop.local}}
";
