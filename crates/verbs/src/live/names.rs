//! What resources are called, and the calls about them.

use std::fmt;

use meshwright_model::api::Call;
use meshwright_model::arn::Arn;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::visible::visible;
use meshwright_model::{Kind, Resource};
use serde_json::{Value, json};

/// A mesh, and its owner where that is another account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MeshName {
    pub(crate) name: String,
    pub(crate) owner: Option<String>,
}

impl MeshName {
    /// The mesh of a name, of an ARN, or of `mesh/NAME@OWNER`.
    pub(crate) fn of(text: &str) -> Self {
        match text.parse::<Arn>() {
            Ok(arn) => Self { name: arn.mesh, owner: arn.mesh_owner },
            Err(_) => Self { name: text.to_owned(), owner: None },
        }
    }

    /// The mesh of that name that the account which asks has itself.
    pub(crate) fn of_caller(&self) -> Self {
        Self { name: self.name.clone(), owner: None }
    }

    /// A call about the mesh or what is in it.
    pub(crate) fn call(&self, operation: Operation, parent: Option<&str>, name: Option<&str>) -> Call {
        let target =
            Target { mesh: self.name.clone(), parent: parent.map(str::to_owned), name: name.map(str::to_owned) };
        let call = Call::new(operation, target);
        // Source: botocore's model; meshes are created, changed and deleted by their owners alone.
        let takes_owner = operation.kind() != Some(Kind::Mesh) || operation == Operation::Describe(Kind::Mesh);
        match &self.owner {
            Some(owner) if takes_owner => call.with_query("meshOwner", owner),
            _ => call,
        }
    }
}

/// What tells a resource from all others of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identifier {
    pub(crate) mesh: MeshName,
    pub(crate) kind: Kind,
    /// The router of a route, the gateway of a gateway route.
    pub(crate) parent: Option<String>,
    pub(crate) name: String,
}

impl Identifier {
    /// The name of a resource that is known; `None` where a part of it is not.
    pub(crate) fn of(resource: &Resource) -> Option<Self> {
        let text = |name: &meshwright_model::scalar::Name| Some(name.known()?.as_str().to_owned());
        let owner = match &resource.mesh_owner {
            Some(owner) => Some(owner.known()?.as_str().to_owned()),
            None => None,
        };
        let parent = match &resource.parent {
            Some(parent) => Some(text(parent)?),
            None => None,
        };
        let mesh = MeshName { name: text(&resource.mesh)?, owner };
        Some(Self { mesh, kind: resource.kind(), parent, name: text(&resource.name)? })
    }

    /// A call about it.
    pub(crate) fn call(&self, operation: Operation) -> Call {
        self.mesh.call(operation, self.parent.as_deref(), Some(&self.name))
    }

    /// The call that creates it.
    pub(crate) fn creation(&self) -> Call {
        let call = self.mesh.call(Operation::Create(self.kind), self.parent.as_deref(), None);
        call.with_member(self.kind.name_field(), self.name.as_str())
    }

    /// As answers in JSON name it.
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({"kind": self.kind, "mesh": self.mesh.name, "name": self.name});
        if let Some(parent) = &self.parent {
            json["parent"] = json!(parent);
        }
        json
    }

    /// With its mesh, where several are spoken of.
    pub(crate) fn full(&self) -> String {
        match self.kind {
            Kind::Mesh => self.to_string(),
            _ => format!("{self} of mesh {}", self.mesh),
        }
    }
}

impl fmt::Display for MeshName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = visible(&self.name);
        match &self.owner {
            Some(owner) => write!(formatter, "{name} of account {}", visible(owner)),
            None => write!(formatter, "{name}"),
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = visible(&self.name);
        match &self.parent {
            Some(parent) => write!(formatter, "{} {}/{name}", self.kind, visible(parent)),
            None if self.kind == Kind::Mesh => write!(formatter, "{} {}", self.kind, self.mesh),
            None => write!(formatter, "{} {name}", self.kind),
        }
    }
}
