//! What a node's proxy does with what its application sends, and with what arrives for its application.

use meshwright_model::Kind;
use meshwright_model::defaults::PRIORITY;

use super::attempts::Attempts;
use super::hop::{Arrival, Considered, Hop, Rewritten, Step};
use super::{Outcome, Parts, Sent, Trace, dialled, host_of};
use crate::matcher::Match;
use crate::proxy::{
    ClientTls, Connection, Destination, Outbound, Proxy, Role, Rule, ServerTls, Share, VirtualHost, World,
};
use crate::table::Table;

/// The end of the names to which TLS passes although no backend is meant. Source: App Mesh User Guide, virtual nodes.
const AWS_NAMES: &str = ".amazonaws.com";

impl<'a> Trace<'a> {
    /// What the application of a node sends.
    pub(super) fn leave_node(&mut self, world: &World<'a>, proxy: &Proxy<'a>, sent: &Sent) {
        let Role::Node { egress, .. } = &proxy.role else { return };
        let (port, server_name) = match sent {
            Sent::Bytes { port, server_name, .. } => (*port, server_name.as_deref()),
            Sent::Request(request) => {
                let Some(port) = dialled(request) else { return self.end(Outcome::NO_CHAIN, "there is no such port") };
                (port, (request.scheme == "https").then_some(request.host.as_str()))
            }
        };
        let is_aws = |name: &str| name.to_ascii_lowercase().ends_with(AWS_NAMES);
        if port == 443 && server_name.is_some_and(is_aws) {
            let why = "TLS to an AWS service on port 443 passes, whatever the mesh says";
            return self.pass(proxy, None, why);
        }
        match egress.get(&port) {
            None if proxy.lets_the_rest_pass() => {
                self.pass(proxy, None, format!("no backend has port {port}, and the mesh lets all other traffic pass"));
            }
            None => {
                let ports: Vec<String> = egress.keys().map(ToString::to_string).collect();
                let known =
                    if ports.is_empty() { "it has none".to_owned() } else { format!("they have {}", ports.join(", ")) };
                let why = format!(
                    "no backend of virtual node `{}` has port {port} ({known}), and the mesh drops other traffic",
                    proxy.name
                );
                self.hops.push(nothing(proxy));
                self.end(Outcome::NO_CHAIN, why);
            }
            Some(Outbound::Tcp { service, connection }) => self.connect(world, proxy, service, connection, sent),
            Some(Outbound::Http { hosts, .. }) => self.leave_by_host(world, proxy, hosts, sent, port),
        }
    }

