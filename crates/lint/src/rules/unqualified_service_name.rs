//! A virtual service with a name that has no domain.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unqualified-service-name",
    severity: Severity::Info,
    summary: "the name of a virtual service has no domain",
    why: "hosts are compared whole: a request to the full name of the same host does not reach the virtual service, and passes the mesh \
          by or is refused",
    source: "App Mesh User Guide, troubleshooting-connectivity: an unqualified virtual service name sends requests \
             past the routes",
    bad: BAD,
    cure: &[("VirtualServiceName: orders\n", "VirtualServiceName: orders.shop.local\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for service in facts.services() {
        let Key::Known(name) = Key::of(&service.resource.name) else { continue };
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if is_word && !name.is_empty() {
            let message = format!("`{name}` has no domain: only requests to the host `{name}` itself reach it");
            let found = report.add(service.resource, Path::of(&["virtualServiceName"]), message);
            found.help("use the name that applications dial in full, such as `orders.shop.local`");
        }
    }
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";
