//! Meanings of what answers a virtual service's requests.

use meshwright_model::Kind;

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::reader::{Reader, Verb};
use crate::grammar::spot::{self, Place, Said, Trouble, put};
use crate::grammar::thing::Thing;
use crate::intent::{Provider, VirtualNode};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "provider that is changed",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &["provider"],
        set: Set::Act(|reader, _| match reader.here()?.place {
            Place::Service(_) if reader.verb == Verb::Change => Ok(String::new()),
            _ => Err(Trouble::NotHere),
        }),
    },
    Meaning {
        name: "provider: a virtual router",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &[
            "to virtual-router ?named <name>",
            "by virtual-router ?named <name>",
            "with virtual-router ?named <name>",
            "?provider virtual-router named <name>",
            "provider virtual-router ?named <name>",
            "provider ?to virtual-router <name>",
            "provider <name> virtual-router",
            "send to virtual-router <name>",
            "send to <name> virtual-router",
        ],
        set: Set::Act(|reader, slots| provider(reader, Provider::Router(slots.text("name")))),
    },
    Meaning {
        name: "provider: a virtual node",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &[
            "to virtual-node ?named <name>",
            "by virtual-node ?named <name>",
            "provider virtual-node ?named <name>",
            "provider <name> virtual-node",
            "send to virtual-node <name>",
            "send to <name> virtual-node",
        ],
        set: Set::Act(|reader, slots| provider(reader, Provider::Node(slots.text("name")))),
    },
    Meaning {
        name: "provider: whom the service is made for",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &["for <name:router> virtual-router", "for <name:node> virtual-node"],
        set: Set::Act(|reader, slots| {
            let Place::Service(at) = reader.here()?.place else { return Err(Trouble::NotHere) };
            let is_open = reader.intent.virtual_services[at].name.is_some() && reader.known.is_some();
            match (slots.given("router"), slots.given("node")) {
                (Some(router), _) if is_open => provider(reader, Provider::Router(router)),
                (_, Some(node)) if is_open => provider(reader, Provider::Node(node)),
                _ => Err(Trouble::NotHere),
            }
        }),
    },
    Meaning {
        name: "provider: of the kind that the files have",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &["provider to <name>"],
        set: Set::Act(|reader, slots| {
            let name = slots.text("name");
            match reader.kind_there(&name) {
                Some(Kind::VirtualRouter) => provider(reader, Provider::Router(name)),
                Some(Kind::VirtualNode) => provider(reader, Provider::Node(name)),
                _ => Err(Trouble::NotHere),
            }
        }),
    },
    Meaning {
        name: "provider that the service stands on",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &["on virtual-node ?named <name:node>", "on virtual-router ?named <name:router>"],
        set: Set::Act(|reader, slots| match slots.given("node") {
            Some(node) => provider(reader, Provider::Node(node)),
            None => provider(reader, Provider::Router(slots.text("router"))),
        }),
    },
    Meaning {
        name: "provider: the node or router that was spoken of",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &["send to virtual-node|virtual-router", "provider ?by|to virtual-node|virtual-router"],
        set: Set::Act(|reader, _| {
            let of_router = reader.words.clone().any(|at| reader.is_symbol(at, &["virtual-router"]));
            let is_the = reader.words.clone().any(|at| reader.is_word(at, &["the", "that", "this", "said"]));
            let place = reader.latest(|place| match place {
                Place::Router(_) => of_router,
                Place::Node(_) | Place::Application(_) => !of_router,
                _ => false,
            });
            if of_router && !is_the && reader.words.clone().any(|at| reader.is_word(at, &["a", "its", "own", "new"])) {
                return reader.own_router_of_service();
            }
            let name = match place.filter(|_| is_the) {
                Some(Place::Router(at)) => reader.intent.virtual_routers[at].name.clone().map(Provider::Router),
                Some(Place::Node(at)) => reader.intent.virtual_nodes[at].name.clone().map(Provider::Node),
                Some(Place::Application(at)) => reader.intent.applications[at].name.clone().map(Provider::Node),
                _ => None,
            };
            provider(reader, name.ok_or(Trouble::NotHere)?)
        }),
    },
    Meaning {
        name: "service of the files that is pointed at what answers it",
        block: Block::Resource,
        is_plain: true,
        home: Home::Next,
        ways: &["send <host:service> at|to ?virtual-node|virtual-router <name> ?virtual-node|virtual-router"],
        set: Set::Act(|reader, slots| {
            let (service, to) = (slots.text("service"), slots.text("name"));
            let verb = reader.tokens[reader.words.start].text.to_lowercase();
            let says = |kind: &str| reader.words.clone().any(|at| reader.is_symbol(at, &[kind]));
            let kind = match (says("virtual-router"), says("virtual-node")) {
                (true, _) => Some(Kind::VirtualRouter),
                (_, true) => Some(Kind::VirtualNode),
                _ => reader.kind_there(&to),
            };
            let (is_service, provider) = match (reader.thing_there(&service), kind) {
                (Thing::Service, Some(Kind::VirtualRouter)) => (true, Provider::Router(to)),
                (Thing::Service, Some(Kind::VirtualNode)) => (true, Provider::Node(to)),
                _ => (false, Provider::Node(to)),
            };
            if !is_service || !matches!(verb.as_str(), "point" | "points" | "map" | "maps") {
                return Err(Trouble::NotHere);
            }
            let Some(Place::Service(at)) = reader.place_there(&service) else { return Err(Trouble::NotHere) };
            reader.turn_to(Place::Service(at));
            let service = &mut reader.intent.virtual_services[at];
            put(&mut service.provider, provider, &spot::path_of(Place::Service(at)), "provider")
        }),
    },
    Meaning {
        name: "service behind a gateway",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &["provider ?application ?virtual-service <name>"],
        set: Set::Act(|reader, slots| match reader.here()?.place {
            Place::Gateway(_) if reader.is_current => reader.service_at(&slots.text("name"), "/"),
            _ => Err(Trouble::NotHere),
        }),
    },
    Meaning {
        name: "provider: none yet",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &[
            "no ?any provider",
            "provider no|none|empty|nothing|later|absent",
            "nothing provider",
            "no virtual-router and|or virtual-node provider",
        ],
        set: Set::Act(|reader, _| {
            let Place::Service(at) = reader.here()?.place else { return Err(Trouble::NotHere) };
            let is_open = reader.is_current && reader.intent.virtual_services[at].provider.is_none();
            if is_open { reader.sets_nothing() } else { Err(Trouble::NotHere) }
        }),
    },
];

