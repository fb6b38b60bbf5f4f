//! Everybody who plays a part: stand-ins, Envoys and the caller, kept in step with what the mesh holds.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use meshwright_ads::{Home, Local, MeshId};
use meshwright_model::{Inventory, Kind};

use crate::authority::{self, Authority};
use crate::caller::{Caller, Door};
use crate::envoys::{Envoy, Envoys};
use crate::namespaces::{self, Namespaces};
use crate::network::Network;
use crate::parts::{Part, parts};
use crate::stand_in::StandIn;

/// Why nobody can play.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Certificates cannot be written.
    #[error(transparent)]
    Certificates(#[from] authority::Error),
    /// A network namespace cannot be made or used.
    #[error(transparent)]
    Namespaces(#[from] namespaces::Error),
}

/// Everybody who plays a part in one mesh.
#[derive(Debug)]
pub struct Cast {
    mesh: MeshId,
    local: Local,
    namespaces: Option<Namespaces>,
    authority: Authority,
    envoys: Option<Envoys>,
    caller: Caller,
    playing: BTreeMap<(Kind, String), Playing>,
}

#[derive(Debug)]
struct Playing {
    part: Part,
    home: Home,
    network: Network,
    stand_in: Option<StandIn>,
    /// The names in its certificate; none where it has no certificate yet.
    certified: BTreeSet<String>,
}

impl Cast {
    /// Nobody yet; without Envoys applications have nobody to speak to.
    pub fn new(mesh: MeshId, local: Local, authority: Authority, envoys: Option<Envoys>, caller: Caller) -> Self {
        Self { mesh, local, namespaces: None, authority, envoys, caller, playing: BTreeMap::new() }
    }

    /// With a network namespace for each part, whose addresses are of their range.
    #[must_use]
    pub fn apart(self, namespaces: Option<Namespaces>) -> Self {
        Self { namespaces, ..self }
    }

    /// Gives each node and gateway of the mesh its part, and takes it from those that are gone; says what could not be done.
    ///
    /// This is to be called where tokio runs.
    ///
    /// # Errors
    /// Certificates cannot be written, or networks not be made.
    pub fn update(&mut self, inventory: &Inventory) -> Result<Vec<String>, Error> {
        let parts = parts(inventory, &self.mesh.name);
        let known: BTreeSet<(Kind, String)> = parts.iter().map(|part| (part.kind, part.name.clone())).collect();
        let gone: Vec<(Kind, String)> = self.playing.keys().filter(|own| !known.contains(*own)).cloned().collect();
        for own in gone {
            if let (Some(playing), Some(envoys)) = (self.playing.remove(&own), &self.envoys) {
                envoys.stop(playing.home.addresses.ingress);
            }
        }
        let mut faults = Vec::new();
        let mut doors: Vec<Door> = Vec::new();
        for part in parts {
            let Some(home) = self.local.of(&self.mesh, part.kind, &part.name, &[]) else {
                faults.push(format!("{}: there are no more addresses", part.name));
                continue;
            };
            let (addresses, is_gateway) = (home.addresses, part.kind == Kind::VirtualGateway);
            let entries = part.entries.clone();
            let (network, said) = self.play(part, &home)?;
            faults.extend(said);
            // What comes in through a gateway comes from outside; what the application of a node does, from where that is.
            let (network, door) =
                if is_gateway { (Network::default(), addresses.ingress) } else { (network, addresses.application) };
            for entry in entries {
                let tls = entry.tls.as_ref().map(|names| self.authority.client(names)).transpose()?;
                doors.push((network.clone(), door, entry, tls));
            }
        }
        self.caller.set(doors);
        Ok(faults)
    }

    /// Gives one its part; says in which network that is, and what could not be done.
    fn play(&mut self, part: Part, home: &Home) -> Result<(Network, Vec<String>), Error> {
        let key = (part.kind, part.name.clone());
        let is_new = !self.playing.contains_key(&key);
        let playing = match self.playing.entry(key) {
            Entry::Occupied(playing) => playing.into_mut(),
            Entry::Vacant(place) => place.insert(Playing {
                stand_in: (part.kind == Kind::VirtualNode).then(|| StandIn::new(&part.name)),
                part: part.clone(),
                network: network(self.namespaces.as_ref(), home)?,
                home: home.clone(),
                certified: BTreeSet::new(),
            }),
        };
        let (network, address) = (playing.network.clone(), home.addresses.ingress);
        // Whether it needs one or not: a change that makes it need one reaches its Envoy before this is called.
        let is_certified = playing.certified == part.names;
        if !is_certified {
            self.authority.write(address, &part.names)?;
            playing.certified.clone_from(&part.names);
        }
        let mut faults = Vec::new();
        if let Some(stand_in) = &mut playing.stand_in
            && (is_new || playing.part != part)
        {
            // Source: reference 5.5: gateways listen on their own ports, and nothing is redirected to them.
            if let Some(namespaces) = &self.namespaces
                && (is_new || playing.part.ports != part.ports)
            {
                namespaces.redirect(&network, &part.ports.keys().copied().collect())?;
            }
            faults = stand_in.update(&part, home, &network);
        }
        playing.part = part;
        // An Envoy reads its certificate once.
        if let Some(envoys) = self.envoys.as_ref().filter(|_| is_new || !is_certified) {
            let kind = if playing.part.kind == Kind::VirtualGateway { "virtualGateway" } else { "virtualNode" };
            envoys.stop(address);
            envoys.start(Envoy {
                name: playing.part.name.clone(),
                id: format!("mesh/{}/{kind}/{}", self.mesh.name, playing.part.name),
                address,
                network: network.clone(),
            });
        }
        Ok((network, faults))
    }

    /// The parts that are played, each with where it is.
    pub fn parts(&self) -> impl Iterator<Item = (&Part, &Home, &Network)> {
        self.playing.values().map(|playing| (&playing.part, &playing.home, &playing.network))
    }

    /// Where a part is; `None` where it is not played.
    pub fn address_of(&self, kind: Kind, name: &str) -> Option<IpAddr> {
        self.playing.get(&(kind, name.to_owned())).map(|playing| playing.home.addresses.ingress)
    }
}

/// The network of a new part.
fn network(namespaces: Option<&Namespaces>, home: &Home) -> Result<Network, namespaces::Error> {
    namespaces.map_or(Ok(Network::default()), |all| all.add(home.addresses.ingress))
}
