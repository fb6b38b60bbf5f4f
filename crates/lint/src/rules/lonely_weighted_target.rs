//! A single target with part of a weight.

use crate::facts::target_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "lonely-weighted-target",
    severity: Severity::Warning,
    summary: "the only target of a route has a weight as if there were others",
    why: "a weight is a share of the route it stands in: the only target gets every request",
    source: "App Mesh API reference, WeightedTarget: traffic is distributed by relative weight among the targets of \
             one route",
    bad: BAD,
    cure: &[("Weight: 90}", "Weight: 90}, {VirtualNode: orders-v2, Weight: 10}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some(weights) = facts.weights(route) else { continue };
        let [weight] = *weights else { continue };
        if !matches!(weight, 0 | 1 | 100) {
            let target = target_path(protocol, 0).field("weight");
            let message =
                format!("the only target of route `{}` has weight {weight}, and gets all requests", route.name());
            report
                .add(route.resource, target, message)
                .help("name the other targets in this route; other routes do not share its requests");
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
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 90}]}
";
