//! Patches a text so that it says what is wanted: along its layout, from the outside in, and only where they differ.
//!
//! What goes away takes its lines with it, a comment on its own last line, and the comment lines directly above it in its
//! column, up to a blank line; every other comment stays. A block stays a block and flow stays flow, except that what is
//! empty has no style of its own.

mod entries;
mod removal;
mod slot;

use std::cell::RefCell;
use std::ops::Range;

use super::error::Obstacle;
use super::layout::{Form, Layout, Place};
use super::patch::Patch;
use super::style::Style;
use super::values::Values;
use super::want::{Stop, Want};
use super::{NameWriter, Named, Renamed};
use crate::out::Out;
use crate::tree::NodeId;
use meshwright_model::Expression;

pub(crate) use removal::Child;
pub(crate) use slot::Slot;

/// Patches one document.
pub(crate) struct Emitter<'e> {
    pub(crate) text: &'e str,
    pub(crate) layout: &'e Layout,
    pub(crate) style: &'e Style,
    pub(crate) values: Values<'e>,
    /// An expression in the dialect's words.
    pub(crate) say: fn(&Expression) -> Out,
    /// A name of a resource in the file's words.
    pub(crate) name: NameWriter<'e>,
    /// The names that resources of the file get.
    pub(crate) renamed: &'e Renamed,
    pub(crate) patches: Vec<Patch>,
    /// What must be created before that whose names were written, by its label.
    pub(crate) waits_for: RefCell<Vec<String>>,
}

