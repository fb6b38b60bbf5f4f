//! Meanings of how failed requests are tried again.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::spot::{self, Said, Spot, Trouble, put};
use crate::intent::Intent;
use crate::understanding::Assumption;

/// The events that can be retried, as the API has them.
const EVENTS: &[&str] = &[
    "server-error",
    "gateway-error",
    "client-error",
    "stream-error",
    "connection-error",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
];

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "retry policy",
        block: Block::Retry,
        is_plain: true,
        home: Home::Route,
        ways: &["retry", "retry failure|every ?call"],
        set: Set::Value(|intent, spot, _| spot::retry(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "retries of the requests to what is there",
        block: Block::Retry,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "retry ?failure|every ?call|requests|request|traffic to|for|of|on ?application|virtual-node|virtual-service|virtual-router|route <name> ?application|virtual-node|virtual-service|virtual-router|route",
            "retry ?failure ?application|virtual-node|virtual-service|virtual-router|route <name> ?application|virtual-node|virtual-service|virtual-router|route ?call|requests|request|traffic",
        ],
        set: Set::Act(|reader, slots| reader.retries_of(&slots.text("name"))),
    },
    Meaning {
        name: "retry: how often",
        block: Block::Retry,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "retry ?max <number>",
            "retry failure|every ?call|requests|request ?max <number>",
            "<number> retry",
            "retry times <number>",
            "max <number> retry",
            "?max retry <number>",
        ],
        set: Set::Act(|reader, slots| {
            let (spot, number) = (reader.here()?, slots.number("number"));
            if number > 100 || spot::retry(&mut reader.intent, spot).is_err() {
                return Err(Trouble::NotHere);
            }
            let number = reader.retries_of_attempts(number);
            let (retry, path) = spot::retry(&mut reader.intent, spot)?;
            put(&mut retry.max_retries, number, &path, "maxRetries")
        }),
    },
    Meaning {
        name: "retry: a number",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["max <number>", "<number> times", "<number>"],
        set: Set::Value(|intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            if slots.number("number") > 100 {
                return Err(Trouble::NotHere);
            }
            put(&mut retry.max_retries, slots.number("number"), &path, "maxRetries")
        }),
    },
    Meaning {
        name: "retry: on an answer of a number",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events on <number>", "<number>"],
        set: Set::Act(|reader, slots| {
            let number = slots.number("number");
            let (name, others) = match number {
                500 => ("server-error", "500 to 511"),
                502..=504 => ("gateway-error", "502, 503 and 504"),
                409 => ("client-error", "409"),
                _ => return Err(Trouble::NotHere),
            };
            reader.set_aside(reader.words.start, reader.words.end);
            reader.assumptions.push(Assumption {
                what: format!("retries on {number} are retries on {name}, which means {others}"),
                why: "App Mesh has no event for one of them".to_owned(),
            });
            event(&mut reader.intent, reader.spot.ok_or(Trouble::NotHere)?, name)
        }),
    },
    Meaning {
        name: "retry: once",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["retry once", "once"],
        set: Set::Value(|intent, spot, _| {
            let (retry, path) = spot::retry(intent, spot)?;
            put(&mut retry.max_retries, 1, &path, "maxRetries")
        }),
    },
    Meaning {
        name: "retry: time per attempt",
        block: Block::Retry,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "per-try ?timeout <span>",
            "per-try take|takes|for <span>",
            "<span> per-try ?timeout",
            "<span> timeout per-try",
            "timeout per-try <span>",
            "timeout <span> per-try",
            "<span> for per-try",
            "per-try take|takes|lowest|for|run|within|max|get|gets ?max <span>",
            "max <span> per-try",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            put(&mut retry.per_retry_timeout, slots.span(), &path, "perRetryTimeout")
        }),
    },
    Meaning {
        name: "retry: a time",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["timeout <span>", "<span> timeout", "every <span>", "<span>"],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            // "5 retries and timeout 30s": beside retries, and not of a retry policy, a timeout is the request's.
            let (words, is_joint) =
                (reader.words.clone(), matches!(reader.low_before(reader.words.start), "and" | ","));
            let is_timeout = is_joint && reader.is_symbol(words.start, &["timeout"]);
            if is_timeout && !reader.speaks_of_policy() {
                return Err(Trouble::NotHere);
            }
            let (retry, path) = spot::retry(&mut reader.intent, spot)?;
            put(&mut retry.per_retry_timeout, slots.span(), &path, "perRetryTimeout")
        }),
    },
    Meaning {
        name: "retry: on which events",
        block: Block::Retry,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "events server-error|gateway-error|client-error|stream-error|connection-error",
            "events cancelled|deadline-exceeded|internal|resource-exhausted|unavailable",
        ],
        set: Set::Act(|reader, _| {
            let said = EVENTS.iter().find(|event| reader.is_symbol(reader.words.end - 1, &[event]));
            let (Some(said), spot) = (said, reader.here()?) else { return Err(Trouble::NotHere) };
            event(&mut reader.intent, spot, said)
        }),
    },
    Meaning {
        name: "retry: on server errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events server-error"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "server-error")),
    },
    Meaning {
        name: "retry: on gateway errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events gateway-error"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "gateway-error")),
    },
    Meaning {
        name: "retry: on client errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events client-error"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "client-error")),
    },
    Meaning {
        name: "retry: on stream errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events stream-error"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "stream-error")),
    },
    Meaning {
        name: "retry: on connection errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events connection-error"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "connection-error")),
    },
    Meaning {
        name: "retry: on cancelled calls",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events cancelled"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "cancelled")),
    },
    Meaning {
        name: "retry: on exceeded deadlines",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events deadline-exceeded"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "deadline-exceeded")),
    },
    Meaning {
        name: "retry: on internal errors",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events internal"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "internal")),
    },
    Meaning {
        name: "retry: on exhausted resources",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events resource-exhausted"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "resource-exhausted")),
    },
    Meaning {
        name: "retry: when unavailable",
        block: Block::Retry,
        is_plain: false,
        home: Home::Route,
        ways: &["?events unavailable"],
        set: Set::Value(|intent, spot, _| event(intent, spot, "unavailable")),
    },
    Meaning {
        name: "no retries",
        block: Block::Retry,
        is_plain: true,
        home: Home::Route,
        ways: &["no retry"],
        set: Set::Value(|intent, spot, _| match spot::retry(intent, spot) {
            Ok((retry, path)) => put(&mut retry.max_retries, 0, &path, "maxRetries"),
            // Only routes retry.
            Err(_) => opens_block(),
        }),
    },
];

fn event(intent: &mut Intent, spot: Spot, event: &str) -> Said {
    let (retry, path) = spot::retry(intent, spot)?;
    if !retry.events.iter().any(|there| there == event) {
        retry.events.push(event.to_owned());
    }
    Ok(path + ".events")
}
