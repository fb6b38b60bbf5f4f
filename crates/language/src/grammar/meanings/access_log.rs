//! Meanings of what a node or gateway logs.

use std::collections::BTreeMap;

use crate::compose::names::joined;
use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::slot::Slots;
use crate::grammar::spot::{self, Said, Spot, Trouble, put};
use crate::intent::{AccessLogFormat, Intent, RemovalKind};
use crate::understanding::Assumption;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "access log: none",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no access-log", "access-log off"],
        set: Set::Act(|reader, _| reader.has_none(RemovalKind::AccessLog)),
    },
    Meaning {
        name: "access log",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &["access-log", "text access-log"],
        set: Set::Value(|intent, spot, _| spot::access_log(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "access log: file",
        block: Block::AccessLog,
        is_plain: false,
        home: Home::Node,
        ways: &["to <path>", "<path>", "path <path>"],
        set: Set::Value(|intent, spot, slots| {
            let (log, path) = spot::access_log(intent, spot)?;
            put(&mut log.path, slots.text("path"), &path, "path")
        }),
    },
    Meaning {
        name: "access log: standard output",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &["?to stdout"],
        set: Set::Value(|intent, spot, _| {
            let (log, path) = spot::access_log(intent, spot)?;
            put(&mut log.path, "/dev/stdout".to_owned(), &path, "path")
        }),
    },
    Meaning {
        name: "access log: JSON",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "as-json ?access-log",
            "access-log as-json",
            "json access-log",
            "access-log json",
            "access-log format json",
            "format json",
        ],
        set: Set::Value(|intent, spot, _| {
            let (log, path) = spot::access_log(intent, spot)?;
            put(&mut log.format, AccessLogFormat::Json(BTreeMap::new()), &path, "format")
        }),
    },
    Meaning {
        name: "access log: a key",
        block: Block::AccessLog,
        is_plain: false,
        home: Home::Node,
        ways: &["<pair>", "private-key <pair>"],
        set: Set::Value(key),
    },
    Meaning {
        name: "access log: a key after its word",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &["keys|fields|field|containing <pair>"],
        set: Set::Value(|intent, spot, slots| {
            let mut tried = intent.clone();
            let path = key(&mut tried, spot, slots)?;
            *intent = tried;
            Ok(path)
        }),
    },
    Meaning {
        name: "access log: keys by what they say",
        block: Block::AccessLog,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "fields|field|keys|columns|private-key <fields>",
            "<fields>",
            "with|containing|contains|holding|recording|showing <fields>",
            "access-log <fields>",
        ],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            let (log, path) = spot::access_log(&mut reader.intent, spot)?;
            let Some(AccessLogFormat::Json(keys)) = &mut log.format else { return Err(Trouble::NotHere) };
            let fields = slots.texts("fields");
            let mut said = Vec::with_capacity(fields.len());
            for (key, operator) in fields.iter().filter_map(|field| field.split_once('=')) {
                keys.insert(key.to_owned(), operator.to_owned());
                said.push(format!("`{key}` is `{operator}`"));
            }
            let what = format!("in the access log {}", joined(&said));
            reader.set_aside(reader.words.start, reader.words.end);
            reader.assumptions.push(Assumption { what, why: "the request names what is logged in words".to_owned() });
            Ok(path + ".format")
        }),
    },
    Meaning {
        name: "access log: text",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "as-text ?access-log",
            "as-text <text>",
            "access-log format <text>",
            "format <text>",
            "access-log text format",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (log, path) = spot::access_log(intent, spot)?;
            if log.format == Some(AccessLogFormat::Text(String::new())) {
                log.format = None;
            }
            put(&mut log.format, AccessLogFormat::Text(slots.text("text")), &path, "format")
        }),
    },
];

/// Puts a key into an access log in JSON.
fn key(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    let (key, value) = slots.pair("name", "text");
    let (log, path) = spot::access_log(intent, spot)?;
    let Some(AccessLogFormat::Json(keys)) = &mut log.format else { return Err(Trouble::NotHere) };
    keys.insert(key, value);
    Ok(path + ".format")
}
