//! `serve --watch`: what is in the files is in the mesh, and what is not from them is left alone.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::serve::Server;

/// A folder with a mesh file, and a store.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a template with nodes, each with a port.
    fn write(&self, nodes: &[(&str, u16)]) {
        let mut text = "Resources:\n  Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: shop}}\n".to_owned();
        for (name, port) in nodes {
            let _ = writeln!(
                text,
                "  Node{name}:\n    Type: AWS::AppMesh::VirtualNode\n    Properties:\n      MeshName: !GetAtt Mesh.MeshName\n      \
                 VirtualNodeName: {name}\n      Spec: {{Listeners: [{{PortMapping: {{Port: {port}, Protocol: http}}}}], \
                 ServiceDiscovery: {{DNS: {{Hostname: {name}.local}}}}}}"
            );
        }
        std::fs::create_dir_all(self.file("mesh")).unwrap();
        std::fs::write(self.file("mesh/shop.yaml"), text).unwrap();
    }

    fn start(&self) -> Server {
        self.start_with("mesh")
    }

    fn start_with(&self, mesh: &str) -> Server {
        let (store, mesh) = (self.file("state"), self.file(mesh));
        let said = std::fs::File::create(self.file("said")).unwrap();
        let arguments = ["--store", store.to_str().unwrap(), "--load", mesh.to_str().unwrap(), "--watch"];
        Server::start_saying(&arguments, said.into())
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.file("said")).unwrap()
    }
}

/// A node's version and port, or that it is not there.
fn node(server: &Server, name: &str) -> String {
    let path = format!("/v20190125/meshes/shop/virtualNodes/{name}");
    let (status, node) = Server::ask(&server.address, "GET", &path, "").unwrap();
    let port = &node["spec"]["listeners"][0]["portMapping"]["port"];
    if status == 200 { format!("version {}, port {port}", node["metadata"]["version"]) } else { ABSENT.to_owned() }
}

const ABSENT: &str = "absent";

