//! Messages on the wire: requests are read by Envoy's types, responses are put together from resources that were encoded before.

use std::marker::PhantomData;

use bytes::{BufMut, Bytes};
use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryRequest, DiscoveryRequest};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use crate::request::{Protocol, Request};
use crate::session::Response;

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

/// Requests of a type in, responses out.
#[derive(Debug)]
pub(crate) struct Wire<A>(PhantomData<A>);

impl<A> Default for Wire<A> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<A: Asking> Codec for Wire<A> {
    type Encode = Response;
    type Decode = A;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl<A: Asking> Decoder for Wire<A> {
    type Item = A;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<A>, Status> {
        A::decode(source).map(Some).map_err(|why| Status::invalid_argument(format!("the request is none: {why}")))
    }
}

impl<A: Asking> Encoder for Wire<A> {
    type Item = Response;
    type Error = Status;

    fn encode(&mut self, response: Response, target: &mut EncodeBuf<'_>) -> Result<(), Status> {
        encode(&response, A::PROTOCOL, target);
        Ok(())
    }
}

/// Writes a response as a `DiscoveryResponse` or a `DeltaDiscoveryResponse`; their fields have the same numbers, but for removals.
fn encode(response: &Response, protocol: Protocol, target: &mut impl BufMut) {
    text(1, &response.version.to_string(), target);
    for resource in &response.resources {
        match protocol {
            Protocol::StateOfTheWorld => bytes(2, &resource.any, target),
            Protocol::Delta => {
                let version = resource.version.to_string();
                let length = length(1, version.len()) + length(2, resource.any.len()) + length(3, resource.name.len());
                encode_key(2, WireType::LengthDelimited, target);
                encode_varint(length as u64, target);
                text(1, &version, target);
                bytes(2, &resource.any, target);
                text(3, &resource.name, target);
            }
        }
    }
    text(4, response.kind.type_url(), target);
    text(5, &response.nonce.to_string(), target);
    for name in &response.removed {
        text(6, name, target);
    }
}

fn text(tag: u32, value: &str, target: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, target);
    encode_varint(value.len() as u64, target);
    target.put_slice(value.as_bytes());
}

fn bytes(tag: u32, value: &Bytes, target: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, target);
    encode_varint(value.len() as u64, target);
    target.put_slice(value);
}

/// The length of a field with so many bytes.
fn length(tag: u32, bytes: usize) -> usize {
    key_len(tag) + encoded_len_varint(bytes as u64) + bytes
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryResponse, DiscoveryResponse};
    use prost::Message as _;

    use super::*;
    use crate::kind::Kind;
    use crate::snapshot::{Resource, Version};

    #[test]
    fn what_is_written_is_what_envoys_types_read() {
        let any = prost_types::Any { type_url: Kind::Route.type_url().to_owned(), value: vec![7; 300] };
        let bytes: Bytes = any.encode_to_vec().into();
        let resource = Arc::new(Resource { name: "r".into(), version: Version::of(&bytes), any: bytes });
        let response = Response {
            kind: Kind::Route,
            nonce: 12,
            version: Version::of(b"all"),
            resources: vec![Arc::clone(&resource), resource],
            removed: Vec::new(),
        };
        let mut written = Vec::new();
        encode(&response, Protocol::StateOfTheWorld, &mut written);
        let read = DiscoveryResponse::decode(&written[..]).unwrap();
        assert_eq!((read.version_info, read.nonce.as_str()), (response.version.to_string(), "12"));
        assert_eq!((read.type_url.as_str(), read.resources), (Kind::Route.type_url(), vec![any.clone(), any.clone()]));

        let response = Response { removed: vec!["a".into(), "b".into()], ..response };
        let mut written = Vec::new();
        encode(&response, Protocol::Delta, &mut written);
        let read = DeltaDiscoveryResponse::decode(&written[..]).unwrap();
        assert_eq!((read.nonce.as_str(), read.removed_resources), ("12", vec!["a".to_owned(), "b".to_owned()]));
        let one = &read.resources[0];
        assert_eq!((one.name.as_str(), one.resource.as_ref(), read.resources.len()), ("r", Some(&any), 2));
        assert_eq!(one.version, response.resources[0].version.to_string());
    }
}
