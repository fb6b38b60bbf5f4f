//! A listener that takes plaintext as well as TLS.

use meshwright_model::finding::Severity;
use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::reference::Key;

use crate::facts::{Facts, TlsSide};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "permissive-tls",
    severity: Severity::Warning,
    summary: "a listener's TLS mode is PERMISSIVE",
    why: "whoever speaks plaintext is let in as well, without encryption and without a certificate, and nothing shows it",
    source: "App Mesh User Guide, mutual-tls: PERMISSIVE is for the time in which callers move, STRICT follows",
    bad: BAD,
    cure: &[("Mode: PERMISSIVE", "Mode: STRICT")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let TlsSide::Listener(tls) = part.side else { continue };
        if tls.mode.known() != Some(&ListenerTlsMode::Permissive) {
            continue;
        }
        let name = Key::of(&part.resource.name).shown();
        let message = if tls.validation.is_some() {
            format!("`{name}` checks the certificates of its clients, but also lets in whoever speaks plaintext")
        } else {
            format!("`{name}` speaks TLS, but also lets in whoever speaks plaintext")
        };
        report
            .add(part.resource, part.at(&["mode"]), message)
            .help("set STRICT once every caller speaks TLS: the listener's statistics count the handshakes");
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
              Mode: PERMISSIVE
              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
