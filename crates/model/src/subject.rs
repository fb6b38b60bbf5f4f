//! A resource as findings, fixes and ledgers name it.

use serde::Serialize;

use crate::kind::Kind;
use crate::reference::Key;
use crate::resource::Resource;

/// A resource as findings, fixes and ledgers name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// Its kind.
    pub kind: Kind,
    /// Its mesh.
    pub mesh: String,
    /// Its name.
    pub name: String,
    /// The router of a route, the gateway of a gateway route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl Subject {
    /// The resource as a finding names it.
    pub fn of(resource: &Resource) -> Self {
        Self {
            kind: resource.kind(),
            mesh: Key::of(&resource.mesh).shown(),
            name: Key::of(&resource.name).shown(),
            parent: resource.parent.as_ref().map(|parent| Key::of(parent).shown()),
        }
    }
}
