//! Limits of a listener under another protocol than its own.

use meshwright_model::Resource;
use meshwright_model::edit::{Change, NewValue};
use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;
use meshwright_model::listener::VirtualNodeConnectionPool;
use meshwright_model::virtual_gateway::VirtualGatewayConnectionPool;

use crate::facts::{Endpoint, Facts, listener_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "connection-pool-for-other-protocol",
    severity: Severity::Error,
    summary: "a listener's connection pool is given for another protocol than the listener's",
    why: "the API demands the listener's own protocol; the limits would mean nothing",
    source: "App Mesh User Guide, virtual_nodes: \"The connectionPool and portMapping protocols must be the same\"",
    bad: BAD,
    cure: &[("HTTP2:", "GRPC:")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let listeners = node.spec.listeners.iter().flatten().zip(&facts.endpoints(node.position).list);
        for (listener, endpoint) in listeners {
            if let Some(pool) = &listener.connection_pool {
                compare(node.resource, *endpoint, of_node(pool), report);
            }
        }
    }
    for gateway in facts.gateways() {
        for (listener, endpoint) in gateway.spec.listeners.iter().zip(&facts.endpoints(gateway.position).list) {
            if let Some(pool) = &listener.connection_pool {
                compare(gateway.resource, *endpoint, of_gateway(pool), report);
            }
        }
    }
}

/// The protocol of a pool and, where it is known, the one limit that another protocol may have too.
type Pool = (PortProtocol, Option<(&'static str, i64)>);

fn compare(resource: &Resource, endpoint: Endpoint, (said, limit): Pool, report: &mut Report) {
    let Some(spoken) = endpoint.protocol.filter(|spoken| *spoken != said) else { return };
    let path = listener_path(endpoint.index, &["connectionPool"]);
    let message = format!("the connection pool is for {}, but the listener speaks {}", said.as_str(), spoken.as_str());
    let found = report.add(resource, path.field(said.as_str()), message);
    found.related(
        resource,
        listener_path(endpoint.index, &["portMapping", "protocol"]),
        format!("the listener speaks {}", spoken.as_str()),
    );
    // What stands open in it would be lost.
    match limit.filter(|(name, _)| *name == limit_of(spoken) && !resource.has_gap(&path)) {
        Some((name, value)) => {
            let pool = NewValue::Object(vec![(name, value.into())]);
            let value = NewValue::Object(vec![(spoken.as_str(), pool)]);
            found.fix(format!("say it for {}", spoken.as_str()), vec![edit(resource, path, Change::Set(value))])
        }
        None => found.help(format!("limit {} for {} instead", limit_of(spoken), spoken.as_str())),
    };
}

/// What a pool of that protocol limits.
fn limit_of(protocol: PortProtocol) -> &'static str {
    match protocol {
        PortProtocol::Http | PortProtocol::Tcp => "maxConnections",
        PortProtocol::Http2 | PortProtocol::Grpc => "maxRequests",
    }
}

fn of_node(pool: &VirtualNodeConnectionPool) -> Pool {
    match pool {
        VirtualNodeConnectionPool::Http(pool) => {
            let is_all = pool.max_pending_requests.is_none();
            let limit = pool.max_connections.known().filter(|_| is_all);
            (PortProtocol::Http, limit.map(|limit| ("maxConnections", limit.value())))
        }
        VirtualNodeConnectionPool::Tcp(pool) => {
            (PortProtocol::Tcp, pool.max_connections.known().map(|limit| ("maxConnections", limit.value())))
        }
        VirtualNodeConnectionPool::Http2(pool) => {
            (PortProtocol::Http2, pool.max_requests.known().map(|limit| ("maxRequests", limit.value())))
        }
        VirtualNodeConnectionPool::Grpc(pool) => {
            (PortProtocol::Grpc, pool.max_requests.known().map(|limit| ("maxRequests", limit.value())))
        }
    }
}

fn of_gateway(pool: &VirtualGatewayConnectionPool) -> Pool {
    match pool {
        VirtualGatewayConnectionPool::Http(_) => (PortProtocol::Http, None),
        VirtualGatewayConnectionPool::Http2(pool) => {
            (PortProtocol::Http2, pool.max_requests.known().map(|limit| ("maxRequests", limit.value())))
        }
        VirtualGatewayConnectionPool::Grpc(pool) => {
            (PortProtocol::Grpc, pool.max_requests.known().map(|limit| ("maxRequests", limit.value())))
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
          - PortMapping: {Port: 8080, Protocol: grpc}
            ConnectionPool: {HTTP2: {MaxRequests: 500}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
