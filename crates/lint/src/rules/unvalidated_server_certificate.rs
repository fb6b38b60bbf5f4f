//! A client that takes whatever certificate a server shows.

use meshwright_model::finding::Severity;
use meshwright_model::tls::ListenerTlsCertificate;

use crate::facts::{Facts, MAX_RELATED, Speech, TlsReach, more};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unvalidated-server-certificate",
    severity: Severity::Warning,
    summary: "a client without a TLS policy calls a listener whose certificate is not from ACM",
    why: "its proxy speaks TLS and checks nothing, so whoever answers at that address is believed",
    source: "App Mesh User Guide, tls: without a client policy a certificate from a file is not validated; \
             inferred: one of a Secret Discovery Service is not either",
    bad: BAD,
    cure: &[(
        "VirtualServiceName: orders.shop.local}\n",
        "VirtualServiceName: orders.shop.local, ClientPolicy: {TLS: {Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}}}}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for client in facts.tls_clients().iter().filter(|client| !client.covers_all()) {
        // Where the server asks for a certificate in turn, the call fails: another rule's finding.
        let reaches = facts.tls_listeners(client, Speech::Unvouched, |reach| client.covers(reach) == Some(false));
        let Some((first, source)) = reaches.first().and_then(|first| Some((first, source_of(first)?))) else {
            continue;
        };
        // A policy whose ports miss every listener is another rule's finding.
        let is_used = || facts.tls_reaches(client, Speech::Tls).any(|reach| client.covers(&reach) == Some(true));
        if client.policy.is_some() && !is_used() {
            continue;
        }
        let lack = if client.policy.is_some() { "its TLS policy is for other ports" } else { "it has no TLS policy" };
        let message = format!(
            "{} calls {} without checking the certificate: {lack}, and that of {} comes from {source}{}",
            client.shown(),
            first.shown(),
            first.listener_shown(),
            more(reaches.len())
        );
        let path = if client.policy.is_some() { client.at(&["ports"]) } else { client.without_policy_at(&first.call) };
        let found = report.add(client.resource, path, message);
        found.help("say in a client policy whom the client trusts");
        for reach in reaches.iter().take(MAX_RELATED) {
            let text = format!("the certificate of `{}`", reach.listener.node.name());
            found.related(reach.listener.node.resource, reach.listener.at(&["certificate"]), text);
        }
    }
}

/// Where a listener's certificate comes from, if that is not ACM.
fn source_of(reach: &TlsReach<'_, '_>) -> Option<&'static str> {
    match reach.listener.tls?.certificate {
        ListenerTlsCertificate::Acm(_) => None,
        ListenerTlsCertificate::File(_) => Some("a file"),
        ListenerTlsCertificate::Sds(_) => Some("a Secret Discovery Service"),
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
          - VirtualService: {VirtualServiceName: orders.shop.local}
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
