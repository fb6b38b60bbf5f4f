//! Where requests and connections go: the routes of a router, or the one that App Mesh made for a node that answers alone.

use meshwright_model::Resource;

use super::Retry;
use crate::table::Table;

/// What becomes of the requests to a virtual service. It is the same for all that call it; where its shares go is said beside it.
#[derive(Debug)]
pub struct Routing<'a> {
    /// Its rules; an entry of the table names one by its position.
    pub rules: Vec<Rule<'a>>,
    /// Its rules in the order in which they are tried.
    pub table: Table<'a>,
}

impl Routing<'_> {
    /// One without rules, where these ports are dialled.
    pub(super) fn none(ports: Vec<i64>) -> Self {
        Self { rules: Vec::new(), table: Table::new(Vec::new(), ports) }
    }
}

/// Where requests go, how long they may take and when they are tried again.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// The route; `None` for the rule that App Mesh made where a node answers alone.
    pub route: Option<&'a Resource>,
    /// The route's name.
    pub name: &'a str,
    /// The router's name; empty where a node answers alone.
    pub router: &'a str,
    /// The targets among which requests are shared out.
    pub shares: Vec<Share>,
    /// How long a request may take, all attempts included, in milliseconds; 0 is without end.
    pub timeout_millis: u64,
    /// Whether a file says so.
    pub has_own_timeout: bool,
    /// How long a request may be silent, in milliseconds, where a file says so; 0 is without end.
    pub idle_millis: Option<u64>,
    /// When it is tried again.
    pub retry: Retry,
    /// Headers that a request must also have: App Mesh's own, of a gateway that left the host as it was.
    pub marker: Option<&'a str>,
}

/// Where connections go.
#[derive(Clone, Debug)]
pub struct Connection<'a> {
    /// The route; `None` where a node answers alone.
    pub route: Option<&'a Resource>,
    /// The route's name.
    pub name: &'a str,
    /// The router's name; empty where a node answers alone.
    pub router: &'a str,
    /// The targets among which connections are shared out.
    pub shares: Vec<Share>,
    /// Where shares go.
    pub ways: Vec<Destination<'a>>,
    /// How long a connection may be silent, in milliseconds, where a file says so; 0 is without end.
    pub idle_millis: Option<u64>,
}

/// A target's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Where it goes, by its position among the ways of the host or connection.
    pub way: usize,
    /// Its weight; the share is the weight over the sum of all.
    pub weight: u32,
}

/// Where a share goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination<'a> {
    /// A target, by its position among the proxy's.
    Target(usize),
    /// A node that cannot be reached: its proxy knows no way there.
    Nowhere {
        /// The node.
        node: &'a str,
        /// The port.
        port: Option<u16>,
        /// Why not: lower case, no full stop.
        why: &'static str,
    },
}

impl Share {
    /// The sum of all weights.
    pub fn total(shares: &[Self]) -> u32 {
        shares.iter().map(|share| share.weight).sum()
    }
}
