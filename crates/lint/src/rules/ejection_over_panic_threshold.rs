//! Outlier detection that may eject over half of the hosts.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ejection-over-panic-threshold",
    severity: Severity::Info,
    summary: "outlier detection may eject more than half of the hosts",
    why: "once less than half of the hosts are left, Envoy takes the ejections for a mistake and sends to all of them, the ejected ones included",
    source: "Envoy, load balancing: the panic threshold is 50 percent by default; the App Mesh API has no field for \
             another",
    bad: BAD,
    cure: &[("MaxEjectionPercent: 100", "MaxEjectionPercent: 50")],
    check,
};

/// The share of hosts, in percent, of which Envoy must have more left to believe in their health.
const PANIC_THRESHOLD: i64 = 50;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (node, index, detection) in facts.outlier_detections() {
        let Some(percent) = detection.max_ejection_percent.known().map(|percent| percent.value()) else { continue };
        if percent > 100 - PANIC_THRESHOLD {
            let message = format!(
                "up to {percent} percent of the hosts of `{}` may be ejected; once over {PANIC_THRESHOLD} are, all get requests again",
                node.name()
            );
            report
                .add(node.resource, listener_path(index, &["outlierDetection", "maxEjectionPercent"]), message)
                .help("no change is needed, but outlier detection will not ease an outage of most hosts");
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
            OutlierDetection: {MaxServerErrors: 5, MaxEjectionPercent: 100, Interval: {Value: 10, Unit: s}, BaseEjectionDuration: {Value: 30, Unit: s}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, ResponseType: ENDPOINTS}}
";
