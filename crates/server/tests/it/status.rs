//! Health, readiness and measurements: who may ask, and what is said when the store fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use meshwright_server::http::Settings;
use meshwright_server::{ControlPlane, Credentials, EndpointId, Exposition, Registration};
use meshwright_store::{Change, Contents, Error, Memory, Store, Watch};
use serde_json::{Value, json};

use crate::http::Server;

/// A store whose disk fails while it is told to.
struct Failing {
    inner: Memory,
    fails: Arc<AtomicBool>,
}

impl Failing {
    fn check(&self) -> Result<(), Error> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Error::Disk { file: "shop.db".to_owned(), why: "no such device".to_owned() });
        }
        Ok(())
    }
}

impl Store for Failing {
    fn load(&mut self) -> Result<Contents, Error> {
        self.check()?;
        self.inner.load()
    }

    fn revision(&mut self) -> Result<u64, Error> {
        self.check()?;
        self.inner.revision()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        self.check()?;
        self.inner.commit(changes)
    }

    fn watch(&self) -> Watch {
        self.inner.watch()
    }
}

/// A control plane that has followed up to the first revision, or has ended.
#[derive(Debug)]
struct Behind {
    has_ended: bool,
}

impl ControlPlane for Behind {
    fn proxies(&self) -> Value {
        json!({"followedRevision": 1, "proxies": []})
    }

    fn revision(&self) -> Option<u64> {
        (!self.has_ended).then_some(1)
    }

    fn register(&self, _: &EndpointId, _: Registration) -> Result<Value, String> {
        Err("full".to_owned())
    }

    fn deregister(&self, _: &EndpointId) -> bool {
        false
    }

    fn endpoints(&self, _: &str, _: &str) -> Vec<Value> {
        Vec::new()
    }

    fn measure(&self, text: &mut Exposition) {
        text.single("behind", meshwright_server::Measure::Gauge, "Nothing.", 1);
    }
}

fn sample(server: &Server, name: &str) -> u64 {
    let text = server.send(b"GET /meshwright/metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(text.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{text}");
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap_or_default();
    value.parse().unwrap_or_else(|_| panic!("{name}: {text}"))
}

#[test]
fn a_server_is_ready_as_long_as_its_store_answers() {
    let fails = Arc::new(AtomicBool::new(false));
    let server = Server::over(Box::new(Failing { inner: Memory::default(), fails: Arc::clone(&fails) }), false);
    let create =
        |name: &str| server.ask("PUT", "/v20190125/meshes", json!({"meshName": name}).to_string().as_bytes()).0;
    let ready = || server.ask("GET", "/meshwright/ready", b"");
    assert_eq!((create("a"), ready().0), (200, 200));
    fails.store(true, Ordering::Relaxed);
    assert_eq!(create("b"), 503);
    let (status, _, said) = ready();
    let why = "the change cannot be kept: shop.db: no such device";
    assert_eq!((status, said["reason"].as_str()), (503, Some(why)), "{said}");
    assert_eq!(server.ask("GET", "/meshwright/health", b"").0, 200, "the process answers all the same");
    fails.store(false, Ordering::Relaxed);
    assert_eq!((ready().0, create("b")), (200, 200));
    assert_eq!(sample(&server, "meshwright_store_revision"), 2);
    assert_eq!(sample(&server, "meshwright_store_commits_total"), 2);
    assert_eq!(sample(&server, "meshwright_store_failed_commits_total"), 1);
    for (status, count) in [("2xx", 2), ("4xx", 0), ("5xx", 1)] {
        let name = format!("meshwright_api_calls_total{{operation=\"CreateMesh\",status=\"{status}\"}}");
        assert_eq!(sample(&server, &name), count, "{name}");
    }
    assert_eq!(sample(&server, "meshwright_api_call_duration_seconds_count{access=\"write\"}"), 3);
}

#[test]
fn a_server_is_ready_as_long_as_its_control_plane_follows() {
    let with = |has_ended| {
        let mut settings = Settings::of("us-east-1", "123456789012");
        settings.proxies = Some(Arc::new(Behind { has_ended }));
        Server::with(settings)
    };
    let (server, create) = (with(false), |name| json!({"meshName": name}).to_string());
    assert_eq!(server.ask("PUT", "/v20190125/meshes", create("a").as_bytes()).0, 200);
    assert_eq!(server.ask("GET", "/meshwright/ready", b"").0, 200);
    assert_eq!(server.ask("PUT", "/v20190125/meshes", create("b").as_bytes()).0, 200);
    let (status, _, said) = server.ask("GET", "/meshwright/ready", b"");
    assert_eq!((status, said["reason"].as_str()), (503, Some("the control plane has been behind the store for 1 s")));
    let (_, _, proxies) = server.ask("GET", "/meshwright/proxies", b"");
    assert_eq!((&proxies["revision"], &proxies["followedRevision"]), (&json!(2), &json!(1)));
    assert_eq!(sample(&server, "behind"), 1);
    let (status, _, said) = with(true).ask("GET", "/meshwright/ready", b"");
    assert_eq!((status, said["reason"].as_str()), (503, Some("the control plane has ended")));
}

#[test]
fn nobody_needs_credentials_for_them_on_the_loopback() {
    let mut settings = Settings::of("us-east-1", "123456789012");
    let keys = "[[key]]\nid = \"A\"\nsecret = \"at least 16 characters\"\nuser = \"a\"\n\
                allow = [{ actions = [\"appmesh:GetMetrics\"], resources = [\"*\"] }]\n";
    settings.credentials = Some(Credentials::read(keys).unwrap());
    let server = Server::with(settings);
    for path in ["/meshwright/health", "/meshwright/ready", "/meshwright/metrics"] {
        assert_eq!(server.ask("GET", path, b"").0, 200, "{path}");
    }
    let (status, exception, _) = server.ask("GET", "/meshwright/proxies", b"");
    assert_eq!((status, exception.as_str()), (403, "MissingAuthenticationTokenException"));
    for path in ["/meshwright/health", "/meshwright/ready", "/meshwright/metrics"] {
        assert!([403, 404, 405].contains(&server.ask("PUT", path, b"").0), "{path}");
    }
    // A page of another site may not read what is counted either.
    let foreign = b"GET /meshwright/metrics HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert!(server.send(foreign).starts_with("HTTP/1.1 403 "));
}
