//! `validate --fix` as people run it: what is written, what is not, and what is said.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A node with three faults that fixes remove.
const NODE: &str = "\
Resources:
  Node: # a node
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: n
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            HealthCheck:
              {Protocol: http, Path: ping, Port: 9090, HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2}
        ServiceDiscovery: {DNS: {Hostname: \"http://n.local\"}} # by name
";

fn mended() -> String {
    NODE.replace("Path: ping", "Path: /ping").replace("9090", "8080").replace("http://n.local", "n.local")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixing").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.yaml"), NODE).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], input: Option<&Path>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    command.current_dir(folder).arg("validate").args(arguments);
    let input = input.map_or(Stdio::null(), |path| std::fs::File::open(path).unwrap().into());
    let output = command.stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn content(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("a.yaml")).unwrap()
}

#[test]
fn fixes_are_written_through_links_with_the_permissions_of_the_file() {
    let folder = folder("links");
    std::os::unix::fs::symlink("a.yaml", folder.join("link.yaml")).unwrap();
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(folder.join("a.yaml"), mode).unwrap();
    let (code, out, _) = run(&folder, &["--fix", "link.yaml"], None);
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("fixed: link.yaml:11:38: [health-check-path-without-slash] set path /ping\n"), "{out}");
    assert_eq!(content(&folder), mended());
    assert!(std::fs::symlink_metadata(folder.join("link.yaml")).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(folder.join("a.yaml")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing else is left");
    let (code, out, _) = run(&folder, &["--fix", "--format", "json", "a.yaml"], None);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, answer["fixes"].as_array().unwrap().len()), (0, 0));
    assert_eq!(content(&folder), mended());
}

#[test]
fn a_diff_writes_nothing_and_says_that_there_is_something_to_do() {
    let folder = folder("diff");
    let (code, out, err) = run(&folder, &["--diff", "a.yaml"], None);
    assert_eq!((code, content(&folder).as_str()), (1, NODE));
    assert!(out.starts_with("--- a.yaml\n+++ a.yaml\n@@ ") && out.contains("\n+        ServiceDiscovery: "), "{out}");
    assert!(err.contains("fixed: a.yaml:12:44: [invalid-discovery-hostname] set n.local\n"), "{err}");
}

#[test]
fn standard_input_is_answered_with_the_fixed_text() {
    let folder = folder("input");
    let (code, out, err) = run(&folder, &["--fix", "-"], Some(&folder.join("a.yaml")));
    assert_eq!((code, out), (0, mended()));
    assert!(err.contains("fixed: -:11:38: [health-check-path-without-slash]"), "{err}");
    assert_eq!(content(&folder), NODE);
}

#[test]
fn what_is_allowed_or_known_is_not_fixed() {
    let folder = folder("allowed");
    let allowed = NODE.replace("# by name", "# meshwright: allow invalid-discovery-hostname -- it works");
    std::fs::write(folder.join("a.yaml"), &allowed).unwrap();
    let (_, base, _) = run(&folder, &["--format", "json", "a.yaml"], None);
    std::fs::write(folder.join("base.json"), base).unwrap();
    run(&folder, &["--fix", "--baseline", "base.json", "a.yaml"], None);
    assert_eq!(content(&folder), allowed);
    run(&folder, &["--fix", "a.yaml"], None);
    assert_eq!(content(&folder), allowed.replace("Path: ping", "Path: /ping").replace("9090", "8080"));
}

#[test]
fn what_cannot_be_fixed_says_why_and_stays() {
    let folder = folder("parameter");
    let open = NODE.replace("Path: ping", "Path: !Ref P") + "Parameters:\n  P: {Type: String, Default: ping}\n";
    std::fs::write(folder.join("a.yaml"), &open).unwrap();
    let (code, out, _) = run(&folder, &["--fix", "--format", "json", "a.yaml"], None);
    let answer: Value = serde_json::from_str(&out).unwrap();
    let refused = answer["fixes"].as_array().unwrap().iter().find(|fix| fix["made"] == false).unwrap();
    assert_eq!(refused["rule"], "health-check-path-without-slash");
    assert!(
        refused["why"].as_str().unwrap().ends_with("the value comes from parameter `P`; change it there"),
        "{refused}"
    );
    assert!(code == 1 && content(&folder).contains("Path: !Ref P, Port: 8080"), "{out}");
}

#[test]
fn a_file_that_may_not_be_written_is_an_error() {
    let folder = folder("readonly");
    std::fs::set_permissions(folder.join("a.yaml"), std::fs::Permissions::from_mode(0o444)).unwrap();
    let (code, _, err) = run(&folder, &["--fix", "a.yaml"], None);
    assert_eq!((code, err.as_str()), (2, "error: --fix: a.yaml: it may not be written\n"));
    assert_eq!(content(&folder), NODE);
}

#[test]
fn a_slip_in_a_name_is_mended_where_only_one_name_can_be_meant() {
    let folder = folder("slips");
    let node = |name: &str| {
        format!(
            "  {name}: {{Type: AWS::AppMesh::VirtualNode, Properties: {{MeshName: shop, VirtualNodeName: {name}, Spec: {{Listeners: [{{PortMapping: {{Port: 1, Protocol: tcp}}}}], ServiceDiscovery: {{DNS: {{Hostname: {name}.local}}}}}}}}}}\n"
        )
    };
    let service = |name: &str, node: &str| {
        format!(
            "  {name}: {{Type: AWS::AppMesh::VirtualService, Properties: {{MeshName: shop, VirtualServiceName: {name}.local, Spec: {{Provider: {{VirtualNode: {{VirtualNodeName: \"{node}\"}}}}}}}}}} # of {name}\n"
        )
    };
    let text = |first: &str, second: &str| {
        let mesh = "  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: shop}}\n";
        let nodes = ["orders1", "orders2", "payments"].map(node).concat();
        format!("Resources:\n{mesh}{nodes}{}{}", service("A", first), service("B", second))
    };
    std::fs::write(folder.join("a.yaml"), text("paymnets", "orders3")).unwrap();
    let (code, out, _) = run(&folder, &["--fix", "--deny", "error", "a.yaml"], None);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("fixed: a.yaml:6:") && out.contains("[dangling-provider] write `payments`"), "{out}");
    assert!(out.contains("virtual node `orders3` is not in the mesh"), "{out}");
    assert_eq!(content(&folder), text("payments", "orders3"));
}
