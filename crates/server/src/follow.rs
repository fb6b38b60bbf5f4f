//! What becomes of resources, for whoever follows the API: a control plane.

use std::fmt;
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
    changes: broadcast::Receiver<Arc<[Change]>>,
    is_behind: bool,
}

impl fmt::Debug for Follower {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Follower").field("is_behind", &self.is_behind).finish_non_exhaustive()
    }
}

/// Tells followers.
#[derive(Clone, Debug)]
pub(crate) struct Teller(broadcast::Sender<Arc<[Change]>>);

impl Default for Teller {
    fn default() -> Self {
        Self(broadcast::Sender::new(MAX_BEHIND))
    }
}

impl Teller {
    /// Tells changes; whoever tells holds the state for writing, so that nobody sees one without the other.
    pub(crate) fn tell(&self, changes: &[Change]) {
        if self.0.receiver_count() > 0 {
            // Nobody may be left by now.
            let _ = self.0.send(changes.into());
        }
    }

    /// Makes all followers ask for everything: nobody knows what has changed.
    pub(crate) fn tell_all(&self) {
        self.tell(&[]);
    }

    pub(crate) fn follower(&self, api: &Arc<RwLock<Api>>) -> Follower {
        Follower { api: Arc::clone(api), changes: self.0.subscribe(), is_behind: true }
    }
}

/// Waits for what there is to tell: first everything, then what changes; ends with the service. It must not wait within an asynchronous
/// task.
impl Iterator for Follower {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        if !std::mem::take(&mut self.is_behind) {
            match self.changes.blocking_recv() {
                Ok(changes) if !changes.is_empty() => {
                    return Some(Told::Changes(changes.iter().map(News::of).collect()));
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
        // Changes are told while the state is held for writing, so those up to now are in it.
        let api = self.api.read().unwrap_or_else(PoisonError::into_inner);
        self.changes = self.changes.resubscribe();
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