impl Emitter<'_> {
    pub(crate) fn patch(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.patches.push(Patch { range, text: text.into() });
    }

    /// Makes what stands in a slot what is wanted there.
    pub(crate) fn value(&mut self, slot: &Slot, want: &Want) -> Result<(), Stop> {
        let form = &self.layout.spot(slot.place).form;
        match (want, form) {
            (Want::Keep(_), _) => Ok(()),
            (Want::Map(Some(node), members), Form::Map { .. }) => self.map(slot, *node, members),
            (Want::List(Some(node), elements), Form::List { .. }) => self.list(slot, *node, elements),
            // It is what a function or an alias makes: nothing of it may differ.
            (Want::Map(Some(node), _) | Want::List(Some(node), _), _) => {
                if want.says(&self.values.of(*node), &self.values) {
                    return Ok(());
                }
                self.own(slot.place)?;
                self.replace(slot, want)
            }
            _ => self.replace(slot, want),
        }
    }

    /// Refuses what is not written in its place, or not for its place alone.
    pub(crate) fn own(&self, place: Place) -> Result<(), Stop> {
        let spot = self.layout.spot(place);
        let stop = |obstacle| Err(Stop::at(spot.start, obstacle));
        if let Form::Alias(name) = &spot.form {
            return stop(Obstacle::Alias(name.clone()));
        }
        if let Some(obstacle) = self.computed(place) {
            return stop(obstacle);
        }
        match self.layout.repeated(place) {
            Some(name) => stop(Obstacle::Anchor(name.to_owned())),
            None => Ok(()),
        }
    }

    /// The same for a name that gives way to another: a function that does no more than name a resource may go, and a
    /// parameter where another function comes.
    fn own_name(&self, place: Place, new: &Out) -> Result<(), Stop> {
        match self.own(place) {
            Err(Stop { obstacle: Obstacle::Attribute(_), .. }) => Ok(()),
            Err(Stop { obstacle: Obstacle::Parameter(_), .. }) if matches!(new, Out::Map(_)) => Ok(()),
            other => other,
        }
    }

    /// The function that makes a value, and its argument.
    pub(crate) fn call(&self, place: Place) -> Option<(&str, Place)> {
        match (&self.layout.spot(place).tag, self.layout.entries(place)) {
            (Some(tag), _) => Some((tag.as_str(), place)),
            (None, [only]) if only.name == "Ref" || only.name.starts_with("Fn::") => Some((&only.name, only.value)),
            _ => None,
        }
    }

    /// The text of a scalar, without its quotes.
    pub(crate) fn scalar_text(&self, place: Place) -> &str {
        let spot = self.layout.spot(place);
        self.text[spot.body..spot.end].trim_matches(['\'', '"'])
    }

    /// The function that makes a value, as an obstacle.
    fn computed(&self, place: Place) -> Option<Obstacle> {
        let (function, argument) = self.call(place)?;
        let text = |place: Place| self.scalar_text(place).to_owned();
        let items = self.layout.items(argument);
        Some(match (function, items) {
            ("Ref", _) => Obstacle::Parameter(text(argument)),
            ("Fn::GetAtt", []) => Obstacle::Attribute(text(argument)),
            ("Fn::GetAtt", items) => {
                Obstacle::Attribute(items.iter().map(|item| text(item.value)).collect::<Vec<_>>().join("."))
            }
            ("Fn::ImportValue", _) => Obstacle::OtherTemplate(text(argument)),
            ("Fn::If", [condition, ..]) => Obstacle::Condition(text(condition.value)),
            (function, _) => Obstacle::Function(function.to_owned()),
        })
    }

    /// Refuses to take away what aliases elsewhere repeat.
    fn may_go(&self, range: &Range<usize>) -> Result<(), Stop> {
        match self.layout.shared_anchor(range) {
            Some(name) => Err(Stop::at(range.start, Obstacle::Anchor(name.to_owned()))),
            None => Ok(()),
        }
    }

    /// The value in the dialect's words, to be printed.
    pub(crate) fn said(&self, want: &Want) -> Out {
        let mut out = want.out(&self.values);
        self.say_open(&mut out);
        out
    }

    fn say_open(&self, out: &mut Out) {
        match out {
            Out::Open(expression) => *out = (self.say)(expression),
            Out::Named(kind, name) => {
                let Named { value, depends_on } = (self.name)(*kind, name);
                self.waits_for.borrow_mut().extend(depends_on);
                *out = value.unwrap_or_else(|| name.text().map_or_else(|| (self.say)(name), Out::text));
            }
            Out::List(items) => items.iter_mut().for_each(|item| self.say_open(item)),
            Out::Map(members) => members.iter_mut().for_each(|(_, value)| self.say_open(value)),
            Out::Text(_) | Out::Bare(_) => {}
        }
    }

    fn map(&mut self, slot: &Slot, node: NodeId, members: &[(String, Want)]) -> Result<(), Stop> {
        let is_changed = |(key, want): &(String, Want)| match want {
            Want::Keep(_) => false,
            // What is opened and left as it was is no change.
            want => want.node().is_none() || self.values.tree.get(node, key).is_none_or(|was| !self.is_same(was, want)),
        };
        let tree = self.values.tree;
        let is_gone = |key: &str| !members.iter().any(|(name, _)| name == key);
        let gone = tree.entries(node).iter().filter_map(|entry| tree.scalar(entry.key)).any(is_gone);
        if !gone && !members.iter().any(is_changed) {
            return Ok(());
        }
        self.own(slot.place)?;
        self.members(slot, node, members)
    }

    fn list(&mut self, slot: &Slot, node: NodeId, elements: &[(Option<usize>, Want)]) -> Result<(), Stop> {
        let items = self.values.tree.items(node);
        let is_same = |(place, want): &(Option<usize>, Want)| {
            place.is_some_and(|place| items.get(place).is_some_and(|item| self.is_same(*item, want)))
        };
        if elements.len() == items.len() && elements.iter().all(is_same) {
            return Ok(());
        }
        self.own(slot.place)?;
        self.elements(slot, node, elements)
    }

    /// Whether a value is wanted as it is.
    fn is_same(&self, node: NodeId, want: &Want) -> bool {
        match want {
            Want::Keep(kept) => *kept == node,
            want => want.says(&self.values.of(node), &self.values),
        }
    }
}

/// Why a member is not in the layout of the map that it was read from.
fn from_elsewhere(layout: &Layout, map: Place, key: &str) -> Obstacle {
    let has_merge = layout.entries(map).iter().any(|member| member.name == "<<");
    if has_merge { Obstacle::MergeKey(key.to_owned()) } else { Obstacle::Function(key.to_owned()) }
}
