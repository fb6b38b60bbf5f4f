//! What a proxy says on its stream, whichever protocol it speaks.

use std::collections::BTreeMap;

use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryRequest, DiscoveryRequest};

use crate::kind::Kind;

/// How the resources of a kind are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// All that is asked for, each time.
    StateOfTheWorld,
    /// What has changed.
    Delta,
}

/// What a proxy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The kind of resource that it speaks of.
    pub kind: Kind,
    /// The response that it answers; empty where none.
    pub nonce: String,
    /// Why it refuses that response.
    pub error: Option<String>,
    /// What it asks for.
    pub wish: Wish,
}

/// What a proxy asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// These names, and no others.
    Names {
        /// The names; what none means, the kind decides.
        names: Vec<String>,
        /// The version that it has.
        version: String,
    },
    /// These names more, and those no longer.
    Change {
        /// The names that it asks for from now on.
        subscribe: Vec<String>,
        /// The names that it asks for no longer.
        unsubscribe: Vec<String>,
        /// What it has from an earlier stream, with the versions.
        has: BTreeMap<String, String>,
    },
}

impl Request {
    /// What a message of the state of the world says; `None` where it speaks of a kind that there is not.
    pub fn of(message: DiscoveryRequest) -> Option<Self> {
        let kind = Kind::of_type(&message.type_url)?;
        let wish = Wish::Names { names: message.resource_names, version: message.version_info };
        let error = message.error_detail.map(|status| status.message);
        Some(Self { kind, nonce: message.response_nonce, error, wish })
    }

    /// What a message of changes says; `None` where it speaks of a kind that there is not.
    pub fn of_delta(message: DeltaDiscoveryRequest) -> Option<Self> {
        let kind = Kind::of_type(&message.type_url)?;
        let wish = Wish::Change {
            subscribe: message.resource_names_subscribe,
            unsubscribe: message.resource_names_unsubscribe,
            has: message.initial_resource_versions.into_iter().collect(),
        };
        let error = message.error_detail.map(|status| status.message);
        Some(Self { kind, nonce: message.response_nonce, error, wish })
    }
}
