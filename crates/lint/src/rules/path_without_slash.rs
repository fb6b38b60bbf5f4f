//! A path that does not start with a slash.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Literal};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "path-without-slash",
    severity: Severity::Error,
    summary: "the exact path of a match does not start with a slash",
    why: "the API refuses the route: every path starts with a slash, so that no request could match",
    source: "aws/aws-cdk, aws-appmesh, http-route-path-match: a path match must start with /",
    bad: BAD,
    cure: &[("Exact: orders}", "Exact: /orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_without = |literal: &Literal<'_>| !literal.is_prefix && !literal.text.starts_with('/');
    for Literal { matcher, text: path, .. } in facts.odd_literals().filter(is_without) {
        let cured = format!("/{path}");
        let fix = edit(matcher.resource, matcher.at(&["path", "exact"]), Change::Set(cured.as_str().into()));
        report
            .add(matcher.resource, matcher.at(&["path", "exact"]), format!("path `{path}` does not start with a slash"))
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
          Match: {Path: {Exact: orders}}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
