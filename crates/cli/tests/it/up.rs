//! `up`: a whole mesh on this machine, with real Envoys; and that nothing of it is left behind.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::proxies::envoy;

mod intercept;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mesh as templates have it: names and a certificate that other stacks give, and a log where no folder is.
const OPEN: &str = r"
Parameters:
  Project: { Type: String }
  Certificate: { Type: String }
  Namespace: { Type: String }
  Host: { Type: String }
Resources:
  Registry:
    Type: AWS::ServiceDiscovery::Service
    Properties: { Name: orders, NamespaceId: !Ref Namespace }
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: !ImportValue network-mesh
      VirtualNodeName: !Sub '${Project}-orders'
      Spec:
        Logging: { AccessLog: { File: { Path: /var/log/app mesh/access.log } } }
        Listeners:
          - PortMapping: { Port: 8080, Protocol: http2 }
            TLS: { Mode: STRICT, Certificate: { ACM: { CertificateArn: !Ref Certificate } } }
        ServiceDiscovery: { AWSCloudMap: { NamespaceName: !Ref Namespace, ServiceName: !GetAtt Registry.Name } }
  Caller:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: !ImportValue network-mesh
      VirtualNodeName: caller
      Spec:
        Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }]
        ServiceDiscovery: { DNS: { Hostname: !Ref Host } }
        Backends: [{ VirtualService: { VirtualServiceName: !Sub 'orders.${Namespace}' } }]
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: !ImportValue network-mesh
      VirtualServiceName: !Sub 'orders.${Namespace}'
      Spec: { Provider: { VirtualNode: { VirtualNodeName: !GetAtt Node.VirtualNodeName } } }
";

/// A run, ended with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `up` with a folder for its files, and a port of its own.
fn up(envoy: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    command.args(["up", "--listen", "127.0.0.1:0"]).args(arguments);
    command.env("MESHWRIGHT_ENVOY", envoy).env("TMPDIR", folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether a process runs that was told of a folder.
fn runs(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|own| std::fs::read(own.path().join("cmdline")).ok());
    lines.into_iter().any(|line| String::from_utf8_lossy(&line).contains(folder))
}

#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn nothing_is_left(folder: &Path) {
    assert!(!runs(folder), "an Envoy still runs");
    let mut left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|own| own.unwrap().path()).collect();
    let inside: Vec<_> = left.iter().filter_map(|own| std::fs::read_dir(own).ok()).flatten().collect();
    left.extend(inside.into_iter().map(|own| own.unwrap().path()));
    assert!(left.is_empty(), "{left:?}");
}

fn signal(child: &Child, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}

#[test]
fn the_tour_through_the_sample_shop_holds() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let output = up(&envoy, folder.path(), &["--check"]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 5, "{said}");
    assert!(said.contains("all of payments-v2"), "{said}");
    assert!(said.contains("unable to open file"), "{said}");
    nothing_is_left(folder.path());
}

#[test]
fn weights_of_connections_are_followed_too() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let ledger = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/tcp/ledger.template.json");
    let output = up(&envoy, folder.path(), &["--check", ledger]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("all of accounts-primary"), "{said}");
    nothing_is_left(folder.path());
}

/// A user who may do nothing.
const NOBODY: u32 = 65534;

#[test]
fn it_needs_no_rights() {
    use std::os::unix::process::CommandExt as _;
    let Some(envoy) = envoy() else { return };
    if !rustix::process::geteuid().is_root() {
        // Then every other test here shows it.
        return;
    }
    // Where programs are built, others may not look.
    let programs = tempfile::tempdir().unwrap();
    let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(programs.path(), everyone).unwrap();
    let copied = |from: &Path, name: &str| {
        let to = programs.path().join(name);
        std::fs::copy(from, &to).unwrap();
        to
    };
    let (own, envoy) = (copied(Path::new(env!("CARGO_BIN_EXE_meshwright")), "meshwright"), copied(&envoy, "envoy"));
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = Command::new(own);
    command.args(["up", "--check", "--listen", "127.0.0.1:0"]).env("MESHWRIGHT_ENVOY", envoy);
    command.env("TMPDIR", folder.path()).env("HOME", folder.path()).current_dir(folder.path());
    let output = command.uid(NOBODY).gid(NOBODY).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    nothing_is_left(folder.path());
}

