//! Weights that do not add up to 100.

use crate::facts::route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "weights-not-100",
    severity: Severity::Info,
    summary: "the weights of a route do not add up to 100",
    why: "weights are relative: a 10 among 10 and 30 is a quarter, not ten percent",
    source: "App Mesh API reference, WeightedTarget: relative weights; App Mesh User Guide, routes: the console \
             takes sums of 100 alone",
    bad: BAD,
    cure: &[("Weight: 90", "Weight: 70")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some(weights) = facts.weights(route).filter(|weights| weights.len() > 1) else { continue };
        let sum: i64 = weights.iter().sum();
        if sum == 0 || sum == 100 {
            continue;
        }
        let shares: Vec<String> = facts
            .targets(route)
            .map(|target| format!("`{}` gets {}", target.target.virtual_node, percent(weights[target.index], sum)))
            .collect();
        let message = format!("the weights add up to {sum}: {}", shares.join(", "));
        report.add(route.resource, route_path(protocol, &["action", "weightedTargets"]), message);
    }
}

/// A share to one decimal: `33.3 %`.
fn percent(weight: i64, sum: i64) -> String {
    let permille = (weight * 1000 + sum / 2) / sum;
    if permille % 10 == 0 { format!("{} %", permille / 10) } else { format!("{}.{} %", permille / 10, permille % 10) }
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
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 90}, {VirtualNode: orders-v2, Weight: 30}]}
";

#[cfg(test)]
mod tests {
    #[test]
    fn shares_are_rounded() {
        assert_eq!(super::percent(1, 3), "33.3 %");
        assert_eq!(super::percent(2, 3), "66.7 %");
        assert_eq!(super::percent(1, 2), "50 %");
    }
}
