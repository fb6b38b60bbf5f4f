//! Messages on the wire: requests are read by Envoy's types, responses are put together from resources that were encoded before.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryRequest, DiscoveryRequest};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use crate::request::{Protocol, Request};
use crate::session::Response;
use crate::snapshot::{Resource, Version};

/// A message with requests.
pub(crate) trait Asking: Message + Default + Send + 'static {
    /// The protocol that it is of.
    const PROTOCOL: Protocol;

    /// Who asks: said in the first message alone.
    fn node(&self) -> Option<&meshwright_envoy::envoy::config::core::v3::Node>;

    /// What is asked for; `None` where there is no such kind.
    fn into_request(self) -> Option<Request>;
}

impl Asking for DiscoveryRequest {
    const PROTOCOL: Protocol = Protocol::StateOfTheWorld;

    fn node(&self) -> Option<&meshwright_envoy::envoy::config::core::v3::Node> {
        self.node.as_ref()
    }

    fn into_request(self) -> Option<Request> {
        Request::of(self)
    }
}

impl Asking for DeltaDiscoveryRequest {
    const PROTOCOL: Protocol = Protocol::Delta;

    fn node(&self) -> Option<&meshwright_envoy::envoy::config::core::v3::Node> {
        self.node.as_ref()
    }

    fn into_request(self) -> Option<Request> {
        Request::of_delta(self)
    }
}

/// The bytes before a message: whether it is compressed, and its length.
pub(crate) const PREFIX: usize = 5;

/// A resource of so many bytes is written from where it was made, rather than copied.
const MIN_SHARED: usize = 1024;

/// A message as it is written, with its prefix: what is made for it, and what it shares with others.
#[derive(Debug)]
pub(crate) struct Written {
    parts: VecDeque<Bytes>,
    length: usize,
}

/// A message that is being written.
#[derive(Debug)]
pub(crate) struct Writing {
    parts: VecDeque<Bytes>,
    open: BytesMut,
    message: usize,
}

impl Writing {
    /// A message that will have so many bytes, the first `room` of which are not shared.
    pub(crate) fn of(message: usize, room: usize) -> Self {
        let mut open = BytesMut::with_capacity(PREFIX + room);
        // Not compressed.
        open.put_u8(0);
        // No mesh comes near that; a length that is wrong ends the stream.
        open.put_u32(u32::try_from(message).unwrap_or(u32::MAX));
        Self { parts: VecDeque::new(), open, message }
    }

    /// The head of a field with so many bytes.
    pub(crate) fn field(&mut self, tag: u32, bytes: usize) {
        encode_key(tag, WireType::LengthDelimited, &mut self.open);
        encode_varint(bytes as u64, &mut self.open);
    }

    /// Bytes of this message alone.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.open.put_slice(bytes);
    }

    /// Bytes that others may have too.
    pub(crate) fn share(&mut self, bytes: &Bytes) {
        if bytes.len() < MIN_SHARED {
            self.open.put_slice(bytes);
        } else {
            self.parts.extend([self.open.split().freeze(), bytes.clone()]);
        }
    }

    /// The whole message.
    pub(crate) fn end(mut self) -> Written {
        if !self.open.is_empty() {
            self.parts.push_back(self.open.freeze());
        }
        Written { parts: self.parts, length: PREFIX + self.message }
    }
}

impl Written {
    /// A response as a `DiscoveryResponse` or a `DeltaDiscoveryResponse`; their fields have the same numbers, but for removals.
    pub(crate) fn of(response: &Response, protocol: Protocol) -> Self {
        let (version, nonce) = (response.version.to_string(), response.nonce.to_string());
        let mut head = BytesMut::new();
        text(1, &version, &mut head);
        text(4, response.kind.type_url(), &mut head);
        text(5, &nonce, &mut head);
        for name in &response.removed {
            text(6, name, &mut head);
        }
        let content: usize = response.resources.iter().map(|own| length(2, entry_length(own, protocol))).sum();
        let mut writing = Writing::of(head.len() + content, head.len());
        writing.put(&head);
        for resource in &response.resources {
            writing.field(2, entry_length(resource, protocol));
            if protocol == Protocol::Delta {
                text(1, &resource.version.to_string(), &mut writing.open);
                text(3, &resource.name, &mut writing.open);
                writing.field(2, resource.any.len());
            }
            writing.share(&resource.any);
        }
        writing.end()
    }
}

