//! Meanings of what a listener is: its port and protocol, and names that come after their resource.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::ports::MIN_BARE_PORT;
use crate::grammar::spot::{self, Trouble};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "listener",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["listener ?port <number> <protocol>", "<protocol> listener ?port <number>"],
        set: Set::Act(|reader, slots| reader.port(slots.number("number"), slots.protocol())),
    },
    Meaning {
        name: "port",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "listen ?port <numbers>",
            "?listen port <numbers>",
            "listener ?port <numbers>",
            "<protocol> listen ?port <numbers>",
        ],
        set: Set::Act(|reader, slots| reader.ports(&slots.numbers("numbers"))),
    },
    Meaning {
        name: "no listener",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no any listener", "no listener", "only create backend"],
        set: Set::Value(|intent, spot, _| {
            let (node, path) = spot::node(intent, spot)?;
            node.only_calls = true;
            Ok(path + ".onlyCalls")
        }),
    },
    Meaning {
        name: "no listener, as nothing comes in",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "no listen ?any traffic|requests|call|connections",
            "no listen on ?any port",
            "no listen anything|anywhere",
            "no traffic|requests|call be listen",
            "listen nothing|nowhere",
            "listen no traffic|requests|connections",
            "listen no call",
            "listen on no port",
            "nothing call it",
        ],
        set: Set::Act(|reader, _| {
            // "accepts no requests without TLS"
            if !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            let spot = reader.here()?;
            let (node, path) = spot::node(&mut reader.intent, spot)?;
            node.only_calls = true;
            Ok(path + ".onlyCalls")
        }),
    },
    Meaning {
        name: "one more listener",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "second|third|another|additional|extra|further|more|new listener ?port <number>",
            "second|third|another|additional|extra|further|more|new listener ?port <number> <protocol>",
            "second|third|another|additional|extra|further|more|new <protocol> listener ?port <number>",
            "second|third|another|additional|extra|further|more|new port <number>",
        ],
        set: Set::Act(|reader, slots| reader.one_more_port(slots.number("number"), slots.protocol())),
    },
    Meaning {
        name: "what it is instead of",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "instead ?port <number>",
            "instead on ?port <number>",
            "instead <span>",
            "instead <percent>",
            "instead <path>",
            "instead <method>",
            "instead loadbalancer-mode ?behaviour|behavior|semantics|answers",
            "instead ?virtual-node ?application <name>",
        ],
        set: Set::Act(|reader, slots| {
            // "use orders instead of reviews as the backend of web"
            let begin = reader.begin_of_sentence();
            let mut sentence = (begin..reader.tokens.len()).take_while(|at| !reader.is_sentence_end(*at));
            let of_calls = reader.known.is_some() && sentence.any(|at| reader.is_symbol(at, &["call", "backend"]));
            if let Some(name) = slots.given("name").filter(|_| of_calls) {
                let text = format!("Who should no longer call `{name}`? \"NAME no longer calls {name}\" says it.");
                reader.ask(&text, reader.words.start, reader.words.end);
                return Ok(String::new());
            }
            reader.was_before();
            reader.sets_nothing()
        }),
    },
    Meaning {
        name: "what it is not",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "no ?port <number> ?error|server-error|failure|connections|requests|retry|hosts|success",
            "no <span>",
            "no <percent>",
            "no <path>",
            "no <method>",
        ],
        set: Set::Act(|reader, _| reader.is_contrast()),
    },
    Meaning {
        name: "name",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["named <any:name>", "named <name>", "named it <name>", "<name>"],
        set: Set::Act(|reader, slots| reader.name(&slots.text("name"))),
    },
    Meaning {
        name: "a number of listeners",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["<number> listener"],
        set: Set::Act(|reader, _| {
            reader.count_listeners();
            opens_block()
        }),
    },
    Meaning {
        name: "a number of listeners of one protocol",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "<number> <protocol> listener ?,|: ?port <numbers>",
            "<number> listener ?,|: ?both|all <protocol> ?,|: ?port <numbers>",
        ],
        set: Set::Act(|reader, slots| {
            let (count, ports) = (slots.number("number"), slots.numbers("numbers"));
            if count as usize != ports.len() {
                return Err(Trouble::NotHere);
            }
            reader.count_listeners();
            reader.ports(&ports)?;
            reader.put_protocol(slots.protocol().ok_or(Trouble::NotHere)?)
        }),
    },
    Meaning {
        name: "port without the word",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["<number>"],
        set: Set::Act(|reader, slots| reader.bare_port(slots.number("number"))),
    },
    Meaning {
        name: "port and protocol",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "?listen ?port <number> , <protocol>",
            "?listen port <number> <protocol>",
            "listen ?port <number> <protocol>",
            "listen <protocol> ?port <number>",
            "?listen ?speak <protocol> port <number>",
            "<protocol> <number>",
            "<number> <protocol>",
            "<protocol> , ?port <number>",
        ],
        set: Set::Act(|reader, slots| {
            // "http, 8080", and not "http, 30 connections"
            let is_apart = reader.low(reader.words.start + 1) == ",";
            if is_apart && !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            // "all three use http2"
            let is_said = reader.words.clone().any(|at| reader.is_symbol(at, &["port", "listen"]));
            if !is_said && slots.number("number") < MIN_BARE_PORT {
                return Err(Trouble::NotHere);
            }
            reader.port(slots.number("number"), slots.protocol())
        }),
    },
    Meaning {
        name: "protocol",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &["speak <protocol>", "protocol <protocol>", "<protocol> protocol", "<protocol> listener", "<protocol>"],
        set: Set::Act(|reader, slots| reader.put_protocol(slots.protocol().ok_or(Trouble::NotHere)?)),
    },
];
