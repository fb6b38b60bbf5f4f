//! A listener of a router or gateway that no route is for.

use std::collections::HashSet;

use meshwright_model::finding::Severity;
use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::limits::{Port, PortProtocol};
use meshwright_model::reference::Key;
use meshwright_model::request::Request;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Kind, Resource, Scalar};

use crate::facts::{Endpoints, Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "listener-without-route",
    severity: Severity::Warning,
    summary: "a router or gateway with several listeners has no route for one of them",
    why: "requests to that port find no route: HTTP is answered with 404, TCP is closed",
    source: "App Mesh User Guide, routes and gateway-routes: with several listeners a route names the port it is \
             for; inferred: a port without one answers 404",
    bad: BAD,
    cure: &[(", {PortMapping: {Port: 9090, Protocol: grpc}}", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let is_any_astray = facts.routes().any(|route| facts.router_of(route).is_none());
    for router in facts.routers() {
        let endpoints = facts.endpoints(router.position);
        if endpoints.list.len() > 1 && !is_any_astray && facts.holds_all(router.resource, Kind::Route) {
            let routes = facts.routes_of(router);
            let ports = routes.map(|route| route.spec.protocols().next().and_then(ProtocolRoute::match_port));
            let mut services = facts.services_of(router.position);
            let service = services.find(|service| Key::of(&service.resource.name).is_known());
            let service = service.map(|service| service.name());
            report_unserved(router.resource, endpoints, ports, service.as_deref(), report);
        }
    }
    let is_any_astray = facts.gateway_routes().any(|route| facts.gateway_of(route).is_none());
    for gateway in facts.gateways() {
        let endpoints = facts.endpoints(gateway.position);
        if endpoints.list.len() > 1 && !is_any_astray && facts.holds_all(gateway.resource, Kind::GatewayRoute) {
            let routes = facts.gateway_routes_of(gateway);
            let ports = routes.map(|route| route.spec.protocols().next().and_then(ProtocolGatewayRoute::match_port));
            report_unserved(gateway.resource, endpoints, ports, None, report);
        }
    }
}

/// Reports each listener that none of the ports of the routes names, where there are routes and each names a known port.
fn report_unserved<'a>(
    resource: &Resource,
    endpoints: &Endpoints,
    ports: impl Iterator<Item = Option<&'a Scalar<Port>>>,
    host: Option<&str>,
    report: &mut Report,
) {
    let served: Option<HashSet<i64>> = ports.map(|port| Some(port?.known()?.value())).collect();
    let Some(served) = served.filter(|served| !served.is_empty()) else { return };
    for endpoint in &endpoints.list {
        let Some(port) = endpoint.port.filter(|port| !served.contains(port)) else { continue };
        let message = format!("no route is for port {port} of this {}", resource.kind());
        let found = report.add(resource, listener_path(endpoint.index, &["portMapping", "port"]), message);
        found.help("add a route whose match names the port, or drop the listener");
        let is_http = endpoint.protocol.is_some_and(|protocol| protocol != PortProtocol::Tcp);
        if let Some(host) = host.filter(|_| is_http) {
            found.witness(request(host, port), "it is answered with 404, as no route is for its port");
        }
    }
}

fn request(host: &str, port: i64) -> Request {
    Request {
        method: "GET".to_owned(),
        scheme: "http",
        host: host.to_owned(),
        port: Some(port),
        path: "/".to_owned(),
        headers: Vec::new(),
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}, {PortMapping: {Port: 9090, Protocol: grpc}}]
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /, Port: 8080}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
