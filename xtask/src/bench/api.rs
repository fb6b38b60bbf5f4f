//! What the API costs: calls a second beside moto's, how soon it answers, and how much memory it holds when nobody asks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::table::Row;
use crate::console::say;
use crate::judges;

/// How long each load runs, in seconds, how often (the best counts), and over how many connections at a time.
const SECONDS: u32 = 2;
const ROUNDS: usize = 3;
const MANY: u32 = 8;

/// How often a start is tried; the best counts.
const STARTS: usize = 10;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

const NODE: &str = "/v20190125/meshes/shop/virtualNodes/orders";

const KEY: (&str, &str) = ("BENCH", "the secret of the bench");

/// Every row about the API; none where `wrk` is not installed.
pub(super) fn rows(root: &Path) -> Result<Vec<Row>> {
    if Command::new("wrk").arg("--version").output().is_err() {
        say("the API … is left out: install wrk (Debian, Ubuntu: apt-get install wrk)");
        return Ok(Vec::new());
    }
    say("the API, and moto …");
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let (start, memory) = start_and_memory()?;
    let moto = Server::moto(&judges::install_moto(root)?.with_file_name("moto_server"))?;
    let shop = root.join("corpus/shop/shop.yaml").display().to_string();
    let open = Server::ours(&["--load", &shop])?;
    let signing = Server::ours(&["--load", &shop, "--credentials", &keys(folder.path())?])?;
    let scope = "Authorization: AWS4-HMAC-SHA256 Credential=x/20261129/us-east-1/appmesh/aws4_request, \
                 SignedHeaders=host, Signature=0";
    let (size, signed) = (copy(&open, &moto, scope)?, signed(root, &signing)?);
    let what = |how: &str, connections: &str| format!("`DescribeVirtualNode`, calls a second, {how}{connections}");
    // One connection waits for the system to wake each side in turn, whoever answers: no server is faster than an echo.
    let one = Row::rate(&what("", "1 connection"), size, load(&open, &[], 1)?);
    let mut rows = vec![one.at_least("an echo of bare TCP", echo()?, 0.5)];
    let theirs = load(&moto, &[scope.to_owned()], MANY)?;
    let many = format!("{MANY} connections");
    rows.push(Row::rate(&what("", &many), size, load(&open, &[], MANY)?).at_least("moto", theirs, 50.0));
    rows.push(Row::rate(&what("signed, ", &many), size, load(&signing, &signed, MANY)?));
    rows.push(Row::new("`serve`, until it listens", &[], start).within_millis(50.0));
    rows.push(Row::memory("`serve`, resident when idle", &[], memory, 30.0));
    Ok(rows)
}

/// A server that ends with its value.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn ours(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(super::measure::meshwright()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--ads", "none", "--region", "us-east-1"]).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default();
        let server = Self { address: address.to_owned(), child };
        ensure!(!server.address.is_empty(), "serve says no address");
        Ok(server)
    }

    fn moto(program: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string()]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: command.spawn().context("moto_server")?, address: format!("127.0.0.1:{port}") };
        let start = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            ensure!(start.elapsed() < PATIENCE, "moto does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// A call: its status and its answer.
    fn ask(&self, method: &str, path: &str, headers: &[String], body: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let headers = headers.iter().fold(String::new(), |all, header| all + header + "\r\n");
        let length = body.len();
        let fixed = "connection: close\r\ncontent-type: application/json\r\n";
        let host = &self.address;
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{fixed}{headers}content-length: {length}\r\n\r\n");
        stream.write_all((head + body).as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer of HTTP")?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        Ok((status, body.to_owned()))
    }
}

/// Makes the node that is asked for in moto too; answers with the bytes of its description.
fn copy(ours: &Server, moto: &Server, scope: &str) -> Result<usize> {
    let described = ours.ask("GET", NODE, &[], "")?.1;
    let spec = &serde_json::from_str::<Value>(&described)?["spec"];
    for (path, body) in [
        ("/v20190125/meshes", json!({"meshName": "shop"})),
        ("/v20190125/meshes/shop/virtualNodes", json!({"virtualNodeName": "orders", "spec": spec})),
    ] {
        let (status, said) = moto.ask("PUT", path, &[scope.to_owned()], &body.to_string())?;
        ensure!(status == 200, "moto: {path}: {status} {said}");
    }
    Ok(described.len())
}

/// Calls a second, as wrk counts them; the best of some rounds.
fn load(server: &Server, headers: &[String], connections: u32) -> Result<f64> {
    let mut rates = (0..ROUNDS).map(|_| load_once(server, headers, connections));
    rates.try_fold(0.0, |best: f64, rate| Ok(best.max(rate?)))
}

fn load_once(server: &Server, headers: &[String], connections: u32) -> Result<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t1", &format!("-c{connections}"), &format!("-d{SECONDS}s")]);
    for header in headers {
        command.args(["-H", header]);
    }
    let output = command.arg(format!("http://{}{NODE}", server.address)).output().context("wrk")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = said.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).with_context(|| format!("wrk says no rate: {said}"))
}

/// How often a second 100 bytes go from one thread to another over the loopback, and back; the best of some rounds.
fn echo() -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let answers = std::thread::spawn(move || {
        let mut bytes = [0; 100];
        while server.read_exact(&mut bytes).is_ok() && server.write_all(&bytes).is_ok() {}
    });
    let (mut bytes, mut best) = ([0; 100], 0.0_f64);
    for _ in 0..ROUNDS {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_secs(SECONDS.into()) {
            client.write_all(&bytes)?;
            client.read_exact(&mut bytes)?;
            count += 1;
        }
        best = best.max(f64::from(count) / start.elapsed().as_secs_f64());
    }
    drop(client);
    answers.join().map_err(|_| anyhow!("the echo failed"))?;
    Ok(best)
}

/// The headers of a signed call, which the server takes for what they are.
fn signed(root: &Path, server: &Server) -> Result<Vec<String>> {
    let python = judges::install(root)?;
    let url = format!("http://{}{NODE}", server.address);
    let mut command = Command::new(python);
    command.arg(root.join("judges/signed_once.py")).args([&url, KEY.0, KEY.1]);
    let output = command.output().context("botocore")?;
    let headers: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let (status, said) = server.ask("GET", NODE, &headers, "")?;
    ensure!(status == 200, "a signed call gets {status} {said}");
    Ok(headers)
}

/// A file of access keys.
fn keys(folder: &Path) -> Result<String> {
    let path = folder.join("keys.toml");
    let allow = "allow = [{ actions = [\"*\"], resources = [\"*\"] }]";
    std::fs::write(&path, format!("[[key]]\nid = \"{}\"\nsecret = \"{}\"\nuser = \"bench\"\n{allow}\n", KEY.0, KEY.1))?;
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(path.display().to_string())
}

/// The best time until a server listens, and the memory that one holds then, in bytes.
fn start_and_memory() -> Result<(Duration, u64)> {
    let mut best = Duration::MAX;
    for _ in 0..STARTS {
        let start = Instant::now();
        let server = Server::ours(&[])?;
        best = best.min(start.elapsed());
        drop(server);
    }
    let server = Server::ours(&[])?;
    server.ask("GET", "/v20190125/meshes", &[], "")?;
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).context("memory needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS")?;
    Ok((best, kilobytes * 1024))
}
