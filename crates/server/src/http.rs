//! HTTP around the operations.
//!
//! Source: Smithy, AWS restJson1 protocol: an error's name stands in `x-amzn-errortype`, its message in the body.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use meshwright_model::operation::{Miss, Operation, percent_decoded};
use meshwright_model::span::Spans;
use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::call::{Call, Scope, is_region};
use crate::control_plane::{ControlPlane, ready};
use crate::credentials::{AccessKey, Credentials};
use crate::exception::{ApiError, Exception};
use crate::listen::{Bounds, accept};
use crate::metrics::Metrics;
use crate::ours;
use crate::service::{Service, new_id, now};
use crate::signature::{Claim, Signed};
use crate::traced::Traced;

/// The most bytes of a body; the largest specification that the API takes has far fewer.
pub const MAX_BODY: usize = 1 << 20;

/// The most bytes of a query.
const MAX_QUERY: usize = 16 << 10;

/// The most bytes of all bodies that are being read or carried out.
const MAX_BODIES: usize = 256 << 20;

/// What a server is told.
#[derive(Debug)]
pub struct Settings {
    /// The region of clients that name none in their signature.
    pub region: String,
    /// The account of every client whose key names none.
    pub account: String,
    /// The access keys; without them everyone may do everything, which is for the loopback alone.
    pub credentials: Option<Credentials>,
    /// TLS, where it is spoken.
    pub tls: Option<Arc<ServerConfig>>,
    /// How many clients there may be, and how long they may take.
    pub bounds: Bounds,
    /// The control plane behind the API, where there is one.
    pub proxies: Option<Arc<dyn ControlPlane>>,
    /// Whom calls are told to once they are answered, where somebody traces them.
    pub spans: Option<Arc<dyn Spans>>,
}

impl Settings {
    /// For an account in a region, without credentials and TLS.
    pub fn of(region: &str, account: &str) -> Self {
        let (region, account) = (region.to_owned(), account.to_owned());
        Self { region, account, credentials: None, tls: None, bounds: Bounds::default(), proxies: None, spans: None }
    }
}

struct Shared {
    service: Arc<Service>,
    settings: Settings,
    /// The bytes that bodies may still take.
    room: Arc<Semaphore>,
    metrics: Metrics,
    /// Whether only this machine reaches the server.
    is_of_loopback: bool,
}

/// Where it is asked whether the process answers, and whether the store and the control plane serve; nobody needs credentials there.
const HEALTH: &str = "/meshwright/health";
const READY: &str = "/meshwright/ready";

