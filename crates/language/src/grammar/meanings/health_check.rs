//! Meanings of how a listener's health is checked.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::RemovalKind;
use crate::understanding::Assumption;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "health check: none",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no health-check"],
        set: Set::Act(|reader, _| reader.has_none(RemovalKind::HealthCheck)),
    },
    Meaning {
        name: "health check",
        block: Block::HealthCheck,
        is_plain: true,
        home: Home::Node,
        ways: &["health-check"],
        set: Set::Value(|intent, spot, _| spot::health_check(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "health check: path",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "path <path>",
            "<path> path",
            "<path>",
            "hosts <path>",
            "<method> <path>",
            "<method> request|requests <path>",
            "ping|poll|polls ?path <path>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.path, slots.text("path"), &path, "path")
        }),
    },
    Meaning {
        name: "health check: port",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["port <number>"],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.port, slots.number("number"), &path, "port")
        }),
    },
    Meaning {
        name: "health check: on the listener's port",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["same port ?as|of ?listener", "on same port ?as|of ?listener"],
        set: Set::Act(|reader, _| reader.sets_nothing()),
    },
    Meaning {
        name: "health check: protocol",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["<protocol>", "protocol <protocol>"],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            match slots.protocol() {
                Some(protocol) => put(&mut check.protocol, protocol, &path, "protocol"),
                None => Ok(path),
            }
        }),
    },
    Meaning {
        name: "health check: protocol and port",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["<protocol> port <number>", "<protocol> on|at <number>", "port <number> between|via|using <protocol>"],
        set: Set::Act(|reader, slots| {
            // "a health check, tcp port 5432" has another listener.
            if matches!(reader.low_before(reader.words.start), "," | "and") {
                return Err(Trouble::NotHere);
            }
            let spot = reader.here()?;
            let (check, path) = spot::health_check(&mut reader.intent, spot)?;
            if let Some(protocol) = slots.protocol() {
                put(&mut check.protocol, protocol, &path, "protocol")?;
            }
            put(&mut check.port, slots.number("number"), &path, "port")
        }),
    },
    Meaning {
        name: "health check: interval",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["interval <span>", "<span> interval", "every <span>", "<span>", "ping|poll|polls every <span>"],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.interval, slots.span(), &path, "interval")
        }),
    },
    Meaning {
        name: "health check: timeout",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "timeout <span>",
            "<span> timeout",
            "failure after <span>",
            "timeout after <span>",
            "<span> to answer|respond|reply",
            "pending ?max <span>",
            "waiting|waits ?max <span>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.timeout, slots.span(), &path, "timeout")
        }),
    },
    Meaning {
        name: "health check: healthy threshold",
        block: Block::HealthCheck,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "healthy ?threshold ?after <number> ?consecutive ?success",
            "<number> ?consecutive success ?consecutive ?to ?healthy",
            "success ?threshold <number>",
            "<number> ?consecutive success create|before healthy",
            "healthy <number>",
            "<number> healthy",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.healthy_threshold, slots.number("number"), &path, "healthyThreshold")
        }),
    },
    Meaning {
        name: "health check: unhealthy threshold",
        block: Block::HealthCheck,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "unhealthy ?threshold ?after <number> ?consecutive ?failure",
            "<number> ?consecutive failure ?consecutive ?to ?unhealthy",
            "failure ?threshold <number>",
            "<number> ?consecutive failure create|before unhealthy",
            "<number> unhealthy",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.unhealthy_threshold, slots.number("number"), &path, "unhealthyThreshold")
        }),
    },
    Meaning {
        name: "health check: both thresholds",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &["healthy and unhealthy ?threshold <number>", "threshold <number> ?failure", "<number> threshold"],
        set: Set::Value(|intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.healthy_threshold, slots.number("number"), &path, "healthyThreshold")?;
            put(&mut check.unhealthy_threshold, slots.number("number"), &path, "unhealthyThreshold")
        }),
    },
    Meaning {
        name: "health check: the two thresholds",
        block: Block::HealthCheck,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "threshold <number:healthy> and|, <number:unhealthy>",
            "healthy and unhealthy ?threshold <number:healthy> and|, <number:unhealthy>",
        ],
        set: Set::Act(|reader, slots| {
            let (healthy, unhealthy) = (slots.number("healthy"), slots.number("unhealthy"));
            let spot = reader.here()?;
            let (check, path) = spot::health_check(&mut reader.intent, spot)?;
            put(&mut check.healthy_threshold, healthy, &path, "healthyThreshold")?;
            put(&mut check.unhealthy_threshold, unhealthy, &path, "unhealthyThreshold")?;
            if !reader.is_symbol(reader.words.start, &["healthy"]) {
                reader.assumptions.push(Assumption {
                    what: format!("{healthy} is the healthy threshold, and {unhealthy} the unhealthy one"),
                    why: "that is their order in the API".to_owned(),
                });
            }
            Ok(path)
        }),
    },
];
