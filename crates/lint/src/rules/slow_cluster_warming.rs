//! A node whose callers wait long before they can send to it.

use meshwright_model::finding::Severity;
use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "slow-cluster-warming",
    severity: Severity::Info,
    summary: "a node has TLS, a health check and DNS discovery together",
    why: "a caller's proxy waits for the name, the certificates and the first check before it sends anything: callers saw about a minute of failures on each start",
    source: "aws/aws-app-mesh-roadmap#227",
    bad: BAD,
    cure: &[("DNS: {Hostname: orders.shop.local}", "AWSCloudMap: {NamespaceName: shop.local, ServiceName: orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes().filter(|node| facts.is_named(node.position)) {
        if !matches!(node.spec.service_discovery, Some(ServiceDiscovery::Dns(_))) {
            continue;
        }
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let mode = listener.tls.as_ref().and_then(|tls| tls.mode.known());
            let is_encrypted = matches!(mode, Some(ListenerTlsMode::Strict | ListenerTlsMode::Permissive));
            if is_encrypted && listener.health_check.is_some() {
                let message = format!(
                    "callers of virtual node `{}` wait for its name, its certificates and a first health check",
                    node.name()
                );
                report
                    .add(node.resource, listener_path(index, &["healthCheck"]), message)
                    .help("start callers early, or find failures with outlier detection instead of a health check");
            }
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
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http, Path: /ping}
            TLS: {Mode: STRICT, Certificate: {File: {CertificateChain: /keys/chain.pem, PrivateKey: /keys/key.pem}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
