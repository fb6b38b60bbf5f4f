//! Resources that may never exist together.

use meshwright_model::Resource;

/// Whether two resources exist together for certain, once the one with a condition does: neither stands under a condition
/// that the other may contradict.
pub fn exist_together(one: &Resource, other: &Resource) -> bool {
    match (&one.condition, &other.condition) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
