//! Meanings of what stands around the routing: the mesh itself, sidecars, tags, environments.

use super::meaning::{Block, Home, Meaning, Set};
use super::node::{act, value};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Egress, Intent, Sidecar, Traffic};

pub(super) const MEANINGS: &[Meaning] = &[
    value!(
        "egress: allow all",
        Egress,
        true,
        Mesh,
        [
            "open egress",
            "egress open",
            "allow-all to egress",
            "allow-all everything to egress",
            "egress allow-all",
            "allow-all ?everything egress",
            "egress to allow-all",
            "allow-all traffic to outside",
            "egress on",
            "egress open"
        ],
        |intent, _, _| { egress(intent, Egress::AllowAll) }
    ),
    value!(
        "egress: drop all",
        Egress,
        true,
        Mesh,
        [
            "drop-all to egress",
            "egress drop-all",
            "drop-all ?everything egress",
            "egress to drop-all",
            "no egress",
            "no allow-all egress",
            "egress off",
            "drop-all everything"
        ],
        |intent, _, _| { egress(intent, Egress::DropAll) }
    ),
    value!("egress: allow", Egress, false, Mesh, ["allow-all"], |intent, _, _| egress(intent, Egress::AllowAll)),
    value!("egress: drop", Egress, false, Mesh, ["drop-all"], |intent, _, _| egress(intent, Egress::DropAll)),
    value!("mesh owner", Resource, true, Mesh, ["owner <number>", "owner <text>"], |intent, _, slots| {
        let owner = slots.text("text");
        (owner.len() == 12 && owner.bytes().all(|letter| letter.is_ascii_digit()))
            .then_some(())
            .ok_or(Trouble::NotHere)?;
        put(&mut intent.mesh.get_or_insert_default().owner, owner, "mesh", "owner")
    }),
    value!(
        "tag",
        Tags,
        true,
        All,
        [
            "tag ?everything <name> <text>",
            "tag named <name> <text>",
            "tag ?everything named <name> <text>",
            "tag ?everything <tag:pair>",
            "tag ?everything <name> equals <text>",
            "tag <name> equals <text>",
            "tag <name> to <text>",
            "tag <name> <text>"
        ],
        |intent, _, slots| {
            let (mut key, mut text) = slots.pair();
            if key.is_empty() {
                (key, text) = (slots.text("name"), slots.text("text"));
            }
            tag(intent, key, text)
        }
    ),
    value!(
        "more tags",
        Tags,
        false,
        All,
        ["<tag:pair>", "<name> equals <text>", "<name> to <text>"],
        |intent, _, slots| {
            let (mut key, mut text) = slots.pair();
            if key.is_empty() {
                (key, text) = (slots.text("name"), slots.text("text"));
            }
            tag(intent, key, text)
        }
    ),
    act!("environments by their names", Environments, false, All, ["<names>"], |reader, slots| {
        let names = slots.texts("names");
        match names.iter().all(|name| super::routes::is_environment(name)) {
            true => reader.environments(&names),
            false => Err(Trouble::NotHere),
        }
    }),
    act!(
        "environments",
        Environments,
        true,
        All,
        [
            "in|for <names>",
            "for <names>",
            "environments <names>",
            "<names> environments",
            "version environments <names>",
            "<names> version environments",
            "version for <names>"
        ],
        |reader, slots| {
            let names = slots.texts("names");
            let is_said = (reader.words.0..reader.words.1).any(|at| reader.is_symbol(at, &["environments"]));
            if !is_said && !names.iter().all(|name| super::routes::is_environment(name)) {
                return Err(Trouble::NotHere);
            }
            reader.environments(&names)
        }
    ),
    value!("sidecar: image", Sidecar, true, Sidecar, ["image <text:image>", "image"], |intent, spot, slots| {
        let (sidecar, path) = sidecar(intent, spot)?;
        let image = slots.text("image");
        if image.contains('/') { put(&mut sidecar.image, image, &path, "image") } else { Ok(path) }
    }),
    value!(
        "sidecar: old variable",
        Sidecar,
        true,
        Sidecar,
        ["old-name-variable ?environment-variable", "environment-variable ?named old-name-variable"],
        |intent, spot, _| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.old_name_variable = true;
            Ok(path + ".oldNameVariable")
        }
    ),
    value!(
        "sidecar: sized for little traffic",
        Sidecar,
        true,
        Sidecar,
        ["?resource-limits low ?traffic ?application", "low resource-limits"],
        |intent, spot, _| { traffic(intent, spot, Traffic::Low) }
    ),
    value!(
        "sidecar: sized for some traffic",
        Sidecar,
        true,
        Sidecar,
        ["?resource-limits medium ?traffic ?application", "medium resource-limits"],
        |intent, spot, _| { traffic(intent, spot, Traffic::Medium) }
    ),
    value!(
        "sidecar: sized for much traffic",
        Sidecar,
        true,
        Sidecar,
        ["?resource-limits high ?traffic ?application", "high resource-limits"],
        |intent, spot, _| { traffic(intent, spot, Traffic::High) }
    ),
    value!("sidecar: resources", Sidecar, true, Sidecar, ["resource-limits"], |intent, spot, _| sidecar(intent, spot)
        .map(|(_, path)| path)),
    act!("sidecar: CPU", Sidecar, true, Sidecar, ["cpu <number>", "<number> cpu", "<percent> cpu"], |reader, slots| {
        let is_whole =
            (reader.words.0..reader.words.1).any(|at| reader.tokens[at].text.to_lowercase().starts_with("vcpu"));
        let units = match (slots.number("percent"), slots.number("number")) {
            (0, number) if is_whole => number.saturating_mul(1024),
            (0, number) => number,
            (percent, _) => percent * 1024 / 100,
        };
        let spot = reader.here()?;
        let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
        put(&mut sidecar.cpu, units, &path, "cpu")
    }),
    value!(
        "sidecar: memory",
        Sidecar,
        true,
        Sidecar,
        [
            "<number:gib> gib ?memory",
            "memory <number:gib> gib",
            "memory <number> ?mib",
            "<number> ?mib memory",
            "<number> mib"
        ],
        |intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            let gib = slots.number("gib");
            put(
                &mut sidecar.memory,
                if gib > 0 { gib.saturating_mul(1024) } else { slots.number("number") },
                &path,
                "memory",
            )
        }
    ),
    value!("sidecar: user", Sidecar, true, Sidecar, ["user <number>"], |intent, spot, slots| {
        let (sidecar, path) = sidecar(intent, spot)?;
        put(&mut sidecar.user, slots.number("number"), &path, "user")
    }),
    value!(
        "sidecar: log level",
        Sidecar,
        true,
        Sidecar,
        ["log-level <text:level>", "<name:level> log-level"],
        |intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.log_level, slots.text("level").to_lowercase(), &path, "logLevel")
        }
    ),
    act!(
        "sidecar: log level by its name",
        Sidecar,
        true,
        Sidecar,
        ["debug|info|trace|warning|critical log-level|access-log"],
        |reader, _| {
            let level = reader.tokens[reader.words.0].low.clone();
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            put(&mut sidecar.log_level, level, &path, "logLevel")
        }
    ),
    value!("sidecar: X-Ray", Sidecar, true, Sidecar, ["xray ?on"], |intent, spot, _| {
        let (sidecar, path) = sidecar(intent, spot)?;
        sidecar.xray = true;
        Ok(path + ".xray")
    }),
    value!(
        "sidecar: port of the application",
        Sidecar,
        true,
        Sidecar,
        ["app-port <number>", "application ?listen port <number>", "application listen ?port <number>"],
        |intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.application_port, slots.number("number"), &path, "applicationPort")
        }
    ),
    value!("sidecar: a port", Sidecar, false, Sidecar, ["port <number>"], |intent, spot, slots| {
        let (sidecar, path) = sidecar(intent, spot)?;
        put(&mut sidecar.application_port, slots.number("number"), &path, "applicationPort")
    }),
    value!(
        "sidecar: ignored ports",
        Sidecar,
        true,
        Sidecar,
        ["ignored-ports <numbers>", "port <numbers> ignored-ports"],
        |intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.egress_ignored_ports.extend(slots.numbers("numbers"));
            Ok(path + ".egressIgnoredPorts")
        }
    ),
];

fn egress(intent: &mut Intent, egress: Egress) -> Said {
    put(&mut intent.mesh.get_or_insert_default().egress, egress, "mesh", "egress")
}

fn tag(intent: &mut Intent, key: String, value: String) -> Said {
    let path = format!("tags[{key}]");
    match intent.tags.insert(key.clone(), value.clone()) {
        Some(there) if there != value => Err(Trouble::Clash(format!("tag `{key}` `{there}` and `{value}`"))),
        _ => Ok(path),
    }
}

fn sidecar(intent: &mut Intent, spot: Spot) -> Result<(&mut Sidecar, String), Trouble> {
    let Place::Sidecar(at) = spot.place else { return Err(Trouble::NotHere) };
    Ok((intent.sidecars.get_mut(at).ok_or(Trouble::NotHere)?, spot::path_of(spot.place)))
}

fn traffic(intent: &mut Intent, spot: Spot, traffic: Traffic) -> Said {
    let (sidecar, path) = sidecar(intent, spot)?;
    put(&mut sidecar.traffic, traffic, &path, "traffic")
}
