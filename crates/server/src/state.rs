//! All resources, by what tells them apart, and what depends on what.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use meshwright_model::Kind;
use meshwright_model::reference::{Key as Name, Need};

use crate::record::{Key, Record};

/// All resources.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    records: BTreeMap<Key, Arc<Record>>,
    /// What ARNs stand for: names may have a `/`, so an ARN is not taken apart.
    arns: HashMap<String, Key>,
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

    /// All resources.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.values()
    }

    /// The resource of an ARN.
    pub(crate) fn named(&self, arn: &str) -> Option<&Arc<Record>> {
        self.get(self.arns.get(arn)?)
    }

    /// The regions that have resources.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &str> {
        let mut next = self.records.first_key_value().map(|(key, _)| key.region.as_str());
        std::iter::from_fn(move || {
            let region = next?;
            let after = Key::of_mesh(&format!("{region}\0"), "", "");
            next = self.records.range(after..).next().map(|(key, _)| key.region.as_str());
            Some(region)
        })
    }

    /// The meshes of a region, by owner and name.
    pub(crate) fn meshes<'s>(&'s self, region: &str) -> impl Iterator<Item = &'s Arc<Record>> {
        let mut from = Key::of_mesh(region, "", "");
        std::iter::from_fn(move || {
            let (key, record) = self.records.range(&from..).next()?;
            let is_there = key.region == from.region;
            // What is in it is passed over.
            from = Key::of_mesh(&key.region, &key.owner, &format!("{}\0", key.mesh));
            is_there.then_some(record)
        })
        .filter(|record| record.key.kind == Kind::Mesh)
    }

    /// The resources of a kind in a mesh and below a parent, by name, after one of them.
    pub(crate) fn after<'s>(&'s self, of: &'s Key, last: Option<&str>) -> impl Iterator<Item = &'s Arc<Record>> {
        let from = match last {
            None => Bound::Included(Key { name: String::new(), ..of.clone() }),
            Some(last) => Bound::Excluded(Key { name: last.to_owned(), ..of.clone() }),
        };
        let is_there = move |key: &Key| {
            (&key.region, &key.owner, &key.mesh, key.kind, &key.parent)
                == (&of.region, &of.owner, &of.mesh, of.kind, &of.parent)
        };
        self.records.range((from, Bound::Unbounded)).take_while(move |(key, _)| is_there(key)).map(|(_, own)| own)
    }

    /// Everything in the mesh of a key, the mesh itself first.
    pub(crate) fn in_mesh<'s>(&'s self, of: &'s Key) -> impl Iterator<Item = &'s Arc<Record>> {
        let first = Key::of_mesh(&of.region, &of.owner, &of.mesh);
        let is_there = move |key: &Key| (&key.region, &key.owner, &key.mesh) == (&of.region, &of.owner, &of.mesh);
        self.records.range(first..).take_while(move |(key, _)| is_there(key)).map(|(_, own)| own)
    }

    /// The resources of an account in a region that came from files.
    pub(crate) fn of_files<'s>(&'s self, region: &'s str, account: &'s str) -> impl Iterator<Item = &'s Key> {
        let first = Key::of_mesh(region, "", "");
        let of_region = self.records.range(first..).take_while(move |(key, _)| key.region == region);
        of_region.filter(move |(_, own)| own.source.is_some() && own.resource_owner == account).map(|(key, _)| key)
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
        self.in_mesh(key).filter(names)
    }

    /// Makes a change; answers with the one that takes it back.
    pub(crate) fn apply(&mut self, change: Change) -> Change {
        let (key, before) = match change {
            Change::Put(record) => {
                self.arns.insert(record.arn.clone(), record.key.clone());
                (record.key.clone(), self.records.insert(record.key.clone(), record))
            }
            Change::Remove(key) => {
                let before = self.records.remove(&key);
                if let Some(record) = &before
                    && self.arns.get(&record.arn) == Some(&key)
                {
                    self.arns.remove(&record.arn);
                }
                (key, before)
            }
        };
        before.map_or(Change::Remove(key), Change::Put)
    }
}
