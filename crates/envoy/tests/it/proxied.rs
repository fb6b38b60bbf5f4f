//! The proxy of a node or gateway as a real Envoy, with just what the translation says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use meshwright_envoy::envoy::config::bootstrap::v3::Bootstrap;
use meshwright_envoy::json::to_json;
use meshwright_envoy::translate::{Configuration, Delivery, Endpoints, Options, translate};
use meshwright_model::Kind;
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{EGRESS_PORT, Proxy, World};
use serde_json::{Value, json};

use crate::process::{Running, free_ports};

/// A proxy that runs, and where it logs.
pub(crate) struct Proxied {
    pub(crate) running: Running,
    /// The port on which it takes what its application sends.
    pub(crate) egress: u16,
    log: tempfile::NamedTempFile,
}

impl Proxied {
    /// Starts it with redirected connections; `None` where the mesh has none of that name.
    pub(crate) fn start(world: &World<'_>, kind: Kind, name: &str) -> Option<Self> {
        Self::start_with(world, kind, name, Capture::OriginalDestination)
    }

    /// Starts it.
    pub(crate) fn start_with(world: &World<'_>, kind: Kind, name: &str, capture: Capture) -> Option<Self> {
        Proxy::of(world, kind, name).map(|proxy| Self::of(&proxy, capture))
    }

    /// Starts it, as it is.
    pub(crate) fn of(proxy: &Proxy<'_>, capture: Capture) -> Self {
        let options = Options { delivery: Delivery::Static, capture, ..Options::default() };
        let configuration = translate(proxy, &Endpoints::default(), &options);
        let egress = free_ports(1)[0];
        let log = tempfile::NamedTempFile::new().unwrap();
        let bootstrap = bootstrap(configuration, egress, log.path().to_str().unwrap());
        Self { running: Running::start(&bootstrap, proxy.name), egress, log }
    }

    /// What it has logged of each request, by the request's number and the direction.
    pub(crate) fn logged(&self, wanted: usize) -> BTreeMap<(String, String), Value> {
        let start = Instant::now();
        let mut before = 0;
        loop {
            let text = std::fs::read_to_string(self.log.path()).unwrap();
            let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let all: BTreeMap<(String, String), Value> =
                lines.map(|line| ((text(&line, "pair"), text(&line, "side")), line)).collect();
            // A gateway logs many requests twice, and some are not logged at all.
            let is_still = all.len() == before && all.len() >= wanted;
            if is_still || start.elapsed() > Duration::from_millis(400) {
                return all;
            }
            before = all.len();
            std::thread::sleep(Duration::from_millis(60));
        }
    }
}

/// A bootstrap for one proxy on ports of its own, which logs and lets clients say where they meant to go.
fn bootstrap(configuration: Configuration, egress: u16, log: &str) -> Value {
    let whole = Bootstrap { static_resources: Some(configuration.into_static()), ..Bootstrap::default() };
    let mut json = to_json(&whole);
    for listener in json["static_resources"]["listeners"].as_array_mut().unwrap() {
        let is_node_egress = listener["listener_filters"][0]["name"] == "envoy.filters.listener.original_dst"
            && listener["traffic_direction"] == "OUTBOUND";
        let side = if listener["traffic_direction"] == "OUTBOUND" { "egress" } else { "ingress" };
        if is_node_egress {
            let filter = json!({"name": "envoy.filters.listener.proxy_protocol", "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"}});
            listener["listener_filters"].as_array_mut().unwrap().insert(0, filter);
        }
        for chain in listener["filter_chains"].as_array_mut().unwrap() {
            for filter in chain["filters"].as_array_mut().unwrap() {
                filter["typed_config"]["access_log"] = access_log(log, side);
            }
        }
        listener["address"]["socket_address"]["address"] = json!("127.0.0.1");
    }
    replace_port(&mut json, EGRESS_PORT, egress);
    json["node"] = json!({"id": "lab", "cluster": "lab"});
    json
}

/// Gives a port another number wherever it is dialled or listened on.
fn replace_port(json: &mut Value, from: u16, to: u16) {
    match json {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if matches!(name.as_str(), "port_value" | "destination_port") && *member == json!(from) {
                    *member = json!(to);
                } else {
                    replace_port(member, from, to);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_port(item, from, to)),
        _ => {}
    }
}

fn access_log(path: &str, side: &str) -> Value {
    json!([{"name": "envoy.access_loggers.file", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": path,
        "log_format": {"json_format": {
            "pair": "%REQ(X-PAIR)%", "side": side, "route": "%ROUTE_NAME%", "cluster": "%UPSTREAM_CLUSTER_RAW%",
            "status": "%RESPONSE_CODE%", "flags": "%RESPONSE_FLAGS%", "details": "%RESPONSE_CODE_DETAILS%"}},
    }}])
}
