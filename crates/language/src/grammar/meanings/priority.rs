//! Meanings of which route is tried first.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::Trouble;
use crate::lexer::TokenKind;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "priority: last",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["lowest priority", "priority lowest", "tried|evaluated|checked|match|considered lowest"],
        set: Set::Act(|reader, _| reader.tried_last()),
    },
    Meaning {
        name: "priority: before what is left",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "win|wins|winning|beat|beats|beating|before|ahead ?between otherwise|rest ?route|traffic|requests",
            "take|taking|takes priority between otherwise|rest ?route|traffic|requests",
            "tried|evaluated|checked|match|considered|come|comes first",
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
        name: "priority: before the route that is there",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?change|add|placed|come|comes|tried|evaluated|checked|match|considered before|ahead ?existing|current|other|otherwise|old route",
            "?take|takes priority between existing|current|other|otherwise|old route",
            "?change|add|placed|come|comes|tried|evaluated|checked|match|considered before|ahead existing|current|other|old <number:one>",
        ],
        set: Set::Act(|reader, _| {
            // "before the existing one"
            let end = reader.words.end - 1;
            let is_number = reader.token(end).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
            if is_number && reader.low(end) != "one" {
                return Err(Trouble::NotHere);
            }
            let is_several = reader.token(reader.words.end - 1).is_some_and(|token| token.text.ends_with('s'));
            if is_several { reader.wins_over_the_rest() } else { reader.tried_before_the_other() }
        }),
    },
    Meaning {
        name: "priority: before or after another route",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?change|add|placed|come|comes|send|tried|evaluated|checked|match|considered before|ahead|after ?route|gateway-route <name> ?route|gateway-route",
            "?take|takes priority between ?route|gateway-route <name> ?route|gateway-route",
            "higher priority than ?route|gateway-route <name> ?route|gateway-route",
        ],
        set: Set::Act(|reader, slots| {
            let words = reader.words.clone();
            let is_after = words.clone().any(|at| reader.is_symbol(at, &["after"]));
            reader.tried_beside(&slots.text("name"), is_after)
        }),
    },
    Meaning {
        name: "priority of one more route that is there",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &["?route <name> ?route ?priority|to|equals <number>"],
        set: Set::Act(|reader, slots| reader.next_priority(&slots.text("name"), slots.number("number"))),
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
