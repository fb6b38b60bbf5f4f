//! What a mesh's host names, certificates and files are where all of it is on one machine.

use core::net::IpAddr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The one machine that all of a mesh is on, as one of its proxies sees it. Paths, ARNs, secrets and hosts of the mesh are those of
/// other machines; these stand for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The proxy's own address.
    pub address: IpAddr,
    /// Where the proxies of other nodes take what is sent to them, by the nodes' names.
    pub nodes: Arc<BTreeMap<String, IpAddr>>,
    /// The folder with what stands for all certificates and files: `authorities.pem`, and for each proxy a folder called as its
    /// address, in it `chain.pem`, `key.pem`, and what it logs.
    pub files: Arc<str>,
}

impl Machine {
    /// The authorities that all trust.
    pub(super) fn authorities(&self) -> String {
        format!("{}/authorities.pem", self.files)
    }

    /// A file of the proxy's own.
    pub(super) fn own(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.files, self.address)
    }
}
