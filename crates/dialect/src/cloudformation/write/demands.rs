//! What CloudFormation demands where the API does not, and a resource has not.
//!
//! Source: CloudFormation's schemas of `AWS::AppMesh::*`, as cfn-lint ships them.

use meshwright_model::path::{Path, Step};
use meshwright_model::{Kind, Resource};

use crate::aws_json;
use crate::cloudformation::is_duration;
use crate::out::Out;

/// What CloudFormation will miss, each with its place. `spec` is the specification as it is written.
pub(super) fn missing(resource: &Resource, spec: &Out) -> Vec<(Path, String)> {
    let mut missing = Vec::new();
    if resource.kind() == Kind::VirtualRouter && !has(spec, "Listeners") {
        let message = "CloudFormation demands a router's listeners, and this has none".to_owned();
        missing.push((Path::of(&["spec", "listeners"]), message));
    }
    let said = Out::of(&resource.spec, &aws_json::NAMING, "spec");
    durations(&said, "", &mut Path::of(&["spec"]), &mut missing);
    for (position, tag) in resource.tags.iter().enumerate() {
        if tag.value.is_none() {
            let mut path = Path::of(&["tags"]);
            path.push(Step::Index(position));
            missing.push((path, "CloudFormation demands a tag's value, and this has none".to_owned()));
        }
    }
    missing
}

fn durations(out: &Out, field: &str, path: &mut Path, missing: &mut Vec<(Path, String)>) {
    match out {
        Out::Map(entries) => {
            for wanted in ["unit", "value"].into_iter().filter(|wanted| is_duration(field) && !has(out, wanted)) {
                let message = format!("CloudFormation demands a duration's {wanted}, and this has none");
                missing.push((path.clone(), message));
            }
            for (key, value) in entries {
                path.push(Step::Field(key.clone().into()));
                durations(value, key, path, missing);
                path.pop();
            }
        }
        Out::List(items) => {
            for (position, item) in items.iter().enumerate() {
                path.push(Step::Index(position));
                durations(item, field, path, missing);
                path.pop();
            }
        }
        Out::Text(_) | Out::Bare(_) | Out::Open(_) | Out::Named(..) => {}
    }
}

fn has(out: &Out, wanted: &str) -> bool {
    matches!(out, Out::Map(entries) if entries.iter().any(|(key, _)| key == wanted))
}
