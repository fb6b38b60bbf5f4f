//! Meanings of how a node is found, what it calls, and what it logs.

use super::meaning::{Block, Home, Meaning, Set};
use super::node::{act, value};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{AccessLogFormat, CloudMap, Discovery, Dns, Intent, IpPreference};

pub(super) const MEANINGS: &[Meaning] = &[
    act!("service discovery", Resource, true, Node, ["discovery"], |reader, _| Ok(reader.said_here("discovery"))),
    value!("DNS", Dns, true, Node, ["?discovery dns ?discovery"], |intent, spot, _| dns(intent, spot)
        .map(|(_, path)| path)),
    value!(
        "DNS: host name",
        Dns,
        true,
        Node,
        [
            "discovery <dotted:host>",
            "hostname <host>",
            "?discovery dns ?hostname <host>",
            "dns discovery ?hostname <host>",
            "discovery <host> dns",
            "discovery hostname <host>",
            "discovery dns hostname <host>",
        ],
        |intent, spot, slots| {
            let (dns, path) = dns(intent, spot)?;
            put(&mut dns.hostname, slots.text("host"), &path, "hostname")
        }
    ),
    value!("DNS: host name by its dots", Dns, false, Node, ["<dotted:host>"], |intent, spot, slots| {
        let (dns, path) = dns(intent, spot)?;
        put(&mut dns.hostname, slots.text("host"), &path, "hostname")
    }),
    value!(
        "DNS: endpoints",
        Dns,
        true,
        Node,
        ["endpoints-mode", "response-type hosts", "hosts response-type"],
        |intent, spot, _| {
            let (dns, path) = dns(intent, spot)?;
            put(&mut dns.endpoints, true, &path, "endpoints")
        }
    ),
    value!(
        "DNS: load balancer",
        Dns,
        true,
        Node,
        ["loadbalancer-mode", "response-type loadbalancer-mode", "loadbalancer-mode response-type"],
        |intent, spot, _| {
            let (dns, path) = dns(intent, spot)?;
            put(&mut dns.endpoints, false, &path, "endpoints")
        }
    ),
    value!("Cloud Map", CloudMap, true, Node, ["cloud-map ?discovery", "discovery cloud-map"], |intent, spot, _| {
        cloud_map(intent, spot).map(|(_, path)| path)
    }),
    value!(
        "Cloud Map: namespace",
        CloudMap,
        true,
        Node,
        ["namespace <host>", "namespace named <host>", "<host> namespace", "cloud-map <host> namespace"],
        |intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            put(&mut map.namespace, slots.text("host"), &path, "namespace")
        }
    ),
    value!(
        "Cloud Map: service",
        CloudMap,
        false,
        Node,
        [
            "service-name <name>",
            "application <name>",
            "application named <name>",
            "<name> application",
            "<name> service-name"
        ],
        |intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            put(&mut map.service, slots.text("name"), &path, "service")
        }
    ),
    value!("Cloud Map: service name", CloudMap, true, Node, ["service-name <name>"], |intent, spot, slots| {
        let (map, path) = cloud_map(intent, spot)?;
        put(&mut map.service, slots.text("name"), &path, "service")
    }),
    value!(
        "Cloud Map: attribute",
        CloudMap,
        true,
        Node,
        [
            "<name> attribute is|equals <text>",
            "hosts <name> attribute is|equals <text>",
            "attribute <pair>",
            "attribute <name> equals <text>",
            "attribute <name> to <text>",
            "attribute <name> <text>"
        ],
        |intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            let (mut name, mut value) = slots.pair();
            if name.is_empty() {
                (name, value) = (slots.text("name"), slots.text("text"));
            }
            map.attributes.insert(name.clone(), value);
            Ok(format!("{path}.attributes[{name}]"))
        }
    ),
    value!("Cloud Map: more attributes", CloudMap, false, Node, ["<pair>"], |intent, spot, slots| {
        let (map, path) = cloud_map(intent, spot)?;
        let (name, value) = slots.pair();
        map.attributes.insert(name.clone(), value);
        Ok(format!("{path}.attributes[{name}]"))
    }),
    value!("IP: IPv4 only", Resource, true, Node, ["?ip-preference ipv4-only ?ip-preference"], |intent, spot, _| {
        ip(intent, spot, IpPreference::Ipv4Only)
    }),
    value!("IP: IPv6 only", Resource, true, Node, ["?ip-preference ipv6-only ?ip-preference"], |intent, spot, _| {
        ip(intent, spot, IpPreference::Ipv6Only)
    }),
    value!(
        "IP: IPv4 preferred",
        Resource,
        true,
        Node,
        ["?ip-preference ipv4-preferred ?ip-preference"],
        |intent, spot, _| { ip(intent, spot, IpPreference::Ipv4Preferred) }
    ),
    value!(
        "IP: IPv6 preferred",
        Resource,
        true,
        Node,
        ["?ip-preference ipv6-preferred ?ip-preference"],
        |intent, spot, _| { ip(intent, spot, IpPreference::Ipv6Preferred) }
    ),
    act!(
        "backends that are used",
        Resource,
        true,
        Node,
        ["uses|use <names>", "uses|use application <names>"],
        |reader, slots| {
            let names = slots.texts("names");
            let is_known = names.len() > 1
                || names.iter().all(|name| reader.find_named(name).is_some())
                || reader.is_symbol(reader.words.1, &["application", "virtual-service"]);
            if is_known { reader.calls(&names) } else { Err(Trouble::NotHere) }
        }
    ),
    act!(
        "no longer a backend",
        Resource,
        true,
        Node,
        ["no-longer call <names>", "no-longer backend <names>"],
        |reader, slots| { reader.no_longer_calls(&slots.texts("names")) }
    ),
    act!(
        "backends",
        Resource,
        true,
        Node,
        [
            "call ?to ?backend <names>",
            "backend ?named <names>",
            "call ?virtual-service ?application <names>",
            "backend ?virtual-service ?application <names>"
        ],
        |reader, slots| reader.calls(&slots.texts("names"))
    ),
    act!("called by", Resource, true, Node, ["called-by <names>"], |reader, slots| reader
        .called_by(&slots.texts("names"))),
    value!("access log", AccessLog, true, Node, ["access-log"], |intent, spot, _| {
        spot::access_log(intent, spot).map(|(_, path)| path)
    }),
    value!(
        "access log: file",
        AccessLog,
        false,
        Node,
        ["to <path>", "<path>", "path <path>"],
        |intent, spot, slots| {
            let (log, path) = spot::access_log(intent, spot)?;
            put(&mut log.path, slots.text("path"), &path, "path")
        }
    ),
    value!("access log: standard output", AccessLog, true, Node, ["?to stdout"], |intent, spot, _| {
        let (log, path) = spot::access_log(intent, spot)?;
        put(&mut log.path, "/dev/stdout".to_owned(), &path, "path")
    }),
    value!(
        "access log: JSON",
        AccessLog,
        true,
        Node,
        ["as-json ?access-log", "access-log as-json", "json access-log", "access-log format json", "format json"],
        |intent, spot, _| {
            let (log, path) = spot::access_log(intent, spot)?;
            put(&mut log.format, AccessLogFormat::Json(std::collections::BTreeMap::new()), &path, "format")
        }
    ),
    value!(
        "access log: text",
        AccessLog,
        true,
        Node,
        [
            "as-text ?access-log",
            "as-text <text>",
            "access-log format <text>",
            "format <text>",
            "access-log text format"
        ],
        |intent, spot, slots| {
            let (log, path) = spot::access_log(intent, spot)?;
            if log.format == Some(AccessLogFormat::Text(String::new())) {
                log.format = None;
            }
            put(&mut log.format, AccessLogFormat::Text(slots.text("text")), &path, "format")
        }
    ),
];

