//! What words name: a kind of thing, and what else is said of it in the same breath.

use std::ops::Range;

use super::block::Home;
use super::spot::Place;
use crate::intent::{Pathway, Protocol};

/// A kind of thing that words name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Mesh,
    Node,
    Router,
    Route,
    Service,
    Gateway,
    GatewayRoute,
    Application,
    Sidecar,
    Everything,
}

/// The symbols of kinds.
const SYMBOLS: &[(&str, Thing)] = &[
    ("mesh", Thing::Mesh),
    ("virtual-node", Thing::Node),
    ("virtual-router", Thing::Router),
    ("route", Thing::Route),
    ("virtual-service", Thing::Service),
    ("virtual-gateway", Thing::Gateway),
    ("gateway-route", Thing::GatewayRoute),
    ("application", Thing::Application),
    ("sidecar", Thing::Sidecar),
    ("everything", Thing::Everything),
];

impl Thing {
    /// The kind that a symbol says.
    pub(super) fn of_symbol(symbol: &str) -> Option<Self> {
        SYMBOLS.iter().find(|(known, _)| *known == symbol).map(|(_, thing)| *thing)
    }

    /// Whether a value of this home may belong to it.
    pub(super) fn fits(self, home: Home) -> bool {
        match home {
            Home::Node => {
                matches!(self, Self::Node | Self::Application | Self::Gateway | Self::Router | Self::Everything)
            }
            Home::Route => matches!(self, Self::Route | Self::Application | Self::Router),
            Home::Any => !matches!(self, Self::Mesh | Self::Sidecar | Self::GatewayRoute),
            Home::GatewayRoute => self == Self::GatewayRoute,
            Home::Service => self == Self::Service,
            Home::Mesh | Home::Sidecar | Home::Next | Home::All => false,
        }
    }
}

/// A number of things that is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    /// What is counted.
    pub(super) what: Counted,
    /// How many there are to be.
    pub(super) number: u32,
    /// Where the words start, in bytes.
    pub(super) start: usize,
    /// Where they end, in bytes.
    pub(super) end: usize,
}

/// What can be counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted {
    Things(Thing),
    Versions,
    Listeners,
}

/// What words name.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is said by words of its own")]
pub(super) struct Entity {
    pub(super) thing: Thing,
    pub(super) name: Option<String>,
    /// Names beside the first: "virtual nodes cart and users".
    pub(super) others: Vec<String>,
    /// Whether there are several.
    pub(super) is_plural: bool,
    /// Whether it is said to be there already.
    pub(super) is_existing: bool,
    /// Whether the name is only whom it is for.
    pub(super) is_soft: bool,
    /// Whether it was spoken of before: "the node", "this route".
    pub(super) is_definite: bool,
    pub(super) protocol: Option<Protocol>,
    /// The place after its words.
    pub(super) end: usize,
}

impl Entity {
    pub(super) fn new(thing: Thing, name: Option<String>, end: usize) -> Self {
        Self {
            thing,
            name,
            others: Vec::new(),
            is_plural: false,
            is_existing: false,
            is_soft: false,
            is_definite: false,
            protocol: None,
            end,
        }
    }
}

/// A further path or method of a route, and the words that say it.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) place: Place,
    pub(super) value: Other,
    pub(super) words: Range<usize>,
}

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Other {
    Path(Pathway),
    Method(String),
    /// A method of a gRPC service.
    Rpc(String),
}
