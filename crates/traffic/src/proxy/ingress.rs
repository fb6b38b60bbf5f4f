//! Where a node's proxy takes requests for its application.

use meshwright_model::Kind;
use meshwright_model::defaults::PER_REQUEST_TIMEOUT_MILLIS;
use meshwright_model::limits::{EgressFilterType, JsonValue, PortProtocol, TextFormat};
use meshwright_model::listener::{
    HttpConnectionPool, RequestConnectionPool, TcpConnectionPool, VirtualNodeConnectionPool,
};
use meshwright_model::logging::{AccessLog, FileAccessLog, Logging, LoggingFormat};
use meshwright_model::opened::is_open;
use meshwright_model::timeout::{GrpcTimeout, HttpTimeout, ListenerTimeout, TcpTimeout};
use meshwright_model::virtual_node::{ServiceDiscovery, VirtualNodeSpec};
use meshwright_model::{Path, Resource, Scalar};

use super::known::{Omissions, is_unknown, millis};
use super::listening::Listening;
use super::tls::ServerTls;
use super::world::World;
use super::{Proxy, Role};
use crate::log_format::fault;

/// Where a node's proxy takes requests for its application.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeListener<'a> {
    /// The port, which is the application's too.
    pub port: u16,
    /// The protocol.
    pub protocol: PortProtocol,
    /// The TLS that it speaks.
    pub tls: Option<ServerTls<'a>>,
    /// How long a request may take, in milliseconds; 0 is without end. TCP has no requests.
    pub timeout_millis: u64,
    /// Whether a file says so.
    pub has_own_timeout: bool,
    /// How long a request or connection may be silent, in milliseconds, where a file says so; 0 is without end.
    pub idle_millis: Option<u64>,
    /// How much the application is given at a time.
    pub pool: Pool,
}

/// How much a proxy hands on at a time; what is `None` has no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Connections.
    pub max_connections: Option<u32>,
    /// Requests that wait for a connection.
    pub max_pending_requests: Option<u32>,
    /// Requests.
    pub max_requests: Option<u32>,
}

/// A node's proxy without what it sends itself.
pub(super) fn node<'a>(world: &World<'a>, name: &str) -> Option<Proxy<'a>> {
    let (resource, spec) = world.node(name)?;
    let mut omissions = Omissions::default();
    let listeners = listeners(resource, spec, &mut omissions);
    let own = match &spec.service_discovery {
        Some(ServiceDiscovery::Dns(dns)) => dns.ip_preference.as_ref(),
        Some(ServiceDiscovery::AwsCloudMap(map)) => map.ip_preference.as_ref(),
        None => None,
    };
    let log = log(resource, spec.logging.as_ref(), &mut omissions);
    Some(Proxy {
        mesh: world.mesh,
        resource,
        name: super::world::name(resource)?,
        role: Role::Node { listeners, egress: std::collections::BTreeMap::new(), filter: EgressFilterType::DropAll },
        log,
        ip_preference: own.and_then(|own| own.known().copied()).or(world.ip_preference()),
        targets: Vec::new(),
        omissions: omissions.0,
    })
}

fn listeners<'a>(
    resource: &'a Resource,
    spec: &'a VirtualNodeSpec,
    omissions: &mut Omissions<'a>,
) -> Vec<NodeListener<'a>> {
    debug_assert_eq!(resource.kind(), Kind::VirtualNode);
    let count = spec.listeners.iter().flatten().count();
    let mut listeners: Vec<NodeListener<'a>> = Vec::with_capacity(count);
    omissions.add_gap(resource, &Path::of(&["spec", "listeners"]), "a listener");
    for listening in Listening::of(spec) {
        let at = Path::of(&["spec", "listeners"]).index(listening.index);
        if listeners.iter().any(|other| other.port == listening.port) {
            omissions.add(resource, at, format!("a listener before it has port {} already", listening.port));
            continue;
        }
        let tls = ServerTls::of(listening.listener.tls.as_ref());
        let Some(tls) = tls.ok().filter(|tls| tls.as_ref().is_none_or(ServerTls::is_known)) else {
            // In plaintext it would be open to all.
            omissions.add(resource, listening.path("tls"), "the listener is left out: not all of its TLS is known");
            continue;
        };
        let (per_request, idle) = timeouts(listening, resource, omissions);
        let pool = pool(listening, resource, omissions);
        listeners.push(NodeListener {
            port: listening.port,
            protocol: listening.protocol,
            tls,
            timeout_millis: per_request.unwrap_or(PER_REQUEST_TIMEOUT_MILLIS),
            has_own_timeout: per_request.is_some(),
            idle_millis: idle,
            pool,
        });
    }
    if listeners.len() < count {
        omissions.add_gap(resource, &Path::of(&["spec", "listeners"]), "a listener");
    }
    listeners
}

