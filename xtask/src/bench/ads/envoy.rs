//! How soon a real Envoy does as the API was told.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{PATIENCE, Plane};
use crate::bench::measure::meshwright;
use crate::bench::table::Row;
use crate::console::say;
use crate::judges;

/// How many changes are measured, and how long nothing happens between them.
const CHANGES: usize = 60;
const PAUSE: Duration = Duration::from_millis(50);

/// The nodes, each on an address of its own.
const NODES: [(&str, Ipv4Addr); 2] = [("v1", Ipv4Addr::LOCALHOST), ("v2", Ipv4Addr::new(127, 0, 0, 2))];

/// The row about a real Envoy; none where there is none for this machine.
pub(super) fn rows(root: &Path, folder: &Path) -> Result<Vec<Row>> {
    let Some(envoy) = judges::envoy(&judges::install(root)?) else {
        say("a real Envoy … is left out: there is none for this machine");
        return Ok(Vec::new());
    };
    say("a real Envoy …");
    let port = serve_nodes()?;
    let plane = Plane::start(folder, &[])?;
    let gateway = mesh(&plane, port)?;
    let _proxy = Proxy::start(&envoy, folder, &plane)?;
    let mut client = Client::connect(gateway)?;
    let mut times = Vec::new();
    for number in 0..CHANGES {
        let to = 1 - number % 2;
        let start = Instant::now();
        plane.call("PUT", "/shop/virtualRouter/r/routes/split", &json!({"spec": all_to(to)}).to_string())?;
        while client.ask()? != to {
            ensure!(start.elapsed() < PATIENCE, "Envoy does not follow");
        }
        times.push(start.elapsed());
        std::thread::sleep(PAUSE);
    }
    times.sort_unstable();
    let row = |what: &str, percent| Row::new(what, &[], times[(times.len() - 1) * percent / 100]);
    Ok(vec![
        row("`UpdateRoute`, until requests through a real Envoy go elsewhere, median", 50).within_millis(5.0),
        row("the same, 99th percentile", 99),
    ])
}

/// Serves each node, on a port that is free on all of their addresses: each answers with its number.
fn serve_nodes() -> Result<u16> {
    let first = TcpListener::bind((NODES[0].1, 0))?;
    let port = first.local_addr()?.port();
    let second = TcpListener::bind((NODES[1].1, port))?;
    for (number, listener) in [first, second].into_iter().enumerate() {
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || answer(stream, number));
            }
        });
    }
    Ok(port)
}

/// Answers every request of a connection.
fn answer(mut stream: TcpStream, number: usize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let read = stream.read(&mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&bytes[..read]);
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{number}")?;
        }
    }
}

/// Makes a gateway before a router before both nodes; where the gateway listens.
fn mesh(plane: &Plane, port: u16) -> Result<SocketAddr> {
    let gateway = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let listeners = |port: u16| json!([{"portMapping": {"port": port, "protocol": "http"}}]);
    let put = |path: &str, body: Value| plane.call("PUT", path, &body.to_string());
    put("", json!({"meshName": "shop"}))?;
    for (name, address) in NODES {
        let discovery = json!({"dns": {"hostname": address.to_string()}});
        let spec = json!({"listeners": listeners(port), "serviceDiscovery": discovery});
        put("/shop/virtualNodes", json!({"virtualNodeName": name, "spec": spec}))?;
    }
    put("/shop/virtualRouters", json!({"virtualRouterName": "r", "spec": {"listeners": listeners(port)}}))?;
    put("/shop/virtualRouter/r/routes", json!({"routeName": "split", "spec": all_to(0)}))?;
    let provider = json!({"provider": {"virtualRouter": {"virtualRouterName": "r"}}});
    put("/shop/virtualServices", json!({"virtualServiceName": "orders.local", "spec": provider}))?;
    let own = json!({"virtualGatewayName": "web", "spec": {"listeners": listeners(gateway.port())}});
    put("/shop/virtualGateways", own)?;
    let target = json!({"virtualService": {"virtualServiceName": "orders.local"}});
    let spec = json!({"httpRoute": {"match": {"prefix": "/"}, "action": {"target": target}}});
    put("/shop/virtualGateway/web/gatewayRoutes", json!({"gatewayRouteName": "all", "spec": spec}))?;
    Ok(gateway)
}

/// A route that sends everything to one of the nodes.
fn all_to(node: usize) -> Value {
    let target = |(number, (name, _)): (usize, &(&str, Ipv4Addr))| json!({"virtualNode": name, "weight": if number == node { 100 } else { 0 }});
    let targets: Vec<Value> = NODES.iter().enumerate().map(target).collect();
    json!({"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets": targets}}})
}

/// An Envoy that ends with its value.
struct Proxy(Child);

impl Proxy {
    fn start(envoy: &Path, folder: &Path, plane: &Plane) -> Result<Self> {
        let xds = format!("unix://{}", plane.socket.display());
        let mut bootstrap = Command::new(meshwright()?);
        bootstrap.args(["bootstrap", "mesh/shop/virtualGateway/web", "--xds", &xds, "--env", "ENVOY_ADMIN_MODE=tcp"]);
        let output = bootstrap.output()?;
        ensure!(output.status.success(), "bootstrap: {}", String::from_utf8_lossy(&output.stderr));
        let mut bootstrap: Value = serde_json::from_slice(&output.stdout)?;
        bootstrap["admin"] = json!({"address": {"pipe": {"path": folder.join("admin.sock")}}});
        let file = folder.join("envoy.json");
        std::fs::write(&file, bootstrap.to_string())?;
        let mut command = Command::new(envoy);
        command.arg("-c").arg(&file).args(["--disable-hot-restart", "--concurrency", "1", "-l", "off"]);
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.spawn().context("Envoy")?))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A connection to the gateway.
struct Client(TcpStream);

impl Client {
    /// Connects, once the gateway answers.
    fn connect(gateway: SocketAddr) -> Result<Self> {
        let start = Instant::now();
        loop {
            if let Ok(stream) = TcpStream::connect(gateway) {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                let mut client = Self(stream);
                if client.ask().is_ok() {
                    return Ok(client);
                }
            }
            ensure!(start.elapsed() < PATIENCE, "Envoy does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The number of the node that answers.
    fn ask(&mut self) -> Result<usize> {
        self.0.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\n\r\n")?;
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        loop {
            let read = self.0.read(&mut bytes)?;
            ensure!(read > 0, "Envoy ends the connection");
            answer.extend_from_slice(&bytes[..read]);
            let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
            if let Some(number) = answer.get(head + 4) {
                return Ok(usize::from(number.wrapping_sub(b'0')));
            }
        }
    }
}
