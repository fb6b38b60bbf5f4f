//! A weight of zero in a TCP route.

use meshwright_model::route::ProtocolRoute;

use crate::facts::target_path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "zero-weight-in-tcp-route",
    severity: Severity::Info,
    summary: "a target of a TCP route has weight 0",
    why: "Envoy's TCP proxy takes weights from 1 on: App Mesh leaves such a target out, but passed it on until \
          August 2020, and Envoy then refused all that came with it",
    source: "aws/aws-app-mesh-examples#170 and aws/aws-app-mesh-roadmap#204: a 0 was passed on, and refused, until \
             August 2020",
    bad: BAD,
    cure: &[(", {VirtualNode: orders-v2, Weight: 0}", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        if !matches!(protocol, ProtocolRoute::Tcp(_)) {
            continue;
        }
        let Some(weights) = facts.weights(route) else { continue };
        if weights.iter().all(|weight| *weight == 0) {
            continue;
        }
        for target in facts.targets(route).filter(|target| weights[target.index] == 0) {
            let message = format!("target `{}` of a TCP route has weight 0", target.target.virtual_node);
            let path = target_path(protocol, target.index);
            let found = report.add(route.resource, path.field("weight"), message);
            found.help("leave the target out until it gets connections");
            // Places shift once one is removed.
            if weights.iter().filter(|weight| **weight == 0).count() == 1 {
                found.fix("leave the target out", vec![edit(route.resource, path, Change::Remove)]);
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
        TcpRoute:
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 100}, {VirtualNode: orders-v2, Weight: 0}]}
";
