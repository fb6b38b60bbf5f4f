//! Access logs of nodes and gateways.

use meshwright_model::logging::{AccessLog, FileAccessLog};
use meshwright_model::{Path, Resource};

use super::Facts;

impl<'a> Facts<'a> {
    /// Every access log, with the node or gateway whose it is.
    pub fn access_logs(&self) -> impl Iterator<Item = (&'a Resource, &'a FileAccessLog)> {
        let nodes = self.nodes().map(|node| (node.resource, node.spec.logging.as_ref()));
        let gateways = self.gateways().map(|gateway| (gateway.resource, gateway.spec.logging.as_ref()));
        nodes.chain(gateways).filter_map(|(resource, logging)| {
            let AccessLog::File(file) = logging?.access_log.as_ref()?;
            Some((resource, file))
        })
    }
}

/// Where an access log's format stands.
pub fn format_path() -> Path {
    Path::of(&["spec", "logging", "accessLog", "file", "format"])
}
