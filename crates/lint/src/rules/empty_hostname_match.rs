//! A host name match that names no host.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "empty-hostname-match",
    severity: Severity::Warning,
    summary: "a gateway route has a host name match with neither a whole name nor an end",
    why: "it says nothing of the host, although it looks as if it did",
    source: "App Mesh API reference, GatewayRouteHostnameMatch: exact or suffix; inferred: with neither nothing \
             says which hosts are meant",
    bad: BAD,
    cure: &[("Hostname: {}", "Hostname: {Exact: shop.example.com}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        let is_empty = matcher.hostname.is_some_and(|hostname| hostname.exact.is_none() && hostname.suffix.is_none());
        if is_empty && !matcher.resource.has_gap(&matcher.at(&["hostname"])) {
            report
                .add(matcher.resource, matcher.at(&["hostname"]), "this host name match names no host")
                .help("say the whole name with `exact` or its end with `suffix`, or leave the match out");
        }
    }
}

const BAD: &str = "\
Resources:
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /, Hostname: {}}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
