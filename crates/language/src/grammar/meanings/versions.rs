//! Meanings of the versions of an application.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "a number of versions",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["<number> version"],
        set: Set::Act(|reader, _| {
            reader.count_versions();
            opens_block()
        }),
    },
    Meaning {
        name: "versions and their number",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["<number> version <names>"],
        set: Set::Act(|reader, slots| {
            let said = reader.versions(&slots.texts("names"))?;
            reader.count_versions();
            Ok(said)
        }),
    },
    Meaning {
        name: "versions of an application and their shares",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &["<number> version of <name> :", "version of <name> :"],
        set: Set::Act(|reader, slots| reader.weighted_versions(&slots.text("name"))),
    },
    Meaning {
        name: "versions",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "version <names>",
            "run ?version <names>",
            "has|have ?version <names>",
            "<names> version",
            "with <names>",
        ],
        set: Set::Act(|reader, slots| reader.versions(&slots.texts("names"))),
    },
];
