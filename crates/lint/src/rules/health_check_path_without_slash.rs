//! A health check's path that does not start with a slash.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::facts::placeholder::is_filled_in_later;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "health-check-path-without-slash",
    severity: Severity::Error,
    summary: "a health check's path does not start with a slash",
    why: "a request for such a path is none: the server answers 400, only 200 counts as healthy, and callers stop sending to every host",
    source: "inferred from RFC 9112 section 3.2.1, the path of a request is absolute, and \
             aws/aws-app-mesh-roadmap#396, only status 200 counts as healthy",
    bad: BAD,
    cure: &[("Path: ping", "Path: /ping")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks().filter(|health_check| health_check.asks_for_path() == Some(true)) {
        let Some(path) = health_check.path.and_then(|path| path.known()) else { continue };
        let path = path.as_str();
        if path.is_empty() || path.starts_with('/') || is_filled_in_later(path) {
            continue;
        }
        let place = health_check.place("path");
        let message = format!("the health check's path `{path}` does not start with `/`");
        let found = report.add(health_check.resource, place.clone(), message);
        if path.contains("://") {
            found.help("name the path alone, without scheme and host");
        } else {
            let slashed = format!("/{path}");
            let set = Change::Set(slashed.as_str().into());
            found.fix(format!("set path {slashed}"), vec![edit(health_check.resource, place, set)]);
        }
    }
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http, Path: ping}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
