//! Certificates and authorities of one resource in several regions.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Path, Resource};

use crate::facts::{ArnParts, Facts, TlsPart};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "certificate-in-other-region",
    severity: Severity::Error,
    summary: "the certificates and authorities of one node or gateway are in different regions",
    why: "App Mesh takes them only from the region that the node or gateway is in: its proxies do not get one of them, and \
          calls that need it fail",
    source: "App Mesh User Guide, tls: a certificate must be in the same Region as the mesh endpoint, and so must a CA's",
    bad: BAD,
    cure: &[("arn:aws:acm-pca:us-east-1:", "arn:aws:acm-pca:eu-west-1:")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for parts in facts.tls_parts().chunk_by(|one, other| std::ptr::eq(one.resource, other.resource)) {
        let Some(resource) = parts.first().map(|part| part.resource) else { continue };
        let arns = regions(parts);
        let (home, home_path) = match own_region(resource) {
            Some(region) => (region, None),
            None => match arns.first() {
                Some((region, path)) => (*region, Some(path)),
                None => continue,
            },
        };
        for (region, path) in arns.iter().filter(|(region, _)| *region != home) {
            let name = Key::of(&resource.name).shown();
            let message = match home_path {
                None => format!("this is in {region}, but `{name}` is in {home}"),
                Some(_) => format!("this is in {region}, but another certificate of `{name}` is in {home}"),
            };
            let found = report.add(resource, path.clone(), message);
            found.help("use one of the region that the mesh is in");
            if let Some(home_path) = home_path {
                found.related(resource, home_path.clone(), format!("in {home}"));
            }
        }
    }
}

/// The region of each ARN in parts of a resource, and where that stands.
fn regions<'a>(parts: &[TlsPart<'a>]) -> Vec<(&'a str, Path)> {
    let arns = parts.iter().flat_map(|part| part.certificate_arn().into_iter().chain(part.authority_arns()));
    arns.filter_map(|(arn, path)| {
        let parts = ArnParts::of(arn.known()?.as_str())?;
        let is_theirs = parts.is_certificate() || parts.is_authority();
        (is_theirs && !parts.region.is_empty()).then_some((parts.region, path))
    })
    .collect()
}

/// The region that the API says a resource is in.
fn own_region(resource: &Resource) -> Option<&str> {
    let members = &resource.metadata.as_ref()?.members;
    let (_, arn, _) = members.iter().find(|(name, _, _)| name == "arn")?;
    ArnParts::of(arn).map(|parts| parts.region).filter(|region| !region.is_empty())
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
              Certificate: {ACM: {CertificateArn: \"arn:aws:acm:eu-west-1:123456789012:certificate/4f1c\"}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
        BackendDefaults:
          ClientPolicy:
            TLS:
              Validation:
                Trust:
                  ACM: {CertificateAuthorityArns: [\"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/9a2b\"]}
";
