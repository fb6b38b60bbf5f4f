//! A retry policy that names nothing to retry.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Retry};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "retry-without-events",
    severity: Severity::Warning,
    summary: "a retry policy names no event",
    why: "App Mesh asks for one event at least; without one nothing is ever tried again, and the policy takes the place of the default one",
    source: "App Mesh API reference, HttpRetryPolicy and GrpcRetryPolicy: specify at least one event; whether the \
             API refused it is not known",
    bad: BAD,
    cure: &[("MaxRetries: 2", "HttpRetryEvents: [stream-error, gateway-error]\n            MaxRetries: 2")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_empty = |retry: &Retry<'_>| retry.http.is_empty() && retry.grpc.is_empty() && retry.tcp.is_empty();
    for retry in facts.retries().filter(is_empty) {
        let path = retry.path(&[]);
        if retry.max_retries == Some(0) || retry.route.resource.has_gap(&path) {
            continue;
        }
        let message =
            format!("the retry policy of route `{}` names no event, so that nothing is retried", retry.route.name());
        report.add(retry.route.resource, path, message).help(advice(&retry));
    }
}

fn advice(retry: &Retry<'_>) -> &'static str {
    if retry.protocol.http().is_some() {
        "AWS advises `stream-error` and `gateway-error` in `httpRetryEvents`, `connection-error` in `tcpRetryEvents`"
    } else {
        "AWS advises `cancelled` and `unavailable` in `grpcRetryEvents`, `connection-error` in `tcpRetryEvents`"
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
            MaxRetries: 2
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
