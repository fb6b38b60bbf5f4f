//! A real Envoy: started on loopback, ended with the test that started it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::judge::envoy;

/// How long an Envoy may take to start.
const START: Duration = Duration::from_secs(20);

/// How many ports stay a process's own: the first, for as long as it runs, and so many of the last.
const FIRST: usize = 100;
const LAST: usize = 300;

/// What holds ports: Envoys listen with `SO_REUSEPORT`, so that two tests on one port would share its connections in silence.
static HELD: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// So many ports of the loopback on which nothing listens, and which no other test is given meanwhile: a socket of UDP holds each.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    let mut held = HELD.lock().unwrap();
    let mut ports = Vec::with_capacity(count);
    // As long as all are listened on, no port comes twice.
    let mut taken = Vec::new();
    while ports.len() < count {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        taken.push(listener);
        if let Ok(guard) = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)) {
            held.push(guard);
            ports.push(port);
        }
    }
    let surplus = held.len().saturating_sub(FIRST + LAST);
    if surplus > 0 {
        held.drain(FIRST..FIRST + surplus);
    }
    ports
}

/// A running Envoy.
pub(crate) struct Running {
    child: Child,
    admin: u16,
    folder: tempfile::TempDir,
}

impl Running {
    /// Starts an Envoy with a bootstrap, and waits until it is ready.
    pub(crate) fn start(bootstrap: &Value, why: &str) -> Self {
        let mut running = Self::launch(bootstrap);
        let start = Instant::now();
        while !running.ask("/ready").contains("LIVE") {
            let is_over = running.child.try_wait().unwrap().is_some();
            if is_over || start.elapsed() > START {
                let said = running.log();
                panic!("{why}: Envoy does not start:\n{said}\n{bootstrap:#}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        running
    }

    /// Starts an Envoy with a bootstrap, but for where its administration listens.
    pub(crate) fn launch(bootstrap: &Value) -> Self {
        let mut bootstrap = bootstrap.clone();
        let admin = free_ports(1)[0];
        bootstrap["admin"] = json!({"address": {"socket_address": {"address": "127.0.0.1", "port_value": admin}}});
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("envoy.json");
        std::fs::write(&file, bootstrap.to_string()).unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new(envoy().unwrap());
        command.arg("-c").arg(&file).args(["--disable-hot-restart", "--concurrency", "1", "-l", "warning"]);
        command.args(["--file-flush-interval-msec", "20", "--log-path"]).arg(&log);
        command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder.path());
        Self { child: command.spawn().unwrap(), admin, folder }
    }

    /// What it has said of itself.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// What its administration answers; empty where it does not.
    pub(crate) fn ask(&self, path: &str) -> String {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.admin));
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else { return String::new() };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let _ = write!(stream, "GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
