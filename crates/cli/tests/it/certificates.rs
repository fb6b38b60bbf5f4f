//! What AWS Certificate Manager held, handed out from a folder to real Envoys.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber};
use serde_json::{Value, json};

use crate::grpc::{SECRETS, connect, run, send};
use crate::proxies::{Proxy, call, envoy, free_port, until};
use crate::serve::Server;

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1a-2b";
const AUTHORITY: &str = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/3c-4d";

/// A certificate with a serial number, its key and its authority, in PEM.
fn issued(serial: u64) -> [String; 3] {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, format!("authority {serial}"));
    params.serial_number = Some(SerialNumber::from(serial << 8));
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
    leaf.serial_number = Some(SerialNumber::from(serial));
    leaf.distinguished_name.push(DnType::CommonName, "inner");
    [leaf.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem(), authority]
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A gateway that others reach by TLS with a certificate of ACM's, and one that calls it and trusts an authority of ACM's.
fn mesh(server: &Server, outer: u16, inner: u16) {
    let create = |kind: &str, name: &str, spec: Value| {
        let named = format!("{}Name", kind.trim_end_matches('s'));
        call(server, "PUT", &format!("/shop/{kind}"), &json!({named: name, "spec": spec}));
    };
    call(server, "PUT", "", &json!({"meshName": "shop"}));
    let tls = json!({"mode": "STRICT", "certificate": {"acm": {"certificateArn": CERTIFICATE}}});
    let listener = json!({"portMapping": {"port": inner, "protocol": "http"}, "tls": tls});
    create("virtualGateways", "inner", json!({"listeners": [listener]}));
    let trust = json!({"acm": {"certificateAuthorityArns": [AUTHORITY]}});
    let policy = json!({"tls": {"enforce": true, "validation": {"trust": trust}}});
    let listener = json!({"portMapping": {"port": outer, "protocol": "http"}});
    create("virtualGateways", "outer", json!({"listeners": [listener], "backendDefaults": {"clientPolicy": policy}}));
    let listener = json!({"portMapping": {"port": inner, "protocol": "http"}});
    let discovery = json!({"dns": {"hostname": "localhost", "ipPreference": "IPv4_ONLY"}});
    create("virtualNodes", "inner", json!({"listeners": [listener], "serviceDiscovery": discovery}));
    let provider = json!({"provider": {"virtualNode": {"virtualNodeName": "inner"}}});
    create("virtualServices", "inner.local", provider);
    let target = json!({"virtualService": {"virtualServiceName": "inner.local"}});
    let route = json!({"httpRoute": {"match": {"prefix": "/"}, "action": {"target": target}}});
    call(server, "PUT", "/shop/virtualGateway/outer/gatewayRoutes", &json!({"gatewayRouteName": "all", "spec": route}));
}

/// The status that a request through the outer gateway gets; 404 is what the inner one says, which has no routes.
fn status(port: u16) -> u16 {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return 0 };
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: inner\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

fn omissions(server: &Server) -> String {
    let (_, page) = Server::ask(&server.address, "GET", "/meshwright/proxies", "").unwrap();
    page["proxies"].as_array().unwrap().iter().map(|own| own["omissions"].to_string()).collect()
}

/// What whoever asks is told of proxies, with the contents of what they have.
fn status_of_proxies(ads: SocketAddr) -> String {
    const FETCH: &str = "/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus";
    run(async {
        let mut client = connect(ads, 1 << 20).await;
        let (response, _stream) = send(&mut client, FETCH, Bytes::from_static(&[0; 5]));
        let mut body = response.await.unwrap().into_body();
        let mut told = Vec::new();
        while let Some(part) = body.data().await {
            told.extend_from_slice(&part.unwrap());
        }
        String::from_utf8_lossy(&told).into_owned()
    })
}