fn has(version: u64, port: u64) -> String {
    format!("version {version}, port {port}")
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "{what} does not come about");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn put(server: &Server, path: &str, port: u16, name: Option<&str>) {
    let spec = json!({"listeners": [{"portMapping": {"port": port, "protocol": "http"}}],
        "serviceDiscovery": {"dns": {"hostname": "x.local"}}});
    let body = match name {
        Some(name) => json!({"virtualNodeName": name, "spec": spec}),
        None => json!({"spec": spec}),
    };
    let path = format!("/v20190125/meshes/shop/virtualNodes{path}");
    let (status, answer) = Server::ask(&server.address, "PUT", &path, &body.to_string()).unwrap();
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn the_mesh_follows_its_files_and_the_rest_is_left_alone() {
    let place = Place::new();
    place.write(&[("a", 1), ("b", 1), ("c", 1)]);
    let server = place.start();
    assert_eq!(node(&server, "a"), has(1, 1));
    put(&server, "", 7, Some("own"));
    put(&server, "/a", 7, None);
    place.write(&[("a", 1), ("b", 2), ("d", 1)]);
    wait("a new port", || node(&server, "b") == has(2, 2));
    assert_eq!((node(&server, "c"), node(&server, "d")), (ABSENT.to_owned(), has(1, 1)));
    assert_eq!(node(&server, "own"), has(1, 7), "it never came from the files");
    assert_eq!(node(&server, "a"), has(2, 7), "its files have not changed");
    assert!(place.said().contains("1 made, 1 changed, 1 taken away, 2 kept as they are"), "{}", place.said());
    server.kill();

    // What changes while nobody looks is found at the next start.
    place.write(&[("a", 3), ("d", 1)]);
    let server = place.start();
    assert_eq!((node(&server, "a"), node(&server, "b")), (has(3, 3), ABSENT.to_owned()));
    assert_eq!((node(&server, "d"), node(&server, "own")), (has(1, 1), has(1, 7)));
}

#[test]
fn files_with_faults_are_reported_once_and_change_nothing() {
    let place = Place::new();
    place.write(&[("a", 1), ("b", 1)]);
    let server = place.start();
    let states = [
        ("# AWS::AppMesh\nResources: {", "the files have faults"),
        ("Resources: {}\n# AWS::AppMesh", "there is no App Mesh resource in the files"),
        (
            "Parameters: {Open: {Type: String}}\nResources: {Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: !Ref Open}}}",
            "${Open}, meshName of mesh ${Open}: give --parameter Open=…",
        ),
        (
            "Conditions: {Is: !Equals [!Ref 'AWS::Region', x]}\nResources: {Mesh: {Type: 'AWS::AppMesh::Mesh', Condition: Is, Properties: {MeshName: c}}}",
            "whether `Is` holds",
        ),
        (
            "Resources: {Node: {Type: 'AWS::AppMesh::VirtualNode', Properties: {MeshName: none, VirtualNodeName: x, Spec: {}}}}",
            "Mesh with name none is not present",
        ),
        (
            "Resources: {A: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: x}}, B: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: x}}}",
            "mesh x: the files define it twice",
        ),
    ];
    for (text, complaint) in states {
        std::fs::write(place.file("mesh/shop.yaml"), text).unwrap();
        wait(complaint, || place.said().contains(complaint));
        assert_eq!((node(&server, "a"), node(&server, "b")), (has(1, 1), has(1, 1)));
    }
    std::thread::sleep(Duration::from_millis(1500));
    let said = place.said();
    assert_eq!(said.matches("nothing is changed").count(), states.len(), "{said}");
    place.write(&[("a", 2)]);
    wait("a sound file", || node(&server, "a") == has(2, 2));
    assert_eq!(node(&server, "b"), ABSENT);
    server.kill();

    // A server that follows its files starts with what it has.
    std::fs::write(place.file("mesh/shop.yaml"), "# AWS::AppMesh\nResources: {").unwrap();
    let server = place.start();
    assert_eq!(node(&server, "a"), has(2, 2));
}

#[test]
fn what_others_need_is_not_taken_away() {
    let place = Place::new();
    place.write(&[("a", 1), ("b", 1)]);
    let server = place.start();
    let body = json!({"virtualServiceName": "s", "spec": {"provider": {"virtualNode": {"virtualNodeName": "a"}}}});
    let path = "/v20190125/meshes/shop/virtualServices";
    assert_eq!(Server::ask(&server.address, "PUT", path, &body.to_string()).unwrap().0, 200);
    place.write(&[("b", 2)]);
    wait("the reason", || place.said().contains("cannot be deleted because it is a VirtualService provider"));
    assert_eq!((node(&server, "a"), node(&server, "b")), (has(1, 1), has(1, 1)), "all or nothing");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_a_change() {
    let place = Place::new();
    for (name, port) in [("one.yaml", 1), ("two.yaml", 2)] {
        place.write(&[("a", port)]);
        std::fs::rename(place.file("mesh/shop.yaml"), place.file(name)).unwrap();
        // As builds that can be repeated leave them: all of one time, and here of one length too.
        let file = std::fs::File::options().write(true).open(place.file(name)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    let lead_to = |name: &str| {
        std::os::unix::fs::symlink(name, place.file("new")).unwrap();
        std::fs::rename(place.file("new"), place.file("current.yaml")).unwrap();
    };
    lead_to("one.yaml");
    let server = place.start_with("current.yaml");
    assert_eq!(node(&server, "a"), has(1, 1));
    lead_to("two.yaml");
    wait("the other file", || node(&server, "a") == has(2, 2));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_for_a_while_is_followed_again() {
    let place = Place::new();
    place.write(&[("a", 1)]);
    let server = place.start_with("mesh/shop.yaml");
    assert_eq!(node(&server, "a"), has(1, 1));
    std::fs::remove_file(place.file("mesh/shop.yaml")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(place.file("mesh/shop.yaml")).status().unwrap();
    assert!(made.success());
    wait("a complaint", || place.said().contains("it is neither a file nor a folder"));
    std::fs::remove_file(place.file("mesh/shop.yaml")).unwrap();
    place.write(&[("a", 2)]);
    wait("the file again", || node(&server, "a") == has(2, 2));
}

/// Files whose mesh is as it should be once all of it is there, whatever comes first: a router gets a second listener as its routes say
/// ports and one of them goes; then all of it speaks another protocol.
#[test]
fn routers_and_their_routes_change_together() {
    let place = Place::new();
    let write = |protocol: &str, ports: &[u16], routes: &[(&str, &str)]| {
        let listeners: Vec<_> =
            ports.iter().map(|port| json!({"portMapping": {"port": port, "protocol": protocol}})).collect();
        let mut all = vec![
            json!({"meshName": "shop", "spec": {}}),
            json!({"meshName": "shop", "virtualNodeName": "a", "spec": {}}),
            json!({"meshName": "shop", "virtualRouterName": "r", "spec": {"listeners": listeners}}),
        ];
        all.extend(routes.iter().map(|(name, matcher)| {
            let matcher: serde_json::Value = serde_json::from_str(matcher).unwrap();
            let route = json!({"match": matcher, "action": {"weightedTargets": [{"virtualNode": "a", "weight": 1}]}});
            let spec = json!({format!("{protocol}Route"): route});
            json!({"meshName": "shop", "virtualRouterName": "r", "routeName": name, "spec": spec})
        }));
        std::fs::create_dir_all(place.file("mesh")).unwrap();
        std::fs::write(place.file("mesh/shop.json"), json!(all).to_string()).unwrap();
    };
    write("http", &[80], &[("x", r#"{"prefix": "/"}"#), ("y", r#"{"prefix": "/y"}"#)]);
    let server = place.start();
    let ask = |path: &str| Server::ask(&server.address, "GET", &format!("/v20190125/meshes/shop/{path}"), "").unwrap();
    let listeners = || ask("virtualRouters/r").1["spec"]["listeners"].clone();
    write("http", &[80, 81], &[("x", r#"{"prefix": "/", "port": 80}"#)]);
    wait("a second listener", || listeners().as_array().is_some_and(|all| all.len() == 2));
    assert_eq!(ask("virtualRouter/r/routes/x").1["spec"]["httpRoute"]["match"]["port"], 80);
    assert_eq!(ask("virtualRouter/r/routes/y").0, 404);
    assert!(place.said().contains("files: 2 changed, 1 taken away, 2 kept as they are"), "{}", place.said());
    write("http2", &[80], &[("x", r#"{"prefix": "/"}"#)]);
    wait("another protocol", || listeners()[0]["portMapping"]["protocol"] == "http2");
    assert!(ask("virtualRouter/r/routes/x").1["spec"]["http2Route"].is_object());

    // What can never be is refused as before, and changes nothing.
    write("http2", &[80, 81], &[("x", r#"{"prefix": "/", "port": 80}"#), ("z", r#"{"prefix": "/"}"#)]);
    wait("a refusal", || place.said().contains("missing port. Listing up to 5 route names: [z]"));
    assert_eq!(listeners().as_array().unwrap().len(), 1);
}

#[test]
fn what_is_of_a_mesh_of_another_account_goes_there_and_nowhere_else() {
    let place = Place::new();
    let write = |ports: &[u16]| {
        let node = |(index, port): (usize, &u16)| {
            let spec = json!({"listeners": [{"portMapping": {"port": port, "protocol": "http"}}],
                "serviceDiscovery": {"dns": {"hostname": "x.local"}}});
            json!({"meshName": "shop", "meshOwner": "210987654321", "virtualNodeName": format!("n{index}"), "spec": spec})
        };
        let mut all = vec![json!({"meshName": "shop", "spec": {}})];
        all.extend(ports.iter().enumerate().map(node));
        std::fs::create_dir_all(place.file("mesh")).unwrap();
        std::fs::write(place.file("mesh/shop.json"), json!(all).to_string()).unwrap();
    };
    write(&[]);
    let server = place.start();
    write(&[1]);
    wait("a refusal", || place.said().contains("Mesh with name shop is not present for account 210987654321"));
    assert_eq!(node(&server, "n0"), ABSENT, "it is not of the mesh of the same name");
    server.kill();

    // The other account makes its mesh, and this one's files follow there.
    let store = place.file("state");
    let other = Server::start(&["--store", store.to_str().unwrap(), "--account", "210987654321"]);
    let (status, answer) = Server::ask(&other.address, "PUT", "/v20190125/meshes", r#"{"meshName": "shop"}"#).unwrap();
    assert_eq!(status, 200, "{answer}");
    other.kill();
    let server = place.start();
    let there = |name: &str| {
        let path = format!("/v20190125/meshes/shop/virtualNodes/{name}?meshOwner=210987654321");
        Server::ask(&server.address, "GET", &path, "").unwrap()
    };
    let (status, made) = there("n0");
    assert_eq!((status, made["metadata"]["resourceOwner"].as_str()), (200, Some("123456789012")), "{made}");
    assert_eq!(node(&server, "n0"), ABSENT);
    write(&[2, 3]);
    wait("a change", || there("n1").0 == 200);
    assert_eq!(there("n0").1["spec"]["listeners"][0]["portMapping"]["port"], 2);
    write(&[2]);
    wait("a removal", || there("n1").0 == 404);
}