/// Answers what comes over a listener until `end` comes.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    settings: Settings,
    end: impl Future<Output = ()> + Send + 'static,
) {
    let (tls, bounds) = (settings.tls.clone(), settings.bounds);
    let room = Arc::new(Semaphore::new(MAX_BODIES));
    let is_of_loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let shared = Arc::new(Shared { service, settings, room, metrics: Metrics::default(), is_of_loopback });
    let router = Router::new().fallback(answer).with_state(shared);
    accept(listener, tls, bounds, router, end).await;
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let id = new_id();
    let said = |status, answer: Value| response(status, &id, None, &Answer::of(answer));
    match (request.method(), request.uri().path()) {
        (&Method::GET, HEALTH) => return said(StatusCode::OK, json!({"status": "healthy"})),
        (&Method::GET, READY) => {
            return match ready(&shared.service, shared.settings.proxies.as_deref()).await {
                Ok(()) => said(StatusCode::OK, json!({"status": "ready"})),
                Err(why) => said(StatusCode::SERVICE_UNAVAILABLE, json!({"status": "not ready", "reason": why})),
            };
        }
        _ => {}
    }
    let traced = shared.settings.spans.as_ref().map(|spans| Traced::begin(spans, &request));
    let (start, mut operation) = (Instant::now(), None);
    let outcome = carried_out(&shared, request, &mut operation).await;
    let status = outcome.as_ref().map_or_else(|why| why.exception.status(), |_| StatusCode::OK.as_u16());
    let took = start.elapsed();
    shared.metrics.note(operation, status, took);
    if let Some(traced) = traced {
        traced.end(operation, &id, &outcome, took);
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match outcome {
        Ok(answer) => response(status, &id, None, &answer),
        Err(ApiError { exception, message }) => {
            response(status, &id, Some(&exception.to_string()), &Answer::of(json!({"message": message})))
        }
    }
}

/// Carries a request out; `found` is told which operation it is, as soon as that is known.
async fn carried_out(
    shared: &Arc<Shared>,
    request: Request,
    found: &mut Option<Operation>,
) -> Result<Answer, ApiError> {
    let (parts, body) = request.into_parts();
    // Prometheus signs nothing.
    let is_open = shared.is_of_loopback
        && Operation::find(parts.method.as_str(), parts.uri.path()).is_ok_and(|(own, _)| own == Operation::GetMetrics);
    let claim = claim(&parts, shared.settings.credentials.as_ref().filter(|_| !is_open))?;
    let (method, path, query) = (parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default());
    let (operation, target) = Operation::find(method, path).map_err(|miss| match miss {
        Miss::Path => ApiError::of(Exception::UnknownOperation, format!("there is no operation at {path}")),
        Miss::Method => ApiError::of(Exception::UnknownMethod, format!("{method} is no operation at {path}")),
    })?;
    *found = Some(operation);
    let pairs = pairs(query)?;
    let in_time = timeout(shared.settings.bounds.body, bytes(body, &shared.room)).await;
    let late = |_| ApiError::of(Exception::RequestTimeout, "the body did not arrive in time");
    let (body, _room) = in_time.map_err(late)??;
    let (caller, scope) = match claim {
        None => (None, scope(&parts.headers, &shared.settings)),
        Some((key, claim)) => {
            claim.prove(key.secret(), &Signed { method, path, query, headers: &parts.headers, body: &body })?;
            let scope = Scope::of(&claim.region, key.account(&shared.settings.account));
            (Some(key), scope)
        }
    };
    let call = Call { operation, target, query: pairs, body, scope, caller };
    if Operation::OURS.contains(&operation) {
        return ours::answer(&shared.service, &shared.metrics, shared.settings.proxies.as_deref(), &call);
    }
    shared.service.answer(call).await
}

/// The access key that a request names, and its claim to be of it; `None` where nobody is asked.
fn claim(parts: &Parts, credentials: Option<&Credentials>) -> Result<Option<(Arc<AccessKey>, Claim)>, ApiError> {
    let Some(credentials) = credentials else {
        return if is_of_foreign_page(&parts.headers) {
            let message = "this server asks nobody for credentials, so it answers no page of another site and no public name: use \
                           localhost or 127.0.0.1, or --credentials";
            Err(ApiError::of(Exception::AccessDenied, message))
        } else {
            Ok(None)
        };
    };
    let now = i64::try_from(now() / 1000).unwrap_or(i64::MAX);
    let claim = Claim::of(&parts.headers, now)?;
    let key = credentials.find(&claim.key)?;
    Ok(Some((key, claim)))
}

/// Whether a request may be that of a page in a browser which is not of this machine. Such a page may have any name lead to the loopback,
/// and nothing but that name then tells its requests from those of other clients.
///
/// Source: WHATWG, Fetch: browsers send `Origin` with what goes elsewhere or changes something, and pages can set neither it nor `Host`.
fn is_of_foreign_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_own = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| is_local(host));
    !(text("host").is_none_or(is_safe) && text("origin").is_none_or(is_own))
}

/// Whether a host, with its port or without, is one that a page of a stranger cannot have: this machine, a name without a dot, which the
/// public DNS does not answer, one of a private network, or App Mesh's own, which a list of hosts may send here.
///
/// Source: ICANN resolution 2024.07.29.06 (`internal`); the endpoints of App Mesh in AWS's General Reference.
fn is_safe(host: &str) -> bool {
    let name = bare(host);
    let is_of_app_mesh = name.starts_with("appmesh")
        && [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|end| name.ends_with(end));
    is_local(host) || !name.contains(['.', ':']) || name.ends_with(".internal") || is_of_app_mesh
}

/// Whether a host, with its port or without, is this machine. Source: RFC 6761, 6.3: all names below `localhost` are of the loopback.
fn is_local(host: &str) -> bool {
    let name = bare(host);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A host without its port, in lower case.
fn bare(host: &str) -> String {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()));
    name.map_or(host, |(name, _)| name).to_ascii_lowercase()
}

/// The bytes of a body, and the room that they take.
async fn bytes(mut body: Body, room: &Arc<Semaphore>) -> Result<(Vec<u8>, OwnedSemaphorePermit), ApiError> {
    let mut bytes = Vec::new();
    let full = |_| ApiError::of(Exception::ServiceUnavailable, "the server has as many bodies at hand as it can");
    let mut taken = Arc::clone(room).try_acquire_many_owned(0).map_err(full)?;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::bad("the body ended early"))?;
        let Some(part) = frame.data_ref() else { continue };
        if bytes.len() + part.len() > MAX_BODY {
            return Err(ApiError::bad(format!("the body is longer than {MAX_BODY} bytes")));
        }
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        taken.merge(Arc::clone(room).try_acquire_many_owned(length).map_err(full)?);
        bytes.extend_from_slice(part);
    }
    Ok((bytes, taken))
}

/// The names and values of a query.
fn pairs(text: &str) -> Result<Vec<(String, String)>, ApiError> {
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
    credential.split(',').next()?.trim().split('/').nth(2).filter(|region| is_region(region))
}

fn response(status: StatusCode, id: &str, error: Option<&str>, answer: &Answer) -> Response {
    let mut response = Response::new(Body::from(answer.bytes()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type()));
    for (name, value) in [("x-amzn-requestid", Some(id)), ("x-amzn-errortype", error)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
