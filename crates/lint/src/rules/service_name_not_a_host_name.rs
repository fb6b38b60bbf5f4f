//! A virtual service whose name nobody can dial.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::facts::placeholder::has_placeholder;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "service-name-not-a-host-name",
    severity: Severity::Warning,
    summary: "the name of a virtual service is no host name",
    why: "applications dial a virtual service by its name: it must resolve, and only requests to exactly this host reach it",
    source: "App Mesh User Guide, virtual_services and troubleshooting-connectivity: the name must resolve to an \
             address",
    bad: BAD,
    cure: &[("http://orders.shop.local", "orders.shop.local")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for service in facts.services() {
        let Key::Known(name) = Key::of(&service.resource.name) else { continue };
        let Some(why) = why_not(name) else { continue };
        let message = format!("`{}` is no host name: {why}", Key::Known(name).shown());
        let found = report.add(service.resource, Path::of(&["virtualServiceName"]), message);
        found.help("name the host alone, as applications dial it, without scheme, port or path");
    }
}

/// Why a name is no host name. Underscores pass: resolvers take them.
fn why_not(name: &str) -> Option<String> {
    if name.starts_with("arn:") || has_placeholder(name) {
        return None;
    }
    if let Some(odd) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.".contains(*letter)) {
        return Some(format!("it has `{odd}`"));
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    match name.split('.').map(str::len).find(|length| *length == 0 || *length > 63) {
        Some(0) => Some("a part between its dots is empty".to_owned()),
        Some(length) => Some(format!("a part between its dots has {length} characters, more than 63")),
        None => (name.len() > 253).then(|| format!("it has {} characters, more than 253", name.len())),
    }
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: http://orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";
