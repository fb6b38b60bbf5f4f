//! Resources that may never exist together.

use meshwright_model::Resource;

use super::Facts;

/// Whether two resources exist together for certain, once the one with a condition does: neither stands under a condition
/// that the other may contradict.
pub fn exist_together(one: &Resource, other: &Resource) -> bool {
    match (&one.condition, &other.condition) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

impl Facts<'_> {
    /// Whether all the resources at these positions exist together, once those with a condition do.
    pub fn exist_all_together(&self, positions: &[usize]) -> bool {
        let mut conditions =
            positions.iter().filter_map(|position| self.inventory.resources[*position].condition.as_ref());
        let Some(first) = conditions.next() else { return true };
        conditions.all(|condition| condition == first)
    }
}
