//! A TCP health check of a listener that speaks HTTP.

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "tcp-health-check-on-http",
    severity: Severity::Warning,
    summary: "a listener that speaks HTTP is checked over TCP",
    why: "the server's own proxy accepts the connection, so the check passes while the application behind it is down",
    source: "inferred from App Mesh User Guide, troubleshooting-scaling: a check reaches the server's proxy, which \
             accepts connections whether the application does or not",
    bad: BAD,
    cure: &[("Protocol: tcp}", "Protocol: http, Path: /ping}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks().filter(|health_check| !health_check.is_gateways) {
        let Some(spoken) = health_check.endpoint.protocol.filter(|spoken| *spoken != PortProtocol::Tcp) else {
            continue;
        };
        if health_check.protocol == Some(PortProtocol::Tcp) {
            let message = format!("a TCP check of a listener that speaks {} ends at its proxy", spoken.as_str());
            report
                .add(health_check.resource, health_check.place("protocol"), message)
                .help(format!("check over {}, so that the application itself must answer", spoken.as_str()));
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
