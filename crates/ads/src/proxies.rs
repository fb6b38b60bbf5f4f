//! The proxies that are connected, and what each has been sent, has accepted, has refused and why.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore, watch};

use crate::counts::Counts;
use crate::hub::Numbered;
use crate::proxy::Profile;
use crate::refused::{Refusals, Refused};
use crate::request::Protocol;
use crate::session::{Session, Status};
use crate::snapshot::Snapshot;

/// The most calls at a time that ask how proxies stand, of all clients.
pub(crate) const MAX_ASKING: usize = 16;

/// The proxies that are connected.
#[derive(Clone, Debug)]
pub struct Proxies {
    state: Arc<Mutex<State>>,
    counts: Arc<Counts>,
    /// Told when a call is refused as none was before.
    refusal: Arc<Notify>,
    /// Places for calls that ask how they stand.
    asking: Arc<Semaphore>,
}

impl Default for Proxies {
    fn default() -> Self {
        let asking = Arc::new(Semaphore::new(MAX_ASKING));
        Self { state: Arc::default(), counts: Arc::default(), refusal: Arc::default(), asking }
    }
}

/// How many proxies there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Those that are connected.
    pub connected: usize,
    /// Those of them that have accepted all that they are to have.
    pub settled: usize,
    /// Those of them that have refused a part of it.
    pub refusing: usize,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    streams: BTreeMap<u64, Connected>,
    refusals: Refusals,
}

/// A proxy that is connected.
#[derive(Clone, Debug)]
pub struct Connected {
    /// Who it is.
    pub profile: Profile,
    /// Its id, as it says it.
    pub id: String,
    /// Where it connects from.
    pub peer: String,
    /// How it is told.
    pub protocol: Protocol,
    /// When it connected, on the clock of the wall.
    pub since: SystemTime,
    /// Whether the node or gateway that it stands for is there.
    pub is_known: bool,
    /// Whether it has accepted all that it is to have.
    pub is_settled: bool,
    /// Whether it has refused something, and gets nothing else in its place before the mesh changes.
    pub has_refused: bool,
    /// What it was sent of each kind.
    pub kinds: Vec<Status>,
    /// What could not be said of it.
    pub omissions: Vec<String>,
    /// The plan as it is now; shared, so that whoever looks at it does not count as a proxy.
    pub(crate) plans: Arc<watch::Receiver<Numbered>>,
    /// How far it is told of that.
    pub(crate) telling: Arc<Mutex<Telling>>,
}

/// How far a proxy is told of its plan.
#[derive(Debug)]
pub(crate) struct Telling {
    /// The conversation with it.
    pub(crate) session: Session,
    /// The number of the plan that was taken last, though that may say nothing.
    pub(crate) number: u64,
    /// What it is to have by the last plan that said something.
    pub(crate) snapshot: Option<Arc<Snapshot>>,
}

impl Telling {
    /// A conversation that begins.
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self { session: Session::new(protocol), number: 0, snapshot: None }
    }

    /// Whether the proxy has accepted all of a plan, and whether it has refused a part of it; neither before it is told of that.
    fn standing(&self, plan: &Numbered) -> (bool, bool) {
        let snapshot = self.snapshot.as_deref().filter(|_| self.number == plan.number);
        let is = |check: fn(&Session, &Snapshot) -> bool| snapshot.is_some_and(|own| check(&self.session, own));
        (is(Session::is_settled), is(Session::has_refused))
    }
}

/// A place in the list, for as long as its stream lasts.
#[derive(Debug)]
pub(crate) struct Place {
    proxies: Proxies,
    number: u64,
}

impl Proxies {
    pub(crate) fn asking(&self) -> Arc<Semaphore> {
        Arc::clone(&self.asking)
    }

    /// Every proxy that is connected, by mesh, kind and name.
    pub fn all(&self) -> Vec<Connected> {
        let mut all: Vec<Connected> = self.state().streams.values().cloned().collect();
        all.iter_mut().for_each(Connected::look);
        all.sort_by(|a, b| a.profile.cmp(&b.profile).then(a.since.cmp(&b.since)));
        all
    }

    /// How many are connected.
    pub fn count(&self) -> usize {
        self.state().streams.len()
    }

    /// How many there are, and how they stand.
    pub fn census(&self) -> Census {
        let state = self.state();
        let mut census = Census { connected: state.streams.len(), ..Census::default() };
        for own in state.streams.values() {
            let (is_settled, has_refused) = own.telling().standing(&own.plans.borrow());
            census.settled += usize::from(is_settled);
            census.refusing += usize::from(has_refused);
        }
        census
    }

    /// What was sent, accepted and refused so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The last calls that were refused, the last one first.
    pub fn refused(&self) -> Vec<Refused> {
        self.state().refusals.all()
    }

    /// Waits until a call is refused as none of [`Self::refused`] was.
    pub async fn refusal(&self) {
        self.refusal.notified().await;
    }

    /// Notes that a call was refused.
    pub(crate) fn refuse(&self, peer: &str, id: &str, why: &str) {
        if self.state().refusals.add(peer, id, why) {
            self.refusal.notify_one();
        }
    }

    pub(crate) fn add(&self, connected: Connected) -> Place {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.streams.insert(number, connected);
        Place { proxies: self.clone(), number }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Where its responses are counted.
    pub(crate) fn counts(&self) -> &Counts {
        &self.proxies.counts
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.proxies.state().streams.remove(&self.number);
    }
}

impl Connected {
    /// Says how it stands now.
    fn look(&mut self) {
        let telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = self.plans.borrow();
        (self.is_settled, self.has_refused) = telling.standing(&plan);
        self.kinds = telling.session.status();
        self.is_known = plan.plan.snapshot.is_some();
        self.omissions.clone_from(&plan.plan.omissions);
    }

    pub(crate) fn telling(&self) -> MutexGuard<'_, Telling> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it, in JSON; times are seconds since 1970.
    pub fn to_json(&self) -> Value {
        let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let since = seconds(self.since);
        let for_so_long = self.since.elapsed().unwrap_or_default().as_secs();
        let kinds = self.kinds.iter().map(|status| {
            let rejection = status.rejection.as_ref().map(|own| {
                let resources: Vec<&str> = own.resources.iter().map(|name| &**name).collect();
                json!({"message": own.message, "resources": resources, "at": since + own.at.as_secs_f64()})
            });
            json!({
                "kind": status.kind.service(),
                "version": status.sent.map(|version| version.to_string()),
                "isWaiting": status.is_waiting,
                "rejection": rejection,
            })
        });
        json!({
            "id": self.id,
            "region": self.profile.mesh.region,
            "meshOwner": self.profile.mesh.owner,
            "meshName": self.profile.mesh.name,
            "resourceKind": self.profile.kind.to_string(),
            "resourceName": self.profile.name,
            "peer": self.peer,
            "protocol": match self.protocol {
                Protocol::StateOfTheWorld => "state-of-the-world",
                Protocol::Delta => "delta",
            },
            "connectedAt": since,
            "connectedSeconds": for_so_long,
            "isKnown": self.is_known,
            "isSettled": self.is_settled,
            "hasRefused": self.has_refused,
            "kinds": kinds.collect::<Vec<Value>>(),
            "omissions": self.omissions,
        })
    }
}
