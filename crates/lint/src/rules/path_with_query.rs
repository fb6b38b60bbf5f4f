//! A path or prefix with a query or fragment.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "path-with-query",
    severity: Severity::Warning,
    summary: "a path or prefix contains a query or a fragment",
    why: "paths are compared without the query, and clients send no fragment: no request matches",
    source: "tried with Envoy 1.40: an exact path /p matches /p?q=1, as the query is no part of the path",
    bad: BAD,
    cure: &[("\"/orders?version=2\"", "/orders, QueryParameters: [{Name: version, Match: {Exact: \"2\"}}]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for literal in facts.odd_literals() {
        let Some(place) = literal.text.find(['?', '#']) else { continue };
        let (path, rest) = literal.text.split_at(place);
        let message = format!(
            "{} `{}` contains `{rest}`, but paths are compared without query and fragment: no request matches",
            literal.noun(),
            literal.text
        );
        let found = report.add(literal.matcher.resource, literal.at(), message);
        if rest.starts_with('?') {
            found.help(format!("match {} `{path}`, and the query with `queryParameters`", literal.noun()));
        } else {
            found.help(format!("write `{path}`"));
        }
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
          Match: {Prefix: \"/orders?version=2\"}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
