//! Outlier detection where callers see one host only.

use meshwright_model::Path;
use meshwright_model::defaults::DNS_RESPONSE_TYPE;
use meshwright_model::finding::Severity;
use meshwright_model::limits::DnsResponseType;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::{Facts, Node, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "outlier-detection-on-load-balancer",
    severity: Severity::Warning,
    summary: "outlier detection is set for a node that callers see as one host",
    why: "with the DNS response type LOADBALANCER all hosts are one to Envoy: no single host can be ejected, and the failing one goes on answering",
    source: "App Mesh User Guide, virtual_nodes: with DNS Envoy \"would only elect a single IP address\"; Envoy, \
             service discovery: strict DNS, which is ENDPOINTS, takes every address",
    bad: BAD,
    cure: &[("ResponseType: LOADBALANCER", "ResponseType: ENDPOINTS")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes().filter(|node| is_one_host(*node)) {
        let listeners = node.spec.listeners.iter().flatten();
        let Some(index) = listeners.into_iter().position(|listener| listener.outlier_detection.is_some()) else {
            continue;
        };
        let message = format!(
            "callers see `{}` as one host, so that outlier detection cannot eject one of its hosts",
            node.name()
        );
        report
            .add(node.resource, listener_path(index, &["outlierDetection"]), message)
            .help("set the response type ENDPOINTS where its name resolves to the hosts themselves, or use Cloud Map")
            .related(
                node.resource,
                Path::of(&["spec", "serviceDiscovery", "dns", "responseType"]),
                "LOADBALANCER, the default, makes one host of all addresses",
            );
    }
}

fn is_one_host(node: Node<'_>) -> bool {
    let Some(ServiceDiscovery::Dns(dns)) = &node.spec.service_discovery else { return false };
    let response_type = match &dns.response_type {
        Some(response_type) => response_type.known().copied(),
        None => Some(DNS_RESPONSE_TYPE),
    };
    response_type == Some(DnsResponseType::LoadBalancer)
}

const BAD: &str = "\
Resources:
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            OutlierDetection: {MaxServerErrors: 5, MaxEjectionPercent: 50, Interval: {Value: 10, Unit: s}, BaseEjectionDuration: {Value: 30, Unit: s}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, ResponseType: LOADBALANCER}}
";