fn dns(intent: &mut Intent, spot: Spot) -> Result<(&mut Dns, String), Trouble> {
    let (node, path) = spot::node(intent, spot)?;
    match node.discovery.get_or_insert_with(|| Discovery::Dns(Dns::default())) {
        Discovery::Dns(dns) => Ok((dns, path + ".discovery.dns")),
        Discovery::CloudMap(_) => Err(Trouble::Clash("discovery by Cloud Map and by DNS".to_owned())),
    }
}

fn cloud_map(intent: &mut Intent, spot: Spot) -> Result<(&mut CloudMap, String), Trouble> {
    let (node, path) = spot::node(intent, spot)?;
    match node.discovery.get_or_insert_with(|| Discovery::CloudMap(CloudMap::default())) {
        Discovery::CloudMap(map) => Ok((map, path + ".discovery.cloudMap")),
        Discovery::Dns(_) => Err(Trouble::Clash("discovery by DNS and by Cloud Map".to_owned())),
    }
}

fn ip(intent: &mut Intent, spot: Spot, preference: IpPreference) -> Said {
    if spot.place == Place::Mesh {
        let mesh = intent.mesh.get_or_insert_default();
        return put(&mut mesh.ip_preference, preference, "mesh", "ipPreference");
    }
    let (node, path) = spot::node(intent, spot)?;
    put(&mut node.ip_preference, preference, &path, "ipPreference")
}
