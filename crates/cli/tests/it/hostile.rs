//! Whoever reaches the control plane's port and means ill, or does nothing: it costs little, and proxies go on.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream as Plain};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::grpc::{CLUSTERS, DISCOVER, ROUTES, asks, connect, run, send};
use crate::proxies::{Proxy, call, envoy, free_port, mesh, split, until};
use crate::serve::Server;

const WEB: &str = "mesh/shop/virtualGateway/web";

/// How much more memory than before a server may have after any of this.
const MAX_MORE: u64 = 64 << 20;

/// A server with a mesh, and a proxy that has it.
struct Shop {
    server: Server,
    ads: SocketAddr,
    folder: tempfile::TempDir,
    proxy: Proxy,
}

impl Shop {
    fn start(envoy: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ads = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let log = Stdio::from(std::fs::File::create(folder.path().join("log")).unwrap());
        let server = Server::start_saying(&["--ads", &ads.to_string()], log);
        mesh(&server, free_port());
        let proxy = Proxy::start(envoy, folder.path(), "web", &format!("http://{ads}"));
        let shop = Self { server, ads, folder, proxy };
        until("it has accepted everything", || shop.settled() == 1);
        shop
    }

    fn page(&self) -> Value {
        Server::ask(&self.server.address, "GET", "/meshwright/proxies", "").unwrap().1
    }

    fn connected(&self) -> usize {
        self.page()["proxies"].as_array().unwrap().len()
    }

    fn settled(&self) -> usize {
        let page = self.page();
        page["proxies"].as_array().unwrap().iter().filter(|own| own["isSettled"] == true).count()
    }

    fn set_weight(&self, weight: u32) {
        let spec = split(weight, 100 - weight);
        call(&self.server, "PUT", "/shop/virtualRouter/r/routes/split", &json!({"spec": spec}));
    }

    /// A change reaches the proxy, whoever else is there.
    #[track_caller]
    fn is_served(&self, weight: u32) {
        self.set_weight(weight);
        until("the change has reached the proxy", || has_weight(&self.proxy, weight));
    }

    /// The most memory that the server had so far, in bytes.
    fn memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}

fn has_weight(proxy: &Proxy, weight: u32) -> bool {
    proxy.ask("/config_dump").contains(&format!(r#""weight": {weight}"#))
}

#[test]
fn streams_that_are_never_read_cost_little() {
    let Some(envoy) = envoy() else { return };
    let shop = Shop::start(&envoy);
    let before = shop.memory();
    run(async {
        let mut kept = Vec::new();
        for _ in 0..200 {
            let mut client = connect(shop.ads, 16).await;
            let calls =
                [asks(WEB, CLUSTERS, &[]), asks(WEB, ROUTES, &["a"])].map(|own| send(&mut client, DISCOVER, own));
            kept.push((client, calls));
        }
        let start = Instant::now();
        while shop.connected() < 401 {
            assert!(start.elapsed() < Duration::from_secs(40), "all of them are heard");
            sleep(Duration::from_millis(10)).await;
        }
        for round in 0..100 {
            shop.set_weight(1 + round % 98);
            tokio::task::yield_now().await;
        }
        shop.is_served(99);
        drop(kept);
    });
    let more = shop.memory() - before;
    assert!(more < MAX_MORE, "{more} bytes more");
    until("they are gone", || shop.connected() == 1);
}

#[test]
fn a_flood_harms_nobody_and_is_told() {
    let Some(envoy) = envoy() else { return };
    let shop = Shop::start(&envoy);
    let before = shop.memory();
    let long = "x".repeat(100_000);
    let ids = ["", "orders", "mesh/shop", "mesh/shop/virtualRouter/r", "mesh/\u{1b}[2J/x", &long];
    run(async {
        for round in 0..300 {
            for id in ids {
                let mut client = connect(shop.ads, 1 << 16).await;
                let (response, _stream) = send(&mut client, DISCOVER, asks(id, CLUSTERS, &[]));
                let mut answer = response.await.unwrap().into_body();
                assert!(answer.data().await.is_none(), "it is told nothing but that it is refused");
            }
            // One that is known and one that is not there: they ask, and are gone at once.
            for id in [WEB, "mesh/\u{1b}[2J/virtualNode/\u{202e}"] {
                let mut client = connect(shop.ads, 1 << 16).await;
                let (response, stream) = send(&mut client, DISCOVER, asks(id, CLUSTERS, &[]));
                if round % 2 == 0 {
                    response.await.unwrap();
                }
                drop(stream);
            }
        }
        // A message that would be longer than anybody sends.
        let mut client = connect(shop.ads, 1 << 16).await;
        let (response, _stream) = send(&mut client, DISCOVER, Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff, 1]));
        let _ = tokio::time::timeout(Duration::from_secs(1), response).await;
    });
    for garbage in
        [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff", b"\x16\x03\x01"]
    {
        for _ in 0..300 {
            let _ = Plain::connect(shop.ads).unwrap().write_all(garbage);
        }
    }
    // One that keeps its connections, and says nothing.
    let silent: Vec<Plain> = (0..500).map(|_| Plain::connect(shop.ads).unwrap()).collect();
    shop.is_served(17);
    until("the others are gone", || shop.connected() == 1);
    assert_eq!(shop.settled(), 1);
    let more = shop.memory() - before;
    assert!(more < MAX_MORE, "{more} bytes more");
    let page = shop.page();
    let refused = page["refused"].as_array().unwrap();
    let of = |id: &str| refused.iter().find(|own| own["id"] == id).unwrap_or_else(|| panic!("{id}: {page}"));
    for id in &ids[..5] {
        assert_eq!(of(id)["count"], 300, "{id}: {page}");
    }
    let said = std::fs::read_to_string(shop.folder.path().join("log")).unwrap();
    assert!(said.contains("refused a proxy from 127.0.0.1") && said.len() < 20_000, "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said}");
    drop(silent);
}

#[test]
fn proxies_of_one_identity_are_each_served() {
    let Some(envoy) = envoy() else { return };
    let shop = Shop::start(&envoy);
    let folder = tempfile::tempdir().unwrap();
    let twin = Proxy::start(&envoy, folder.path(), "web", &format!("http://{}", shop.ads));
    until("both have accepted everything", || shop.settled() == 2);
    shop.is_served(21);
    until("the change has reached the other too", || has_weight(&twin, 21));
    drop(twin);
    until("one is left", || shop.connected() == 1);
    shop.is_served(22);
}

#[test]
fn a_proxy_that_hangs_is_let_go_and_taken_back() {
    let Some(envoy) = envoy() else { return };
    let shop = Shop::start(&envoy);
    let id = Pid::from_raw(i32::try_from(shop.proxy.id()).unwrap()).unwrap();
    kill_process(id, Signal::STOP).unwrap();
    until("it is no longer counted", || shop.connected() == 0);
    shop.set_weight(33);
    kill_process(id, Signal::CONT).unwrap();
    until("it has what has changed meanwhile", || has_weight(&shop.proxy, 33));
    until("it is back", || shop.settled() == 1);
}
