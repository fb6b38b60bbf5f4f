//! A description of a resource that no longer exists.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "deleted-resource",
    severity: Severity::Warning,
    summary: "a description says that its resource was deleted or is not active",
    why: "the reply to a deletion shows the resource once more: what names it, and whoever reads the file as the mesh, is misled",
    source: "AWS CLI command reference, appmesh delete-*: the answer has the last specification and the status DELETED",
    bad: BAD,
    cure: &[("DELETED", "ACTIVE")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for resource in facts.resources() {
        let status = resource.metadata.as_ref().and_then(|metadata| metadata.status.as_deref());
        let Some(status @ ("DELETED" | "INACTIVE")) = status else { continue };
        let message = format!("{} `{}` has the status {status}", resource.kind(), Key::of(&resource.name).shown());
        let found = report.add(resource, Path::of(&["status"]), message);
        found.help("leave the file out: other rules take the resource for one that exists");
    }
}

const BAD: &str = r#"{
  "mesh": {
    "meshName": "shop",
    "spec": {},
    "metadata": {"arn": "arn:aws:appmesh:eu-west-1:111122223333:mesh/shop", "version": 2},
    "status": {"status": "DELETED"}
  }
}
"#;
