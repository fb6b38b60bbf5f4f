//! A timeout of each attempt that the route's timeout makes void.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, route_path, route_patience};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "per-retry-timeout-without-effect",
    severity: Severity::Warning,
    summary: "an attempt may take as long as the whole request",
    why: "Envoy then ignores the timeout of the attempt: one that hangs uses up the time of the request, and is never tried again",
    source: "Envoy, router filter: a per-try timeout that is no shorter than the global timeout is ignored; App \
             Mesh User Guide, routes: the default is 15 seconds",
    bad: BAD,
    cure: &[("PerRetryTimeout: {Value: 15, Unit: s}", "PerRetryTimeout: {Value: 4, Unit: s}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        let Some(per_retry) = retry.per_retry.filter(|_| retry.max_retries.is_some_and(|retries| retries > 0)) else {
            continue;
        };
        let Some(patience) = route_patience(retry.route, retry.protocol) else { continue };
        let Some(limit) = patience.limit.filter(|limit| per_retry >= *limit) else { continue };
        let by_default = if patience.is_default { " by default" } else { "" };
        let message = format!(
            "an attempt may take {per_retry}, but route `{}` ends the whole request after {limit}{by_default}",
            retry.route.name()
        );
        let found = report.add(retry.route.resource, retry.path(&["perRetryTimeout"]), message);
        found.help("let an attempt take less than the request, so that one that hangs can be tried again");
        if !patience.is_default {
            let path = route_path(retry.protocol, &["timeout", "perRequest"]);
            found.related(retry.route.resource, path, format!("a request may take {limit}"));
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
            PerRetryTimeout: {Value: 15, Unit: s}
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
