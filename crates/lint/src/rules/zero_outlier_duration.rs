//! Outlier detection with a duration of 0.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "zero-outlier-duration",
    severity: Severity::Warning,
    summary: "the interval or ejection time of outlier detection is 0",
    why: "Envoy takes only durations above 0 and refuses a cluster with another: callers keep the endpoints that they had, or get none",
    source: "Envoy, OutlierDetection: interval and base_ejection_time must be greater than 0; what App Mesh made of a 0 is not known",
    bad: BAD,
    cure: &[("Interval: {Value: 0, Unit: s}", "Interval: {Value: 10, Unit: s}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (node, index, detection) in facts.outlier_detections() {
        let durations =
            [("interval", &detection.interval), ("baseEjectionDuration", &detection.base_ejection_duration)];
        for (field, _) in durations.iter().filter(|(_, duration)| duration.millis() == Some(0)) {
            let message = format!("`{field}` of the outlier detection of `{}` is 0, which Envoy refuses", node.name());
            report
                .add(node.resource, listener_path(index, &["outlierDetection", field]), message)
                .help("set a duration above 0; Envoy's own are 10 s between sweeps and 30 s of ejection");
        }
    }
}

const BAD: &str = "\
Resources:
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            OutlierDetection: {MaxServerErrors: 5, MaxEjectionPercent: 50, Interval: {Value: 0, Unit: s}, BaseEjectionDuration: {Value: 30, Unit: s}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, ResponseType: ENDPOINTS}}
";
