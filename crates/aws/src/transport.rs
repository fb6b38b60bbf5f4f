//! One request over HTTP and its answer: bounded in time and size; and the same for whoever hands out credentials.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use rustls::CertificateError;
use ureq::http::{Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

use crate::error::Error;

/// The most of an answer that is read, in bytes: a page of a list and the largest specification have far fewer.
pub const MAX_ANSWER: usize = 16 << 20;

/// How the standard library opens what it says where a host has no address; the error's kind says nothing.
const NO_ADDRESS: &str = "failed to lookup address information";

/// What a call may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest that setting up a connection may take, TLS included.
    pub connect: Duration,
    /// The longest that one try may take, from the look-up of the host to the last byte of its answer.
    pub timeout: Duration,
    /// How often a call is tried; `None` as the environment and the profile say, else 3 times.
    pub attempts: Option<u32>,
    /// The longest first pause between two tries; each after it is up to twice as long, and no pause is over 20 s.
    pub pause: Duration,
}

impl Default for Limits {
    /// Source: botocore, `connect_timeout` and `read_timeout`: 60 s; connections that take longer than 10 s come to nothing here.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            attempts: None,
            pause: Duration::from_secs(1),
        }
    }
}

/// The authorities that the machine trusts.
pub(crate) const AUTHORITIES_OF_THE_MACHINE: RootCerts = RootCerts::PlatformVerifier;

/// The authorities in a file of PEM, which are trusted instead of the machine's.
///
/// Source: botocore, `ca_bundle` and `AWS_CA_BUNDLE`.
///
/// # Errors
/// There are none in it, or it cannot be read.
pub(crate) fn authorities_in(file: &str) -> Result<RootCerts, Error> {
    let refuse = |why: String| Error::Authorities { file: file.to_owned(), why };
    let text = std::fs::read(file).map_err(|why| refuse(why.to_string()))?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
        Ok(_) => None,
        Err(why) => Some(Err(why)),
    };
    let all: Result<Vec<_>, ureq::Error> = parse_pem(&text).filter_map(certificate).collect();
    let all = all.map_err(|why| refuse(why.to_string()))?;
    if all.is_empty() {
        return Err(refuse("it has no certificate in PEM".to_owned()));
    }
    Ok(RootCerts::from(all))
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Somebody is there who does not show to be the one.
    Untrusted(String),
    /// Nobody is there.
    Unreachable(String),
    /// It took too long.
    Late,
    /// It ended early, or is no HTTP.
    Garbled(String),
    /// It has too many bytes.
    TooLarge,
    /// A proxy is in the way.
    Proxy(String),
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header that names an error.
    pub(crate) error_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Transport {
    agent: Agent,
    /// For what only this machine reaches: no proxy could.
    direct: Agent,
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Transport")
    }
}

impl Transport {
    /// Nothing is sent yet. A host of this machine is reached without a proxy.
    pub(crate) fn new(limits: Limits, is_loopback: bool, trusted: &RootCerts) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(trusted.clone())
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = |proxy| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(proxy)
                .tls_config(tls.clone())
                .user_agent(concat!("meshwright/", env!("CARGO_PKG_VERSION")))
                .timeout_global(Some(limits.timeout))
                .timeout_connect(Some(limits.connect.min(limits.timeout)));
            Agent::from(config.build())
        };
        Self { agent: agent(if is_loopback { None } else { Proxy::try_from_env() }), direct: agent(None) }
    }

    /// Sends a request, and reads its answer.
    pub(crate) fn send(&self, request: Request<Vec<u8>>) -> Result<Reply, Broken> {
        let response = self.run(request).map_err(broken)?;
        let status = response.status().as_u16();
        let error_type = response.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok());
        let error_type = error_type.map(str::to_owned);
        Ok(Reply { status, error_type, body: read(response)? })
    }

    fn run(&self, request: Request<Vec<u8>>) -> Result<Response<Body>, ureq::Error> {
        let is_near = request.uri().host().is_some_and(is_near);
        let agent = if is_near { &self.direct } else { &self.agent };
        // Bytes, even none, would be said to be a body.
        if request.body().is_empty() { agent.run(request.map(|_| ())) } else { agent.run(request) }
    }
}

