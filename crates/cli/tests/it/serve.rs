//! `serve` on the command line: where it listens, what it keeps, and what is left when it is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// How often the server is killed.
const KILLS: usize = 20;

/// How many clients write at a time.
const CLIENTS: usize = 3;

/// A server of its own, which is killed at the end.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_saying(arguments, Stdio::null())
    }

    /// With its standard error somewhere.
    pub(crate) fn start_saying(arguments: &[&str], errors: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--ads", "none"]).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_once("://").and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default();
        Self { address: address.to_owned(), child }
    }

    /// A call: its status and body; `None` where the server does not answer.
    pub(crate) fn ask(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(mut self) {
        // On Unix that is SIGKILL.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Creates meshes until the server is gone; answers with the names that it has acknowledged.
fn write(address: &str, prefix: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        match Server::ask(address, "PUT", "/v20190125/meshes", &json!({"meshName": name}).to_string()) {
            Some((200, _)) => acknowledged.push(name),
            _ => break,
        }
    }
    acknowledged
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("state");
    let store = store.to_str().unwrap();
    let kills = std::env::var("MESHWRIGHT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut all = 0;
    for round in 0..kills {
        let server = Server::start(&["--store", store]);
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let writers: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (address, acknowledged) = (server.address.clone(), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    let own = write(&address, &format!("r{round}-{client}"));
                    acknowledged.lock().unwrap().extend(own);
                })
            })
            .collect();
        // Another moment each time.
        std::thread::sleep(Duration::from_millis(30 + u64::try_from(round * 37 % 90).unwrap()));
        server.kill();
        for writer in writers {
            writer.join().unwrap();
        }
        let acknowledged = acknowledged.lock().unwrap().clone();
        let server = Server::start(&["--store", store]);
        for name in &acknowledged {
            let found = Server::ask(&server.address, "GET", &format!("/v20190125/meshes/{name}"), "");
            let (status, mesh) = found.unwrap();
            assert_eq!((status, mesh["metadata"]["version"].as_u64()), (200, Some(1)), "round {round}: {name}: {mesh}");
        }
        all += acknowledged.len();
    }
    assert!(all > kills, "only {all} writes were acknowledged");
}

#[test]
fn files_are_loaded_once_and_the_store_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("state");
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/shop/shop.yaml");
    let arguments = ["--store", store.to_str().unwrap(), "--load", shop.to_str().unwrap()];
    let first = Server::start(&arguments);
    let describe = |server: &Server| {
        Server::ask(&server.address, "GET", "/v20190125/meshes/shop/virtualNodes/orders", "").unwrap()
    };
    let (status, node) = describe(&first);
    assert_eq!((status, &node["virtualNodeName"]), (200, &json!("orders")));
    first.kill();
    assert_eq!(describe(&Server::start(&arguments)), (200, node.clone()), "nothing is made anew");
    assert_eq!(describe(&Server::start(&arguments[..2])), (200, node));
}

#[test]
fn with_access_keys_nobody_else_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.toml");
    std::fs::write(&keys, "[[key]]\nid = \"A\"\nsecret = \"sixteen characters\"\nuser = \"ann\"\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let server = Server::start(&["--credentials", keys.to_str().unwrap()]);
    let (status, answer) = Server::ask(&server.address, "GET", "/v20190125/meshes", "").unwrap();
    assert_eq!(status, 403);
    assert!(answer["message"].as_str().unwrap().starts_with("Missing Authentication Token"), "{answer}");
}

#[test]
fn values_of_parameters_come_from_options_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("mesh.yaml");
    let text = "Parameters: {Name: {Type: String}}\nResources:\n  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !Ref Name}}\n";
    std::fs::write(&template, text).unwrap();
    let values = folder.path().join("values.json");
    std::fs::write(&values, r#"{"Name": "bazaar"}"#).unwrap();
    let load = ["--load", template.to_str().unwrap()];
    for (given, name) in
        [(["--parameter", "Name=shop"], "shop"), (["--parameters", values.to_str().unwrap()], "bazaar")]
    {
        let server = Server::start(&[load, given].concat());
        let found = Server::ask(&server.address, "GET", &format!("/v20190125/meshes/{name}"), "");
        assert_eq!(found.unwrap().0, 200, "{name}");
    }
}

#[test]
fn what_cannot_be_served_says_why() {
    let refused = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_meshwright")).arg("serve").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let beyond = refused(&["--listen", "0.0.0.0:8480"]);
    assert!(beyond.contains("beyond the loopback a server needs --credentials, --tls-cert and --tls-key"), "{beyond}");
    assert!(refused(&["--account", "1"]).contains("an account has 12 digits"));
    assert!(refused(&["--load", "/none.yaml"]).contains("/none.yaml"));
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("state");
    std::fs::write(&store, "something else").unwrap();
    assert!(refused(&["--store", store.to_str().unwrap()]).contains("is no store, or is damaged"));
    assert!(refused(&["--tls-cert", "/none.pem"]).contains("--tls-key"));
    let keys = folder.path().join("keys.toml");
    std::fs::write(&keys, "[[key]]\nid = 1").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o604)).unwrap();
        assert!(refused(&["--credentials", keys.to_str().unwrap()]).contains("everyone on this machine may read"));
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert!(refused(&["--credentials", keys.to_str().unwrap()]).contains("keys.toml: line 2: invalid type"));
    std::fs::remove_file(&store).unwrap();
    let _server = Server::start(&["--store", store.to_str().unwrap()]);
    assert!(
        refused(&["--store", store.to_str().unwrap(), "--listen", "127.0.0.1:0"])
            .contains("another process has it open")
    );
}
