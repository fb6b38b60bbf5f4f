//! A specification as the API keeps it, which is what it says again.
//!
//! Source: outputs in the AWS CLI's examples: a node without backends has an empty list of them, and names of gRPC metadata are in
//! lower case. That a backend named twice counts once is aws/aws-app-mesh-roadmap#170.

use crate::resource::Spec;
use crate::scalar::Scalar;
use crate::virtual_node::Backend;

impl Spec {
    /// This specification as the API keeps it; settled twice is settled once.
    #[must_use]
    pub fn settled(mut self) -> Self {
        match &mut self {
            Self::VirtualNode(node) => {
                let backends = node.backends.get_or_insert_default();
                let mut seen: Vec<String> = Vec::new();
                backends.retain(|Backend::VirtualService(own)| {
                    let name = own.virtual_service_name.to_string();
                    let is_new = !seen.contains(&name);
                    seen.push(name);
                    is_new
                });
            }
            Self::Route(route) => {
                if let Some(metadata) = route.grpc_route.as_mut().and_then(|grpc| grpc.matcher.metadata.as_mut()) {
                    for item in metadata.iter_mut() {
                        item.name = Scalar::from_text(&item.name.to_string().to_ascii_lowercase());
                    }
                }
            }
            Self::Mesh(_)
            | Self::VirtualRouter(_)
            | Self::VirtualGateway(_)
            | Self::VirtualService(_)
            | Self::GatewayRoute(_) => {}
        }
        self
    }
}
