//! Meanings of the Envoy container of a task.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Intent, Sidecar, Traffic};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "sidecar: image",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["image <text:image>", "image"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            let image = slots.text("image");
            if image.contains('/') { put(&mut sidecar.image, image, &path, "image") } else { Ok(path) }
        }),
    },
    Meaning {
        name: "sidecar: old variable",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["old-name-variable ?environment-variable", "environment-variable ?named old-name-variable"],
        set: Set::Value(|intent, spot, _| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.old_name_variable = true;
            Ok(path + ".oldNameVariable")
        }),
    },
    Meaning {
        name: "sidecar: sized for little traffic",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["?resource-limits low ?traffic ?application", "low resource-limits"],
        set: Set::Value(|intent, spot, _| traffic(intent, spot, Traffic::Low)),
    },
    Meaning {
        name: "sidecar: sized for some traffic",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["?resource-limits medium ?traffic ?application", "medium resource-limits"],
        set: Set::Value(|intent, spot, _| traffic(intent, spot, Traffic::Medium)),
    },
    Meaning {
        name: "sidecar: sized for much traffic",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["?resource-limits high ?traffic ?application", "high resource-limits"],
        set: Set::Value(|intent, spot, _| traffic(intent, spot, Traffic::High)),
    },
    Meaning {
        name: "sidecar: resources",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["resource-limits", "cpu and memory", "memory and cpu"],
        set: Set::Value(|intent, spot, _| sidecar(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "sidecar: CPU",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["cpu <number>", "<number> cpu", "<percent> cpu"],
        set: Set::Act(|reader, slots| {
            let is_whole = reader.words.clone().any(|at| reader.tokens[at].text.to_lowercase().starts_with("vcpu"));
            let units = match (slots.number("percent"), slots.number("number")) {
                (0, number) if is_whole => number.saturating_mul(1024),
                (0, number) => number,
                (percent, _) => percent * 1024 / 100,
            };
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            put(&mut sidecar.cpu, units, &path, "cpu")
        }),
    },
    Meaning {
        name: "sidecar: memory",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &[
            "<number:gib> gib ?memory",
            "memory <number:gib> gib",
            "memory <number> ?mib",
            "<number> ?mib memory",
            "<number> mib",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            let gib = slots.number("gib");
            put(
                &mut sidecar.memory,
                if gib > 0 { gib.saturating_mul(1024) } else { slots.number("number") },
                &path,
                "memory",
            )
        }),
    },
    Meaning {
        name: "sidecar: user",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["user <number>"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.user, slots.number("number"), &path, "user")
        }),
    },
    Meaning {
        name: "sidecar: log level",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["log-level <text:level>", "<name:level> log-level"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.log_level, slots.text("level").to_lowercase(), &path, "logLevel")
        }),
    },
    Meaning {
        name: "sidecar: log level by its name",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["debug|info|trace|warning|critical log-level|access-log"],
        set: Set::Act(|reader, _| {
            let level = reader.tokens[reader.words.start].low.clone();
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            put(&mut sidecar.log_level, level, &path, "logLevel")
        }),
    },
    Meaning {
        name: "sidecar: X-Ray",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["xray ?on"],
        set: Set::Value(|intent, spot, _| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.xray = true;
            Ok(path + ".xray")
        }),
    },
    Meaning {
        name: "sidecar: port of the application",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["app-port <number>", "application ?listen port <number>", "application listen ?port <number>"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.application_port, slots.number("number"), &path, "applicationPort")
        }),
    },
    Meaning {
        name: "sidecar: a port",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &["port <number>"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.application_port, slots.number("number"), &path, "applicationPort")
        }),
    },
    Meaning {
        name: "sidecar: ignored ports",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["ignored-ports <numbers>", "port <numbers> ignored-ports"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.egress_ignored_ports.extend(slots.numbers("numbers"));
            Ok(path + ".egressIgnoredPorts")
        }),
    },
];

fn sidecar(intent: &mut Intent, spot: Spot) -> Result<(&mut Sidecar, String), Trouble> {
    let Place::Sidecar(at) = spot.place else { return Err(Trouble::NotHere) };
    Ok((intent.sidecars.get_mut(at).ok_or(Trouble::NotHere)?, spot::path_of(spot.place)))
}

fn traffic(intent: &mut Intent, spot: Spot, traffic: Traffic) -> Said {
    let (sidecar, path) = sidecar(intent, spot)?;
    put(&mut sidecar.traffic, traffic, &path, "traffic")
}
