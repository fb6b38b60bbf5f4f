//! An inverted match that a missing header does not meet.

use meshwright_model::Scalar;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "inverted-match-needs-header",
    severity: Severity::Info,
    summary: "a header or metadata value is matched inverted",
    why: "only requests that have the header with another value match; those without the header do not",
    source: "tried with Envoy 1.40: a value match, inverted, header absent: no match",
    bad: BAD,
    cure: &[(", Match: {Exact: \"1\"}", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        for (index, header) in matcher.headers.iter().enumerate() {
            let is_inverted = header.invert.as_ref().and_then(Scalar::known) == Some(&true);
            if !is_inverted || header.matcher.is_none() {
                continue;
            }
            let name = &header.name;
            let message = format!("requests without `{name}` do not match, although the comparison is inverted");
            report.add(matcher.resource, matcher.header_at(index).field("invert"), message).help(format!(
                "add a {} for requests without `{name}`: one with `invert` and no `match`",
                matcher.noun()
            ));
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
          Match: {Prefix: /, Headers: [{Name: x-beta, Invert: true, Match: {Exact: \"1\"}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
