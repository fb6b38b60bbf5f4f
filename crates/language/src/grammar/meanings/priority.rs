//! Meanings of which route is tried first.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "priority: last",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["lowest priority", "priority lowest", "tried|evaluated|checked|match|considered|come|comes lowest"],
        set: Set::Act(|reader, _| reader.priority(1000)),
    },
    Meaning {
        name: "priority: before what is left",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "win|wins|winning|beat|beats|beating|before|ahead ?between otherwise|rest ?route|traffic|requests",
            "take|taking|takes priority between otherwise|rest ?route|traffic|requests",
        ],
        set: Set::Act(|reader, _| reader.wins_over_the_rest()),
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
            "before|ahead anything|everything|all ?otherwise ?is ?tried|checked|considered",
            "before|ahead all|any|every route",
            "take|taking|takes priority between everything|all|anything",
        ],
        set: Set::Act(|reader, _| reader.priority(0)),
    },
    Meaning {
        name: "priority: before or after another route",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?change|add|placed|come|comes|send|tried|evaluated|checked|match|considered before|after ?route|gateway-route <name>",
            "?take|takes priority between ?route|gateway-route <name>",
            "higher priority than ?route|gateway-route <name>",
        ],
        set: Set::Act(|reader, slots| {
            let words = reader.words.clone();
            let is_after = words.clone().any(|at| reader.is_symbol(at, &["after"]));
            reader.tried_beside(&slots.text("name"), is_after)
        }),
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
    Meaning {
        name: "priorities of several routes",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &["priority <numbers>"],
        set: Set::Act(|reader, slots| reader.priorities(&slots.numbers("numbers"))),
    },
];
