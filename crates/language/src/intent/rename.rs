//! Other names for resources.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A resource that is to have another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rename {
    /// What kind of resource it is; without one, the only resource of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ResourceKind>,
    /// Its name.
    pub name: String,
    /// The new name.
    pub to: String,
}

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ResourceKind {
    /// A mesh.
    Mesh,
    /// A virtual node.
    VirtualNode,
    /// A virtual router.
    VirtualRouter,
    /// A virtual gateway.
    VirtualGateway,
    /// A route.
    Route,
    /// A virtual service.
    VirtualService,
    /// A gateway route.
    GatewayRoute,
}
