//! Tags of what is there already.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rename::ResourceKind;

/// Tags of a resource that is there, or of all. Without any of the first three, each tag is set where it is there already.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tagging {
    /// What kind of resource it is; without one, the only resource of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ResourceKind>,
    /// Its name; without one, the only resource of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether every resource gets them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everything: bool,
    /// The tags, by their keys.
    pub tags: BTreeMap<String, String>,
}
