//! A whole mesh on one machine: each proxy and each application has addresses of its own, so that all listen on the ports that the mesh
//! says. They are those of a part of the loopback, or those of network namespaces, where the kernel redirects connections.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use meshwright_envoy::translate::Machine;
use meshwright_model::Kind;
use meshwright_traffic::{Addresses, Capture};

use crate::proxy::MeshId;

/// How many proxies have addresses in the loopback: a block of the loopback, `127.BLOCK.0.0/16`, has three groups of 250 for each as many.
const MAX_PROXIES: u16 = 80 * GROUP;

/// How many addresses are used of those that differ in the last number.
const GROUP: u16 = 250;

/// A node or a gateway of a mesh.
type Who = (MeshId, Kind, String);

/// Addresses for network namespaces that are linked with each other and the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range(u8);

impl Range {
    /// How many ranges there are: those of 198.18.0.0/15, which nobody has in use but to measure networks.
    ///
    /// Source: RFC 2544, appendix C.2.2, and RFC 6890, table 12.
    pub const COUNT: u8 = 128;

    /// How many bits of its addresses are the same.
    pub const BITS: u8 = 22;

    /// How many proxies have addresses: a bridge of Linux has 1024 ports (`BR_MAX_PORTS` in `net/bridge/br_private.h`).
    const MAX_PROXIES: u16 = 1000;

    /// One of all; `None` where there are not as many.
    pub fn new(number: u8) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }

    /// Which of all it is.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The first of its addresses, which is that of all of them.
    pub fn first(self) -> Ipv4Addr {
        self.address(0)
    }

    /// The machine's.
    pub fn host(self) -> Ipv4Addr {
        self.address(1)
    }

    /// One that nobody has, for all virtual services: applications dial it, and the kernel redirects that.
    pub fn services(self) -> Ipv4Addr {
        self.address(0x3fe)
    }

    fn proxy(self, number: u16) -> Option<Ipv4Addr> {
        (number < Self::MAX_PROXIES).then(|| self.address(u32::from(number) + 2))
    }

    fn address(self, number: u32) -> Ipv4Addr {
        let all = u32::from(Ipv4Addr::new(198, 18, 0, 0));
        Ipv4Addr::from(all + (u32::from(self.0) << (32 - Self::BITS)) + number)
    }
}

/// Which addresses are given.
#[derive(Clone, Copy, Debug)]
enum Ground {
    /// Those of `127.BLOCK.0.0/16`.
    Loopback { block: u8 },
    /// Those of a range.
    Namespaces(Range),
}

/// Who has which addresses; clones share it. An address is given once and stays.
#[derive(Clone, Debug)]
pub struct Local {
    ground: Ground,
    files: Arc<str>,
    given: Arc<Mutex<BTreeMap<Who, u16>>>,
}

/// Where a proxy is, with its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Their addresses.
    pub addresses: Addresses,
    /// Whether they have a network namespace of their own, in which the kernel redirects connections to the proxy.
    pub is_apart: bool,
    /// The machine, as the proxy sees it.
    pub machine: Machine,
}

impl Home {
    /// How connections reach the proxy.
    pub fn capture(&self) -> Capture {
        if self.is_apart { Capture::OriginalDestination } else { Capture::Addresses(self.addresses) }
    }
}

impl Local {
    /// Addresses of `127.BLOCK.0.0/16`; files are in a folder, as [`Machine`] says.
    pub fn in_loopback(block: u8, files: &str) -> Self {
        Self { ground: Ground::Loopback { block }, files: files.into(), given: Arc::default() }
    }

    /// Addresses of a range, each in a network namespace of its own.
    pub fn in_namespaces(range: Range, files: &str) -> Self {
        Self { ground: Ground::Namespaces(range), files: files.into(), given: Arc::default() }
    }

    /// Where the proxy of a node or gateway is, which sends to some nodes; `None` where all addresses are given.
    pub fn of(&self, mesh: &MeshId, kind: Kind, name: &str, nodes: &[&str]) -> Option<Home> {
        let own = self.number(mesh, kind, name)?;
        let address = |name: &&str| {
            let number = self.number(mesh, Kind::VirtualNode, name)?;
            Some(((*name).to_owned(), self.addresses(number)?.ingress))
        };
        let addresses = self.addresses(own)?;
        let machine = Machine {
            address: addresses.ingress,
            nodes: Arc::new(nodes.iter().filter_map(address).collect()),
            files: Arc::clone(&self.files),
        };
        Some(Home { addresses, is_apart: matches!(self.ground, Ground::Namespaces(_)), machine })
    }

    fn number(&self, mesh: &MeshId, kind: Kind, name: &str) -> Option<u16> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let who = (mesh.clone(), kind, name.to_owned());
        if let Some(number) = given.get(&who) {
            return Some(*number);
        }
        let next = u16::try_from(given.len()).ok().filter(|next| self.addresses(*next).is_some())?;
        given.insert(who, next);
        Some(next)
    }

    /// The addresses of a proxy and its application; `None` where there are not as many.
    fn addresses(&self, number: u16) -> Option<Addresses> {
        match self.ground {
            Ground::Loopback { block } => {
                let low = |number: u16| u8::try_from(number).ok();
                let (group, last) = (low(number / GROUP)?, low(number % GROUP)? + 1);
                let address = |purpose| Ipv4Addr::new(127, block, group * 3 + purpose, last).into();
                (number < MAX_PROXIES).then(|| Addresses {
                    ingress: address(0),
                    egress: address(1),
                    application: address(2),
                })
            }
            Ground::Namespaces(range) => Some(Addresses {
                ingress: range.proxy(number)?.into(),
                egress: range.services().into(),
                application: Ipv4Addr::LOCALHOST.into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn nobody_shares_an_address_and_each_keeps_its_own() {
        let mesh = mesh();
        let local = Local::in_loopback(77, "/certificates");
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
        assert_eq!(local.of(&mesh, Kind::VirtualNode, "3", &[]).unwrap().addresses.egress.to_string(), "127.77.1.4");
    }

    fn mesh() -> MeshId {
        MeshId { region: "r".to_owned(), owner: "o".to_owned(), name: "m".to_owned() }
    }

    #[test]
    fn namespaces_have_addresses_of_one_range_and_no_others() {
        assert!(Range::new(Range::COUNT).is_none());
        let range = Range::new(127).unwrap();
        let shown = [range.first(), range.host(), range.services()].map(|own| own.to_string());
        assert_eq!(shown, ["198.19.252.0", "198.19.252.1", "198.19.255.254"]);
        let (mesh, local) = (mesh(), Local::in_namespaces(range, "/certificates"));
        let mut seen = BTreeSet::from([range.first().into(), range.host().into(), range.services().into()]);
        for number in 0..Range::MAX_PROXIES {
            let own = local.of(&mesh, Kind::VirtualNode, &number.to_string(), &["0"]).unwrap();
            assert!(own.is_apart && seen.insert(own.addresses.ingress));
            assert_eq!(own.machine.nodes["0"].to_string(), "198.19.252.2");
        }
        assert!(local.of(&mesh, Kind::VirtualNode, "one more", &[]).is_none());
        let is_of_range =
            |own: &IpAddr| matches!(own, IpAddr::V4(own) if *own >= range.first() && *own <= range.services());
        assert!(seen.iter().all(is_of_range));
    }
}
