//! Something in a list of names that no certificate can bear.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "malformed-certificate-name",
    severity: Severity::Warning,
    summary: "a subject alternative name is neither a DNS name nor a URI",
    why: "no certificate bears such a name, so it matches no peer",
    source: "App Mesh User Guide, tls: names must be in the FQDN or URI format",
    bad: BAD,
    cure: &[("\"orders.shop.local:8080\"", "orders.shop.local")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let names = part.names.into_iter().flat_map(|names| &names.matcher.exact).enumerate();
        for (index, name) in names.filter_map(|(index, name)| Some((index, name.known()?.as_str()))) {
            let Some(fault) = fault(name) else { continue };
            let path = part.at(&["validation", "subjectAlternativeNames", "match", "exact"]).index(index);
            report
                .add(part.resource, path, format!("`{name}` {fault}, so no certificate bears that name"))
                .help("write a DNS name such as `orders.shop.local` or a URI such as `spiffe://shop.local/orders`");
        }
    }
}

/// What keeps a text from being a DNS name or a URI.
fn fault(name: &str) -> Option<&'static str> {
    if name.chars().any(char::is_whitespace) {
        return Some("has a blank in it");
    }
    if name.contains("://") {
        return None;
    }
    if let Some((host, rest)) = name.split_once(':') {
        let is_port = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        // `urn:…` is a URI, and an IPv6 address another matter.
        return (is_port && host.contains('.')).then_some("has a port in it");
    }
    name.contains('/').then_some("has a slash and no scheme")
}

const BAD: &str = "\
Resources:
  Front:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: front
      Spec:
        BackendDefaults:
          ClientPolicy:
            TLS:
              Validation:
                Trust: {File: {CertificateChain: /certs/ca.pem}}
                SubjectAlternativeNames: {Match: {Exact: [\"orders.shop.local:8080\"]}}
";
