//! Instances of services that are registered here: what a registration must be.
//!
//! They are for nodes that are discovered by AWS Cloud Map. Attributes are as it has them, with the names that it gives addresses and ports.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use meshwright_model::limits::{AwsCloudMapInstanceAttributeKey, AwsCloudMapInstanceAttributeValue, AwsCloudMapName};
use meshwright_model::value::{Given, ScalarType};
use serde::Deserialize;

use crate::call::Call;
use crate::exception::ApiError;

/// How long a lease may be, in seconds.
const LEASE: RangeInclusive<u64> = 5..=86_400;

/// The most characters of an instance's name. Source: botocore's model of AWS Cloud Map, `InstanceId`.
const MAX_ID: usize = 64;

/// The most attributes of an instance, and the most bytes of all of them. Source: the same, `RegisterInstanceRequest`; it does not count
/// those of addresses and ports among the 30.
const MAX_ATTRIBUTES: usize = 30;
const MAX_ATTRIBUTE_BYTES: usize = 5_000;

/// What tells an instance from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointId {
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// The namespace of the service.
    pub namespace: String,
    /// The service.
    pub service: String,
    /// Its name.
    pub instance: String,
}

/// What is said of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its address of IPv4.
    pub ipv4: Option<Ipv4Addr>,
    /// Its address of IPv6.
    pub ipv6: Option<Ipv6Addr>,
    /// What nodes may ask for, addresses and port among it.
    pub attributes: BTreeMap<String, String>,
    /// How long it is there without being renewed; `None` is for as long as the server.
    pub lease: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Said {
    ipv4: Option<Ipv4Addr>,
    ipv6: Option<Ipv6Addr>,
    port: Option<u16>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    lease_seconds: Option<u64>,
}

impl EndpointId {
    /// The instance that a call is about.
    pub(crate) fn of(call: &Call) -> Result<Self, ApiError> {
        let (region, account) = (call.scope.region.clone(), call.scope.account.clone());
        let namespace = call.target.mesh.clone();
        let (service, instance) =
            (call.target.parent.clone().unwrap_or_default(), call.target.name.clone().unwrap_or_default());
        for (field, name) in [("namespace", &namespace), ("service", &service)] {
            AwsCloudMapName::accept(Given::Text(name)).map_err(|why| ApiError::bad(format!("{field}: {why}")))?;
        }
        // Rights name all three with slashes between them, and a pattern must not take one name for two. AWS Cloud Map lets instances have
        // slashes (the same source).
        for (field, name) in [("namespace", &namespace), ("service", &service), ("instance", &instance)] {
            if name.contains('/') {
                return Err(ApiError::bad(format!("{field}: there must be no slash in it")));
            }
        }
        if instance.chars().count() > MAX_ID {
            return Err(ApiError::bad(format!("instance: it has more than {MAX_ID} characters")));
        }
        Ok(Self { region, account, namespace, service, instance })
    }

    /// As rights name it.
    pub(crate) fn arn(&self, partition: &str) -> String {
        let Self { region, account, namespace, service, instance } = self;
        format!("arn:{partition}:appmesh:{region}:{account}:endpoint/{namespace}/{service}/{instance}")
    }
}

impl Registration {
    /// What a body says.
    pub(crate) fn read(body: &[u8]) -> Result<Self, ApiError> {
        let said: Said = serde_json::from_slice(body).map_err(|why| ApiError::bad(format!("the body: {why}")))?;
        let Said { ipv4, ipv6, port, mut attributes, lease_seconds } = said;
        if ipv4.is_none() && ipv6.is_none() {
            return Err(ApiError::bad("an instance needs an address: ipv4, ipv6 or both"));
        }
        if port == Some(0) {
            return Err(ApiError::bad("port: it is 1 to 65535"));
        }
        if let Some(seconds) = lease_seconds.filter(|seconds| !LEASE.contains(seconds)) {
            let (from, to) = (LEASE.start(), LEASE.end());
            return Err(ApiError::bad(format!("leaseSeconds: {seconds} is not {from} to {to}")));
        }
        let own = [
            ("AWS_INSTANCE_IPV4", ipv4.map(|own| own.to_string())),
            ("AWS_INSTANCE_IPV6", ipv6.map(|own| own.to_string())),
            ("AWS_INSTANCE_PORT", port.map(|own| own.to_string())),
        ];
        check(&attributes)?;
        for (name, value) in own {
            if attributes.contains_key(name) {
                return Err(ApiError::bad(format!("attributes: {name} follows from the body itself")));
            }
            attributes.extend(value.map(|value| (name.to_owned(), value)));
        }
        Ok(Self { ipv4, ipv6, attributes, lease: lease_seconds.map(Duration::from_secs) })
    }
}

fn check(attributes: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    if attributes.len() > MAX_ATTRIBUTES || bytes > MAX_ATTRIBUTE_BYTES {
        let most = format!("attributes: there may be {MAX_ATTRIBUTES} with {MAX_ATTRIBUTE_BYTES} bytes in all");
        return Err(ApiError::bad(most));
    }
    for (name, value) in attributes {
        let named = AwsCloudMapInstanceAttributeKey::accept(Given::Text(name)).map(drop);
        let valued = AwsCloudMapInstanceAttributeValue::accept(Given::Text(value)).map(drop);
        named.and(valued).map_err(|why| ApiError::bad(format!("attributes.{name}: {why}")))?;
    }
    Ok(())
}
