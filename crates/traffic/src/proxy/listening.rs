//! The listeners of a node that can be reached.

use meshwright_model::Path;
use meshwright_model::limits::PortProtocol;
use meshwright_model::listener::{Listener, PortMapping};
use meshwright_model::virtual_node::VirtualNodeSpec;

use super::known::port;

/// A listener of a node whose port and protocol are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listening<'a> {
    pub(super) index: usize,
    pub(super) port: u16,
    pub(super) protocol: PortProtocol,
    pub(super) listener: &'a Listener,
}

impl<'a> Listening<'a> {
    /// The listeners of a node.
    pub(super) fn of(spec: &'a VirtualNodeSpec) -> impl Iterator<Item = Self> {
        spec.listeners.iter().flatten().enumerate().filter_map(|(index, listener)| {
            let PortMapping { port: own_port, protocol } = &listener.port_mapping;
            Some(Self { index, port: port(own_port)?, protocol: *protocol.known()?, listener })
        })
    }

    /// Where a part of it stands.
    pub(super) fn path(&self, field: &'static str) -> Path {
        Path::of(&["spec", "listeners"]).index(self.index).field(field)
    }
}
