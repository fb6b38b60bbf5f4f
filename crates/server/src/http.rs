//! HTTP around the operations.
//!
//! Source: Smithy, AWS restJson1 protocol: an error's name stands in `x-amzn-errortype`, its message in the body.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use meshwright_model::operation::{Miss, Operation, percent_decoded};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::call::{Call, Scope};
use crate::exception::ApiError;
use crate::service::{Service, new_id};

/// The most bytes of a body; the largest specification that the API takes has far fewer.
pub const MAX_BODY: usize = 1 << 20;

/// The most bytes of a query.
const MAX_QUERY: usize = 16 << 10;

/// What a server is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region of clients that name none in their signature.
    pub region: String,
    /// The account of every client.
    pub account: String,
}

struct Shared {
    service: Arc<Service>,
    settings: Settings,
}

/// Answers what comes over a listener until `end` comes.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    settings: Settings,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let shared = Arc::new(Shared { service, settings });
    let router = Router::new().fallback(answer).with_state(shared);
    axum::serve(listener, router).with_graceful_shutdown(end).await
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let id = new_id();
    match carried_out(&shared, request).await {
        Ok(answer) => response(StatusCode::OK, &id, None, &answer),
        Err(Refusal::Api(error)) => {
            let status = StatusCode::from_u16(error.exception.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response(status, &id, Some(&error.exception.to_string()), &json!({"message": error.message}))
        }
        Err(Refusal::Unknown(status, message)) => {
            response(status, &id, Some("UnknownOperationException"), &json!({"message": message}))
        }
    }
}

/// Why a request gets no answer.
enum Refusal {
    /// The API raises an exception.
    Api(ApiError),
    /// It is no operation.
    Unknown(StatusCode, String),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

async fn carried_out(shared: &Arc<Shared>, request: Request) -> Result<Value, Refusal> {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let (operation, target) = Operation::find(method, path).map_err(|miss| match miss {
        Miss::Path => Refusal::Unknown(StatusCode::NOT_FOUND, format!("there is no operation at {path}")),
        Miss::Method => Refusal::Unknown(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is no operation at {path}")),
    })?;
    let query = query(parts.uri.query().unwrap_or_default())?;
    let too_large = |_| ApiError::bad(format!("the body is longer than {MAX_BODY} bytes, or ended early"));
    let body = to_bytes(body, MAX_BODY).await.map_err(too_large)?.to_vec();
    let call = Call { operation, target, query, body, scope: scope(&parts.headers, &shared.settings) };
    Ok(shared.service.answer(call).await?)
}

fn query(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    if text.len() > MAX_QUERY {
        return Err(ApiError::bad(format!("the query is longer than {MAX_QUERY} bytes")));
    }
    let decoded = |text: &str| {
        let text = percent_decoded(text).map(std::borrow::Cow::into_owned);
        text.ok_or_else(|| ApiError::bad("the query is not percent-encoded UTF-8"))
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

/// Where a client's resources live: in the region that it signs for.
fn scope(headers: &HeaderMap, settings: &Settings) -> Scope {
    let signed = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(signed_region);
    Scope::of(signed.unwrap_or(&settings.region), &settings.account)
}

/// The region in the scope of a signature: `Credential=ID/DATE/REGION/appmesh/aws4_request`.
fn signed_region(authorization: &str) -> Option<&str> {
    let (_, credential) = authorization.split_once("Credential=")?;
    let region = credential.split(',').next()?.trim().split('/').nth(2)?;
    let is_region = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (!region.is_empty() && region.len() <= 32 && region.bytes().all(is_region)).then_some(region)
}

fn response(status: StatusCode, id: &str, error: Option<&str>, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [("x-amzn-requestid", Some(id)), ("x-amzn-errortype", error)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
