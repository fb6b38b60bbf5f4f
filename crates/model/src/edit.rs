//! A change to a resource in model terms: which value becomes what. Dialects carry it out on the user's own text.

use serde::Serialize;
use serde::ser::Serializer;

use crate::path::Path;
use crate::resource::Origin;
use crate::subject::Subject;

/// A value to put somewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NewValue {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Bool(bool),
    /// A list.
    List(Vec<NewValue>),
    /// An object, its members in the API's camelCase.
    #[serde(serialize_with = "as_map")]
    Object(Vec<(&'static str, NewValue)>),
}

fn as_map<S: Serializer>(members: &[(&'static str, NewValue)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
}

impl From<&str> for NewValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for NewValue {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for NewValue {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// What happens at a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "op", content = "value")]
pub enum Change {
    /// The value becomes this one; objects on the way that are absent are made.
    Set(NewValue),
    /// The member or element goes away.
    Remove,
    /// The list at the path gets one element more; it is made where it is absent.
    Append(NewValue),
}

/// One change of one resource, or of one task definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// The resource; `None` for a task definition, which only its origin names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Subject>,
    /// Where it was read; the writer needs it, readers of JSON do not.
    #[serde(skip)]
    pub origin: Option<Origin>,
    /// The place in the resource.
    #[serde(serialize_with = "as_text")]
    pub path: Path,
    /// What happens there.
    #[serde(flatten)]
    pub change: Change,
}

fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(path)
}

/// Changes that belong together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fix {
    /// What they do: `set port 8080`.
    pub title: String,
    /// The changes, in the order in which they are made.
    pub edits: Vec<Edit>,
}
