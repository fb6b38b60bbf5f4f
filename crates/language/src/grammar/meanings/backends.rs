//! Meanings of what a node calls.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::spot::{self, Place, Trouble};
use crate::lexer::Token;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "backends that are used",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["uses|use <names>", "uses|use application <names>"],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            // "use api.shop.local as hostname"
            if reader.is_word(reader.words.end, &["as", "for"]) {
                return Err(Trouble::NotHere);
            }
            let is_known = names.len() > 1
                || names.iter().all(|name| {
                    let is_it = |token: &&Token| token.text.eq_ignore_ascii_case(name);
                    reader.find_named(name).is_some() || reader.tokens.iter().filter(is_it).count() > 1
                })
                // "basket uses redis (tcp, 6379)"
                || reader.known.is_none() && reader.begins_detail(reader.words.end)
                || reader.is_symbol(reader.words.end, &["application", "virtual-service"]);
            if is_known { reader.calls(&names) } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "no longer a backend",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no-longer call <names>", "no-longer backend <names>"],
        set: Set::Act(|reader, slots| reader.no_longer_calls(&slots.texts("names"))),
    },
    Meaning {
        name: "no longer a backend that is reached or needed",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "no-longer send ?to <names> ?anymore|more",
            "no-longer create|use|needs <names> ?anymore|more",
            "no create|use|call|send ?to <names> anymore|more",
        ],
        set: Set::Act(|reader, slots| {
            // Where all is made anew, nothing was called before.
            if reader.known.is_none() {
                return Err(Trouble::NotHere);
            }
            reader.no_longer_calls(&slots.texts("names"))
        }),
    },
    Meaning {
        name: "backends",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "call ?to ?backend <names>",
            "backend ?named <names>",
            "call ?virtual-service ?application ?named <names>",
            "backend ?virtual-service ?application <names>",
            "<names> as backend",
            "have|has <names> as backend",
        ],
        set: Set::Act(|reader, slots| reader.calls(&slots.texts("names"))),
    },
    Meaning {
        name: "a backend that was just made",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["call ?to it ?too", "it as backend"],
        set: Set::Act(|reader, _| reader.calls_what_is_made()),
    },
    Meaning {
        name: "backends in place of others",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "call ?to ?virtual-service ?application <names> instead ?virtual-service ?application <names:old>",
            "use|uses <names> instead ?virtual-service ?application <names:old>",
        ],
        set: Set::Act(|reader, slots| {
            if reader.known.is_none() {
                return Err(Trouble::NotHere);
            }
            let path = reader.calls(&slots.texts("names"))?;
            reader.no_longer_calls(&slots.texts("old"))?;
            Ok(path)
        }),
    },
    Meaning {
        name: "nodes that are called",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["call ?to virtual-node <names>"],
        set: Set::Act(|reader, slots| reader.calls_nodes(&slots.texts("names"))),
    },
    Meaning {
        name: "backends that are reached",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["send ?to ?virtual-service ?application <names>"],
        set: Set::Act(|reader, slots| {
            // "web must reach orders", and not "web goes to orders".
            let reaches = reader.tokens[reader.words.start].text.to_lowercase().starts_with("reach");
            let of_node = reader.here().is_ok_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
            if reaches && of_node && reader.is_current {
                reader.calls(&slots.texts("names"))
            } else {
                Err(Trouble::NotHere)
            }
        }),
    },
    Meaning {
        name: "backends that were named",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["those|these|such|both backend"],
        set: Set::Act(|reader, _| {
            let spot = reader.here()?;
            let (node, _) = spot::node(&mut reader.intent, spot)?;
            if node.calls.is_empty() { Err(Trouble::NotHere) } else { opens_block() }
        }),
    },
    Meaning {
        name: "backends and their protocol",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["call ?to <protocol> ?virtual-service ?application ?backend <names>"],
        set: Set::Act(|reader, slots| reader.calls_over(&slots.texts("names"), slots.protocol())),
    },
    Meaning {
        name: "called by",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["called-by <names>"],
        set: Set::Act(|reader, slots| reader.called_by(&slots.texts("names"))),
    },
    Meaning {
        name: "more calls",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["and <name>"],
        set: Set::Act(|reader, slots| reader.more_calls(&slots.text("name"))),
    },
];
