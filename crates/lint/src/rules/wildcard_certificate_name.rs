//! A wildcard in a list of names that are compared as a whole.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, TlsSide};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "wildcard-certificate-name",
    severity: Severity::Warning,
    summary: "a list of subject alternative names has a wildcard",
    why: "the names are compared as a whole: a peer whose certificate bears one of the names that the wildcard was to stand for \
          is refused (CERTIFICATE_VERIFY_FAILED), and its requests fail with 503",
    source: "App Mesh User Guide, tls: a policy that is enforced \"can't accept a wildcard SAN\"",
    bad: BAD,
    cure: &[("[\"*.shop.local\"]", "[orders.shop.local]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        if let TlsSide::Client(tls) = part.side
            && tls.enforce.as_ref().is_some_and(|enforce| enforce.known() != Some(&true))
        {
            continue;
        }
        let names = part.names.into_iter().flat_map(|names| &names.matcher.exact).enumerate();
        for (index, name) in names.filter_map(|(index, name)| Some((index, name.known()?.as_str()))) {
            if name.contains('*') {
                let path = part.at(&["validation", "subjectAlternativeNames", "match", "exact"]).index(index);
                let message = format!("`{name}` has a wildcard, and is compared with a certificate's names as a whole");
                report.add(part.resource, path, message).help("list the exact names that the certificates bear");
            }
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
                SubjectAlternativeNames: {Match: {Exact: [\"*.shop.local\"]}}
";
