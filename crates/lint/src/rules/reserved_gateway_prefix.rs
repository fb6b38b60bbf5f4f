//! A prefix that App Mesh keeps for itself.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "reserved-gateway-prefix",
    severity: Severity::Error,
    summary: "a gateway route matches a prefix that is reserved",
    why: "the API refuses it: these prefixes are kept for App Mesh itself",
    source: "App Mesh User Guide, gateway-routes: neither /aws-appmesh* nor /aws-app-mesh*",
    bad: BAD,
    cure: &[("/aws-appmesh/orders/", "/mesh/orders/")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers().filter(|matcher| matcher.is_of_gateway) {
        let Some(prefix) = matcher.known_prefix() else { continue };
        if let Some(reserved) = ["/aws-appmesh", "/aws-app-mesh"].into_iter().find(|start| prefix.starts_with(start)) {
            let message = format!("prefix `{prefix}` starts with `{reserved}`, which is reserved for App Mesh itself");
            report.add(matcher.resource, matcher.at(&["prefix"]), message).help("match another prefix");
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
          Match: {Prefix: /aws-appmesh/orders/}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
