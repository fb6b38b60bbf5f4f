//! A node that lists one backend twice.

use std::collections::HashMap;

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::{Facts, backend_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-backend",
    severity: Severity::Warning,
    summary: "a virtual node lists one virtual service twice among its backends",
    why: "the API took both and kept one: which client policy holds is not said, and the mesh never again equals its file",
    source: "aws/aws-app-mesh-roadmap#170; aws/aws-app-mesh-controller-for-k8s refuses it",
    bad: BAD,
    cure: &[("          - VirtualService: {VirtualServiceName: payments.shop.local} # again\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes().filter(|node| node.spec.backends.as_ref().is_some_and(|backends| backends.len() > 1)) {
        let mut seen = HashMap::new();
        for call in facts.calls(node) {
            let name = Key::of(&call.backend.virtual_service_name);
            if matches!(name, Key::Refused(_)) {
                continue;
            }
            let first = *seen.entry(name).or_insert(call);
            if first.index == call.index {
                continue;
            }
            let message = format!("backend `{}` is listed more than once", name.shown());
            let path = backend_path(call.index, &["virtualServiceName"]);
            let found = report.add(node.resource, path, message);
            found.related(node.resource, backend_path(first.index, &["virtualServiceName"]), "it is listed here first");
            if first.backend == call.backend {
                let path = Path::of(&["spec", "backends"]).index(call.index);
                found.fix("list it once", vec![edit(node.resource, path, Change::Remove)]);
            } else {
                found.help("keep one: they differ in their client policies");
            }
        }
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
        Backends:
          - VirtualService: {VirtualServiceName: payments.shop.local}
          - VirtualService: {VirtualServiceName: payments.shop.local} # again
";
