//! A resource as the API keeps it, and what calls say of it.

use std::fmt;

use meshwright_model::{Kind, Spec};
use serde_json::{Map, Value, json};

/// What tells a resource from all others. Its order is that of lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Each region has meshes of its own.
    pub(crate) region: String,
    /// The account that owns the mesh.
    pub(crate) owner: String,
    pub(crate) mesh: String,
    pub(crate) kind: Kind,
    /// The router of a route, the gateway of a gateway route; empty for others.
    pub(crate) parent: String,
    pub(crate) name: String,
}

impl Key {
    /// What tells a mesh from all others; it stands before all that is in it.
    pub(crate) fn of_mesh(region: &str, owner: &str, mesh: &str) -> Self {
        Self {
            region: region.to_owned(),
            owner: owner.to_owned(),
            mesh: mesh.to_owned(),
            kind: Kind::Mesh,
            parent: String::new(),
            name: mesh.to_owned(),
        }
    }
}

/// A resource.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) key: Key,
    pub(crate) arn: String,
    pub(crate) uid: String,
    /// The account that owns the resource: another than the mesh's where that is shared.
    pub(crate) resource_owner: String,
    pub(crate) version: u64,
    /// When it was created and changed, in milliseconds since 1970.
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) spec: Spec,
    /// Each key with its value, in the order in which they came.
    pub(crate) tags: Vec<(String, String)>,
    /// The last tokens, each with what it was used for, the latest last.
    pub(crate) tokens: Vec<(String, u64)>,
    /// The digest of the text that it came from, where it came from a file.
    pub(crate) source: Option<u64>,
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region: _, owner: _, mesh, kind, parent, name } = self;
        let parent = if parent.is_empty() { String::new() } else { format!("{parent}/") };
        match kind {
            Kind::Mesh => write!(formatter, "{kind} {name}"),
            kind => write!(formatter, "{kind} {parent}{name} of mesh {mesh}"),
        }
    }
}

/// Gives a tag its value: one that is there keeps its place.
pub(crate) fn put_tag(tags: &mut Vec<(String, String)>, key: String, value: String) {
    match tags.iter_mut().find(|(own, _)| *own == key) {
        Some((_, own)) => *own = value,
        None => tags.push((key, value)),
    }
}

/// How many tokens of a resource are remembered.
const TOKENS: usize = 8;

impl Record {
    /// All of it, as `Describe` answers.
    pub(crate) fn described(&self, status: &str) -> Value {
        let mut all = self.names();
        let metadata = json!({
            "arn": self.arn,
            "createdAt": seconds(self.created),
            "lastUpdatedAt": seconds(self.updated),
            "meshOwner": self.key.owner,
            "resourceOwner": self.resource_owner,
            "uid": self.uid,
            "version": self.version,
        });
        all.insert("metadata".to_owned(), metadata);
        all.insert("spec".to_owned(), spec_json(&self.spec));
        all.insert("status".to_owned(), json!({"status": status}));
        Value::Object(all)
    }

    /// It as `List` names it.
    pub(crate) fn listed(&self) -> Value {
        let mut all = self.names();
        for (name, value) in [
            ("arn", json!(self.arn)),
            ("createdAt", seconds(self.created)),
            ("lastUpdatedAt", seconds(self.updated)),
            ("meshOwner", json!(self.key.owner)),
            ("resourceOwner", json!(self.resource_owner)),
            ("version", json!(self.version)),
        ] {
            all.insert(name.to_owned(), value);
        }
        Value::Object(all)
    }

    /// Its names, under the API's members.
    fn names(&self) -> Map<String, Value> {
        let Key { region: _, owner: _, mesh, kind, parent, name } = &self.key;
        let mut names = Map::new();
        names.insert("meshName".to_owned(), json!(mesh));
        if let Some(of) = kind.parent() {
            names.insert(of.name_field().to_owned(), json!(parent));
        }
        names.insert(kind.name_field().to_owned(), json!(name));
        names
    }

    /// Remembers a token and what it was used for.
    pub(crate) fn remember(&mut self, token: Option<String>, digest: u64) {
        let Some(token) = token else { return };
        self.tokens.push((token, digest));
        let surplus = self.tokens.len().saturating_sub(TOKENS);
        self.tokens.drain(..surplus);
    }

    /// What a token was used for.
    pub(crate) fn used_for(&self, token: &str) -> Option<u64> {
        self.tokens.iter().rev().find(|(own, _)| own == token).map(|(_, digest)| *digest)
    }
}

/// A specification as the API says it.
///
/// # Panics
/// Never: specifications that are kept are known as a whole.
pub(crate) fn spec_json(spec: &Spec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// A time in seconds since 1970, with the milliseconds as its fraction. Source: App Mesh API reference, timestamps.
fn seconds(millis: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^52 milliseconds")]
    let seconds = millis as f64 / 1000.0;
    json!(seconds)
}

/// A number that stands for a text: FNV-1a, whose values stay the same between versions.
pub(crate) fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
