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
    /// The number of the plan for which its stream says this.
    pub(crate) number: Option<u64>,
    /// The plan as it is now; shared, so that whoever looks at it does not count as a proxy.
    pub(crate) plans: Arc<watch::Receiver<Numbered>>,
    /// The conversation with it.
    pub(crate) session: Arc<Mutex<Session>>,
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
        let mut all: Vec<Connected> = self.state().streams.values().map(Connected::now).collect();
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
        for own in state.streams.values().filter(|own| own.number == Some(own.plans.borrow().number)) {
            census.settled += usize::from(own.is_settled);
            census.refusing += usize::from(own.has_refused);
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

    /// Changes what is said of the proxy.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Connected)) {
        if let Some(own) = self.proxies.state().streams.get_mut(&self.number) {
            change(own);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.proxies.state().streams.remove(&self.number);
    }
}

impl Connected {
    /// It as the plan of now has it: what its stream says of an older one is not settled any more.
    fn now(&self) -> Self {
        let mut own = self.clone();
        let Numbered { number, plan, origin: _ } = &*self.plans.borrow();
        own.is_known = plan.snapshot.is_some();
        own.omissions.clone_from(&plan.omissions);
        let is_told = self.number == Some(*number);
        own.is_settled &= is_told;
        own.has_refused &= is_told;
        own
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
