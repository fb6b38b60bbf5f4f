//! Calls of the API as spans.
//!
//! Source of names: OpenTelemetry semantic conventions for RPC, HTTP and the AWS SDK. As for HTTP, what a client did wrong is no failure of
//! the server.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use meshwright_model::operation::Operation;
use meshwright_model::span::{Context, Span, Spans, Value};

use crate::answer::Answer;
use crate::exception::ApiError;

/// The most bytes of a path that are told; the longest names make none that is longer.
const MAX_PATH: usize = 2048;

/// A call that is being answered.
#[derive(Debug)]
pub(crate) struct Traced {
    spans: Arc<dyn Spans>,
    context: Context,
    parent: Option<Context>,
    method: String,
    path: String,
}

impl Traced {
    /// A call that begins, as a part of what its client says that it is a part of.
    pub(crate) fn begin(spans: &Arc<dyn Spans>, request: &Request) -> Self {
        let header = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        let parent = header.and_then(Context::read);
        let path = request.uri().path();
        Self {
            spans: Arc::clone(spans),
            context: spans.begin(parent),
            parent,
            method: request.method().to_string(),
            path: path.get(..MAX_PATH).unwrap_or(path).to_owned(),
        }
    }

    /// It has been answered.
    pub(crate) fn end(
        self,
        operation: Option<Operation>,
        id: &str,
        outcome: &Result<Answer, ApiError>,
        took: Duration,
    ) {
        let Self { spans, context, parent, method, path } = self;
        let rpc = operation.map_or_else(|| "_OTHER".to_owned(), |own| format!("AppMesh/{own}"));
        let status = outcome.as_ref().map_or_else(|why| why.exception.status(), |_| 200);
        let mut attributes = vec![
            ("rpc.system.name", Value::Text("aws-api".to_owned())),
            ("rpc.method", Value::Text(rpc.clone())),
            ("http.request.method", Value::Text(method)),
            ("http.response.status_code", Value::Number(status.into())),
            ("url.path", Value::Text(path)),
            ("aws.request_id", Value::Text(id.to_owned())),
        ];
        let mut failure = None;
        match outcome {
            Ok(answer) => {
                attributes.extend(answer.arn().map(|arn| ("meshwright.resource.arn", Value::Text(arn.to_owned()))));
            }
            Err(why) => {
                attributes.push(("error.type", Value::Text(why.exception.to_string())));
                failure = (status >= 500).then(|| why.message.clone());
            }
        }
        spans.end(Span { name: rpc.into(), is_of_server: true, context, parent, took, attributes, failure });
    }
}
