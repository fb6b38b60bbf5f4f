//! Where everything stands in a text: keys, values, dashes, anchors; in block style and in flow style.
//!
//! Unlike the tree, a layout knows nothing of what values mean: an alias is an alias, a tag a tag. It is made for files
//! that are edited only.

mod json;
mod yaml;

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::Obstacle;
use crate::tree::Tree;

/// A node's number in its layout.
pub(crate) type Place = usize;

/// What stands where in a text.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    spots: Vec<Spot>,
    pub(crate) roots: Vec<Place>,
    /// The places of the aliases of each anchor.
    aliases: BTreeMap<usize, Vec<usize>>,
    /// Whether the notation is JSON.
    pub(crate) is_json: bool,
}

/// A value in the text.
#[derive(Debug)]
pub(crate) struct Spot {
    /// From the first byte of its anchor and tag.
    pub(crate) start: usize,
    /// From the first byte of what it is: a key, a bracket, a quote.
    pub(crate) body: usize,
    /// To the last byte of it that is no blank or comment.
    pub(crate) end: usize,
    pub(crate) form: Form,
    /// The function that its tag calls.
    pub(crate) tag: Option<String>,
    /// The name and number of its anchor.
    pub(crate) anchor: Option<(String, usize)>,
}

/// How a value is written.
#[derive(Debug)]
pub(crate) enum Form {
    /// Nothing at all, or a null.
    Null,
    /// A scalar.
    Scalar(Quoting),
    /// `*name`.
    Alias(String),
    /// A list; in brackets or not.
    List { is_flow: bool, items: Vec<Item> },
    /// A map; in braces or not.
    Map { is_flow: bool, entries: Vec<Member> },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    Plain,
    Single,
    Double,
    /// `|` or `>`.
    Block,
}

/// An element of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// Where its dash stands; in flow style where it starts.
    pub(crate) start: usize,
    pub(crate) value: Place,
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its key; empty where that is no text.
    pub(crate) name: String,
    pub(crate) key: Range<usize>,
    /// Past the colon.
    pub(crate) colon: usize,
    pub(crate) value: Place,
}

impl Layout {
    /// The layout of a tree's text.
    pub(crate) fn of(tree: &Tree, is_json: bool) -> Result<Self, Obstacle> {
        if is_json { Ok(json::layout(tree)) } else { yaml::layout(tree.source.text()) }
    }

    pub(crate) fn spot(&self, place: Place) -> &Spot {
        &self.spots[place]
    }

    fn push(&mut self, spot: Spot) -> Place {
        self.spots.push(spot);
        self.spots.len() - 1
    }

    pub(crate) fn entries(&self, place: Place) -> &[Member] {
        match &self.spots[place].form {
            Form::Map { entries, .. } => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self, place: Place) -> &[Item] {
        match &self.spots[place].form {
            Form::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The last member of that name: the one that is read.
    pub(crate) fn member(&self, place: Place, name: &str) -> Option<&Member> {
        self.entries(place).iter().rev().find(|member| member.name == name)
    }

    pub(crate) fn is_flow(&self, place: Place) -> bool {
        match self.spots[place].form {
            Form::Map { is_flow, .. } | Form::List { is_flow, .. } => is_flow,
            Form::Null | Form::Scalar(_) | Form::Alias(_) => false,
        }
    }

    /// The place of every value, in no order.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + use<> {
        0..self.spots.len()
    }

    /// Every value, in no order.
    pub(crate) fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.spots.iter()
    }

    /// The anchor in a range whose aliases stand outside of it, so that what is in the range is not its place's alone.
    pub(crate) fn shared_anchor(&self, range: &Range<usize>) -> Option<&str> {
        if self.aliases.is_empty() {
            return None;
        }
        let inside = self.spots.iter().filter(|spot| range.contains(&spot.start) && spot.end <= range.end);
        inside.filter_map(|spot| spot.anchor.as_ref()).find_map(|(name, number)| {
            let aliases = self.aliases.get(number)?;
            aliases.iter().any(|alias| !range.contains(alias)).then_some(name.as_str())
        })
    }

    /// The anchor of a value that aliases repeat elsewhere.
    pub(crate) fn repeated(&self, place: Place) -> Option<&str> {
        let (name, number) = self.spots[place].anchor.as_ref()?;
        self.aliases.contains_key(number).then_some(name.as_str())
    }

    /// The values around a byte, from the root on.
    pub(crate) fn around(&self, byte: usize) -> impl Iterator<Item = Place> {
        let holds = move |place: &Place| (self.spots[*place].start..=self.spots[*place].end).contains(&byte);
        let mut at = self.roots.iter().copied().find(holds);
        std::iter::from_fn(move || {
            let place = at?;
            let values = self.entries(place).iter().map(|member| member.value);
            at = values.chain(self.items(place).iter().map(|item| item.value)).find(holds);
            Some(place)
        })
    }
}
