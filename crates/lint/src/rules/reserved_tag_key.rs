//! A tag key that AWS keeps for itself.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "reserved-tag-key",
    severity: Severity::Error,
    summary: "a tag key begins with `aws:`, which AWS keeps for itself",
    why: "the request is refused, and with it the resource",
    source: "AWS General Reference, tag naming limits: the prefix aws: is reserved in whatever case",
    bad: BAD,
    cure: &[("aws:team", "team")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    // What the API says of a resource that exists may hold tags of AWS's own.
    for resource in facts.resources().filter(|resource| resource.metadata.is_none()) {
        for (index, tag) in resource.tags.iter().enumerate() {
            let Key::Known(key) = Key::of(&tag.key) else { continue };
            if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
                let message = format!("tag key `{key}` begins with `aws:`, which AWS keeps for itself");
                report.add(resource, Path::of(&["tags"]).index(index).field("key"), message);
            }
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
      Tags: [{Key: 'aws:team', Value: orders}]
";
