//! A health check that may take as long as the time to the next one, or longer.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "health-check-timeout-over-interval",
    severity: Severity::Warning,
    summary: "the timeout of a health check is not below its interval",
    why: "the next check of a host that hangs waits for the last one to time out: it is found unhealthy later than the interval promises",
    source: "envoyproxy/envoy#4902: with a timeout of 60 s, a host that does not answer is not checked any oftener; that \
             timeouts belong below intervals is inferred",
    bad: BAD,
    cure: &[("TimeoutMillis: 10000", "TimeoutMillis: 2000")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks() {
        let timeout = health_check.timeout_millis.known().map(|timeout| timeout.value());
        let interval = health_check.interval_millis.known().map(|interval| interval.value());
        let Some((timeout, interval)) = timeout.zip(interval).filter(|(timeout, interval)| timeout >= interval) else {
            continue;
        };
        let message = format!("a check may take {timeout} ms, but the next is due after {interval} ms");
        // Nobody checks a gateway as a listener's health check says.
        let is_slight = timeout == interval || health_check.is_gateways;
        report
            .add(health_check.resource, health_check.place("timeoutMillis"), message)
            .severity(if is_slight { Severity::Info } else { Severity::Warning })
            .help("let the timeout be shorter than the interval, such as 2000 of 5000")
            .related(health_check.resource, health_check.place("intervalMillis"), "the interval");
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 10000, UnhealthyThreshold: 2, Protocol: http, Path: /ping}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
