//! A timeout of each attempt that is 0.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Millis};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "zero-per-retry-timeout",
    severity: Severity::Warning,
    summary: "the timeout of each attempt is 0",
    why: "it is no pause between attempts: Envoy sets no timeout for an attempt then, and one that hangs uses up the time of the whole request",
    source: "Envoy, RetryPolicy: per_try_timeout is a timeout above 0 of each attempt, the first included",
    bad: BAD,
    cure: &[("{Value: 0, Unit: s}", "{Value: 2, Unit: s}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        if retry.per_retry == Some(Millis(0)) && retry.max_retries != Some(0) {
            let message =
                format!("route `{}` sets no limit to an attempt, as its `perRetryTimeout` is 0", retry.route.name());
            report
                .add(retry.route.resource, retry.path(&["perRetryTimeout"]), message)
                .help("say how long one attempt may take before it is given up and tried again");
        }
    }
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
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
          RetryPolicy:
            HttpRetryEvents: [stream-error, gateway-error]
            MaxRetries: 2
            PerRetryTimeout: {Value: 0, Unit: s}
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
