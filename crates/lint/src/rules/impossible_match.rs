//! Conditions that no request can meet all at once.

use meshwright_model::finding::Severity;
use meshwright_traffic::{Comparison, Condition, Fate, Match, PathMatch, Search, find};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "impossible-match",
    severity: Severity::Warning,
    summary: "the conditions of a match contradict each other",
    why: "no request can meet them all, so that the route never sees one",
    source: "aws/aws-app-mesh-roadmap#123: all headers of a match must match",
    bad: BAD,
    cure: &[("{Name: x-team, Match: {Exact: green}}", "{Name: x-beta}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for tried in facts.tables() {
        for (position, fate) in tried.unreached() {
            if *fate != Fate::Impossible {
                continue;
            }
            // A path that no request has, or an empty range, is a fault of its own, which others name.
            let own = &tried.table.entries()[*position].matcher;
            let is_empty = |condition: &Condition<'_>| matches!(condition.comparison, Comparison::Range(start, end) if start >= end);
            let without_path = Match { path: PathMatch::ALL, ..own.clone() };
            if own.headers.iter().any(|(_, condition)| is_empty(condition))
                || find(&[&without_path], &[], &[]) != Search::Nothing
            {
                continue;
            }
            let route = tried.at(*position);
            let message = format!("no request can meet all conditions of `{}` at once", route.name());
            let found = report.add(route.resource, route.match_path(), message);
            found.help("a header has one value: write one route for each, as a match knows no \"or\"");
        }
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: !GetAtt Router.VirtualRouterName}}
  Blue:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: blue
      Spec:
        Priority: 10
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: x-team, Match: {Exact: blue}}, {Name: x-team, Match: {Exact: green}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
