//! The conversation with one proxy over one stream, as a state machine: no socket, no clock.
//!
//! What a proxy is to have changes in the order that costs no request: first clusters, then their hosts, then listeners, then routes,
//! each once the proxy has accepted what comes before; last goes what nothing refers to any longer. What a proxy asks for by name is
//! answered at once. No more than one response of a kind is under way, so a slow proxy is told the newest state when it is ready for
//! it, and nothing of what came between.

mod blame;
mod line;

use std::sync::Arc;
use std::time::Duration;

use crate::kind::Kind;
use crate::request::{Protocol, Request};
use crate::snapshot::{Name, Resource, Snapshot, Version};
use line::{Gate, Line, Verdict};

pub use line::{Rejection, Stand, Standing};

/// How long clusters that are new have before something refers to them: they may have to ask a name server first, and say nothing then.
pub const SETTLING: Duration = Duration::from_millis(100);

/// How long a proxy has to ask for the hosts of clusters before listeners and routes change all the same.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// How long a cluster stays that nothing refers to: for requests that are on their way.
pub const FAREWELL: Duration = Duration::from_secs(1);

/// The most names of a kind that a proxy may ask for: no mesh has as many.
pub const MAX_NAMES: usize = 100_000;

/// What a proxy is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The kind of the resources.
    pub kind: Kind,
    /// What the answer to it repeats.
    pub nonce: u64,
    /// The version of all that the proxy has then.
    pub version: Version,
    /// The resources.
    pub resources: Vec<Arc<Resource>>,
    /// The names of what is no more; only where changes are told.
    pub removed: Vec<Name>,
}

/// What a stream says of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The kind.
    pub kind: Kind,
    /// The version that was sent last.
    pub sent: Option<Version>,
    /// Whether the proxy has not answered it yet.
    pub is_waiting: bool,
    /// Why the last answered response was refused; `None` where it was accepted.
    pub rejection: Option<Rejection>,
}

/// The conversation with one proxy.
#[derive(Debug)]
pub struct Session {
    protocol: Protocol,
    lines: [Line; Kind::ALL.len()],
    last_nonce: u64,
    /// When the proxy accepted clusters last.
    clusters_at: Option<Duration>,
    /// The clusters on their way to the proxy whose hosts it was not told since.
    hosts_again: Vec<Name>,
    /// Since when nothing refers to clusters that it still has.
    unused_since: Option<Duration>,
    /// When there is something to do though nothing comes.
    wakes_at: Option<Duration>,
}

