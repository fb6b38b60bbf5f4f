//! All resources, by what tells them apart, and what depends on what.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use meshwright_model::Kind;
use meshwright_model::reference::{Key as Name, Need};

use crate::record::{Key, Record};

/// All resources.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    records: BTreeMap<Key, Arc<Record>>,
}

/// What becomes of a resource.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// It is this now.
    Put(Arc<Record>),
    /// It is gone.
    Remove(Key),
}

impl State {
    pub(crate) fn count(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Record>> {
        self.records.get(key)
    }

    /// The mesh of an owner.
    pub(crate) fn mesh(&self, owner: &str, mesh: &str) -> Option<&Arc<Record>> {
        self.get(&mesh_key(owner, mesh))
    }

    /// The meshes of an owner, by name.
    pub(crate) fn meshes<'s>(&'s self, owner: &'s str) -> impl Iterator<Item = &'s Arc<Record>> {
        let first = mesh_key(owner, "");
        let of_owner = self.records.range(first..).take_while(move |(key, _)| key.owner == owner);
        of_owner.filter(|(key, _)| key.kind == Kind::Mesh).map(|(_, record)| record)
    }

    /// The resources of a kind in a mesh and below a parent, by name, after one of them.
    pub(crate) fn after<'s>(&'s self, of: &'s Key, last: Option<&str>) -> impl Iterator<Item = &'s Arc<Record>> {
        let from = match last {
            None => Bound::Included(Key { name: String::new(), ..of.clone() }),
            Some(last) => Bound::Excluded(Key { name: last.to_owned(), ..of.clone() }),
        };
        let is_there = move |key: &Key| {
            (&key.owner, &key.mesh, key.kind, &key.parent) == (&of.owner, &of.mesh, of.kind, &of.parent)
        };
        self.records.range((from, Bound::Unbounded)).take_while(move |(key, _)| is_there(key)).map(|(_, own)| own)
    }

    /// Everything in a mesh, the mesh itself first.
    pub(crate) fn in_mesh<'s>(&'s self, owner: &'s str, mesh: &'s str) -> impl Iterator<Item = &'s Arc<Record>> {
        let first = mesh_key(owner, mesh);
        let is_there = move |key: &Key| key.owner == owner && key.mesh == mesh;
        self.records.range(first..).take_while(move |(key, _)| is_there(key)).map(|(_, own)| own)
    }

    /// The resources of an owner that came from files.
    pub(crate) fn of_files<'s>(&'s self, owner: &'s str) -> impl Iterator<Item = &'s Key> {
        let first = mesh_key(owner, "");
        let of_owner = self.records.range(first..).take_while(move |(key, _)| key.owner == owner);
        of_owner.filter(|(_, record)| record.source.is_some()).map(|(key, _)| key)
    }

    /// The resources of a mesh whose specification names another one, and need it: a backend may name what is not there.
    pub(crate) fn that_name<'s>(&'s self, key: &'s Key) -> impl Iterator<Item = &'s Arc<Record>> {
        let names = move |record: &&Arc<Record>| {
            record.spec.references().iter().any(|reference| {
                reference.kind == key.kind
                    && reference.name == Name::Known(&key.name)
                    && reference.need != Need::Eventually
            })
        };
        self.in_mesh(&key.owner, &key.mesh).filter(names)
    }

    /// Makes a change; answers with the one that takes it back.
    pub(crate) fn apply(&mut self, change: Change) -> Change {
        let (key, before) = match change {
            Change::Put(record) => (record.key.clone(), self.records.insert(record.key.clone(), record)),
            Change::Remove(key) => {
                let before = self.records.remove(&key);
                (key, before)
            }
        };
        before.map_or(Change::Remove(key), Change::Put)
    }
}

/// What tells a mesh from all others; it stands before all that is in it.
pub(crate) fn mesh_key(owner: &str, mesh: &str) -> Key {
    Key {
        owner: owner.to_owned(),
        mesh: mesh.to_owned(),
        kind: Kind::Mesh,
        parent: String::new(),
        name: mesh.to_owned(),
    }
}
