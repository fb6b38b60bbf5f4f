//! Meanings of what answers a virtual service's requests.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Intent, Provider};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "provider: a virtual router",
        block: Block::Resource,
        is_plain: true,
        home: Home::Service,
        ways: &[
            "to virtual-router ?named <name>",
            "by virtual-router ?named <name>",
            "?provider virtual-router named <name>",
            "provider ?to virtual-router <name>",
            "provider <name> virtual-router",
            "send to virtual-router <name>",
            "send to <name> virtual-router",
        ],
        set: Set::Value(|intent, spot, slots| provider(intent, spot, Provider::Router(slots.text("name")))),
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
        set: Set::Value(|intent, spot, slots| provider(intent, spot, Provider::Node(slots.text("name")))),
    },
];

fn provider(intent: &mut Intent, spot: Spot, provider: Provider) -> Said {
    let Place::Service(at) = spot.place else { return Err(Trouble::NotHere) };
    let service = intent.virtual_services.get_mut(at).ok_or(Trouble::NotHere)?;
    put(&mut service.provider, provider, &spot::path_of(spot.place), "provider")
}
