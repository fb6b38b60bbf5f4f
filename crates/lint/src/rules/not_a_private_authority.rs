//! The ARN of something else where a private authority belongs.

use meshwright_model::finding::Severity;
use meshwright_model::limits::ResourceArn;

use crate::facts::placeholder::is_filled_in_later;
use crate::facts::{ArnParts, Facts};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "not-a-private-authority",
    severity: Severity::Error,
    summary: "an entry of `certificateAuthorityArns` names no authority of AWS Private CA",
    why: "the proxy gets nothing to check the server's certificate with, and its calls fail",
    source: "App Mesh User Guide, tls: client policies trust root authorities of ACM PCA; their ARN by the AWS Private CA guide",
    bad: BAD,
    cure: &[(
        "arn:aws:acm:eu-west-1:123456789012:certificate/4f1c",
        "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/9a2b",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        for (arn, path) in part.authority_arns() {
            let Some(text) = arn.known().map(ResourceArn::as_str) else { continue };
            let parts = ArnParts::of(text);
            if parts.is_some_and(ArnParts::is_authority) || is_filled_in_later(text) {
                continue;
            }
            let is = match parts {
                None => "is no ARN",
                Some(parts) if parts.is_certificate() => "is a certificate, not the authority that issued it",
                Some(_) => "is not in AWS Private CA",
            };
            report
                .add(part.resource, path, format!("`{text}` {is}, and a private authority is wanted"))
                .help("name an authority: arn:aws:acm-pca:REGION:ACCOUNT:certificate-authority/ID");
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
                Trust: {ACM: {CertificateAuthorityArns: [\"arn:aws:acm:eu-west-1:123456789012:certificate/4f1c\"]}}
";
