//! Meanings of when a host is ejected.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::RemovalKind;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "outlier detection: none",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no outlier-detection"],
        set: Set::Act(|reader, _| reader.has_none(RemovalKind::OutlierDetection)),
    },
    Meaning {
        name: "outlier detection",
        block: Block::OutlierDetection,
        is_plain: true,
        home: Home::Node,
        ways: &["outlier-detection", "eject"],
        set: Set::Value(|intent, spot, _| spot::outlier_detection(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "outlier detection: server errors",
        block: Block::OutlierDetection,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "after <number> ?consecutive ?server-error ?failure ?error ?consecutive",
            "<number> ?consecutive server-error ?consecutive ?error",
            "<number> ?consecutive error ?consecutive",
            "<number> ?consecutive failure ?consecutive",
            "<number> consecutive",
            "?max ?consecutive server-error <number>",
            "?max ?consecutive error ?threshold <number>",
            "after <number>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_server_errors, slots.number("number"), &path, "maxServerErrors")
        }),
    },
    Meaning {
        name: "outlier detection: server errors, where it was spoken of",
        block: Block::OutlierDetection,
        is_plain: true,
        home: Home::Node,
        ways: &["after <number> ?consecutive error|server-error|failure ?consecutive"],
        set: Set::Value(|intent, spot, slots| {
            let is_there = spot::listener(intent, spot).is_ok_and(|(listener, _)| listener.outlier_detection.is_some());
            if !is_there {
                return Err(Trouble::NotHere);
            }
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_server_errors, slots.number("number"), &path, "maxServerErrors")
        }),
    },
    Meaning {
        name: "outlier detection: interval",
        block: Block::OutlierDetection,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "interval <span>",
            "<span> interval",
            "every <span>",
            "checked|check|checks|look every <span>",
            "within|in|per <span>",
            "between <span>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.interval, slots.span(), &path, "interval")
        }),
    },
    Meaning {
        name: "outlier detection: base ejection duration",
        block: Block::OutlierDetection,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "ejection <span>",
            "<span> ejection",
            "<span> base ejection",
            "base ejection <span>",
            "eject ?hosts ?for <span>",
            "eject ?hosts ?for ?min <span>",
            "?take ?hosts out ?for <span>",
            "keep ?hosts out ?for <span>",
            "keep ?hosts eject ?for <span>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.base_ejection_duration, slots.span(), &path, "baseEjectionDuration")
        }),
    },
    Meaning {
        name: "outlier detection: a time",
        block: Block::OutlierDetection,
        is_plain: false,
        home: Home::Node,
        ways: &["for <span>", "<span>"],
        set: Set::Value(|intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.base_ejection_duration, slots.span(), &path, "baseEjectionDuration")
        }),
    },
    Meaning {
        name: "outlier detection: max ejection percent",
        block: Block::OutlierDetection,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "max-ejection <percent>",
            "<percent> max-ejection",
            "max-ejection <number:percent>",
            "max <percent> hosts",
            "max <percent> ?hosts eject",
            "?no eject max <percent> ?hosts",
            "no eject|remove more <percent> ?hosts",
            "<percent> hosts",
        ],
        set: Set::Act(|reader, slots| {
            let (spot, words) = (reader.here()?, reader.words.clone());
            // "never remove more than": nothing is taken away.
            if reader.is_symbol(words.start + 1, &["remove"]) {
                reader.set_aside(words.start, words.start + 2);
            }
            let (outlier, path) = spot::outlier_detection(&mut reader.intent, spot)?;
            put(&mut outlier.max_ejection_percent, slots.number("percent"), &path, "maxEjectionPercent")
        }),
    },
    Meaning {
        name: "outlier detection: a percentage",
        block: Block::OutlierDetection,
        is_plain: false,
        home: Home::Node,
        ways: &["max <percent>", "ejection <percent>", "eject max <percent>", "<percent>"],
        set: Set::Value(|intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_ejection_percent, slots.number("percent"), &path, "maxEjectionPercent")
        }),
    },
];
