//! A slash in the name of a gRPC service or method.

use super::reserved_grpc_service::is_reserved;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "slash-in-grpc-name",
    severity: Severity::Warning,
    summary: "the name of a gRPC service or method contains a slash",
    why: "the names become the path /service/method; with a slash more, no call has that path",
    source: "gRPC over HTTP/2: the path of a call is /service/method",
    bad: BAD,
    cure: &[("/shop.Orders", "shop.Orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        let service = matcher.service_name.and_then(|name| Some(("serviceName", "service", name.known()?.as_str())));
        let method = matcher.method_name.and_then(|name| Some(("methodName", "method", name.known()?.as_str())));
        for (field, noun, name) in service.into_iter().chain(method) {
            if !name.contains('/') || is_reserved(name) {
                continue;
            }
            let path = matcher.at(&[field]);
            let message = format!(
                "{noun} `{name}` contains a slash, which the path of a call has between service and method alone"
            );
            let found = report.add(matcher.resource, path.clone(), message);
            let cured = name.trim_matches('/');
            if !cured.is_empty() && !cured.contains('/') {
                found.fix(format!("set `{cured}`"), vec![edit(matcher.resource, path, Change::Set(cured.into()))]);
            }
        }
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
        GrpcRoute:
          Match: {ServiceName: /shop.Orders}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
