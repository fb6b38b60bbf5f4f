//! A `ClientStatusResponse` as it is written: resources are those that proxies were sent, and are not encoded again.

use bytes::Bytes;
use meshwright_envoy::envoy::config::core::v3::Node;
use meshwright_envoy::envoy::service::status::v3::ClientConfig;
use meshwright_envoy::envoy::service::status::v3::client_config::GenericXdsConfig;
use prost::Message as _;

use crate::wire::{Writing, Written, length};

/// The numbers of fields. Source: envoyproxy/envoy, `api/envoy/service/status/v3/csds.proto`.
const CONFIG: u32 = 1;
const GENERIC_XDS_CONFIGS: u32 = 3;
const XDS_CONFIG: u32 = 4;

/// What is answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    clients: Vec<Client>,
    length: usize,
}

#[derive(Debug)]
struct Client {
    /// Who it is.
    head: Vec<u8>,
    configs: Vec<Config>,
    length: usize,
}

#[derive(Debug)]
struct Config {
    /// All but the resource.
    head: Vec<u8>,
    resource: Option<Bytes>,
    length: usize,
}

impl Answer {
    /// Adds a proxy by its id, and its resources, each with what it is packed.
    pub(super) fn add(&mut self, id: &str, configs: Vec<(GenericXdsConfig, Option<Bytes>)>) {
        let node = Some(Node { id: id.to_owned(), ..Node::default() });
        let head = ClientConfig { node, ..ClientConfig::default() }.encode_to_vec();
        let configs: Vec<Config> =
            configs.into_iter().map(|(config, resource)| Config::of(&config, resource)).collect();
        let content: usize = configs.iter().map(|own| length(GENERIC_XDS_CONFIGS, own.length)).sum();
        let client = Client { length: head.len() + content, head, configs };
        self.length += length(CONFIG, client.length);
        self.clients.push(client);
    }

    /// Its bytes.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    pub(super) fn written(self) -> Written {
        let mut writing = Writing::of(self.length, 0);
        for client in self.clients {
            writing.field(CONFIG, client.length);
            writing.put(&client.head);
            for config in client.configs {
                writing.field(GENERIC_XDS_CONFIGS, config.length);
                writing.put(&config.head);
                if let Some(resource) = &config.resource {
                    writing.field(XDS_CONFIG, resource.len());
                    writing.share(resource);
                }
            }
        }
        writing.end()
    }
}

impl Config {
    fn of(config: &GenericXdsConfig, resource: Option<Bytes>) -> Self {
        let head = config.encode_to_vec();
        let length = head.len() + resource.as_ref().map_or(0, |own| length(XDS_CONFIG, own.len()));
        Self { head, resource, length }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Buf as _;
    use meshwright_envoy::envoy::service::status::v3::ClientStatusResponse;

    use super::*;

    #[test]
    fn what_is_written_is_what_envoys_types_read() {
        let any = |length| prost_types::Any { type_url: "t".to_owned(), value: vec![7; length] };
        let named = |name: &str| GenericXdsConfig { name: name.to_owned(), ..GenericXdsConfig::default() };
        let mut answer = Answer::default();
        let contents = |length: usize| Some(Bytes::from(any(length).encode_to_vec()));
        answer.add("a", vec![(named("r"), contents(10)), (named("s"), contents(50_000)), (named("t"), None)]);
        answer.add("b", Vec::new());
        let length = answer.length();
        let mut written = answer.written();
        let bytes = written.copy_to_bytes(written.remaining());
        assert_eq!(bytes.len(), length + 5);
        let read = ClientStatusResponse::decode(bytes.slice(5..)).unwrap();
        let ids: Vec<&str> = read.config.iter().map(|own| own.node.as_ref().unwrap().id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        let configs: Vec<_> =
            read.config[0].generic_xds_configs.iter().map(|own| (own.name.as_str(), own.xds_config.clone())).collect();
        assert_eq!(configs, [("r", Some(any(10))), ("s", Some(any(50_000))), ("t", None)]);
    }
}
