//! One request over HTTP and its answer: bounded in time and size, with the key to one host alone.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

use crate::error::{Error, span};
use crate::provider::Access;

/// The most of an answer that is read, in bytes.
pub const MAX_ANSWER: usize = 1_000_000;

/// The longest that setting up a connection may take, TLS included.
const MAX_CONNECT: Duration = Duration::from_secs(10);

/// How the standard library opens what it says where a host has no address; the error's kind says nothing.
const NO_ADDRESS: &str = "failed to lookup address information";

/// What a question may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest that one try may take, from the look-up of the host to the last byte of its answer.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_mins(2) }
    }
}

/// A request in the words of a provider's interface.
pub(crate) struct Call {
    pub(crate) url: String,
    /// Beside the content's kind.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

/// Sends requests to one provider.
pub(crate) struct Transport<'a> {
    access: &'a Access,
    limits: Limits,
    /// The longest that setting up a connection may take.
    connect: Duration,
    agent: Agent,
}

impl<'a> Transport<'a> {
    /// Nothing is sent yet.
    pub(crate) fn new(access: &'a Access, limits: Limits) -> Result<Self, Error> {
        let proxy = match &access.proxy {
            Some(proxy) => Some(Proxy::new(proxy).map_err(|_| Error::BadProxy)?),
            None => None,
        };
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let connect = MAX_CONNECT.min(limits.timeout / 2);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .tls_config(tls)
            .user_agent(concat!("meshwright/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(limits.timeout))
            .timeout_connect(Some(connect))
            .build();
        Ok(Self { access, limits, connect, agent: config.into() })
    }

    /// Sends a request; the answer is JSON, or an error that says why not.
    pub(crate) fn send(&self, call: &Call) -> Result<Value, Error> {
        let start = Instant::now();
        let mut request = self.agent.post(&call.url).header("content-type", "application/json");
        for (name, value) in &call.headers {
            request = request.header(*name, value.as_str());
        }
        let response = request.send(call.body.to_string()).map_err(|error| self.failure(error, start))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let bytes = self.read(response, start)?;
        if (200..300).contains(&status) {
            return self.json(bytes);
        }
        Err(self.status(status, retry_after, &String::from_utf8_lossy(&bytes)))
    }

    /// Reads no more than the limit, and one byte to know.
    fn read(&self, response: Response<Body>, start: Instant) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let reader = response.into_body().into_reader();
        reader
            .take(MAX_ANSWER as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| self.failure(error.into(), start))?;
        if bytes.len() > MAX_ANSWER {
            return Err(Error::TooLarge { host: self.host(), limit: MAX_ANSWER });
        }
        Ok(bytes)
    }

    fn json(&self, bytes: Vec<u8>) -> Result<Value, Error> {
        let text = String::from_utf8(bytes).map_err(|_| self.not_the_interface("it is not UTF-8 text"))?;
        if self.access.has_key_in(&text) {
            return Err(Error::KeyReturned { host: self.host() });
        }
        // serde_json stops at a depth of 128.
        serde_json::from_str(&text).map_err(|error| self.not_the_interface(&format!("it is no JSON: {error}")))
    }

    fn not_the_interface(&self, why: &str) -> Error {
        let variable = self.access.provider.names().base_url;
        Error::NotTheInterface { host: self.host(), why: self.access.shown(why), variable }
    }

    /// What a status other than success means.
    fn status(&self, status: u16, retry_after: Option<Duration>, body: &str) -> Error {
        let host = self.host();
        let names = self.access.provider.names();
        let message = self.access.shown(&message(body));
        match status {
            300..=399 => Error::Redirected { host, status, variable: names.base_url },
            401 | 403 => Error::Unauthorized { host, status, variable: names.key, message },
            404 => Error::NotFound {
                host,
                model: self.access.model.clone(),
                variable: names.model,
                base_variable: names.base_url,
                message,
            },
            429 => Error::RateLimited { host, retry_after, message },
            // Bedrock says 408 and 424 for a model that took too long or failed.
            408 | 424 | 500..=599 => Error::Unavailable { host, status, retry_after, message },
            _ => Error::Rejected { host, status, message },
        }
    }

    /// What it means that there is no answer.
    fn failure(&self, error: ureq::Error, start: Instant) -> Error {
        let host = self.host();
        match error {
            ureq::Error::Timeout(_) => self.late(start),
            ureq::Error::HostNotFound => Error::HostNotFound { host },
            ureq::Error::InvalidProxyUrl => Error::BadProxy,
            ureq::Error::ConnectProxyFailed(_) => Error::ProxyFailed { host },
            ureq::Error::Rustls(why) => Error::Tls { host, why: why.to_string() },
            ureq::Error::Tls(why) => Error::Tls { host, why: why.to_owned() },
            ureq::Error::Io(error) => self.io_failure(&error, start),
            other => Error::Broken { host, why: self.access.shown(&other.to_string()) },
        }
    }

    fn io_failure(&self, error: &std::io::Error, start: Instant) -> Error {
        let host = self.host();
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(why) = inner {
            return Error::Tls { host, why: why.to_string() };
        }
        let why = self.access.shown(&error.to_string());
        match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => self.late(start),
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable
            | ErrorKind::NetworkDown => Error::Unreachable { host, why },
            _ if why.starts_with(NO_ADDRESS) => Error::HostNotFound { host },
            _ => Error::Broken { host, why },
        }
    }

    /// What took too long: if not the whole, then setting up the connection.
    fn late(&self, start: Instant) -> Error {
        let host = self.host();
        if start.elapsed() < self.limits.timeout {
            return Error::Unreachable { host, why: format!("no connection within {}", span(self.connect)) };
        }
        Error::Timeout { host, limit: self.limits.timeout }
    }

    fn host(&self) -> String {
        self.access.endpoint.host.clone()
    }
}

/// How long to wait, where the answer says so in seconds; a date is not read.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What an answer that is no success says, in the forms of all three interfaces, or as it is.
fn message(body: &str) -> String {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    let places = ["/error/message", "/message", "/Message", "/error"];
    let said = places.iter().find_map(|place| value.pointer(place)?.as_str());
    let text = said.unwrap_or(body).trim();
    if text.is_empty() { "it gives no reason".to_owned() } else { text.to_owned() }
}
