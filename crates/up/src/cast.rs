//! Everybody who plays a part: stand-ins, Envoys and the caller, kept in step with what the mesh holds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use meshwright_ads::{Local, MeshId};
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::Addresses;

use crate::authority::{Authority, Error};
use crate::caller::{Caller, Door};
use crate::envoys::{Envoy, Envoys};
use crate::parts::{Part, parts};
use crate::stand_in::StandIn;

/// Everybody who plays a part in one mesh.
#[derive(Debug)]
pub struct Cast {
    mesh: MeshId,
    local: Local,
    authority: Authority,
    envoys: Option<Envoys>,
    caller: Caller,
    playing: BTreeMap<(Kind, String), Playing>,
}

#[derive(Debug)]
struct Playing {
    part: Part,
    addresses: Addresses,
    stand_in: Option<StandIn>,
    /// The names in its certificate; none where it has no certificate yet.
    certified: BTreeSet<String>,
}

impl Cast {
    /// Nobody yet; without Envoys applications have nobody to speak to.
    pub fn new(mesh: MeshId, local: Local, authority: Authority, envoys: Option<Envoys>, caller: Caller) -> Self {
        Self { mesh, local, authority, envoys, caller, playing: BTreeMap::new() }
    }

    /// Gives each node and gateway of the mesh its part, and takes it from those that are gone; says what could not be done.
    ///
    /// # Errors
    /// Certificates cannot be written.
    pub async fn update(&mut self, inventory: &Inventory) -> Result<Vec<String>, Error> {
        let parts = parts(inventory, &self.mesh.name);
        let known: BTreeSet<(Kind, String)> = parts.iter().map(|part| (part.kind, part.name.clone())).collect();
        let gone: Vec<(Kind, String)> = self.playing.keys().filter(|own| !known.contains(*own)).cloned().collect();
        for own in gone {
            if let (Some(playing), Some(envoys)) = (self.playing.remove(&own), &self.envoys) {
                envoys.stop(playing.addresses.ingress);
            }
        }
        let mut faults = Vec::new();
        let mut doors: Vec<Door> = Vec::new();
        for part in parts {
            let Some(home) = self.local.of(&self.mesh, part.kind, &part.name, &[]) else {
                faults.push(format!("{}: there are no more addresses", part.name));
                continue;
            };
            let addresses = home.addresses;
            let door = if part.kind == Kind::VirtualGateway { addresses.ingress } else { addresses.application };
            for entry in &part.entries {
                let tls = entry.tls.as_ref().map(|names| self.authority.client(names)).transpose()?;
                doors.push((door, entry.clone(), tls));
            }
            faults.extend(self.play(part, addresses).await?);
        }
        self.caller.set(doors);
        Ok(faults)
    }

    async fn play(&mut self, part: Part, addresses: Addresses) -> Result<Vec<String>, Error> {
        let key = (part.kind, part.name.clone());
        let is_new = !self.playing.contains_key(&key);
        let playing = self.playing.entry(key).or_insert_with(|| Playing {
            stand_in: (part.kind == Kind::VirtualNode).then(|| StandIn::new(&part.name)),
            part: part.clone(),
            addresses,
            certified: BTreeSet::new(),
        });
        // Whether it needs one or not: a change that makes it need one reaches its Envoy before this is called.
        let is_certified = playing.certified == part.names;
        if !is_certified {
            self.authority.write(addresses.ingress, &part.names)?;
            playing.certified.clone_from(&part.names);
        }
        let mut faults = Vec::new();
        if let Some(stand_in) = &mut playing.stand_in
            && (is_new || playing.part != part)
        {
            faults = stand_in.update(&part, &addresses).await;
        }
        playing.part = part;
        // An Envoy reads its certificate once.
        if let Some(envoys) = self.envoys.as_ref().filter(|_| is_new || !is_certified) {
            let kind = if playing.part.kind == Kind::VirtualGateway { "virtualGateway" } else { "virtualNode" };
            envoys.stop(addresses.ingress);
            envoys.start(Envoy {
                name: playing.part.name.clone(),
                id: format!("mesh/{}/{kind}/{}", self.mesh.name, playing.part.name),
                address: addresses.ingress,
            });
        }
        Ok(faults)
    }

    /// The parts that are played, each with its addresses.
    pub fn parts(&self) -> impl Iterator<Item = (&Part, &Addresses)> {
        self.playing.values().map(|playing| (&playing.part, &playing.addresses))
    }

    /// Where a part is; `None` where it is not played.
    pub fn address_of(&self, kind: Kind, name: &str) -> Option<IpAddr> {
        self.playing.get(&(kind, name.to_owned())).map(|playing| playing.addresses.ingress)
    }
}
