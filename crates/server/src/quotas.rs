//! What an AWS account could have by default, for those who want to be stopped where AWS stopped them.

use meshwright_model::limits::QUOTAS;
use meshwright_model::{Kind, Spec};

use crate::api::Api;
use crate::exception::{ApiError, Exception};
use crate::record::Key;

impl Api {
    /// That a specification stays within the quotas, and one more resource does where it is new.
    pub(crate) fn check_quotas(&self, key: &Key, spec: &Spec) -> Result<(), ApiError> {
        if !self.has_quotas {
            return Ok(());
        }
        if let Spec::VirtualNode(node) = spec {
            within("backends per virtual node", node.backends.as_ref().map_or(0, Vec::len))?;
        }
        if self.state.get(key).is_some() {
            return Ok(());
        }
        let what = match key.kind {
            Kind::Mesh => {
                return within("meshes per account", self.state.meshes(&key.region, &key.owner).count() + 1);
            }
            Kind::VirtualService => "virtual services per mesh",
            Kind::VirtualNode => "virtual nodes per mesh",
            Kind::VirtualRouter => "virtual routers per mesh",
            Kind::VirtualGateway => "virtual gateways per mesh",
            Kind::Route => "routes per virtual router",
            Kind::GatewayRoute => "gateway routes per virtual gateway",
        };
        within(what, self.state.after(key, Some("")).count() + 1)
    }
}

fn within(what: &str, count: usize) -> Result<(), ApiError> {
    match QUOTAS.iter().find(|quota| quota.what == what) {
        Some(quota) if count > quota.default => Err(ApiError {
            exception: Exception::LimitExceeded,
            message: format!("there would be {count} {what}, and the quota is {}", quota.default),
        }),
        _ => Ok(()),
    }
}
