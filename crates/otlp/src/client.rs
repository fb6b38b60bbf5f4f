//! The way to a receiver: one request at a time, with an end.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a receiver has. Source: OpenTelemetry specification, OTLP exporter, "Timeout": the default.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of an answer: all that is of use is that there is one.
const MAX_ANSWER: u64 = 64 << 10;

/// Why the last request came to nothing.
pub(crate) type Trouble = Arc<Mutex<Option<String>>>;

/// Sends requests, on the thread of whoever waits for the answer.
pub(crate) struct Client {
    agent: Agent,
    trouble: Trouble,
}

impl Client {
    pub(crate) fn new(patience: Option<Duration>) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(tls)
            .user_agent(concat!("meshwright/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(patience.unwrap_or(PATIENCE)));
        Self { agent: config.build().into(), trouble: Trouble::default() }
    }

    pub(crate) fn trouble(&self) -> Trouble {
        Arc::clone(&self.trouble)
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let mut response = self.agent.run(Request::from_parts(head, body.to_vec()))?;
        let status = response.status();
        let bytes = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
        let mut answer = Response::new(bytes.into());
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn note(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        self.note(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers with status {}", answer.status().as_u16())),
            Err(why) => Some(why.to_string()),
        });
        answer.map_err(Into::into)
    }
}
