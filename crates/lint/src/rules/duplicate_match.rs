//! Two routes for the same requests, of which the one with the larger number is never reached.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-match",
    severity: Severity::Warning,
    summary: "two routes take the same requests, and the one with the larger number is never reached",
    why: "routes do not share requests: the one that is tried first takes them all; shares are weights inside one route",
    source: "App Mesh User Guide, routes: a request takes the route with the highest priority, and a split is made \
             inside one route",
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
    for hidden in facts.hidden_routes().filter(|hidden| !hidden.is_by_a_wider()) {
        let tried = hidden.tried;
        let route = tried.at(hidden.position);
        let message = format!(
            "`{}` takes the same requests as `{}` ({}), which is tried first",
            route.name(),
            tried.at(hidden.by).name(),
            tried.priority(hidden.by)
        );
        let help = "drop one of them; to share requests out, put both targets with their weights into one route";
        hidden.report(report, route.match_path(), message, help);
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
