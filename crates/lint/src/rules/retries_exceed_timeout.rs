//! Retries that the route's own timeout cuts off.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Millis, Retry, route_path, route_patience};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "retries-exceed-timeout",
    severity: Severity::Warning,
    summary: "the attempts of a retry policy take longer than the route lets a request take",
    why: "the timeout of the route covers all attempts: it ends the request with 504 before the last ones are made",
    source: "App Mesh User Guide, routes: the request timeout should be no less than maxRetries times perRetryTimeout",
    bad: BAD,
    cure: &[("MaxRetries: 4", "MaxRetries: 1")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for retry in facts.retries() {
        let (Some(retries), Some(per_retry)) = (retry.max_retries, retry.per_retry) else { continue };
        let Some(patience) = route_patience(retry.route, retry.protocol) else { continue };
        let Some(limit) = patience.limit else { continue };
        // A timeout per attempt that is no shorter than the route's has no effect at all, which another rule says.
        if retries == 0 || per_retry >= limit {
            continue;
        }
        // The first attempt is bounded likewise, so that the attempts are one more than the retries.
        let all = Millis(per_retry.0.saturating_mul(retries.saturating_add(1)));
        if all > limit {
            let is_over_advice = per_retry.0.saturating_mul(retries) > limit.0;
            let severity = if is_over_advice { Severity::Warning } else { Severity::Info };
            add(&retry, (retries, per_retry, all), (limit, patience.is_default), severity, report);
        }
    }
}

fn add(
    retry: &Retry<'_>,
    (retries, per_retry, all): (u64, Millis, Millis),
    (limit, is_default): (Millis, bool),
    severity: Severity,
    report: &mut Report,
) {
    let by_default = if is_default { " by default" } else { "" };
    let attempts = retries.saturating_add(1);
    let begun = limit.0.div_ceil(per_retry.0.max(1));
    let message = format!(
        "{attempts} attempts of up to {per_retry} take up to {all}, but route `{}` ends a request after {limit}{by_default}",
        retry.route.name()
    );
    let found = report.add(retry.route.resource, retry.path(&["maxRetries"]), message).severity(severity);
    found.help(if begun < attempts {
        format!(
            "if every attempt runs out of time, only {begun} of {attempts} are made: let the request take {all}, or retry less"
        )
    } else {
        format!("if every attempt runs out of time, the last one is cut short: let the request take {all}, or retry less")
    });
    if !is_default {
        let path = route_path(retry.protocol, &["timeout", "perRequest"]);
        found.related(retry.route.resource, path, format!("a request may take {limit}"));
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
            MaxRetries: 4
            PerRetryTimeout: {Value: 5, Unit: s}
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
