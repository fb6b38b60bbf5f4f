//! What a call is answered with.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::exposition::{self, Exposition};
use crate::record::Record;

/// What a call is answered with.
#[derive(Clone, Debug)]
pub struct Answer(Content);

#[derive(Clone, Debug)]
enum Content {
    Value(Value),
    /// All of a resource; its text is made once.
    Record(Arc<Record>),
    /// What Prometheus reads.
    Exposition(String),
}

impl Answer {
    /// What is said for this call alone.
    pub(crate) fn of(value: Value) -> Self {
        Self(Content::Value(value))
    }

    /// All of a resource.
    pub(crate) fn described(record: &Arc<Record>) -> Self {
        Self(Content::Record(Arc::clone(record)))
    }

    /// What the server counts.
    pub(crate) fn exposition(text: Exposition) -> Self {
        Self(Content::Exposition(text.into_text()))
    }

    /// What its bytes are.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.0 {
            Content::Value(_) | Content::Record(_) => "application/json",
            Content::Exposition(_) => exposition::CONTENT_TYPE,
        }
    }

    /// The name of the resource that it tells of.
    pub(crate) fn arn(&self) -> Option<&str> {
        match &self.0 {
            Content::Value(value) => value["metadata"]["arn"].as_str(),
            Content::Record(record) => Some(&record.arn),
            Content::Exposition(_) => None,
        }
    }

    /// It as HTTP has it.
    pub fn bytes(&self) -> Bytes {
        match &self.0 {
            Content::Value(value) => value.to_string().into(),
            Content::Record(record) => record.text(),
            Content::Exposition(text) => text.clone().into(),
        }
    }

    /// It as a value.
    pub fn into_value(self) -> Value {
        match self.0 {
            Content::Value(value) => value,
            Content::Record(record) => record.described("ACTIVE"),
            Content::Exposition(text) => text.into(),
        }
    }
}
