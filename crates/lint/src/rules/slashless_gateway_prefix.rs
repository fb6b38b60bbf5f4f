//! A gateway prefix that ends within a word.

use crate::facts::{PrefixRewrite, gateway_route_path};
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "slashless-gateway-prefix",
    severity: Severity::Info,
    summary: "a gateway route rewrites a prefix that does not end with a slash",
    why: "other paths that start with the same letters are taken too, and lose them: /chapter1 becomes /1",
    source: "aws/aws-app-mesh-roadmap#247; App Mesh User Guide, gateway-routes",
    bad: BAD,
    cure: &[("Prefix: /orders", "Prefix: /orders/")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for rewrite in facts.prefix_rewrites() {
        let PrefixRewrite { route, protocol, prefix, .. } = rewrite;
        // A value that takes the prefix's place, and signs that no path has, are faults of their own.
        let is_plain = prefix.starts_with('/') && !prefix.contains(['*', '?', '#']);
        if prefix.ends_with('/') || !is_plain || !rewrite.is_default {
            continue;
        }
        let other = format!("{prefix}1");
        let rewritten = rewrite.rewritten(&other);
        let message = format!("prefix `{prefix}` also takes `{other}`, and makes `{rewritten}` of it");
        report
            .add(route.resource, gateway_route_path(protocol, &["match", "prefix"]), message)
            .help(format!(
                "match `{prefix}/`, and `{prefix}` itself with a `path` in another gateway route where it is asked for"
            ))
            .witness(
                rewrite.request(other),
                format!("unless another gateway route takes it first, the service is asked for `{rewritten}`"),
            );
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
          Match: {Prefix: /orders}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
