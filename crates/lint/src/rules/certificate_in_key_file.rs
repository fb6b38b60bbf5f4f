//! A certificate and its key that are named as one file.

use meshwright_model::finding::Severity;

use crate::facts::{Certificate, Facts};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "certificate-in-key-file",
    severity: Severity::Warning,
    summary: "a certificate's chain and its private key are one file",
    why: "unless the file holds both, the proxy cannot read one of them: it refuses the configuration, and the listener or the calls stay \
          down",
    source: "App Mesh API reference, ListenerTlsFileCertificate: `certificateChain` and `privateKey`; that one file is \
             seldom meant is inferred from its name",
    bad: BAD,
    cure: &[("PrivateKey: /certs/orders.crt", "PrivateKey: /certs/orders.key")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let Some(Certificate::File(file)) = part.certificate else { continue };
        let (Some(chain), Some(key)) = (file.certificate_chain.known(), file.private_key.known()) else { continue };
        if chain != key {
            continue;
        }
        let message = format!("`{}` is named as the certificate's chain and as its private key", chain.as_str());
        report
            .add(part.resource, part.at(&["certificate", "file", "privateKey"]), message)
            .severity(if is_of_one(chain.as_str()) { Severity::Warning } else { Severity::Info })
            .help("name the file of the key, unless this one holds both")
            .related(part.resource, part.at(&["certificate", "file", "certificateChain"]), "the chain's place");
    }
}

/// Whether a file holds one of the two, by its name: `.pem` may hold both.
fn is_of_one(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let is_key = name.contains("key");
    let is_certificate = ["cert", "chain", "crt", "cer"].iter().any(|word| name.contains(word));
    is_key != is_certificate
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
              Certificate: {File: {CertificateChain: /certs/orders.crt, PrivateKey: /certs/orders.crt}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
