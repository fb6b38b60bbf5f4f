//! A listener with a certificate and TLS switched off.

use meshwright_model::finding::Severity;
use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::reference::Key;

use crate::facts::{Facts, TlsSide};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "disabled-tls",
    severity: Severity::Info,
    summary: "a listener's TLS mode is DISABLED",
    why: "the listener speaks plaintext: its certificate is not used and no client is checked, however much its configuration \
          looks like TLS",
    source: "App Mesh API reference, ListenerTls: DISABLED accepts connections without TLS only",
    bad: BAD,
    cure: &[("Mode: DISABLED", "Mode: STRICT")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let TlsSide::Listener(tls) = part.side else { continue };
        if tls.mode.known() != Some(&ListenerTlsMode::Disabled) {
            continue;
        }
        let name = Key::of(&part.resource.name).shown();
        if tls.validation.is_some() {
            let message =
                format!("`{name}` says whose certificates it trusts, but checks nobody's, as its TLS is disabled");
            report.add(part.resource, part.at(&["mode"]), message).severity(Severity::Warning).help(HELP);
        } else {
            let message = format!("`{name}` has a certificate, but does not use it, as its TLS is disabled");
            report.add(part.resource, part.at(&["mode"]), message).help(HELP);
        }
    }
}

const HELP: &str = "set PERMISSIVE while callers are moved to TLS, STRICT once all speak it";

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
              Mode: DISABLED
              Certificate: {File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
