//! Meanings of how a node's hosts are found.

use crate::grammar::block::{Block, Home};
use crate::grammar::hosts::{cloud_map, dns};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Intent, IpPreference};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "service discovery",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["discovery"],
        set: Set::Act(|_, _| opens_block()),
    },
    Meaning {
        name: "DNS",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["?discovery dns ?discovery"],
        set: Set::Value(|intent, spot, _| dns(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "DNS: host name",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "discovery <dotted:host>",
            "hostname <host>",
            "?discovery dns ?hostname <host>",
            "dns discovery ?hostname <host>",
            "discovery <host> dns",
            "discovery hostname <host>",
            "discovery dns hostname <host>",
            "<dotted:host> as|for ?dns hostname",
            "hostname <dotted:host> for dns",
        ],
        set: Set::Act(|reader, slots| {
            // "the dns of orders should …" says whose it is, "its DNS should behave like …" what it does: neither is a host name.
            let last = reader.words.end - 1;
            let before = ["of", "should", "must", "shall", "can", "may", "will"];
            let is_none = !slots.text("host").contains('.') && reader.is_word(last - 1, &before);
            if is_none { Err(Trouble::NotHere) } else { reader.hostname(&slots.text("host")) }
        }),
    },
    Meaning {
        name: "DNS: host names of several",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["?discovery dns hostname <names>", "hostname <names>", "<names> as|for ?dns hostname", "dns <names>"],
        set: Set::Act(|reader, slots| reader.hostnames(&slots.texts("names"))),
    },
    Meaning {
        name: "DNS: host name among other values",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["<dotted:host>"],
        set: Set::Act(|reader, slots| reader.hostname_in_list(&slots.text("host"))),
    },
    Meaning {
        name: "DNS: host name where it is",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["at <dotted:host>", "hosts <dotted:host>"],
        set: Set::Act(|reader, slots| {
            let of_node = reader.spot.is_some_and(|spot| matches!(spot.place, Place::Node(_)));
            // "host a.example.com goes to web"
            let is_sent = reader.is_symbol(reader.words.end, &["send", "to"]);
            // "only the host a.x.local is allowed"
            let is_listed =
                matches!(reader.low_before(reader.words.start), "," | ":" | ";" | "." | "(" | "and" | "with")
                    && reader.ends_clause(reader.words.end);
            let is_told = is_listed || reader.low(reader.words.start) == "at";
            if !of_node || !reader.is_current || reader.sending || is_sent || !is_told || reader.last_calls.is_some() {
                return Err(Trouble::NotHere);
            }
            reader.hostname(&slots.text("host"))
        }),
    },
    Meaning {
        name: "DNS: host of what is described",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["hosts <dotted:host>"],
        set: Set::Act(|reader, slots| {
            // "an email service on grpc 50051, host email.shop.local", and not a host that a gateway matches
            let spot = reader.here()?;
            let of_node = matches!(spot.place, Place::Node(_) | Place::Application(_));
            let is_found = spot::node(&mut reader.intent, spot).is_ok_and(|(node, _)| node.discovery.is_some());
            let is_apart = matches!(reader.low_before(reader.words.start), "," | "and" | "with" | "(");
            let is_said = reader.tokens[reader.words.start].text.eq_ignore_ascii_case("host");
            if !of_node || is_found || !is_apart || !is_said || !reader.is_current || reader.sending {
                return Err(Trouble::NotHere);
            }
            reader.hostname(&slots.text("host"))
        }),
    },
    Meaning {
        name: "DNS: host name and port",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &["<dotted:host> : <number:port>"],
        set: Set::Act(|reader, slots| {
            reader.hostname(&slots.text("host"))?;
            reader.port(slots.number("port"), None)
        }),
    },
    Meaning {
        name: "DNS: domain of the host names",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "?discovery dns ?discovery under|below|beneath|in|within ?hostname <dotted:host>",
            "?discovery dns hostname under|below|beneath|in|within <dotted:host>",
            "hostname under|below|beneath|in|within <dotted:host>",
            "?discovery dns ?discovery ?with|using suffix <dotted:host>",
            "?discovery dns ?discovery ?with|using hostname suffix <dotted:host>",
            "hostname suffix <dotted:host>",
            "under <dotted:host>",
            "namespace <dotted:host> ?between|via|by|with|using dns",
            "dns ?between|in|with namespace <dotted:host>",
        ],
        set: Set::Act(|reader, slots| reader.domain(&slots.text("host"))),
    },
    Meaning {
        name: "DNS: host name by its dots",
        block: Block::Dns,
        is_plain: false,
        home: Home::Node,
        ways: &["<dotted:host>"],
        set: Set::Act(|reader, slots| reader.hostname(&slots.text("host"))),
    },
    Meaning {
        name: "DNS: endpoints",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "endpoints-mode",
            "endpoints-mode hosts",
            "response-type hosts",
            "hosts response-type",
            "discovery as|to hosts",
            "every|all dns hosts",
            "every|each|all ?dns hostname|record|records|answer|answers|address|response-type hosts",
        ],
        set: Set::Value(|intent, spot, _| {
            let (dns, path) = dns(intent, spot)?;
            put(&mut dns.endpoints, true, &path, "endpoints")
        }),
    },
    Meaning {
        name: "DNS: load balancer",
        block: Block::Dns,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "loadbalancer-mode ?hostname",
            "<number> loadbalancer-mode hostname",
            "response-type loadbalancer-mode",
            "loadbalancer-mode response-type",
        ],
        set: Set::Value(|intent, spot, _| {
            let (dns, path) = dns(intent, spot)?;
            put(&mut dns.endpoints, false, &path, "endpoints")
        }),
    },
    Meaning {
        name: "Cloud Map",
        block: Block::CloudMap,
        is_plain: true,
        home: Home::Node,
        ways: &["cloud-map ?discovery", "discovery cloud-map", "registered|registers ?between cloud-map ?discovery"],
        set: Set::Value(|intent, spot, _| cloud_map(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "Cloud Map: namespace",
        block: Block::CloudMap,
        is_plain: true,
        home: Home::Node,
        ways: &["namespace <host>", "namespace named <host>", "<host> namespace", "cloud-map <host> namespace"],
        set: Set::Value(|intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            put(&mut map.namespace, slots.text("host"), &path, "namespace")
        }),
    },
    Meaning {
        name: "Cloud Map: service",
        block: Block::CloudMap,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "service-name <name>",
            "application <name>",
            "application named <name>",
            "<name> application",
            "<name> service-name",
        ],
        set: Set::Act(|reader, slots| reader.service_name(&slots.text("name"))),
    },
    Meaning {
        name: "Cloud Map: service name",
        block: Block::CloudMap,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "service-name <name>",
            "registered|registers application|service-name <name> ?between cloud-map",
            "registered|registers <name> ?between cloud-map",
            "cloud-map ?discovery as ?application|service-name <name>",
        ],
        set: Set::Act(|reader, slots| reader.service_name(&slots.text("name"))),
    },
    Meaning {
        name: "Cloud Map: attribute that tells versions apart",
        block: Block::CloudMap,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "distinguished|differentiated|separated|differ|told ?apart ?by attribute ?named <name>",
            "distinguished|differentiated|separated|differ|told ?apart ?by <name> attribute",
        ],
        set: Set::Act(|reader, slots| {
            // The value of each is the name of its version.
            if !reader.intent.applications.iter().any(|application| !application.versions.is_empty()) {
                return Err(Trouble::NotHere);
            }
            let spot = reader.here()?;
            let (map, path) = cloud_map(&mut reader.intent, spot)?;
            put(&mut map.version_attribute, slots.text("name"), &path, "versionAttribute")
        }),
    },
    Meaning {
        name: "Cloud Map: attribute",
        block: Block::CloudMap,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "<name> attribute is|equals <text>",
            "hosts <name> attribute is|equals <text>",
            "attribute <pair>",
            "attribute <name> equals <text>",
            "attribute <name> to <text>",
            "attribute <name> <text>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            let (name, value) = slots.pair("name", "text");
            map.attributes.insert(name.clone(), value);
            Ok(format!("{path}.attributes[{name}]"))
        }),
    },
    Meaning {
        name: "Cloud Map: more attributes",
        block: Block::CloudMap,
        is_plain: false,
        home: Home::Node,
        ways: &["<pair>"],
        set: Set::Value(|intent, spot, slots| {
            let (map, path) = cloud_map(intent, spot)?;
            let (name, value) = slots.pair("name", "text");
            map.attributes.insert(name.clone(), value);
            Ok(format!("{path}.attributes[{name}]"))
        }),
    },
    Meaning {
        name: "IP preference of the mesh that is named next",
        block: Block::Resource,
        is_plain: true,
        home: Home::Mesh,
        ways: &[
            "?dual-stack ?discovery ?ip-preference ?to ipv4-only|ipv6-only|ipv4-preferred|ipv6-preferred ?ip-preference ?dual-stack",
        ],
        set: Set::Act(|reader, _| {
            let end = reader.words.end;
            // "in mesh shop" says whose it is where no node was spoken of.
            let is_alone = reader.intent.virtual_nodes.is_empty() && reader.intent.applications.is_empty();
            let end = if is_alone { reader.past(end, &["in", "for", "of", "on", "the"]) } else { end };
            let preference = reader.words.clone().find_map(|at| match reader.low(at) {
                "ipv4-only" => Some(IpPreference::Ipv4Only),
                "ipv6-only" => Some(IpPreference::Ipv6Only),
                "ipv4-preferred" => Some(IpPreference::Ipv4Preferred),
                "ipv6-preferred" => Some(IpPreference::Ipv6Preferred),
                _ => None,
            });
            match preference.filter(|_| reader.is_symbol(end, &["mesh"])) {
                Some(preference) => ip(&mut reader.intent, Spot::at(Place::Mesh), preference),
                None => Err(Trouble::NotHere),
            }
        }),
    },
    Meaning {
        name: "IP: IPv4 only",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["?dual-stack ?discovery ?ip-preference ?to ipv4-only ?ip-preference ?dual-stack"],
        set: Set::Value(|intent, spot, _| ip(intent, spot, IpPreference::Ipv4Only)),
    },
    Meaning {
        name: "IP: IPv6 only",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["?dual-stack ?discovery ?ip-preference ?to ipv6-only ?ip-preference ?dual-stack"],
        set: Set::Value(|intent, spot, _| ip(intent, spot, IpPreference::Ipv6Only)),
    },
    Meaning {
        name: "IP: IPv4 preferred",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["?dual-stack ?discovery ?ip-preference ?to ipv4-preferred ?ip-preference ?dual-stack"],
        set: Set::Value(|intent, spot, _| ip(intent, spot, IpPreference::Ipv4Preferred)),
    },
    Meaning {
        name: "IP: IPv6 preferred",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["?dual-stack ?discovery ?ip-preference ?to ipv6-preferred ?ip-preference ?dual-stack"],
        set: Set::Value(|intent, spot, _| ip(intent, spot, IpPreference::Ipv6Preferred)),
    },
];

fn ip(intent: &mut Intent, spot: Spot, preference: IpPreference) -> Said {
    if spot.place == Place::Mesh {
        let mesh = intent.mesh.get_or_insert_default();
        return put(&mut mesh.ip_preference, preference, "mesh", "ipPreference");
    }
    let (node, path) = spot::node(intent, spot)?;
    put(&mut node.ip_preference, preference, &path, "ipPreference")
}
