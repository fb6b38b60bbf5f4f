//! Where calls go that leave the mesh or stay in it, in any combination of the words: "unknown hosts", "registered services".

/// Words for what is no part of the mesh.
const OUTSIDE: &[&str] = &[
    "external",
    "unknown",
    "outside",
    "foreign",
    "public",
    "unlisted",
    "unregistered",
    "undeclared",
    "non mesh",
    "other external",
];

/// Words for what is.
const INSIDE: &[&str] = &["known", "registered", "declared", "listed", "mesh internal", "in mesh"];

/// Nouns for what is called.
const NOUNS: &[&str] = &[
    "address",
    "addresses",
    "api",
    "apis",
    "destination",
    "destinations",
    "domain",
    "domains",
    "endpoint",
    "endpoints",
    "host",
    "hosts",
    "ip",
    "internet",
    "ips",
    "service",
    "services",
    "site",
    "sites",
    "system",
    "systems",
    "url",
    "urls",
];

/// What goes there.
const CALLS: &[&str] = &[
    "calls",
    "outgoing calls",
    "outbound calls",
    "connections",
    "outgoing connections",
    "outbound connections",
    "requests",
    "outgoing requests",
    "traffic",
    "outgoing traffic",
    "outbound traffic",
    "egress",
];

/// The world around the mesh.
const WORLD: &[&str] =
    &["the internet", "internet", "the public internet", "the outside world", "the outside", "public endpoints"];

/// What the mesh consists of, where no kind of it is named.
const MEMBERS: &[&str] =
    &["things", "other things", "stuff", "other stuff", "members", "what is", "what's", "whatever is"];

/// Phrases for each, as words.
pub(super) fn phrases() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut phrases = Vec::new();
    for (symbol, adjectives) in [("egress", OUTSIDE), ("known-destinations", INSIDE)] {
        for adjective in adjectives {
            phrases.extend(NOUNS.iter().map(|noun| (symbol, adjective.split(' ').chain([*noun]).collect())));
        }
    }
    let words = |parts: &[&'static str]| parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>();
    for calls in CALLS {
        phrases.extend(WORLD.iter().map(|world| ("egress", words(&[*calls, "to", *world]))));
    }
    phrases.extend(["whole", "open"].map(|kind| ("egress", words(&[kind, "internet"]))));
    for member in MEMBERS {
        let within = ["in", "inside", "within", "of", "inside of"];
        phrases.extend(within.map(|within| ("known-destinations", words(&[*member, within, "the mesh"]))));
    }
    phrases
}
