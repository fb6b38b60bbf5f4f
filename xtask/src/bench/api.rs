//! What the API costs: calls a second beside moto's, how soon it answers, and how much memory it holds when nobody asks.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::server::Server;
use super::table::Row;
use crate::console::say;
use crate::judges;

/// How long each load runs, in seconds, how often (the best counts), and over how many connections at a time.
const SECONDS: u32 = 2;
const ROUNDS: usize = 3;
const MANY: u32 = 8;

/// How often a start is tried; the best counts.
const STARTS: usize = 10;

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
    let open = Server::ours(&["--load", &shop], "none")?;
    let signing = Server::ours(&["--load", &shop, "--credentials", &keys(folder.path())?], "none")?;
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
    let output = command.arg(format!("http://{}{NODE}", server.address())).output().context("wrk")?;
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
    let url = format!("http://{}{NODE}", server.address());
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
        let server = Server::ours(&[], "none")?;
        best = best.min(start.elapsed());
        drop(server);
    }
    let server = Server::ours(&[], "none")?;
    server.ask("GET", "/v20190125/meshes", &[], "")?;
    Ok((best, server.resident()?))
}
