//! A rewrite that does not fit its match.

use meshwright_model::gateway_route::HttpGatewayRoutePrefixRewrite;
use meshwright_model::limits::DefaultGatewayRouteRewrite;

use crate::facts::gateway_route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "rewrite-of-the-other-kind",
    severity: Severity::Warning,
    summary: "a gateway route matches a prefix and rewrites the path, or matches a path and rewrites the prefix",
    why: "the console offers prefix rewrites for prefixes and path rewrites for paths; what becomes of another mixture is written nowhere",
    source: "App Mesh User Guide, gateway-routes: which rewrite goes with which match",
    bad: BAD,
    cure: &[("Path: {Exact: /orders/all}", "Prefix: /orders/")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(http) = protocol.http() else { continue };
        let Some(rewrite) = &http.action.rewrite else { continue };
        let (matches_prefix, matches_path) = (http.matcher.prefix.is_some(), http.matcher.path.is_some());
        let (rewritten, matched) = match (&rewrite.prefix, &rewrite.path) {
            // A prefix rewrite that is switched off rewrites nothing.
            (Some(prefix), None) if matches_path && !matches_prefix && !is_off(prefix) => ("prefix", "path"),
            (None, Some(_)) if matches_prefix && !matches_path => ("path", "prefix"),
            _ => continue,
        };
        let message = format!("the {rewritten} is rewritten, but a {matched} is matched");
        report
            .add(route.resource, gateway_route_path(protocol, &["action", "rewrite", rewritten]), message)
            .help(format!("rewrite the {matched}, or match a {rewritten}"))
            .related(route.resource, gateway_route_path(protocol, &["match", matched]), format!("the {matched}"));
    }
}

fn is_off(prefix: &HttpGatewayRoutePrefixRewrite) -> bool {
    let default = prefix.default_prefix.as_ref();
    prefix.value.is_none()
        && default.is_some_and(|default| default.known() != Some(&DefaultGatewayRouteRewrite::Enabled))
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
          Match: {Path: {Exact: /orders/all}}
          Action:
            Rewrite: {Prefix: {Value: /v2/}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
