//! A retry event that another one of the policy contains.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "redundant-retry-event",
    severity: Severity::Info,
    summary: "a retry policy names gateway-error beside server-error, which contains it",
    why: "it changes nothing: server-error retries 502, 503 and 504 already, and 500 with them, which may not have been meant",
    source: "App Mesh API reference, HttpRetryPolicy: server-error is 500 to 511, gateway-error 502, 503 and 504",
    bad: BAD,
    cure: &[("[server-error, gateway-error]", "[server-error, stream-error]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries().filter(|retry| retry.has_http("server-error")) {
        if report.is_full() {
            return;
        }
        let is_part = |event: &&str| *event == "gateway-error";
        let events = retry.http.iter().map(|event| event.known().map_or("", |event| event.as_str()));
        let Some((index, _)) = events.enumerate().find(|(_, event)| is_part(event)) else { continue };
        let path = retry.path(&["httpRetryEvents"]).index(index);
        let message =
            format!("route `{}` retries on `gateway-error`, which `server-error` contains", retry.route.name());
        report
            .add(retry.route.resource, path.clone(), message)
            .fix("remove gateway-error", vec![edit(retry.route.resource, path, Change::Remove)]);
    }
}

const BAD: &str = "\
Resources:
  OrdersRoute:
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
          RetryPolicy: {HttpRetryEvents: [server-error, gateway-error], MaxRetries: 2, PerRetryTimeout: {Value: 2, Unit: s}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
