//! The seven kinds of resource, and what the API calls them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of resource, in creation order: nothing needs a kind that stands later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The mesh itself.
    Mesh,
    /// An application behind its proxy.
    VirtualNode,
    /// The ports that clients dial, and a box of routes.
    VirtualRouter,
    /// Where traffic enters.
    VirtualGateway,
    /// Which requests of a router go where.
    Route,
    /// A name that applications dial.
    VirtualService,
    /// Which requests of a gateway go to which virtual service.
    GatewayRoute,
}

impl Kind {
    /// All kinds, in creation order.
    pub const ALL: [Self; 7] = [
        Self::Mesh,
        Self::VirtualNode,
        Self::VirtualRouter,
        Self::VirtualGateway,
        Self::Route,
        Self::VirtualService,
        Self::GatewayRoute,
    ];

    /// The API's word for one resource, as in an ARN: `virtualNode`.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Mesh => "mesh",
            Self::VirtualNode => "virtualNode",
            Self::VirtualRouter => "virtualRouter",
            Self::VirtualGateway => "virtualGateway",
            Self::Route => "route",
            Self::VirtualService => "virtualService",
            Self::GatewayRoute => "gatewayRoute",
        }
    }

    /// The API's word for all of them: `virtualNodes`.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Mesh => "meshes",
            Self::VirtualNode => "virtualNodes",
            Self::VirtualRouter => "virtualRouters",
            Self::VirtualGateway => "virtualGateways",
            Self::Route => "routes",
            Self::VirtualService => "virtualServices",
            Self::GatewayRoute => "gatewayRoutes",
        }
    }

    /// The name of the shape: `VirtualNode`.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Mesh => "Mesh",
            Self::VirtualNode => "VirtualNode",
            Self::VirtualRouter => "VirtualRouter",
            Self::VirtualGateway => "VirtualGateway",
            Self::Route => "Route",
            Self::VirtualService => "VirtualService",
            Self::GatewayRoute => "GatewayRoute",
        }
    }

    /// The field that holds a resource's own name: `virtualNodeName`.
    pub fn name_field(self) -> &'static str {
        match self {
            Self::Mesh => "meshName",
            Self::VirtualNode => "virtualNodeName",
            Self::VirtualRouter => "virtualRouterName",
            Self::VirtualGateway => "virtualGatewayName",
            Self::Route => "routeName",
            Self::VirtualService => "virtualServiceName",
            Self::GatewayRoute => "gatewayRouteName",
        }
    }

    /// The kind that a resource of this kind hangs under, beside the mesh.
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Route => Some(Self::VirtualRouter),
            Self::GatewayRoute => Some(Self::VirtualGateway),
            _ => None,
        }
    }

    /// The kinds that a specification of this kind names.
    pub fn refers_to(self) -> &'static [Self] {
        match self {
            Self::VirtualNode | Self::GatewayRoute => &[Self::VirtualService],
            Self::Route => &[Self::VirtualNode],
            Self::VirtualService => &[Self::VirtualNode, Self::VirtualRouter],
            Self::Mesh | Self::VirtualRouter | Self::VirtualGateway => &[],
        }
    }

    /// The words for people: `virtual node`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mesh => "mesh",
            Self::VirtualNode => "virtual node",
            Self::VirtualRouter => "virtual router",
            Self::VirtualGateway => "virtual gateway",
            Self::Route => "route",
            Self::VirtualService => "virtual service",
            Self::GatewayRoute => "gateway route",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
