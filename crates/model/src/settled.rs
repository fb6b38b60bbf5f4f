//! A specification as the API keeps it, which is what `Describe` says, and as the calls that change it answer.

use crate::resource::Spec;
use crate::scalar::Scalar;
use crate::virtual_node::Backend;

impl Spec {
    /// This specification as the API keeps it; settled twice is settled once.
    ///
    /// Source: outputs in the AWS CLI's examples: a node without backends has an empty list of them. That a backend named twice counts
    /// once is aws/aws-app-mesh-roadmap#170. That a health check has its listener's port where it says none: Terraform's acceptance
    /// cases of nodes and gateways, and aws/aws-app-mesh-controller-for-k8s, `pkg/equality`, which ignores that port alone.
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
                for listener in node.listeners.iter_mut().flatten() {
                    if let Some(check) = &mut listener.health_check {
                        check.port.get_or_insert_with(|| listener.port_mapping.port.clone());
                    }
                }
            }
            Self::VirtualGateway(gateway) => {
                for listener in &mut gateway.listeners {
                    if let Some(check) = &mut listener.health_check {
                        check.port.get_or_insert_with(|| listener.port_mapping.port.clone());
                    }
                }
            }
            Self::Mesh(_)
            | Self::VirtualRouter(_)
            | Self::Route(_)
            | Self::VirtualService(_)
            | Self::GatewayRoute(_) => {}
        }
        self
    }

    /// This specification as the calls that make or change a resource answer it: what differs in nothing else means the same.
    ///
    /// Source: the AWS CLI's example of `create-route`: names of gRPC metadata come back in lower case. `Describe` has them as they
    /// were put: Terraform's provider reads so, and its acceptance cases have `X-Testing1` and an empty plan.
    #[must_use]
    pub fn answered(mut self) -> Self {
        if let Self::Route(route) = &mut self
            && let Some(metadata) = route.grpc_route.as_mut().and_then(|grpc| grpc.matcher.metadata.as_mut())
        {
            for item in metadata.iter_mut() {
                item.name = Scalar::from_text(&item.name.to_string().to_ascii_lowercase());
            }
        }
        self
    }
}
