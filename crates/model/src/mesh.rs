//! The mesh itself.

use serde::{Deserialize, Serialize};

use crate::limits::{EgressFilterType, IpPreference};
use crate::scalar::Scalar;

/// A mesh. API shape `MeshSpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeshSpec {
    /// What happens to traffic outside the backends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_filter: Option<EgressFilter>,
    /// How proxies resolve names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_discovery: Option<MeshServiceDiscovery>,
}

/// What happens to traffic outside the backends. API shape `EgressFilter`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EgressFilter {
    /// Drop or allow.
    #[serde(rename = "type")]
    pub kind: Scalar<EgressFilterType>,
}

/// How proxies resolve names. API shape `MeshServiceDiscovery`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeshServiceDiscovery {
    /// IP versions; absent means no preference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<Scalar<IpPreference>>,
}
