//! What becomes of resources, for whoever follows the API: a control plane.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use meshwright_model::reference::Key as Named;
use meshwright_model::{Kind, Resource, Scalar};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::api::Api;
use crate::record::{Key, Record};
use crate::state::Change;

/// How many commits a follower may be behind; who is further behind is told everything.
const MAX_BEHIND: usize = 1024;

/// What became of a resource.
#[derive(Clone, Debug)]
pub struct News {
    /// The region of the mesh.
    pub region: String,
    /// The account that owns the mesh.
    pub owner: String,
    /// The mesh.
    pub mesh: String,
    /// The kind of the resource.
    pub kind: Kind,
    /// The router of a route, the gateway of a gateway route; empty for others.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// It as it is now; `None` where it is gone.
    pub resource: Option<Box<Resource>>,
}

/// What a follower is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// All there is; what it was told before no longer counts.
    Everything(Vec<News>),
    /// What has changed, in order.
    Changes(Vec<News>),
}

/// Follows the API.
pub struct Follower {
    api: Arc<RwLock<Api>>,
    changes: broadcast::Receiver<(u64, Arc<[Change]>)>,
    /// That of the state.
    newest: Arc<AtomicU64>,
    revision: u64,
    is_behind: bool,
}

impl fmt::Debug for Follower {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Follower").field("is_behind", &self.is_behind).finish_non_exhaustive()
    }
}

/// Tells followers.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    changes: broadcast::Sender<(u64, Arc<[Change]>)>,
    /// The revision of the store that the state is.
    newest: Arc<AtomicU64>,
}

impl Teller {
    pub(crate) fn new(revision: u64) -> Self {
        Self { changes: broadcast::Sender::new(MAX_BEHIND), newest: Arc::new(AtomicU64::new(revision)) }
    }

    /// The revision of the store that the state is; who was answered finds no older one.
    pub(crate) fn revision(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// Tells the changes of a revision; whoever tells holds the state for writing, so that nobody sees one without the other.
    pub(crate) fn tell(&self, revision: u64, changes: &[Change]) {
        self.newest.store(revision, Ordering::Release);
        if self.changes.receiver_count() > 0 {
            // Nobody may be left by now.
            let _ = self.changes.send((revision, changes.into()));
        }
    }

    /// Makes all followers ask for everything: nobody knows what has changed.
    pub(crate) fn tell_all(&self, revision: u64) {
        self.tell(revision, &[]);
    }

    pub(crate) fn follower(&self, api: &Arc<RwLock<Api>>) -> Follower {
        let (changes, newest) = (self.changes.subscribe(), Arc::clone(&self.newest));
        Follower { api: Arc::clone(api), changes, newest, revision: 0, is_behind: true }
    }
}

impl Follower {
    /// The revision of the store up to which it has been told everything.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

/// Waits for what there is to tell: first everything, then what changes; ends with the service. It must not wait within an asynchronous
/// task.
impl Iterator for Follower {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        if !std::mem::take(&mut self.is_behind) {
            match self.changes.blocking_recv() {
                Ok((revision, changes)) if !changes.is_empty() => {
                    self.revision = revision;
                    return Some(Told::Changes(changes.iter().map(News::of).collect()));
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
        // Changes are told while the state is held for writing, so those up to now are in it.
        let api = self.api.read().unwrap_or_else(PoisonError::into_inner);
        self.changes = self.changes.resubscribe();
        self.revision = self.newest.load(Ordering::Acquire);
        Some(Told::Everything(api.records().map(|record| News::put(record)).collect()))
    }
}

impl News {
    fn of(change: &Change) -> Self {
        match change {
            Change::Put(record) => Self::put(record),
            Change::Remove(key) => Self::about(key, None),
        }
    }

    fn put(record: &Record) -> Self {
        Self::about(&record.key, Some(Box::new(resource(record))))
    }

    fn about(key: &Key, resource: Option<Box<Resource>>) -> Self {
        let Key { region, owner, mesh, kind, parent, name } = key.clone();
        Self { region, owner, mesh, kind, parent, name, resource }
    }
}

fn resource(record: &Record) -> Resource {
    let Key { mesh, parent, name, .. } = &record.key;
    let parent = (!parent.is_empty()).then(|| Scalar::from_text(parent));
    let own = Resource::new(Scalar::from_text(mesh), parent, Scalar::from_text(name), record.spec.clone());
    debug_assert_eq!(Named::of(&own.name), Named::Known(name), "the API takes no name that is none");
    own
}
