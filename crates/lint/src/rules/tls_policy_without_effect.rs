//! A client with a TLS policy whose requests go in plaintext.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, MAX_RELATED, Speech, more};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "tls-policy-without-effect",
    severity: Severity::Info,
    summary: "a client policy that does not enforce TLS holds for a listener that speaks plaintext",
    why: "the requests are not encrypted, although the client's trust and certificates are configured",
    source: "App Mesh API reference, ClientPolicyTls: whether the policy is enforced; inferred: one that is not \
             lets plaintext pass",
    bad: BAD,
    cure: &[(
        "Protocol: http} # orders\n",
        "Protocol: http}\n            TLS:\n              Mode: STRICT\n              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients().iter().filter(|client| client.enforces() == Some(false)) {
        let reaches = facts.tls_listeners(client, Speech::Plaintext, |reach| client.covers(reach) == Some(true));
        let Some(first) = reaches.first() else { continue };
        let message = format!(
            "{} calls {} in plaintext: its TLS policy does not enforce, and {} speaks no TLS{}",
            client.shown(),
            first.shown(),
            first.listener_shown(),
            more(reaches.len())
        );
        let found = report.add(client.resource, client.at(&["enforce"]), message);
        found.help("let the listener speak TLS first, PERMISSIVE while callers move, then enforce it here");
        for reach in reaches.iter().take(MAX_RELATED) {
            let text = format!("`{}` listens in plaintext", reach.listener.node.name());
            found.related(reach.listener.node.resource, reach.listener.at(&["mode"]), text);
        }
    }
}

const BAD: &str = "\
Resources:
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
                  Enforce: false
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
          - PortMapping: {Port: 8080, Protocol: http} # orders
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
