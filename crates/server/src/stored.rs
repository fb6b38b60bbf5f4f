//! Records as a store keeps them: the key as a list of names, the rest as an object, both in JSON.

use meshwright_model::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::body::spec_of;
use crate::record::{Key, Record, spec_json};
use crate::state::Change;

/// What is kept of a record beside its key.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    arn: String,
    uid: String,
    resource_owner: String,
    version: u64,
    created: u64,
    updated: u64,
    spec: Value,
    tags: Vec<(String, String)>,
    tokens: Vec<(String, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<u64>,
}

impl Stored {
    /// What is kept of a record.
    pub(crate) fn of(record: &Record) -> Self {
        let Record { key: _, arn, uid, resource_owner, version, created, updated, spec, tags, tokens, source } = record;
        Self {
            arn: arn.clone(),
            uid: uid.clone(),
            resource_owner: resource_owner.clone(),
            version: *version,
            created: *created,
            updated: *updated,
            spec: spec_json(spec),
            tags: tags.clone(),
            tokens: tokens.clone(),
            source: *source,
        }
    }

    /// The record of a key.
    ///
    /// # Errors
    /// Says why the specification is none.
    pub(crate) fn record(self, key: Key) -> Result<Record, String> {
        let Self { arn, uid, resource_owner, version, created, updated, spec, tags, tokens, source } = self;
        let spec = spec_of(key.kind, &spec).map_err(|why| why.message)?;
        Ok(Record { key, arn, uid, resource_owner, version, created, updated, spec, tags, tokens, source })
    }
}

/// A change as a store takes it.
pub(crate) fn change(change: &Change) -> meshwright_store::Change {
    match change {
        Change::Remove(key) => meshwright_store::Change { key: key_bytes(key), value: None },
        Change::Put(record) => {
            let value = json!(Stored::of(record)).to_string().into_bytes();
            meshwright_store::Change { key: key_bytes(&record.key), value: Some(value) }
        }
    }
}

/// A record as a store gives it.
///
/// # Errors
/// Says why it is none.
pub(crate) fn record(key: &[u8], value: &[u8]) -> Result<Record, String> {
    let no_record = |why: serde_json::Error| format!("it is no resource: {why}");
    let (region, owner, mesh, kind, parent, name): (String, String, String, Kind, String, String) =
        serde_json::from_slice(key).map_err(no_record)?;
    let stored: Stored = serde_json::from_slice(value).map_err(no_record)?;
    stored.record(Key { region, owner, mesh, kind, parent, name })
}

fn key_bytes(key: &Key) -> Vec<u8> {
    let Key { region, owner, mesh, kind, parent, name } = key;
    json!([region, owner, mesh, kind, parent, name]).to_string().into_bytes()
}
