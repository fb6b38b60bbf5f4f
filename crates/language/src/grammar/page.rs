//! The page of the docs that says what can be said: every meaning, with examples made from its patterns.

use std::fmt::Write as _;

use super::block::Block;
use super::meaning::Meaning;
use super::meanings::{AREAS, Area};
use super::slot::Slot;
use crate::beyond::table;
use crate::lexicon::usual_way;

/// How many ways to say a meaning are shown.
const MAX_WAYS: usize = 4;

/// A value for each slot.
const VALUES: &[(Slot, &str)] = &[
    (Slot::Span, "30 seconds"),
    (Slot::Number, "3"),
    (Slot::Numbers, "8080 and 8081"),
    (Slot::Percent, "10%"),
    (Slot::Ratio, "90/10"),
    (Slot::Decimal, "0.5"),
    (Slot::LogFields, "the method and the status"),
    (Slot::Path, "/api"),
    (Slot::Name, "orders"),
    (Slot::AnyName, "orders"),
    (Slot::Names, "orders and payments"),
    (Slot::Text, "v2"),
    (Slot::Address, "arn:aws:acm:…"),
    (Slot::Image, "shop/orders:1.0"),
    (Slot::Tag, "v1.34.13.3-prod"),
    (Slot::Protocol, "http2"),
    (Slot::Pair, "x-version: v2"),
    (Slot::TagPair, "team: shop"),
    (Slot::Host, "orders.local"),
    (Slot::Dotted, "orders.local"),
    (Slot::HeaderName, "x-version"),
    (Slot::Method, "GET"),
];

const INTRODUCTION: &str = "\
# What can be said

What `meshwright generate` understands. `cargo xtask docs` writes this page from the grammar itself, and the requests from \
the paraphrase suite.

Words in brackets may be left out. Each word stands for its synonyms too, articles and small words may stand anywhere, and \
parts come in any order. What is said of a block, such as the interval of a health check, is understood once the block was \
named, or right before it is. What is not understood is named, and nothing is invented to cover it.

## Changes of files

With `--into`, the names of the files are known, and what is said is held against what stands there:

- A change that was made already is made no more, and the exit code is 0. What a request says was there before (\"from 3 to 5 \
retries\", \"not 10\", \"instead of /ping\") must stand there, unless the new value does already; else that is asked about.
- What is to be taken away and is not there is asked about, with the nearest name, and the exit code is 1, also where the same \
request took it away before: a file does not tell what is gone from what is misspelt, and to answer that nothing is left of a \
name with a slip in it would leave there what should go. A part of what is there, such as a health check, a backend or a tag, \
may be gone already, and then nothing changes.
- All of a kind are meant by \"every gateway\", \"all routes of router r\", \"both cart nodes\"; a part of a part may stand in any \
order: \"the interval of the health check of cart\", \"cart's health check interval\".
- A copy of a node has all that its original has, but what is said of it; \"without a health check\" takes that from the copy.
- \"Before x\" and \"after x\" give a route a number between those of `x` and its neighbour, unless it has one already on that \
side. A new route without a name gets the number beside that of `x`.
- A third is 33 %, two thirds are 67 %. A change by an amount (\"5% more\", \"one more retry\") is refused, as it would grow when \
asked twice.

## Requests

| about | request |
|---|---|
";

/// The page, with a request for each capability.
pub fn page(requests: &[(String, String)]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for (capability, request) in requests {
        let request = request.replace('\n', " ").replace('|', "\\|");
        writeln!(page, "| {} | {request} |", capability.replace('-', " ")).expect("text can be written");
    }
    for Area { heading, example, meanings } in AREAS {
        write!(
            page,
            "\n## {heading}\n\nFor example: “{example}”\n\n| what | understood | ways to say it |\n|---|---|---|\n"
        )
        .expect("text can be written");
        for meaning in *meanings {
            page.push_str(&row(meaning));
        }
    }
    page.push_str("\n## What App Mesh has no setting for\n\n| wish | nearest | source |\n|---|---|---|\n");
    for (what, nearest, source) in table() {
        writeln!(page, "| {what} | {nearest} | {source} |").expect("text can be written");
    }
    page
}

fn row(meaning: &Meaning) -> String {
    let place = if meaning.is_plain { "anywhere" } else { within(meaning.block) };
    let mut ways: Vec<String> = Vec::new();
    for way in meaning.ways.iter().map(|way| format!("“{}”", example(way))) {
        if !ways.contains(&way) && ways.len() < MAX_WAYS {
            ways.push(way);
        }
    }
    format!("| {} | {place} | {} |\n", meaning.name, ways.join(", "))
}

/// Where words of a block are understood.
fn within(block: Block) -> &'static str {
    match block {
        Block::Resource => "of a resource",
        Block::HealthCheck => "of a health check",
        Block::Timeout => "of a timeout",
        Block::Retry => "of retries",
        Block::OutlierDetection => "of outlier detection",
        Block::ConnectionPool => "of a connection pool",
        Block::Tls => "of TLS",
        Block::Dns => "of discovery by DNS",
        Block::CloudMap => "of discovery by Cloud Map",
        Block::AccessLog => "of an access log",
        Block::Match => "of a route",
        Block::Rewrite => "of a rewrite",
        Block::Sidecar => "of a sidecar",
        Block::Egress => "of egress",
        Block::Tags => "of tags",
        Block::Environments => "of environments",
    }
}

/// A pattern with values in its slots and the usual words for its symbols.
fn example(pattern: &str) -> String {
    let words: Vec<String> = pattern.split_whitespace().map(part).collect();
    words.join(" ").replace(" ,", ",").replace(" :", ":").replace("( ", "(").replace(" )", ")")
}

fn part(part: &str) -> String {
    if let Some(slot) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
        let slot = Slot::named(slot.split(':').next().unwrap_or_default());
        let value = VALUES.iter().find(|(known, _)| Some(*known) == slot);
        return value.map_or_else(|| "…".to_owned(), |(_, value)| (*value).to_owned());
    }
    let first = |words: &str| usual_way(words.split('|').next().unwrap_or_default());
    match part.strip_prefix('?') {
        Some(words) => format!("[{}]", first(words)),
        None => first(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_as_english() {
        assert_eq!(example("retry ?max <number>"), "retry [max] 3");
        assert_eq!(example("health-check every <span>"), "health check every 30 seconds");
        assert_eq!(example("<name> ( <percent> )"), "orders (10%)");
    }

    #[test]
    fn every_slot_has_a_value() {
        for meaning in AREAS.iter().flat_map(|area| area.meanings) {
            for way in meaning.ways {
                assert!(example(way).split(' ').all(|word| word != "…"), "{}: {way}", meaning.name);
            }
        }
    }
}