    fn leave_by_host(
        &mut self,
        world: &World<'a>,
        proxy: &Proxy<'a>,
        hosts: &[VirtualHost<'a>],
        sent: &Sent,
        port: u16,
    ) {
        let Sent::Request(request) = sent else {
            self.hops.push(nothing(proxy));
            let why = format!("what answers on port {port} speaks HTTP, and these bytes are no request");
            return self.end(Outcome::Answered { status: 400, flag: "DPE" }, why);
        };
        if request.scheme == "https" {
            self.hops.push(nothing(proxy));
            // Source: aws/aws-app-mesh-roadmap#162: TLS of the application itself cannot be routed by host or path.
            let why = "the application speaks TLS itself, which its proxy cannot look into: let it speak http";
            return self.end(Outcome::Answered { status: 400, flag: "DPE" }, why);
        }
        let Some(parts) = Parts::of(request) else {
            self.hops.push(nothing(proxy));
            return self.end(Outcome::Answered { status: 400, flag: "-" }, "the path cannot be normalised");
        };
        let Some(position) = host_of(hosts.iter().map(|host| host.domains.as_slice()), &parts.authority) else {
            if proxy.lets_the_rest_pass() {
                let why = format!(
                    "no virtual service is called `{}`, and the mesh lets all other traffic pass",
                    parts.authority
                );
                return self.pass(proxy, Some(parts.leaving()), why);
            }
            self.hops.push(nothing(proxy));
            let names: Vec<String> = hosts.iter().map(|host| format!("`{}`", host.service)).collect();
            let why =
                format!("no backend on port {port} answers to host `{}`, only {}", parts.authority, names.join(", "));
            return self.end(Outcome::NO_ROUTE, why);
        };
        self.by_rule(world, proxy, &hosts[position], &parts);
    }

    /// Chooses among the rules of a virtual service.
    pub(super) fn by_rule(&mut self, world: &World<'a>, proxy: &Proxy<'a>, host: &VirtualHost<'a>, parts: &Parts) {
        let found = parts.ask(|call| host.table.find(call));
        let considered = considered(&host.table, found, parts, |id| host.rules[id].name);
        let Some(position) = found else {
            self.hops.push(Hop { considered, ..nothing(proxy) });
            let why = match host.rules.len() {
                0 => format!("nothing answers for virtual service `{}`", host.service),
                _ => format!("no route of virtual service `{}` takes the request", host.service),
            };
            return self.end(Outcome::NO_ROUTE, why);
        };
        let rule = &host.rules[host.table.entries()[position].id];
        let service = rule.marker.unwrap_or(host.service);
        let timeout_millis = (rule.timeout_millis > 0).then_some(rule.timeout_millis);
        self.hops.push(Hop {
            kind: proxy.resource.kind(),
            name: proxy.name,
            step: Step::Route { service, route: rule.route, router: rule.router, name: rule.name },
            considered,
            targets: arrivals(proxy, &rule.shares),
            rewritten: Some(parts.leaving()),
            timeout_millis,
            idle_millis: rule.idle_millis,
            retry: Some(rule.retry.clone()),
            attempts: Attempts::of(&rule.retry, timeout_millis),
        });
        self.say_defaults(rule);
        self.arrive(world, proxy, &rule.shares, Some(parts), Some(rule));
    }

    fn connect(
        &mut self,
        world: &World<'a>,
        proxy: &Proxy<'a>,
        service: &'a str,
        connection: &Connection<'a>,
        sent: &Sent,
    ) {
        self.hops.push(Hop {
            step: Step::Route { service, route: connection.route, router: connection.router, name: connection.name },
            targets: arrivals(proxy, &connection.shares),
            idle_millis: connection.idle_millis,
            ..nothing(proxy)
        });
        if matches!(sent, Sent::Request(_)) {
            self.reasons.push("the route is for TCP, so that the request is passed on byte by byte".to_owned());
        }
        self.arrive(world, proxy, &connection.shares, None, None);
    }

    /// What happens at each target.
    fn arrive(
        &mut self,
        world: &World<'a>,
        proxy: &Proxy<'a>,
        shares: &[Share<'a>],
        parts: Option<&Parts>,
        rule: Option<&Rule<'a>>,
    ) {
        let total = Share::total(shares);
        let mut losses = Vec::new();
        let mut arrived = 0;
        for share in shares.iter().filter(|share| share.weight > 0) {
            let percent = f64::from(share.weight) * 100.0 / f64::from(total);
            let lost = match &share.destination {
                Destination::Nowhere { node, why, .. } => {
                    let closed = Outcome::Closed { flag: Some("NC") };
                    Some((
                        if parts.is_some() { Outcome::NO_CLUSTER } else { closed },
                        format!("virtual node `{node}`: {why}"),
                    ))
                }
                Destination::Target(position) => {
                    let target = &proxy.targets[*position];
                    handshake(&target.tls, target.server_tls.as_ref()).map(|why| {
                        let flag = if rule.is_some_and(is_tried_again) { "UF,URX" } else { "UF" };
                        let answered = Outcome::Answered { status: 503, flag };
                        let closed = Outcome::Closed { flag: Some("UF") };
                        (
                            if parts.is_some() { answered } else { closed },
                            format!("virtual node `{}`: {why}", target.node),
                        )
                    })
                }
            };
            match lost {
                Some((outcome, why)) => losses.push((outcome, percent, why)),
                None => {
                    arrived += 1;
                    if let Destination::Target(position) = share.destination {
                        self.enter_node(world, proxy.targets[position].node, proxy.targets[position].port, parts, rule);
                    }
                }
            }
        }
        for (outcome, percent, why) in &losses {
            self.reasons.push(match arrived {
                0 => why.clone(),
                _ => format!("{} of the requests fail: {why} ({})", shown_percent(*percent), shown(*outcome)),
            });
        }
        match losses.first() {
            Some((outcome, _, _)) if arrived == 0 => self.outcome = *outcome,
            _ if shares.is_empty() => self.outcome = Outcome::NO_CHAIN,
            _ => {}
        }
    }

    /// What a node's proxy does with what arrives for its application; each node once.
    fn enter_node(
        &mut self,
        world: &World<'a>,
        name: &'a str,
        port: u16,
        parts: Option<&Parts>,
        rule: Option<&Rule<'a>>,
    ) {
        let is_here = |hop: &Hop<'_>| {
            hop.kind == Kind::VirtualNode
                && hop.name == name
                && matches!(hop.step, Step::Listener { port: own, .. } if own == port)
        };
        if self.hops.iter().any(is_here) {
            return;
        }
        let Some(proxy) = Proxy::ingress_of(world, name) else { return };
        let Role::Node { listeners, .. } = &proxy.role else { return };
        let Some(listener) = listeners.iter().find(|listener| listener.port == port) else { return };
        let timeout_millis = (listener.timeout_millis > 0 && parts.is_some()).then_some(listener.timeout_millis);
        let application = Arrival {
            node: proxy.name,
            port: Some(port),
            share: 1.0,
            lost: None,
            tls: None,
            discovery: None,
            health_check: None,
            outlier_detection: None,
        };
        self.hops.push(Hop {
            step: Step::Listener { port, protocol: listener.protocol },
            targets: vec![application],
            rewritten: parts.map(Parts::leaving),
            timeout_millis,
            idle_millis: listener.idle_millis,
            attempts: Attempts::one(timeout_millis),
            ..nothing(&proxy)
        });
        let route_millis = rule.map(|rule| rule.timeout_millis).filter(|millis| *millis > 0);
        if let (Some(own), true) = (timeout_millis, rule.is_some())
            && route_millis.is_none_or(|route| route > own)
        {
            let by = if listener.has_own_timeout {
                "its listener's timeout"
            } else {
                "the 15 s of a listener that says nothing"
            };
            self.reasons
                .push(format!("virtual node `{name}` ends a request after {own} ms ({by}), before its route would"));
        }
    }

    /// What passes because it is not of the mesh; byte by byte where it is not `rewritten`.
    fn pass(&mut self, proxy: &Proxy<'a>, rewritten: Option<Rewritten>, why: impl Into<String>) {
        self.hops.push(Hop { step: Step::PassThrough, rewritten, ..nothing(proxy) });
        self.end(Outcome::Forwarded, why);
    }

    /// Says which defaults hold that no file says.
    fn say_defaults(&mut self, rule: &Rule<'a>) {
        if rule.retry.is_default {
            self.reasons.push(format!(
                "no retry policy is given, so that App Mesh's own holds: {} more attempts on a failed connection, a reset or a 503",
                rule.retry.max_retries
            ));
        }
        if !rule.has_own_timeout {
            self.reasons.push("no timeout is given, so that a request has 15 s".to_owned());
        }
    }
}

/// A hop at which nothing is decided yet.
pub(super) fn nothing<'a>(proxy: &Proxy<'a>) -> Hop<'a> {
    Hop {
        kind: proxy.resource.kind(),
        name: proxy.name,
        step: Step::Nothing,
        considered: Vec::new(),
        targets: Vec::new(),
        rewritten: None,
        timeout_millis: None,
        idle_millis: None,
        retry: None,
        attempts: Attempts::one(None),
    }
}