impl Session {
    /// A conversation that begins.
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            lines: Kind::ALL.map(Line::new),
            last_nonce: 0,
            clusters_at: None,
            hosts_again: Vec::new(),
            unused_since: None,
            wakes_at: None,
        }
    }

    /// Whether a request answers the response of its kind that is under way.
    pub fn awaits(&self, request: &Request) -> bool {
        self.line(request.kind).awaits(&request.nonce)
    }

    /// Takes what the proxy says; answers with what it is sent. Without a snapshot, what it is to have is not known yet.
    pub fn on_request(&mut self, request: Request, snapshot: Option<&Snapshot>, now: Duration) -> Vec<Response> {
        let Request { kind, nonce, error, wish } = request;
        let line = &mut self.lines[kind as usize];
        if self.protocol == Protocol::StateOfTheWorld && line.is_stale(&nonce) {
            return Vec::new();
        }
        let verdict = line.answered(&nonce, error.as_deref(), now);
        line.wish(wish, snapshot.map(|own| &**own.of_kind(kind)));
        if let (Kind::Cluster, Verdict::Accepted(changed)) = (kind, verdict) {
            self.clusters_at = (!changed.is_empty()).then_some(now);
            let hosts = std::mem::take(&mut self.hosts_again);
            self.lines[Kind::Endpoint as usize].owe(hosts);
        }
        snapshot.map_or_else(Vec::new, |snapshot| self.advance(snapshot, now))
    }

    /// Takes a snapshot that is new, or the time; answers with what the proxy is sent.
    pub fn advance(&mut self, snapshot: &Snapshot, now: Duration) -> Vec<Response> {
        self.wakes_at = None;
        let mut responses = Vec::new();
        let mut gate = Gate::Keeping;
        for kind in Kind::ALL {
            let own = if kind == Kind::Cluster || gate == Gate::Shut { gate } else { Gate::Open };
            // Clusters that wait for the answer to others come first, even before what is asked for by name.
            let refers = matches!(kind, Kind::Listener | Kind::Route);
            let clusters = self.line(Kind::Cluster);
            let lacks_clusters = || !clusters.has_all(snapshot.of_kind(Kind::Cluster));
            if !(refers && clusters.is_in_flight() && lacks_clusters()) {
                responses.extend(self.send(kind, snapshot, own));
            }
            if gate != Gate::Shut && !self.may_go_on(kind, snapshot, now) {
                gate = Gate::Shut;
            }
        }
        let is_unused = gate != Gate::Shut && self.line(Kind::Cluster).has_others(snapshot.of_kind(Kind::Cluster));
        if !is_unused {
            self.unused_since = None;
            return responses;
        }
        let end = *self.unused_since.get_or_insert(now) + FAREWELL;
        if now >= end {
            self.unused_since = None;
            responses.extend(self.send(Kind::Cluster, snapshot, Gate::Open));
        } else {
            self.wake(end);
        }
        responses
    }

    /// Whether the proxy asks for more names than are remembered.
    pub fn asks_too_much(&self) -> bool {
        self.lines.iter().any(|line| line.asks_for() > MAX_NAMES)
    }

    /// When [`Session::advance`] has something to do though nothing comes.
    pub fn wakes_at(&self) -> Option<Duration> {
        self.wakes_at
    }

    /// Whether the proxy has accepted all that it is to have.
    pub fn is_settled(&self, snapshot: &Snapshot) -> bool {
        let has_asked = self.line(Kind::Cluster).is_asked() && self.line(Kind::Listener).is_asked();
        let is_settled = |kind| {
            let line = self.line(kind);
            !line.is_in_flight() && line.rejection().is_none() && line.is_there(snapshot.of_kind(kind), Gate::Open)
        };
        has_asked && Kind::ALL.into_iter().all(is_settled)
    }

    /// Whether the proxy has refused what it is to have, so that it is told nothing else of that kind before that changes.
    pub fn has_refused(&self, snapshot: &Snapshot) -> bool {
        let is_refused = |kind| {
            // Clusters that nothing refers to stay while one of the others is refused.
            let gate = if kind == Kind::Cluster { Gate::Keeping } else { Gate::Open };
            let line = self.line(kind);
            line.rejection().is_some() && !line.is_in_flight() && line.is_there(snapshot.of_kind(kind), gate)
        };
        Kind::ALL.into_iter().any(is_refused)
    }

    /// What the stream says of each kind that the proxy has asked for.
    pub fn status(&self) -> Vec<Status> {
        let asked = Kind::ALL.into_iter().filter(|kind| self.line(*kind).is_asked());
        asked
            .map(|kind| {
                let line = self.line(kind);
                let rejection = line.rejection().cloned();
                Status { kind, sent: line.sent(), is_waiting: line.is_in_flight(), rejection }
            })
            .collect()
    }

    /// How each resource of a kind stands with the proxy, by name: what it has, and what it is to have.
    pub fn stands(&self, kind: Kind, snapshot: Option<&Snapshot>) -> Vec<Stand> {
        self.line(kind).stands(snapshot.map(|own| &**own.of_kind(kind)))
    }

    fn line(&self, kind: Kind) -> &Line {
        &self.lines[kind as usize]
    }

    fn wake(&mut self, at: Duration) {
        self.wakes_at = Some(self.wakes_at.map_or(at, |own| own.min(at)));
    }

    fn send(&mut self, kind: Kind, snapshot: &Snapshot, gate: Gate) -> Option<Response> {
        let nonce = self.last_nonce + 1;
        let content = self.lines[kind as usize].next(snapshot.of_kind(kind), gate, self.protocol, nonce)?;
        self.last_nonce = nonce;
        if kind == Kind::Cluster {
            // A cluster that has changed waits for its hosts again, whether they have changed or not; App Mesh did not tell them again,
            // and cut nodes off for half an hour (github.com/aws/aws-app-mesh-roadmap/issues/192).
            self.hosts_again = self.line(Kind::Cluster).in_flight().cloned().collect();
        }
        if kind == Kind::Endpoint {
            self.hosts_again.retain(|name| !content.resources.iter().any(|told| told.name == *name));
        }
        Some(Response { kind, nonce, version: content.version, resources: content.resources, removed: content.removed })
    }

    /// Whether what refers to a kind may change now.
    fn may_go_on(&mut self, kind: Kind, snapshot: &Snapshot, now: Duration) -> bool {
        let line = self.line(kind);
        // A certificate is asked for only once something names it: nothing can wait for it.
        if kind == Kind::Secret {
            return true;
        }
        if line.is_in_flight() || line.rejection().is_some() {
            return false;
        }
        if kind != Kind::Endpoint {
            return true;
        }
        let Some(since) = self.clusters_at else { return true };
        let has_hosts = self.line(Kind::Endpoint).has_all(snapshot.of_kind(Kind::Endpoint));
        let end = since + if has_hosts { SETTLING } else { PATIENCE };
        if now < end {
            self.wake(end);
            return false;
        }
        true
    }
}
