//! What was made of a request: the intent, where each of its values came from, and what is open.

use serde::Serialize;

use crate::intent::Intent;

/// What was made of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Understanding {
    /// What it asks for.
    pub intent: Intent,
    /// Which words say each value.
    pub evidence: Vec<Evidence>,
    /// What the reading of the words took for granted.
    pub assumptions: Vec<Assumption>,
    /// What must be settled before there can be an answer.
    pub questions: Vec<Question>,
    /// Words that say something which was not understood.
    pub not_understood: Vec<NotUnderstood>,
}

/// The words that say a value of the intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The value's place in the intent: `virtualNodes[0].listeners[0].port`.
    pub path: String,
    /// The words.
    pub text: String,
    /// Where they start in the request, in bytes.
    pub start: usize,
    /// Where they end, in bytes.
    pub end: usize,
}

/// Something that the request does not say and the answer needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What was assumed, lower case, no full stop: `the protocol is http`.
    pub what: String,
    /// Why: lower case, no full stop.
    pub why: String,
}

/// Something that must be settled by who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The question, a whole sentence with its question mark.
    pub text: String,
    /// The words that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<NotUnderstood>,
}

/// Words of the request and their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotUnderstood {
    /// The words.
    pub text: String,
    /// Where they start in the request, in bytes.
    pub start: usize,
    /// Where they end, in bytes.
    pub end: usize,
}
