//! What points at what: the one vocabulary of references between resources.
//!
//! Each kind's file says which references its specification holds; [`crate::Resource::references`] adds the mesh and
//! the parent. Order, delete checks, dangling names and the graph all ask there.

use crate::expression::Expression;
use crate::kind::Kind;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::value::ScalarType;
use crate::visible::cut;

/// A name as something to look up: its text where known, its expression where open.
///
/// Names are equal where their texts or their expressions are; a refused name equals nothing that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key<'a> {
    /// A known name.
    Known(&'a str),
    /// An open name.
    Open(&'a Expression),
    /// A value that is no name, as it stood.
    Refused(&'a str),
}

impl<'a> Key<'a> {
    /// The key of a name.
    pub fn of<T: ScalarType>(name: &'a Scalar<T>) -> Self {
        match name {
            Scalar::Known(value) => match value.plain() {
                crate::value::Plain::Text(text) => Key::Known(text),
                _ => Key::Refused(""),
            },
            Scalar::Open(expression) => Key::Open(expression),
            Scalar::Refused(refusal) => Key::Refused(refusal.text.as_deref().unwrap_or_default()),
        }
    }

    /// The name for people; a valid name is never longer than [`MAX_SHOWN`], and what is longer is cut.
    pub fn shown(self) -> String {
        let text = match self {
            Key::Known(text) | Key::Refused(text) => text,
            Key::Open(expression) => return cut(&expression.to_string(), MAX_SHOWN),
        };
        cut(text, MAX_SHOWN)
    }

    /// Whether the name is known.
    pub fn is_known(self) -> bool {
        matches!(self, Key::Known(_))
    }
}

/// The most characters of a name that are shown.
pub const MAX_SHOWN: usize = 300;

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Known(text) | Key::Refused(text) => formatter.write_str(text),
            Key::Open(expression) => expression.fmt(formatter),
        }
    }
}

/// Whether a reference's target must exist before the resource can be created.
///
/// Source: aws/aws-app-mesh-controller-for-k8s, which waits until a route's nodes, a service's provider and a gateway route's
/// service are active; a backend may name a virtual service that does not exist yet
/// (github.com/aws/aws-app-mesh-examples/issues/92).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It must: the API refuses the resource otherwise.
    BeforeCreation,
    /// It need not: the proxy is told once it exists.
    Eventually,
}

/// A name in a resource that stands for another resource of the same mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Where the name stands.
    pub path: Path,
    /// What kind of resource it names.
    pub kind: Kind,
    /// The name.
    pub name: Key<'a>,
    /// Whether that must exist first.
    pub need: Need,
}

impl<'a> Reference<'a> {
    /// A reference to something that must exist first.
    pub fn needed<T: ScalarType>(path: Path, kind: Kind, name: &'a Scalar<T>) -> Self {
        Self { path, kind, name: Key::of(name), need: Need::BeforeCreation }
    }
}
