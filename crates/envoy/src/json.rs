//! Messages as JSON: the mapping of proto3, with what an `Any` holds expanded, as Envoy reads it from a file.
//!
//! Names are those of the `.proto` files, as in Envoy's documentation and its `/config_dump`.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, SerializeOptions};
use prost_types::Any;
use serde_json::Value;

/// What the messages look like. Read when it is first needed, as that takes milliseconds.
static DESCRIPTORS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!("../envoy.binpb").as_slice()).expect("the build has made types of the file")
});

/// The member that names the type of what an `Any` holds.
const TYPE: &str = "@type";

/// A message inside an `Any`, as Envoy takes an extension's configuration.
pub fn pack<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// A message as JSON: the fields that are set, in the order of their numbers, and the entries of maps by their keys.
///
/// # Panics
///
/// For a message, or one packed inside it, that is not in `envoy.binpb`; `xtask/src/protobuf.rs` lists what is.
pub fn to_json<M: Message + Name>(message: &M) -> Value {
    let name = M::full_name();
    let descriptor = DESCRIPTORS.get_message_by_name(&name).unwrap_or_else(|| panic!("no descriptor of {name}"));
    let dynamic = DynamicMessage::decode(descriptor.clone(), message.encode_to_vec().as_slice())
        .unwrap_or_else(|error| panic!("{name} does not read what it wrote: {error}"));
    let options = SerializeOptions::new().use_proto_field_name(true);
    let mut json = dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .unwrap_or_else(|error| panic!("{name} has no JSON: {error}"));
    sort_maps(&mut json, &descriptor);
    json
}

/// Puts the entries of maps in the order of their keys; all else has its order already.
fn sort_maps(json: &mut Value, descriptor: &MessageDescriptor) {
    match descriptor.full_name() {
        "google.protobuf.Struct" | "google.protobuf.Value" | "google.protobuf.ListValue" => {
            json.sort_all_objects();
            whole_numbers(json);
            return;
        }
        "google.protobuf.Any" => {
            let held = json[TYPE].as_str().and_then(|url| url.rsplit('/').next());
            if let Some(held) = held.and_then(|name| DESCRIPTORS.get_message_by_name(name)) {
                match json.get_mut("value") {
                    Some(value) if is_well_known(&held) => sort_maps(value, &held),
                    _ => sort_maps(json, &held),
                }
            }
            return;
        }
        _ => {}
    }
    let Value::Object(members) = json else { return };
    for field in descriptor.fields() {
        let Some(member) = members.get_mut(field.name()) else { continue };
        let kind = if field.is_map() { map_value(&field.kind()) } else { field.kind() };
        if field.is_map()
            && let Value::Object(entries) = member
        {
            entries.sort_keys();
        }
        let Kind::Message(held) = kind else { continue };
        match member {
            Value::Object(entries) if field.is_map() => {
                entries.values_mut().for_each(|value| sort_maps(value, &held));
            }
            Value::Array(items) if field.is_list() => items.iter_mut().for_each(|item| sort_maps(item, &held)),
            member => sort_maps(member, &held),
        }
    }
}

/// Writes numbers without a fraction as what they are, as other printers of protobuf do.
fn whole_numbers(json: &mut Value) {
    match json {
        #[expect(clippy::cast_possible_truncation, reason = "it is small and has no fraction")]
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15) {
                *number = (whole as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => members.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

/// What the values of a map are; its kind is the message of its entries.
fn map_value(entry: &Kind) -> Kind {
    match entry {
        Kind::Message(entry) => entry.map_entry_value_field().kind(),
        other => other.clone(),
    }
}

/// Whether a message has a form of JSON of its own, which an `Any` keeps apart under `value`.
fn is_well_known(descriptor: &MessageDescriptor) -> bool {
    descriptor.package_name() == "google.protobuf"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost_types::{Duration, Struct, value::Kind};
    use serde_json::json;

    use super::*;
    use crate::envoy::config::bootstrap::v3::{Bootstrap, bootstrap::StaticResources};
    use crate::envoy::config::cluster::v3::{
        CircuitBreakers, Cluster, circuit_breakers::Thresholds, cluster::ClusterDiscoveryType, cluster::DiscoveryType,
    };
    use crate::envoy::config::core::v3::{Metadata, Node};
    use crate::envoy::extensions::upstreams::http::v3::HttpProtocolOptions;

    fn text(value: &str) -> prost_types::Value {
        prost_types::Value { kind: Some(Kind::StringValue(value.to_owned())) }
    }

    #[test]
    fn durations_enums_and_wrappers_have_their_form() {
        let cluster = Cluster {
            name: "a".to_owned(),
            connect_timeout: Some(Duration { seconds: 0, nanos: 250_000_000 }),
            circuit_breakers: Some(CircuitBreakers {
                thresholds: vec![Thresholds { max_connections: Some(7), ..Default::default() }],
                ..Default::default()
            }),
            cluster_discovery_type: Some(ClusterDiscoveryType::Type(DiscoveryType::LogicalDns.into())),
            ..Default::default()
        };
        let expected = json!({
            "name": "a",
            "type": "LOGICAL_DNS",
            "connect_timeout": "0.250s",
            "circuit_breakers": {"thresholds": [{"max_connections": 7}]},
        });
        assert_eq!(to_json(&cluster), expected);
    }

    #[test]
    fn what_an_any_holds_is_shown() {
        let name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions".to_owned();
        let cluster = Cluster {
            typed_extension_protocol_options: BTreeMap::from([(name.clone(), pack(&HttpProtocolOptions::default()))]),
            ..Default::default()
        };
        let expected = json!({"typed_extension_protocol_options": {
            name: {"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"},
        }});
        assert_eq!(to_json(&cluster), expected);
    }

    #[test]
    fn maps_have_one_order_and_fields_that_of_their_numbers() {
        let keys = ["z", "b", "y", "a", "x", "c"];
        let metadata = Struct { fields: keys.map(|key| (key.to_owned(), text(key))).into() };
        let filter_metadata: BTreeMap<String, Struct> =
            keys.map(|key| (key.to_owned(), metadata.clone())).into_iter().collect();
        let bootstrap = Bootstrap {
            node: Some(Node { id: "n".to_owned(), metadata: Some(metadata), ..Default::default() }),
            static_resources: Some(StaticResources {
                clusters: vec![Cluster {
                    metadata: Some(Metadata { filter_metadata, ..Default::default() }),
                    name: "c".to_owned(),
                    ..Default::default()
                }],
                ..Default::default()
            }),
            ..Default::default()
        };
        let inner = r#"{"a":"a","b":"b","c":"c","x":"x","y":"y","z":"z"}"#;
        let of_filters: Vec<String> =
            ["a", "b", "c", "x", "y", "z"].iter().map(|key| format!(r#""{key}":{inner}"#)).collect();
        let expected = format!(
            r#"{{"node":{{"id":"n","metadata":{inner}}},"static_resources":{{"clusters":[{{"name":"c","metadata":{{"filter_metadata":{{{}}}}}}}]}}}}"#,
            of_filters.join(",")
        );
        assert_eq!(to_json(&bootstrap).to_string(), expected);
    }

    #[test]
    fn a_well_known_type_in_an_any_stands_under_value() {
        let name = "x".to_owned();
        let duration = pack(&Duration { seconds: 15, nanos: 0 });
        let cluster =
            Cluster { typed_extension_protocol_options: BTreeMap::from([(name, duration)]), ..Default::default() };
        let expected = json!({"typed_extension_protocol_options": {
            "x": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "15s"},
        }});
        assert_eq!(to_json(&cluster), expected);
    }
}
