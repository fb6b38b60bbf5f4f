//! Meanings of what a node or gateway logs.

use std::collections::BTreeMap;

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::AccessLogFormat;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "access log: none",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no access-log", "access-log off"],
        set: Set::Act(|_, _| opens_block()),
    },
    Meaning {
        name: "access log",
        block: Block::AccessLog,
        is_plain: true,
        home: Home::Node,
        ways: &["access-log"],
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
        ways: &["<pair>", "keys|fields|field|private-key <pair>"],
        set: Set::Value(|intent, spot, slots| {
            let (key, value) = slots.pair("name", "text");
            let (log, path) = spot::access_log(intent, spot)?;
            let Some(AccessLogFormat::Json(keys)) = &mut log.format else { return Err(Trouble::NotHere) };
            keys.insert(key, value);
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
