//! Who a proxy says it is.
//!
//! The agent says more where it runs on the proxy's machine: its interfaces, its task or pod, its zone. None of it changes what a
//! control plane sends, but the zone, which only zone-aware routing asks for.

use prost_types::value::Kind;
use prost_types::{Struct, Value};

use crate::bootstrap::static_runtime;
use crate::envoy::config::core::v3::Node;
use crate::settings::{Platform, Settings};

pub(super) fn node(settings: &Settings) -> Node {
    let mut metadata = vec![("aws.appmesh.static_runtime", object(static_runtime(&settings.runtime).fields))];
    if settings.stats.has_metrics_extension {
        metadata.push(("aws.appmesh.metric_filter", members([("level", text("1"))])));
    }
    metadata.extend(platform(&settings.platform).map(|platform| ("aws.appmesh.platformInfo", platform)));
    Node {
        id: settings.proxy.id.clone(),
        cluster: settings.cluster.clone(),
        metadata: Some(Struct { fields: metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }),
        ..Default::default()
    }
}

fn platform(platform: &Platform) -> Option<Value> {
    let pod = platform.kubernetes.as_ref().map(|pod| {
        let members = members([
            ("k8sVersion", text(&pod.version)),
            ("podUid", text(&pod.pod_uid)),
            ("appMeshControllerVersion", text(&pod.controller_version)),
        ]);
        ("k8sPlatformInfo", members)
    });
    let fips = platform.is_fips.then(|| ("fipsModeEnabled", boolean(true)));
    let known: Vec<(&str, Value)> = pod.into_iter().chain(fips).collect();
    (!known.is_empty()).then(|| members(known))
}

pub(super) fn boolean(value: bool) -> Value {
    Value { kind: Some(Kind::BoolValue(value)) }
}

pub(super) fn number(value: f64) -> Value {
    Value { kind: Some(Kind::NumberValue(value)) }
}

pub(super) fn text(value: &str) -> Value {
    Value { kind: Some(Kind::StringValue(value.to_owned())) }
}

pub(super) fn members<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn object(fields: std::collections::BTreeMap<String, Value>) -> Value {
    Value { kind: Some(Kind::StructValue(Struct { fields })) }
}
