//! Meanings of which route is tried first.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Trouble};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "priority: last",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["lowest priority", "priority lowest"],
        set: Set::Act(|reader, _| reader.priority(1000)),
    },
    Meaning {
        name: "priority: before what is left",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "win|wins|winning|beat|beats|beating|before ?between otherwise|rest ?route|traffic|requests",
            "take priority between otherwise|rest ?route|traffic|requests",
        ],
        // A route with a condition comes before one without, whatever is said of it.
        set: Set::Act(|reader, _| {
            let spot = reader.here()?;
            let (matcher, _) = spot::matcher(&mut reader.intent, spot)?;
            let is_narrower = !matcher.is_empty() && !matcher.otherwise;
            if is_narrower { reader.sets_nothing() } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "priority: first",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "highest priority",
            "priority highest",
            "win|wins|winning|beat|beats|beating ?between everything|all|anything",
            "before anything|everything ?otherwise ?is ?tried|checked|considered",
            "take priority between everything|all|anything",
        ],
        set: Set::Act(|reader, _| reader.priority(0)),
    },
    Meaning {
        name: "priority",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "priority <number>",
            "<number> priority",
            "priority first <number>",
            "highest|lowest|first priority ( <number>",
            "priority highest|lowest|first ( <number>",
        ],
        set: Set::Act(|reader, slots| reader.priority(slots.number("number"))),
    },
];
