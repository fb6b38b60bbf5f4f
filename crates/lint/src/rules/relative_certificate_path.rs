//! A certificate's file, seen from a folder that nobody knows.

use meshwright_model::finding::Severity;
use meshwright_model::limits::FilePath;

use crate::facts::Facts;
use crate::facts::placeholder::is_filled_in_later;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "relative-certificate-path",
    severity: Severity::Warning,
    summary: "the path of a certificate or key does not begin with a slash",
    why: "the proxy looks for it in the folder it was started in, which no document names: it does not find the file and refuses \
          its configuration",
    source: "App Mesh User Guide, virtual_nodes: the path is one on the file system where the Envoy is deployed",
    bad: BAD,
    cure: &[("CertificateChain: certs/orders.pem", "CertificateChain: /certs/orders.pem")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        for (text, path) in part.files() {
            let Some(text) = text.known().map(FilePath::as_str) else { continue };
            if !text.starts_with('/') && !is_filled_in_later(text) {
                let message = format!("`{text}` is no absolute path, and the folder it starts from is not known");
                report.add(part.resource, path, message).help("write the whole path in the proxy's container");
            }
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
              Certificate: {File: {CertificateChain: certs/orders.pem, PrivateKey: /certs/orders.key}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
