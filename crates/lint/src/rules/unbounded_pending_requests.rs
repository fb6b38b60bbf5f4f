//! A connection pool that bounds connections and lets requests wait without end.

use meshwright_model::Resource;
use meshwright_model::finding::Severity;
use meshwright_model::listener::{HttpConnectionPool, VirtualNodeConnectionPool};
use meshwright_model::virtual_gateway::VirtualGatewayConnectionPool;

use crate::facts::{Endpoint, Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unbounded-pending-requests",
    severity: Severity::Info,
    summary: "a connection pool bounds connections and not the requests that wait for one",
    why: "2147483647 requests may wait where nothing else is said: under load callers wait for their timeout instead of a quick 503",
    source: "App Mesh API reference, VirtualNodeConnectionPool: maxPendingRequests is 2147483647 by default",
    bad: BAD,
    cure: &[("{MaxConnections: 100}", "{MaxConnections: 100, MaxPendingRequests: 50}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let listeners = node.spec.listeners.iter().flatten().zip(&facts.endpoints(node.position).list);
        for (listener, endpoint) in listeners {
            if let Some(VirtualNodeConnectionPool::Http(pool)) = &listener.connection_pool {
                report_unbounded(node.resource, *endpoint, pool, report);
            }
        }
    }
    for gateway in facts.gateways() {
        for (listener, endpoint) in gateway.spec.listeners.iter().zip(&facts.endpoints(gateway.position).list) {
            if let Some(VirtualGatewayConnectionPool::Http(pool)) = &listener.connection_pool {
                report_unbounded(gateway.resource, *endpoint, pool, report);
            }
        }
    }
}

fn report_unbounded(resource: &Resource, endpoint: Endpoint, pool: &HttpConnectionPool, report: &mut Report) {
    let path = listener_path(endpoint.index, &["connectionPool", "http"]);
    if pool.max_pending_requests.is_none() && !resource.has_gap(&path.field("maxPendingRequests")) {
        let connections = pool.max_connections.to_string();
        let message = format!("after {connections} connections requests wait, and nothing bounds how many");
        report.add(resource, path, message).help("set maxPendingRequests to what callers can wait for");
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
          - PortMapping: {Port: 8080, Protocol: http}
            ConnectionPool: {HTTP: {MaxConnections: 100}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
