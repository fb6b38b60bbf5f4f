//! A new path without its slash.

use meshwright_model::limits::HttpPathExact;

use crate::facts::gateway_route_path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::facts::placeholder::is_filled_in_later;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "path-rewrite-without-slash",
    severity: Severity::Error,
    summary: "the path of a path rewrite does not start with a slash",
    why: "the API refuses it: what the service is asked for would be no path",
    source: "aws/aws-app-mesh-controller-for-k8s, gateway route webhook, and the CDK: a path rewrite must start with /",
    bad: BAD,
    cure: &[("Exact: all", "Exact: /all")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let rewrite = protocol.http().and_then(|http| http.action.rewrite.as_ref()?.path.as_ref());
        let Some(exact) = rewrite.and_then(|path| path.exact.as_ref()?.known()).map(HttpPathExact::as_str) else {
            continue;
        };
        if exact.starts_with('/') || is_filled_in_later(exact) {
            continue;
        }
        let path = gateway_route_path(protocol, &["action", "rewrite", "path", "exact"]);
        let cured = format!("/{exact}");
        let fix = edit(route.resource, path.clone(), Change::Set(cured.as_str().into()));
        report
            .add(route.resource, path, format!("new path `{exact}` does not start with a slash"))
            .help(format!("write `{cured}`"))
            .fix(format!("set `{cured}`"), vec![fix]);
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
            Rewrite: {Path: {Exact: all}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
