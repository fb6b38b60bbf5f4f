//! A path or prefix with a star.

use crate::facts::Literal;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "wildcard-in-path",
    severity: Severity::Warning,
    summary: "a path or prefix contains a star, which stands for itself",
    why: "only requests with a star in their path match, and the requests that were meant do not",
    source: "Envoy API, RouteMatch: a prefix and a path are compared as they stand",
    bad: BAD,
    cure: &[("Prefix: /orders/*", "Prefix: /orders/")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_path_with_star = |literal: &Literal<'_>| literal.text.starts_with('/') && literal.text.contains('*');
    for literal in facts.odd_literals().filter(is_path_with_star) {
        let Literal { matcher, text, is_prefix } = literal;
        let message = format!(
            "{} `{text}` contains a star, which stands for itself: requests need it in their path",
            literal.noun()
        );
        let found = report.add(matcher.resource, literal.at(), message);
        let start = text.trim_end_matches('*');
        if !is_prefix || start.contains('*') {
            found.help("match a prefix, or say what is meant as a regular expression");
            continue;
        }
        let fix = edit(matcher.resource, literal.at(), Change::Set(start.into()));
        found
            .help(format!("write `{start}`: a prefix takes whatever follows it"))
            .fix(format!("set `{start}`"), vec![fix]);
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
          Match: {Prefix: /orders/*}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
