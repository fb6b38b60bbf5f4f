//! Two gateways and eighteen nodes, each behind a real Envoy: nine services of two nodes, in three rows that call each other, some of
//! them in TLS or mutual TLS.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use meshwright_ads::meshes::Change;
use meshwright_ads::{Control, Hub, Listener, Local, MeshId, Proxies, Registry};
use meshwright_model::api::{Call, MeshApi};
use meshwright_model::operation::{Operation, Target};
use meshwright_model::{Inventory, Resource};
use meshwright_server::{InProcess, News, Scope, Service, Told};
use meshwright_store::Memory;
use meshwright_up::envoys::{ADMIN_PORT, Launch};
use meshwright_up::{Authority, Caller, Cast, Envoys, Owner};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::*;

const MESH: &str = "fleet";

/// The Envoy that `cargo xtask test` installs; `None`, with a word about it, where there is none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn envoy() -> Option<PathBuf> {
    let envoy = std::env::var_os("MESHWRIGHT_JUDGES_ENVOY").map(PathBuf::from);
    if envoy.is_none() {
        let has_one = cfg!(target_env = "gnu");
        assert!(!has_one || std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        eprintln!("skipped: no Envoy is installed; cargo xtask test installs one and sets MESHWRIGHT_JUDGES_ENVOY");
    }
    envoy
}

/// A part of the loopback that no other run of these tests has.
fn block() -> u8 {
    u8::try_from(128 + std::process::id() % 100).unwrap()
}

/// A node of a service, with the services that it calls; those of the middle row speak TLS, of the last mutual TLS.
pub(crate) fn node(service: &str, backends: &[&str], health_interval: Option<u64>) -> Value {
    let row = row(service);
    let pair = json!({"file": {"certificateChain": "/keys/chain.pem", "privateKey": "/keys/key.pem"}});
    let trust = json!({"trust": {"file": {"certificateChain": "/keys/ca.pem"}}});
    let mut listener = json!({"portMapping": {"port": 8080, "protocol": "http"}});
    if row > 0 {
        listener["tls"] = json!({"mode": "STRICT", "certificate": pair});
    }
    if row == 2 {
        listener["tls"]["validation"] = trust.clone();
    }
    if let Some(interval) = health_interval {
        listener["healthCheck"] = json!({
            "protocol": "http", "path": "/", "intervalMillis": interval, "timeoutMillis": 2000,
            "healthyThreshold": 2, "unhealthyThreshold": 3
        });
    }
    let tls = json!({"clientPolicy": {"tls": {"validation": trust, "certificate": pair}}});
    let backends: Vec<Value> = backends
        .iter()
        .map(|name| json!({"virtualService": {"virtualServiceName": format!("{name}.fleet.local"), "clientPolicy": tls["clientPolicy"]}}))
        .collect();
    json!({
        "listeners": [listener],
        "serviceDiscovery": {"dns": {"hostname": format!("{service}.fleet.local")}},
        "backends": backends
    })
}

fn row(service: &str) -> u8 {
    service[1..].parse::<u8>().unwrap() / 3
}

/// A route over nodes of a service, with weights.
pub(crate) fn route(service: &str, weights: &[(&str, u32)]) -> Value {
    let targets: Vec<Value> = weights
        .iter()
        .map(|(node, weight)| json!({"virtualNode": format!("{service}-{node}"), "weight": weight}))
        .collect();
    json!({"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets": targets}}})
}

pub(crate) struct Fleet {
    cast: Cast,
    caller: Caller,
    service: Arc<Service>,
    local: Local,
    proxies: Proxies,
    runtime: Runtime,
    control_plane: Option<Runtime>,
    hub: Option<Hub>,
    mesh: MeshId,
    folder: tempfile::TempDir,
}

