//! Requests that no route takes.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};
use meshwright_traffic::{Match, Search};

use crate::facts::{Facts, Tried, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "no-default-route",
    severity: Severity::Info,
    summary: "there are requests that no route of a router or gateway takes",
    why: "they are answered with 404 and the flag NR, which looks like a missing page of the application",
    source: "App Mesh User Guide, troubleshooting-connectivity; aws/aws-app-mesh-roadmap#447: 404 where no route \
             matches",
    bad: BAD,
    cure: &[("Prefix: /reports", "Prefix: /")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for tried in facts.tables() {
        let Some(owner) = tried.owner else { continue };
        let kind = if owner.kind() == Kind::VirtualRouter { Kind::Route } else { Kind::GatewayRoute };
        // Calls of services that nobody offers are no loss; what other files may add is not known.
        let is_grpc = tried.routes.iter().any(|route| route.field == "grpcRoute");
        if is_grpc || !facts.holds_all(owner, kind) {
            continue;
        }
        let ports = tried.table.ports();
        for port in ports.iter().copied().map(Some).chain(ports.is_empty().then_some(None)) {
            // A port for which there is no route at all is another rule's.
            let is_for_it = |own: &Match<'_>| own.port.is_none_or(|own| port.is_none_or(|port| own == port));
            if tried.table.entries().iter().any(|entry| is_for_it(&entry.matcher)) {
                report_untaken(facts, tried, owner, port, report);
            }
        }
    }
}

fn report_untaken(facts: &Facts<'_>, tried: &Tried<'_>, owner: &Resource, port: Option<i64>, report: &mut Report) {
    let Search::Found(sketch) = tried.table.untaken_on(port) else { return };
    let name = Key::of(&owner.name).shown();
    let to = tried.hosts.as_ref().map(|hosts| format!(" to {hosts}")).unwrap_or_default();
    // Which listener is meant is plain where there is one alone.
    let listener = port.filter(|_| tried.table.ports().len() > 1);
    let on = listener.map(|port| format!(" on port {port}")).unwrap_or_default();
    let message = format!("no route of {} `{name}` takes every request{to}{on}", owner.kind());
    let endpoint = listener.zip(tried.position).and_then(|(port, position)| facts.endpoints(position).on(port));
    let path = endpoint.map_or_else(
        || Path::default().field(owner.kind().name_field()),
        |endpoint| listener_path(endpoint.index, &["portMapping", "port"]),
    );
    let found = report.add(owner, path, message);
    found.help("add a route with prefix `/` and the highest number, if all requests should have an answer");
    found.witness(tried.request(&sketch), "no route takes it: 404");
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: !GetAtt Router.VirtualRouterName}}
  Refunds:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: refunds
      Spec:
        Priority: 10
        HttpRoute:
          Match: {Prefix: /refunds}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
  Rest:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: rest
      Spec:
        Priority: 20
        HttpRoute:
          Match: {Prefix: /reports}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
