//! A real Envoy: started on loopback, ended with the test that started it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::judge::envoy;

/// How long an Envoy may take to start.
const START: Duration = Duration::from_secs(20);

/// So many ports of the loopback on which nothing listens.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    let taken: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    taken.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
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
        command.stdout(Stdio::null()).stderr(Stdio::null());
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
