//! Outlier detection that ejects although it may eject nothing.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "zero-ejection-percent",
    severity: Severity::Warning,
    summary: "outlier detection with a limit of 0 percent still ejects a host",
    why: "whoever wants it off does not get that: one host is ejected whatever the limit, and a service with one host is without any",
    source: "App Mesh API reference, OutlierDetection: \"Will eject at least one host regardless of the value\"",
    bad: BAD,
    cure: &[("MaxEjectionPercent: 0", "MaxEjectionPercent: 50")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (node, index, detection) in facts.outlier_detections() {
        if detection.max_ejection_percent.known().is_some_and(|percent| percent.value() == 0) {
            let message = format!(
                "at most 0 percent of the hosts of `{}` may be ejected, but one is whatever the limit",
                node.name()
            );
            report
                .add(node.resource, listener_path(index, &["outlierDetection", "maxEjectionPercent"]), message)
                .help("leave outlier detection out to switch it off");
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
            OutlierDetection: {MaxServerErrors: 5, MaxEjectionPercent: 0, Interval: {Value: 10, Unit: s}, BaseEjectionDuration: {Value: 30, Unit: s}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, ResponseType: ENDPOINTS}}
";
