//! Virtual routers: the ports that clients dial, and a box of routes.

use serde::{Deserialize, Serialize};

use crate::limits::PortProtocol;
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

impl VirtualRouterSpec {
    /// The protocol of each listener, where it is known.
    pub fn protocols(&self) -> impl Iterator<Item = PortProtocol> {
        self.listeners.iter().flatten().filter_map(|own| own.port_mapping.protocol.known().copied())
    }

    /// Whether each of its routes must say for which listener it is, as there are several.
    ///
    /// Source: aws/aws-app-mesh-controller-for-k8s#710 and #715.
    pub fn needs_ports(&self) -> bool {
        self.listeners.as_ref().is_some_and(|own| own.len() > 1)
    }

    /// What this router no longer speaks and did before. While routes of such a protocol exist, App Mesh refuses the change.
    ///
    /// Source: aws/aws-app-mesh-controller-for-k8s#767 and #768. Of a router that has no listener any more nothing is known.
    pub fn given_up(&self, before: &Self) -> Vec<PortProtocol> {
        let now: Vec<PortProtocol> = self.protocols().collect();
        before.protocols().filter(|own| !now.is_empty() && !now.contains(own)).collect()
    }
}

/// A listener of a router. API shape `VirtualRouterListener`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualRouterListener {
    /// Port and protocol.
    pub port_mapping: PortMapping,
}
