//! A match with both a prefix and a path.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "prefix-and-path",
    severity: Severity::Error,
    summary: "a match has both a prefix and a path",
    why: "a match takes one of the two; the API refuses the route",
    source: "aws/aws-app-mesh-controller-for-k8s, webhooks: a match has a prefix or a path",
    bad: BAD,
    cure: &[("Prefix: /orders, Path", "Path")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers().filter(|matcher| matcher.prefix.is_some() && matcher.path.is_some()) {
        let message = format!("this {} matches both a prefix and a path, and may match one of them", matcher.noun());
        report.add(matcher.resource, matcher.at(&["path"]), message).help("keep the one that is meant").related(
            matcher.resource,
            matcher.at(&["prefix"]),
            "the prefix",
        );
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
          Match: {Prefix: /orders, Path: {Exact: /orders/all}}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
