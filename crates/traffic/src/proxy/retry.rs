//! When a request is tried again.

use meshwright_model::Scalar;
use meshwright_model::defaults::RETRY;
use meshwright_model::duration::Duration;
use meshwright_model::limits::{GrpcRetryPolicyEvent, HttpRetryPolicyEvent, MaxRetries, TcpRetryPolicyEvent};
use meshwright_model::retry::{GrpcRetryPolicy, HttpRetryPolicy};

use super::known::millis;

/// The answers that `server-error` retries; 509 is not among them.
///
/// Source: aws/aws-app-mesh-roadmap#7 and #451.
const SERVER_ERRORS: &[u16] = &[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511];

/// The answers that `gateway-error` retries. Source: aws/aws-app-mesh-roadmap#7.
const GATEWAY_ERRORS: &[u16] = &[502, 503, 504];

/// The answers that `client-error` retries. Source: aws/aws-app-mesh-roadmap#7.
const CLIENT_ERRORS: &[u16] = &[409];

/// The conditions under which Envoy retries, in the order in which App Mesh names them.
///
/// Source of the order: the configuration of a gateway in capa-cloud/capa.io, `envoy-gateway.md`, and the App Mesh User Guide, Envoy
/// defaults; between those two lists it is ours.
const ORDER: &[&str] = &[
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
    "connect-failure",
    "reset",
    "refused-stream",
    "retriable-status-codes",
];

/// When a request is tried again, how often, and how long each attempt may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often at most, after the first attempt.
    pub max_retries: u32,
    /// How long each attempt may take, in milliseconds; `None` or 0 is as long as the request.
    pub per_try_millis: Option<u64>,
    /// What makes it be tried again, in Envoy's words: `retry_on`.
    pub conditions: Vec<&'static str>,
    /// The answers that do.
    pub status_codes: Vec<u16>,
    /// Whether it is App Mesh's own, which no file says.
    pub is_default: bool,
}

impl Default for Retry {
    /// App Mesh's own policy. Source: see [`RETRY`].
    fn default() -> Self {
        Self {
            max_retries: RETRY.max_retries,
            per_try_millis: None,
            conditions: RETRY.retry_on.to_vec(),
            status_codes: RETRY.status_codes.to_vec(),
            is_default: true,
        }
    }
}

impl Retry {
    /// The policy of an HTTP or HTTP/2 route; `None` where a part of it is not known.
    pub(super) fn of_http(policy: &HttpRetryPolicy) -> Option<Self> {
        let HttpRetryPolicy { http_retry_events, max_retries, per_retry_timeout, tcp_retry_events } = policy;
        let mut retry = Self::new(max_retries, per_retry_timeout)?;
        retry.add_http(http_retry_events.as_deref().unwrap_or_default())?;
        retry.add_tcp(tcp_retry_events.as_deref().unwrap_or_default())?;
        Some(retry.in_order())
    }

    /// The policy of a gRPC route; `None` where a part of it is not known.
    pub(super) fn of_grpc(policy: &GrpcRetryPolicy) -> Option<Self> {
        let GrpcRetryPolicy { grpc_retry_events, http_retry_events, max_retries, per_retry_timeout, tcp_retry_events } =
            policy;
        let mut retry = Self::new(max_retries, per_retry_timeout)?;
        for event in grpc_retry_events.as_deref().unwrap_or_default() {
            retry.conditions.push(match event.known()? {
                GrpcRetryPolicyEvent::Cancelled => "cancelled",
                GrpcRetryPolicyEvent::DeadlineExceeded => "deadline-exceeded",
                GrpcRetryPolicyEvent::Internal => "internal",
                GrpcRetryPolicyEvent::ResourceExhausted => "resource-exhausted",
                GrpcRetryPolicyEvent::Unavailable => "unavailable",
            });
        }
        retry.add_http(http_retry_events.as_deref().unwrap_or_default())?;
        retry.add_tcp(tcp_retry_events.as_deref().unwrap_or_default())?;
        Some(retry.in_order())
    }

    fn new(max_retries: &Scalar<MaxRetries>, per_retry_timeout: &Duration) -> Option<Self> {
        Some(Self {
            max_retries: u32::try_from(max_retries.known()?.value()).unwrap_or(u32::MAX),
            per_try_millis: Some(millis(Some(per_retry_timeout))?),
            conditions: Vec::new(),
            status_codes: Vec::new(),
            is_default: false,
        })
    }

    /// Source: aws/aws-app-mesh-roadmap#7, #451 and #284 (`reset`, since 2020-11).
    fn add_http(&mut self, events: &[Scalar<HttpRetryPolicyEvent>]) -> Option<()> {
        for event in events {
            let (conditions, codes): (&[&str], &[u16]) = match event.known()?.as_str() {
                "server-error" => (&["reset", "retriable-status-codes"], SERVER_ERRORS),
                "gateway-error" => (&["reset", "retriable-status-codes"], GATEWAY_ERRORS),
                "client-error" => (&["retriable-status-codes"], CLIENT_ERRORS),
                "stream-error" => (&["refused-stream"], &[]),
                // Not an event that the API documents: it retries nothing (inferred).
                _ => (&[], &[]),
            };
            self.conditions.extend(conditions);
            for code in codes {
                if !self.status_codes.contains(code) {
                    self.status_codes.push(*code);
                }
            }
        }
        Some(())
    }

    fn add_tcp(&mut self, events: &[Scalar<TcpRetryPolicyEvent>]) -> Option<()> {
        for event in events {
            let TcpRetryPolicyEvent::ConnectionError = event.known()?;
            self.conditions.push("connect-failure");
        }
        Some(())
    }

    fn in_order(mut self) -> Self {
        self.conditions = ORDER.iter().copied().filter(|condition| self.conditions.contains(condition)).collect();
        self
    }
}
