//! A virtual service without a provider.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, backend_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "service-without-provider",
    severity: Severity::Warning,
    summary: "a virtual service has no provider",
    why: "the API takes it, and every request to it is answered with 404 until it has one",
    source: "the dump of a gateway's configuration in capa-cloud/capa.io, \
             content/zh/blog/cloudstack/envoy/envoy-gateway.md: a virtual service without provider is a virtual \
             host without routes",
    bad: BAD,
    cure: &[("Spec: {}", "Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let provider = Path::of(&["spec", "provider"]);
    for service in facts.services().filter(|service| service.spec.provider.is_none()) {
        if service.resource.has_gap(&provider) {
            continue;
        }
        let message = format!("virtual service `{}` has no provider: requests to it get 404", service.name());
        let found = report.add(service.resource, provider.clone(), message);
        found.help("name the virtual router or node that answers for it");
        for call in facts.calls_to(service).take(1) {
            let path = backend_path(call.index, &["virtualServiceName"]);
            found.related(call.node.resource, path, format!("`{}` calls it", call.node.name()));
        }
    }
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {}
";
