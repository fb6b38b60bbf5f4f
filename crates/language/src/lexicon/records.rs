//! What a host name stands for, in any combination of the words: "every IP it returns" is each an endpoint.

/// How many of them.
const ALL: &[&str] = &["every", "each", "all", "all the", "all of the", "every single"];

/// What a name server answers with.
const RECORDS: &[&str] = &[
    "ip",
    "ips",
    "ip address",
    "ip addresses",
    "address",
    "addresses",
    "record",
    "records",
    "a record",
    "a records",
    "answer",
    "answers",
];

/// That it does.
const RETURNED: &[&str] = &[
    "it returns",
    "that it returns",
    "dns returns",
    "that dns returns",
    "it resolves to",
    "that it resolves to",
    "the name resolves to",
    "returned",
    "that is returned",
    "that are returned",
    "returned by dns",
    "behind the name",
];

/// Verbs of a name server.
const RETURNING: &[&str] = &["return", "returns", "returning", "give", "gives", "resolve to", "resolves to"];

/// Phrases for all addresses of a host name, as words.
pub(super) fn phrases() -> Vec<Vec<&'static str>> {
    let words = |parts: &[&'static str]| parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>();
    let mut phrases = Vec::new();
    for all in ALL {
        for record in RECORDS.iter().chain(&["endpoint", "endpoints", "host", "hosts"]) {
            phrases.extend(RETURNING.iter().map(|returning| words(&[*returning, *all, *record])));
        }
        for record in RECORDS {
            phrases.extend(RETURNED.iter().map(|returned| words(&[*all, *record, *returned])));
            phrases.push(words(&[*all, "returned", *record]));
        }
    }
    phrases
}
