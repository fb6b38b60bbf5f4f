//! What a gateway's proxy does with what clients send it: a gateway route, then a route.

use meshwright_model::defaults::PER_REQUEST_TIMEOUT_MILLIS;
use meshwright_model::limits::PortProtocol;

use super::attempts::Attempts;
use super::hop::{Considered, Hop, Rewritten, Step};
use super::node::{considered, nothing};
use super::{Outcome, Parts, Sent, Trace, dialled, host_of};
use crate::matcher::PathMatch;
use crate::proxy::{
    GatewayListener, GatewayRule, HostRewrite, PathRewrite, Proxy, Role, VIRTUAL_SERVICE_HEADER, World,
};

impl<'a> Trace<'a> {
    /// What a client sends to a gateway.
    pub(super) fn enter_gateway(&mut self, world: &World<'a>, proxy: &Proxy<'a>, sent: &Sent) {
        let Role::Gateway { listeners, .. } = &proxy.role else { return };
        let port = match sent {
            Sent::Bytes { port, .. } => Some(*port),
            Sent::Request(request) => dialled(request),
        };
        let Some(listener) = listeners.iter().find(|listener| Some(listener.port) == port) else {
            self.hops.push(nothing(proxy));
            let ports: Vec<String> = listeners.iter().map(|listener| listener.port.to_string()).collect();
            let shown = port.map_or_else(|| "none".to_owned(), |port| port.to_string());
            let why = format!("virtual gateway `{}` listens on {}, not on {shown}", proxy.name, ports.join(", "));
            return self.end(Outcome::NO_CHAIN, why);
        };
        let (speaks_tls, request) = match sent {
            Sent::Bytes { server_name, .. } => (server_name.is_some(), None),
            Sent::Request(request) => (request.scheme == "https", Some(request)),
        };
        if let Err((outcome, why)) = self.accept(listener, speaks_tls) {
            self.hops.push(nothing(proxy));
            return self.end(outcome, why);
        }
        let within = if speaks_tls { " inside TLS" } else { "" };
        match request.map(Parts::of) {
            None => {
                self.hops.push(nothing(proxy));
                let why = format!("the gateway's listener takes requests alone{within}, and these bytes are none");
                self.end(Outcome::Answered { status: 400, flag: "DPE" }, why);
            }
            Some(Err((outcome, why))) => {
                self.hops.push(nothing(proxy));
                self.end(outcome, why);
            }
            Some(Ok(parts)) => self.enter_listener(world, proxy, listener, parts),
        }
    }

    /// How a listener ends a connection at once, and why, where it does.
    fn accept(&mut self, listener: &GatewayListener<'a>, speaks_tls: bool) -> Result<(), (Outcome, &'static str)> {
        match &listener.tls {
            None if speaks_tls => {
                Err((Outcome::Answered { status: 400, flag: "DPE" }, "the gateway's listener speaks no TLS"))
            }
            // Envoy sends an alert of TLS and closes (a real Envoy 1.40).
            Some(tls) if !speaks_tls && !tls.is_permissive => {
                Err((Outcome::NO_CHAIN, "the gateway's listener speaks TLS alone"))
            }
            Some(tls) if speaks_tls && tls.validation.is_some() => {
                let why = "the gateway's listener asks for a client certificate that it trusts, and closes the connection of a client \
                           without one";
                self.reasons.push(why.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn enter_listener(
        &mut self,
        world: &World<'a>,
        proxy: &Proxy<'a>,
        listener: &GatewayListener<'a>,
        mut parts: Parts,
    ) {
        let Some(position) = host_of(listener.hosts.iter().map(|host| host.domains.as_slice()), &parts.authority)
        else {
            self.hops.push(nothing(proxy));
            let why = format!("no gateway route answers to host `{}`", parts.authority);
            return self.end(Outcome::NO_ROUTE, why);
        };
        let host = &listener.hosts[position];
        let found = parts.ask(|call| host.table.find(call));
        let considered = each_once(considered(&host.table, found, &parts, |id| host.rules[id].name));
        let Some(place) = found else {
            self.hops.push(Hop { considered, ..nothing(proxy) });
            let others = if listener.hosts.len() > 1 { "; those for other hosts are not tried then" } else { "" };
            let why = if host.domains.iter().any(|domain| domain == "*") {
                "no gateway route takes the request".to_owned()
            } else {
                format!("no gateway route for host `{}` takes the request{others}", parts.authority)
            };
            return self.end(Outcome::NO_ROUTE, why);
        };
        let entry = &host.table.entries()[place];
        let rule = &host.rules[entry.id];
        self.say_tie("gateway route", &host.table, place, &parts, |id| host.rules[id].name);
        rewrite(rule, listener.protocol, &entry.matcher.path, &mut parts);
        let timeout = rule.timeout_millis.unwrap_or(PER_REQUEST_TIMEOUT_MILLIS);
        let timeout_millis = (timeout > 0).then_some(timeout);
        self.hops.push(Hop {
            step: Step::GatewayRoute(rule.route),
            considered,
            rewritten: Some(parts.leaving()),
            timeout_millis,
            attempts: Attempts::one(timeout_millis),
            ..nothing(proxy)
        });
        if !parts.read_again() {
            self.hops.push(nothing(proxy));
            return self.end(Outcome::Answered { status: 400, flag: "-" }, "the new path cannot be normalised");
        }
        self.leave_gateway(world, proxy, &parts);
    }

    /// What a gateway's proxy does with a request that it has sent to itself.
    fn leave_gateway(&mut self, world: &World<'a>, proxy: &Proxy<'a>, parts: &Parts) {
        let Role::Gateway { hosts, .. } = &proxy.role else { return };
        match host_of(hosts.iter().map(|host| host.domains.as_slice()), &parts.authority) {
            Some(position) => self.by_rule(world, proxy, &hosts[position], parts),
            None => {
                self.hops.push(nothing(proxy));
                self.end(Outcome::NO_ROUTE, format!("no virtual service answers to host `{}`", parts.authority));
            }
        }
    }
}

/// The gateway routes, each once: one whose prefix is tried with a slash as well stands in the table twice.
fn each_once(all: Vec<Considered<'_>>) -> Vec<Considered<'_>> {
    let mut once: Vec<Considered<'_>> = Vec::with_capacity(all.len());
    for own in all {
        match once.iter_mut().find(|other| other.name == own.name) {
            None => once.push(own),
            Some(other) if other.why.is_some() && own.why.is_none() => *other = own,
            Some(_) => {}
        }
    }
    once
}

/// Changes a request as a gateway route says. Headers then say what it was (a real Envoy 1.40).
fn rewrite(rule: &GatewayRule<'_>, protocol: PortProtocol, matched: &PathMatch<'_>, parts: &mut Parts) {
    let Rewritten { host, path } = parts.leaving();
    match &rule.host {
        HostRewrite::To(own) => {
            parts.authority.clone_from(own);
            parts.set_header("x-envoy-original-host", &host);
        }
        HostRewrite::Kept { marker } => parts.set_header(VIRTUAL_SERVICE_HEADER, marker),
    }
    match &rule.path {
        PathRewrite::Kept if protocol == PortProtocol::Grpc || !matches!(matched, PathMatch::Prefix(_)) => return,
        // It is replaced by itself.
        PathRewrite::Kept => {}
        PathRewrite::Prefix { from, to } => {
            let rest = parts.path.strip_prefix(from.as_ref()).unwrap_or(&parts.path);
            parts.path = format!("{to}{rest}");
        }
        PathRewrite::Whole(whole) => (*whole).clone_into(&mut parts.path),
    }
    parts.set_header("x-envoy-original-path", &path);
}
