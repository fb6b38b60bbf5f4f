//! A retry event that stands in its list twice.

use meshwright_model::Scalar;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::value::ScalarType;

use crate::facts::{Facts, Retry};
use crate::report::Report;
use crate::report::edit;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-retry-event",
    severity: Severity::Info,
    summary: "a retry policy names an event twice",
    why: "it changes nothing; most often another event was meant",
    source: "inferred from App Mesh API reference, HttpRetryPolicy and GrpcRetryPolicy: an event is retried on, or \
             it is not",
    bad: BAD,
    cure: &[("[stream-error, stream-error]", "[stream-error, gateway-error]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        check_list(&retry, "httpRetryEvents", retry.http, report);
        check_list(&retry, "grpcRetryEvents", retry.grpc, report);
    }
}

fn check_list<T: ScalarType + PartialEq>(
    retry: &Retry<'_>,
    field: &'static str,
    events: &[Scalar<T>],
    report: &mut Report,
) {
    // One at a time: an edit that removes one moves those behind it.
    let is_again = |index: usize| events[index].known().is_some() && events[..index].contains(&events[index]);
    let Some(index) = (1..events.len()).find(|index| is_again(*index)) else { return };
    let path = retry.path(&[field]).index(index);
    report
        .add(retry.route.resource, path.clone(), format!("`{}` stands in `{field}` already", events[index]))
        .fix("remove it", vec![edit(retry.route.resource, path, Change::Remove)]);
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
            HttpRetryEvents: [stream-error, stream-error]
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
