//! Makes resources as files have them, all or nothing.
//!
//! A resource that came from files remembers which text it came from, in the store too. So what its files have not changed stays as clients
//! have left it, what they have changed is made anew, and what they no longer have is taken away; what never came from files is left alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use meshwright_model::operation::{Operation, Target};
use meshwright_model::scalar::Name;
use meshwright_model::{Kind, Resource};
use serde_json::{Value, json};

use crate::api::{Api, Stamp};
use crate::body::Body;
use crate::call::{Call, Scope};
use crate::exception::ApiError;
use crate::record::{Key, Record, digest, spec_json};
use crate::state::Change;

/// What files hold, and what it means.
#[derive(Clone, Debug)]
pub struct Sync {
    /// The resources, each after those that it needs.
    pub wanted: Vec<Wanted>,
    /// Where they live.
    pub scope: Scope,
    /// Whether what is there already follows the files; without it only what is missing is made.
    pub follows: bool,
}

/// A resource that files hold.
#[derive(Clone, Debug)]
pub struct Wanted {
    kind: Kind,
    mesh: String,
    parent: Option<String>,
    name: String,
    body: Value,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// How many resources were made.
    pub created: usize,
    /// How many were there, and are now as the files have them.
    pub updated: usize,
    /// How many are gone, since the files no longer have them.
    pub deleted: usize,
    /// How many were there, and stay as they are.
    pub kept: usize,
}

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .resource.as_ref().map(|resource| format!("{resource}: ")).unwrap_or_default(), .why.message)]
pub struct Refused {
    /// The resource that the API refuses.
    pub resource: Option<String>,
    /// What it raises.
    pub why: ApiError,
}

impl From<ApiError> for Refused {
    fn from(why: ApiError) -> Self {
        Self { resource: None, why }
    }
}

impl Wanted {
    /// A resource of a file; `None` where a name of it is not known.
    pub fn of(resource: &Resource) -> Option<Self> {
        let known = |name: &Name| name.known().map(|name| name.as_str().to_owned());
        let (kind, name) = (resource.kind(), known(&resource.name)?);
        let tags: Vec<Value> = resource.tags.iter().map(|tag| json!(tag)).collect();
        let body = json!({kind.name_field(): name, "spec": resource.spec, "tags": tags});
        let parent = match &resource.parent {
            Some(parent) => Some(known(parent)?),
            None => None,
        };
        Some(Self { kind, mesh: known(&resource.mesh)?, parent, name, body })
    }

    /// The call that makes it, or changes it to what it should be.
    fn call(&self, operation: fn(Kind) -> Operation, scope: &Scope) -> Call {
        let name = Some(self.name.clone());
        let target = Target { mesh: self.mesh.clone(), parent: self.parent.clone(), name };
        let body = self.body.to_string().into_bytes();
        Call { operation: operation(self.kind), target, query: Vec::new(), body, scope: scope.clone(), caller: None }
    }

    fn key(&self, scope: &Scope) -> Key {
        let (owner, parent) = (scope.account.clone(), self.parent.clone().unwrap_or_default());
        let region = scope.region.clone();
        Key { region, owner, mesh: self.mesh.clone(), kind: self.kind, parent, name: self.name.clone() }
    }
}

/// Changes that are made on a state, and what takes them back.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) changes: Vec<Change>,
    undo: Vec<Change>,
}

impl Log {
    /// Makes a change.
    pub(crate) fn make(&mut self, api: &mut Api, change: Change) {
        self.undo.push(api.apply(change.clone()));
        self.changes.push(change);
    }

    /// Takes all changes back but the first ones.
    pub(crate) fn take_back(&mut self, api: &mut Api, but: usize) {
        for change in self.undo.drain(but..).rev() {
            api.apply(change);
        }
        self.changes.truncate(but);
    }
}

impl Api {
    /// Makes resources as files have them, all or nothing.
    pub(crate) fn sync(&mut self, sync: &Sync, stamp: &dyn Fn() -> Stamp, log: &mut Log) -> Result<Synced, Refused> {
        let before = log.changes.len();
        let synced = self.sync_all(sync, stamp, log);
        if synced.is_err() {
            log.take_back(self, before);
        }
        synced
    }

    fn sync_all(&mut self, sync: &Sync, stamp: &dyn Fn() -> Stamp, log: &mut Log) -> Result<Synced, Refused> {
        let mut synced = Synced::default();
        let mut keys = BTreeSet::new();
        for wanted in &sync.wanted {
            let key = wanted.key(&sync.scope);
            let refused = |why| Refused { resource: Some(key.to_string()), why };
            let source = digest(&wanted.body.to_string());
            let (count, record) = match self.state.get(&key).cloned() {
                None => (
                    &mut synced.created,
                    Some(self.made(&wanted.call(Operation::Create, &sync.scope), &stamp()).map_err(refused)?),
                ),
                Some(there) if !sync.follows || there.source == Some(source) => (&mut synced.kept, None),
                Some(there) => {
                    let call = wanted.call(Operation::Update, &sync.scope);
                    let record = self.followed(&call, &there, &stamp()).map_err(refused)?;
                    let is_same = (record.version, &record.tags) == (there.version, &there.tags);
                    (if is_same { &mut synced.kept } else { &mut synced.updated }, Some(record))
                }
            };
            *count += 1;
            if let Some(record) = record {
                log.make(self, Change::Put(Arc::new(Record { source: Some(source), ..record })));
            }
            keys.insert(key);
        }
        if sync.follows {
            synced.deleted = self.prune(&keys, &sync.scope, log)?;
        }
        Ok(synced)
    }

    /// The record that a call makes.
    fn made(&self, call: &Call, stamp: &Stamp) -> Result<Record, ApiError> {
        let (_, changes) = self.decide(call, stamp)?;
        let record = changes.into_iter().find_map(|change| match change {
            Change::Put(record) => Some(Arc::unwrap_or_clone(record)),
            Change::Remove(_) => None,
        });
        record.ok_or_else(|| ApiError::bad(format!("{} makes nothing", call.operation)))
    }

    /// A resource that is there, as files have it now.
    fn followed(&self, update: &Call, there: &Record, stamp: &Stamp) -> Result<Record, ApiError> {
        let tags = Body::read(&update.body)?.tags()?;
        let updated = self.made(update, stamp)?;
        let is_same = spec_json(&updated.spec) == spec_json(&there.spec);
        let record = if is_same { there.clone() } else { updated };
        Ok(Record { tags, ..record })
    }

    /// Takes away what came from files and is no longer in them.
    fn prune(&mut self, keys: &BTreeSet<Key>, scope: &Scope, log: &mut Log) -> Result<usize, Refused> {
        let mut left: Vec<Key> =
            self.state.of_files(&scope.region, &scope.account).filter(|key| !keys.contains(key)).cloned().collect();
        let count = left.len();
        // Those that others need go after them: each round takes what nothing needs any more.
        while !left.is_empty() {
            let mut in_use = Vec::new();
            let mut reason = None;
            let round = left.len();
            for key in left {
                match self.check_unused(&key) {
                    Ok(()) => log.make(self, Change::Remove(key)),
                    Err(why) => {
                        reason.get_or_insert((key.to_string(), why));
                        in_use.push(key);
                    }
                }
            }
            if let Some((resource, why)) = reason.filter(|_| in_use.len() == round) {
                return Err(Refused { resource: Some(resource), why });
            }
            left = in_use;
        }
        Ok(count)
    }
}
