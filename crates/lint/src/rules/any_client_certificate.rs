//! A server that lets in whoever has a certificate of its authority.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::reference::Key;

use crate::facts::{Facts, TlsSide};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "any-client-certificate",
    severity: Severity::Info,
    summary: "a listener asks for client certificates and does not say for which names",
    why: "every certificate that its authority has issued is let in, for whatever program it was made",
    source: "App Mesh User Guide, tls: without names on the terminating side a client certificate's names are not verified",
    bad: BAD,
    cure: &[(
        "{Trust: {File: {CertificateChain: /certs/ca.pem}}}",
        "{Trust: {File: {CertificateChain: /certs/ca.pem}}, SubjectAlternativeNames: {Match: {Exact: [front.shop.local]}}}",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let TlsSide::Listener(tls) = part.side else { continue };
        if part.trust.is_none() || part.names.is_some() || tls.mode.known() == Some(&ListenerTlsMode::Disabled) {
            continue;
        }
        let names: Path = part.at(&["validation", "subjectAlternativeNames"]);
        if part.resource.has_gap(&names) {
            continue;
        }
        let message = format!(
            "`{}` lets in every client with a certificate of its authority, whatever name it bears",
            Key::of(&part.resource.name).shown()
        );
        report.add(part.resource, names, message).help("list the names of the clients that may call");
    }
}

const BAD: &str = "\
Resources:
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
              Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
