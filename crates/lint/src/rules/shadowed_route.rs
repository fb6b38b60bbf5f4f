//! A route without a priority behind a wider one that has one.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "shadowed-route",
    severity: Severity::Warning,
    summary: "a route without a priority is never reached: a wider one with a priority takes all its requests",
    why: "a route without a priority is tried after every one that has one, so that it never sees a request",
    source: "aws/aws-app-mesh-examples, blogs/http-headers-and-priority: a route without priority comes after every \
             route with one",
    bad: BAD,
    cure: &[("        Priority: 10\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for hidden in facts.hidden_routes().filter(|hidden| hidden.is_by_a_wider() && !hidden.have_priorities()) {
        let tried = hidden.tried;
        let route = tried.at(hidden.position);
        let message = format!(
            "`{}` is never reached: `{}`, with {}, takes all its requests first",
            route.name(),
            tried.at(hidden.by).name(),
            tried.priority(hidden.by)
        );
        let help = "give it a priority with a lower number, or drop the other's";
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
  Wide:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: everything
      Spec:
        Priority: 10
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
  Narrow:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: refunds
      Spec:
        HttpRoute:
          Match: {Prefix: /refunds}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
";
