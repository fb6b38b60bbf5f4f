//! Access logs.

use serde::{Deserialize, Serialize};

use crate::limits::{FilePath, JsonKey, JsonValue, TextFormat};
use crate::scalar::Scalar;

/// Where a proxy logs. API shape `Logging`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logging {
    /// The access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log: Option<AccessLog>,
}

/// An access log. API union `AccessLog`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccessLog {
    /// A file.
    File(FileAccessLog),
}

/// An access log in a file. API shape `FileAccessLog`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileAccessLog {
    /// The format; absent means Envoy's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<LoggingFormat>,
    /// The file, such as `/dev/stdout`.
    pub path: Scalar<FilePath>,
}

/// An access log's format. API union `LoggingFormat`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoggingFormat {
    /// One JSON object a line.
    Json(Vec<JsonFormatRef>),
    /// A line of text.
    Text(Scalar<TextFormat>),
}

/// A member of a JSON access log. API shape `JsonFormatRef`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JsonFormatRef {
    /// The member's key.
    pub key: Scalar<JsonKey>,
    /// Its value, with Envoy's operators.
    pub value: Scalar<JsonValue>,
}
