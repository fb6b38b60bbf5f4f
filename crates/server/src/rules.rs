//! What holds between resources: who must be there, and who must be gone.

use meshwright_model::checks::faults;
use meshwright_model::reference::{Key as Name, Need};
use meshwright_model::route::RouteSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::{Kind, Spec};

use crate::api::Api;
use crate::exception::ApiError;
use crate::record::Key;

impl Api {
    /// What is wrong with a specification, by itself and beside what is there; `before` is the one that it follows on, where it is not the
    /// first of its resource.
    pub(crate) fn check(&self, key: &Key, spec: &Spec, before: Option<&Spec>) -> Result<(), ApiError> {
        if let Some(fault) = faults(spec).into_iter().next() {
            return Err(ApiError::bad(fault));
        }
        for reference in spec.references() {
            let Name::Known(name) = reference.name else { continue };
            let named = Key { kind: reference.kind, parent: String::new(), name: name.to_owned(), ..key.clone() };
            if reference.need != Need::Eventually {
                self.existing(&named)?;
            }
        }
        match spec {
            Spec::Route(route) => self.check_route(key, route)?,
            Spec::VirtualRouter(router) => self.check_router(key, router, before)?,
            _ => {}
        }
        self.check_quotas(key, spec, before.is_none())
    }

    /// Source: aws/aws-app-mesh-controller-for-k8s#710 and #715.
    fn check_route(&self, key: &Key, route: &RouteSpec) -> Result<(), ApiError> {
        let of = Key { kind: Kind::VirtualRouter, parent: String::new(), name: key.parent.clone(), ..key.clone() };
        let needs_port = router(&self.existing(&of)?.spec).is_some_and(VirtualRouterSpec::needs_ports);
        if needs_port && route.lacks_port() {
            let message = "Route must define a port match criteria if the Virtual Router has multiple listeners";
            return Err(ApiError::bad(message));
        }
        Ok(())
    }

    /// Source: aws/aws-app-mesh-controller-for-k8s#715, #767 and #768.
    fn check_router(&self, key: &Key, spec: &VirtualRouterSpec, before: Option<&Spec>) -> Result<(), ApiError> {
        let of = Key { kind: Kind::Route, parent: key.name.clone(), name: String::new(), ..key.clone() };
        let routes: Vec<(&str, &RouteSpec)> = self
            .state
            .after(&of, None)
            .filter_map(|record| match &record.spec {
                Spec::Route(route) => Some((record.key.name.as_str(), route)),
                _ => None,
            })
            .collect();
        let without: Vec<&str> = routes.iter().filter(|(_, route)| route.lacks_port()).map(|(name, _)| *name).collect();
        if spec.needs_ports() && !without.is_empty() {
            return Err(ApiError::bad(format!(
                "All Routes for this Virtual Router must define a port match before adding multiple listeners to this Virtual Router. {} \
                 Route(s) are missing port. Listing up to 5 route names: [{}]",
                without.len(),
                without[..without.len().min(5)].join(", ")
            )));
        }
        let given_up = before.and_then(router).map(|before| spec.given_up(before)).unwrap_or_default();
        let is_orphan = |route: &RouteSpec| route.protocols().any(|own| given_up.contains(&own.protocol()));
        match routes.iter().find(|(_, route)| is_orphan(route)) {
            Some((name, _)) => Err(ApiError::bad(format!(
                "the protocol of a listener cannot be changed while route {name} is for another one: delete the route first"
            ))),
            None => Ok(()),
        }
    }

    /// Whether nothing depends on a resource any more. Source: aws/aws-app-mesh-roadmap#103 and #147; App Mesh User Guide, virtual
    /// services and gateways.
    pub(crate) fn check_unused(&self, key: &Key) -> Result<(), ApiError> {
        let Key { owner, mesh, kind, name, .. } = key;
        if *kind == Kind::Mesh {
            let inside = self.state.in_mesh(key).find(|record| record.key.kind != Kind::Mesh);
            return match inside {
                None => Ok(()),
                Some(record) => Err(ApiError::in_use(format!(
                    "Mesh {mesh} for account {owner} has active {0}s, please delete {0}s before deleting the Mesh",
                    record.key.kind.type_name()
                ))),
            };
        }
        let children = match kind {
            Kind::VirtualRouter => Some(Kind::Route),
            Kind::VirtualGateway => Some(Kind::GatewayRoute),
            _ => None,
        };
        if let Some(child) = children {
            let of = Key { kind: child, parent: name.clone(), name: String::new(), ..key.clone() };
            if self.state.after(&of, None).next().is_some() {
                let (own, child) = (kind.type_name(), child.type_name());
                return Err(ApiError::in_use(format!(
                    "{own} with name {name} cannot be deleted because it has active {child}s, please delete them first"
                )));
            }
        }
        let Some(user) = self.state.that_name(key).next() else { return Ok(()) };
        Err(ApiError::in_use(match user.key.kind {
            Kind::Route => {
                format!(
                    "{} with name {name} cannot be deleted because it is the target of one or more routes.",
                    kind.type_name()
                )
            }
            Kind::GatewayRoute => {
                format!("VirtualService {name} is being referenced in the following: GATEWAY_ROUTE: [{}]", user.uid)
            }
            _ => format!(
                "{} with name {name} cannot be deleted because it is a VirtualService provider",
                kind.type_name()
            ),
        }))
    }
}

fn router(spec: &Spec) -> Option<&VirtualRouterSpec> {
    if let Spec::VirtualRouter(router) = spec { Some(router) } else { None }
}
