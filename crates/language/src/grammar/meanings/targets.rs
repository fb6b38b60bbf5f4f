//! Meanings of where requests go: targets and their shares, the precedence of routes.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::name::name_at;
use crate::grammar::shares::even_share;
use crate::grammar::slot::Slots;
use crate::grammar::spot::{Place, Trouble, put};
use crate::intent::Pathway;
use crate::lexer::TokenKind;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "send",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["send ?all-traffic", "split"],
        set: Set::Act(|reader, _| {
            reader.sends();
            Ok(String::new())
        }),
    },
    Meaning {
        name: "weights",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &["weight"],
        set: Set::Act(|reader, _| {
            reader.sends();
            Ok(String::new())
        }),
    },
    Meaning {
        name: "target",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send to ?virtual-node ?application ?virtual-service <name>",
            "?send to ?version <name>",
            "target ?equals ?virtual-node <name>",
        ],
        set: Set::Act(|reader, slots| reader.target(&slots.text("name"), None, None)),
    },
    Meaning {
        name: "the only target",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["only ?send to ?virtual-node ?application ?virtual-service ?version <name>"],
        set: Set::Act(|reader, slots| reader.only_target(&slots.text("name"))),
    },
    Meaning {
        name: "service whose requests are split",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["behind ?virtual-service ?application <name>"],
        set: Set::Act(|reader, slots| match reader.here()?.place {
            Place::Route(None, at) if reader.is_current && !reader.intent.routes[at].targets.is_empty() => {
                let router = &mut reader.intent.routes[at].router;
                put(router, slots.text("name"), &format!("routes[{at}]"), "router")
            }
            _ => Err(Trouble::NotHere),
        }),
    },
    Meaning {
        name: "target of a verb that takes it",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["use|uses|hit|hits ?virtual-node ?application ?version <name>"],
        set: Set::Act(|reader, slots| {
            let is_open = reader.here().is_ok_and(|spot| reader.lacks_target(spot));
            let end = reader.words.end;
            if !is_open || !reader.ends_clause(end) && !reader.is_symbol(end, &["otherwise", "rest"]) {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.target(&slots.text("name"), None, None)
        }),
    },
    Meaning {
        name: "target after all else",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["then ?send ?to ?virtual-node <name>"],
        set: Set::Act(|reader, slots| {
            let is_open = reader.here().is_ok_and(|spot| reader.is_current && reader.lacks_target(spot));
            if !is_open || !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.target(&slots.text("name"), None, None)
        }),
    },
    Meaning {
        name: "targets that are there",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["to existing|current|other target", "to target already|there", "keep existing|current|other target"],
        set: Set::Act(|reader, _| {
            let is_added = reader.here().is_ok_and(|spot| !reader.lacks_target(spot));
            if is_added { Ok(String::new()) } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "target by default",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["default to ?virtual-node ?application ?virtual-service <name>"],
        set: Set::Act(|reader, slots| reader.target_of_the_rest(&slots.text("name"), None)),
    },
    Meaning {
        name: "target with a port",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send to ?virtual-node ?application <name> ?on|at port <number:port>",
            "?send to ?virtual-node ?application <name> on|at <number:port>",
            "?send to ?virtual-node ?application <name> , port <number:port>",
            "target ?equals ?virtual-node <name> ?virtual-node ?on|at port <number:port>",
            "?send to ?virtual-node ?application <name> virtual-node|application ?on|at port <number:port>",
        ],
        set: Set::Act(|reader, slots| {
            if reader.lists_numbers() || reader.is_port_of_next() {
                return Err(Trouble::NotHere);
            }
            let number = slots.number("port");
            let is_bare = reader.words.clone().all(|at| !reader.is_symbol(at, &["port"]));
            if is_bare && reader.may_be_priority(number) {
                let name = slots.text("name");
                return Err(Trouble::Clash(format!(
                    "{number} behind `{name}`, where others have priorities, a port or a priority"
                )));
            }
            reader.target(&slots.text("name"), None, Some(slots.number("port")))
        }),
    },
    Meaning {
        name: "weighted target",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<percent> ?traffic ?all-traffic ?send to ?virtual-node ?version <name>",
            "?send <percent> to ?version <name>",
            "<percent> ?call ?send for|on|at|with ?version <name>",
            "keep <percent> ?traffic ?send to|for|on|at|with ?version <name>",
            "<percent> call ?send to ?version <name>",
            "<name> gets|takes|take|receives|receive|handles|get|getting|receiving|taking|handling <percent>",
            "<name> down|up|max <percent>",
            "<name> keep <percent>",
            "<name> weight <number:percent>",
            "?send to ?version <name> weight <number:percent>",
            "?send to ?version <name> weight <percent>",
            "<name> weight <percent>",
            "<name> equals <percent>",
            "<name> : <percent>",
            "<name> ( <percent> )",
            "<name> <percent>",
            "weight <number:percent> for|to|on ?version <name>",
            "weight <number:percent> to ?version <name>",
            "<percent> version <name>",
            "<percent> <name>",
            "<name> with <percent>",
            "<percent> ?traffic ?all-traffic ?call ?send to ?virtual-node ?version <name> ?on|at port <number:port>",
            "<percent> ?traffic ?all-traffic ?call ?send to ?virtual-node ?version <name> on|at <number:port>",
            "?send <percent> ?traffic ?all-traffic ?call to ?virtual-node ?version <name> ?on|at port <number:port>",
            "?send <percent> ?traffic ?all-traffic ?call to ?virtual-node ?version <name> on|at <number:port>",
        ],
        set: Set::Act(|reader, slots| {
            // "10% from v1" says who gives them, and "orders traffic should be 70% v1" whose they are.
            let words = reader.words.clone();
            let is_from = words.clone().any(|at| reader.is_word(at, &["from"]));
            let is_whose = reader.is_word(words.start + 1, &["traffic", "requests"])
                && name_at(&reader.tokens, words.end).is_some();
            if is_from || is_whose {
                return Err(Trouble::NotHere);
            }
            // "canary: 1% of the traffic goes to v3"
            let labels = reader.low(reader.words.start + 1) == ":";
            let mut clause = (reader.words.end..reader.tokens.len()).take_while(|at| !reader.ends_clause(*at));
            if labels && clause.any(|at| reader.is_symbol(at, &["send", "to"])) {
                return Err(Trouble::NotHere);
            }
            reader.target(&slots.text("name"), Some(slots.number("percent")), port(slots))
        }),
    },
    Meaning {
        name: "share of a path's requests",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<percent> ?all-traffic ?call <path> ?traffic ?call ?send to ?version <name>",
            "<percent> ?all-traffic <method> ?requests|traffic|call <path> ?traffic ?call ?send to ?version <name>",
        ],
        set: Set::Act(|reader, slots| {
            let path = slots.text("path");
            reader.sends();
            if let Some(method) = slots.given("method") {
                reader.matcher(|matcher, at| put(&mut matcher.method, method, at, "method"))?;
            }
            reader.matcher(|matcher, at| put(&mut matcher.path, Pathway::Prefix(path), at, "path"))?;
            reader.target(&slots.text("name"), Some(slots.number("percent")), None)
        }),
    },
    Meaning {
        name: "split of an application's traffic",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "split ?traffic ?all-traffic ?of ?application <name:app> ?application ?traffic ?call <ratio> between|to ?version <names>",
            "split ?traffic ?all-traffic ?of ?application <name:app> ?application ?traffic ?call between ?version <names> ?, <ratio>",
            "split ?traffic ?all-traffic ?of ?application <name:app> ?application ?traffic ?call ?evenly between|to ?version <names> ?evenly",
        ],
        set: Set::Act(|reader, slots| {
            let (app, names, mut ratio) = (slots.text("app"), slots.texts("names"), slots.numbers("ratio"));
            if ratio.is_empty() {
                ratio = vec![even_share(names.len()); names.len()];
            }
            if names.len() < 2 || names.len() != ratio.len() || names.contains(&app) {
                return Err(Trouble::NotHere);
            }
            let mut said = Err(Trouble::NotHere);
            for (name, share) in names.iter().zip(ratio) {
                said = reader.share_of(&app, share, name);
                said.as_ref().map_err(Clone::clone)?;
            }
            said
        }),
    },
    Meaning {
        name: "weighted target by a number",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["<name> <number:percent>", "to <name> <number:percent>", "<number:percent> to|for|on ?version <name>"],
        set: Set::Act(|reader, slots| {
            // "to orders with 3 retries" counts something else.
            let after = reader.words.end;
            let counts_more = reader.token(after).is_some_and(|token| {
                token.kind == TokenKind::Symbol && !matches!(token.low.as_str(), "and" | "but" | "weight" | "split")
            });
            if counts_more || reader.ends_range() || reader.goes_on_with_priority(&slots.text("name")) {
                return Err(Trouble::NotHere);
            }
            reader.target(&slots.text("name"), Some(slots.number("percent")), None)
        }),
    },
    Meaning {
        name: "target of requests that are for it",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["are|is for <name>", "belongs|belong to <name>"],
        set: Set::Act(|reader, slots| {
            reader.sends();
            reader.target(&slots.text("name"), None, None)
        }),
    },
    Meaning {
        name: "share of an application's traffic",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send ?split <percent> of <name:app> traffic|requests|call ?send to ?version <name>",
            "?send ?split <percent> of <name:app> traffic|requests on ?version <name>",
            "?send ?split <percent> <name:app> traffic|requests|call ?send to ?version <name>",
            "?send ?split ?change <percent> of <name:app> ?send to ?version <name>",
            "?send ?split ?change <percent> of ?route <name:app> route|virtual-router ?traffic ?send to ?version <name>",
            "?send ?split ?change <percent> of ?all-traffic route <name:app> ?send to ?version <name>",
            "<percent> of <name:app> traffic|requests|call hit|hits|see|sees|get|gets ?version <name>",
            "?version <name> of <name:app> gets|takes|take|receives|receive|handles|get <percent> ?of ?all-traffic ?traffic|requests",
            "<name> <percent> of <name:app> traffic|requests|call",
            "<name> gets|takes|take|receives|receive|handles|get <percent> of <name:app> traffic|requests|call",
        ],
        set: Set::Act(|reader, slots| {
            let said = reader.share_of(&slots.text("app"), slots.number("percent"), &slots.text("name"))?;
            reader.set_calls_aside();
            Ok(said)
        }),
    },
    Meaning {
        name: "share of what was just named",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &["<percent>"],
        set: Set::Act(|reader, slots| reader.share_of_last(slots.number("percent"))),
    },
    Meaning {
        name: "where traffic was before",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["from <name>"],
        set: Set::Act(|reader, _| reader.former_target()),
    },
    Meaning {
        name: "the rest to a target",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?keep rest|otherwise ?traffic ?keep ?send ?keep to|for|on|at|with|by ?virtual-node ?application ?version <name>",
            "rest|otherwise use|hits|hit ?virtual-node ?application ?version <name>",
            "<name> gets|takes|take|receives|receive|handles|get rest|otherwise",
            "rest|otherwise ?traffic ?send to ?virtual-node ?application ?version <name> ?on|at port <number:port>",
            "rest|otherwise ?traffic ?send to ?virtual-node ?application ?version <name> on|at <number:port>",
        ],
        set: Set::Act(|reader, slots| reader.target_of_the_rest(&slots.text("name"), port(slots))),
    },
    Meaning {
        name: "the rest to a target, without a verb",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["rest|otherwise ?version <name>", "<name> rest|otherwise"],
        set: Set::Act(|reader, slots| {
            // "else cart-v1", and not "everything else frobnicates".
            let ends = reader.ends_clause(reader.words.end);
            let is_told = reader.here().is_ok_and(|spot| spot.place.has_routes() && !reader.lacks_target(spot));
            let begins =
                reader.at == 0 || is_told || matches!(reader.low_before(reader.at), "," | "and" | "." | ";" | ":");
            if !ends || !begins {
                return Err(Trouble::NotHere);
            }
            reader.target_of_the_rest(&slots.text("name"), None)
        }),
    },
    Meaning {
        name: "the rest, which is said as a share",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?keep rest|otherwise|other <percent> ?traffic ?send ?keep to|for|on|at|with ?version <name>",
            "rest|otherwise|other <percent> <name>",
            "<name> gets|takes|take|receives|handles|get rest|otherwise|other <percent>",
            "<name> rest|otherwise|other <percent>",
        ],
        set: Set::Act(|reader, slots| reader.target(&slots.text("name"), Some(slots.number("percent")), None)),
    },
    Meaning {
        name: "split",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?split ?send <ratio> ?split ?weight between ?version <names>",
            "?split ?send between ?version <names> ?, <ratio>",
            "?split <names> <ratio>",
            "<ratio> ?split to ?version <names>",
            "<ratio> <names>",
            "?split between ?version <names> weight <ratio>",
        ],
        set: Set::Act(|reader, slots| reader.split(&slots.texts("names"), &slots.numbers("ratio"))),
    },
    Meaning {
        name: "even split",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?split evenly between ?version <names>",
            "split between ?version <names> ?evenly",
            "evenly split between <names>",
            "split ?traffic evenly ?virtual-node ?application <names>",
            "evenly split <names>",
            "split ?traffic evenly to <names>",
            "?send to ?virtual-node ?application ?version <names> evenly",
        ],
        set: Set::Act(|reader, slots| reader.split(&slots.texts("names"), &[])),
    },
    Meaning {
        name: "a ratio for what was named",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["?split <ratio> ?split", "weight <ratio>"],
        set: Set::Act(|reader, slots| reader.ratio(&slots.numbers("ratio"))),
    },
    Meaning {
        name: "receiver before its requests",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["<name> gets|takes|receives|receive|handles"],
        set: Set::Act(|reader, slots| reader.receiver(&slots.text("name"))),
    },
    Meaning {
        name: "targets",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["target <names>"],
        set: Set::Act(|reader, slots| reader.targets(&slots.texts("names"))),
    },
    Meaning {
        name: "targets whose shares come later",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["?send to ?virtual-node ?application ?version <names>"],
        set: Set::Act(|reader, slots| reader.targets_with_shares(&slots.texts("names"))),
    },
    Meaning {
        name: "owner of a route",
        block: Block::Match,
        is_plain: false,
        home: Home::Next,
        ways: &["on|in|of ?virtual-router <name>"],
        set: Set::Act(|reader, slots| reader.owner(&slots.text("name"))),
    },
];

/// The port of a target, where one is said.
fn port(slots: &Slots) -> Option<u32> {
    Some(slots.number("port")).filter(|port| *port > 0)
}