/// Whether a host hands out credentials to this machine alone: an address of the link, or of EC2 and EKS.
///
/// Source: AWS SDKs and Tools Reference Guide, IMDS and container credential providers.
fn is_near(host: &str) -> bool {
    host.starts_with("169.254.") || host.to_ascii_lowercase().starts_with("[fd00:ec2::")
}

/// Reads no more than the limit, and one byte to know.
fn read(response: Response<Body>) -> Result<Vec<u8>, Broken> {
    let mut bytes = Vec::new();
    let reader = response.into_body().into_reader();
    reader.take(MAX_ANSWER as u64 + 1).read_to_end(&mut bytes).map_err(|error| broken(error.into()))?;
    if bytes.len() > MAX_ANSWER { Err(Broken::TooLarge) } else { Ok(bytes) }
}

/// What it means that there is no answer.
fn broken(error: ureq::Error) -> Broken {
    match error {
        ureq::Error::Timeout(_) => Broken::Late,
        ureq::Error::HostNotFound => Broken::Unreachable("its host has no address".to_owned()),
        ureq::Error::InvalidProxyUrl => Broken::Proxy("it is no URL".to_owned()),
        ureq::Error::ConnectProxyFailed(why) => Broken::Proxy(why),
        ureq::Error::Rustls(why) => broken_tls(&why),
        ureq::Error::Tls(why) => Broken::Unreachable(why.to_owned()),
        ureq::Error::Io(error) => broken_by(&error),
        other => Broken::Garbled(other.to_string()),
    }
}

fn broken_by(error: &std::io::Error) -> Broken {
    if let Some(why) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return broken_tls(why);
    }
    let why = error.to_string();
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Broken::Late,
        ErrorKind::ConnectionRefused => Broken::Unreachable("the connection is refused".to_owned()),
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::AddrNotAvailable
        | ErrorKind::NetworkDown => Broken::Unreachable(why),
        _ if why.starts_with(NO_ADDRESS) => Broken::Unreachable("its host has no address".to_owned()),
        _ => Broken::Garbled(why),
    }
}

fn broken_tls(error: &rustls::Error) -> Broken {
    match error {
        rustls::Error::InvalidCertificate(why) => Broken::Untrusted(untrusted(why)),
        other => Broken::Unreachable(other.to_string()),
    }
}

/// Why a certificate is not trusted, and what to do.
fn untrusted(why: &CertificateError) -> String {
    match why {
        // Source: webpki; `openssl req -x509` makes such a certificate where it is not told otherwise.
        CertificateError::Other(_) if why.to_string().contains("CaUsedAsEndEntity") => {
            "it is an authority's (CA:TRUE) and not a server's; make the server another, signed by that authority, or by itself with \
             `openssl req -x509 … -addext basicConstraints=critical,CA:FALSE`"
                .to_owned()
        }
        CertificateError::UnknownIssuer => {
            "nobody who is trusted here has signed it; AWS_CA_BUNDLE, or `ca_bundle` of the profile, names a file with its authority".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("{why}; ask by a name that it is for, or give it this one as subjectAltName")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!("{why}; the server needs a new one"),
        _ => why.to_string(),
    }
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let own = self.clone();
        HttpConnectorFuture::new(async move {
            let user = |why| ConnectorError::user(why);
            let request = request.try_into_http1x().map_err(|why| user(why.into()))?;
            let request = request.map(|body| body.bytes().unwrap_or_default().to_vec());
            let sent = tokio::task::spawn_blocking(move || own.answer(request)).await;
            sent.map_err(|why| ConnectorError::other(why.into(), None))?
        })
    }
}

impl Transport {
    /// Answers whoever hands out credentials.
    fn answer(&self, request: Request<Vec<u8>>) -> Result<HttpResponse, ConnectorError> {
        let response = self.run(request).map_err(|error| match error {
            ureq::Error::Timeout(_) => ConnectorError::timeout(error.into()),
            error => ConnectorError::io(error.into()),
        })?;
        let (parts, body) = response.into_parts();
        let bytes = read(Response::new(body)).map_err(|_| ConnectorError::io("its answer ends early".into()))?;
        let response = Response::from_parts(parts, SdkBody::from(bytes));
        HttpResponse::try_from(response).map_err(|why| ConnectorError::other(why.into(), None))
    }
}

impl HttpClient for Transport {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
