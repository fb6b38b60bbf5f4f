//! A client that insists on TLS and a server that speaks plaintext.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, MAX_RELATED, Speech, more};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "tls-enforced-against-plaintext",
    severity: Severity::Error,
    summary: "a client policy enforces TLS towards a listener that speaks plaintext",
    why: "the client's proxy starts a TLS handshake that nobody answers: every request fails with 503 (WRONG_VERSION_NUMBER in \
          its log); `enforce` is true where a policy does not say otherwise",
    source: "App Mesh User Guide, tls; aws/aws-app-mesh-roadmap#502",
    bad: BAD,
    cure: &[(
        "Protocol: http} # orders\n",
        "Protocol: http}\n            TLS:\n              Mode: STRICT\n              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}\n",
    )],
    check,
};

/// Where a plaintext listener may be that of a host outside the mesh, which speaks TLS itself.
const HTTPS: i64 = 443;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients().iter().filter(|client| client.enforces() == Some(true)) {
        let mut reaches = facts.tls_listeners(client, Speech::Plaintext, |reach| client.covers(reach) == Some(true));
        // Without a proxy it may be a host outside the mesh, to which the client's proxy speaks TLS with good reason.
        let is_certain = reaches.iter().any(|reach| facts.has_proxy(reach.listener.node));
        reaches.retain(
            |reach| {
                if is_certain { facts.has_proxy(reach.listener.node) } else { reach.listener.port != HTTPS }
            },
        );
        let Some(first) = reaches.first() else { continue };
        let message = format!(
            "{} enforces TLS towards {}, but {} speaks plaintext{}",
            client.shown(),
            first.shown(),
            first.listener_shown(),
            more(reaches.len())
        );
        let found = report.add(client.resource, client.at(&["enforce"]), message);
        if is_certain {
            found.help("let that listener speak TLS, or set `enforce` to false");
        } else {
            found.severity(Severity::Warning).help(
                "let that listener speak TLS, or set `enforce` to false; if its host is outside the mesh and speaks TLS \
                 itself, nothing is wrong",
            );
        }
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
        Logging: {AccessLog: {File: {Path: /dev/stdout}}}
";
