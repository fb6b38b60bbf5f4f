//! Two TCP routes for one port.

use std::collections::HashMap;

use meshwright_model::finding::Severity;
use meshwright_model::route::ProtocolRoute;

use crate::facts::{Facts, Route, exist_together, route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "several-tcp-routes",
    severity: Severity::Warning,
    summary: "a router has several TCP routes for one port",
    why: "a TCP route matches nothing but the port, so one route gets every connection and the others none",
    source: "App Mesh API reference, TcpRouteMatch: the port is the only criterion; inferred: the first route takes \
             every connection",
    bad: BAD,
    cure: &[
        (
            "Listeners: [{PortMapping: {Port: 5432, Protocol: tcp}}]",
            "Listeners: [{PortMapping: {Port: 5432, Protocol: tcp}}, {PortMapping: {Port: 5433, Protocol: tcp}}]",
        ),
        ("Match: {}", "Match: {Port: 5433}"),
        ("TcpRoute: {Action", "TcpRoute: {Match: {Port: 5432}, Action"),
    ],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for router in facts.routers() {
        let mut firsts: HashMap<usize, (Route<'_>, ProtocolRoute<'_>)> = HashMap::new();
        for route in facts.routes_of(router) {
            let tcp = route.spec.protocols().next().filter(|protocol| matches!(protocol, ProtocolRoute::Tcp(_)));
            let Some(protocol) = tcp else { continue };
            if protocol.match_port().is_none() && route.resource.has_gap(&route_path(protocol, &["match", "port"])) {
                continue;
            }
            let Some((_, endpoint)) = facts.router_endpoint(route, protocol) else { continue };
            let Some((first, of_first)) = firsts.get(&endpoint.index).copied() else {
                firsts.insert(endpoint.index, (route, protocol));
                continue;
            };
            // One route that is defined twice is another fault.
            if first.resource.id() == route.resource.id() || !exist_together(first.resource, route.resource) {
                continue;
            }
            let message = format!(
                "routes `{}` and `{}` are both for TCP on port {}, and only one of them can get its connections",
                first.name(),
                route.name(),
                endpoint.port.unwrap_or_default()
            );
            report
                .add(route.resource, route_path(protocol, &[]), message)
                .help("make one route of them: its weighted targets share the connections out")
                .related(first.resource, route_path(of_first, &[]), format!("`{}` is for the same port", first.name()));
        }
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: ledger
      Spec: {Listeners: [{PortMapping: {Port: 5432, Protocol: tcp}}]}
  One:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: ledger
      RouteName: one
      Spec:
        TcpRoute: {Action: {WeightedTargets: [{VirtualNode: ledger-v1, Weight: 1}]}}
  Two:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: ledger
      RouteName: two
      Spec:
        TcpRoute:
          Match: {}
          Action: {WeightedTargets: [{VirtualNode: ledger-v2, Weight: 1}]}
";
