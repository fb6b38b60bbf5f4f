//! What a proxy is to have: every resource with its bytes, made once for all proxies that get it, and a version that its content alone decides.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use meshwright_envoy::envoy::config::route::v3::RouteConfiguration;
use meshwright_envoy::translate::{Configuration, Routes};
use prost::{Message, Name as _};
use ring::digest::{Context, SHA256};

use crate::kind::Kind;

/// The name of a resource.
pub type Name = Arc<str>;

/// What a content is called: equal contents have equal versions, whoever made them and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

/// A resource as it is sent.
#[derive(PartialEq, Eq)]
pub struct Resource {
    /// Its name.
    pub name: Name,
    /// The version of its content.
    pub version: Version,
    /// The message, packed in an `Any`.
    pub any: Bytes,
}

/// The resources of one kind, by name.
pub type Resources = BTreeMap<Name, Arc<Resource>>;

/// What a proxy is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    kinds: [Resources; Kind::ALL.len()],
}

impl Version {
    /// The version of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(bytes);
        Self::taken(context)
    }

    /// The version of resources that are sent together.
    pub(crate) fn of_all<'r>(resources: impl Iterator<Item = &'r Arc<Resource>>) -> Self {
        let mut context = Context::new(&SHA256);
        for resource in resources {
            context.update(resource.name.as_bytes());
            context.update(&resource.version.0.to_be_bytes());
        }
        Self::taken(context)
    }

    fn taken(context: Context) -> Self {
        let digest = context.finish();
        Self(digest.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The characters of its text.
    pub(crate) const LENGTH: usize = 16;

    /// The version that a text is.
    pub fn read(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().filter(|_| text.len() == Self::LENGTH).map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl fmt::Debug for Resource {
    /// Without its content, which may be a key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Resource")
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Resource {
    /// A resource of a message.
    pub fn of<M: Message + prost::Name>(name: &str, message: &M) -> Self {
        Self::packed(name, M::type_url(), message.encode_to_vec())
    }

    fn packed(name: &str, type_url: String, value: Vec<u8>) -> Self {
        let any = prost_types::Any { type_url, value }.encode_to_vec();
        Self { name: name.into(), version: Version::of(&any), any: any.into() }
    }
}

/// Resources of proxies whose configurations share bytes.
#[derive(Debug, Default)]
pub struct Shared(HashMap<usize, (Bytes, Arc<Resource>)>);

impl Shared {
    fn routes(&mut self, own: &Routes) -> Arc<Resource> {
        // The bytes are kept, so that no others have their place.
        let (_, resource) = self.0.entry(own.bytes.as_ptr() as usize).or_insert_with(|| {
            let resource = Resource::packed(&own.name, RouteConfiguration::type_url(), own.bytes.to_vec());
            (own.bytes.clone(), Arc::new(resource))
        });
        Arc::clone(resource)
    }
}

impl Snapshot {
    /// What a configuration comes to. What an earlier snapshot holds too is shared with it.
    pub fn of(configuration: &Configuration, earlier: Option<&Self>, shared: &mut Shared) -> Self {
        let mut snapshot = Self::default();
        for cluster in &configuration.clusters {
            snapshot.put(Kind::Cluster, Resource::of(&cluster.name, cluster), earlier);
        }
        for endpoints in &configuration.endpoints {
            snapshot.put(Kind::Endpoint, Resource::of(&endpoints.cluster_name, endpoints), earlier);
        }
        for listener in &configuration.listeners {
            snapshot.put(Kind::Listener, Resource::of(&listener.name, listener), earlier);
        }
        for route in &configuration.routes {
            snapshot.put(Kind::Route, shared.routes(route), earlier);
        }
        snapshot
    }

    /// Adds a resource.
    pub fn put(&mut self, kind: Kind, resource: impl Into<Arc<Resource>>, earlier: Option<&Self>) {
        let resource = resource.into();
        let known = earlier.and_then(|earlier| earlier.of_kind(kind).get(&resource.name));
        let resource = known.filter(|known| **known == resource).map_or(resource, Arc::clone);
        self.kinds[kind as usize].insert(Arc::clone(&resource.name), resource);
    }

    /// The resources of a kind, by name.
    pub fn of_kind(&self, kind: Kind) -> &Resources {
        &self.kinds[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_the_version() {
        assert_eq!(Version::of(b"a"), Version::of(b"a"));
        assert_ne!(Version::of(b"a"), Version::of(b"b"));
        let version = Version::of(b"a");
        assert_eq!(Version::read(&version.to_string()), Some(version));
        assert_eq!(Version::read("1"), None);
    }
}
