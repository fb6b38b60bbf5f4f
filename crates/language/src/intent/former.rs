//! What a request says was there before a change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value that a request says was there, and the one that takes its place: "from 3 to 5 retries". Where the files have
/// another value there, that is asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Former {
    /// The value that was there: a number, a time such as `10s`, or a text.
    pub was: String,
    /// The value that takes its place.
    pub becomes: String,
}
