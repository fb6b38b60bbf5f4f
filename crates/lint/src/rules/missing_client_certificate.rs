//! A server that asks for a certificate and a client that has none.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, MAX_RELATED, Speech, TlsClient, TlsReach, more};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-client-certificate",
    severity: Severity::Error,
    summary: "a client without a certificate calls a listener that demands one",
    why: "the server's proxy breaks the handshake off (PEER_DID_NOT_RETURN_A_CERTIFICATE): every request fails with 503",
    source: "App Mesh User Guide, mutual-tls; aws/aws-app-mesh-roadmap#457",
    bad: BAD,
    cure: &[(
        "                TLS:\n",
        "                TLS:\n                  Certificate: {File: {CertificateChain: /certs/front.pem, PrivateKey: /certs/front.key}}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients() {
        let may_have = client.policy.is_some_and(|policy| policy.certificate.is_some())
            || client.policy.is_some() && client.resource.has_gap(&client.at(&["certificate"]));
        if may_have && client.covers_all() {
            continue;
        }
        let reaches =
            facts.tls_listeners(client, Speech::Mutual, |reach| !may_have || client.covers(reach) == Some(false));
        let Some(first) = reaches.first() else { continue };
        let message = format!(
            "{} {}, but {} lets nobody in without one{}",
            client.shown(),
            lack(client, first, may_have),
            first.listener_shown(),
            more(reaches.len())
        );
        let path = match client.policy {
            None => client.without_policy_at(&first.call),
            Some(_) if may_have => client.at(&["ports"]),
            Some(_) => client.at(&["certificate"]),
        };
        let found = report.add(client.resource, path, message);
        found.help("give the client policy a certificate, from files or from a Secret Discovery Service");
        for reach in reaches.iter().take(MAX_RELATED) {
            let text = format!("`{}` asks its clients for a certificate", reach.listener.node.name());
            found.related(reach.listener.node.resource, reach.listener.at(&["validation"]), text);
        }
    }
}

fn lack(client: &TlsClient<'_>, reach: &TlsReach<'_, '_>, has_certificate: bool) -> String {
    let service = reach.shown();
    match client.policy {
        None => format!("has no TLS policy for {service} and so no certificate to show"),
        Some(_) if has_certificate => format!("has a certificate for other ports than that of {service}"),
        Some(_) => format!("shows {service} no certificate"),
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
          - PortMapping: {Port: 8080, Protocol: http}
            TLS: # of the listener
              Mode: STRICT
              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}
              Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
