//! Sessions against a small model of Envoy: whatever is late, refused or cut off, no route leads to a cluster that is not there.
//!
//! What is held after each step:
//! - no route configuration names a cluster that Envoy does not know, and, where messages are swift, none that Envoy has already is
//!   replaced by one that names a cluster without hosts;
//! - no more than one response of a kind is under way;
//! - when all is quiet, Envoy has exactly what it is to have, nothing more is said, and a new stream says nothing but the hosts, and where there is
//!   nothing of a kind.
//!
//! What is not promised, and excluded:
//! - anything of that while Envoy refuses something, until it is again as it should be;
//! - clusters that Envoy has from an earlier stream of the state of the world: it does not say their names, so a new session cannot keep
//!   them until no route names them;
//! - routes of which Envoy speaks on a new stream later than [`meshwright_ads::session::FAREWELL`] after its clusters: it says all at once;
//! - hosts that come later than [`meshwright_ads::session::PATIENCE`]: routes do not wait for them any longer;
//! - hosts of the clusters of a route configuration that Envoy asks for by name: that is answered at once.

mod envoy;
mod mesh;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use meshwright_ads::{Kind, Protocol, Request, Response, Session, Snapshot};

use crate::random::Random;
use envoy::Envoy;
use mesh::Mesh;

/// How many seeds are tried; `MESHWRIGHT_SIMULATIONS` says more.
const SEEDS: u64 = 250;

/// How many things happen to a session from outside in a run.
const EVENTS: usize = 25;

/// How many messages and wake-ups there may be until all is quiet.
const MAX_STEPS: usize = 500;

impl Random {
    /// True so many times of a hundred.
    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

fn seeds(few: u64) -> u64 {
    std::env::var("MESHWRIGHT_SIMULATIONS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(few)
}

/// What a run is like.
struct World {
    seed: u64,
    random: Random,
    protocol: Protocol,
    /// Whether messages take no longer than routes wait for hosts.
    is_swift: bool,
    /// Whether Envoy is sent what it refuses.
    is_refusing: bool,
    now: Duration,
    mesh: Mesh,
    snapshot: Snapshot,
    session: Session,
    envoy: Envoy,
    to_envoy: VecDeque<(Duration, Response)>,
    to_session: VecDeque<(Duration, Request)>,
    /// How late a session wakes.
    lateness: Duration,
    under_way: BTreeMap<Kind, u64>,
    /// Clusters of an earlier stream that the session cannot know of.
    unknown: BTreeSet<String>,
    said: Vec<(Duration, Said)>,
    quiet: u64,
}

/// What is said in a run.
#[derive(Clone, Debug)]
enum Said {
    /// A stream begins.
    Hello,
    Request(Request),
    Response(Response),
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let protocol = if random.percent(50) { Protocol::Delta } else { Protocol::StateOfTheWorld };
        let envoy = Envoy::new(protocol, random.percent(50));
        let mut mesh = Mesh::default();
        mesh.change(&mut random);
        let snapshot = mesh.snapshot(None);
        let mut world = Self {
            seed,
            protocol,
            is_swift: random.percent(50),
            is_refusing: random.percent(30),
            random,
            now: Duration::ZERO,
            mesh,
            snapshot,
            session: Session::new(protocol),
            envoy,
            to_envoy: VecDeque::new(),
            to_session: VecDeque::new(),
            lateness: Duration::ZERO,
            under_way: BTreeMap::new(),
            unknown: BTreeSet::new(),
            said: Vec::new(),
            quiet: 0,
        };
        world.connect();
        world
    }

    /// Something happens from outside; then some time passes.
    fn happen(&mut self) {
        let may_reconnect = !self.envoy.is_refusing();
        match self.random.below(10) {
            0 if may_reconnect => self.connect(),
            1 if may_reconnect => {
                self.change();
                self.connect();
            }
            2 => self.advance(),
            _ => {
                self.change();
                self.advance();
            }
        }
        let longest = [20, 300, 6000][self.random.index(3)];
        let end = self.now + Duration::from_millis(self.random.below(longest));
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.step(next);
        }
        self.now = end;
    }

    fn change(&mut self) {
        self.mesh.change(&mut self.random);
        let is_bad = self.is_refusing && self.random.percent(25);
        self.snapshot = self.mesh.snapshot(is_bad.then_some(&mut self.random));
    }

    /// The stream ends, and another begins.
    fn connect(&mut self) {
        self.said.push((self.now, Said::Hello));
        self.to_envoy.clear();
        self.to_session.clear();
        self.under_way.clear();
        self.session = Session::new(self.protocol);
        if self.protocol == Protocol::StateOfTheWorld {
            self.unknown.extend(self.envoy.clusters());
        }
        // They are written together, and arrive so.
        let due = self.due(None);
        let requests = self.envoy.connect();
        self.to_session.extend(requests.into_iter().map(|request| (due, request)));
    }

    fn advance(&mut self) {
        let responses = self.session.advance(&self.snapshot, self.now);
        self.respond(responses);
    }

    /// When something happens next.
    fn next(&self) -> Option<Duration> {
        let wakes_at = self.session.wakes_at().map(|at| at.max(self.now) + self.lateness);
        let response = self.to_envoy.front().map(|(at, _)| *at);
        let request = self.to_session.front().map(|(at, _)| *at);
        [wakes_at, response, request].into_iter().flatten().min()
    }

