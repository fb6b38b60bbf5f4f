//! Meanings of tags and environments, which hold for everything.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{Said, Trouble};
use crate::grammar::versions::is_environment;
use crate::intent::{Action, Intent};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "tag",
        block: Block::Tags,
        is_plain: true,
        home: Home::All,
        ways: &[
            "tag ?everything <name> <text>",
            "tag named <name> <text>",
            "tag ?everything named <name> <text>",
            "tag ?everything <tag:pair>",
            "tag everything mesh <tag:pair>",
            "tag everything mesh <name> equals <text>",
            "<tag:pair> tag",
            "tag ?everything <name> equals <text>",
            "tag <name> equals <text>",
            "tag <name> to <text>",
            "tag <name> <text>",
        ],
        set: Set::Value(|intent, _, slots| {
            let (key, text) = slots.pair("name", "text");
            tag(intent, &key, &text)
        }),
    },
    Meaning {
        name: "tag without its value",
        block: Block::Tags,
        is_plain: true,
        home: Home::All,
        ways: &["tag ?named <name>", "<name> tag"],
        set: Set::Act(|reader, slots| {
            let end = reader.words.end;
            let is_bare = reader.ends_clause(end) || reader.is_word(end, &["on", "of", "for", "from", "in"]);
            let is_bare = is_bare || reader.is_symbol(end, &["to", "on", "for"]);
            if is_bare { reader.tag_without_value(&slots.text("name")) } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "tag of the mesh",
        block: Block::Tags,
        is_plain: true,
        home: Home::All,
        ways: &["tag mesh <tag:pair>", "tag mesh <name> equals <text>", "tag <tag:pair> to|of|on|for mesh"],
        set: Set::Value(|intent, _, slots| {
            let (key, text) = slots.pair("name", "text");
            intent.mesh.get_or_insert_default().action.get_or_insert(Action::Change);
            tag(intent, &key, &text)
        }),
    },
    Meaning {
        name: "more tags",
        block: Block::Tags,
        is_plain: false,
        home: Home::All,
        ways: &["<tag:pair>", "<name> equals <text>", "<name> to <text>"],
        set: Set::Value(|intent, _, slots| {
            let (key, text) = slots.pair("name", "text");
            tag(intent, &key, &text)
        }),
    },
    Meaning {
        name: "more tags, as words",
        block: Block::Tags,
        is_plain: false,
        home: Home::All,
        ways: &["<name> <name:value>", "environments|owner <name:value>"],
        set: Set::Act(|reader, slots| {
            // "Tags: cost-center 4711, team logistics": each is one pair of words between the marks of a list.
            let words = reader.words.clone();
            let is_pair = words.len() == 2 && reader.low_before(words.start) == "," && reader.ends_clause(words.end);
            if !is_pair {
                return Err(Trouble::NotHere);
            }
            let key = reader.tokens[words.start].text.clone();
            tag(&mut reader.intent, &key, &slots.text("value"))
        }),
    },
    Meaning {
        name: "environments by their names",
        block: Block::Environments,
        is_plain: false,
        home: Home::All,
        ways: &["<names>"],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            if !names.iter().all(|name| is_environment(name)) {
                return Err(Trouble::NotHere);
            }
            Ok(reader.environments(&names))
        }),
    },
    Meaning {
        name: "environments",
        block: Block::Environments,
        is_plain: true,
        home: Home::All,
        ways: &[
            "in|for <names>",
            "for <names>",
            "environments <names>",
            "version <names>",
            "<names> version",
            "<names> environments",
            "version environments <names>",
            "<names> version environments",
            "version for <names>",
        ],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            let is_said = reader.words.clone().any(|at| reader.is_symbol(at, &["environments"]));
            if !is_said && !names.iter().all(|name| is_environment(name)) {
                return Err(Trouble::NotHere);
            }
            Ok(reader.environments(&names))
        }),
    },
];

fn tag(intent: &mut Intent, key: &str, value: &str) -> Said {
    let path = format!("tags[{key}]");
    match intent.tags.insert(key.to_owned(), value.to_owned()) {
        Some(there) if there != value => Err(Trouble::Clash(format!("tag `{key}` `{there}` and `{value}`"))),
        _ => Ok(path),
    }
}
