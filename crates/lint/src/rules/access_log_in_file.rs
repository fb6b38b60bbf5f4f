//! An access log that stays in the container.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::FilePath;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "access-log-in-file",
    severity: Severity::Info,
    summary: "an access log goes to a file rather than to the standard output",
    why: "log drivers of the container do not see it: it ends with the task, unless something else carries it away",
    source: "App Mesh User Guide, virtual_nodes: /dev/stdout is recommended, so that log drivers export the log",
    bad: BAD,
    cure: &[("/tmp/access.log", "/dev/stdout")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (resource, file) in facts.access_logs() {
        let Some(path) = file.path.known().map(FilePath::as_str) else { continue };
        if is_stream(path) {
            continue;
        }
        let place = Path::of(&["spec", "logging", "accessLog", "file", "path"]);
        let message = if path.starts_with('/') {
            format!("the access log goes to the file `{path}` in the proxy's container")
        } else {
            format!("the access log goes to the file `{path}` below whatever folder the proxy runs in")
        };
        report
            .add(resource, place, message)
            .help("log to `/dev/stdout`, unless the file stands on a volume that something else reads");
    }
}

fn is_stream(path: &str) -> bool {
    path.starts_with("/dev/") || path.starts_with("/proc/self/fd/")
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec: {Logging: {AccessLog: {File: {Path: /tmp/access.log}}}}
";
