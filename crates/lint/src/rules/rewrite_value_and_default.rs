//! A prefix rewrite that says two things.

use crate::facts::gateway_route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "rewrite-value-and-default",
    severity: Severity::Warning,
    summary: "a prefix rewrite has both a value and a word about the default",
    why: "a prefix becomes either / or the value: the two exclude each other",
    source: "aws/aws-cdk, aws-appmesh: a prefix is rewritten to a value, to / by default, or not at all",
    bad: BAD,
    cure: &[("DefaultPrefix: ENABLED, ", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let rewrite = protocol.http().and_then(|http| http.action.rewrite.as_ref()?.prefix.as_ref());
        let Some((default, value)) =
            rewrite.and_then(|prefix| prefix.default_prefix.as_ref().zip(prefix.value.as_ref()))
        else {
            continue;
        };
        let at = |field| gateway_route_path(protocol, &["action", "rewrite", "prefix", field]);
        report
            .add(
                route.resource,
                at("defaultPrefix"),
                format!("`defaultPrefix` is {default}, and the value is `{value}`"),
            )
            .help("leave `defaultPrefix` out if the value is meant")
            .related(route.resource, at("value"), "the value");
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
          Match: {Prefix: /orders/}
          Action:
            Rewrite: {Prefix: {DefaultPrefix: ENABLED, Value: /v2/}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
