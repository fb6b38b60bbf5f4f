//! A prefix that does not start with a slash.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Literal};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "prefix-without-slash",
    severity: Severity::Error,
    summary: "the prefix of a match does not start with a slash",
    why: "the API refuses the route: every path starts with a slash, so that no request could match",
    source: "App Mesh API reference, HttpRouteMatch and HttpGatewayRouteMatch: a prefix \"must always start with /\"",
    bad: BAD,
    cure: &[("Prefix: orders}", "Prefix: /orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_without = |literal: &Literal<'_>| literal.is_prefix && !literal.text.starts_with('/');
    for Literal { matcher, text: prefix, .. } in facts.odd_literals().filter(is_without) {
        let cured = format!("/{prefix}");
        let fix = edit(matcher.resource, matcher.at(&["prefix"]), Change::Set(cured.as_str().into()));
        report
            .add(matcher.resource, matcher.at(&["prefix"]), format!("prefix `{prefix}` does not start with a slash"))
            .help(format!("write `{cured}`"))
            .fix(format!("set `{cured}`"), vec![fix]);
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
          Match: {Prefix: orders}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
