//! Where a hop sends to, and what is lost on the way there.

use super::Outcome;
use crate::proxy::{
    ClientTls, Destination, Discovery, HealthCheck, OutlierDetection, Proxy, Rule, ServerTls, Share, Target,
};

/// A target of a hop.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival<'a> {
    /// The node.
    pub node: &'a str,
    /// The port; `None` where it cannot be told.
    pub port: Option<u16>,
    /// Its share of the requests, a fraction of 1.
    pub share: f64,
    /// What becomes of what is sent there, where nothing arrives.
    pub lost: Option<Loss>,
    /// The TLS that is spoken to it.
    pub tls: Option<ClientTls<'a>>,
    /// How its hosts are found.
    pub discovery: Option<Discovery<'a>>,
    /// How its hosts are checked.
    pub health_check: Option<HealthCheck<'a>>,
    /// When a host is ejected.
    pub outlier_detection: Option<OutlierDetection>,
}

/// What becomes of a share of which nothing arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Why: lower case, no full stop.
    pub why: &'static str,
    /// How it ends.
    pub outcome: Outcome,
}

/// The targets of a rule, or of connections where there is none.
pub(super) fn arrivals<'a>(
    proxy: &Proxy<'a>,
    (shares, ways): (&[Share], &[Destination<'a>]),
    rule: Option<&Rule<'a>>,
) -> Vec<Arrival<'a>> {
    let total = f64::from(Share::total(shares).max(1));
    let arrival = |share: &Share| {
        let part = f64::from(share.weight) / total;
        match &ways[share.way] {
            Destination::Nowhere { node, port, why } => {
                let outcome = rule.map_or(Outcome::Closed { flag: Some("NC") }, |_| Outcome::NO_CLUSTER);
                Arrival { port: *port, lost: Some(Loss { why, outcome }), ..Arrival::at(node, part) }
            }
            Destination::Target(position) => to_target(&proxy.targets[*position], part, rule),
        }
    };
    shares.iter().map(arrival).collect()
}

impl<'a> Arrival<'a> {
    /// A share that goes to a node of which nothing else is known.
    pub(super) const fn at(node: &'a str, share: f64) -> Self {
        Self {
            node,
            port: None,
            share,
            lost: None,
            tls: None,
            discovery: None,
            health_check: None,
            outlier_detection: None,
        }
    }
}

fn to_target<'a>(target: &Target<'a>, share: f64, rule: Option<&Rule<'a>>) -> Arrival<'a> {
    let lost = handshake(&target.tls, target.server_tls.as_ref()).map(|why| {
        let outcome = match rule {
            None => Outcome::Closed { flag: Some("UF") },
            Some(rule) if is_tried_again(rule) => Outcome::Answered { status: 503, flag: "URX,UF" },
            Some(_) => Outcome::Answered { status: 503, flag: "UF" },
        };
        Loss { why, outcome }
    });
    Arrival {
        node: target.node,
        port: Some(target.port),
        share,
        lost,
        tls: Some(target.tls.clone()),
        discovery: Some(target.discovery.clone()),
        health_check: target.health_check,
        outlier_detection: target.outlier_detection.filter(|_| target.tells_hosts_apart()),
    }
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

/// Whether a connection that fails is tried again; Envoy logs so even where a policy allows no retry (a real Envoy 1.40).
fn is_tried_again(rule: &Rule<'_>) -> bool {
    rule.retry.conditions.iter().any(|condition| matches!(*condition, "connect-failure" | "reset"))
}
