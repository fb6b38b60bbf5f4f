//! A path pattern that no path can match.

use meshwright_traffic::Pattern;

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "regex-matches-no-path",
    severity: Severity::Warning,
    summary: "a pattern for the path can only match texts that do not start with a slash",
    why: "every path starts with a slash and must match as a whole: no request matches",
    source: "tried with Envoy 1.40: the path pattern /u/[0-9]+ does not match /u/12/z, so that a pattern is \
             compared with the whole path",
    bad: BAD,
    cure: &[("orders/[0-9]+", "/orders/[0-9]+")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for regex in facts.regexes().filter(|regex| regex.header.is_none()) {
        if regex.text.trim_start_matches('^').starts_with(['/', '.']) {
            continue;
        }
        if Pattern::may_start_with(regex.text, b'/') == Ok(false) {
            let message =
                format!("pattern `{}` matches no path: it must match the whole, from the first slash on", regex.text);
            report
                .add(regex.matcher.resource, regex.at(), message)
                .help("start it with `/`, or with `.*` where anything may stand before");
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
          Match: {Path: {Regex: \"orders/[0-9]+\"}}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
