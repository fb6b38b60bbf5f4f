//! A rewrite that the file does not speak of.

use crate::facts::{PrefixRewrite, gateway_route_path};
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "implicit-rewrite",
    severity: Severity::Info,
    summary: "a gateway route takes its prefix off every path, and its file does not say so",
    why: "the service sees other paths than its clients sent, for a reason that stands in no file",
    source: "App Mesh User Guide, gateway-routes: by default the matched prefix is rewritten to /",
    bad: BAD,
    cure: &[(
        "            Target",
        "            Rewrite: {Prefix: {DefaultPrefix: ENABLED}}
            Target",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for rewrite in facts.prefix_rewrites().filter(|rewrite| !rewrite.is_said && rewrite.prefix != "/") {
        let PrefixRewrite { route, protocol, prefix, becomes, .. } = rewrite;
        if !prefix.starts_with('/') {
            continue;
        }
        let asked = format!("{}/all", prefix.trim_end_matches('/'));
        let rewritten = rewrite.rewritten(&asked);
        let message = format!("prefix `{prefix}` becomes `{becomes}` by default, which no `rewrite` here says");
        let explicit = gateway_route_path(protocol, &["action", "rewrite", "prefix", "defaultPrefix"]);
        report
            .add(route.resource, gateway_route_path(protocol, &["action"]), message)
            .help("say it with `rewrite.prefix.defaultPrefix`: ENABLED to keep it so, DISABLED to keep the paths")
            .witness(
                rewrite.request(asked),
                format!("unless another gateway route takes it first, the service is asked for `{rewritten}`"),
            )
            .fix(
                "say that the prefix is rewritten",
                vec![edit(route.resource, explicit, Change::Set("ENABLED".into()))],
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
          Match: {Prefix: /orders/}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
