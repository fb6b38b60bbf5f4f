//! A listener on a port that its proxy has itself.

use meshwright_model::Resource;
use meshwright_model::finding::Severity;

use crate::facts::{Endpoints, Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "reserved-port",
    severity: Severity::Error,
    summary: "a listener is on a port that Envoy has itself",
    why: "two processes cannot listen on one port of a task or pod: the proxy or the application does not start",
    source: "App Mesh User Guide, envoy-logs and envoy-config: ports 15000 (in), 15001 (out) and 9901 (administration)",
    bad: BAD,
    cure: &[("Port: 15000", "Port: 8080")],
    check,
};

/// Envoy's port for what comes in, on a node; a gateway listens on its own ports instead.
const INBOUND: (i64, &str) = (15000, "what comes in");
/// Envoy's port for what goes out.
const OUTBOUND: (i64, &str) = (15001, "what goes out");
/// Envoy's port for administration, which its image lets people change.
const ADMINISTRATION: (i64, &str) = (9901, "its administration");

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let endpoints = facts.endpoints(node.position);
        let reserved = [INBOUND, OUTBOUND, ADMINISTRATION];
        // A node may also stand for a host outside the mesh, where no proxy runs.
        let has_proxy = || facts.has_proxy(node);
        report_reserved(node.resource, endpoints, &reserved, has_proxy, report);
    }
    for gateway in facts.gateways() {
        let endpoints = facts.endpoints(gateway.position);
        report_reserved(gateway.resource, endpoints, &[OUTBOUND, ADMINISTRATION], || true, report);
    }
}

fn report_reserved(
    resource: &Resource,
    endpoints: &Endpoints,
    reserved: &[(i64, &str)],
    has_proxy: impl Fn() -> bool,
    report: &mut Report,
) {
    for endpoint in &endpoints.list {
        let Some((port, purpose)) = reserved.iter().find(|(port, _)| Some(*port) == endpoint.port) else { continue };
        let message = format!("port {port} is Envoy's own, for {purpose}");
        let found = report.add(resource, listener_path(endpoint.index, &["portMapping", "port"]), message);
        found.help("let the application listen on another port");
        if *port == ADMINISTRATION.0 {
            found
                .severity(Severity::Warning)
                .help("use another port, or set ENVOY_ADMIN_ACCESS_PORT in the proxy's container");
        }
        if !has_proxy() {
            found
                .severity(Severity::Info)
                .help("no fault where no proxy runs beside it, as of a host outside the mesh");
        }
    }
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 15000, Protocol: http}
        Logging: {AccessLog: {File: {Path: /dev/stdout}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
