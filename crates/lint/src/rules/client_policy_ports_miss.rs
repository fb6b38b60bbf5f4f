//! A TLS policy for ports on which no backend listens.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, TlsClient, TlsListener, TlsServer, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "client-policy-ports-miss",
    severity: Severity::Warning,
    summary: "a client policy is for ports on which none of its backends listens",
    why: "the policy is never used: nothing is enforced, no certificate is shown, and the server alone decides about TLS",
    source: "App Mesh User Guide, tls: a policy is used where one of its ports matches the port of the server; \
             aws/aws-app-mesh-roadmap#38 calls them upstream ports",
    bad: BAD,
    cure: &[("Ports: [443]", "Ports: [8080]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients().iter().filter(|client| client.is_whole) {
        let Some(ports) = known_ports(client).filter(|ports| !ports.is_empty()) else { continue };
        let servers: Vec<&TlsServer<'_>> = client.calls.iter().map(|call| facts.tls_server(call)).collect();
        let mut listeners = servers.iter().flat_map(|server| &server.listeners);
        let is_known = servers.iter().all(|server| server.is_whole && !server.listeners.is_empty());
        if !is_known || listeners.clone().any(|listener| ports.contains(&listener.port)) {
            continue;
        }
        let Some(first) = listeners.next() else { continue };
        let others =
            if listeners.any(|listener| listener.port != first.port) { ", and no other backend does" } else { "" };
        let shown: Vec<String> = ports.iter().map(i64::to_string).collect();
        let message = format!(
            "the TLS policy of {} is for port {} alone, but virtual node `{}` listens on port {}{others}",
            client.shown(),
            shown.join(" and "),
            first.node.name(),
            first.port
        );
        let is_of_router = servers.iter().any(|server| server.router_ports.iter().any(|port| ports.contains(port)));
        let help = if is_of_router {
            "name the ports of the backends' virtual nodes, not those of their routers, or leave `ports` out"
        } else {
            "name the ports of the backends' virtual nodes, or leave `ports` out: the policy is then for every port"
        };
        report.add(client.resource, client.at(&["ports"]), message).help(help).related(
            first.node.resource,
            port_path(first),
            format!("`{}` listens here", first.node.name()),
        );
    }
}

/// The ports of a policy, where every one is known.
fn known_ports(client: &TlsClient<'_>) -> Option<Vec<i64>> {
    let path = client.at(&["ports"]);
    let ports = client.policy?.ports.as_ref()?;
    let known = ports.iter().map(|port| port.known().map(|port| port.value())).collect::<Option<Vec<i64>>>();
    known.filter(|_| !client.resource.has_gap(&path))
}

fn port_path(listener: &TlsListener<'_>) -> meshwright_model::Path {
    listener_path(listener.endpoint.index, &["portMapping", "port"])
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Front:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: front
      Spec:
        Backends:
          - VirtualService:
              VirtualServiceName: orders.shop.local
              ClientPolicy:
                TLS:
                  Ports: [443]
                  Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}
  OrdersService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualNode: {VirtualNodeName: orders}}
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            TLS:
              Mode: STRICT
              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
