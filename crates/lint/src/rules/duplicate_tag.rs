//! A resource with one tag key twice.

use std::collections::HashMap;

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-tag",
    severity: Severity::Warning,
    summary: "a resource has one tag key twice",
    why: "a tag key has one value: the request is refused, or one of the values is lost",
    source: "AWS General Reference, tag naming limits: for each resource, each tag key must be unique",
    bad: BAD,
    cure: &[("{Key: team, Value: payments}", "{Key: owner, Value: payments}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let tags = Path::of(&["tags"]);
    for resource in facts.resources().filter(|resource| resource.tags.len() > 1) {
        let mut seen = HashMap::new();
        for (index, tag) in resource.tags.iter().enumerate() {
            let key = Key::of(&tag.key);
            if matches!(key, Key::Refused(_)) {
                continue;
            }
            let first = *seen.entry(key).or_insert(index);
            if first == index {
                continue;
            }
            let message = format!("tag key `{}` stands here more than once", key.shown());
            let found = report.add(resource, tags.index(index).field("key"), message);
            found.related(resource, tags.index(first).field("key"), "it stands here first");
            if resource.tags[first] == *tag {
                found.fix("leave the second out", vec![edit(resource, tags.index(index), Change::Remove)]);
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
      Tags: [{Key: team, Value: orders}, {Key: team, Value: payments}]
";
