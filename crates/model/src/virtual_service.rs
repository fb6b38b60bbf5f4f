//! Virtual services: the names that applications dial.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::path::Path;
use crate::reference::Reference;
use crate::virtual_node::VirtualNodeName;
use crate::virtual_router::VirtualRouterName;

/// A virtual service; without a provider its callers get 404. API shape `VirtualServiceSpec`.
///
/// Source: Envoy's configuration of an App Mesh gateway (capa-cloud/capa.io, envoy-gateway.md): the service has a virtual host
/// without routes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualServiceSpec {
    /// What answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<VirtualServiceProvider>,
}

/// What answers for a virtual service. API union `VirtualServiceProvider`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VirtualServiceProvider {
    /// A node.
    VirtualNode(VirtualNodeServiceProvider),
    /// A router.
    VirtualRouter(VirtualRouterServiceProvider),
}

/// A node as provider. API shape `VirtualNodeServiceProvider`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualNodeServiceProvider {
    /// The node.
    pub virtual_node_name: VirtualNodeName,
}

/// A router as provider. API shape `VirtualRouterServiceProvider`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualRouterServiceProvider {
    /// The router.
    pub virtual_router_name: VirtualRouterName,
}

impl VirtualServiceSpec {
    /// Its provider.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.provider.iter().map(|provider| match provider {
            VirtualServiceProvider::VirtualNode(node) => {
                let path = Path::of(&["spec", "provider", "virtualNode", "virtualNodeName"]);
                Reference::needed(path, Kind::VirtualNode, &node.virtual_node_name)
            }
            VirtualServiceProvider::VirtualRouter(router) => {
                let path = Path::of(&["spec", "provider", "virtualRouter", "virtualRouterName"]);
                Reference::needed(path, Kind::VirtualRouter, &router.virtual_router_name)
            }
        })
    }
}
