//! Proxies over TLS: calls signed as App Mesh's Envoy image signs them, certificates of clients, and whoever has neither.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::grpc::{CLUSTERS, DISCOVER, asks, run};
use crate::proxies::{Proxy, envoy, free_port, until};
use crate::serve::Server;

const KEYS: &str = r#"
[[key]]
id = "ORDERS"
secret = "the secret of orders"
user = "orders"
allow = [{ actions = ["appmesh:StreamAggregatedResources"], resources = ["arn:aws:appmesh:*:*:mesh/shop/virtualNode/orders"] }]

[[key]]
id = "ADMIN"
secret = "the secret of the admin"
user = "admin"
allow = [{ actions = ["*"], resources = ["*"] }]
deny = [{ actions = ["appmesh:StreamAggregatedResources"], resources = ["*/virtualGateway/*"] }]

[[key]]
id = "PARTNER"
secret = "the secret of a partner"
user = "partner"
account = "210987654321"
shared = ["arn:aws:appmesh:*:123456789012:mesh/shop"]
allow = [{ actions = ["appmesh:Stream*"], resources = ["arn:aws:appmesh:*:210987654321:mesh/*"] }]
"#;

const ORDERS: &str = "mesh/shop/virtualNode/orders";

/// A server that proxies reach with TLS, and the files of whoever reaches it.
pub(crate) struct Shop {
    server: Server,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Shop {
    pub(crate) fn start(has_keys: bool, has_authorities: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        for who in ["own", "other"] {
            let mut params = CertificateParams::default();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, format!("the authority of {who}"));
            let key = KeyPair::generate().unwrap();
            fs::write(path(&format!("{who}-ca.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
            let issuer = Issuer::new(params, key);
            let key = KeyPair::generate().unwrap();
            let mut leaf = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
            // Envoy takes a certificate that names itself as its issuer for an authority.
            leaf.distinguished_name.push(DnType::CommonName, who);
            fs::write(path(&format!("{who}.pem")), leaf.signed_by(&key, &issuer).unwrap().pem()).unwrap();
            fs::write(path(&format!("{who}-key.pem")), key.serialize_pem()).unwrap();
        }
        fs::write(path("keys.toml"), KEYS).unwrap();
        for secret in ["keys.toml", "own-key.pem"] {
            fs::set_permissions(path(secret), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let port = free_port();
        let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/shop/shop.yaml");
        let mut arguments = vec!["--load".to_owned(), shop.display().to_string()];
        arguments.extend(["--ads".to_owned(), format!("https://127.0.0.1:{port}")]);
        arguments.extend(["--tls-cert".to_owned(), path("own.pem"), "--tls-key".to_owned(), path("own-key.pem")]);
        if has_keys {
            arguments.extend(["--credentials".to_owned(), path("keys.toml")]);
        }
        if has_authorities {
            arguments.extend(["--client-ca".to_owned(), path("own-ca.pem")]);
        }
        let log = fs::File::create(path("log")).unwrap();
        let server = Server::start_saying(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), Stdio::from(log));
        Self { server, folder, port }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }

    /// What a client is told that trusts the server and shows a certificate of somebody.
    fn call(&self, headers: &[(String, String)], id: &str, certificate: Option<&str>) -> Answer {
        let headers = headers.to_vec();
        run(call(self.port, self.client(certificate), headers, id.to_owned()))
    }

    fn client(&self, certificate: Option<&str>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.path("own-ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let mut config = match certificate {
            None => builder.with_no_client_auth(),
            Some(who) => {
                let chain = vec![CertificateDer::from_pem_file(self.path(&format!("{who}.pem"))).unwrap()];
                let key = PrivateKeyDer::from_pem_file(self.path(&format!("{who}-key.pem"))).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }

    /// What `proxies` shows an administrator.
    pub(crate) fn proxies(&self) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_meshwright"))
            .args(["proxies", "--endpoint-url", &format!("https://{}", self.server.address), "--region", "us-east-1"])
            .env("AWS_CA_BUNDLE", self.path("own-ca.pem"))
            .env("AWS_ACCESS_KEY_ID", "ADMIN")
            .env("AWS_SECRET_ACCESS_KEY", "the secret of the admin")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What a call ends with.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// Resources were sent.
    Told,
    /// gRPC's status and its message.
    Refused(u16, String),
    /// There is no connection.
    Broken,
}

impl Answer {
    #[track_caller]
    fn is_refused(&self, expected: u16, part: &str) {
        let Self::Refused(status, message) = self else { panic!("{self:?}") };
        assert!(*status == expected && message.contains(part), "{status} {message}");
    }
}

/// Asks for the clusters of a proxy, and ends.
async fn call(port: u16, config: ClientConfig, headers: Vec<(String, String)>, id: String) -> Answer {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let Ok(stream) = TlsConnector::from(Arc::new(config)).connect(name, stream).await else { return Answer::Broken };
    let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let Ok((mut sender, connection)) = shaken else { return Answer::Broken };
    tokio::spawn(connection);
    let mut request = Request::post(format!("https://localhost:{port}{DISCOVER}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.header("content-type", "application/grpc").header("te", "trailers");
    let Ok(response) = sender.send_request(request.body(Full::new(asks(&id, CLUSTERS, &[]))).unwrap()).await else {
        return Answer::Broken;
    };
    let status = |headers: &HeaderMap| {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let message = text("grpc-message").unwrap_or_default().replace("%20", " ").replace("%3A", ":");
        Some(Answer::Refused(text("grpc-status")?.parse().unwrap(), message))
    };
    if let Some(refused) = status(response.headers()) {
        return refused;
    }
    let mut body = response.into_body();
    match body.frame().await {
        Some(Ok(frame)) if frame.is_data() => Answer::Told,
        Some(Ok(frame)) => frame.trailers_ref().and_then(status).unwrap(),
        Some(Err(_)) | None => Answer::Broken,
    }
}

/// A signature as App Mesh's Envoy makes it.
struct Signature<'s> {
    key: &'s str,
    secret: &'s str,
    token: Option<&'s str>,
    service: &'s str,
    method: &'s str,
    host: &'s str,
    at: SystemTime,
}

impl<'s> Signature<'s> {
    fn of(key: &'s str, secret: &'s str, host: &'s str) -> Self {
        let at = SystemTime::now();
        Self { key, secret, token: None, service: "appmesh", method: DISCOVER, host, at }
    }

    /// The metadata that it adds to a call: Envoy signs a POST without a body, and its digest too.
    ///
    /// Source: envoyproxy/envoy, `source/extensions/grpc_credentials/aws_iam` and `source/extensions/common/aws`.
    fn headers(&self) -> Vec<(String, String)> {
        let token = self.token.map(str::to_owned);
        let identity = Credentials::new(self.key, self.secret, token, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(self.at)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("https://{}{}", self.host, self.method);
        let request = SignableRequest::new("POST", url, std::iter::empty(), SignableBody::Bytes(b"")).unwrap();
        let (signed, _) = sign(request, &parameters).unwrap().into_parts();
        signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

#[test]
fn a_proxy_is_whom_its_signature_allows() {
    let shop = Shop::start(true, false);
    let host = format!("localhost:{}", shop.port);
    let orders = || Signature::of("ORDERS", "the secret of orders", &host);
    let call = |signature: &Signature<'_>, id: &str| shop.call(&signature.headers(), id, None);
    assert_eq!(call(&orders(), ORDERS), Answer::Told);
    assert_eq!(call(&Signature { service: "appmesh-preview", ..orders() }, ORDERS), Answer::Told);
    assert_eq!(call(&orders(), &format!("arn:aws:appmesh:us-east-1:123456789012:{ORDERS}")), Answer::Told);
    let names: Vec<String> = orders().headers().into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"x-amz-content-sha256".to_owned()), "{names:?}");

    // Nobody, or not who it says.
    shop.call(&[], ORDERS, None).is_refused(16, "Missing Authentication Token");
    for wrong in [
        Signature { secret: "another secret", ..orders() },
        Signature { method: "/envoy.service.discovery.v3.AggregatedDiscoveryService/Other", ..orders() },
        Signature { host: "elsewhere:18000", ..orders() },
    ] {
        call(&wrong, ORDERS).is_refused(16, "does not match the signature you provided");
    }
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let at = |at: SystemTime| call(&Signature { at, ..orders() }, ORDERS);
    at(SystemTime::now() - minutes(6)).is_refused(16, "Signature expired");
    at(SystemTime::now() + minutes(6)).is_refused(16, "Signature not yet current");
    assert_eq!(at(SystemTime::now() - minutes(4)), Answer::Told);
    call(&Signature { key: "NOBODY", ..orders() }, ORDERS).is_refused(16, "security token included in the request");
    call(&Signature { service: "s3", ..orders() }, ORDERS).is_refused(16, "correct service");
    // A role's keys for a while, as a task of ECS has them.
    call(&Signature { token: Some("IQoJ"), ..orders() }, ORDERS).is_refused(16, "AWS_SECRET_ACCESS_KEY");
    shop.call(&[("authorization".to_owned(), "x".repeat(3000))], ORDERS, None).is_refused(16, "AWS4-HMAC-SHA256");

    // Somebody else.
    let denied = "orders is not authorized to perform: appmesh:StreamAggregatedResources on resource: \
                  arn:aws:appmesh:us-east-1:123456789012:mesh/shop/virtualNode/payments-v1";
    call(&orders(), "mesh/shop/virtualNode/payments-v1").is_refused(7, denied);
    call(&orders(), "mesh/shop/virtualGateway/orders").is_refused(7, "mesh/shop/virtualGateway/orders");
    let admin = || Signature::of("ADMIN", "the secret of the admin", &host);
    assert_eq!(call(&admin(), ORDERS), Answer::Told);
    call(&admin(), "mesh/shop/virtualGateway/web").is_refused(7, "not authorized");
    call(&admin(), "mesh/shop@210987654321/virtualNode/orders").is_refused(7, "does not share its mesh");
    call(&admin(), "sidecar~10.0.0.1").is_refused(3, "no proxy's");
    // A mesh that is shared, by an account whose own has the same name.
    let partner = || Signature::of("PARTNER", "the secret of a partner", &host);
    assert_eq!(call(&partner(), "mesh/shop@123456789012/virtualNode/orders"), Answer::Told);
    assert_eq!(call(&partner(), ORDERS), Answer::Refused(0, String::new()), "it waits for a mesh of its own");

    let log = shop.log();
    assert!(log.contains("refused a proxy from 127.0.0.1: Missing Authentication Token"), "{log}");
    assert!(log.lines().filter(|line| line.starts_with("refused")).count() < 10, "{log}");
    let shown = shop.proxies();
    let denied = shown.lines().find(|line| line.contains("as mesh/shop/virtualNode/payments-v1, ")).unwrap_or_default();
    assert!(denied.starts_with("refused from 127.0.0.1 as ") && denied.contains(" s ago: User: "), "{shown}");
    assert!(shown.contains("refused from 127.0.0.1, 3 times, last "), "{shown}");
}

#[test]
fn a_certificate_stands_for_a_signature() {
    let with = Shop::start(false, true);
    assert_eq!(with.call(&[], ORDERS, Some("own")), Answer::Told);
    assert_eq!(with.call(&[], ORDERS, None), Answer::Broken);
    assert_eq!(with.call(&[], ORDERS, Some("other")), Answer::Broken);
    let either = Shop::start(true, true);
    let host = format!("localhost:{}", either.port);
    let signed = Signature::of("ORDERS", "the secret of orders", &host).headers();
    assert_eq!(either.call(&[], ORDERS, Some("own")), Answer::Told);
    assert_eq!(either.call(&signed, ORDERS, None), Answer::Told);
    assert_eq!(either.call(&signed, ORDERS, Some("other")), Answer::Broken);
    either.call(&[], ORDERS, None).is_refused(16, "Missing Authentication Token");
}

#[test]
fn what_speaks_no_tls_harms_nobody() {
    let shop = Shop::start(true, false);
    let host = format!("localhost:{}", shop.port);
    let (ended, silent) = run(async {
        let connect = || TcpStream::connect(("127.0.0.1", shop.port));
        let mut ended = 0;
        for number in 0..50_u8 {
            let mut stream = connect().await.unwrap();
            let garbage: &[u8] = if number % 2 == 0 { b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" } else { &[0xff; 4096] };
            let _ = stream.write_all(garbage).await;
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap();
            ended += 1;
        }
        (ended, connect().await.unwrap().into_std().unwrap())
    });
    assert_eq!(ended, 50);
    let signed = Signature::of("ORDERS", "the secret of orders", &host).headers();
    assert_eq!(shop.call(&signed, ORDERS, None), Answer::Told);
    drop(silent);
    let shown = shop.proxies();
    assert!(shown.contains("refused from 127.0.0.1, 50 times, last "), "{shown}");
    assert!(shop.log().lines().count() < 10, "{}", shop.log());
}

#[test]
fn a_real_envoy_is_served_over_tls() {
    let Some(envoy) = envoy() else { return };
    for has_authorities in [false, true] {
        let shop = Shop::start(false, has_authorities);
        let xds = format!("https://localhost:{}", shop.port);
        let path = |name: &str| shop.path(name).display().to_string();
        let (ca, chain, key) = (path("own-ca.pem"), path("own.pem"), path("own-key.pem"));
        let mut options = vec!["--xds", &xds, "--ca", &ca];
        if has_authorities {
            options.extend(["--client-cert", &chain, "--client-key", &key]);
        }
        let proxy = Proxy::start_with(&envoy, shop.folder.path(), "web", &options);
        until("it is told", || proxy.count("cluster_manager.cds.update_success") > 0);
    }
}

/// Between a proxy that knows neither TLS nor keys and a server that asks for certificates.
#[test]
fn a_real_envoy_is_served_by_a_relay() {
    let Some(envoy) = envoy() else { return };
    let shop = Shop::start(false, true);
    let path = |name: &str| shop.path(name).display().to_string();
    let file = |name: &str| json!({"filename": path(name)});
    let socket = path("xds.sock");
    let tls = json!({
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        "sni": "localhost",
        "common_tls_context": {
            "alpn_protocols": ["h2"],
            "tls_certificates": [{"certificate_chain": file("own.pem"), "private_key": file("own-key.pem")}],
            "validation_context": {"trusted_ca": file("own-ca.pem")},
        },
    });
    let address = json!({"socket_address": {"address": "127.0.0.1", "port_value": shop.port}});
    let bytes = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "stat_prefix": "relay",
        "cluster": "server",
    });
    let relay = json!({"static_resources": {
        "listeners": [{
            "name": "relay",
            "address": {"pipe": {"path": socket}},
            "filter_chains": [{"filters": [{"name": "relay", "typed_config": bytes}]}],
        }],
        "clusters": [{
            "name": "server",
            "type": "STATIC",
            "load_assignment": {
                "cluster_name": "server",
                "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
            },
            "transport_socket": {"name": "tls", "typed_config": tls},
        }],
    }});
    let folder = tempfile::tempdir().unwrap();
    let relay = Proxy::run(&envoy, folder.path(), &relay);
    until("the relay listens", || Path::new(&socket).exists());
    let xds = format!("unix://{socket}");
    let proxy = Proxy::start(&envoy, shop.folder.path(), "web", &xds);
    until("it is told", || proxy.count("cluster_manager.cds.update_success") > 0);
    drop(relay);
}

#[test]
fn beyond_the_loopback_proxies_must_be_somebody() {
    let shop = Shop::start(false, false);
    let (chain, key) = (shop.path("own.pem"), shop.path("own-key.pem"));
    let output = Command::new(env!("CARGO_BIN_EXE_meshwright"))
        .args(["serve", "--listen", "127.0.0.1:0", "--ads", "https://0.0.0.0:0", "--tls-cert"])
        .args([&chain, Path::new("--tls-key"), &key])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("give --client-ca, --credentials or both"), "{said}");
}
