//! What rules ask of every route, side by side.
//!
//! A route is large and lies anywhere in memory, and most rules have nothing to say about it. What tells them so stands here
//! in lists that are read from one end to the other, so that a mesh too large for the processor's caches costs no more a route.

use meshwright_model::Inventory;
use meshwright_model::route::ProtocolRoute;

use super::links::Links;
use super::{Route, Target, item, route_path};

/// Every route, and the targets of each.
#[derive(Debug)]
pub(super) struct Routes<'a> {
    /// Every route that has a protocol, under the first.
    pub(super) by_protocol: Vec<(Route<'a>, ProtocolRoute<'a>)>,
    targets: Vec<Target<'a>>,
    /// Which of the targets are those of the resource at a position.
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: usize,
    count: usize,
    is_whole: bool,
}

impl<'a> Routes<'a> {
    pub(super) fn of(inventory: &'a Inventory, positions: &[usize], links: &Links) -> Self {
        let mut by_protocol = Vec::with_capacity(positions.len());
        let mut all = Vec::with_capacity(positions.len());
        let mut spans = vec![Span::default(); inventory.resources.len()];
        for position in positions {
            let Some(route): Option<Route<'a>> = item(inventory, *position) else { continue };
            let Some(protocol) = route.spec.protocols().next() else { continue };
            let start = all.len();
            let names = links.names.of(route.position);
            all.extend(protocol.action().weighted_targets.iter().enumerate().map(|(index, target)| Target {
                index,
                target,
                weight: target.weight.known().map(|weight| weight.value()),
                port: target.port.as_ref(),
                node: names.get(index).copied().flatten().and_then(|node| item(inventory, node)),
            }));
            let has_gap = || route.resource.has_gap(&route_path(protocol, &["action", "weightedTargets"]));
            let is_whole = route.resource.gaps.is_empty() || !has_gap();
            spans[route.position] = Span { start, count: all.len() - start, is_whole };
            by_protocol.push((route, protocol));
        }
        Self { by_protocol, targets: all, spans }
    }

    /// The targets of the route at a position.
    pub(super) fn targets_of(&self, position: usize) -> &[Target<'a>] {
        let span = self.spans[position];
        &self.targets[span.start..span.start + span.count]
    }

    /// Likewise, where none is missing from what was read, nor the route's protocol.
    pub(super) fn whole_targets_of(&self, position: usize) -> Option<&[Target<'a>]> {
        self.spans[position].is_whole.then(|| self.targets_of(position))
    }
}
