//! Certificates that came from a control plane that is gone.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::{Facts, TlsPart};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "certificate-from-acm",
    severity: Severity::Warning,
    summary: "a certificate or its authority comes from AWS Certificate Manager",
    why: "App Mesh itself brought them to the proxies and renewed them, until 2026-09-30: a proxy that still runs fails when its \
          certificate expires, and a new one never gets it",
    source: "inferred from App Mesh User Guide, tls: ACM certificates reached the proxies, and were renewed, \
             through App Mesh, which ended",
    bad: BAD,
    cure: &[(
        "ACM: {CertificateArn: \"arn:aws:acm:eu-west-1:123456789012:certificate/4f1c\"}",
        "File: {CertificateChain: /certs/orders.pem, PrivateKey: /certs/orders.key}",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for parts in facts.tls_parts().chunk_by(|one, other| std::ptr::eq(one.resource, other.resource)) {
        let certificate = parts.iter().find_map(|part| Some((part, part.certificate_arn()?.1)));
        let authority = parts.iter().find_map(|part| Some((part, part.authority_arns().next()?.1)));
        let (part, path, takes): (&TlsPart<'_>, _, _) = match (certificate, authority) {
            (Some((part, path)), None) => (part, path, "takes its certificate"),
            (Some((part, path)), Some(_)) => (part, path, "takes its certificate and the authorities that it trusts"),
            (None, Some((part, path))) => (part, path, "takes the authorities that it trusts"),
            (None, None) => continue,
        };
        let name = Key::of(&part.resource.name).shown();
        report
            .add(
                part.resource,
                path,
                format!("`{name}` {takes} from ACM, and no control plane of AWS delivers them any more"),
            )
            .help("take them from files or from a Secret Discovery Service");
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
              Certificate:
                ACM: {CertificateArn: \"arn:aws:acm:eu-west-1:123456789012:certificate/4f1c\"}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
