//! Requests that reach an application: what a mesh takes is often no more than a few paths, headers and methods.

use meshwright_model::Kind;
use meshwright_model::limits::PortProtocol;
use meshwright_model::request::Request;
use meshwright_traffic::proxy::{GatewayHost, VirtualHost, World};
use meshwright_traffic::table::{Entry, Table};
use meshwright_traffic::trace::{Outcome, Sent, Step, Trace};
use meshwright_traffic::{PathMatch, Search, Sketch, find};

/// The most combinations that are looked at for one entry.
const MAX_TRIED: usize = 64;

/// A request without the host that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    /// The plainest.
    pub fn plain(protocol: PortProtocol) -> Self {
        let is_grpc = protocol == PortProtocol::Grpc;
        let method = if is_grpc { "POST" } else { "GET" };
        let path = if is_grpc { "/meshwright.StandIn/Answer" } else { "/" };
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new() }
    }

    fn of(sketch: &Sketch, protocol: PortProtocol) -> Self {
        let Request { method, path, mut headers, .. } = sketch.request("", protocol == PortProtocol::Grpc);
        headers.retain(|(name, _)| name != "content-type");
        Self { method, path, headers }
    }

    /// As one that is sent to a host on a port.
    fn sent(&self, host: &str, port: u16, scheme: &'static str, protocol: PortProtocol) -> Sent {
        let content_type =
            (protocol == PortProtocol::Grpc).then(|| ("content-type".to_owned(), "application/grpc".to_owned()));
        Sent::Request(Request {
            method: self.method.clone(),
            scheme,
            host: host.to_owned(),
            port: Some(port.into()),
            path: self.path.clone(),
            headers: content_type.into_iter().chain(self.headers.clone()).collect(),
        })
    }
}

/// For each route of a table, in order, a request that it takes and none before it.
fn sketches(table: &Table<'_>, port: u16) -> Vec<Sketch> {
    let entries = table.entries();
    let ports = [i64::from(port)];
    let one = |(position, own): (usize, &Entry<'_>)| {
        let before: Vec<_> = entries[..position].iter().map(|entry| &entry.matcher).collect();
        match find(&[&own.matcher], &before, &ports) {
            Search::Found(sketch) => Some(sketch),
            Search::Nothing | Search::Unknown => None,
        }
    };
    entries.iter().enumerate().take(MAX_TRIED).filter_map(one).collect()
}

/// The paths with which a table takes a request whatever else it says.
pub fn open_prefixes(table: &Table<'_>) -> Vec<String> {
    let is_plain = |entry: &&Entry<'_>| {
        Sketch::plainest(&entry.matcher)
            .is_some_and(|own| own.headers.is_empty() && own.query.is_empty() && own.method.is_none())
    };
    let prefix = |entry: &Entry<'_>| match &entry.matcher.path {
        PathMatch::Prefix(path) => Some(path.to_string()),
        PathMatch::Exact(_) | PathMatch::Regex(..) => None,
    };
    table.entries().iter().filter(is_plain).filter_map(prefix).collect()
}

/// A request of a node to one of its backends, which reaches an application; the plainest there is.
pub fn to_backend(
    world: &World<'_>,
    node: &str,
    host: &VirtualHost<'_>,
    port: u16,
    protocol: PortProtocol,
) -> Option<Asked> {
    let mut all: Vec<Asked> = sketches(&host.routing.table, port).iter().map(|own| Asked::of(own, protocol)).collect();
    all.sort_by_key(|own| (own.headers.len(), own.path.len()));
    all.into_iter().find(|own| {
        let sent = own.sent(host.service, port, "http", protocol);
        Trace::of(world, Kind::VirtualNode, node, &sent).is_some_and(|trace| trace.outcome == Outcome::Forwarded)
    })
}

/// Requests through a gateway which reach an application, each with the virtual service that it reaches: one for each way that the
/// gateway's routes, and those behind them, lead.
pub fn through_gateway(
    world: &World<'_>,
    gateway: &str,
    (port, protocol, is_tls): (u16, PortProtocol, bool),
    host: &GatewayHost<'_>,
    services: &[VirtualHost<'_>],
) -> Vec<(Asked, String)> {
    let named = host.domains.first().map_or("*", String::as_str);
    let name = named.replace('*', "any");
    let scheme = if is_tls { "https" } else { "http" };
    let way = |own: &Asked| -> Option<Vec<Step<'_>>> {
        let sent = own.sent(&name, port, scheme, protocol);
        let trace = Trace::of(world, Kind::VirtualGateway, gateway, &sent)?;
        (trace.outcome == Outcome::Forwarded).then(|| trace.hops.iter().map(|hop| hop.step).collect())
    };
    let behind: Vec<Asked> = services
        .iter()
        .flat_map(|service| sketches(&service.routing.table, port))
        .map(|own| Asked::of(&own, protocol))
        .take(MAX_TRIED)
        .collect();
    let (mut found, mut ways) = (Vec::new(), Vec::new());
    for sketch in sketches(&host.table, port) {
        let own = Asked::of(&sketch, protocol);
        // What the gateway route takes may be too little for the route behind it, which has conditions of its own.
        let joined = behind.iter().flat_map(|other| {
            let longer = format!("{}/{}", own.path.trim_end_matches('/'), other.path.trim_start_matches('/'));
            let headers: Vec<(String, String)> = own.headers.iter().chain(&other.headers).cloned().collect();
            [other.path.clone(), longer, own.path.clone()].map(|path| Asked {
                method: other.method.clone(),
                path,
                headers: headers.clone(),
            })
        });
        for asked in std::iter::once(own.clone()).chain(joined) {
            if let Some(way) = way(&asked).filter(|way| !ways.contains(way)) {
                let service = way
                    .iter()
                    .find_map(|step| if let Step::Route { service, .. } = step { Some(*service) } else { None });
                found.push((asked, service.unwrap_or_default().to_owned()));
                ways.push(way);
            }
        }
    }
    found
}
