//! The ARN of something else where a certificate of ACM belongs.

use meshwright_model::finding::Severity;
use meshwright_model::limits::ResourceArn;

use crate::facts::placeholder::is_filled_in_later;
use crate::facts::{ArnParts, Facts};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "not-an-acm-certificate",
    severity: Severity::Error,
    summary: "a listener's `certificateArn` names no certificate of AWS Certificate Manager",
    why: "the proxy gets no certificate, and its listener cannot speak TLS",
    source: "App Mesh User Guide, tls: the certificate must be stored in ACM; its ARN by the ACM User Guide",
    bad: BAD,
    cure: &[(
        "arn:aws:iam::123456789012:server-certificate/orders",
        "arn:aws:acm:eu-west-1:123456789012:certificate/4f1c",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        let Some((arn, path)) = part.certificate_arn() else { continue };
        let Some(text) = arn.known().map(ResourceArn::as_str) else { continue };
        let parts = ArnParts::of(text);
        if parts.is_some_and(ArnParts::is_certificate) || is_filled_in_later(text) {
            continue;
        }
        let is = match parts {
            None => "is no ARN",
            Some(parts) if parts.is_authority() => "is an authority, which issues certificates",
            Some(_) => "is not in ACM",
        };
        report
            .add(part.resource, path, format!("`{text}` {is}, and a certificate of ACM is wanted"))
            .help("name a certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID");
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
              Certificate: {ACM: {CertificateArn: \"arn:aws:iam::123456789012:server-certificate/orders\"}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
