//! Meanings of the Envoy container of a task.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::ports::MIN_BARE_PORT;
use crate::grammar::reader::Reader;
use crate::grammar::slot::Slots;
use crate::grammar::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Intent, Sidecar, Traffic};
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "sidecar: image",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["proxy-image <image>", "proxy-image", "<image> for sidecar"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            match slots.given("image") {
                Some(image) => put(&mut sidecar.image, image, &path, "image"),
                None => Ok(path),
            }
        }),
    },
    Meaning {
        name: "sidecar: file system of the task",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["mounts|mount|mounting|uses|using efs ?volume|volumes"],
        set: Set::Act(|reader, _| {
            if !matches!(reader.here()?.place, Place::Sidecar(_)) || !reader.is_current {
                return Err(Trouble::NotHere);
            }
            reader.assumptions.push(Assumption {
                what: "the EFS volume is to be added to the task definition".to_owned(),
                why: "the request does not say which file system it is, nor where it is mounted".to_owned(),
            });
            reader.sets_nothing()
        }),
    },
    Meaning {
        name: "sidecar: version of the image",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["version <imagetag>", "proxy-image ?version <imagetag>", "<imagetag>", "sidecar ?version <imagetag>"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            let image = format!("public.ecr.aws/appmesh/aws-appmesh-envoy:{}", slots.text("imagetag"));
            put(&mut sidecar.image, image, &path, "image")
        }),
    },
    Meaning {
        name: "sidecar: image of the application",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["app-image <image>", "application run|image|hosts <image>", "<image> for application"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            put(&mut sidecar.application_image, slots.text("image"), &path, "applicationImage")
        }),
    },
    Meaning {
        name: "sidecar: an image",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &["image <image>", "image", "run <image>", "<name> image <image>"],
        set: Set::Act(|reader, slots| reader.image(slots.given("image"), slots.given("name").as_deref())),
    },
    Meaning {
        name: "sidecar: an image by its form",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &["<image>", "application <image>"],
        set: Set::Act(|reader, slots| reader.image(slots.given("image"), slots.given("name").as_deref())),
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
        ways: &["cpu <number>", "<number> cpu", "<percent> cpu", "<decimal:percent> cpu", "cpu <decimal:percent>"],
        set: Set::Act(|reader, slots| {
            let is_whole = reader.words.clone().any(|at| reader.tokens[at].text.to_lowercase().starts_with("vcpu"));
            let units = match (slots.number("percent"), slots.number("number")) {
                (0, number) if is_whole => number.saturating_mul(1024),
                (0, number) => number,
                (percent, _) => percent.saturating_mul(1024) / 100,
            };
            reader.assume_container();
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
            "<percent:part> gib ?memory",
            "<decimal:part> gib ?memory",
            "memory <decimal:part> gib",
            "memory <number> ?mib",
            "<number> ?mib memory",
            "<number> mib",
        ],
        set: Set::Act(|reader, slots| {
            let (gib, part) = (slots.number("gib"), slots.number("part"));
            let mib = match (gib, part) {
                (0, 0) => slots.number("number"),
                (0, part) => part.saturating_mul(1024) / 100,
                (gib, _) => gib.saturating_mul(1024),
            };
            reader.assume_container();
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            put(&mut sidecar.memory, mib, &path, "memory")
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
        ways: &["log-level <text:level>", "log-level to|equals|at <text:level>", "<name:level> log-level"],
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
        ways: &[
            "app-port <numbers>",
            "application ?hosts ?listen port <numbers>",
            "application ?hosts listen ?port <numbers>",
            "application ?hosts on|at <numbers>",
            "application hosts <numbers>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            // Nobody asked for a proxy by saying where the application listens.
            if *sidecar == Sidecar::default() {
                return Err(Trouble::NotHere);
            }
            application_ports(sidecar, &path, &slots.numbers("numbers"))
        }),
    },
    Meaning {
        name: "sidecar: container of the application",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &[
            "application hosts named <any:name> ?listen ?on|at ?port <numbers>",
            "application hosts <name> ?listen ?on|at ?port <numbers>",
            "application hosts named <any:name>",
            "application hosts <name>",
        ],
        set: Set::Act(application_container),
    },
    Meaning {
        name: "sidecar: a port",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &["port <numbers>", "listen ?port <numbers>"],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            application_ports(sidecar, &path, &slots.numbers("numbers"))
        }),
    },
    Meaning {
        name: "sidecar: a port without the word",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &["<number>"],
        set: Set::Act(|reader, slots| {
            let number = slots.number("number");
            let is_said = matches!(reader.preposition.as_deref(), Some("on" | "at")) && number >= MIN_BARE_PORT;
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            if !is_said || !reader.is_current {
                return Err(Trouble::NotHere);
            }
            application_ports(sidecar, &path, &[number])
        }),
    },
    Meaning {
        name: "sidecar: what every proxy's task has",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &[
            "proxy-wiring",
            "permissions for|of proxy-wiring",
            "proxy-wiring permissions",
            "proxy-wiring policy|statement",
        ],
        set: Set::Value(|intent, spot, _| sidecar(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "sidecar: what every proxy's container has",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &[
            "health-check",
            "permissions",
            "call ?to sidecar ?be|being|is ?healthy",
            "start|starts|started after sidecar ?be|being|is ?healthy",
        ],
        set: Set::Act(|reader, _| {
            let spot = reader.here()?;
            if !reader.is_current || !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            sidecar(&mut reader.intent, spot).map(|(_, path)| path)
        }),
    },
    Meaning {
        name: "sidecar: whose it is",
        block: Block::Sidecar,
        is_plain: false,
        home: Home::Sidecar,
        ways: &["to|for|in|of <name> hosts", "to|for|in|of <name> application hosts"],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
            if sidecar.virtual_gateway.is_some() {
                return Err(Trouble::NotHere);
            }
            put(&mut sidecar.virtual_node, slots.text("name"), &path, "virtualNode")
        }),
    },
    Meaning {
        name: "sidecar: ignored ports",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &[
            "ignored-ports <numbers>",
            "port <numbers> ignored-ports",
            "egress ?to port <numbers> ignored-ports",
            "keep ?egress ?traffic ?to port <numbers> out ?mesh|sidecar",
            "?egress ?to port <numbers> ignored|ignore|bypassed|excluded",
            "ignore|ignores|ignored|ignoring|bypass|bypasses|exclude|excludes|excluding|skip|skips ?egress ?to port <numbers> ?sidecar",
            "ignore|ignores|bypass|exclude|skip port <numbers> for|of egress",
            "keep|take ?egress port <numbers> out ?mesh|sidecar",
            "no ?egress port <numbers> to|in sidecar",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (sidecar, path) = sidecar(intent, spot)?;
            sidecar.egress_ignored_ports.extend(slots.numbers("numbers"));
            Ok(path + ".egressIgnoredPorts")
        }),
    },
    Meaning {
        name: "sidecar: addresses that every proxy ignores",
        block: Block::Sidecar,
        is_plain: true,
        home: Home::Sidecar,
        ways: &[
            "?egress ?to <names> ignored|ignore|bypassed|excluded",
            "ignore|ignored|ignoring|bypass|exclude|excluding ?egress ?to ?ip-preference <names>",
        ],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            sidecar(&mut reader.intent, spot)?;
            let are_usual = slots.texts("names").iter().all(|name| ALWAYS_IGNORED.contains(&name.as_str()));
            if are_usual { reader.sets_nothing() } else { Err(Trouble::NotHere) }
        }),
    },
];

