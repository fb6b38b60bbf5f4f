//! A gRPC service that App Mesh keeps for itself.

use meshwright_model::Scalar;
use meshwright_model::finding::Severity;
use meshwright_model::limits::ServiceName;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "reserved-grpc-service",
    severity: Severity::Error,
    summary: "a gRPC gateway route matches a service name that is reserved",
    why: "the API refuses it: these names are kept for App Mesh itself",
    source: "App Mesh User Guide, gateway-routes: neither /aws.app-mesh* nor aws.appmesh",
    bad: BAD,
    cure: &[("aws.appmesh", "shop.Orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers().filter(|matcher| matcher.is_of_gateway) {
        let Some(name) = matcher.service_name.and_then(Scalar::known).map(ServiceName::as_str) else { continue };
        if is_reserved(name) {
            let message = format!("service name `{name}` is reserved for App Mesh itself");
            report.add(matcher.resource, matcher.at(&["serviceName"]), message).help("match another service");
        }
    }
}

/// Whether the guide reserves a service name.
pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with("/aws.app-mesh") || name == "aws.appmesh"
}

const BAD: &str = "\
Resources:
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      GatewayRouteName: orders
      Spec:
        GrpcRoute:
          Match: {ServiceName: aws.appmesh}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
