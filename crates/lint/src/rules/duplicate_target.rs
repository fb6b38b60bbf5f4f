//! A target twice in a route.

use meshwright_model::reference::Key;

use crate::facts::target_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-target",
    severity: Severity::Warning,
    summary: "a route has the same node and port twice",
    why: "both weights count for one node: its share is their sum, and perhaps another node was meant",
    source: "App Mesh API reference, WeightedTarget; inferred: a share is the sum of both, unless their ports differ",
    bad: BAD,
    cure: &[("VirtualNode: orders-v1, Weight: 50}]", "VirtualNode: orders-v2, Weight: 50}]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let targets = &protocol.action().weighted_targets;
        if targets.len() < 2 {
            continue;
        }
        for (index, target) in targets.iter().enumerate() {
            if matches!(Key::of(&target.virtual_node), Key::Refused(_)) {
                continue;
            }
            let earlier = targets[..index].iter().position(|earlier| {
                Key::of(&earlier.virtual_node) == Key::of(&target.virtual_node) && earlier.port == target.port
            });
            let Some(earlier) = earlier else { continue };
            let message = format!("node `{}` is a target of this route already", Key::of(&target.virtual_node).shown());
            report
                .add(route.resource, target_path(protocol, index), message)
                .help("give it one weight, the sum, or name the node that is meant")
                .related(route.resource, target_path(protocol, earlier), "the first of the two");
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
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 50}, {VirtualNode: orders-v1, Weight: 50}]}
";
