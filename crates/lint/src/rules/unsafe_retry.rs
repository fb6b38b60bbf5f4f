//! Retries of requests that may have done their work already.

use meshwright_model::finding::Severity;
use meshwright_model::limits::HttpMethod;

use crate::facts::{Facts, Retry, route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unsafe-retry",
    severity: Severity::Warning,
    summary: "a route for POST or PATCH retries after the callee has answered with an error",
    why: "the callee may have done what it was asked before it failed; to ask again may do it twice",
    source: "App Mesh User Guide, best-practices: events other than stream-error and gateway-error may not be safe where a request is not idempotent",
    bad: BAD,
    cure: &[("[server-error, stream-error]", "[stream-error]")],
    check,
};

/// The events that follow an answer, beyond those that AWS advises for every route.
const AFTER_AN_ANSWER: [&str; 2] = ["server-error", "client-error"];

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        let Some(method) = unsafe_method(&retry).filter(|_| retry.max_retries != Some(0)) else { continue };
        let event = |event: &str| {
            retry.http.iter().position(|given| given.known().is_some_and(|given| given.as_str() == event))
        };
        let Some((index, event)) = AFTER_AN_ANSWER.iter().find_map(|name| Some((event(name)?, name))) else { continue };
        let message = format!("route `{}` is for {method} and retries on `{event}`", retry.route.name());
        report
            .add(retry.route.resource, retry.path(&["httpRetryEvents"]).index(index), message)
            .help(
                "retry on `stream-error` and `connection-error` alone, unless the callee recognises a repeated request",
            )
            .related(
                retry.route.resource,
                route_path(retry.protocol, &["match", "method"]),
                format!("the route takes {method} requests"),
            );
    }
}

/// The method of the route's requests, where to send them twice may do something twice.
fn unsafe_method(retry: &Retry<'_>) -> Option<&'static str> {
    let method = *retry.protocol.http()?.matcher.method.as_ref()?.known()?;
    matches!(method, HttpMethod::Post | HttpMethod::Patch).then(|| method.as_str())
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
          Match: {Prefix: /, Method: POST}
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
          RetryPolicy:
            HttpRetryEvents: [server-error, stream-error]
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
