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

/// Phrases for each, as words.
pub(super) fn phrases() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut phrases = Vec::new();
    for (symbol, adjectives) in [("egress", OUTSIDE), ("known-destinations", INSIDE)] {
        for adjective in adjectives {
            phrases.extend(NOUNS.iter().map(|noun| (symbol, adjective.split(' ').chain([*noun]).collect())));
        }
    }
    phrases
}
