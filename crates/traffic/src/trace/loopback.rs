//! What an application sends where nothing redirects connections: it dials ports of the loopback that stand for its backends.

use super::{Outcome, Sent, Trace, dialled};
use crate::capture::{Backend, Loopback};
use crate::proxy::{Outbound, Proxy, Role, World};

impl<'a> Trace<'a> {
    /// What the application of a node sends.
    pub(super) fn leave_by_loopback(&mut self, world: &World<'a>, proxy: &Proxy<'a>, ports: &Loopback, sent: &Sent) {
        let (host, port) = match sent {
            Sent::Bytes { host, port, .. } => (host, *port),
            Sent::Request(request) => {
                let Some(port) = dialled(request) else { return self.end(Outcome::NO_CHAIN, "there is no such port") };
                (&request.host, port)
            }
        };
        if !is_local(host) {
            let instead = ports.port_of(host, port).map(|local| format!("; port {local} of the loopback leads to it"));
            let why = format!("nothing redirects connections, so that this one to `{host}` goes past the proxy");
            return self.end(Outcome::Forwarded, why + &instead.unwrap_or_default());
        }
        let Some(Backend { service, port: meant }) = ports.backends.get(&port) else {
            let known = ports.backends.iter();
            let known: Vec<String> =
                known.map(|(local, backend)| format!("{local} for `{}:{}`", backend.service, backend.port)).collect();
            let known = if known.is_empty() { "none for any".to_owned() } else { known.join(", ") };
            return self
                .end(Outcome::NO_CHAIN, format!("port {port} of the loopback is for no backend; there is {known}"));
        };
        self.reasons.push(format!("port {port} of the loopback stands for `{service}:{meant}`"));
        let Role::Node { egress, .. } = &proxy.role else { return };
        match egress.get(meant) {
            Some(Outbound::Tcp { service, connection }) => self.connect(world, proxy, service, connection, sent),
            Some(Outbound::Http { hosts, .. }) => {
                let Some(host) = hosts.iter().find(|host| host.service == service) else { return };
                if let Some(parts) = self.request_of(proxy, sent, port) {
                    self.by_rule(world, proxy, host, &parts);
                }
            }
            None => {}
        }
    }
}

/// Whether a host is the machine itself.
fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<core::net::IpAddr>().is_ok_and(|own| own.is_loopback())
}
