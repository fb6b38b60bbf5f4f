//! A retry event that App Mesh does not have.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::{GrpcRetryPolicyEvent, HttpRetryPolicyEvent, TcpRetryPolicyEvent};
use meshwright_model::spelling::nearest;
use meshwright_model::value::{Given, ScalarType};
use meshwright_model::visible::visible;

use crate::facts::{Facts, HTTP_EVENTS, Retry};
use crate::report::Report;
use crate::report::edit;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-retry-event",
    severity: Severity::Warning,
    summary: "a retry policy names an HTTP event that is none",
    why: "the API takes any text of up to 25 characters, and knows four; the policy does not retry what its author thinks",
    source: "App Mesh API reference, HttpRetryPolicy: server-error, gateway-error, client-error, stream-error",
    bad: BAD,
    cure: &[("HttpRetryEvents: [5xx]", "HttpRetryEvents: [server-error]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        for (index, event) in retry.http.iter().enumerate() {
            let Some(event) = event.known().map(HttpRetryPolicyEvent::as_str) else { continue };
            if !HTTP_EVENTS.contains(&event) {
                add(&retry, index, event, report);
            }
        }
    }
}

fn add(retry: &Retry<'_>, index: usize, event: &str, report: &mut Report) {
    let path = retry.path(&["httpRetryEvents"]).index(index);
    let message = format!("`{}` is no HTTP retry event: {} are", visible(event), HTTP_EVENTS.join(", "));
    let found = report.add(retry.route.resource, path.clone(), message);
    let plain = event.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    if let Some(meant) = HTTP_EVENTS.iter().find(|known| **known == plain) {
        found.fix(format!("write {meant}"), vec![edit(retry.route.resource, path, Change::Set((*meant).into()))]);
    } else if TcpRetryPolicyEvent::LIMIT.check(Given::Text(event)).is_ok() {
        found.help(format!("`{event}` belongs into `tcpRetryEvents`"));
    } else if GrpcRetryPolicyEvent::LIMIT.check(Given::Text(event)).is_ok() {
        found.help(format!("`{event}` belongs into the `grpcRetryEvents` of a gRPC route"));
    } else if let Some(near) = nearest(event, HTTP_EVENTS.into_iter()) {
        found.help(format!("did you mean `{near}`?"));
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
            HttpRetryEvents: [5xx]
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