impl Reader<'_> {
    /// CPU and memory of which nobody says whose they are belong to the proxy: what its application needs is not the mesh's.
    fn assume_container(&mut self) {
        let says = |token: &Token| {
            token.kind == TokenKind::Symbol
                && matches!(token.low.as_str(), "sidecar" | "resource-limits" | "proxy-image")
        };
        let Some(Place::Sidecar(at)) = self.spot.map(|spot| spot.place) else { return };
        if self.tokens.iter().any(says) {
            return;
        }
        let own = self.intent.sidecars[at].virtual_node.as_ref();
        let own =
            own.map_or_else(|| "the Envoy container".to_owned(), |name| format!("the Envoy container of `{name}`"));
        let what = format!("CPU and memory are those of {own}");
        if !self.assumptions.iter().any(|assumption| assumption.what == what) {
            let why = "a virtual node has none, and the container of an application is no part of the mesh".to_owned();
            self.assumptions.push(Assumption { what, why });
        }
    }
}

/// The container of the application, which is always called `app`, and its ports.
fn application_container(reader: &mut Reader<'_>, slots: &Slots) -> Said {
    let spot = reader.here()?;
    let (sidecar, path) = sidecar(&mut reader.intent, spot)?;
    if *sidecar == Sidecar::default() {
        return Err(Trouble::NotHere);
    }
    let ports = slots.numbers("numbers");
    let said = if ports.is_empty() { Ok(path) } else { application_ports(sidecar, &path, &ports) };
    // Another name is said not to be understood, as it stands nowhere.
    let is_its_name = |at: &usize| reader.tokens[*at].text == APPLICATION_CONTAINER;
    if let Some(name) = reader.words.clone().rev().find(is_its_name) {
        reader.set_aside(name, name + 1);
    }
    said
}

/// Ports of the application; said twice, they must be the same.
fn application_ports(sidecar: &mut Sidecar, path: &str, ports: &[u32]) -> Said {
    let known = Some(sidecar.application_ports.clone()).filter(|known| !known.is_empty());
    let said = put(&mut known.clone(), ports.to_vec(), path, "applicationPorts");
    if said.is_ok() {
        sidecar.application_ports = ports.to_vec();
    }
    said
}

/// The name of the application's container.
const APPLICATION_CONTAINER: &str = "app";

/// The addresses that every proxy ignores: of the task's credentials and of the instance's metadata.
const ALWAYS_IGNORED: &[&str] = &["169.254.170.2", "169.254.169.254"];

fn sidecar(intent: &mut Intent, spot: Spot) -> Result<(&mut Sidecar, String), Trouble> {
    let Place::Sidecar(at) = spot.place else { return Err(Trouble::NotHere) };
    Ok((intent.sidecars.get_mut(at).ok_or(Trouble::NotHere)?, spot::path_of(spot.place)))
}

fn traffic(intent: &mut Intent, spot: Spot, traffic: Traffic) -> Said {
    let (sidecar, path) = sidecar(intent, spot)?;
    put(&mut sidecar.traffic, traffic, &path, "traffic")
}
