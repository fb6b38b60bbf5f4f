//! A rewrite of both prefix and path.

use crate::facts::gateway_route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "rewrite-prefix-and-path",
    severity: Severity::Error,
    summary: "a gateway route rewrites both the prefix and the whole path",
    why: "a gateway route rewrites one of the two; the API refuses it",
    source: "aws/aws-app-mesh-controller-for-k8s, gateway route webhook: prefix and path rewrite are exclusive",
    bad: BAD,
    cure: &[("Prefix: {Value: /v2/}, ", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(rewrite) = protocol.http().and_then(|http| http.action.rewrite.as_ref()) else { continue };
        if rewrite.prefix.is_some() && rewrite.path.is_some() {
            let at = |field| gateway_route_path(protocol, &["action", "rewrite", field]);
            report
                .add(route.resource, at("path"), "both the prefix and the whole path are rewritten")
                .help("keep the one that is meant")
                .related(route.resource, at("prefix"), "the rewrite of the prefix");
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
        HttpRoute:
          Match: {Path: {Exact: /orders}}
          Action:
            Rewrite: {Prefix: {Value: /v2/}, Path: {Exact: /all}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
