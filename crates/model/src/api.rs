//! What the App Mesh API is asked, and what it answers: the one seam between the tool and whoever speaks the API, be it AWS, a
//! server of ours or one in this very process.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::kind::Kind;
use crate::operation::{Operation, Target};

/// A call of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is to be done.
    pub operation: Operation,
    /// To what.
    pub target: Target,
    /// The query, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The members of the body; empty where there is none.
    pub body: Map<String, Value>,
}

/// Why a call is not answered as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The API refuses it.
    #[error("{exception}: {message}")]
    Refused {
        /// The exception's name: `NotFoundException`.
        exception: String,
        /// The status in HTTP.
        status: u16,
        /// What the API says.
        message: String,
    },
    /// There is no answer, or none that the API could have given: why, and what to do.
    #[error("{0}")]
    NoAnswer(String),
}

/// What happens while calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// One more is answered.
    Answered,
    /// They were too many, and only so many are made at a time from now on.
    Slowed {
        /// How many.
        at_a_time: usize,
    },
}

/// Whoever answers calls of the App Mesh API.
pub trait MeshApi {
    /// Answers a call with the members of the API's output.
    ///
    /// # Errors
    /// Why it is not answered, or not as it should.
    fn call(&self, call: &Call) -> Result<Value, Failure>;

    /// Answers calls of which none needs another's answer, in their order; `watch` is told of each.
    fn call_all(&self, calls: &[Call], watch: &mut dyn FnMut(Event)) -> Vec<Result<Value, Failure>> {
        let answered = |call| {
            let answer = self.call(call);
            watch(Event::Answered);
            answer
        };
        calls.iter().map(answered).collect()
    }

    /// Where it is, for people: an address as a rule.
    fn place(&self) -> String;
}

impl Call {
    /// A call without a query and a body.
    pub fn new(operation: Operation, target: Target) -> Self {
        Self { operation, target, query: Vec::new(), body: Map::new() }
    }

    /// With something more in its query.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// With something more in its body.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// The path with its names, and the query, as HTTP says them.
    pub fn path_and_query(&self) -> String {
        let Target { mesh, parent, name } = &self.target;
        let mut path = self.operation.path();
        let mut fill = |field: &str, name: &str| path = path.replace(&format!("{{{field}}}"), &percent_encoded(name));
        if let Some(kind) = self.operation.kind() {
            fill(Kind::Mesh.name_field(), mesh);
            if let (Some(of), Some(parent)) = (kind.parent(), parent) {
                fill(of.name_field(), parent);
            }
            fill(kind.name_field(), name.as_deref().unwrap_or_default());
        }
        for (position, (name, value)) in self.query.iter().enumerate() {
            let mark = if position == 0 { '?' } else { '&' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{mark}{}={}", percent_encoded(name), percent_encoded(value));
        }
        path
    }
}

impl Failure {
    /// Whether the API refuses with an exception of that name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused { exception, .. } if exception == name)
    }

    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        self.is("NotFoundException")
    }
}

/// A text with all but the unreserved characters of RFC 3986 percent-encoded.
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_again_by_its_path() {
        for operation in Operation::all() {
            let has_name = !matches!(operation, Operation::Create(_) | Operation::List(_));
            let kind = operation.kind();
            let target = Target {
                mesh: if kind.is_some_and(|kind| kind != Kind::Mesh || has_name) {
                    "a/b é".to_owned()
                } else {
                    String::new()
                },
                parent: kind.and_then(Kind::parent).map(|_| "{meshName}".to_owned()),
                name: kind
                    .filter(|_| has_name)
                    .map(|kind| if kind == Kind::Mesh { "a/b é" } else { "%2F?" }.to_owned()),
            };
            let path = Call::new(operation, target.clone()).path_and_query();
            assert_eq!(Operation::find(operation.method(), &path), Ok((operation, target)), "{path}");
        }
    }

    #[test]
    fn a_query_is_encoded() {
        let call = Call::new(Operation::ListTagsForResource, Target::default());
        let call = call.with_query("resourceArn", "arn:x/y").with_query("limit", "5");
        assert_eq!(call.path_and_query(), "/v20190125/tags?resourceArn=arn%3Ax%2Fy&limit=5");
    }
}
