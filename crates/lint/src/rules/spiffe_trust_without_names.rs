//! Trust in a SPIFFE domain, and the discovery name that its certificates do not bear.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, TlsSide, Trust};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "spiffe-trust-without-names",
    severity: Severity::Warning,
    summary: "a client trusts a SPIFFE domain and lists no names",
    why: "without a list the server's certificate must bear its discovery name, and one of SPIRE bears a SPIFFE ID: the \
          handshake fails (CERTIFICATE_VERIFY_FAILED) and requests get 503",
    source: "App Mesh API reference, TlsValidationContext: the names must be set for certificates of SPIRE",
    bad: BAD,
    cure: &[(
        "Trust: {SDS: {SecretName: \"spiffe://shop.local\"}}\n",
        "Trust: {SDS: {SecretName: \"spiffe://shop.local\"}}\n                SubjectAlternativeNames: {Match: {Exact: [\"spiffe://shop.local/orders\"]}}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let (TlsSide::Client(_), Some(Trust::Sds(sds)), None) = (part.side, part.trust, part.names) else { continue };
        let Some(secret) = sds.secret_name.known().filter(|name| name.as_str().starts_with("spiffe://")) else {
            continue;
        };
        let names = part.at(&["validation", "subjectAlternativeNames"]);
        if part.resource.has_gap(&names) {
            continue;
        }
        let message = format!(
            "certificates of `{}` bear SPIFFE IDs, but without a list of names the server's must bear its discovery name",
            secret.as_str()
        );
        report.add(part.resource, names, message).help("list the SPIFFE IDs of the servers");
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
                Trust: {SDS: {SecretName: \"spiffe://shop.local\"}}
";
