//! The quotas that AWS's accounts had, for those who want them back.

use meshwright_model::limits::Quota;
use meshwright_model::{Kind, Spec};

use crate::api::Api;
use crate::exception::{ApiError, Exception};
use crate::record::Key;

impl Api {
    /// Whether a resource may be there beside what is there already; always where quotas are off.
    pub(crate) fn check_quotas(&self, key: &Key, spec: &Spec) -> Result<(), ApiError> {
        if !self.quotas {
            return Ok(());
        }
        if self.state.get(key).is_none() {
            let Key { region, owner, .. } = key;
            let beside = match key.kind {
                Kind::Mesh => self.state.meshes(region).filter(|mesh| mesh.key.owner == *owner).count(),
                _ => self.state.after(&Key { name: String::new(), ..key.clone() }, None).count(),
            };
            within(beside + 1, siblings(key.kind))?;
        }
        match spec {
            Spec::VirtualNode(node) => within(node.backends.as_ref().map_or(0, Vec::len), "backends per virtual node"),
            _ => Ok(()),
        }
    }
}

/// The quota on resources of a kind beside each other, as [`Quota`] names it.
const fn siblings(kind: Kind) -> &'static str {
    match kind {
        Kind::Mesh => "meshes per account",
        Kind::VirtualNode => "virtual nodes per mesh",
        Kind::VirtualRouter => "virtual routers per mesh",
        Kind::VirtualService => "virtual services per mesh",
        Kind::VirtualGateway => "virtual gateways per mesh",
        Kind::Route => "routes per virtual router",
        Kind::GatewayRoute => "gateway routes per virtual gateway",
    }
}

fn within(count: usize, what: &str) -> Result<(), ApiError> {
    match Quota::named(what) {
        Some(quota) if count > quota.default => {
            let message = format!("there would be {count} {what}, and the quota is {}", quota.default);
            Err(ApiError::of(Exception::LimitExceeded, message))
        }
        _ => Ok(()),
    }
}
