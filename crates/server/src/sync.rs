//! Makes resources as files have them, all or nothing.
//!
//! A resource that came from files remembers which text it came from, in the store too. So what its files have not changed stays as clients
//! have left it, what they have changed is made anew, and what they no longer have is taken away; what never came from files is left alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use meshwright_model::opened::made_up::{self, MadeUp};
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
    /// The account that owns the mesh, where the file says so.
    owner: Option<String>,
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
        let owner = match &resource.mesh_owner {
            Some(owner) => Some(owner.known()?.as_str().to_owned()),
            None => None,
        };
        Some(Self { kind, mesh: known(&resource.mesh)?, owner, parent, name, body })
    }

    /// A resource of a file in which what the file leaves open is made up; `None` where even so a name of it is not known.
    pub fn made_up(resource: &Resource, made_up: &mut MadeUp) -> Option<Self> {
        let kind = resource.kind();
        let name = made_up::name(&resource.name, made_up)?;
        let mesh = made_up::name(&resource.mesh, made_up)?;
        let parent = match &resource.parent {
            Some(parent) => Some(made_up::name(parent, made_up)?),
            None => None,
        };
        let body = json!({kind.name_field(): name, "spec": made_up::spec(resource, made_up)});
        Some(Self { kind, mesh, owner: None, parent, name, body })
    }

    /// A mesh of which nothing is said.
    pub fn mesh(name: &str) -> Self {
        let body = json!({Kind::Mesh.name_field(): name});
        Self { kind: Kind::Mesh, mesh: name.to_owned(), owner: None, parent: None, name: name.to_owned(), body }
    }

    /// The mesh that it is in; of a mesh, its own name.
    pub fn mesh_name(&self) -> &str {
        &self.mesh
    }

    /// Whether it is a mesh.
    pub fn is_mesh(&self) -> bool {
        self.kind == Kind::Mesh
    }

    /// The call that makes it, or changes it to what it should be.
    fn call(&self, operation: fn(Kind) -> Operation, scope: &Scope) -> Call {
        let name = Some(self.name.clone());
        let target = Target { mesh: self.mesh.clone(), parent: self.parent.clone(), name };
        let body = self.body.to_string().into_bytes();
        let query = self.owner.iter().map(|owner| ("meshOwner".to_owned(), owner.clone())).collect();
        Call { operation: operation(self.kind), target, query, body, scope: scope.clone(), caller: None }
    }

    fn key(&self, scope: &Scope) -> Key {
        // A mesh is always its own account's.
        let owner = self.owner.as_ref().filter(|_| self.kind != Kind::Mesh).unwrap_or(&scope.account).clone();
        let parent = self.parent.clone().unwrap_or_default();
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

    /// What holds between resources is asked once all is as it should be: a router may get a second listener as its routes say ports.
    fn sync_all(&mut self, sync: &Sync, stamp: &dyn Fn() -> Stamp, log: &mut Log) -> Result<Synced, Refused> {
        let mut synced = Synced::default();
        let (mut keys, mut made) = (BTreeSet::new(), Vec::new());
        for wanted in &sync.wanted {
            let key = wanted.key(&sync.scope);
            if !keys.insert(key.clone()) {
                let why = "the files define it twice, and which of them holds is not known";
                return Err(refused(&key, ApiError::bad(why)));
            }
            let source = digest(&wanted.body.to_string());
            let before = self.state.get(&key).cloned();
            let record = match &before {
                None => {
                    let call = wanted.call(Operation::Create, &sync.scope);
                    let record = self.made(&call, &stamp()).map_err(|why| refused(&key, why))?;
                    synced.created += 1;
                    Some(record)
                }
                Some(there) if !sync.follows || there.source == Some(source) => None,
                Some(there) => {
                    let call = wanted.call(Operation::Update, &sync.scope);
                    let record = self.followed(&call, there, &stamp()).map_err(|why| refused(&key, why))?;
                    synced.updated += usize::from((record.version, &record.tags) != (there.version, &there.tags));
                    Some(record)
                }
            };
            if let Some(record) = record {
                log.make(self, Change::Put(Arc::new(Record { source: Some(source), ..record })));
                made.push((key, before));
            }
        }
        synced.kept = sync.wanted.len() - synced.created - synced.updated;
        let of_files = self.state.of_files(&sync.scope.region, &sync.scope.account);
        let doomed: Vec<Key> = of_files.filter(|key| sync.follows && !keys.contains(key)).cloned().collect();
        synced.deleted = doomed.len();
        for key in &doomed {
            log.make(self, Change::Remove(key.clone()));
        }
        for (key, before) in &made {
            let record = self.existing(key)?;
            let before = before.as_ref().map(|record| &record.spec);
            self.check(key, &record.spec, before).map_err(|why| refused(key, why))?;
        }
        for key in &doomed {
            self.check_unused(key).map_err(|why| refused(key, why))?;
        }
        Ok(synced)
    }

    /// The record that a call makes, before what holds between resources is asked.
    fn made(&self, call: &Call, stamp: &Stamp) -> Result<Record, ApiError> {
        let (_, changes) = self.draft(call, stamp)?;
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
}

/// That the API refuses a resource.
fn refused(key: &Key, why: ApiError) -> Refused {
    Refused { resource: Some(key.to_string()), why }
}