/// How long a request may take, and how long it may be silent, where the listener says.
fn timeouts<'a>(
    listening: Listening<'a>,
    resource: &'a Resource,
    omissions: &mut Omissions<'a>,
) -> (Option<u64>, Option<u64>) {
    let (protocol, per_request, idle) = match &listening.listener.timeout {
        None => return (None, None),
        Some(ListenerTimeout::Http(HttpTimeout { idle, per_request })) => (PortProtocol::Http, per_request, idle),
        Some(ListenerTimeout::Http2(HttpTimeout { idle, per_request })) => (PortProtocol::Http2, per_request, idle),
        Some(ListenerTimeout::Grpc(GrpcTimeout { idle, per_request })) => (PortProtocol::Grpc, per_request, idle),
        Some(ListenerTimeout::Tcp(TcpTimeout { idle })) => (PortProtocol::Tcp, &None, idle),
    };
    if protocol != listening.protocol {
        // Source: App Mesh API reference, `ListenerTimeout`, a union whose member is that of the port mapping's protocol.
        omissions.add(resource, listening.path("timeout"), "it is for another protocol than the listener's");
        return (None, None);
    }
    if is_unknown(per_request.as_ref()) || is_unknown(idle.as_ref()) {
        omissions.add(resource, listening.path("timeout"), "a timeout is left out: it is not known");
    }
    (millis(per_request.as_ref()), millis(idle.as_ref()))
}

/// How much the application is given at a time.
///
/// Source: aws-app-mesh-examples, howto-circuit-breakers, and aws/aws-app-mesh-roadmap#6: the limits are the server's own.
fn pool<'a>(listening: Listening<'a>, resource: &'a Resource, omissions: &mut Omissions<'a>) -> Pool {
    let (protocol, pool) = match &listening.listener.connection_pool {
        None => return Pool::default(),
        Some(VirtualNodeConnectionPool::Http(pool)) => (PortProtocol::Http, Pool::of_http(pool)),
        Some(VirtualNodeConnectionPool::Http2(pool)) => (PortProtocol::Http2, Pool::of_requests(pool)),
        Some(VirtualNodeConnectionPool::Grpc(pool)) => (PortProtocol::Grpc, Pool::of_requests(pool)),
        Some(VirtualNodeConnectionPool::Tcp(TcpConnectionPool { max_connections })) => {
            let max_connections = max_connections.known().map(|most| bounded(most.value()));
            (PortProtocol::Tcp, Pool { max_connections, ..Pool::default() })
        }
    };
    if protocol != listening.protocol {
        // Source: App Mesh API reference, `VirtualNodeConnectionPool`: its member is that of the port mapping's protocol.
        omissions.add(resource, listening.path("connectionPool"), "it is for another protocol than the listener's");
        return Pool::default();
    }
    if is_open(resource, &listening.path("connectionPool")) {
        omissions.add(resource, listening.path("connectionPool"), "a limit is left out: it is not known");
    }
    pool
}

impl Pool {
    /// The limits of HTTP/1.1.
    pub(super) fn of_http(pool: &HttpConnectionPool) -> Self {
        let HttpConnectionPool { max_connections, max_pending_requests } = pool;
        let pending = max_pending_requests.as_ref().and_then(Scalar::known);
        Self {
            max_connections: max_connections.known().map(|most| bounded(most.value())),
            max_pending_requests: pending.map(|most| bounded(most.value())),
            max_requests: None,
        }
    }

    /// The limits of HTTP/2 and gRPC.
    pub(super) fn of_requests(pool: &RequestConnectionPool) -> Self {
        let RequestConnectionPool { max_requests } = pool;
        let max_requests = max_requests.known().map(|most| bounded(most.value()));
        Self { max_requests, ..Self::default() }
    }
}

/// As large a number as Envoy can say.
fn bounded(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

/// Where requests are logged, where that is known as a whole.
pub(super) fn log<'a>(
    resource: &'a Resource,
    logging: Option<&'a Logging>,
    omissions: &mut Omissions<'a>,
) -> Option<&'a FileAccessLog> {
    let AccessLog::File(file) = logging?.access_log.as_ref()?;
    let is_known = match &file.format {
        None => true,
        Some(LoggingFormat::Text(text)) => text.known().is_some(),
        Some(LoggingFormat::Json(members)) => {
            members.iter().all(|member| member.key.known().is_some() && member.value.known().is_some())
        }
    };
    let at = Path::of(&["spec", "logging", "accessLog"]);
    let Some(path) = file.path.known().filter(|_| is_known) else {
        omissions.add(resource, at, "it is left out: not all of it is known");
        return None;
    };
    // Envoy would refuse every listener that logs so.
    if path.as_str().contains('\0') || formats(file).any(|format| fault(format).is_some()) {
        omissions.add(resource, at, "it is left out: Envoy refuses its path or format");
        return None;
    }
    Some(file)
}

/// The texts of a log's format, as far as they are known.
fn formats(log: &FileAccessLog) -> impl Iterator<Item = &str> {
    let (text, members) = match &log.format {
        None => (None, None),
        Some(LoggingFormat::Text(text)) => (text.known().map(TextFormat::as_str), None),
        Some(LoggingFormat::Json(members)) => (None, Some(members)),
    };
    let values = members.into_iter().flatten().filter_map(|member| member.value.known().map(JsonValue::as_str));
    text.into_iter().chain(values)
}
