//! A route that several others hide together.

use meshwright_model::finding::Severity;
use meshwright_traffic::Fate;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unreachable-route",
    severity: Severity::Warning,
    summary: "several routes together take every request of a route that is tried after them",
    why: "the route never sees a request",
    source: "Envoy, router filter: the first route that matches takes the request",
    bad: BAD,
    cure: &[("Priority: 30", "Priority: 5")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for tried in facts.tables() {
        for (position, fate) in tried.unreached() {
            let Fate::Covered { by, sketch } = fate else { continue };
            let route = tried.at(*position);
            let others: Vec<_> = by.iter().map(|other| tried.at(*other)).collect();
            let names: Vec<String> = others.iter().map(|other| format!("`{}`", other.name())).collect();
            let message =
                format!("`{}` is never reached: {} together take all its requests", route.name(), names.join(", "));
            let found = report.add(route.resource, route.match_path(), message);
            found.help("let it be tried before them, with a lower number, or drop it");
            found.witness(tried.request(sketch), format!("one of {} takes it", names.join(", ")));
            for other in others {
                found.related(other.resource, other.match_path(), format!("`{}` takes some of them", other.name()));
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
  Tagged:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: tagged
      Spec:
        Priority: 10
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: x-team}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
  Untagged:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: untagged
      Spec:
        Priority: 20
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: x-team, Invert: true}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
  Rest:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: rest
      Spec:
        Priority: 30
        HttpRoute:
          Match: {Prefix: /refunds}
          Action: {WeightedTargets: [{VirtualNode: orders-v3, Weight: 1}]}
";
