//! Which parts of a resource its file leaves open.

use crate::edit::NewValue;
use crate::expression::Expression;
use crate::path::Path;
use crate::resource::{Gap, Resource};

pub mod made_up;
mod said;

pub use said::{left_open, open_names};

/// Whether what stands at a path of a resource, around it or inside it is left open by its file.
pub fn is_open(resource: &Resource, path: &Path) -> bool {
    let overlaps = |other: &Path| other.contains(path) || path.contains(other);
    resource.gaps.iter().any(|(at, gap)| matches!(gap, Gap::Open(_)) && overlaps(at))
        || has_open(&NewValue::of(&resource.spec), &Path::of(&["spec"]), path)
}

/// Whether a value, which stands somewhere, has an open one at a path, around it or inside it.
fn has_open(value: &NewValue, at: &Path, path: &Path) -> bool {
    if !at.contains(path) && !path.contains(at) {
        return false;
    }
    match value {
        NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) | NewValue::Open(Expression::Absent) => false,
        NewValue::Open(_) => true,
        NewValue::List(items) => {
            items.iter().enumerate().any(|(index, item)| has_open(item, &at.clone().index(index), path))
        }
        NewValue::Object(members) => members.iter().any(|(name, own)| has_open(own, &at.clone().field(*name), path)),
    }
}
