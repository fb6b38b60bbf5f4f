//! The whole state as one document, and what is wrong with it.
//!
//! The document is JSON: `{"meshwright": "state", "version": 1, "resources": […]}`, each resource with its names, all that the API says of
//! it, and what only the store knows: the tokens of clients, and the digest of the file it came from. Resources stand in the order of their
//! regions, owners, meshes, kinds, parents and names, so that one state has one document.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use meshwright_model::Kind;
use meshwright_store::{Change, Contents};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::call::Scope;
use crate::record::{Key, Record};
use crate::state;
use crate::stored::{self, Stored};

/// The version of documents.
const VERSION: u64 = 1;

/// What a document says it is.
const WORD: &str = "state";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Document {
    meshwright: String,
    version: u64,
    resources: Vec<Resource>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    region: String,
    mesh_owner: String,
    mesh: String,
    kind: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    parent: String,
    name: String,
    #[serde(flatten)]
    stored: Stored,
}

/// What a store holds, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// The meshes.
    pub meshes: usize,
    /// The resources, meshes among them.
    pub resources: usize,
}

/// What is wrong with a state: of which resource, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The resource, or the key where that is none.
    pub resource: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.resource, self.message)
    }
}

/// The document of what a store holds.
///
/// # Errors
/// Names what is no resource.
pub fn export(contents: &Contents) -> Result<String, Fault> {
    let mut records = read(contents).into_iter().collect::<Result<Vec<_>, _>>()?;
    records.sort_by(|one, other| one.key.cmp(&other.key));
    let resource = |record: &Record| {
        let Key { region, owner, mesh, kind, parent, name } = record.key.clone();
        Resource { region, mesh_owner: owner, mesh, kind, parent, name, stored: Stored::of(record) }
    };
    let resources = records.iter().map(resource).collect();
    let document = Document { meshwright: WORD.to_owned(), version: VERSION, resources };
    let text = serde_json::to_string_pretty(&document);
    let fault = |why: serde_json::Error| Fault { resource: "the document".to_owned(), message: why.to_string() };
    Ok(text.map_err(fault)? + "\n")
}

/// The changes that make what a document says, in a store that is empty.
///
/// # Errors
/// Says what the document has wrong.
pub fn import(text: &str) -> Result<Vec<Change>, Vec<Fault>> {
    let fault = |message: String| vec![Fault { resource: "the document".to_owned(), message }];
    let document: Document = serde_json::from_str(text).map_err(|why| fault(format!("it is none: {why}")))?;
    if document.meshwright != WORD {
        return Err(fault(format!("it says that it is `{}`, and not `{WORD}`", document.meshwright)));
    }
    if document.version != VERSION {
        let message = format!("its version is {}, and this program knows {VERSION}", document.version);
        return Err(fault(message));
    }
    let (mut changes, mut faults, mut keys) = (Vec::new(), Vec::new(), BTreeSet::new());
    for Resource { region, mesh_owner, mesh, kind, parent, name, stored } in document.resources {
        let key = Key { region, owner: mesh_owner, mesh, kind, parent, name };
        let resource = key.to_string();
        if !keys.insert(key.clone()) {
            faults.push(Fault { resource, message: "it stands there twice".to_owned() });
            continue;
        }
        match stored.record(key) {
            Ok(record) => changes.push(stored::change(&state::Change::Put(Arc::new(record)))),
            Err(message) => faults.push(Fault { resource, message }),
        }
    }
    let there = changes.iter().filter_map(|change| Some((change.key.clone(), change.value.clone()?)));
    faults.extend(check(&Contents { revision: 0, entries: there.collect() }).1);
    if faults.is_empty() { Ok(changes) } else { Err(faults) }
}

/// What a store holds, and what is wrong with it: entries that are no resources, specifications that the API would refuse, and resources
/// whose mesh, parent or target is not there.
pub fn check(contents: &Contents) -> (Census, Vec<Fault>) {
    let (mut api, mut faults, mut records) = (Api::default(), Vec::new(), Vec::new());
    for record in read(contents) {
        match record {
            Ok(record) => {
                let record = Arc::new(record);
                api.apply(state::Change::Put(Arc::clone(&record)));
                records.push(record);
            }
            Err(fault) => faults.push(fault),
        }
    }
    for record in &records {
        if let Err(message) = sound(&api, record) {
            faults.push(Fault { resource: record.key.to_string(), message });
        }
    }
    let meshes = records.iter().filter(|record| record.key.kind == Kind::Mesh).count();
    (Census { meshes, resources: records.len() }, faults)
}

/// The records of a store.
fn read(contents: &Contents) -> Vec<Result<Record, Fault>> {
    let record = |(key, value): &(Vec<u8>, Vec<u8>)| {
        let fault = |message| Fault { resource: format!("entry {}", String::from_utf8_lossy(key)), message };
        stored::record(key, value).map_err(fault)
    };
    contents.entries.iter().map(record).collect()
}

/// What is wrong with a record beside the others.
fn sound(api: &Api, record: &Record) -> Result<(), String> {
    let key = &record.key;
    let missing = |why: crate::ApiError| why.message;
    if key.kind != Kind::Mesh {
        api.existing(&Key::of_mesh(&key.region, &key.owner, &key.mesh)).map_err(missing)?;
    }
    if let Some(kind) = key.kind.parent() {
        let parent = Key { kind, parent: String::new(), name: key.parent.clone(), ..key.clone() };
        api.existing(&parent).map_err(missing)?;
    }
    let arn = Scope::of(&key.region, &record.resource_owner).arn(key);
    if record.arn != arn {
        return Err(format!("its ARN is `{}` and should be `{arn}`", record.arn));
    }
    api.check(key, &record.spec, Some(&record.spec)).map_err(missing)
}
