//! A change to a resource in model terms: which value becomes what. Dialects carry it out on the user's own text.

mod make;
mod of;
mod part;

use serde::Serialize;
use serde::ser::Serializer;

use crate::expression::Expression;
use crate::kind::Kind;
use crate::parameter::Declaration;
use crate::path::{Path, Step};
use crate::resource::{Origin, Resource, Spec};
use crate::shape::Shape;
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
    /// What stays open, such as a reference to a parameter of the file. JSON shows it as `${Name}`.
    #[serde(serialize_with = "as_shown")]
    Open(Expression),
}

impl NewValue {
    /// A part of the model as a value: what stands open in it stays so, and what was refused stands as it stood.
    pub fn of<T: Serialize>(part: &T) -> Self {
        of::value(part)
    }

    /// The specification that a value says; nothing where it is none of that kind.
    pub fn spec(self, kind: Kind) -> Option<Spec> {
        part::spec(kind, self)
    }

    /// Makes a change at a place in it, by the shape of what it says; `None` where there is no such place.
    pub fn make(&mut self, steps: &[Step], change: &Change, shape: &Shape) -> Option<()> {
        make::make(self, steps, change, shape)
    }
}

fn as_shown<S: Serializer>(expression: &Expression, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(expression)
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
    /// The value becomes this one; objects on the way that are absent are made, and lists where the index is 0. What is
    /// the same already stays as it is written.
    Set(NewValue),
    /// The member or element goes away; at the empty path, the whole resource. What is absent already stays so.
    Remove,
    /// The list at the path gets one element more; it is made where it is absent.
    Append(NewValue),
    /// The resource is made; the path is empty.
    #[serde(serialize_with = "as_spec")]
    Create(Box<Resource>),
    /// The file declares something that it does not declare yet, such as a parameter; the path is empty.
    #[serde(serialize_with = "as_declared")]
    Declare(Declaration),
}

fn as_declared<S: Serializer>(declaration: &Declaration, serializer: S) -> Result<S::Ok, S::Error> {
    /// What is declared.
    #[derive(Serialize)]
    struct New<'d> {
        section: &'d str,
        name: &'d str,
        body: Said<'d>,
    }
    let Declaration { section, name, body } = declaration;
    New { section, name, body: Said(body) }.serialize(serializer)
}

/// An expression as JSON: what is no list or mapping as it is shown.
struct Said<'e>(&'e Expression);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Expression::List(items) => serializer.collect_seq(items.iter().map(Said)),
            Expression::Map(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, Said(value)))),
            other => serializer.collect_str(other),
        }
    }
}

fn as_spec<S: Serializer>(resource: &Resource, serializer: S) -> Result<S::Ok, S::Error> {
    /// What the name of the edit's resource does not say.
    #[derive(Serialize)]
    struct New<'r> {
        spec: &'r Spec,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        tags: &'r [crate::resource::Tag],
    }
    New { spec: &resource.spec, tags: &resource.tags }.serialize(serializer)
}

/// One change of one resource, or of one task definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// The resource; `None` for a task definition, which only its origin names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Subject>,
    /// Where it was read; the writer needs it, readers of JSON do not. For a new resource: where another was read, beside
    /// which it is to stand; `None` leaves that to the writer.
    #[serde(skip)]
    pub origin: Option<Origin>,
    /// The place in the resource.
    #[serde(serialize_with = "as_text")]
    pub path: Path,
    /// What happens there.
    #[serde(flatten)]
    pub change: Change,
}

impl Edit {
    /// A change of a resource that was read.
    pub fn of(resource: &Resource, path: Path, change: Change) -> Self {
        Self { resource: Some(Subject::of(resource)), origin: resource.origin, path, change }
    }

    /// A resource that is made, in the file of another where one is named.
    pub fn create(resource: Resource, beside: Option<Origin>) -> Self {
        let subject = Some(Subject::of(&resource));
        let change = Change::Create(Box::new(resource));
        Self { resource: subject, origin: beside, path: Path::default(), change }
    }

    /// Something that the file of a resource is to declare.
    pub fn declare(declaration: Declaration, beside: Option<Origin>) -> Self {
        Self { resource: None, origin: beside, path: Path::default(), change: Change::Declare(declaration) }
    }

    /// A resource that goes away.
    pub fn delete(resource: &Resource) -> Self {
        Self::of(resource, Path::default(), Change::Remove)
    }
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
