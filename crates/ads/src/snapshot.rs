//! What a proxy is to have: every resource with its bytes, made once for all proxies that get it, and a version that its content alone decides.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use meshwright_envoy::envoy::extensions::transport_sockets::tls::v3::Secret;
use meshwright_envoy::translate::{Configuration, Routes};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};
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
    kinds: [Arc<Resources>; Kind::ALL.len()],
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
    fn new(name: Name, any: &[u8]) -> Arc<Self> {
        Arc::new(Self { name, version: Version::of(any), any: Bytes::copy_from_slice(any) })
    }
}

/// Packs messages: what an earlier snapshot has, or another proxy of the same world, is not made again.
#[derive(Default)]
pub struct Packer {
    /// Routes whose bytes proxies share, by where they are; kept, so that no others have their place.
    routes: HashMap<usize, (Bytes, Arc<Resource>)>,
    room: Vec<u8>,
}

/// The fields of `google.protobuf.Any`.
const TYPE_URL: u32 = 1;
const VALUE: u32 = 2;

impl fmt::Debug for Packer {
    /// Without what it packs, which may be a key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    /// A message in an `Any`; the one that is known, where it is that.
    fn pack(&mut self, kind: Kind, name: &str, message: &impl Message, known: Option<&Resources>) -> Arc<Resource> {
        self.begin(kind, message.encoded_len());
        message.encode_raw(&mut self.room);
        self.end(name, known)
    }

    fn routes(&mut self, own: &Routes, known: Option<&Resources>) -> Arc<Resource> {
        let place = own.bytes.as_ptr() as usize;
        if let Some((_, resource)) = self.routes.get(&place) {
            return Arc::clone(resource);
        }
        self.begin(Kind::Route, own.bytes.len());
        self.room.extend_from_slice(&own.bytes);
        let resource = self.end(&own.name, known);
        self.routes.insert(place, (own.bytes.clone(), Arc::clone(&resource)));
        resource
    }

    fn begin(&mut self, kind: Kind, length: usize) {
        let type_url = kind.type_url();
        self.room.clear();
        encode_key(TYPE_URL, WireType::LengthDelimited, &mut self.room);
        encode_varint(type_url.len() as u64, &mut self.room);
        self.room.extend_from_slice(type_url.as_bytes());
        if length > 0 {
            encode_key(VALUE, WireType::LengthDelimited, &mut self.room);
            encode_varint(length as u64, &mut self.room);
        }
    }

    fn end(&self, name: &str, known: Option<&Resources>) -> Arc<Resource> {
        match known.and_then(|known| known.get(name)) {
            Some(known) if known.any == self.room => Arc::clone(known),
            Some(known) => Resource::new(Arc::clone(&known.name), &self.room),
            None => Resource::new(name.into(), &self.room),
        }
    }
}

impl Snapshot {
    /// What a configuration comes to, with secrets. What an earlier snapshot holds too is shared with it.
    pub fn of(configuration: &Configuration, secrets: &[Secret], earlier: Option<&Self>, packer: &mut Packer) -> Self {
        let mut snapshot = Self::default();
        let known = |kind| earlier.map(|earlier| &**earlier.of_kind(kind));
        for own in &configuration.clusters {
            snapshot.put(Kind::Cluster, packer.pack(Kind::Cluster, &own.name, own, known(Kind::Cluster)));
        }
        for own in secrets {
            snapshot.put(Kind::Secret, packer.pack(Kind::Secret, &own.name, own, known(Kind::Secret)));
        }
        for own in &configuration.endpoints {
            snapshot.put(Kind::Endpoint, packer.pack(Kind::Endpoint, &own.cluster_name, own, known(Kind::Endpoint)));
        }
        for own in &configuration.listeners {
            snapshot.put(Kind::Listener, packer.pack(Kind::Listener, &own.name, own, known(Kind::Listener)));
        }
        for own in &configuration.routes {
            snapshot.put(Kind::Route, packer.routes(own, known(Kind::Route)));
        }
        for (own, kind) in snapshot.kinds.iter_mut().zip(Kind::ALL) {
            if let Some(known) = earlier.map(|earlier| earlier.of_kind(kind)).filter(|known| *known == own) {
                *own = Arc::clone(known);
            }
        }
        snapshot
    }

    /// Adds a resource.
    pub fn put(&mut self, kind: Kind, resource: Arc<Resource>) {
        Arc::make_mut(&mut self.kinds[kind as usize]).insert(Arc::clone(&resource.name), resource);
    }

    /// The resources of a kind, by name.
    pub fn of_kind(&self, kind: Kind) -> &Arc<Resources> {
        &self.kinds[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use meshwright_envoy::envoy::config::cluster::v3::Cluster;

    use super::*;

    #[test]
    fn what_is_packed_is_an_any_and_what_is_known_is_not_made_again() {
        let cluster = |name: &str| Cluster { name: name.to_owned(), ..Cluster::default() };
        let earlier = Configuration { clusters: vec![cluster("a"), cluster("")], ..Configuration::default() };
        let mut packer = Packer::default();
        let earlier = Snapshot::of(&earlier, &[], None, &mut packer);
        for own in [cluster("a"), cluster("")] {
            let any = prost_types::Any::from_msg(&own).unwrap().encode_to_vec();
            assert_eq!(earlier.of_kind(Kind::Cluster)[&*own.name].any, any);
        }
        let both = Configuration { clusters: vec![cluster(""), cluster("a")], ..Configuration::default() };
        let same = Snapshot::of(&both, &[], Some(&earlier), &mut packer);
        assert!(Arc::ptr_eq(same.of_kind(Kind::Cluster), earlier.of_kind(Kind::Cluster)));
        let one = Configuration { clusters: vec![cluster("a")], ..Configuration::default() };
        let one = Snapshot::of(&one, &[], Some(&earlier), &mut packer);
        assert!(Arc::ptr_eq(&one.of_kind(Kind::Cluster)["a"], &earlier.of_kind(Kind::Cluster)["a"]));
        assert_eq!(one.of_kind(Kind::Cluster).len(), 1);
    }

    #[test]
    fn the_content_decides_the_version() {
        assert_eq!(Version::of(b"a"), Version::of(b"a"));
        assert_ne!(Version::of(b"a"), Version::of(b"b"));
        let version = Version::of(b"a");
        assert_eq!(Version::read(&version.to_string()), Some(version));
        assert_eq!(Version::read("1"), None);
    }
}
