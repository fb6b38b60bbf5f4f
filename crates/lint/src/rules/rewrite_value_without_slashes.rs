//! A prefix rewrite without its slashes.

use crate::facts::gateway_route_path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::facts::placeholder::is_filled_in_later;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "rewrite-value-without-slashes",
    severity: Severity::Error,
    summary: "the value of a prefix rewrite does not start and end with a slash, or the matched prefix does not end with one",
    why: "the API refuses the gateway route: path and value would run into each other",
    source: "aws/aws-app-mesh-controller-for-k8s, gateway route webhook, and the CDK: a value starts and ends with \
             /, its prefix ends with /",
    bad: BAD,
    cure: &[("Value: /v2}", "Value: /v2/}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(http) = protocol.http() else { continue };
        let prefix = http.action.rewrite.as_ref().and_then(|rewrite| rewrite.prefix.as_ref());
        let Some(value) = prefix.and_then(|prefix| prefix.value.as_ref()?.known()) else { continue };
        let value = value.as_str();
        if is_filled_in_later(value) {
            continue;
        }
        let path = gateway_route_path(protocol, &["action", "rewrite", "prefix", "value"]);
        if !value.starts_with('/') || !value.ends_with('/') {
            let inner = value.trim_matches('/');
            let cured = if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") };
            let fix = edit(route.resource, path.clone(), Change::Set(cured.as_str().into()));
            report
                .add(route.resource, path.clone(), format!("`{value}` does not start and end with a slash"))
                .help(format!("write `{cured}`"))
                .fix(format!("set `{cured}`"), vec![fix]);
        }
        let matched = http.matcher.prefix.as_ref().and_then(|prefix| Some(prefix.known()?.as_str()));
        let is_open = |matched: &str| matched.ends_with('/') || is_filled_in_later(matched);
        if let Some(matched) = matched.filter(|matched| !is_open(matched)) {
            let message = format!("prefix `{matched}` does not end with a slash, but is rewritten to `{value}`");
            report
                .add(route.resource, gateway_route_path(protocol, &["match", "prefix"]), message)
                .help(format!("write `{matched}/`"))
                .related(route.resource, path, "what the prefix becomes");
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
          Match: {Prefix: /orders/}
          Action:
            Rewrite: {Prefix: {Value: /v2}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
