//! Retry policies of routes.

use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::limits::{GrpcRetryPolicyEvent, HttpRetryPolicyEvent, MaxRetries, TcpRetryPolicyEvent};
use crate::list::List;
use crate::scalar::Scalar;

/// When and how often HTTP requests are tried again. API shape `HttpRetryPolicy`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRetryPolicy {
    /// HTTP outcomes that are retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_retry_events: Option<List<Scalar<HttpRetryPolicyEvent>, 25>>,
    /// Attempts after the first.
    pub max_retries: Scalar<MaxRetries>,
    /// How long each attempt may take, the first included.
    pub per_retry_timeout: Duration,
    /// Connection outcomes that are retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_retry_events: Option<List<Scalar<TcpRetryPolicyEvent>, 1>>,
}

/// When and how often gRPC calls are tried again. API shape `GrpcRetryPolicy`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcRetryPolicy {
    /// gRPC statuses that are retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_retry_events: Option<List<Scalar<GrpcRetryPolicyEvent>, 5>>,
    /// HTTP outcomes that are retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_retry_events: Option<List<Scalar<HttpRetryPolicyEvent>, 25>>,
    /// Attempts after the first.
    pub max_retries: Scalar<MaxRetries>,
    /// How long each attempt may take, the first included.
    pub per_retry_timeout: Duration,
    /// Connection outcomes that are retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_retry_events: Option<List<Scalar<TcpRetryPolicyEvent>, 1>>,
}
