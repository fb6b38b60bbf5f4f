//! A range without a number in it.

use meshwright_model::finding::Severity;
use meshwright_model::matcher::HeaderMatchMethod;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "empty-range",
    severity: Severity::Warning,
    summary: "a header or metadata range ends before or at its start",
    why: "the end is not part of a range: no value matches, or every number where the match is inverted",
    source: "App Mesh API reference, MatchRange; tried with Envoy 1.40: a range is from its start to before its end",
    bad: BAD,
    cure: &[("End: 7", "End: 8")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        for (index, header) in matcher.headers.iter().enumerate() {
            let Some(HeaderMatchMethod::Range(range)) = &header.matcher else { continue };
            let (Some(start), Some(end)) = (range.start.known(), range.end.known()) else { continue };
            let (start, end) = (start.value(), end.value());
            if start < end {
                continue;
            }
            let message = format!("the range from {start} to before {end} has no number in it");
            let found = report.add(matcher.resource, matcher.header_at(index).field("match").field("range"), message);
            if start == end {
                found.help(format!(
                    "the end is not part of the range: to match {start} alone, end it at {}",
                    start.saturating_add(1)
                ));
            }
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
          Match: {Prefix: /, Headers: [{Name: x-shard, Match: {Range: {Start: 7, End: 7}}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
