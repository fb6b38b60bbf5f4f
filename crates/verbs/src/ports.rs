//! How connections reach a proxy, for every verb that asks: redirected by the kernel, or by ports that options name.

use std::collections::BTreeMap;

use clap::{Args, value_parser};
use meshwright_envoy::translate::INGRESS_PORT;
use meshwright_traffic::proxy::{EGRESS_PORT, Proxy, Role};
use meshwright_traffic::{Capture, Loopback};

use crate::refused::Refused;

/// Which ports stand for others where nothing redirects connections.
#[derive(Args, Clone, Debug, Default)]
pub struct PortOptions {
    /// Nothing redirects connections: each backend has a port of the loopback, from this one on, which the application dials
    #[arg(long, value_name = "PORT", value_parser = value_parser!(u16).range(1..))]
    pub loopback: Option<u16>,
    /// Where the application listens, as its node's port is the proxy's; once for each port of the node
    #[arg(long, value_name = "PORT=PORT", requires = "loopback")]
    pub application: Vec<String>,
}

impl PortOptions {
    /// How connections reach a proxy by these options.
    pub(crate) fn capture(&self, proxy: &Proxy<'_>) -> Result<Capture, Refused> {
        let Some(first) = self.loopback else { return Ok(Capture::OriginalDestination) };
        let Role::Node { listeners, .. } = &proxy.role else { return Err(Refused::GatewayByLoopback) };
        let own: Vec<u16> = listeners.iter().map(|listener| listener.port).collect();
        let application = self.applications(&own)?;
        if let Some(port) = own.into_iter().find(|port| !application.contains_key(port)) {
            return Err(Refused::NoApplicationPort { port });
        }
        let ports = Loopback::from(first, proxy, application).ok_or(Refused::NotEnoughPorts { first })?;
        let capture = Capture::Loopback(ports);
        check(proxy, &capture, None)?;
        Ok(capture)
    }

    /// For each port of a node, that of its application.
    fn applications(&self, own: &[u16]) -> Result<BTreeMap<u16, u16>, Refused> {
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        let mut applications = BTreeMap::new();
        for text in &self.application {
            let pair = text.split_once('=').and_then(|(own, other)| Some((port(own)?, port(other)?)));
            let (from, to) = pair.ok_or_else(|| Refused::NotPorts { given: text.clone() })?;
            if !own.contains(&from) {
                return Err(Refused::NotAPortOfTheNode { given: text.clone(), port: from, known: own.to_vec() });
            }
            if applications.insert(from, to).is_some_and(|before| before != to) {
                return Err(Refused::TwoApplicationPorts { given: text.clone(), port: from });
            }
        }
        Ok(applications)
    }
}

/// Somebody who listens on a port of the proxy's machine.
#[derive(PartialEq)]
struct Listening {
    port: u16,
    who: String,
    /// The option that gives another port.
    option: Option<&'static str>,
}

/// Whether each port is that of one listener; `admin` is that of Envoy's administration.
pub(crate) fn check(proxy: &Proxy<'_>, capture: &Capture, admin: Option<u16>) -> Result<(), Refused> {
    let all = listening(proxy, capture, admin);
    for (position, one) in all.iter().enumerate() {
        // One application may stand behind several ports of its node.
        let Some(other) = all[..position].iter().find(|other| other.port == one.port && *other != one) else {
            continue;
        };
        let options: Vec<&str> = other.option.into_iter().chain(one.option).collect();
        let advice =
            if options.is_empty() { "in the mesh".to_owned() } else { format!("with {}", options.join(" or ")) };
        return Err(Refused::PortClash { port: one.port, one: other.who.clone(), other: one.who.clone(), advice });
    }
    Ok(())
}

fn listening(proxy: &Proxy<'_>, capture: &Capture, admin: Option<u16>) -> Vec<Listening> {
    let by_proxy = |port, who: &str| Listening { port, who: who.to_owned(), option: None };
    let application = |port, option| Listening { port, who: "the application".to_owned(), option };
    let mut all = Vec::new();
    match (&proxy.role, capture) {
        (Role::Gateway { listeners, .. }, _) => {
            all.extend(listeners.iter().map(|own| by_proxy(own.port, "the gateway's listener")));
            all.push(by_proxy(EGRESS_PORT, "the proxy's own requests"));
        }
        (Role::Node { listeners, .. }, Capture::OriginalDestination) => {
            all.push(by_proxy(INGRESS_PORT, "redirected connections"));
            all.push(by_proxy(EGRESS_PORT, "redirected connections"));
            all.extend(listeners.iter().map(|own| application(own.port, None)));
        }
        // Each of those has an address of its own.
        (Role::Node { .. }, Capture::Addresses(_)) => {}
        (Role::Node { listeners, .. }, Capture::Loopback(ports)) => {
            all.extend(listeners.iter().map(|own| by_proxy(own.port, "the node's listener")));
            all.extend(ports.application.values().map(|port| application(*port, Some("--application"))));
            all.extend(ports.backends.iter().map(|(port, backend)| {
                let who = format!("backend {}:{}", backend.service, backend.port);
                Listening { port: *port, who, option: Some("--loopback") }
            }));
        }
    }
    let admin = admin.filter(|port| *port > 0);
    let who = "Envoy's administration".to_owned();
    all.extend(admin.map(|port| Listening { port, who, option: Some("--admin-port") }));
    all
}
