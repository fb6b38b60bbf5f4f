//! Virtual routers: the ports that clients dial, and a box of routes.

use serde::{Deserialize, Serialize};

use crate::listener::PortMapping;
use crate::scalar::Name;

/// The name of a virtual router.
pub type VirtualRouterName = Name;

/// A virtual router. API shape `VirtualRouterSpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualRouterSpec {
    /// The ports that clients dial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listeners: Option<Vec<VirtualRouterListener>>,
}

/// A listener of a router. API shape `VirtualRouterListener`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualRouterListener {
    /// Port and protocol.
    pub port_mapping: PortMapping,
}
