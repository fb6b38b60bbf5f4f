//! A request as a proxy sees it: what it refuses before any route is asked, and the headers that it takes out and puts in.
//!
//! Source, where none is named: a real Envoy 1.40, to which a request came in HTTP/1.1.

use meshwright_model::request::Request;

use super::hop::Rewritten;
use super::{MAX_REQUEST, Outcome, authority};
use crate::path::normalise;

/// The methods of HTTP/1.1 that there are to Envoy. It knows CONNECT too, which names no path, as every request here does.
const METHODS: &[&str] = &[
    "ACL",
    "BIND",
    "CHECKOUT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// The most headers, the host among them.
const MAX_HEADERS: usize = 100;

/// What comes off a request: headers that concern one connection, and those in which Envoy believes its own alone.
const TAKEN_OUT: &[&str] = &[
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-force-trace",
    "x-envoy-hedge-on-per-try-timeout",
    "x-envoy-internal",
    "x-envoy-ip-tags",
    "x-envoy-max-retries",
    "x-envoy-original-url",
    "x-envoy-retriable-header-names",
    "x-envoy-retriable-status-codes",
    "x-envoy-retry-grpc-on",
    "x-envoy-retry-on",
    "x-envoy-upstream-alt-stat-name",
    "x-envoy-upstream-rq-per-try-timeout-ms",
    "x-envoy-upstream-rq-timeout-alt-response",
    "x-envoy-upstream-rq-timeout-ms",
    "x-envoy-upstream-stream-duration-ms",
    "x-forwarded-client-cert",
];

/// The headers of which Envoy joins the values, with commas; of others each value stays alone.
const JOINED: &[&str] = &[
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-envoy-decorator-operation",
    "x-envoy-downstream-service-cluster",
    "x-envoy-downstream-service-node",
    "x-envoy-external-address",
    "x-envoy-is-timeout-retry",
    "x-envoy-original-host",
    "x-envoy-original-path",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

/// What a `Connection` header must not name.
const NEVER_NAMED: &[&str] = &["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];

/// The number that Envoy gives a request without one, at random each time. This one is from RFC 9562, 4.
const SOME_ID: &str = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";

/// A request, taken apart as a proxy sees it.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    method: String,
    scheme: String,
    pub(super) authority: String,
    pub(super) path: String,
    query: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

impl Parts {
    /// It as it comes to a proxy, or how that answers at once and why.
    pub(super) fn of(request: &Request) -> Result<Self, (Outcome, String)> {
        let is_host = |name: &str| name.eq_ignore_ascii_case("host") || name == ":authority";
        let mut authority = authority(request);
        let mut headers = Vec::with_capacity(request.headers.len());
        for (name, value) in &request.headers {
            if is_host(name) {
                authority.clone_from(value);
            } else {
                headers.push((name.to_ascii_lowercase(), value.clone()));
            }
        }
        refusal(request, &authority, &headers).map_or(Ok(()), Err)?;
        let headers = joined(headers);
        let (path, query) = path_and_query(&request.path);
        let refuse = |why: &str| (Outcome::Answered { status: 400, flag: "-" }, why.to_owned());
        let path = normalise(&path).ok_or_else(|| refuse("the path cannot be normalised"))?;
        if headers.iter().any(|(name, value)| name == "x-forwarded-proto" && value.is_empty()) {
            return Err((Outcome::NO_ROUTE, "Envoy asks no route where `x-forwarded-proto` is empty".to_owned()));
        }
        if request.method == "QUERY" && !headers.iter().any(|(name, _)| name == "content-type") {
            return Err(refuse("Envoy takes no QUERY without a `content-type`"));
        }
        let mut parts = Self {
            method: request.method.clone(),
            scheme: String::new(),
            authority,
            path: path.into_owned(),
            query,
            headers,
        };
        parts.take_in(request.scheme);
        Ok(parts)
    }

    /// Takes headers out and puts headers in, as a proxy does with a request that comes over a connection of a scheme.
    fn take_in(&mut self, scheme: &str) {
        let named = named_by_connection(&self.headers);
        let upgrade =
            self.header("upgrade").filter(|kind| named.iter().any(|name| name == "upgrade") && *kind != "h2c");
        let is_upgrade = upgrade.is_some();
        self.headers.retain(|(name, value)| match name.as_str() {
            "connection" | "upgrade" => is_upgrade,
            "expect" => !value.eq_ignore_ascii_case("100-continue"),
            "te" => tokens(value).any(|token| token == "trailers"),
            name => !TAKEN_OUT.contains(&name) && !named.iter().any(|own| own == name),
        });
        for (_, value) in self.headers.iter_mut().filter(|(name, _)| name == "te") {
            "trailers".clone_into(value);
        }
        // HTTP/1.1 says no scheme, so that Envoy believes what an earlier proxy is said to have seen.
        let forwarded = self.header("x-forwarded-proto").map(str::to_ascii_lowercase);
        self.scheme = forwarded.filter(|own| matches!(own.as_str(), "http" | "https")).unwrap_or(scheme.to_owned());
        for (name, value) in [("x-forwarded-proto", scheme), ("x-request-id", SOME_ID)] {
            if self.header(name).is_none() {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The first value of a header.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Gives it a header, in place of any of that name.
    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(own, _)| own != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Asks something of it as of a call.
    pub(super) fn ask<T>(&self, question: impl FnOnce(&crate::Call<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        question(&crate::Call {
            method: &self.method,
            scheme: &self.scheme,
            authority: &self.authority,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &headers,
        })
    }

    /// Reads it as a proxy does that takes its own request again, in plaintext; whether it can.
    pub(super) fn read_again(&mut self) -> bool {
        let (path, query) = path_and_query(&self.leaving().path);
        let Some(path) = normalise(&path) else { return false };
        self.path = path.into_owned();
        self.query = query;
        self.headers.retain(|(name, _)| name != "x-envoy-decorator-operation");
        self.take_in("http");
        true
    }

    /// It as it leaves a proxy.
    pub(super) fn leaving(&self) -> Rewritten {
        let path = match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        };
        Rewritten { host: self.authority.clone(), path }
    }
}

/// Headers as Envoy keeps them: some of a name's values are joined, at the place of the first.
fn joined(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        let earlier = all.iter_mut().find(|(other, _)| *other == name && JOINED.contains(&name.as_str()));
        match earlier {
            None => all.push((name, value)),
            Some((_, before)) if before.is_empty() => *before = value,
            Some((_, before)) if !value.is_empty() => {
                before.push(',');
                before.push_str(&value);
            }
            Some(_) => {}
        }
    }
    all
}

fn path_and_query(whole: &str) -> (String, Option<String>) {
    match whole.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (whole.to_owned(), None),
    }
}

/// How Envoy answers what it cannot read as a request, before any route is asked.
fn refusal(request: &Request, authority: &str, headers: &[(String, String)]) -> Option<(Outcome, String)> {
    let refuse = |status, why: String| Some((Outcome::Answered { status, flag: "DPE" }, why));
    let Request { method, path, .. } = request;
    let is_connect = method == "CONNECT";
    if !is_connect && !METHODS.contains(&method.as_str()) {
        return refuse(400, format!("Envoy takes no `{method}` in HTTP/1.1"));
    }
    // `METHOD PATH HTTP/1.1`, `NAME: VALUE`, an empty line; each with its end.
    let line = method.len() + path.len() + " HTTP/1.1\r\n".len() + 1;
    let fields: usize = headers.iter().map(|(name, value)| name.len() + value.len() + ": \r\n".len()).sum();
    let whole = line + "host: \r\n".len() + authority.len() + fields + "\r\n".len();
    if whole > MAX_REQUEST {
        return refuse(431, format!("the request has {whole} bytes before its body, and Envoy takes {MAX_REQUEST}"));
    }
    let count = headers.len() + 1;
    if count > MAX_HEADERS {
        return refuse(431, format!("the request has {count} headers, and Envoy takes {MAX_HEADERS}"));
    }
    let values = |name: &'static str| headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value);
    if let Some(coding) = values("transfer-encoding").find(|coding| !coding.eq_ignore_ascii_case("chunked")) {
        return refuse(501, format!("Envoy knows no transfer-encoding but chunked: `{coding}`"));
    }
    // What it connects to is looked at when all headers are there.
    if is_connect {
        return refuse(400, "Envoy takes no `CONNECT` with a path in HTTP/1.1".to_owned());
    }
    let lengths: Vec<&String> = values("content-length").collect();
    if lengths.len() > 1 || lengths.first().is_some_and(|length| !is_length(length)) {
        return refuse(400, "the header `content-length` is no number of bytes, or is there twice".to_owned());
    }
    if !lengths.is_empty() && values("transfer-encoding").next().is_some() {
        return refuse(400, "`content-length` and `transfer-encoding` contradict each other".to_owned());
    }
    let named = named_by_connection(headers);
    if let Some(name) = named.iter().find(|name| name.starts_with(':') || NEVER_NAMED.contains(&name.as_str())) {
        return refuse(400, format!("the header `connection` must not name `{name}`"));
    }
    None
}

fn is_length(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok()
}

/// The headers that are for this connection alone, as `Connection` names them. Source: RFC 9110, 7.6.1.
fn named_by_connection(headers: &[(String, String)]) -> Vec<String> {
    let lists = headers.iter().filter(|(name, _)| name == "connection");
    lists.flat_map(|(_, value)| tokens(value).map(str::to_ascii_lowercase)).collect()
}

fn tokens(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}
