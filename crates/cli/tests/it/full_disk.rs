//! `serve --store` on a disk that is full: what was acknowledged stays, reads go on, and writes do once there is room.
//!
//! The disk is a small file system of its own, mounted where nobody else sees it; where this machine allows nobody to do that, the test
//! says so.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::serve::Server;

/// How large the disk is, and how much of it something else takes.
const SIZE: &str = "size=2m";
const OTHERS: usize = 512 << 10;

/// How many writes fill such a disk at the very most, and how many tags make each of them large.
const ENOUGH: usize = 20_000;
const TAGS: usize = 20;

/// Where the disk is, for the test that runs on it.
const DISK: &str = "MESHWRIGHT_TEST_DISK";

/// Mounts a disk at `$0` and runs a command in its sight.
const MOUNT: &str = r#"mount -t tmpfs -o "$1" none "$0" && shift && exec "$@""#;

#[test]
fn a_full_disk_costs_nothing_that_was_acknowledged() {
    if let Some(disk) = std::env::var_os(DISK) {
        fill(Path::new(&disk));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let with_disk = |command: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", MOUNT]).arg(folder.path()).arg(SIZE);
        unshare.args(command).env(DISK, folder.path()).output()
    };
    match with_disk(&["true"]) {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            return eprintln!("not tried: no disk can be mounted: {}", String::from_utf8_lossy(&output.stderr));
        }
        Err(why) => return eprintln!("not tried: unshare: {why}"),
    }
    let test = concat!(module_path!(), "::a_full_disk_costs_nothing_that_was_acknowledged");
    let name = test.split_once("::").unwrap().1;
    let own = std::env::current_exe().unwrap();
    let output = with_disk(&[own.to_str().unwrap(), "--exact", name, "--nocapture"]).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Fills a disk with meshes, stops and starts the server there, and makes room.
fn fill(disk: &Path) {
    let others = disk.join("others");
    std::fs::write(&others, vec![1; OTHERS]).unwrap();
    let store = disk.join("state");
    let arguments = ["--store", store.to_str().unwrap()];
    let server = Server::start(&arguments);
    let mut acknowledged = Vec::new();
    let refusal = (0..ENOUGH).find_map(|number| create(&server, &format!("m{number}"), &mut acknowledged));
    let refusal = refusal.expect("the disk is never full");
    assert!(refusal["message"].as_str().unwrap().contains("No space left on device"), "{refusal}");
    assert!(acknowledged.len() > 20, "{} writes", acknowledged.len());

    // The refused one is not there, nor made by the way; everything else is, now and for a server that comes to the full disk.
    for number in 0..3 {
        assert!(create(&server, &format!("refused{number}"), &mut Vec::new()).is_some());
    }
    all_there(&server, &acknowledged);
    server.kill();
    let server = Server::start(&arguments);
    all_there(&server, &acknowledged);

    // As soon as there is room, and without another start.
    let _ = create(&server, "one-more", &mut acknowledged);
    std::fs::remove_file(&others).unwrap();
    for number in 0..10 {
        let name = format!("with-room{number}");
        assert_eq!(create(&server, &name, &mut acknowledged), None, "{name}");
    }
    all_there(&server, &acknowledged);
    server.kill();
    all_there(&Server::start(&arguments), &acknowledged);
}

/// Creates a mesh and notes its name; answers with what the server says where it cannot keep it.
fn create(server: &Server, name: &str, acknowledged: &mut Vec<String>) -> Option<Value> {
    let tags: Vec<Value> = (0..TAGS).map(|tag| json!({"key": format!("k{tag}"), "value": "v".repeat(200)})).collect();
    let body = json!({"meshName": name, "tags": tags}).to_string();
    match Server::ask(&server.address, "PUT", "/v20190125/meshes", &body).expect("the server answers") {
        (200, _) => {
            acknowledged.push(name.to_owned());
            None
        }
        (503, why) => Some(why),
        other => panic!("{name}: {other:?}"),
    }
}

/// All meshes are there that were acknowledged, and no others.
fn all_there(server: &Server, acknowledged: &[String]) {
    let (mut there, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/v20190125/meshes?limit=100{next}");
        let (status, page) = Server::ask(&server.address, "GET", &path, "").unwrap();
        assert_eq!(status, 200, "{page}");
        there.extend(page["meshes"].as_array().unwrap().iter().map(|own| own["meshName"].as_str().unwrap().to_owned()));
        let Some(token) = page["nextToken"].as_str() else { break };
        next = format!("&nextToken={}", meshwright_model::api::percent_encoded(token));
    }
    let mut acknowledged = acknowledged.to_vec();
    acknowledged.sort();
    there.sort();
    assert_eq!(there, acknowledged);
}