    fn step(&mut self, now: Duration) {
        self.now = now;
        if self.to_envoy.front().is_some_and(|(at, _)| *at <= now) {
            let (_, response) = self.to_envoy.pop_front().unwrap();
            self.take(&response);
        } else if self.to_session.front().is_some_and(|(at, _)| *at <= now) {
            let (_, request) = self.to_session.pop_front().unwrap();
            self.said.push((now, Said::Request(request.clone())));
            if self.under_way.get(&request.kind).is_some_and(|nonce| nonce.to_string() == request.nonce) {
                self.under_way.remove(&request.kind);
            }
            let responses = self.session.on_request(request, Some(&self.snapshot), now);
            self.respond(responses);
        } else {
            self.advance();
        }
        self.hold(self.unknown.is_superset(&self.envoy.missing()), "a route names a cluster that is not there");
    }

    /// Envoy takes a response.
    fn take(&mut self, response: &Response) {
        let before = self.envoy.routes();
        for request in self.envoy.take(response) {
            self.ask(request);
        }
        if response.kind == Kind::Route && self.is_swift {
            let cold: Vec<String> = before.iter().flat_map(|route| self.envoy.cold(route)).collect();
            self.hold(cold.iter().all(|name| self.unknown.contains(name)), "a route names a cluster without hosts");
        }
    }

    fn respond(&mut self, responses: Vec<Response>) {
        for response in responses {
            let (kind, nonce) = (response.kind, response.nonce);
            self.said.push((self.now, Said::Response(response.clone())));
            let earlier = self.under_way.insert(kind, nonce);
            self.hold(earlier.is_none(), "two responses of a kind are under way");
            let due = self.due(self.to_envoy.back().map(|(at, _)| *at));
            self.to_envoy.push_back((due, response));
        }
        self.lateness = Duration::from_millis(self.random.below(30));
    }

    fn ask(&mut self, request: Request) {
        let due = self.due(self.to_session.back().map(|(at, _)| *at));
        self.to_session.push_back((due, request));
    }

    /// When a message arrives: not before the one ahead of it.
    fn due(&mut self, ahead: Option<Duration>) -> Duration {
        let longest = if self.is_swift { 50 } else { [5, 200, 4000][self.random.index(3)] };
        let due = self.now + Duration::from_millis(self.random.below(longest));
        ahead.map_or(due, |ahead| due.max(ahead))
    }

    /// Waits until all is quiet, and holds Envoy to what it is to have.
    fn settle(&mut self) {
        let mut steps = 0;
        while let Some(next) = self.next() {
            self.step(next);
            steps += 1;
            self.hold(steps < MAX_STEPS, "it does not come to rest");
        }
        if self.is_refused() {
            return;
        }
        let difference = self.envoy.difference(&self.snapshot);
        self.hold(difference.is_none(), difference.as_deref().unwrap_or_default());
        self.hold(self.session.is_settled(&self.snapshot), "it does not say that it is settled");
        self.unknown.clear();
        self.envoy.has_refused = false;
        self.quiet += 1;
        self.now += Duration::from_secs(self.random.below(10));
        let snapshot = self.snapshot.clone();
        let more = self.session.advance(&snapshot, self.now);
        self.hold(more.is_empty() && self.session.wakes_at().is_none(), "it speaks though nothing has changed");
    }

    /// Whether the session says that Envoy refuses something.
    fn is_refused(&self) -> bool {
        self.session.status().iter().any(|own| own.rejection.is_some())
    }

    /// A proxy that has everything comes again.
    fn come_again(&mut self) {
        self.settle();
        if self.is_refused() {
            return;
        }
        // The first time it may be told again: its version of the route configurations may be that of more names than it asks for now.
        self.connect();
        self.settle();
        let before = self.said.len();
        self.connect();
        self.settle();
        let is_more = |(_, said): &(Duration, Said)| match said {
            Said::Response(own) => own.kind != Kind::Endpoint && !(own.resources.is_empty() && own.removed.is_empty()),
            Said::Hello | Said::Request(_) => false,
        };
        self.hold(!self.said[before..].iter().any(is_more), "a proxy that has everything is sent something");
    }

    #[track_caller]
    fn hold(&self, holds: bool, what: &str) {
        // What is about routes holds only where Envoy takes what it is sent.
        let is_excluded = self.envoy.has_refused && what.starts_with("a route");
        assert!(holds || is_excluded, "seed {}: {what}\n{}", self.seed, self.transcript());
    }

    fn transcript(&self) -> String {
        let line = |(at, said): &(Duration, Said)| match said {
            Said::Hello => format!("{} a stream begins\n", at.as_millis()),
            Said::Request(Request { kind, nonce, error, wish }) => {
                format!("{} > {} {nonce:?} {error:?} {wish:?}\n", at.as_millis(), kind.service())
            }
            Said::Response(own) => {
                let texts: Vec<_> = own.resources.iter().map(|own| String::from_utf8_lossy(&own.any)).collect();
                format!("{} < {} {} {texts:?} -{:?}\n", at.as_millis(), own.kind.service(), own.nonce, own.removed)
            }
        };
        self.said.iter().map(line).collect()
    }
}

#[test]
fn no_request_is_lost_whatever_is_late() {
    let seeds = seeds(SEEDS);
    let mut quiet = 0;
    for seed in 0..seeds {
        let mut world = World::new(seed);
        for _ in 0..EVENTS {
            world.happen();
            if world.random.percent(20) {
                world.settle();
            }
            if world.random.percent(10) {
                world.come_again();
            }
        }
        // What was refused is put right in the end.
        world.is_refusing = false;
        world.change();
        world.advance();
        world.come_again();
        assert!(!world.is_refused(), "seed {seed}: what is refused is never put right");
        quiet += world.quiet;
    }
    assert!(quiet > seeds * 4, "only {quiet} times quiet in {seeds} runs");
}
