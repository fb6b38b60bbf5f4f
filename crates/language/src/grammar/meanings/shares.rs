//! Meanings of shares that are said of all requests, of none, or for each of several targets.

use meshwright_model::Kind;

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::reader::Verb;
use crate::grammar::spot::{Place, Trouble};
use crate::intent::Action;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "all of it to one target, as before or from now on",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "roll ?everything|all-traffic|all to ?version <name>",
            "strip|fail|flip ?everything|all-traffic|all between to ?version <name>",
            "promote ?version <name>",
            "promote ?version <name> to all|everything|all-traffic ?traffic|requests",
        ],
        set: Set::Act(|reader, slots| {
            if reader.known.is_none() {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.target(&slots.text("name"), Some(100), None)
        }),
    },
    Meaning {
        name: "one target is promoted to a share",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["promote ?version <name> to <percent> ?traffic|requests|all-traffic"],
        set: Set::Act(|reader, slots| {
            reader.sends();
            reader.target(&slots.text("name"), Some(slots.number("percent")), None)
        }),
    },
    Meaning {
        name: "one target is promoted to a share of a route",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "promote ?version <name> to <percent> ?traffic|requests|all-traffic on|of|in|for ?route|virtual-router <name:app> ?route|virtual-router",
            "promote ?version <name> to ?all|everything|all-traffic ?traffic|requests on|of|in|for ?route|virtual-router <name:app> ?route|virtual-router",
            "?split|change ?weight|split ?of|for ?version <name> in|on|of ?route|virtual-router <name:app> ?route|virtual-router to <percent>",
            "weight|split ?of|for ?version <name> in|on|of ?route|virtual-router <name:app> ?route|virtual-router to <number:percent>",
        ],
        set: Set::Act(|reader, slots| {
            let percent = if slots.has("percent") { slots.number("percent") } else { 100 };
            let (app, name) = (slots.text("app"), slots.text("name"));
            if percent > 100 || !reader.is_share_of_known(&name) {
                return Err(Trouble::NotHere);
            }
            reader.share_of(&app, percent, &name)
        }),
    },
    Meaning {
        name: "share that a target changes to",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["?split|change ?version <name> to|max <percent> ?traffic|requests|all-traffic"],
        set: Set::Act(|reader, slots| {
            let name = slots.text("name");
            if !reader.is_share_of_known(&name) {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.target(&name, Some(slots.number("percent")), None)
        }),
    },
    Meaning {
        name: "shares of what a route has",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "split|change|set|turn ?route|virtual-router <name:app> ?route|virtual-router|application ?traffic|split ?to|between <ratio>",
            "split|change|set|turn ?weight|split of|for|on ?route|virtual-router <name:app> ?route|virtual-router ?traffic ?to|between <ratio>",
            "split|change|set|turn ?weight|split of|for|on ?route|virtual-router <name:app> ?route|virtual-router ?traffic to <numbers:ratio>",
            "?route|virtual-router <name:app> ?route|virtual-router|traffic ?weight|split ?to|equals|between <ratio>",
            "?route|virtual-router <name:app> ?route|virtual-router|traffic weight|split ?to|equals|between <numbers:ratio>",
            "weight|split ?of|for|on ?route|virtual-router <name:app> ?route|virtual-router ?traffic ?to|equals|between <ratio>",
            "weight|split ?of|for|on ?route|virtual-router <name:app> ?route|virtual-router ?traffic to|equals|: <numbers:ratio>",
            "split|change|set|turn ?route|virtual-router <name:app> ?route|virtual-router ?traffic ?to evenly",
        ],
        set: Set::Act(|reader, slots| {
            let mut ratio = slots.numbers("ratio");
            let is_whole = ratio.is_empty() || ratio.iter().sum::<u32>() == 100;
            if !is_whole || !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            if ratio.is_empty() {
                ratio = vec![50, 50];
            }
            reader.ratio_of_known(&slots.text("app"), &ratio)
        }),
    },
    Meaning {
        name: "no requests any more",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "drain ?version <names>",
            "no traffic|requests to|on|for ?version <names>",
            "no send anything|everything|traffic|requests ?anymore to|on ?version <names>",
            "no-longer send anything|everything|traffic|requests to|on ?version <names>",
        ],
        set: Set::Act(|reader, slots| {
            let is_route = reader.here().is_ok_and(|spot| spot.place.has_routes());
            let names = slots.texts("names");
            if reader.known.is_none() || !is_route {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            let mut said = Err(Trouble::NotHere);
            for name in &names {
                said = reader.target(name, Some(0), None);
                said.as_ref().map_err(Clone::clone)?;
            }
            said
        }),
    },
    Meaning {
        name: "a third for each",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["third ?each to|for|on ?each|all ?of ?version <names>", "third each ?version <names>"],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            if names.len() != 3 {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.split(&names, &[])
        }),
    },
    Meaning {
        name: "a share that moves from one target to another",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?split|change|send|take <percent> ?of ?all-traffic ?traffic|requests ?away from ?version <name:old> to ?version <name>",
            "?split|change|send|take <percent> of <name:app> traffic|requests|call ?away from ?version <name:old> to ?version <name>",
            "?split|change|send|take <percent> <name:app> traffic|requests|call ?away from ?version <name:old> to ?version <name>",
            "take <percent> ?of ?all-traffic ?traffic|requests off|of|from ?version <name:old> and ?add|send ?it to ?version <name>",
        ],
        set: Set::Act(|reader, slots| {
            let app = slots.given("app");
            reader.move_share(app.as_deref(), slots.number("percent"), &slots.text("old"), &slots.text("name"))
        }),
    },
    Meaning {
        name: "whom a share is taken from",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "taken|drawn|deducted|coming|moved|carved|at ?out ?of ?off from|of|off|expense ?of ?version <name>",
            "take ?it|that|them from|off ?version <name>",
            "from ?version <name> weight|split",
        ],
        set: Set::Act(|reader, slots| reader.take_share(&slots.text("name"))),
    },
    Meaning {
        name: "what is left, evenly",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?split rest|otherwise ?traffic ?send ?is ?split evenly between|to|for|on|with ?version <names>",
            "?split rest|otherwise ?traffic between ?version <names> ?evenly",
            "?send rest|otherwise ?traffic evenly to|on ?version <names>",
            "rest|otherwise ?traffic ?send ?is ?split ?between|to ?version <names> evenly",
            "<names> split rest|otherwise ?evenly",
        ],
        set: Set::Act(|reader, slots| reader.split_the_rest(&slots.texts("names"))),
    },
    Meaning {
        name: "shares of an application's traffic",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "split|change|send|roll ?all|all-traffic ?of <name:app> traffic|requests|call|split|weight ?to|between|at|:",
            "split|change|send ?traffic|requests|split|weight|all-traffic of|for|on <name:app> ?to|between|at|:",
            "split|change <name:app> :",
            "<name:app> traffic|split|weight ?should ?be ?split|send ?to|between|at|:|equals",
            "traffic|split|weight of|for|on <name:app> ?should ?be ?split|send ?to|between|at|:|equals",
        ],
        set: Set::Act(|reader, slots| reader.shares_of(&slots.text("app"))),
    },
    Meaning {
        name: "a target that gets nothing",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<names> gets|get|receives|receive|takes|take|has|have nothing|none|zero",
            "<names> gets|get|receives|receive|takes|take|has|have no ?more|further traffic|requests ?anymore",
            "<names> no-longer get|receive|take ?any|anything traffic|requests",
        ],
        set: Set::Act(|reader, slots| {
            if reader.known.is_none() || !reader.ends_clause(reader.words.end) {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            let mut said = Err(Trouble::NotHere);
            for name in &slots.texts("names") {
                said = reader.target(name, Some(0), None);
                said.as_ref().map_err(Clone::clone)?;
            }
            said
        }),
    },
    Meaning {
        name: "nothing for targets",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["?send nothing|none|zero to|on|for ?version <names>"],
        set: Set::Act(|reader, slots| {
            let mut said = Err(Trouble::NotHere);
            let is_told = reader.here().is_ok_and(|spot| !reader.lacks_target(spot));
            for name in slots.texts("names").iter().filter(|_| is_told) {
                said = reader.target(name, Some(0), None);
                said.as_ref().map_err(Clone::clone)?;
            }
            said
        }),
    },
    Meaning {
        name: "the same share to each",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send ?split <percent:share> ?traffic|requests each ?send to ?virtual-node ?application ?version <names>",
            "?send ?split <percent:share> ?traffic|requests ?send to each ?virtual-node ?application ?version <names>",
            "?send ?split <ratio> ?traffic|requests each ?send to ?virtual-node ?application ?version <names>",
            "?send ?split <ratio> ?traffic|requests ?send to each ?virtual-node ?application ?version <names>",
        ],
        set: Set::Act(|reader, slots| {
            let (names, ratio) = (slots.texts("names"), slots.numbers("ratio"));
            reader.sends();
            match (ratio.as_slice(), u32::try_from(names.len())) {
                ([], Ok(count)) if count > 1 => reader.split(&names, &vec![slots.number("share"); names.len()]),
                ([1, whole], Ok(count)) if *whole == count => reader.split(&names, &[]),
                _ => Err(Trouble::NotHere),
            }
        }),
    },
    Meaning {
        name: "a share for each",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send ?split <percent> ?traffic ?call each ?of ?version <names>",
            "?send ?split <percent> ?traffic ?call to|for|on each|both|all ?of ?version <names>",
            "?send ?split <percent> ?traffic ?call each to|for|on ?version <names>",
        ],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            reader.sends();
            reader.split(&names, &vec![slots.number("percent"); names.len()])
        }),
    },
    Meaning {
        name: "all of an application's traffic",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?send ?split ?change all|everything|otherwise ?of <name:app> traffic|requests|call ?send to ?version <name>",
            "?send ?split ?change all-traffic of|for <name:app> ?send to ?version <name>",
            "<name> only target of|for|on|behind ?route|virtual-router <name:app> ?route|virtual-router|application",
            "roll <name:app> ?application|route|virtual-router|traffic to ?version <name> ?entirely|completely|fully",
            "roll route|application|virtual-router <name:app> to ?version <name>",
            "?roll ?route|application|virtual-router <name:app> ?application|route|virtual-router|traffic to ?version <name> entirely|completely|fully",
            "roll <name:app> ?application|route|virtual-router|traffic to all|everything|all-traffic ?to|on ?version <name>",
        ],
        set: Set::Act(|reader, slots| {
            // Where all is made anew, it is one target that a route has.
            if reader.known.is_none() {
                return Err(Trouble::NotHere);
            }
            let said = reader.share_of(&slots.text("app"), 100, &slots.text("name"))?;
            reader.set_calls_aside();
            Ok(said)
        }),
    },
    Meaning {
        name: "an application that moves to one of its versions",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?split ?route|application|virtual-router <name:app> ?application|route|virtual-router|traffic to ?version <name>",
        ],
        set: Set::Act(|reader, slots| {
            let (app, name, words) = (slots.text("app"), slots.text("name"), reader.words.clone());
            let before = (0..words.start).rev().find(|at| !matches!(reader.low(*at), "the" | "our" | "all" | "of"));
            let is_moved = reader.is_symbol(words.start, &["split"])
                || before.is_some_and(|at| reader.is_symbol(at, &["change", "split"]));
            if !is_moved || !reader.ends_clause(words.end) || !reader.is_version_there(&app, &name) {
                return Err(Trouble::NotHere);
            }
            reader.share_of(&app, 100, &name)
        }),
    },
    Meaning {
        name: "a share of what is rolled back",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "roll ?route <name:app> ?application|route|virtual-router|traffic to <percent> ?to|on|of ?version <name>",
        ],
        set: Set::Act(|reader, slots| {
            if reader.known.is_none() {
                return Err(Trouble::NotHere);
            }
            reader.share_of(&slots.text("app"), slots.number("percent"), &slots.text("name"))
        }),
    },
    Meaning {
        name: "what is left goes nowhere",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "otherwise|rest ?get|gets|returns ?a <number>",
            "otherwise|rest is|are|gets ?be rejected|refused|drop-all|ignored|nothing",
            "otherwise|rest ?send nowhere",
            "nothing otherwise send anywhere",
        ],
        // What no route matches is answered with 404.
        set: Set::Act(|reader, slots| {
            let is_so = matches!(slots.number("number"), 0 | 404) && reader.ends_clause(reader.words.end);
            if is_so { reader.rest_goes_nowhere() } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "target that is added",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?virtual-node <name> to split|rotation|mix|target|route ?with ?weight <number:percent>",
            "?virtual-node <name> to split|rotation|mix|target|route ?with ?weight <percent>",
        ],
        set: Set::Act(|reader, slots| {
            if reader.verb != Verb::Add {
                return Err(Trouble::NotHere);
            }
            // Of several routes nobody knows which is meant.
            let only = reader.known.as_ref().map(|known| known.only(Kind::Route));
            let spot = reader.here()?;
            if let (Some(only), Place::Route(None, at)) = (only, spot.place) {
                let route = &mut reader.intent.routes[at];
                route.action = Action::Change;
                route.name = Some(route.name.take().or(only).ok_or(Trouble::NotHere)?);
            }
            reader.sends();
            reader.target(&slots.text("name"), Some(slots.number("percent")), None)
        }),
    },
];
