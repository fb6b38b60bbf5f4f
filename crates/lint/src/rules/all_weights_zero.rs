//! A route whose weights are all zero.

use crate::facts::route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "all-weights-zero",
    severity: Severity::Error,
    summary: "every weight of a route is 0",
    why: "Envoy refuses the configuration: the weights have no sum to take shares of",
    source: "tried with Envoy 1.40: a route whose weights are all 0 is refused",
    bad: BAD,
    cure: &[("VirtualNode: orders-v1, Weight: 0", "VirtualNode: orders-v1, Weight: 100")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        if facts.weights(route).is_some_and(|weights| weights.iter().all(|weight| *weight == 0)) {
            let path = route_path(protocol, &["action", "weightedTargets"]);
            report
                .add(route.resource, path, format!("every target of route `{}` has weight 0", route.name()))
                .help("give a weight to the targets that requests shall go to");
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
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 0}, {VirtualNode: orders-v2, Weight: 0}]}
";
