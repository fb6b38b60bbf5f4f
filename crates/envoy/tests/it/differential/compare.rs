//! What the simulator says and what Envoy does, held against each other.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use meshwright_model::Kind;
use meshwright_traffic::capture::{Capture, Loopback};
use meshwright_traffic::proxy::{Proxy, World};
use meshwright_traffic::trace::{Hop, Outcome, Sent, Step, Trace, grpc_status};
use serde_json::Value;

use super::generate::{CLIENT, Case, GATEWAY, MESH, Sending, UNANSWERED};
use crate::lab::{Answer, Lab, send};
use crate::process::free_ports;
use crate::proxied::Proxied;
use crate::translated::inventory;

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

/// Holds every request of a case against Envoy; answers with the kinds of outcome.
pub(super) fn check(lab: &Lab, case: &Case) -> Result<Vec<String>, Box<Difference>> {
    let inventory = inventory(&case.mesh);
    let world = World::new(&inventory, MESH);
    let [node, gateway] = [(Kind::VirtualNode, CLIENT), (Kind::VirtualGateway, GATEWAY)].map(|(kind, name)| {
        let proxy = Proxy::of(&world, kind, name)?;
        let capture = if case.is_by_loopback { by_loopback(&proxy) } else { Capture::OriginalDestination };
        Some((Proxied::of(&proxy, capture.clone()), proxy, capture))
    });
    let mut answers = Vec::new();
    for (number, sending) in case.requests.iter().enumerate() {
        let Some((proxied, proxy, capture)) = (if sending.from == CLIENT { &node } else { &gateway }) else { continue };
        let Some(dialled) = dialled(sending, capture) else { continue };
        let answer = ask(proxied, number, &dialled, capture);
        answers.push((number, sending, dialled, answer, proxy, capture));
    }
    let logs = [(&node, CLIENT), (&gateway, GATEWAY)].map(|(proxied, name)| {
        let wanted = answers.iter().filter(|(_, sending, ..)| sending.from == name).count();
        proxied.as_ref().map(|(proxied, ..)| proxied.logged(wanted)).unwrap_or_default()
    });
    let mut outcomes = Vec::new();
    for (number, sending, dialled, answer, proxy, capture) in answers {
        let sent = dialled.sent();
        let trace = Trace::through(&world, proxy, capture, &sent);
        let log = &logs[usize::from(sending.from != CLIENT)];
        let seen = Seen { answer, number, lab, log };
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

/// A port of the loopback for each backend.
fn by_loopback(proxy: &Proxy<'_>) -> Capture {
    let mut ports = Loopback::from(1, proxy, BTreeMap::new()).unwrap();
    let free = free_ports(ports.backends.len());
    ports.backends = free.into_iter().zip(std::mem::take(&mut ports.backends).into_values()).collect();
    Capture::Loopback(ports)
}

/// What is sent so that it reaches the proxy; `None` where nothing would.
fn dialled(sending: &Sending, capture: &Capture) -> Option<Sending> {
    let (CLIENT, Capture::Loopback(ports)) = (sending.from, capture) else { return Some(sending.clone()) };
    let Sent::Request(request) = sending.sent() else { return None };
    let port = u16::try_from(request.port?).unwrap();
    let local = ports.port_of(&request.host, port)?;
    let line = sending.line.replacen(&format!("://{}:{port}", request.host), &format!("://127.0.0.1:{local}"), 1);
    Some(Sending { line, ..sending.clone() })
}

fn ask(proxied: &Proxied, number: usize, sending: &Sending, capture: &Capture) -> Answer {
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
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let is_framed = |(name, _): &(String, String)| matches!(name.as_str(), "content-length" | "transfer-encoding");
    if request.method != "GET" && !request.headers.iter().any(is_framed) {
        text.push_str("content-length: 0\r\n");
    }
    text.push_str("\r\n");
    if sending.from == CLIENT && *capture == Capture::OriginalDestination {
        send(proxied.egress, Some(port), &text)
    } else {
        send(port, None, &text)
    }
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
            Outcome::Forwarded => self.is_forwarded(trace, sent),
            outcome => self.has_ended(outcome, sent) || self.is_lost(trace, sent),
        };
        let hop = |hop: &Hop<'_>| {
            format!(
                "{:?} {:?} {:?}",
                step(hop),
                hop.targets.iter().map(|target| (target.node, target.port, target.share)).collect::<Vec<_>>(),
                hop.rewritten
            )
        };
        let fits = fits && self.has_routes(trace) && !passes_unanswered(trace, sent);
        let hops: Vec<String> = trace.hops.iter().map(hop).collect();
        (!fits).then(|| format!("{:?} {} {:?}", trace.outcome, hops.join(" -> "), trace.reasons))
    }

    /// Whether it ended as foretold.
    fn has_ended(&self, outcome: Outcome, sent: &Sent) -> bool {
        match outcome {
            Outcome::Closed { .. } => self.answer == Answer::Closed,
            Outcome::Answered { status, flag } => self.is_answered(status, flag, sent),
            Outcome::Forwarded => matches!(self.answer, Answer::Response { echo: Some(_), .. }),
            Outcome::Unknown => false,
        }
    }

    fn is_answered(&self, status: u16, flag: &str, sent: &Sent) -> bool {
        let Answer::Response { status: own, grpc, echo: None } = self.answer else { return false };
        let is_status = if sent.is_grpc() { own == 200 && grpc == Some(grpc_status(status)) } else { own == status };
        let logged = self.logged("egress").or_else(|| self.logged("ingress"));
        let is_flag = |line: &Value| line["flags"] == flag || line["flags"].is_null() && flag == "-";
        // What cannot be read as a request is logged without its headers, and so without its number.
        is_status && logged.map_or(flag == "DPE", is_flag)
    }

    /// Whether it was of a share that is lost.
    fn is_lost(&self, trace: &Trace<'_>, sent: &Sent) -> bool {
        let targets = trace.hops.iter().flat_map(|hop| &hop.targets).filter(|target| target.share > 0.0);
        targets.filter_map(|target| target.lost).any(|loss| self.has_ended(loss.outcome, sent))
    }

    fn is_forwarded(&self, trace: &Trace<'_>, sent: &Sent) -> bool {
        let hop = trace.hops.iter().find(|hop| matches!(hop.step, Step::Route { .. } | Step::PassThrough)).unwrap();
        let Answer::Response { status, echo: Some(echo), .. } = &self.answer else {
            // A share is lost, and this was of it; or it left the mesh for where nobody speaks its language.
            return self.is_lost(trace, sent)
                || hop.rewritten.is_none() && self.is_refused_beyond()
                || hop.step == Step::PassThrough && !self.is_answered_beyond(sent) && self.has_failed(sent);
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

    /// Whether an echo in plaintext stands where a request goes that leaves the mesh.
    fn is_answered_beyond(&self, sent: &Sent) -> bool {
        let Sent::Request(request) = sent else { return false };
        request.port.and_then(|port| u16::try_from(port).ok()).is_some_and(|port| self.lab.answers(port))
    }

    /// Whether what came through byte by byte was none to the echo, an Envoy itself.
    fn is_refused_beyond(&self) -> bool {
        let is_refusal = |status| matches!(status, 400 | 404 | 431 | 501);
        let Answer::Response { status, echo: None, .. } = self.answer else { return false };
        is_refusal(status) && self.logged("egress").is_none()
    }

    /// Whether a request failed beyond the mesh.
    fn has_failed(&self, sent: &Sent) -> bool {
        match &self.answer {
            Answer::Closed => true,
            Answer::Response { status, echo, .. } => echo.is_none() && (*status >= 502 || sent.is_grpc()),
        }
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

/// Whether a request for a backend that nothing answers for passes by its host as if it were of no backend; both sides read the same
/// picture of the proxy, so that they may agree in that.
fn passes_unanswered(trace: &Trace<'_>, sent: &Sent) -> bool {
    let is_by_host = |hop: &Hop<'_>| hop.step == Step::PassThrough && hop.rewritten.is_some();
    matches!(sent, Sent::Request(request) if request.host.eq_ignore_ascii_case(UNANSWERED))
        && trace.hops.iter().any(is_by_host)
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
        Outcome::Unknown => "unknown".to_owned(),
        Outcome::Forwarded => format!("forwarded, {step}"),
        Outcome::Answered { status, flag } => format!("{status} {flag}"),
        Outcome::Closed { flag } => format!("closed {}", flag.unwrap_or("-")),
    }
}

/// The smallest mesh in which a request still differs.
pub(super) fn smallest(lab: &Lab, case: &Case, difference: &Difference) -> String {
    let mut mesh = case.mesh.clone();
    let requests = vec![difference.sending.clone()];
    let Err(mut last) = check(lab, &Case { mesh: mesh.clone(), requests: requests.clone(), ..*case }) else {
        return format!("(only seen once)\n{difference}");
    };
    let mut place = 0;
    while place < mesh.len() {
        let mut smaller = mesh.clone();
        smaller.remove(place);
        match check(lab, &Case { mesh: smaller.clone(), requests: requests.clone(), ..*case }) {
            Err(difference) => {
                mesh = smaller;
                last = difference;
            }
            Ok(_) => place += 1,
        }
    }
    last.to_string()
}
