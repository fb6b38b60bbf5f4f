//! A server with TLS, access keys, and a disk that does what its test says; and clients of the SDK for it.

use std::sync::{Arc, Condvar, Mutex};

use aws_sdk_appmesh::Client;
use aws_sdk_appmesh::config::retry::RetryConfig;
use aws_sdk_appmesh::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use meshwright_model::operation::Operation;
use meshwright_server::http::{Settings, serve};
use meshwright_server::{Answer, ApiError, Call, Credentials as Keys, Scope, Service, tls};
use meshwright_store::{Change, Contents, Error, Memory, Store, Watch};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const ACCOUNT: &str = "123456789012";

/// More calls than wait for a disk and are with it.
const TOO_MANY: usize = 1400;

const KEYS: &str = r#"
[[key]]
id = "ADMIN"
secret = "the secret of the admin"
user = "admin"
allow = [{ actions = ["*"], resources = ["*"] }]

[[key]]
id = "GUEST"
secret = "the secret of the guest"
user = "guest"
account = "210987654321"
shared = ["arn:aws:appmesh:*:123456789012:mesh/m"]
allow = [{ actions = ["*"], resources = ["*"] }]
"#;

/// What the disk does with a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    /// So many commits are lost, and then no more.
    Lost(usize),
    Panics,
    /// It lasts until the test says something else.
    Waits,
}

/// The handle of the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<(Mutex<Option<Fate>>, Condvar)>);

impl Disk {
    pub(crate) fn set(&self, fate: Fate) {
        *self.0.0.lock().unwrap() = Some(fate);
        self.0.1.notify_all();
    }

    /// The fate of one commit.
    fn next(&self) -> Fate {
        let fate = self.0.0.lock().unwrap();
        let mut fate = self.0.1.wait_while(fate, |fate| *fate == Some(Fate::Waits)).unwrap();
        let now = fate.unwrap_or(Fate::Kept);
        if let Fate::Lost(times) = now {
            *fate = times.checked_sub(1).map(Fate::Lost);
        }
        now
    }
}

struct Scripted {
    inner: Memory,
    disk: Disk,
}

impl Store for Scripted {
    fn load(&mut self) -> Result<Contents, Error> {
        self.inner.load()
    }

    fn revision(&mut self) -> Result<u64, Error> {
        self.inner.revision()
    }

    fn watch(&self) -> Watch {
        self.inner.watch()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        match self.disk.next() {
            Fate::Panics => panic!("the disk is a fiction"),
            Fate::Lost(times) if times > 0 => {
                Err(Error::Disk { file: "shop.db".to_owned(), why: "no space left on device".to_owned() })
            }
            _ => self.inner.commit(changes),
        }
    }
}

pub(crate) struct Server {
    endpoint: String,
    authority: String,
    service: Arc<Service>,
    pub(crate) disk: Disk,
}

impl Server {
    /// Starts within the runtime at hand, with quotas or without.
    pub(crate) async fn start(quotas: bool) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let mut settings = Settings::of("us-east-1", ACCOUNT);
        settings.credentials = Some(Keys::read(KEYS).unwrap());
        settings.tls =
            Some(tls::server_config(authority.as_bytes(), key.as_bytes(), tls::Clients::Anyone, "http/1.1").unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let disk = Disk::default();
        let store = Scripted { inner: Memory::default(), disk: disk.clone() };
        let service = Arc::new(Service::start(Box::new(store), quotas).unwrap());
        tokio::spawn(serve(listener, Arc::clone(&service), settings, std::future::pending()));
        Self { endpoint, authority, service, disk }
    }

    /// What a client is told: a key, where the server is and whom to trust, and how often to try.
    pub(crate) fn config(&self, key: &str, secret: &str, attempts: u32) -> Builder {
        let trust = TrustStore::empty().with_pem_certificate(self.authority.as_bytes());
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(TlsContext::builder().with_trust_store(trust).build().unwrap())
            .build_https();
        aws_sdk_appmesh::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new(key, secret, None, None, "test"))
            .endpoint_url(&self.endpoint)
            .http_client(http)
            .retry_config(RetryConfig::standard().with_max_attempts(attempts))
    }

    /// The client of who may do everything; it tries once.
    pub(crate) fn admin(&self) -> Client {
        Client::from_conf(self.config("ADMIN", "the secret of the admin", 1).build())
    }

    /// Likewise, of another account.
    pub(crate) fn guest(&self) -> Client {
        Client::from_conf(self.config("GUEST", "the secret of the guest", 1).build())
    }

    /// Holds the disk, and has more calls wait for it than may; answers with those.
    pub(crate) fn overwhelm(&self) -> Vec<JoinHandle<Result<Answer, ApiError>>> {
        self.disk.set(Fate::Waits);
        let call = |number| {
            let service = Arc::clone(&self.service);
            tokio::spawn(async move { service.answer(creation(&format!("waiting-{number}"))).await })
        };
        (0..TOO_MANY).map(call).collect()
    }
}

fn creation(name: &str) -> Call {
    let (operation, target) = Operation::find("PUT", "/v20190125/meshes").ok().unwrap();
    let body = serde_json::json!({"meshName": name}).to_string().into_bytes();
    Call { operation, target, query: Vec::new(), body, scope: Scope::of("eu-west-1", ACCOUNT), caller: None }
}