#[test]
fn a_template_runs_whose_values_come_from_elsewhere() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    std::fs::write(file.path(), OPEN).unwrap();
    let output = up(&envoy, folder.path(), &["--check", file.path().to_str().unwrap()]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("${Project}-orders = project-orders"), "{said}");
    assert!(said.contains("the files do not hold mesh network-mesh"), "{said}");
    nothing_is_left(folder.path());
}

#[test]
fn a_fault_that_the_tour_finds_is_told() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    // Nothing is at such a path on any machine.
    std::fs::write(file.path(), OPEN.replace("/var/log/app mesh/access.log", "/dev/null/access.log")).unwrap();
    let output = up(&envoy, folder.path(), &["--check", file.path().to_str().unwrap()]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("FAILED proxies") && said.contains("project-orders refuses lds_ingress_"), "{said}");
    nothing_is_left(folder.path());
}

#[test]
fn it_ends_with_a_signal_whenever_that_comes() {
    let Some(envoy) = envoy() else { return };
    let moments = [0, 60, 300, 900, 2500, 900];
    let ends = [Signal::TERM, Signal::INT, Signal::TERM, Signal::INT, Signal::INT, Signal::HUP];
    for (wait, end) in moments.into_iter().zip(ends) {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Running(up(&envoy, folder.path(), &[]).spawn().unwrap());
        // Before it listens for signals, one ends it as it ends any program.
        until("it makes its folder", || std::fs::read_dir(folder.path()).unwrap().next().is_some());
        std::thread::sleep(Duration::from_millis(wait));
        signal(&child.0, end);
        let mut said = String::new();
        child.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        child.0.wait().unwrap();
        until("its Envoys end", || !runs(folder.path()));
        nothing_is_left(folder.path());
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// It stays for a moment then, and its files with it.
#[test]
fn it_ends_in_order_where_nobody_takes_its_traces() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let otlp = format!("--otlp=http://{}", silent.local_addr().unwrap());
    let output = up(&envoy, folder.path(), &["--check", &otlp]).output().unwrap();
    assert!(output.status.success() && !text(&output).contains("nothing is changed"), "{}", text(&output));
    nothing_is_left(folder.path());
}

#[test]
fn even_when_it_is_killed_no_envoy_goes_on() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut child = Running(up(&envoy, folder.path(), &[]).spawn().unwrap());
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let greeting = lines.into_iter().find(|line| line.contains(" is up")).unwrap();
    assert!(greeting.contains("5 Envoys"), "{greeting}");
    assert!(runs(folder.path()));
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    until("its Envoys end", || !runs(folder.path()));
}

#[test]
fn what_is_missing_or_taken_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let none = Path::new("/dev/null");
    let output = up(none, folder.path(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("MESHWRIGHT_ENVOY: /dev/null is no Envoy"), "{}", text(&output));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    let output =
        command.args(["up", "--no-proxies", "--listen", &address]).env("TMPDIR", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("give the API another with --listen"), "{}", text(&output));
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    let output = command.args(["up", "--no-proxies", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("give an address of the loopback"), "{}", text(&output));
    nothing_is_left(folder.path());
}

#[test]
fn without_proxies_the_api_holds_the_mesh() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Running(up(Path::new("/dev/null"), folder.path(), &["--no-proxies"]).spawn().unwrap());
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.into_iter().find(|line| line.contains("http://")).unwrap();
    let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
    let (status, page) = crate::serve::Server::ask(address, "GET", "/v20190125/meshes/shop/virtualNodes", "").unwrap();
    assert_eq!((status, page["virtualNodes"].as_array().unwrap().len()), (200, 4));
    signal(&child.0, Signal::INT);
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    nothing_is_left(folder.path());
}
