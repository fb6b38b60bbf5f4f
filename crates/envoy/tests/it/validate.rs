//! Every form of a bootstrap before a real Envoy.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use meshwright_envoy::Settings;
use meshwright_envoy::bootstrap::{Use, UserFile, freeze, merge};
use meshwright_envoy::envoy::config::bootstrap::v3::bootstrap::StaticResources;
use meshwright_envoy::envoy::config::cluster::v3::Cluster;
use meshwright_envoy::json::to_json;
use serde_json::{Value, json};

use crate::judge::{envoy, refusals};
use crate::process::Running;
use crate::{NODE, bootstrapped, settings};

const PLAIN: (&str, &str) = ("APPMESH_XDS_ENDPOINT", "http://127.0.0.1:18000");

/// Variables that a bootstrap is made with, beside an endpoint.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("plain", &[]),
    ("tls", &[("APPMESH_XDS_ENDPOINT", "https://xds.example:443")]),
    ("socket", &[("APPMESH_XDS_ENDPOINT", "unix:///tmp/xds.sock")]),
    ("admin on IPv6", &[("ENVOY_ADMIN_ACCESS_ENABLE_IPV6", "1"), ("ENVOY_ADMIN_ACCESS_PORT", "0")]),
    ("admin on a socket", &[("ENVOY_ADMIN_MODE", "uds")]),
    ("X-Ray", &[("ENABLE_ENVOY_XRAY_TRACING", "1")]),
    ("X-Ray with a rate", &[("ENABLE_ENVOY_XRAY_TRACING", "1"), ("XRAY_SAMPLING_RATE", "0.25")]),
    ("Jaeger", &[("ENABLE_ENVOY_JAEGER_TRACING", "1")]),
    ("Jaeger with JSON", &[("ENABLE_ENVOY_JAEGER_TRACING", "1"), ("JAEGER_TRACER_VERSION", "JSON")]),
    ("Datadog", &[("ENABLE_ENVOY_DATADOG_TRACING", "1")]),
    ("SDS", &[("APPMESH_SDS_SOCKET_PATH", "/tmp/sds.sock")]),
    ("statistics", &[("ENABLE_ENVOY_STATS_TAGS", "1"), ("APPMESH_METRIC_EXTENSION_VERSION", "1")]),
    ("DogStatsD", &[("ENABLE_ENVOY_DOG_STATSD", "1"), ("ENVOY_STATS_FLUSH_INTERVAL", "1m30s")]),
    ("DogStatsD on a socket", &[("ENABLE_ENVOY_DOG_STATSD", "1"), ("STATSD_SOCKET_PATH", "/tmp/statsd.sock")]),
    ("runtime", &[("MAX_REQUESTS_PER_IO_CYCLE", "5"), ("ENVOY_INITIAL_FETCH_TIMEOUT", "30")]),
];

#[test]
fn envoy_accepts_every_form() {
    let Some(envoy) = envoy() else { return };
    let mut bootstraps: Vec<(&str, Value)> = Vec::new();
    for (name, given) in FORMS {
        bootstraps.push((name, bootstrapped(NODE, &[&[PLAIN], *given].concat())));
    }
    bootstraps.push(("gateway", bootstrapped("mesh/shop@123456789012/virtualGateway/edge", &[PLAIN])));
    bootstraps.push(("frozen", frozen()));
    bootstraps.push(("merged", merged()));
    assert_eq!(refusals(&envoy, &bootstraps), []);
}

/// A bootstrap that asks nobody.
fn frozen() -> Value {
    let settings = Settings { control_plane: None, ..settings(NODE, &[PLAIN]).unwrap() };
    let mut bootstrap = meshwright_envoy::bootstrap(&settings);
    let cluster = Cluster { name: "a".to_owned(), ..Default::default() };
    freeze(&mut bootstrap, StaticResources { clusters: vec![cluster], ..Default::default() });
    to_json(&bootstrap)
}

/// A bootstrap with files of the user's.
fn merged() -> Value {
    let cluster = json!({"name": "a", "type": "STATIC", "connectTimeout": "1s"});
    let resources = json!({"staticResources": {"clusters": [cluster]}, "statsFlushInterval": "5s"});
    let statsd = json!({
        "@type": "type.googleapis.com/envoy.config.metrics.v3.StatsdSink",
        "address": {"socket_address": {"protocol": "UDP", "address": "127.0.0.1", "port_value": 8125}},
    });
    let sinks = json!({"stats_sinks": [{"name": "envoy.stat_sinks.statsd", "typed_config": statsd}]});
    let file = |purpose, content| UserFile { purpose, shown: String::new(), content };
    let files = [file(Use::Sinks, sinks), file(Use::Resources, resources)];
    merge(bootstrapped(NODE, &[PLAIN, ("APPMESH_SDS_SOCKET_PATH", "/tmp/sds.sock")]), &files).unwrap().json
}

/// Envoy 1.40 has no extension that signs gRPC calls, as App Mesh's own has; all else of such a bootstrap it takes.
#[test]
fn of_a_bootstrap_for_app_mesh_itself_envoy_lacks_the_signer_alone() {
    let Some(envoy) = envoy() else { return };
    let mut settings = settings(NODE, &[("AWS_REGION", "eu-west-1")]).unwrap();
    // Envoy looks for the file, which is not on every machine.
    let folder = tempfile::tempdir().unwrap();
    let certificates = folder.path().join("ca.pem");
    std::fs::write(&certificates, "").unwrap();
    settings.trusted_certificates = Some(certificates.display().to_string());
    // Guards that App Mesh's agent sets, and that Envoy calls a bug since.
    settings.runtime.no_extension_lookup_by_name = None;
    settings.runtime.set_tracing_decision = None;
    settings.runtime.use_http_client_to_fetch_aws_credentials = None;
    let signed = to_json(&meshwright_envoy::bootstrap(&settings));
    let mut unsigned = signed.clone();
    let channel = unsigned.pointer_mut("/dynamic_resources/ads_config/grpc_services/0/google_grpc").unwrap();
    for member in ["call_credentials", "credentials_factory_name"] {
        channel.as_object_mut().unwrap().remove(member).unwrap();
    }
    let refused = refusals(&envoy, &[("signed", signed), ("unsigned", unsigned)]);
    let [(name, why)] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!(name, "signed");
    assert!(why.contains("envoy.config.grpc_credential.v3.AwsIamConfig"), "{why}");
}

/// What a client of HTTP/2 says first where there is no TLS. Source: RFC 9113, section 3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[test]
fn envoy_calls_a_plain_control_plane_without_tls() {
    if envoy().is_none() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let _envoy = Running::launch(&bootstrapped(NODE, &[("APPMESH_XDS_ENDPOINT", &endpoint)]));
    let mut stream = accept(&listener);
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut said = vec![0; PREFACE.len()];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(String::from_utf8_lossy(&said), String::from_utf8_lossy(PREFACE));
    // Settings of a server that has none, so that it goes on to ask.
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
    let mut asked = Vec::new();
    let is_asked = |asked: &[u8]| {
        let asked = String::from_utf8_lossy(asked).into_owned();
        asked.contains("AggregatedDiscoveryService") && asked.contains(NODE)
    };
    while !is_asked(&asked) {
        let mut more = [0; 4096];
        let count = stream.read(&mut more).unwrap();
        assert!(count > 0, "Envoy has hung up after {}", String::from_utf8_lossy(&asked));
        asked.extend_from_slice(&more[..count]);
    }
}

fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return stream;
            }
            Err(why) => assert!(Instant::now() < end, "Envoy has not called: {why}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
