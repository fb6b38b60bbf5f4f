//! What a node's proxy does with what its application sends, and with what arrives for its application.

use meshwright_model::Kind;
use meshwright_model::defaults::PRIORITY;
use meshwright_model::limits::PortProtocol;

use super::arrival::{Arrival, Loss, arrivals};
use super::attempts::Attempts;
use super::hop::{Considered, Hop, Rewritten, Step};
use super::{Outcome, Parts, Sent, Trace, dialled, host_of};
use crate::matcher::Match;
use crate::proxy::{Connection, Outbound, Proxy, Role, Routing, Rule, VirtualHost, World};
use crate::table::{Entry, Table};

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
                let default = if world.mesh().is_none() { ", as is its default: no file defines it" } else { "" };
                let why = format!(
                    "no backend of virtual node `{}` has port {port} ({known}), and the mesh drops other traffic{default}",
                    proxy.name
                );
                self.hops.push(nothing(proxy));
                self.end(Outcome::NO_CHAIN, why);
            }
            Some(Outbound::Tcp { service, connection }) => {
                if !sent.host().eq_ignore_ascii_case(service) {
                    self.reasons.push(format!(
                        "TCP has no host names: every connection to port {port} goes to virtual service `{service}`, this one to `{}` too",
                        sent.host()
                    ));
                }
                self.connect(world, proxy, service, connection, sent);
            }
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
        let Some(parts) = self.request_of(proxy, sent, port) else { return };
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

    /// A request as a proxy sees it that takes requests; `None` where it is none, and all is said.
    pub(super) fn request_of(&mut self, proxy: &Proxy<'a>, sent: &Sent, port: u16) -> Option<Parts> {
        let (outcome, why) = match sent {
            Sent::Bytes { .. } => {
                let why = format!("what answers on port {port} speaks HTTP, and these bytes are no request");
                (Outcome::Answered { status: 400, flag: "DPE" }, why)
            }
            // Source: aws/aws-app-mesh-roadmap#162: TLS of the application itself cannot be routed by host or path.
            Sent::Request(request) if request.scheme == "https" => {
                let why = "the application speaks TLS itself, which its proxy cannot look into: let it speak http";
                (Outcome::Answered { status: 400, flag: "DPE" }, why.to_owned())
            }
            Sent::Request(request) => match Parts::of(request) {
                Ok(parts) => return Some(parts),
                Err(refused) => refused,
            },
        };
        self.hops.push(nothing(proxy));
        self.end(outcome, why);
        None
    }

    /// Chooses among the rules of a virtual service.
    pub(super) fn by_rule(&mut self, world: &World<'a>, proxy: &Proxy<'a>, host: &VirtualHost<'a>, parts: &Parts) {
        let Routing { rules, table } = &*host.routing;
        let found = parts.ask(|call| table.find(call));
        let considered = considered(table, found, parts, |id| rules[id].name);
        let Some(position) = found else {
            self.hops.push(Hop { considered, ..nothing(proxy) });
            let has_lost = self.omissions.iter().any(|omission| omission.resource.kind() == Kind::Route);
            let why = match rules.len() {
                0 if has_lost => {
                    format!("virtual service `{}` has no route left, as those it had are left out", host.service)
                }
                _ if host.service.is_empty() => {
                    "the gateway keeps the host, and no route of the virtual service that is meant takes the request"
                        .to_owned()
                }
                0 => format!("nothing answers for virtual service `{}`", host.service),
                _ => format!("no route of virtual service `{}` takes the request", host.service),
            };
            return self.end(Outcome::NO_ROUTE, why);
        };
        let rule = &rules[table.entries()[position].id];
        let service = rule.marker.unwrap_or(host.service);
        let timeout_millis = (rule.timeout_millis > 0).then_some(rule.timeout_millis);
        self.hops.push(Hop {
            kind: proxy.resource.kind(),
            name: proxy.name,
            step: Step::Route { service, route: rule.route, router: rule.router, name: rule.name },
            considered,
            targets: arrivals(proxy, (&rule.shares, &host.ways), Some(rule)),
            rewritten: Some(parts.leaving()),
            timeout_millis,
            idle_millis: rule.idle_millis,
            retry: Some(rule.retry.clone()),
            attempts: Attempts::of(&rule.retry, timeout_millis),
        });
        self.say_tie("route", table, position, parts, |id| rules[id].name);
        self.say_defaults(rule);
        self.arrive(world, Some(parts), Some(rule));
    }

    pub(super) fn connect(
        &mut self,
        world: &World<'a>,
        proxy: &Proxy<'a>,
        service: &'a str,
        connection: &Connection<'a>,
        sent: &Sent,
    ) {
        self.hops.push(Hop {
            step: Step::Route { service, route: connection.route, router: connection.router, name: connection.name },
            targets: arrivals(proxy, (&connection.shares, &connection.ways), None),
            idle_millis: connection.idle_millis,
            ..nothing(proxy)
        });
        if matches!(sent, Sent::Request(_)) {
            self.reasons.push("the route is for TCP, so that the request is passed on byte by byte".to_owned());
        }
        self.arrive(world, None, None);
    }

    /// What happens at the targets of the last hop.
    fn arrive(&mut self, world: &World<'a>, parts: Option<&Parts>, rule: Option<&Rule<'a>>) {
        let targets = self.hops.last().map(|hop| hop.targets.clone()).unwrap_or_default();
        let reached: Vec<&Arrival<'a>> = targets.iter().filter(|target| target.share > 0.0).collect();
        for target in &reached {
            if let (None, Some(port)) = (target.lost, target.port) {
                self.enter_node(world, target.node, port, parts, rule);
            }
        }
        let losses: Vec<(&Arrival<'a>, Loss)> =
            reached.iter().filter_map(|target| Some((*target, target.lost?))).collect();
        // Of several ways to fail, that of the largest share is the one to name.
        let largest = losses.iter().rev().max_by(|(one, _), (other, _)| one.share.total_cmp(&other.share));
        let fails_one_way = losses.len() == reached.len()
            && largest.is_none_or(|(_, loss)| losses.iter().all(|(_, other)| other.outcome == loss.outcome));
        for (target, loss) in &losses {
            let why = format!("virtual node `{}`: {}", target.node, loss.why);
            self.reasons.push(if fails_one_way {
                why
            } else {
                let percent = shown_percent(target.share * 100.0);
                format!("{percent} of the requests fail: {why} ({})", shown(loss.outcome))
            });
        }
        if losses.len() == reached.len() {
            self.outcome = largest.map_or(Outcome::NO_CHAIN, |(_, loss)| loss.outcome);
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
        let has_requests = parts.is_some() && listener.protocol != PortProtocol::Tcp;
        let timeout_millis = (listener.timeout_millis > 0 && has_requests).then_some(listener.timeout_millis);
        if parts.is_some() && listener.protocol == PortProtocol::Tcp {
            // Source: aws/aws-app-mesh-roadmap#82: all listeners on the way must agree in protocol.
            self.reasons.push(format!(
                "virtual node `{name}` listens for tcp, which App Mesh had fail behind a route for requests"
            ));
        }
        let application = Arrival { port: Some(port), ..Arrival::at(proxy.name, 1.0) };
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

    /// Says of the route that takes a request that another one would at the same place: only their names tell them apart.
    ///
    /// Source: App Mesh User Guide, routes: without a priority the order of such routes is not specified, nor stable.
    pub(super) fn say_tie(
        &mut self,
        what: &str,
        table: &Table<'_>,
        found: usize,
        parts: &Parts,
        name: impl Fn(usize) -> &'a str,
    ) {
        let place = |entry: &Entry<'_>| (entry.priority.unwrap_or(PRIORITY), entry.matcher.path.length());
        let own = &table.entries()[found];
        let after = table.entries()[found + 1..].iter().take_while(|entry| place(entry) == place(own));
        let mut others = after.filter(|entry| entry.name != own.name && parts.ask(|call| entry.matcher.takes(call)));
        if let Some(other) = others.next() {
            self.reasons.push(format!(
                "{what} `{}` takes it too and comes at the same place as `{}`: which App Mesh tried first is not specified; give them \
                 priorities",
                name(other.id),
                name(own.id)
            ));
        }
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

/// The routes of a table in their order, and what each has to say to a request; after the one that takes it none is tried.
pub(super) fn considered<'a>(
    table: &Table<'a>,
    found: Option<usize>,
    parts: &Parts,
    name: impl Fn(usize) -> &'a str,
) -> Vec<Considered<'a>> {
    let why = |matcher: &Match<'_>| parts.ask(|call| matcher.mismatch(call).map(|mismatch| mismatch.to_string()));
    let entries = table.entries().iter().enumerate();
    entries
        .map(|(position, entry)| Considered {
            name: name(entry.id),
            priority: entry.priority.filter(|priority| *priority != PRIORITY),
            is_tried: found.is_none_or(|found| position <= found),
            why: why(&entry.matcher),
        })
        .collect()
}

fn shown_percent(percent: f64) -> String {
    let text = format!("{percent:.1}");
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

pub(super) fn shown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown => "not known".to_owned(),
        Outcome::Forwarded => "forwarded".to_owned(),
        Outcome::Answered { status, flag } => format!("{status}, {flag}"),
        Outcome::Closed { flag } => format!("closed, {}", flag.unwrap_or("-")),
    }
}
