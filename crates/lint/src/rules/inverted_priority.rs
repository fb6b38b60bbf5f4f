//! A wide route that is tried before a narrower one because somebody took a large number for a high priority.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "inverted-priority",
    severity: Severity::Warning,
    summary: "a wide route has a smaller number than a narrower one, which is therefore never reached",
    why: "the lower number is tried first: every request that the narrower route is for goes to the wider one",
    source: "App Mesh User Guide, routes: 0 is the highest priority; aws/aws-app-mesh-roadmap#167, where a user had \
             it inverted",
    bad: BAD,
    cure: &[("Priority: 10", "Priority: 30")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for hidden in facts.hidden_routes().filter(|hidden| hidden.is_by_a_wider() && hidden.have_priorities()) {
        let tried = hidden.tried;
        let message = format!(
            "`{}` has {} and is never reached: `{}` has {} and takes all its requests first",
            tried.at(hidden.position).name(),
            tried.priority(hidden.position),
            tried.at(hidden.by).name(),
            tried.priority(hidden.by)
        );
        let help = "a lower number is tried first: give the narrower route the lower one";
        hidden.report(report, Path::of(&["spec", "priority"]), message, help);
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
        Priority: 20
        HttpRoute:
          Match: {Prefix: /refunds}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
";
