//! What the simulator says and what Envoy does, held against each other.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use meshwright_dialect::{Input, Options as Reading, read};
use meshwright_envoy::envoy::config::bootstrap::v3::Bootstrap;
use meshwright_envoy::json::to_json;
use meshwright_envoy::translate::{Configuration, Delivery, Endpoints, Options, translate};
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::proxy::{EGRESS_PORT, Proxy, World};
use meshwright_traffic::trace::{Hop, Outcome, Sent, Step, Trace, grpc_status};
use serde_json::{Value, json};

use super::generate::{CLIENT, Case, GATEWAY, MESH, Sending};
use super::lab::{Answer, Lab, send};
use crate::process::{Running, free_ports};

/// Where they differ.
pub(super) struct Difference {
    /// The request.
    pub(super) sending: Sending,
    expected: String,
    seen: String,
    mesh: Vec<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sending, expected, seen, mesh } = self;
        for resource in mesh {
            writeln!(formatter, "{resource}")?;
        }
        writeln!(formatter, "{} {} {:?}", sending.from, sending.line, sending.headers)?;
        writeln!(formatter, "the simulator: {expected}")?;
        write!(formatter, "Envoy:         {seen}")
    }
}

/// The mesh of some inputs to the API.
fn inventory(mesh: &[Value]) -> Inventory {
    let text: String = mesh.iter().map(|input| format!("{input}\n")).collect();
    let options = Reading { parameters: BTreeMap::new(), keep_parameters: false, load: &|_| None };
    let reading = read(vec![Input { name: "mesh.json".to_owned(), bytes: text.into_bytes() }], &options);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    reading.inventory
}

/// A proxy that runs, and where it logs.
struct Proxied {
    _running: Running,
    egress: u16,
    log: tempfile::NamedTempFile,
}

impl Proxied {
    fn start(world: &World<'_>, kind: Kind, name: &str) -> Option<Self> {
        let proxy = Proxy::of(world, kind, name)?;
        let options = Options { delivery: Delivery::Static, ..Options::default() };
        let configuration = translate(&proxy, &Endpoints::default(), &options);
        let egress = free_ports(1)[0];
        let log = tempfile::NamedTempFile::new().unwrap();
        let bootstrap = bootstrap(configuration, egress, log.path().to_str().unwrap());
        Some(Self { _running: Running::start(bootstrap, name), egress, log })
    }

    /// What it has logged of each request, by the request's number and the direction.
    fn logged(&self, wanted: usize) -> BTreeMap<(String, String), Value> {
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

/// Holds every request of a case against Envoy; answers with the kinds of outcome.
pub(super) fn check(lab: &Lab, case: &Case) -> Result<Vec<String>, Box<Difference>> {
    let inventory = inventory(&case.mesh);
    let world = World::new(&inventory, MESH);
    let node = Proxied::start(&world, Kind::VirtualNode, CLIENT);
    let gateway = Proxied::start(&world, Kind::VirtualGateway, GATEWAY);
    let mut answers = Vec::new();
    for (number, sending) in case.requests.iter().enumerate() {
        let proxied = if sending.from == CLIENT { &node } else { &gateway };
        let Some(proxied) = proxied else { continue };
        answers.push((number, sending, ask(proxied, number, sending)));
    }
    let logs = [&node, &gateway].map(|proxied| {
        let own = |sending: &&Sending| (sending.from == CLIENT) == std::ptr::eq(proxied, &raw const node);
        let wanted = case.requests.iter().filter(own).count();
        proxied.as_ref().map(|proxied| proxied.logged(wanted)).unwrap_or_default()
    });
    let mut outcomes = Vec::new();
    for (number, sending, answer) in answers {
        let kind = if sending.from == CLIENT { Kind::VirtualNode } else { Kind::VirtualGateway };
        let sent = sending.sent();
        let Some(trace) = Trace::of(&world, kind, sending.from, &sent) else { continue };
        let log = &logs[usize::from(sending.from != CLIENT)];
        let seen = Seen { answer, number, log, lab };
        match seen.contradicts(&trace, &sent) {
            None => outcomes.push(format!("{} {}", sending.from, word(&trace))),
            Some(expected) => {
                let seen = seen.to_string();
                let mesh = case.mesh.clone();
                return Err(Box::new(Difference { sending: sending.clone(), expected, seen, mesh }));
            }
        }
    }
    Ok(outcomes)
}

fn ask(proxied: &Proxied, number: usize, sending: &Sending) -> Answer {
    let sent = sending.sent();
    let Sent::Request(request) = &sent else { return Answer::Closed };
    let port = request.port.map_or(80, |port| u16::try_from(port).unwrap());
    let host = match port {
        80 => request.host.clone(),
        port => format!("{}:{port}", request.host),
    };
    let mut text = format!(
        "{} {} HTTP/1.1\r\nhost: {host}\r\nx-pair: {number}\r\nconnection: close\r\n",
        request.method, request.path
    );
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if request.method != "GET" {
        text.push_str("content-length: 0\r\n");
    }
    text.push_str("\r\n");
    if sending.from == CLIENT { send(proxied.egress, Some(port), &text) } else { send(port, None, &text) }
}

/// What was seen of a request.
struct Seen<'s> {
    answer: Answer,
    number: usize,
    lab: &'s Lab,
    log: &'s BTreeMap<(String, String), Value>,
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}; logged {:?} {:?}", self.answer, self.logged("ingress"), self.logged("egress"))
    }
}

