//! The quotas that AWS's accounts had, for those who want them back.

use std::sync::Arc;

use meshwright_model::limits::Quota;
use meshwright_model::{Kind, Spec};

use crate::api::Api;
use crate::exception::{ApiError, Exception};
use crate::record::{Key, Record};

impl Api {
    /// Whether a resource may be there, new or not, beside what else is there; always where quotas are off.
    pub(crate) fn check_quotas(&self, key: &Key, spec: &Spec, is_new: bool) -> Result<(), ApiError> {
        if !self.quotas {
            return Ok(());
        }
        if is_new {
            let Key { region, owner, .. } = key;
            let of = Key { name: String::new(), ..key.clone() };
            let is_other = |other: &&Arc<Record>| other.key != *key && other.key.owner == *owner;
            let beside = match key.kind {
                Kind::Mesh => self.state.meshes(region).filter(is_other).count(),
                _ => self.state.after(&of, None).filter(is_other).count(),
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
