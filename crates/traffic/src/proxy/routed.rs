//! What a router does on one of its listeners, for all that call it.

use std::rc::Rc;

use meshwright_model::Resource;
use meshwright_model::limits::PortProtocol;
use meshwright_model::virtual_node::VirtualNodeSpec;

use super::known::Omissions;
use super::listening::Listening;
use super::rule::{Connection, Routing};

/// A listener of a router.
#[derive(Clone, Copy, Debug)]
pub(super) struct RouterListener<'a> {
    pub(super) router: &'a str,
    pub(super) port: u16,
    pub(super) protocol: PortProtocol,
    pub(super) is_only: bool,
}

/// What a router does on one of its listeners.
#[derive(Debug)]
pub(super) struct Routed<'a> {
    /// Its rules, where requests go by rules.
    pub(super) routing: Rc<Routing<'a>>,
    /// Where connections go; its ways are to be found yet.
    pub(super) connection: Option<Connection<'a>>,
    /// Where shares go.
    pub(super) ways: Vec<Meant<'a>>,
    pub(super) omissions: Omissions<'a>,
}

/// What a share means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meant<'a> {
    /// A listener of a node.
    Listener { node: (&'a Resource, &'a VirtualNodeSpec), name: &'a str, listening: Listening<'a> },
    /// Nothing that is there.
    Nowhere { name: &'a str, port: Option<u16>, why: &'static str },
}

impl Meant<'_> {
    /// What tells it from others.
    pub(super) fn key(&self) -> (&str, Option<u16>, bool) {
        match self {
            Self::Listener { name, listening, .. } => (name, Some(listening.port), true),
            Self::Nowhere { name, port, .. } => (name, *port, false),
        }
    }
}
