//! A scheme in a match for HTTP/1.1.

use meshwright_model::route::ProtocolRoute;

use crate::facts::route_path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "scheme-without-http2",
    severity: Severity::Info,
    summary: "a match for HTTP/1.1 has a scheme",
    why: "the scheme is documented for HTTP/2 alone: an HTTP/1.1 request line does not carry it",
    source: "App Mesh API reference, HttpRouteMatch: a scheme is \"applicable only for HTTP2 routes\"",
    bad: BAD,
    cure: &[(", Scheme: http", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let ProtocolRoute::Http(http) = protocol else { continue };
        let Some(scheme) = http.matcher.scheme.as_ref() else { continue };
        let message = format!("scheme `{scheme}` is matched for HTTP/1.1, but only HTTP/2 requests carry a scheme");
        report
            .add(route.resource, route_path(protocol, &["match", "scheme"]), message)
            .help("leave the scheme out, or route HTTP/2");
    }
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /, Scheme: http}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