impl Fleet {
    pub(crate) fn start(envoy: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        std::fs::create_dir(&files).unwrap();
        let local = Local::in_loopback(block(), files.to_str().unwrap());
        let launch = Launch {
            program: envoy.to_owned(),
            // What ends Envoys with a run that is killed is tested with the program itself.
            own: None,
            owner: Owner::default(),
            folder: folder.path().to_owned(),
            control_plane: format!("unix://{}", folder.path().join("xds.sock").display()),
            region: "us-east-1".to_owned(),
        };
        let envoys = Envoys::new(launch, Box::new(|_| ())).unwrap();
        let mesh = MeshId { region: "us-east-1".to_owned(), owner: "123456789012".to_owned(), name: MESH.to_owned() };
        let caller = Caller::default();
        let authority = Authority::new(&files, Owner::default()).unwrap();
        let cast = Cast::new(mesh.clone(), local.clone(), authority, Some(envoys), caller.clone());
        let service = Arc::new(Service::start(Box::new(Memory::default()), false).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let proxies = Proxies::default();
        let mut fleet =
            Self { cast, caller, service, local, proxies, runtime, control_plane: None, hub: None, mesh, folder };
        fleet.furnish();
        fleet.start_control_plane();
        fleet.follow();
        fleet
    }

    fn furnish(&self) {
        self.create(Kind::Mesh, MESH, &json!({}));
        for number in 0..9 {
            let service = format!("s{number}");
            let below = format!("s{}", number + 3);
            let backends: &[&str] = if number < 6 { &[&below] } else { &[] };
            for half in ["a", "b"] {
                self.create(Kind::VirtualNode, &format!("{service}-{half}"), &node(&service, backends, Some(5000)));
            }
            let listener = json!({"listeners": [{"portMapping": {"port": 8080, "protocol": "http"}}]});
            self.create(Kind::VirtualRouter, &service, &listener);
            self.make(Kind::Route, Some(&service), "all", &route(&service, &[("a", 50), ("b", 50)]));
            let provider = json!({"provider": {"virtualRouter": {"virtualRouterName": service}}});
            self.create(Kind::VirtualService, &format!("{service}.fleet.local"), &provider);
        }
        let pair = json!({"file": {"certificateChain": "/keys/chain.pem", "privateKey": "/keys/key.pem"}});
        for (name, tls) in [("open", None), ("closed", Some(json!({"mode": "STRICT", "certificate": pair})))] {
            let mut listener = json!({"portMapping": {"port": 8080, "protocol": "http"}});
            listener["tls"] = tls.unwrap_or_default();
            if listener["tls"].is_null() {
                listener.as_object_mut().unwrap().remove("tls");
            }
            self.create(Kind::VirtualGateway, name, &json!({"listeners": [listener]}));
            for number in 0..3 {
                let target = json!({"virtualService": {"virtualServiceName": format!("s{number}.fleet.local")}});
                let spec =
                    json!({"httpRoute": {"match": {"prefix": format!("/s{number}/")}, "action": {"target": target}}});
                self.make(Kind::GatewayRoute, Some(name), &format!("s{number}"), &spec);
            }
        }
    }

    /// How many proxies there are.
    pub(crate) fn size(&self) -> usize {
        self.cast.parts().count()
    }

    pub(crate) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    pub(crate) fn create(&self, kind: Kind, name: &str, spec: &Value) {
        self.make(kind, None, name, spec);
    }

    pub(crate) fn make(&self, kind: Kind, parent: Option<&str>, name: &str, spec: &Value) {
        let mesh = if kind == Kind::Mesh { String::new() } else { MESH.to_owned() };
        let target = Target { mesh, parent: parent.map(str::to_owned), name: None };
        let call = Call::new(Operation::Create(kind), target).with_member(kind.name_field(), name);
        self.call(&call.with_member("spec", spec.clone()));
    }

    pub(crate) fn update(&self, kind: Kind, parent: Option<&str>, name: &str, spec: &Value) {
        let target = Target { mesh: MESH.to_owned(), parent: parent.map(str::to_owned), name: Some(name.to_owned()) };
        self.call(&Call::new(Operation::Update(kind), target).with_member("spec", spec.clone()));
    }

    pub(crate) fn delete(&self, kind: Kind, name: &str) {
        let target = Target { mesh: MESH.to_owned(), parent: None, name: Some(name.to_owned()) };
        self.call(&Call::new(Operation::Delete(kind), target));
    }

    fn call(&self, call: &Call) {
        let api = InProcess::new(Arc::clone(&self.service), Scope::of(&self.mesh.region, &self.mesh.owner));
        api.call(call).unwrap_or_else(|why| panic!("{call:?}: {why}"));
    }

    /// Gives those who are new a proxy, and takes it from those who are gone.
    pub(crate) fn follow(&mut self) {
        let Some(Told::Everything(all)) = self.service.follow().next() else { panic!("nothing is told") };
        let resources: Vec<Resource> = all.into_iter().filter_map(|news| news.resource).map(|own| *own).collect();
        let inventory = Inventory { resources, ..Inventory::default() };
        let _guard = self.runtime.enter();
        let faults = self.cast.update(&inventory).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
    }

    /// Waits until every proxy has accepted all, and a moment more, in which what nothing uses goes.
    #[track_caller]
    pub(crate) fn settle(&self, what: &str) {
        let start = Instant::now();
        loop {
            let has_followed = self.hub.as_ref().unwrap().revision() >= self.service.revision();
            let all = self.proxies.all();
            let open: Vec<String> = all.iter().filter(|own| !own.is_settled).map(|own| format!("{own:?}")).collect();
            if has_followed && open.is_empty() && all.len() == self.size() {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "{what}: {} of {}: {open:?}", all.len(), self.size());
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(1200));
    }

    /// Waits until a proxy refuses something.
    #[track_caller]
    pub(crate) fn refuses(&self, name: &str) {
        let start = Instant::now();
        let rejects = || {
            let all = self.proxies.all();
            let refusing = all.iter().filter(|own| own.kinds.iter().any(|status| status.rejection.is_some()));
            refusing.map(|own| own.profile.name.clone()).collect::<Vec<String>>()
        };
        while rejects() != [name] {
            assert!(start.elapsed() < PATIENCE, "{:?} refuse", rejects());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn start_control_plane(&mut self) {
        let hub = Hub::start(Some(self.local.clone()), None).unwrap();
        let mut follower = self.service.follow();
        if let Some(told) = follower.next() {
            hub.change(changes(told), follower.revision());
        }
        let following = hub.clone();
        std::thread::spawn(move || {
            while let Some(told) = follower.next() {
                following.change(changes(told), follower.revision());
            }
        });
        self.hub = Some(hub.clone());
        self.proxies = Proxies::default();
        let registry = Registry::start(hub.look()).unwrap();
        let control = Control {
            hub,
            proxies: self.proxies.clone(),
            registry,
            region: self.mesh.region.clone(),
            account: self.mesh.owner.clone(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = {
            let _guard = runtime.enter();
            Listener::unix(&self.folder.path().join("xds.sock")).unwrap()
        };
        runtime.spawn(meshwright_ads::serve(listener, control, std::future::pending()));
        self.control_plane = Some(runtime);
    }

    /// Ends it as a crash would: connections break off.
    pub(crate) fn end_control_plane(&mut self) {
        self.hub = None;
        self.control_plane.take().unwrap().shutdown_timeout(Duration::from_secs(5));
    }

    /// How often each proxy was sent clusters, listeners and routes and took them.
    pub(crate) fn updates(&self) -> BTreeMap<IpAddr, Vec<String>> {
        let counted = |(_, home, _): (_, &meshwright_ads::Home, _)| {
            let address = home.addresses.ingress;
            let filter = "(cds|lds|rds.*).update_success$";
            let text = get(address, ADMIN_PORT, &format!("/stats?filter={filter}"), "accept: */*");
            let lines = text.lines().filter(|line| line.contains("update_success: "));
            let counters: Vec<String> = lines.map(str::to_owned).collect();
            assert!(counters.len() > 2, "{text}");
            (address, counters)
        };
        self.cast.parts().map(counted).collect()
    }

    /// Which node answers a request through the gateway that speaks no TLS.
    pub(crate) fn answers(&self, path: &str, header: &str) -> String {
        let gateway = self.cast.address_of(Kind::VirtualGateway, "open").unwrap();
        let answer = get(gateway, 8080, path, header);
        let node = answer.lines().find_map(|line| line.strip_prefix("x-meshwright-node: "));
        node.unwrap_or_else(|| panic!("{answer}")).trim().to_owned()
    }
}

fn get(address: IpAddr, port: u16, path: &str, header: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect((address, port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: fleet\r\n{header}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn changes(told: Told) -> Vec<Change> {
    let change = |news: News| {
        let News { region, owner, mesh, kind, parent, name, resource } = news;
        let mesh = MeshId { region, owner, name: mesh };
        match resource {
            Some(resource) => Change::Put(mesh, resource),
            None => Change::Remove(mesh, (kind, parent, name)),
        }
    };
    match told {
        Told::Changes(news) => news.into_iter().map(change).collect(),
        Told::Everything(news) => std::iter::once(Change::Clear).chain(news.into_iter().map(change)).collect(),
    }
}
