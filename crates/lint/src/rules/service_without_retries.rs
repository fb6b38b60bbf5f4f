//! A virtual service that a node provides, so that nobody can say how its requests are retried.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::{Facts, Provider};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "service-without-retries",
    severity: Severity::Info,
    summary: "a virtual service is provided by a node and not by a router",
    why: "such a service has no route, so that neither a retry policy nor a timeout can be set for its requests; failures of single hosts show as sporadic 503",
    source: "App Mesh User Guide, best-practices: use virtual routers, with retries on all routes; \
             aws/aws-app-mesh-roadmap#194",
    bad: BAD,
    cure: &[(
        "Provider: {VirtualNode: {VirtualNodeName: orders}}",
        "Provider: {VirtualRouter: {VirtualRouterName: orders}}",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for service in facts.services() {
        let Some(Provider::Node(node)) = facts.provider_of(service) else { continue };
        let has_requests = |protocol: PortProtocol| protocol != PortProtocol::Tcp;
        if facts.endpoints(node.position).list.iter().filter_map(|endpoint| endpoint.protocol).any(has_requests) {
            let message = format!(
                "virtual service `{}` is provided by virtual node `{}`, so that its requests cannot have a retry policy",
                service.name(),
                node.name()
            );
            report
                .add(service.resource, Path::of(&["spec", "provider", "virtualNode"]), message)
                .help("let a virtual router provide it, with a route to the node that has a retry policy");
        }
    }
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualNode: {VirtualNodeName: orders}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
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
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
          RetryPolicy:
            HttpRetryEvents: [stream-error, gateway-error]
            MaxRetries: 2
            PerRetryTimeout: {Value: 2, Unit: s}
";
