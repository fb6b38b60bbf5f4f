//! A duration of a few milliseconds, where seconds were most likely meant.

use meshwright_model::duration::Duration;
use meshwright_model::finding::Severity;
use meshwright_model::{Path, Resource};

use crate::facts::{Facts, Millis, idle, listener_path, per_request, route_path, timeout_field};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duration-of-few-millis",
    severity: Severity::Info,
    summary: "a timeout is of 10 milliseconds or fewer, or a sweep or ejection of fewer than 100",
    why: "hardly any answer comes that fast: every request would be cut, or every host be asked without a pause",
    source: "App Mesh API reference, Duration: the unit is ms or s; a slip between them is a thousandfold",
    bad: BAD,
    cure: &[("Value: 5, Unit: ms", "Value: 5, Unit: s")],
    check,
};

/// The longest timeout that is hardly ever meant.
const TIMEOUT: u64 = 10;

/// The longest sweep or ejection that is hardly ever meant; both are 10 s or more by default.
const SWEEP: u64 = 99;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let durations = [
            (protocol.per_request(), "timeout", "perRequest"),
            (protocol.idle(), "timeout", "idle"),
            (protocol.retry().map(|(_, per_retry)| per_retry), "retryPolicy", "perRetryTimeout"),
        ];
        for (duration, parent, field) in durations {
            report_few(route.resource, (duration, TIMEOUT), field, || route_path(protocol, &[parent]), report);
        }
    }
    for node in facts.nodes() {
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let Some(timeout) = &listener.timeout else { continue };
            let parent = || listener_path(index, &["timeout", timeout_field(timeout)]);
            report_few(node.resource, (per_request(timeout), TIMEOUT), "perRequest", parent, report);
            report_few(node.resource, (idle(timeout), TIMEOUT), "idle", parent, report);
        }
    }
    for (node, index, detection) in facts.outlier_detections() {
        let parent = || listener_path(index, &["outlierDetection"]);
        report_few(node.resource, (Some(&detection.interval), SWEEP), "interval", parent, report);
        report_few(
            node.resource,
            (Some(&detection.base_ejection_duration), SWEEP),
            "baseEjectionDuration",
            parent,
            report,
        );
    }
}

fn report_few(
    resource: &Resource,
    (duration, most): (Option<&Duration>, u64),
    field: &'static str,
    parent: impl FnOnce() -> Path,
    report: &mut Report,
) {
    let Some(millis) = duration.and_then(Duration::millis).filter(|millis| (1..=most).contains(millis)) else { return };
    report
        .add(resource, parent().field(field), format!("`{field}` is only {}", Millis(millis)))
        .help(format!("if {millis} seconds are meant, the unit is `s`"));
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
          Timeout: {PerRequest: {Value: 5, Unit: ms}}
";
