//! What new resources name is called as it is in the file, also where the request says only a part of that.

use meshwright_model::gateway_route::GatewayRouteTarget;
use meshwright_model::reference::Key;
use meshwright_model::value::ScalarType;
use meshwright_model::virtual_node::Backend;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Expression, Inventory, Kind, Resource, Scalar, Spec};

use super::{Desk, expression};

impl Desk<'_> {
    /// Gives what a new resource names its whole name, where only one of the file can be meant.
    pub(super) fn name_in_full(&mut self, resource: &mut Resource, made: &[(Kind, Expression)]) {
        match &mut resource.spec {
            Spec::GatewayRoute(spec) => {
                let http = [&mut spec.http_route, &mut spec.http2_route].into_iter().flatten();
                let targets = http.map(|route| &mut route.action.target);
                let grpc = spec.grpc_route.as_mut().map(|route| &mut route.action.target);
                for GatewayRouteTarget { virtual_service, .. } in targets.chain(grpc) {
                    self.name_one(Kind::VirtualService, &mut virtual_service.virtual_service_name, made);
                }
            }
            Spec::VirtualNode(spec) => {
                for Backend::VirtualService(backend) in spec.backends.iter_mut().flatten() {
                    self.name_one(Kind::VirtualService, &mut backend.virtual_service_name, made);
                }
            }
            Spec::VirtualService(spec) => match &mut spec.provider {
                Some(VirtualServiceProvider::VirtualNode(node)) => {
                    self.name_one(Kind::VirtualNode, &mut node.virtual_node_name, made);
                }
                Some(VirtualServiceProvider::VirtualRouter(router)) => {
                    self.name_one(Kind::VirtualRouter, &mut router.virtual_router_name, made);
                }
                None => {}
            },
            Spec::Route(spec) => {
                let http = [&mut spec.http_route, &mut spec.http2_route].into_iter().flatten();
                let http = http.map(|route| &mut route.action);
                let grpc = spec.grpc_route.as_mut().map(|route| &mut route.action);
                let tcp = spec.tcp_route.as_mut().map(|route| &mut route.action);
                for target in http.chain(grpc).chain(tcp).flat_map(|action| action.weighted_targets.iter_mut()) {
                    self.name_one(Kind::VirtualNode, &mut target.virtual_node, made);
                }
            }
            _ => {}
        }
        if let (Some(kind), Some(parent)) = (resource.kind().parent(), &mut resource.parent) {
            self.name_one(kind, parent, made);
        }
    }

    fn name_one<N: ScalarType>(&mut self, kind: Kind, name: &mut Scalar<N>, made: &[(Kind, Expression)]) {
        let Key::Known(said) = Key::of(name) else { return };
        if made.contains(&(kind, Expression::Text(said.to_owned()))) {
            return;
        }
        let found = self.finder.named(kind, said);
        let only = match found.as_slice() {
            [only] => Some(*only),
            [] => self.finder.in_part(kind, said),
            _ => None,
        };
        let Some(only) = only else { return };
        let full = expression(Key::of(&only.name));
        if full.text() != Some(said) {
            *name = self.draft.said(&format!("the name of the {kind}"), &full);
        }
    }
}

/// The domain in which all virtual services have their names.
pub(super) fn shared_domain(inventory: &Inventory) -> Option<Expression> {
    let domain = |key: Key<'_>| match key {
        Key::Known(text) => text.split_once('.').map(|(_, domain)| Expression::Text(domain.to_owned())),
        Key::Open(Expression::Join(parts)) => {
            let (first, rest) = parts.split_first()?;
            let (_, begin) = first.text()?.split_once('.')?;
            let begin = (!begin.is_empty()).then(|| Expression::Text(begin.to_owned()));
            let parts: Vec<Expression> = begin.into_iter().chain(rest.iter().cloned()).collect();
            Some(Expression::join(parts))
        }
        _ => None,
    };
    let services = inventory.resources.iter().filter(|resource| resource.kind() == Kind::VirtualService);
    let mut domains = services.map(|service| domain(Key::of(&service.name)));
    let first = domains.next()??;
    domains.all(|other| other.as_ref() == Some(&first)).then_some(first)
}
