//! A regular expression that RE2 does not take.

use meshwright_traffic::pattern::{Fault, Pattern};

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "invalid-regex",
    severity: Severity::Error,
    summary: "a regular expression is not one of RE2, or is too large for Envoy",
    why: "Envoy refuses the whole configuration that holds the route, and goes on with the one before it",
    source: "App Mesh User Guide, 1.17-migration: RE2, no look-ahead and no back-references; source of the agent in \
             AWS's image, aws/amazon-ecs-service-connect-agent, agent/envoy_bootstrap/envoy_bootstrap.go: a program \
             size of 1000 at most",
    bad: BAD,
    cure: &[("/(?!admin).*", "/[^a].*")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for regex in facts.regexes() {
        let Err(error) = Pattern::check(regex.text) else { continue };
        let found = report.add(regex.matcher.resource, regex.at(), format!("pattern `{}`: {error}", regex.text));
        match error.fault {
            Fault::LookAround(_) => found.help("take such requests with a route of a lower priority number first"),
            Fault::NothingToRepeat(_) => found.help("any text is `.*` in a regular expression"),
            _ => found,
        };
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
          Match: {Path: {Regex: \"/(?!admin).*\"}}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
