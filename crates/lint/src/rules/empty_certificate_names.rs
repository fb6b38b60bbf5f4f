//! A list of names that lists none.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "empty-certificate-names",
    severity: Severity::Warning,
    summary: "a list of subject alternative names is empty",
    why: "it says neither which names are right nor that any is: until May 2021 a proxy that got an empty list \
          refused its whole configuration and served nothing",
    source: "aws/aws-app-mesh-roadmap#331: proxies refused a context with an empty list of names, until May 2021",
    bad: BAD,
    cure: &[("{Exact: []}", "{Exact: [orders.shop.local]}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let path = part.at(&["validation", "subjectAlternativeNames", "match", "exact"]);
        let is_empty = part.names.is_some_and(|names| names.matcher.exact.is_empty());
        if is_empty && !part.resource.has_gap(&path) {
            let name = Key::of(&part.resource.name).shown();
            report
                .add(part.resource, path, format!("`{name}` lists no name that its peer's certificate may bear"))
                .help("list the names, or leave `subjectAlternativeNames` out");
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
        BackendDefaults:
          ClientPolicy:
            TLS:
              Validation:
                Trust: {File: {CertificateChain: /certs/ca.pem}}
                SubjectAlternativeNames: {Match: {Exact: []}}
";
