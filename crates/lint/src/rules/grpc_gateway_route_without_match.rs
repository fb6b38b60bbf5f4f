//! A gRPC gateway route that matches nothing in particular.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "grpc-gateway-route-without-match",
    severity: Severity::Warning,
    summary: "a gRPC gateway route matches neither service, host nor metadata",
    why: "one of them is needed: the CDK refuses the gateway route before the API sees it",
    source: "aws/aws-cdk#15527: at least one gRPC gateway route match property",
    bad: BAD,
    cure: &[("{Port: 8080}", "{Port: 8080, ServiceName: shop.Orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers().filter(|matcher| matcher.is_of_gateway && matcher.field == "grpcRoute") {
        let is_empty = matcher.service_name.is_none() && matcher.hostname.is_none() && matcher.headers.is_empty();
        if is_empty && !matcher.resource.has_gap(&matcher.at(&[])) {
            report
                .add(
                    matcher.resource,
                    matcher.at(&[]),
                    "this match has neither a service name, a host name nor metadata",
                )
                .help("match the service with `serviceName`, or a host with `hostname`");
        }
    }
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
          Match: {Port: 8080}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
