//! `up --intercept`: proxies in network namespaces of their own, with the rules that App Mesh's proxies have; and that nothing of it is
//! left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::*;

/// A gateway that leads to a node, which calls others by TCP and by HTTP/2 in TLS.
const BANK: &str = r"
Resources:
  Bank: { Type: AWS::AppMesh::Mesh, Properties: { MeshName: bank } }
  Door:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: bank
      VirtualGatewayName: door
      Spec: { Listeners: [{ PortMapping: { Port: 80, Protocol: http } }] }
  DoorRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: bank
      VirtualGatewayName: door
      GatewayRouteName: all
      Spec: { HttpRoute: { Match: { Prefix: / }, Action: { Target: { VirtualService: { VirtualServiceName: teller.bank } } } } }
  Teller:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: bank
      VirtualNodeName: teller
      Spec:
        Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }]
        ServiceDiscovery: { DNS: { Hostname: teller.bank } }
        Backends:
          - { VirtualService: { VirtualServiceName: ledger.bank } }
          - { VirtualService: { VirtualServiceName: vault.bank } }
  Ledger:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: bank
      VirtualNodeName: ledger
      Spec:
        Listeners: [{ PortMapping: { Port: 5432, Protocol: tcp } }]
        ServiceDiscovery: { DNS: { Hostname: ledger.bank } }
  Vault:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: bank
      VirtualNodeName: vault
      Spec:
        Listeners:
          - PortMapping: { Port: 443, Protocol: http2 }
            TLS: { Mode: STRICT, Certificate: { File: { CertificateChain: /keys/chain.pem, PrivateKey: /keys/key.pem } } }
            HealthCheck: { Protocol: http2, Path: /, IntervalMillis: 5000, TimeoutMillis: 2000, HealthyThreshold: 2, UnhealthyThreshold: 2 }
        Logging: { AccessLog: { File: { Path: /dev/stdout } } }
        ServiceDiscovery: { DNS: { Hostname: vault.bank } }
  TellerService: { Type: AWS::AppMesh::VirtualService, Properties: { MeshName: bank, VirtualServiceName: teller.bank, Spec: { Provider: { VirtualNode: { VirtualNodeName: teller } } } } }
  LedgerService: { Type: AWS::AppMesh::VirtualService, Properties: { MeshName: bank, VirtualServiceName: ledger.bank, Spec: { Provider: { VirtualNode: { VirtualNodeName: ledger } } } } }
  VaultService: { Type: AWS::AppMesh::VirtualService, Properties: { MeshName: bank, VirtualServiceName: vault.bank, Spec: { Provider: { VirtualNode: { VirtualNodeName: vault } } } } }
";

/// A node that may come to it.
const AUDITOR: &str = r"
  Auditor:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: bank
      VirtualNodeName: auditor
      Spec:
        Listeners: [{ PortMapping: { Port: 9000, Protocol: http } }]
        ServiceDiscovery: { DNS: { Hostname: auditor.bank } }
";

/// The Envoy to run, and a folder that it may look into; `None`, with a word about it, where there are no namespaces to be had.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn ready() -> Option<(PathBuf, tempfile::TempDir)> {
    let envoy = envoy()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from)).collect();
    let has = |program: &str| folders.iter().any(|folder| folder.join(program).is_file());
    let can = rustix::process::geteuid().is_root()
        && ["ip", "iptables-restore"].into_iter().all(has)
        && Command::new("unshare").args(["--net", "true"]).status().is_ok_and(|status| status.success());
    if !can {
        eprintln!("skipped: network namespaces take root, and the packages iproute2 and iptables");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    Some((envoy, folder))
}

/// A run, and what it has told when all was up.
struct Told {
    run: Running,
    text: String,
}

