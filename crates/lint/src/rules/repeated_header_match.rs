//! The same header match twice.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::matcher::HeaderMatcher;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "repeated-header-match",
    severity: Severity::Info,
    summary: "a header or metadata item is matched twice in the same way",
    why: "the second match says nothing new; perhaps another header was meant",
    source: "aws/aws-app-mesh-roadmap#123: all headers of a match must match",
    bad: BAD,
    cure: &[("Name: X-Beta", "Name: x-user")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers().filter(|matcher| matcher.headers.len() > 1) {
        for (index, header) in matcher.headers.iter().enumerate() {
            let Some(first) = matcher.headers[..index].iter().position(|earlier| is_same(earlier, header)) else {
                continue;
            };
            let path = matcher.header_at(index);
            report
                .add(matcher.resource, path.clone(), format!("`{}` is matched in this way already", header.name))
                .related(matcher.resource, matcher.header_at(first), "the first of the two")
                .fix("take it away", vec![edit(matcher.resource, path, Change::Remove)]);
        }
    }
}

/// Whether two ask the same; names of headers do not differ by case.
fn is_same(one: &HeaderMatcher, other: &HeaderMatcher) -> bool {
    let (Some(name), Some(other_name)) = (one.name.known(), other.name.known()) else { return false };
    name.as_str().eq_ignore_ascii_case(other_name.as_str())
        && one.invert == other.invert
        && one.matcher == other.matcher
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
          Match: {Prefix: /, Headers: [{Name: x-beta, Match: {Exact: \"1\"}}, {Name: X-Beta, Match: {Exact: \"1\"}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
