//! A gRPC health check of a listener that cannot carry gRPC.

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "grpc-health-check-on-http",
    severity: Severity::Error,
    summary: "a listener of HTTP/1.1 or TCP has a gRPC health check",
    why: "the API refuses it: \"GRPC HealthCheck requires listener type of HTTP2 or GRPC.\"",
    source: "hashicorp/terraform-provider-aws#21359: GRPC HealthCheck requires listener type of HTTP2 or GRPC",
    bad: BAD,
    cure: &[("Protocol: grpc}", "Protocol: http, Path: /ping}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks() {
        let Some(spoken) = health_check.endpoint.protocol else { continue };
        let can_carry = matches!(spoken, PortProtocol::Http2 | PortProtocol::Grpc);
        if health_check.protocol != Some(PortProtocol::Grpc) || can_carry {
            continue;
        }
        let message = format!("the health check is over grpc, but the listener speaks {}", spoken.as_str());
        report
            .add(health_check.resource, health_check.place("protocol"), message)
            .help(format!("check over {}, or let the listener speak grpc", spoken.as_str()))
            .related(
                health_check.resource,
                listener_path(health_check.endpoint.index, &["portMapping", "protocol"]),
                format!("the listener speaks {}", spoken.as_str()),
            );
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: grpc}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
