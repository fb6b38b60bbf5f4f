//! Meanings of how long requests may take and connections be silent.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::Span;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "request timeout",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Any,
        ways: &[
            "request ?max <span>",
            "request-timeout <span>",
            "<span> request-timeout",
            "timeout <span>",
            "<span> timeout",
            "timeout after <span>",
            "<span> before timeout",
            "kill|end|abort|cancel request|requests after <span>",
            "<span> request-timeout timeout",
            "timeout <span> request-timeout",
            "take|takes ?max <span>",
            "take ?max <span>",
            "all-traffic ?to take ?max <span>",
            "<span> for request-timeout",
            "requests ?max <span>",
            "listen requests|request run|take|takes ?for ?max <span>",
            "requests|request timeout ?after|at ?max <span>",
            "max <span> for requests|request",
            "within <span>",
            "kill|kills|end|ends|abort|aborts|cancel|cancels|drop-all request|requests after|at <span>",
            "kill|kills|end|ends|abort|aborts|cancel|cancels|drop-all request|requests take|run|lowest ?longer <span>",
            "request|requests die|dies|expire|expires|end|ends|fail|fails after <span>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.per_request, slots.span(), &path, "perRequest")
        }),
    },
    Meaning {
        name: "how long the calls of something take",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "<name> traffic|requests|request|call create|take|takes|run ?up ?max <span>",
            "requests|request|call to|of|for <name> create|take|takes|run ?up ?max <span>",
        ],
        set: Set::Act(|reader, slots| reader.time_of(&slots.text("name"), slots.span())),
    },
    Meaning {
        name: "the timeout that was said, everywhere",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Next,
        ways: &["timeout everything ?it ?is matters|needed|necessary|required|relevant|applicable|applies"],
        set: Set::Act(|reader, _| {
            let is_said = reader.evidence.last().is_some_and(|last| last.path.to_lowercase().contains("timeout"));
            if is_said && reader.ends_clause(reader.words.end) { reader.sets_nothing() } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "request timeout: none",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Any,
        ways: &[
            "request-timeout unlimited",
            "timeout unlimited",
            "unlimited ?request-timeout ?timeout",
            "request-timeout off",
            "timeout off",
            "no request-timeout",
            "no timeout",
            "request-timeout none",
            "request-timeout <number>",
        ],
        set: Set::Value(|intent, spot, slots| {
            // A number without a unit is a time only where it is none.
            if slots.number("number") > 0 {
                return Err(Trouble::NotHere);
            }
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.per_request, Span::millis(0), &path, "perRequest")
        }),
    },
    Meaning {
        name: "a time in a timeout",
        block: Block::Timeout,
        is_plain: false,
        home: Home::Any,
        ways: &["to <span>", "<span>"],
        set: Set::Value(|intent, spot, slots| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.per_request, slots.span(), &path, "perRequest")
        }),
    },
    Meaning {
        name: "timeout",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Any,
        ways: &["timeout", "request-timeout"],
        set: Set::Act(|_, _| opens_block()),
    },
    Meaning {
        name: "idle timeout",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Any,
        ways: &[
            "close|closes|closing connections after <span> ?idle",
            "connections idle ?after <span>",
            "drop-all ?connections idle ?for <span>",
            "close|closes|closing connections idle ?for <span>",
            "close|closes idle ?connections ?listener ?after <span>",
            "idle ?timeout ?connections <span>",
            "<span> idle ?timeout",
            "idle ?timeout after <span>",
            "connections idle ?for ?after <span>",
            "timeout idle <span>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.idle, slots.span(), &path, "idle")
        }),
    },
    Meaning {
        name: "idle timeout: none",
        block: Block::Timeout,
        is_plain: true,
        home: Home::Any,
        ways: &[
            "no idle ?timeout",
            "idle ?timeout unlimited|no|none",
            "idle ?timeout off",
            "idle ?timeout <number>",
            "unlimited idle ?timeout",
        ],
        set: Set::Value(|intent, spot, slots| {
            // A number without a unit is a time only where it is none.
            if slots.number("number") > 0 {
                return Err(Trouble::NotHere);
            }
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.idle, Span::millis(0), &path, "idle")
        }),
    },
];