impl Reader<'_> {
    /// "a virtual service backed by a virtual router": a router that bears the service's name, and is spoken of then.
    fn own_router_of_service(&mut self) -> Said {
        let place = self.here()?.place;
        let Some(Place::Service(at)) = self.as_service(place) else { return Err(Trouble::NotHere) };
        if !self.is_current {
            return Err(Trouble::NotHere);
        }
        let router = self.router_for_service(at).ok_or(Trouble::NotHere)?;
        self.turn_to(router);
        Ok(spot::path_of(Place::Service(at)) + ".provider")
    }
}

/// A provider of the virtual service that is spoken of, and not of one that was named before.
fn provider(reader: &mut Reader<'_>, provider: Provider) -> Said {
    let place = reader.here()?.place;
    let Some(Place::Service(at)) = reader.as_service(place) else { return Err(Trouble::NotHere) };
    let more = reader.past(reader.words.end, &["and", "the", "a", "also", "by"]);
    let is_second = reader.is_symbol(more, &["virtual-node", "virtual-router"])
        && more > reader.words.end
        && reader.ends_clause(reader.past(more + 1, &["named"]) + 1);
    if is_second && reader.is_current {
        return Err(Trouble::Clash("two providers, and a virtual service has one".to_owned()));
    }
    let service = reader.intent.virtual_services.get_mut(at).filter(|_| reader.is_current).ok_or(Trouble::NotHere)?;
    let said = put(&mut service.provider, provider, &spot::path_of(Place::Service(at)), "provider")?;
    if reader.known.is_none() && describes(reader) {
        speak_of_provider(reader, at);
    }
    Ok(said)
}

/// "provided by node db, which is TCP on 5432": speaks of what answers a service.
fn speak_of_provider(reader: &mut Reader<'_>, at: usize) {
    let place = match reader.intent.virtual_services[at].provider.clone() {
        Some(Provider::Router(name)) => reader.router_named(&name),
        Some(Provider::Node(name)) => {
            let found = reader.find_named(&name).filter(|place| matches!(place, Place::Node(_)));
            found.unwrap_or_else(|| {
                reader.intent.virtual_nodes.push(VirtualNode { name: Some(name), ..VirtualNode::default() });
                Place::Node(reader.intent.virtual_nodes.len() - 1)
            })
        }
        None => return,
    };
    reader.turn_to(place);
}

/// Whether what answers a service is described right behind its name.
fn describes(reader: &Reader<'_>) -> bool {
    let end = reader.words.end;
    let which = end + usize::from(reader.low(end) == ",");
    reader.is_word(which, &["which", "that"])
        || reader.is_symbol(end, &["listen"])
        || reader.low(end) == "(" && !reader.is_symbol(end + 1, &["mesh"])
        || reader.low(end) != ":" && reader.begins_detail(end)
}