impl Seen<'_> {
    fn logged(&self, side: &str) -> Option<&Value> {
        self.log.get(&(self.number.to_string(), side.to_owned()))
    }

    /// What the simulator says, where that is not what was seen.
    fn contradicts(&self, trace: &Trace<'_>, sent: &Sent) -> Option<String> {
        let fits = match trace.outcome {
            Outcome::Closed { .. } => self.answer == Answer::Closed,
            Outcome::Answered { status, flag } => self.is_answered(status, flag, sent),
            Outcome::Forwarded => self.is_forwarded(trace, sent),
        };
        let hop = |hop: &Hop<'_>| {
            format!(
                "{:?} {:?} {:?}",
                step(hop),
                hop.targets.iter().map(|target| (target.node, target.port, target.share)).collect::<Vec<_>>(),
                hop.rewritten
            )
        };
        let fits = fits && self.has_routes(trace);
        let hops: Vec<String> = trace.hops.iter().map(hop).collect();
        (!fits).then(|| format!("{:?} {} {:?}", trace.outcome, hops.join(" -> "), trace.reasons))
    }

    fn is_answered(&self, status: u16, flag: &str, sent: &Sent) -> bool {
        let Answer::Response { status: own, grpc, echo: None } = self.answer else { return false };
        let is_status = if sent.is_grpc() { own == 200 && grpc == Some(grpc_status(status)) } else { own == status };
        let logged = self.logged("egress").or_else(|| self.logged("ingress"));
        let is_flag = |line: &Value| line["flags"] == flag || line["flags"].is_null() && flag == "-";
        is_status && logged.is_some_and(is_flag)
    }

    fn is_forwarded(&self, trace: &Trace<'_>, sent: &Sent) -> bool {
        let is_nobody_there = |hop: &&Hop<'_>| {
            let Sent::Request(request) = sent else { return false };
            let is_echo = |port: &u16| request.port == Some(i64::from(*port));
            hop.step == Step::PassThrough && !self.lab.echoes.iter().any(is_echo)
        };
        if trace.hops.iter().any(|hop| is_nobody_there(&hop)) {
            return match &self.answer {
                Answer::Closed => true,
                Answer::Response { status, echo, .. } => echo.is_none() && (*status == 503 || sent.is_grpc()),
            };
        }
        let loses = |hop: &Hop<'_>| hop.targets.iter().any(|target| target.lost.is_some() && target.share > 0.0);
        let Answer::Response { status, echo, .. } = &self.answer else {
            return trace.hops.iter().any(|hop| hop.rewritten.is_none() && loses(hop));
        };
        let hop = trace.hops.iter().find(|hop| matches!(hop.step, Step::Route { .. } | Step::PassThrough)).unwrap();
        let Some(echo) = echo else {
            // A share of the requests is lost, and this was one.
            return loses(hop) && (*status == 503 || sent.is_grpc());
        };
        let is_target = match hop.step {
            Step::PassThrough => matches!(sent, Sent::Request(request) if request.port == Some(echo.port.into())),
            _ => hop
                .targets
                .iter()
                .any(|target| target.port == Some(echo.port) && target.share > 0.0 && target.lost.is_none()),
        };
        let is_rewritten = |rewritten: &meshwright_traffic::trace::Rewritten| {
            rewritten.host == echo.host && rewritten.path == echo.path
        };
        *status == 200 && is_target && hop.rewritten.as_ref().is_none_or(is_rewritten)
    }

    /// Whether the routes that were chosen are those that Envoy logged.
    fn has_routes(&self, trace: &Trace<'_>) -> bool {
        trace.hops.iter().all(|hop| match hop.step {
            Step::GatewayRoute(route) => {
                self.logged("ingress").is_some_and(|line| line["route"] == route.name.to_string().as_str())
            }
            Step::Route { name, .. } if hop.rewritten.is_some() => {
                self.logged("egress").is_some_and(|line| line["route"] == name)
            }
            _ => true,
        })
    }
}

/// A short name for what decides at a hop.
fn step(hop: &Hop<'_>) -> String {
    match hop.step {
        Step::Route { route: None, .. } => "node alone".to_owned(),
        Step::Route { name, .. } => format!("route {name}"),
        Step::GatewayRoute(route) => format!("gateway route {}", route.name),
        Step::Listener { .. } => "listener".to_owned(),
        Step::PassThrough => "passes through".to_owned(),
        Step::Nothing => "nothing".to_owned(),
    }
}

/// A short name for an outcome, to be counted.
fn word(trace: &Trace<'_>) -> String {
    let step = trace.hops.last().map(step).unwrap_or_default();
    match trace.outcome {
        Outcome::Forwarded => format!("forwarded, {step}"),
        Outcome::Answered { status, flag } => format!("{status} {flag}"),
        Outcome::Closed { flag } => format!("closed {}", flag.unwrap_or("-")),
    }
}

/// The smallest mesh in which a request still differs.
pub(super) fn smallest(lab: &Lab, case: &Case, difference: &Difference) -> String {
    let mut mesh = case.mesh.clone();
    let requests = vec![difference.sending.clone()];
    let Err(mut last) = check(lab, &Case { mesh: mesh.clone(), requests: requests.clone() }) else {
        return format!("(only seen once)\n{difference}");
    };
    let mut place = 0;
    while place < mesh.len() {
        let mut smaller = mesh.clone();
        smaller.remove(place);
        match check(lab, &Case { mesh: smaller.clone(), requests: requests.clone() }) {
            Err(difference) => {
                mesh = smaller;
                last = difference;
            }
            Ok(_) => place += 1,
        }
    }
    last.to_string()
}
