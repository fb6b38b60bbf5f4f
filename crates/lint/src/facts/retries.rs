//! Retry policies, whatever the protocol of their route.

use meshwright_model::limits::{GrpcRetryPolicyEvent, HttpRetryPolicyEvent, TcpRetryPolicyEvent};
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Path, Scalar};

use super::timeouts::Millis;
use super::{Facts, Route, route_path};

/// The events that an HTTP retry policy may name. Source: API reference, `HttpRetryPolicy`.
pub const HTTP_EVENTS: [&str; 4] = ["server-error", "gateway-error", "client-error", "stream-error"];

/// The retry policy of a route.
#[derive(Clone, Copy, Debug)]
pub struct Retry<'a> {
    /// The route.
    pub route: Route<'a>,
    /// The route under its protocol.
    pub protocol: ProtocolRoute<'a>,
    /// HTTP outcomes that are retried.
    pub http: &'a [Scalar<HttpRetryPolicyEvent>],
    /// gRPC statuses that are retried.
    pub grpc: &'a [Scalar<GrpcRetryPolicyEvent>],
    /// Connection outcomes that are retried.
    pub tcp: &'a [Scalar<TcpRetryPolicyEvent>],
    /// Attempts after the first, where that is known.
    pub max_retries: Option<u64>,
    /// How long each attempt may take, where that is known.
    pub per_retry: Option<Millis>,
}

impl Retry<'_> {
    /// Where a value of it stands.
    pub fn path(&self, fields: &[&'static str]) -> Path {
        fields.iter().fold(route_path(self.protocol, &["retryPolicy"]), |path, field| path.field(*field))
    }

    /// Whether it names a HTTP event.
    pub fn has_http(&self, event: &str) -> bool {
        self.http.iter().any(|given| given.known().is_some_and(|given| given.as_str() == event))
    }

    /// Whether an answer of the callee's may be retried, not only a connection or stream that came to nothing; such an answer
    /// may itself be what is left of a callee's own retries.
    pub fn repeats_answers(&self) -> bool {
        self.has_http("server-error") || self.has_http("gateway-error") || !self.grpc.is_empty()
    }
}

fn list<T, const MAX: usize>(list: Option<&meshwright_model::list::List<T, MAX>>) -> &[T] {
    list.map_or(&[], |list| list)
}

/// The retry policy of a route, where it has one.
pub fn retry_of<'a>(route: Route<'a>, protocol: ProtocolRoute<'a>) -> Option<Retry<'a>> {
    let (max_retries, per_retry) = protocol.retry()?;
    let (http, grpc, tcp) = match protocol {
        ProtocolRoute::Http(route) | ProtocolRoute::Http2(route) => {
            let policy = route.retry_policy.as_ref()?;
            (list(policy.http_retry_events.as_ref()), &[][..], list(policy.tcp_retry_events.as_ref()))
        }
        ProtocolRoute::Grpc(route) => {
            let policy = route.retry_policy.as_ref()?;
            let grpc = list(policy.grpc_retry_events.as_ref());
            (list(policy.http_retry_events.as_ref()), grpc, list(policy.tcp_retry_events.as_ref()))
        }
        ProtocolRoute::Tcp(_) => return None,
    };
    let max_retries = max_retries.known().and_then(|max| u64::try_from(max.value()).ok());
    let per_retry = per_retry.millis().map(Millis);
    Some(Retry { route, protocol, http, grpc, tcp, max_retries, per_retry })
}

impl<'a> Facts<'a> {
    /// Every retry policy, in the order of the files.
    pub fn retries(&self) -> impl Iterator<Item = Retry<'a>> {
        // Many rules ask, and few routes have one.
        let of_routes = || self.protocol_routes().filter_map(|(route, protocol)| retry_of(route, protocol));
        self.lazy.retries.get_or_init(|| of_routes().collect()).iter().copied()
    }
}