#[test]
fn certificates_of_a_folder_reach_real_envoys_and_are_renewed() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (chain, key, authorities) =
        (path("held/1a-2b/chain.pem"), path("held/1a-2b/key.pem"), path("held/3c-4d/authorities.pem"));
    fs::create_dir(path("held")).unwrap();
    let (xds, held) = (format!("unix://{}", path("xds.sock").display()), path("held").display().to_string());
    let log = Stdio::from(fs::File::create(path("log")).unwrap());
    let ads = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let server = Server::start_saying(&["--ads", &xds, "--ads", &ads.to_string(), "--certificates", &held], log);
    let (outer_port, inner_port) = (free_port(), free_port());
    mesh(&server, outer_port, inner_port);
    let proxies = ["outer", "inner"].map(|name| {
        fs::create_dir(path(name)).unwrap();
        Proxy::start(&envoy, &path(name), name, &xds)
    });

    // Nothing is there yet: it says what is missing and where it looks.
    until("it is said what is missing", || {
        let said = omissions(&server);
        said.contains(chain.to_str().unwrap()) && said.contains(authorities.to_str().unwrap())
    });
    assert_ne!(status(outer_port), 404);

    let [first_chain, first_key, first_authority] = issued(0x11_1111);
    write(&chain, &first_chain);
    write(&key, &first_key);
    write(&authorities, &first_authority);
    until("requests pass", || status(outer_port) == 404);
    assert_eq!(omissions(&server), r"[][]");
    assert!(proxies[1].ask("/certs").contains("111111"));

    // A certificate whose key has not followed yet harms nobody.
    let [next_chain, next_key, next_authority] = issued(0x22_2222);
    write(&chain, &next_chain);
    until("it is told", || fs::read_to_string(path("log")).unwrap().contains("proxies keep what they have"));
    assert!(proxies[1].ask("/certs").contains("111111"));
    assert_eq!(status(outer_port), 404);
    write(&key, &next_key);
    write(&authorities, &format!("{first_authority}{next_authority}"));
    until("the next is in use", || proxies[1].ask("/certs").contains("222222"));
    write(&authorities, &next_authority);
    let trusts_first = || proxies[0].ask("/certs").contains("11111100");
    until("the first authority is no longer trusted", || !trusts_first());
    until("requests pass", || status(outer_port) == 404);

    let told = status_of_proxies(ads);
    assert!(told.contains(SECRETS) && told.contains(CERTIFICATE), "how secrets stand is told, and no more of them");
    let said = fs::read_to_string(path("log")).unwrap() + &omissions(&server) + &proxies[1].ask("/config_dump") + &told;
    let is_shown = |key: &str| key.lines().nth(1).is_some_and(|line| said.contains(line));
    assert!(!is_shown(&first_key) && !is_shown(&next_key), "nobody shows a key");
}

/// A pipe would be waited for, by everybody.
#[test]
fn what_is_no_file_is_not_opened() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("held/1a-2b")).unwrap();
    fs::create_dir_all(path("held/3c-4d/authorities.pem")).unwrap();
    assert!(Command::new("mkfifo").arg(path("held/1a-2b/chain.pem")).status().unwrap().success());
    let (xds, held) = (format!("unix://{}", path("xds.sock").display()), path("held").display().to_string());
    let server = Server::start(&["--ads", &xds, "--certificates", &held]);
    mesh(&server, free_port(), free_port());
    let _proxies = ["outer", "inner"].map(|name| {
        fs::create_dir(path(name)).unwrap();
        Proxy::start(&envoy, &path(name), name, &xds)
    });
    until("it is said of both", || omissions(&server).matches("it is no file").count() == 2);
}

#[test]
fn a_key_that_everyone_may_read_is_not_handed_out() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let [chain, key, _] = issued(1);
    write(&path("held/1a-2b/chain.pem"), &chain);
    write(&path("held/1a-2b/key.pem"), &key);
    fs::set_permissions(path("held/1a-2b/key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    let (xds, held) = (format!("unix://{}", path("xds.sock").display()), path("held").display().to_string());
    let server = Server::start(&["--ads", &xds, "--certificates", &held]);
    mesh(&server, free_port(), free_port());
    let _proxy = Proxy::start(&envoy, folder.path(), "inner", &xds);
    until("it is said why", || omissions(&server).contains("everyone on this machine may read"));
}
