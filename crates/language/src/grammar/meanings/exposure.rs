//! Meanings of the paths at which gateways expose services.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::Trouble;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "a service of a gateway at a path",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "?listen virtual-service ?named <name> at|under|on|behind <path>",
            "?listen application ?named <name> at|under|on|behind <path>",
            "?listen <name> at|under|behind <path>",
        ],
        set: Set::Act(|reader, slots| reader.service_at(&slots.text("name"), &slots.text("path"))),
    },
    Meaning {
        name: "a path that a gateway of the files exposes",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "?listen|send ?path|prefix <path> on|at|through|via|between|behind ?virtual-gateway <name:gateway> ?virtual-gateway to|for|from|with|as ?application|virtual-service <name> ?application|virtual-service",
            "?listen|send ?path|prefix <path> on|at|through|via|between|behind virtual-gateway to|for|from|with|as ?application|virtual-service <name> ?application|virtual-service",
            "listen ?application|virtual-service <name> ?application|virtual-service on|at|through|via|between|behind ?virtual-gateway <name:gateway> ?virtual-gateway at|under|on|as|behind ?path|prefix <path>",
            "listen ?application|virtual-service <name> ?application|virtual-service on|at|through|via|between|behind virtual-gateway at|under|on|as|behind ?path|prefix <path>",
            "listen ?application|virtual-service <name> ?application|virtual-service at|under|behind|as ?path|prefix <path> on|at|through|via|between|behind ?virtual-gateway <name:gateway> ?virtual-gateway",
            "listen ?application|virtual-service <name> ?application|virtual-service at|under|behind|as ?path|prefix <path> on|at|through|via|between|behind virtual-gateway",
            "?application|virtual-service <name> ?application|virtual-service listen ?on|at|through|via|between ?virtual-gateway <name:gateway> ?virtual-gateway at|under|on|as|behind ?path|prefix <path>",
            "?application|virtual-service <name> ?application|virtual-service listen ?on|at|through|via|between virtual-gateway at|under|on|as|behind ?path|prefix <path>",
        ],
        set: Set::Act(|reader, slots| reader.expose(slots.given("gateway"), &slots.text("name"), &slots.text("path"))),
    },
    Meaning {
        name: "a service that the only gateway of the files exposes",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "listen ?application|virtual-service <name> ?application|virtual-service at|under|behind|as ?path|prefix <path>",
        ],
        set: Set::Act(|reader, slots| {
            if reader.current_gateway().is_some() {
                return Err(Trouble::NotHere);
            }
            reader.expose(None, &slots.text("name"), &slots.text("path"))
        }),
    },
];
