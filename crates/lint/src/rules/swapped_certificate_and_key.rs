//! A key where the certificate belongs, and the certificate where the key does.

use meshwright_model::finding::Severity;
use meshwright_model::limits::FilePath;

use crate::facts::{Certificate, Facts};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "swapped-certificate-and-key",
    severity: Severity::Warning,
    summary: "the files of a certificate and of its key seem to have changed places",
    why: "the proxy cannot read a certificate from a key file: it refuses the configuration and the listener or the calls stay \
          down",
    source: "App Mesh API reference, ListenerTlsFileCertificate: `certificateChain` and `privateKey`; that they \
             changed places is inferred from the names of the files",
    bad: BAD,
    cure: &[(
        "CertificateChain: /certs/orders.key, PrivateKey: /certs/orders.crt",
        "CertificateChain: /certs/orders.crt, PrivateKey: /certs/orders.key",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let Some(Certificate::File(file)) = part.certificate else { continue };
        let (Some(chain), Some(key)) = (file.certificate_chain.known(), file.private_key.known()) else { continue };
        if Contents::of(chain) == Contents::Key && Contents::of(key) == Contents::Certificate {
            let message = format!(
                "`{}` is named like a key and `{}` like a certificate, but they are used the other way round",
                chain.as_str(),
                key.as_str()
            );
            report
                .add(part.resource, part.at(&["certificate", "file", "certificateChain"]), message)
                .help("let the two change places")
                .related(part.resource, part.at(&["certificate", "file", "privateKey"]), "the key's place");
        }
    }
}

/// What a file holds, by its name.
#[derive(PartialEq, Eq)]
enum Contents {
    Certificate,
    Key,
    Unclear,
}

impl Contents {
    fn of(path: &FilePath) -> Self {
        let name = path.as_str().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        // Both words may stand in one name: `orders_cert_key.pem` is a key, `key_cert_chain.pem` who knows.
        let is_key = name.contains("key");
        let is_certificate = ["cert", "chain", "crt", "cer"].iter().any(|word| name.contains(word));
        match (is_key, is_certificate) {
            (true, false) => Self::Key,
            (false, true) => Self::Certificate,
            _ => Self::Unclear,
        }
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
              Certificate: {File: {CertificateChain: /certs/orders.key, PrivateKey: /certs/orders.crt}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
