//! Outlier detection whose ejections end between two looks.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Millis, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ejection-shorter-than-sweep",
    severity: Severity::Info,
    summary: "a host is ejected for less time than passes between two sweeps",
    why: "ejected hosts return only with a sweep: they stay away until the next one, longer than the ejection time says",
    source: "Envoy, OutlierDetection: an interval is the time between sweeps, which return ejected hosts to service",
    bad: BAD,
    cure: &[("BaseEjectionDuration: {Value: 5, Unit: s}", "BaseEjectionDuration: {Value: 30, Unit: s}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (node, index, detection) in facts.outlier_detections() {
        let (Some(interval), Some(ejection)) = (detection.interval.millis(), detection.base_ejection_duration.millis())
        else {
            continue;
        };
        // A duration of 0 is another rule's.
        if ejection > 0 && ejection < interval {
            let (interval, ejection) = (Millis(interval), Millis(ejection));
            let message = format!(
                "hosts of `{}` are ejected for {ejection}, but return only with a sweep, every {interval}",
                node.name()
            );
            report
                .add(node.resource, listener_path(index, &["outlierDetection", "baseEjectionDuration"]), message)
                .help("sweep more often than ejections last")
                .related(
                    node.resource,
                    listener_path(index, &["outlierDetection", "interval"]),
                    format!("{interval} between sweeps"),
                );
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
            OutlierDetection: {MaxServerErrors: 5, MaxEjectionPercent: 50, Interval: {Value: 30, Unit: s}, BaseEjectionDuration: {Value: 5, Unit: s}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, ResponseType: ENDPOINTS}}
";
