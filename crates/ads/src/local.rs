//! A whole mesh on one machine: each proxy and each application has addresses of its own in a part of the loopback, so that all listen
//! on the ports that the mesh says.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use meshwright_envoy::translate::Machine;
use meshwright_model::Kind;
use meshwright_traffic::{Addresses, Capture};

use crate::proxy::MeshId;

/// How many proxies have addresses: a block of the loopback, `127.BLOCK.0.0/16`, has three groups of 250 for each as many.
const MAX_PROXIES: u16 = 80 * GROUP;

/// How many addresses are used of those that differ in the last number.
const GROUP: u16 = 250;

/// A node or a gateway of a mesh.
type Who = (MeshId, Kind, String);

/// Who has which addresses; clones share it. An address is given once and stays.
#[derive(Clone, Debug)]
pub struct Local {
    block: u8,
    files: Arc<str>,
    given: Arc<Mutex<BTreeMap<Who, u16>>>,
}

/// Where a proxy is, with its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Their addresses.
    pub addresses: Addresses,
    /// The machine, as the proxy sees it.
    pub machine: Machine,
}

impl Home {
    /// How connections reach the proxy.
    pub fn capture(&self) -> Capture {
        Capture::Addresses(self.addresses)
    }
}

impl Local {
    /// Addresses of `127.BLOCK.0.0/16`; files are in a folder, as [`Machine`] says.
    pub fn new(block: u8, files: &str) -> Self {
        Self { block, files: files.into(), given: Arc::default() }
    }

    /// Where the proxy of a node or gateway is, which sends to some nodes; `None` where all addresses are given.
    pub fn of(&self, mesh: &MeshId, kind: Kind, name: &str, nodes: &[&str]) -> Option<Home> {
        let own = self.number(mesh, kind, name)?;
        let address = |name: &&str| {
            let number = self.number(mesh, Kind::VirtualNode, name)?;
            Some(((*name).to_owned(), self.address(number, 0)))
        };
        let addresses = Addresses {
            ingress: self.address(own, 0),
            egress: self.address(own, 1),
            application: self.address(own, 2),
        };
        let machine = Machine {
            address: addresses.ingress,
            nodes: Arc::new(nodes.iter().filter_map(address).collect()),
            files: Arc::clone(&self.files),
        };
        Some(Home { addresses, machine })
    }

    fn number(&self, mesh: &MeshId, kind: Kind, name: &str) -> Option<u16> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let who = (mesh.clone(), kind, name.to_owned());
        if let Some(number) = given.get(&who) {
            return Some(*number);
        }
        let next = u16::try_from(given.len()).ok().filter(|next| *next < MAX_PROXIES)?;
        given.insert(who, next);
        Some(next)
    }

    fn address(&self, number: u16, purpose: u8) -> IpAddr {
        let low = |number: u16| u8::try_from(number).unwrap_or(u8::MAX);
        let group = low(number / GROUP) * 3 + purpose;
        IpAddr::V4(Ipv4Addr::new(127, self.block, group, low(number % GROUP) + 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_shares_an_address_and_each_keeps_its_own() {
        let mesh = MeshId { region: "r".to_owned(), owner: "o".to_owned(), name: "m".to_owned() };
        let local = Local::new(77, "/certificates");
        let mut seen = BTreeSet::new();
        for number in 0..MAX_PROXIES {
            let own = local.of(&mesh, Kind::VirtualNode, &number.to_string(), &["0"]).unwrap();
            let Addresses { ingress, egress, application } = own.addresses;
            assert!([ingress, egress, application].into_iter().all(|address| seen.insert(address)));
            assert_eq!(own.machine.nodes["0"].to_string(), "127.77.0.1");
        }
        assert_eq!(seen.len(), usize::from(MAX_PROXIES) * 3);
        assert!(local.of(&mesh, Kind::VirtualNode, "one more", &[]).is_none());
        assert!(local.of(&mesh, Kind::VirtualNode, "7", &[]).is_some());
        assert_eq!(local.address(3, 1).to_string(), "127.77.1.4");
    }
}
