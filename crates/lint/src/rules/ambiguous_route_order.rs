//! Two routes that one request meets, and no order between them.

use meshwright_model::Path;
use meshwright_model::defaults::PRIORITY;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ambiguous-route-order",
    severity: Severity::Warning,
    summary: "two routes have the same priority and length, and one request meets both",
    why: "which of them takes the request is not defined and may change from one moment to the next",
    source: "aws/aws-app-mesh-examples, blogs/http-headers-and-priority: the order of routes with the same prefix \
             and no priority is not defined",
    bad: BAD,
    cure: &[("RouteName: team\n      Spec:\n", "RouteName: team\n      Spec:\n        Priority: 10\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for tried in facts.tables() {
        for rivals in tried.table.rivals() {
            let (route, other) = (tried.at(rivals.second), tried.at(rivals.first));
            if route.does_the_same(&other) {
                continue;
            }
            let both = match tried.table.entries()[rivals.first].priority {
                Some(PRIORITY) | None => "neither has a priority".to_owned(),
                Some(priority) => format!("both have priority {priority}"),
            };
            let message =
                format!("whether `{}` or `{}` takes a request is not defined: {both}", route.name(), other.name());
            let found = report.add(route.resource, Path::of(&["spec", "priority"]), message);
            if rivals.has_pattern || rivals.are_twins {
                // Most likely patterns come last (inferred; App Mesh says nothing of it); twins were seen in one configuration of a gateway.
                found.severity(Severity::Info);
            }
            if rivals.are_twins {
                found.related(
                    route.resource,
                    route.match_path(),
                    "a gateway's prefix without its slash is also tried with one",
                );
            }
            let meaning = "both match it, and none before them does";
            found.help("give them different priorities; a lower number is tried first");
            found.witness(tried.request(&rivals.sketch), meaning);
            found.related(other.resource, other.match_path(), format!("`{}` takes it as well", other.name()));
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
  Beta:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: beta
      Spec:
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: x-beta}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
  Team:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: team
      Spec:
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: x-team, Match: {Exact: blue}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v3, Weight: 1}]}
";
