//! A rewrite that leaves paths without a route.

use meshwright_model::{Kind, Path};

use crate::facts::{GatewayRoute, Literal, Matcher, PrefixRewrite, Provider, Route, Router, gateway_route_path};
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "rewrite-past-every-route",
    severity: Severity::Warning,
    summary: "a gateway takes a prefix off the path that every route behind it still asks for",
    why: "no route takes what is left of the path: the requests are answered with 404",
    source: "App Mesh User Guide, gateway-routes: the matched prefix is rewritten; inferred: the router sees the \
             rewritten path",
    bad: BAD,
    cure: &[("DefaultPrefix: ENABLED", "DefaultPrefix: DISABLED")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for rewrite in facts.prefix_rewrites().filter(|rewrite| rewrite.prefix != "/") {
        let Some((router, asked)) = missed(facts, rewrite) else { continue };
        let PrefixRewrite { route, protocol, prefix, .. } = rewrite;
        let rewritten = rewrite.rewritten(asked);
        let message = format!(
            "prefix `{prefix}` is rewritten: `{asked}` becomes `{rewritten}`, which no route of router `{}` takes",
            router.name()
        );
        report
            .add(route.resource, gateway_route_path(protocol, &["match", "prefix"]), message)
            .help("set `rewrite.prefix.defaultPrefix` to DISABLED, or take the prefix off the routes")
            .related(router.resource, Path::of(&["virtualRouterName"]), "its routes all ask for the prefix")
            .witness(rewrite.request(asked.to_owned()), format!("no route takes `{rewritten}`: 404"));
    }
}

/// The router behind a gateway route, and a path that only routes of it take that the gateway has rewritten by then.
fn missed<'a>(facts: &Facts<'a>, rewrite: PrefixRewrite<'a>) -> Option<(Router<'a>, &'a str)> {
    let service = facts.service_of(rewrite.route)?;
    let Some(Provider::Router(router)) = facts.provider_of(service) else { return None };
    let is_fixed =
        [rewrite.route.resource, service.resource, router.resource].iter().all(|resource| resource.condition.is_none());
    if !is_fixed || !facts.holds_all(rewrite.route.resource, Kind::Route) {
        return None;
    }
    let word = rewrite.prefix.trim_end_matches('/');
    let mut asked = None;
    for route in facts.routes_of(router) {
        let literal = literal_of(route)?;
        literal.text.strip_prefix(word).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        asked = asked.or_else(|| {
            let is_asked_for = literal.text.starts_with(rewrite.prefix);
            (is_asked_for || literal.is_prefix).then_some(if is_asked_for { literal.text } else { rewrite.prefix })
        });
    }
    let asked = asked?;
    let rewritten = rewrite.rewritten(asked);
    let is_taken = facts
        .routes_of(router)
        .filter_map(literal_of)
        .any(|literal| if literal.is_prefix { rewritten.starts_with(literal.text) } else { rewritten == literal.text });
    (!is_taken && is_first(facts, rewrite, asked)).then_some((router, asked))
}

/// Whether no other gateway route takes a path before this one may.
fn is_first<'a>(facts: &Facts<'a>, rewrite: PrefixRewrite<'a>, asked: &str) -> bool {
    let Some(gateway) = facts.gateway_of(rewrite.route) else { return false };
    let is_other = |other: &GatewayRoute<'_>| other.position != rewrite.route.position;
    facts.holds_all(rewrite.route.resource, Kind::GatewayRoute)
        && facts.gateway_routes_of(gateway).filter(is_other).all(|other| {
            let Some(literal) = Matcher::of_gateway_route(other).and_then(single_literal) else { return false };
            let is_later = literal.is_prefix
                && literal.text.len() < rewrite.prefix.len()
                && other.spec.priority.is_none()
                && rewrite.route.spec.priority.is_none();
            let is_apart = if literal.is_prefix { !asked.starts_with(literal.text) } else { asked != literal.text };
            is_later || is_apart
        })
}

fn literal_of(route: Route<'_>) -> Option<Literal<'_>> {
    single_literal(Matcher::of_route(route)?)
}

/// The one prefix or path of a match; `None` where there may be more to it.
fn single_literal(matcher: Matcher<'_>) -> Option<Literal<'_>> {
    if !matcher.resource.gaps.is_empty() && matcher.resource.has_gap(&matcher.at(&[])) {
        return None;
    }
    let mut literals = matcher.literals();
    literals.next().filter(|_| literals.next().is_none() && matcher.path.is_none_or(|path| path.regex.is_none()))
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
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
            Rewrite: {Prefix: {DefaultPrefix: ENABLED}}
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualRouter: {VirtualRouterName: orders}}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /orders}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
