//! A client certificate that nobody asks for.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Speech};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unchecked-client-certificate",
    severity: Severity::Info,
    summary: "a client has a certificate that no listener it calls asks for",
    why: "a proxy sends its certificate only when the server asks for one, so the servers do not know who calls them",
    source: "App Mesh User Guide, mutual-tls: the certificate is not sent until the server requests it",
    bad: BAD,
    cure: &[(
        "              Mode: STRICT\n",
        "              Mode: STRICT\n              Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients().iter().filter(|client| client.is_whole && !client.calls.is_empty()) {
        if client.policy.is_none_or(|policy| policy.certificate.is_none()) {
            continue;
        }
        let mut servers = client.calls.iter().map(|call| facts.tls_server(call));
        let is_asked =
            servers.any(|server| !server.is_whole || server.listeners.iter().any(|listener| listener.may_validate));
        let mut reaches = facts.tls_reaches(client, Speech::Tls);
        let (false, Some(first)) = (is_asked, reaches.next()) else { continue };
        let message = format!(
            "{} has a client certificate that no listener asks for, such as {}",
            client.shown(),
            first.listener_shown()
        );
        report
            .add(client.resource, client.at(&["certificate"]), message)
            .help("say in the listener's `validation` whom it trusts, if it is to know its clients")
            .related(
                first.listener.node.resource,
                first.listener.at(&["validation"]),
                format!("`{}` lets every client in", first.listener.node.name()),
            );
    }
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
                  Certificate: {File: {CertificateChain: /certs/front.pem, PrivateKey: /certs/front.key}}
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