/// The routes of a table up to the one that takes a request, and why those before it do not.
pub(super) fn considered<'a>(
    table: &Table<'a>,
    found: Option<usize>,
    parts: &Parts,
    name: impl Fn(usize) -> &'a str,
) -> Vec<Considered<'a>> {
    let count = found.map_or(table.entries().len(), |position| position + 1);
    let why = |matcher: &Match<'_>| parts.ask(|call| matcher.mismatch(call).map(|mismatch| mismatch.to_string()));
    let entries = table.entries()[..count].iter();
    entries
        .map(|entry| Considered {
            name: name(entry.id),
            priority: entry.priority.filter(|priority| *priority != PRIORITY),
            why: why(&entry.matcher),
        })
        .collect()
}

fn arrivals<'a>(proxy: &Proxy<'a>, shares: &[Share<'a>]) -> Vec<Arrival<'a>> {
    let total = f64::from(Share::total(shares).max(1));
    let arrival = |share: &Share<'a>| {
        let part = f64::from(share.weight) / total;
        match &share.destination {
            Destination::Nowhere { node, port, why } => Arrival {
                node,
                port: *port,
                share: part,
                lost: Some(why),
                tls: None,
                discovery: None,
                health_check: None,
                outlier_detection: None,
            },
            Destination::Target(position) => {
                let target = &proxy.targets[*position];
                Arrival {
                    node: target.node,
                    port: Some(target.port),
                    share: part,
                    lost: handshake(&target.tls, target.server_tls.as_ref()),
                    tls: Some(target.tls.clone()),
                    discovery: Some(target.discovery.clone()),
                    health_check: target.health_check,
                    outlier_detection: target.outlier_detection.filter(|_| target.tells_hosts_apart()),
                }
            }
        }
    };
    shares.iter().map(arrival).collect()
}

/// Why a client and a server do not come to terms, where that is certain.
///
/// Source: App Mesh User Guide, tls and mutual-tls.
fn handshake(client: &ClientTls<'_>, server: Option<&ServerTls<'_>>) -> Option<&'static str> {
    match (client, server) {
        (ClientTls::Tls { .. }, None) => Some("the client policy insists on TLS, and its listener speaks none"),
        (ClientTls::Plaintext, Some(server)) if !server.is_permissive => {
            Some("its listener speaks TLS alone, and the client none")
        }
        (ClientTls::Tls { certificate: None, .. }, Some(ServerTls { validation: Some(_), .. })) => {
            Some("its listener asks for a client certificate, and the client has none")
        }
        _ => None,
    }
}

/// Whether a connection that fails is tried again.
fn is_tried_again(rule: &Rule<'_>) -> bool {
    rule.retry.max_retries > 0
        && rule.retry.conditions.iter().any(|condition| matches!(*condition, "connect-failure" | "reset"))
}

fn shown_percent(percent: f64) -> String {
    let text = format!("{percent:.1}");
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

fn shown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Forwarded => "forwarded".to_owned(),
        Outcome::Answered { status, flag } => format!("{status}, {flag}"),
        Outcome::Closed { flag } => format!("closed, {}", flag.unwrap_or("-")),
    }
}
