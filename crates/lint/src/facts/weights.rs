//! Weights of a route's targets.

use std::ops::Deref;

use super::{Facts, Route};

/// The most targets of a route. Source: App Mesh API reference, `HttpRouteAction`: `weightedTargets` has 1 to 10 items.
const MAX_TARGETS: usize = 10;

/// The weight of each target of a route, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    weights: [i64; MAX_TARGETS],
    count: usize,
}

impl Deref for Weights {
    type Target = [i64];
    fn deref(&self) -> &[i64] {
        &self.weights[..self.count]
    }
}

impl Facts<'_> {
    /// The weight of each target of a route; `None` where one is not known, or targets may be missing from what was read.
    pub fn weights(&self, route: Route<'_>) -> Option<Weights> {
        let mut weights = Weights { weights: [0; MAX_TARGETS], count: 0 };
        for target in self.routes.whole_targets_of(route.position)? {
            *weights.weights.get_mut(weights.count)? = target.weight?;
            weights.count += 1;
        }
        Some(weights)
    }
}
