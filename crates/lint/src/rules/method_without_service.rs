//! A gRPC method without its service.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "method-without-service",
    severity: Severity::Error,
    summary: "a gRPC match has a method name and no service name",
    why: "a method is matched as part of /service/method; the API refuses the route",
    source: "App Mesh API reference, GrpcRouteMatch: \"If you specify a name, you must also specify a serviceName\"",
    bad: BAD,
    cure: &[("{MethodName: Place}", "{ServiceName: shop.Orders, MethodName: Place}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        let Some(method) = matcher.method_name.filter(|_| matcher.service_name.is_none()) else { continue };
        if !matcher.resource.has_gap(&matcher.at(&["serviceName"])) {
            let message = format!("method `{method}` is matched without the service that has it");
            report
                .add(matcher.resource, matcher.at(&["methodName"]), message)
                .help("name the service in full, with its package, as `serviceName`");
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
        GrpcRoute:
          Match: {MethodName: Place}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
