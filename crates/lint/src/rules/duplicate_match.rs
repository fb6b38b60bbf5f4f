//! Two routes for the same requests, of which the one with the larger number is never reached.

use meshwright_model::finding::Severity;
use meshwright_traffic::Fate;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-match",
    severity: Severity::Warning,
    summary: "two routes take the same requests, and the one with the larger number is never reached",
    why: "routes do not share requests: the one that is tried first takes them all; shares are weights inside one route",
    source: "App Mesh User Guide, routes (reference 4.2); truth table T4: a split is made inside one route",
    bad: BAD,
    cure: &[
        ("RouteName: canary\n      Spec:\n        Priority: 20", "RouteName: canary\n      Spec:\n        Priority: 5"),
        (
            "Match: {Prefix: /}\n          Action: {WeightedTargets: [{VirtualNode: orders-v2",
            "Match: {Prefix: /canary}\n          Action: {WeightedTargets: [{VirtualNode: orders-v2",
        ),
    ],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for tried in facts.tables() {
        for (position, fate) in tried.fates().iter().enumerate() {
            let Fate::Hidden { by, sketch } = fate else { continue };
            let entries = tried.table.entries();
            if !entries[position].matcher.contains(&entries[*by].matcher) {
                continue;
            }
            let (route, other) = (tried.at(position), tried.at(*by));
            let message = format!(
                "`{}` takes the same requests as `{}` ({}), which is tried first",
                route.name(),
                other.name(),
                tried.priority(*by)
            );
            let meaning = format!("`{}` takes it, and `{}` never does", other.name(), route.name());
            let found = report.add(route.resource, route.match_path(), message);
            let help = "drop one of them; to share requests out, put both targets with their weights into one route";
            found.help(help).witness(tried.request(sketch), meaning).related(
                other.resource,
                other.match_path(),
                format!("`{}` takes them", other.name()),
            );
            if route.does_the_same(&other) {
                found.severity(Severity::Info);
            }
        }
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: !GetAtt Router.VirtualRouterName}}
  Stable:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: stable
      Spec:
        Priority: 10
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
  Canary:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: canary
      Spec:
        Priority: 20
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
";
