//! Changes made in a value: what the writers of texts do to a text, done to the model's own terms.

use super::{Change, NewValue};
use crate::path::Step;
use crate::shape::Shape;

/// Makes a change in a value of a shape; `None` where there is no such place.
pub(super) fn make(value: &mut NewValue, steps: &[Step], change: &Change, shape: &Shape) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        match (change, value) {
            (Change::Set(new), value) => new.clone_into(value),
            (Change::Append(new), NewValue::List(items)) => items.push(new.clone()),
            _ => return None,
        }
        return Some(());
    };
    let is_removal = *change == Change::Remove;
    match (step, shape, value) {
        (Step::Field(name), Shape::Struct(fields) | Shape::Union(fields), NewValue::Object(members)) => {
            let field = fields.iter().find(|field| field.name == name)?;
            let position = members.iter().position(|(key, _)| key == name);
            if is_removal && (rest.is_empty() || position.is_none()) {
                members.retain(|(key, _)| key != name);
                return Some(());
            }
            if matches!(shape, Shape::Union(_)) {
                members.retain(|(key, _)| key == name);
            }
            if !members.iter().any(|(key, _)| key == name) {
                let empty = if matches!(field.shape, Shape::List(..)) {
                    NewValue::List
                } else {
                    |_| NewValue::Object(Vec::new())
                };
                members.push((field.name, empty(Vec::new())));
            }
            let (_, member) = members.iter_mut().find(|(key, _)| key == name)?;
            make(member, rest, change, &field.shape)?;
            let is_emptied =
                matches!((&field.shape, &*member), (Shape::Union(_), NewValue::Object(left)) if left.is_empty());
            if is_removal && is_emptied && !field.required {
                members.retain(|(key, _)| key != name);
            }
            Some(())
        }
        (Step::Index(index), Shape::List(element, _), NewValue::List(items)) => {
            if is_removal && rest.is_empty() {
                (*index < items.len()).then(|| items.remove(*index))?;
                return Some(());
            }
            if *index == 0 && items.is_empty() {
                items.push(NewValue::Object(Vec::new()));
            }
            make(items.get_mut(*index)?, rest, change, element)
        }
        _ => None,
    }
}