impl Told {
    fn start(mut command: Command) -> Self {
        let mut run = Running(command.spawn().unwrap());
        let lines = BufReader::new(run.0.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut text = String::new();
        // Whatever it says later is read, so that it can say it.
        let (teller, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || lines.for_each(|line| drop(teller.send(line))));
        while !text.contains("Ctrl-C") {
            text.push_str(&told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{text}")));
            text.push('\n');
        }
        Self { run, text }
    }

    /// The word that follows another on the line of a part.
    #[track_caller]
    fn word(&self, part: &str, before: &str) -> &str {
        let mut lines = self.text.lines().filter(|line| line.split_whitespace().any(|word| word == part));
        let found = lines.find_map(|line| line.split(before).nth(1));
        found.and_then(|rest| rest.split_whitespace().next()).unwrap_or_else(|| panic!("{part}: {}", self.text))
    }

    /// The machine's link to it.
    fn link(&self) -> PathBuf {
        let name = self.text.lines().find_map(|line| line.split("from here by ").nth(1)).unwrap();
        Path::new("/sys/class/net").join(name)
    }

    /// What a program says in the namespace of a part.
    fn inside(&self, part: &str, program: &str, arguments: &[&str]) -> String {
        let namespace = format!("--net={}", self.word(part, "nsenter --net="));
        let output = Command::new("nsenter").arg(namespace).arg(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Asks from inside of a namespace, or from outside of all.
fn get(namespace: Option<&str>, address: SocketAddr, host: &str) -> String {
    let connect = || {
        if let Some(namespace) = namespace {
            let file = fs::File::open(namespace).unwrap();
            move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        }
        TcpStream::connect_timeout(&address, PATIENCE).unwrap()
    };
    let mut stream = std::thread::scope(|scope| scope.spawn(connect).join().unwrap());
    write!(stream, "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let _ = stream.shutdown(Shutdown::Both);
    answer
}

/// The Envoys that were told of a folder, by their bootstraps: their user, and their network namespace.
fn envoys(folder: &Path) -> BTreeMap<PathBuf, (String, PathBuf)> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|own| own.path());
    let envoy = |process: PathBuf| {
        let line = fs::read(process.join("cmdline")).ok()?;
        let words: Vec<PathBuf> = line
            .split(|byte| *byte == 0)
            .map(|word| PathBuf::from(String::from_utf8_lossy(word).into_owned()))
            .collect();
        let bootstrap = words.into_iter().find(|word| word.starts_with(folder) && word.extension().is_some())?;
        let status = fs::read_to_string(process.join("status")).ok()?;
        let user = status.lines().find_map(|line| line.strip_prefix("Uid:"))?.trim().to_owned();
        Some((bootstrap, (user, fs::read_link(process.join("ns/net")).ok()?)))
    };
    processes.filter_map(envoy).collect()
}

#[test]
fn the_tour_holds_where_the_kernel_redirects_connections() {
    let Some((envoy, folder)) = ready() else { return };
    let output = up(&envoy, folder.path(), &["--check", "--intercept"]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 6, "{said}");
    assert!(said.contains("connections of applications to port 15001") && !said.contains("taken 0 "), "{said}");
    nothing_is_left(folder.path());
}

#[test]
fn each_proxy_has_what_those_of_app_mesh_have() {
    let Some((envoy, folder)) = ready() else { return };
    let told = Told::start(up(&envoy, folder.path(), &["--intercept"]));
    let rules = told.inside("orders", "iptables", &["-t", "nat", "-S"]);
    for rule in [
        "-A PREROUTING -p tcp -m addrtype ! --src-type LOCAL -j APPMESH_INGRESS",
        "-A OUTPUT -p tcp -m addrtype ! --dst-type LOCAL -j APPMESH_EGRESS",
        "-A APPMESH_INGRESS -p tcp -m multiport --dports 8080 -j REDIRECT --to-ports 15000",
    ] {
        assert!(rules.lines().any(|line| line == rule), "{rules}");
    }
    let egress: Vec<&str> = rules.lines().filter(|line| line.starts_with("-A APPMESH_EGRESS")).collect();
    let expected = [
        "-A APPMESH_EGRESS -m owner --uid-owner 1337 -j RETURN",
        "-A APPMESH_EGRESS -p tcp -m multiport --dports 22 -j RETURN",
        "-A APPMESH_EGRESS -d 169.254.170.2/32 -p tcp -j RETURN",
        "-A APPMESH_EGRESS -d 169.254.169.254/32 -p tcp -j RETURN",
        "-A APPMESH_EGRESS -p tcp -j REDIRECT --to-ports 15001",
    ];
    assert_eq!(egress, expected, "{rules}");
    // Nothing is redirected to a gateway.
    assert!(!told.inside("web", "iptables", &["-t", "nat", "-S"]).contains("APPMESH"));
    let listening = told.inside("orders", "ss", &["-ltnH"]);
    for port in ["15000", "15001", "9901", "8080"] {
        assert!(listening.lines().any(|line| line.contains(&format!(":{port} "))), "{port}: {listening}");
    }
    let envoys = envoys(folder.path());
    assert!(envoys.values().all(|(user, _)| user == "1337\t1337\t1337\t1337"), "{envoys:?}");
    let own = fs::read_link("/proc/self/ns/net").unwrap();
    let namespaces: BTreeSet<&PathBuf> = envoys.values().map(|(_, namespace)| namespace).chain([&own]).collect();
    assert_eq!((envoys.len(), namespaces.len()), (5, 6), "{envoys:?}");
    // Nobody but Envoys' user looks at their keys.
    let run = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let keys = fs::metadata(run.join("files")).unwrap();
    assert_eq!((keys.uid(), keys.gid(), keys.mode() & 0o777), (0, 1337, 0o750));

    // What an application sends to any address, by the port and the name of a virtual service, goes where the mesh says.
    let services = told.text.split("--resolve orders.shop.local:8080:").nth(1).unwrap().split(' ').next().unwrap();
    let services = SocketAddr::new(services.parse().unwrap(), 8080);
    let frontend = told.word("frontend", "nsenter --net=").to_owned();
    let answer = get(Some(&frontend), services, "orders.shop.local:8080");
    assert!(
        answer.contains("x-meshwright-node: orders") && answer.contains("x-envoy-upstream-service-time"),
        "{answer}"
    );
    assert!(get(Some(&frontend), services, "payments.shop.local:8080").starts_with("HTTP/1.1 404"));
    // And the machine comes in by the gateway.
    let gateway = SocketAddr::new(told.word("web", "gateway").parse().unwrap(), 8080);
    assert!(get(None, gateway, "any").contains("x-meshwright-node: frontend"));
}

#[test]
fn a_mesh_of_ones_own_is_followed_into_its_namespaces() {
    let Some((envoy, folder)) = ready() else { return };
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    fs::write(file.path(), BANK).unwrap();
    let told = Told::start(up(&envoy, folder.path(), &["--intercept", file.path().to_str().unwrap()]));
    assert!(told.text.contains("traffic goes through them"), "{}", told.text);
    // A gateway needs no rights to listen on a low port.
    let gateway = SocketAddr::new(told.word("door", "gateway").parse().unwrap(), 80);
    let answer = get(None, gateway, "bank");
    assert!(answer.contains("ledger.bank → ledger") && answer.contains("vault.bank → vault"), "{answer}");
    assert_eq!(envoys(folder.path()).len(), 4);
    fs::write(file.path(), format!("{BANK}{AUDITOR}")).unwrap();
    until("a new node has an Envoy", || envoys(folder.path()).len() == 5);
    until("it has a network of its own", || {
        envoys(folder.path()).values().map(|(_, namespace)| namespace.clone()).collect::<BTreeSet<PathBuf>>().len() == 5
    });
    // Ports that come to a node are redirected too.
    fs::write(file.path(), BANK.replace("Port: 8080", "Port: 8081")).unwrap();
    until("a node that is gone has none", || envoys(folder.path()).len() == 4);
    until("rules follow", || told.inside("teller", "iptables", &["-t", "nat", "-S"]).contains("--dports 8081 "));
    until("requests go there", || get(None, gateway, "bank").contains("vault.bank → vault"));
    // One that was there from the start has its address to itself when it comes again.
    let (start, end) = (BANK.find("  Vault:").unwrap(), BANK.find("  TellerService:").unwrap());
    let without = BANK[..start].to_owned() + &BANK[end..];
    let without: Vec<&str> = without.lines().filter(|line| !line.contains("vault")).collect();
    fs::write(file.path(), without.join("\n")).unwrap();
    until("it has gone", || envoys(folder.path()).len() == 3);
    fs::write(file.path(), BANK).unwrap();
    until("it has come again", || envoys(folder.path()).len() == 4);
    until("requests go there again", || get(None, gateway, "bank").contains("vault.bank → vault"));
    for _ in 0..20 {
        assert!(get(None, gateway, "bank").contains("vault.bank → vault"));
    }
}

#[test]
fn however_it_ends_no_namespace_link_or_rule_is_left() {
    let Some((envoy, folder)) = ready() else { return };
    for end in [Signal::INT, Signal::TERM, Signal::KILL] {
        let mut told = Told::start(up(&envoy, folder.path(), &["--intercept"]));
        assert!(told.link().exists() && runs(folder.path()));
        signal(&told.run.0, end);
        told.run.0.wait().unwrap();
        until("its Envoys end", || !runs(folder.path()));
        until("its link goes with its namespaces", || !told.link().exists());
        if end != Signal::KILL {
            nothing_is_left(folder.path());
        }
    }
    let rules = Command::new("iptables-save").output();
    assert!(rules.is_ok_and(|rules| !String::from_utf8_lossy(&rules.stdout).contains("APPMESH")));
}

#[test]
fn it_ends_while_namespaces_are_made() {
    let Some((envoy, folder)) = ready() else { return };
    for wait in [0, 40, 80, 150, 400] {
        let mut child = Running(up(&envoy, folder.path(), &["--intercept"]).spawn().unwrap());
        until("it makes its folder", || fs::read_dir(folder.path()).unwrap().next().is_some());
        std::thread::sleep(Duration::from_millis(wait));
        signal(&child.0, Signal::INT);
        let mut said = String::new();
        child.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.0.wait().unwrap().success(), "{said}");
        assert_eq!(said, "");
        until("its Envoys end", || !runs(folder.path()));
        nothing_is_left(folder.path());
    }
}

#[test]
fn several_runs_do_not_meet() {
    let Some((envoy, folder)) = ready() else { return };
    let one = Told::start(up(&envoy, folder.path(), &["--intercept"]));
    let other = Told::start(up(&envoy, folder.path(), &["--intercept"]));
    assert_ne!(one.link(), other.link());
    assert_ne!(one.word("web", "gateway"), other.word("web", "gateway"));
}

#[test]
fn what_it_needs_is_said() {
    use std::os::unix::process::CommandExt as _;
    let Some((envoy, folder)) = ready() else { return };
    let refused = |mut command: Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        text(&output)
    };
    let said = refused(up(&envoy, folder.path(), &["--intercept", "--no-proxies"]));
    assert!(said.contains("cannot be used with"), "{said}");
    // Where programs are built, others may not look.
    let program = folder.path().join("meshwright");
    fs::copy(env!("CARGO_BIN_EXE_meshwright"), &program).unwrap();
    let mut command = Command::new(program);
    command.args(["up", "--intercept"]).current_dir("/").uid(NOBODY).gid(NOBODY);
    let said = refused(command);
    assert!(
        said.contains("--intercept: a network namespace cannot be made") && said.contains("it takes root"),
        "{said}"
    );
    // Envoys are another user's, who may not look everywhere.
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let said = refused(up(&envoy, &closed, &["--intercept"]));
    assert!(said.contains("user 1337, as whom Envoys run, may not pass through") && said.contains("TMPDIR"), "{said}");
}
