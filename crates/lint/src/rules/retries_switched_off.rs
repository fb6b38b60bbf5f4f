//! A retry policy that never retries.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "retries-switched-off",
    severity: Severity::Info,
    summary: "a retry policy allows no retry",
    why: "it also takes the place of the two retries that App Mesh makes by default; failures that a second host would not have had reach the caller",
    source: "App Mesh User Guide, envoy-defaults and best-practices: at least two retries",
    bad: BAD,
    cure: &[("MaxRetries: 0", "MaxRetries: 2")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries().filter(|retry| retry.max_retries == Some(0)) {
        let message = format!("route `{}` never retries, as its `maxRetries` is 0", retry.route.name());
        report
            .add(retry.route.resource, retry.path(&["maxRetries"]), message)
            .help("AWS advises two retries at least; keep 0 only to be without the default ones");
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
            MaxRetries: 0
            PerRetryTimeout: {Value: 2, Unit: s}
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
