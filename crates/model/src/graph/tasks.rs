//! Which tasks run the proxies of which nodes and gateways.

use std::collections::BTreeMap;

use super::{Builder, add_missing, key};
use crate::inventory::Index;
use crate::proxied::Proxied;
use crate::reference::Key;

/// Says at each node and gateway which tasks run its proxy.
pub(super) fn add<'a>(index: &Index<'a>, builders: &mut BTreeMap<Key<'a>, Builder<'a>>) {
    let inventory = index.inventory();
    if inventory.workloads.is_empty() {
        return;
    }
    let proxied = Proxied::new(index);
    for workload in &inventory.workloads {
        for proxy in workload.task.proxies() {
            let Some(position) = proxied.position(proxy.value) else { continue };
            let resource = &inventory.resources[position];
            let builder = builders.get_mut(&Key::of(&resource.mesh));
            if let Some(node) = builder.and_then(|builder| builder.nodes.get_mut(&key(resource))) {
                add_missing(&mut node.details, vec![format!("task {}", workload.label)]);
            }
        }
    }
}