/// The bytes of a resource within a response.
fn entry_length(resource: &Resource, protocol: Protocol) -> usize {
    match protocol {
        Protocol::StateOfTheWorld => resource.any.len(),
        Protocol::Delta => length(1, Version::LENGTH) + length(2, resource.any.len()) + length(3, resource.name.len()),
    }
}

impl Buf for Written {
    fn remaining(&self) -> usize {
        self.length
    }

    fn chunk(&self) -> &[u8] {
        self.parts.front().map_or(&[], |part| part)
    }

    fn chunks_vectored<'a>(&'a self, target: &mut [IoSlice<'a>]) -> usize {
        let pairs = target.iter_mut().zip(&self.parts);
        pairs.map(|(slice, part)| *slice = IoSlice::new(part)).count()
    }

    fn advance(&mut self, mut count: usize) {
        self.length = self.length.saturating_sub(count);
        while let Some(part) = self.parts.front_mut() {
            if count < part.len() {
                return part.advance(count);
            }
            count -= part.len();
            self.parts.pop_front();
        }
    }
}

fn text(tag: u32, value: &str, target: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, target);
    encode_varint(value.len() as u64, target);
    target.put_slice(value.as_bytes());
}

/// The length of a field with so many bytes.
pub(crate) fn length(tag: u32, bytes: usize) -> usize {
    key_len(tag) + encoded_len_varint(bytes as u64) + bytes
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryResponse, DiscoveryResponse};
    use prost::Message as _;

    use super::*;
    use crate::kind::Kind;

    /// What is written, taken in pieces of a length, without its prefix.
    fn written(response: &Response, protocol: Protocol, piece: usize) -> Vec<u8> {
        let mut written = Written::of(response, protocol);
        let mut bytes = Vec::new();
        while written.has_remaining() {
            let chunk = written.chunk();
            let taken = chunk.len().min(piece);
            bytes.extend_from_slice(&chunk[..taken]);
            written.advance(taken);
        }
        assert_eq!(bytes[0], 0, "it is not compressed");
        assert_eq!(bytes[1..PREFIX], u32::try_from(bytes.len() - PREFIX).unwrap().to_be_bytes());
        bytes.split_off(PREFIX)
    }

    #[test]
    fn what_is_written_is_what_envoys_types_read() {
        let any = |length| prost_types::Any { type_url: Kind::Route.type_url().to_owned(), value: vec![7; length] };
        let resource = |name: &str, length| {
            let bytes: Bytes = any(length).encode_to_vec().into();
            Arc::new(Resource { name: name.into(), version: Version::of(&bytes), any: bytes })
        };
        let response = Response {
            kind: Kind::Route,
            nonce: 12,
            version: Version::of(b"all"),
            resources: vec![resource("r", 300), resource("s", 40_000), resource("t", 7)],
            removed: Vec::new(),
        };
        let read = DiscoveryResponse::decode(&written(&response, Protocol::StateOfTheWorld, 1000)[..]).unwrap();
        assert_eq!((read.version_info, read.nonce.as_str()), (response.version.to_string(), "12"));
        assert_eq!(
            (read.type_url.as_str(), read.resources),
            (Kind::Route.type_url(), vec![any(300), any(40_000), any(7)])
        );

        let response = Response { removed: vec!["a".into(), "b".into()], ..response };
        let read = DeltaDiscoveryResponse::decode(&written(&response, Protocol::Delta, usize::MAX)[..]).unwrap();
        assert_eq!((read.nonce.as_str(), read.removed_resources), ("12", vec!["a".to_owned(), "b".to_owned()]));
        let one = &read.resources[1];
        assert_eq!((one.name.as_str(), one.resource.as_ref(), read.resources.len()), ("s", Some(&any(40_000)), 3));
        assert_eq!(one.version, response.resources[1].version.to_string());
    }
}
