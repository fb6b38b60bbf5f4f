//! What a resource is to be after all edits: the values that were read, with changes laid over them.
//!
//! Edits are made here on values, as the model knows them; only what differs in the end is patched in the text.

use meshwright_model::edit::Change;
use meshwright_model::path::Step;

use super::error::Obstacle;
use super::values::{self, Values};
use crate::check::found;
use crate::out::Out;
use crate::tree::{NodeId, Tree, Value};
use crate::view::{Field, View};

/// A value as it is to be.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    /// As it was read.
    Keep(NodeId),
    /// A new value.
    New(Out),
    /// A map, of a node or new, with its members by their keys in the order they are to have.
    Map(Option<NodeId>, Vec<(String, Want)>),
    /// A list, of a node or new; each element with its place among all elements that the node had.
    List(Option<NodeId>, Vec<(Option<usize>, Want)>),
}

/// Why an edit stops, and at which byte of the text.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) obstacle: Obstacle,
    pub(crate) at: Option<usize>,
}

impl Stop {
    pub(crate) fn at(byte: usize, obstacle: Obstacle) -> Self {
        Self { obstacle, at: Some(byte) }
    }

    fn on(tree: &Tree, node: NodeId, obstacle: Obstacle) -> Self {
        Self::at(tree.span(node).start as usize, obstacle)
    }
}

impl From<Obstacle> for Stop {
    fn from(obstacle: Obstacle) -> Self {
        Self { obstacle, at: None }
    }
}

/// Whether a list or union was emptied that may not be empty, so that its parent drops it, unless it may not lack it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Something,
    Nothing,
}

impl Want {
    /// Makes a change at a place below this value, which stands in the field of that name.
    pub(crate) fn change(
        &mut self,
        steps: &[Step],
        change: &Change,
        (name, view): (&str, &View),
        values: &Values<'_>,
    ) -> Result<Left, Stop> {
        let Some((step, rest)) = steps.split_first() else { return self.change_here(change, (name, view), values) };
        match (step, view) {
            (Step::Field(name), View::Struct(fields) | View::Union(fields)) => {
                let field = fields.iter().find(|field| field.api == name);
                let field = field.ok_or_else(|| Obstacle::NoField(name.to_string()))?;
                self.change_member(field, fields, matches!(view, View::Union(_)), rest, change, values)
            }
            (Step::Index(index), View::List(element, max)) => {
                let left = self.change_element(*index, element, rest, change, values)?;
                Ok(if max.is_none() { Left::Something } else { left })
            }
            (Step::Open(_), _) => Err(Obstacle::OpenElement.into()),
            (Step::Field(name), _) => Err(Obstacle::NoField(name.to_string()).into()),
            (Step::Index(index), _) => Err(Obstacle::NoElement(*index).into()),
        }
    }

    fn change_here(&mut self, change: &Change, (name, view): (&str, &View), values: &Values<'_>) -> Result<Left, Stop> {
        match change {
            Change::Set(new) => {
                let new = values.out(new, view, name)?;
                self.merge(new, Some(view), values);
            }
            Change::Append(new) => {
                let View::List(element, _) = view else {
                    return Err(Obstacle::NoElement(0).into());
                };
                let new = values.out(new, element, "")?;
                self.elements(values)?.push((None, Self::New(new)));
            }
            Change::Remove | Change::Create(_) | Change::Declare(_) => return Err(Obstacle::NotInAFile.into()),
        }
        Ok(Left::Something)
    }

    fn change_member(
        &mut self,
        field: &Field,
        fields: &[Field],
        is_union: bool,
        rest: &[Step],
        change: &Change,
        values: &Values<'_>,
    ) -> Result<Left, Stop> {
        let is_removal = matches!(change, Change::Remove);
        if is_removal && self.is_nothing(values) {
            return Ok(Left::Something);
        }
        let members = self.members(values)?;
        let position = members.iter().position(|(key, _)| *key == field.key);
        let position = match position {
            None if is_removal => return Ok(Left::Something),
            Some(position) if is_removal && rest.is_empty() => {
                members.remove(position);
                return Ok(if is_union && members.is_empty() { Left::Nothing } else { Left::Something });
            }
            Some(position) => position,
            None => add(members, &field.key, Self::New(empty(&field.view)), fields),
        };
        let left = members[position].1.change(rest, change, (field.api, &field.view), values)?;
        if left == Left::Nothing && !field.demanded {
            members.remove(position);
        } else if is_union {
            // Of a union one member alone may stand.
            let key = &field.key;
            members.retain(|(name, _)| name == key || !fields.iter().any(|field| field.key == *name));
        }
        Ok(Left::Something)
    }

    fn change_element(
        &mut self,
        index: usize,
        element: &View,
        rest: &[Step],
        change: &Change,
        values: &Values<'_>,
    ) -> Result<Left, Stop> {
        if matches!(change, Change::Remove) && self.is_nothing(values) {
            return Ok(Left::Something);
        }
        let node = self.node();
        let elements = self.elements(values)?;
        let is_usable = |place: &Option<usize>| {
            let item = place.zip(node).and_then(|(place, node)| values.tree.items(node).get(place));
            item.is_none_or(|item| !values.tree.is_unusable(*item))
        };
        let usable = elements.iter().enumerate().filter(|(_, (place, _))| is_usable(place));
        let position = match usable.map(|(position, _)| position).nth(index) {
            Some(position) => position,
            None if index == 0 && elements.is_empty() && !matches!(change, Change::Remove) => {
                elements.push((None, Self::New(empty(element))));
                0
            }
            None => return Err(Obstacle::NoElement(index).into()),
        };
        if rest.is_empty() && matches!(change, Change::Remove) {
            elements.remove(position);
            return Ok(if elements.is_empty() { Left::Nothing } else { Left::Something });
        }
        elements[position].1.change(rest, change, ("", element), values)?;
        Ok(Left::Something)
    }

    /// Becomes a value; what is the same in both stays as it was read.
    fn merge(&mut self, new: Out, view: Option<&View>, values: &Values<'_>) {
        if self.says(&new, values) {
            return;
        }
        match new {
            Out::Map(new) if self.is_map(values) => self.merge_members(new, view, values),
            Out::List(new) if self.is_list(values) => self.merge_elements(new, view, values),
            new => *self = Self::New(new),
        }
    }

    fn merge_members(&mut self, new: Vec<(String, Out)>, view: Option<&View>, values: &Values<'_>) {
        let Ok(members) = self.members(values) else { return };
        let fields = match view {
            Some(View::Struct(fields) | View::Union(fields)) => fields.as_slice(),
            _ => &[],
        };
        members.retain(|(key, _)| new.iter().any(|(name, _)| name == key));
        for (key, value) in new {
            let view = fields.iter().find(|field| field.key == key).map(|field| &field.view);
            match members.iter_mut().find(|(name, _)| *name == key) {
                Some((_, member)) => member.merge(value, view, values),
                None => {
                    add(members, &key, Self::New(value), fields);
                }
            }
        }
    }

    /// Elements that are the same at both ends stay; between them each becomes the one at its place.
    fn merge_elements(&mut self, new: Vec<Out>, view: Option<&View>, values: &Values<'_>) {
        let Ok(elements) = self.elements(values) else { return };
        let view = match view {
            Some(View::List(element, _)) => Some(&**element),
            _ => None,
        };
        let same = |pair: &(&(Option<usize>, Self), &Out)| pair.0.1.says(pair.1, values);
        let first = elements.iter().zip(&new).take_while(same).count();
        let last = elements[first..].iter().rev().zip(new[first..].iter().rev()).take_while(same).count();
        let most = elements.len() - last;
        let middle = new.len() - last;
        let mut at = first;
        for value in new.into_iter().take(middle).skip(first) {
            if at < most {
                elements[at].1.merge(value, view, values);
            } else {
                elements.insert(at, (None, Self::New(value)));
            }
            at += 1;
        }
        if at < most {
            elements.drain(at..most);
        }
    }

    /// The node that it is a state of.
    pub(crate) fn node(&self) -> Option<NodeId> {
        match self {
            Self::Keep(node) => Some(*node),
            Self::Map(node, _) | Self::List(node, _) => *node,
            Self::New(_) => None,
        }
    }

    /// Whether nothing stands there.
    fn is_nothing(&self, values: &Values<'_>) -> bool {
        matches!(self, Self::Keep(node) if matches!(values.tree.node(*node).value, Value::Null))
    }

    fn is_map(&self, values: &Values<'_>) -> bool {
        match self {
            Self::Keep(node) => values.tree.is_map(*node),
            Self::Map(..) | Self::New(Out::Map(_)) => true,
            Self::List(..) | Self::New(_) => false,
        }
    }

    fn is_list(&self, values: &Values<'_>) -> bool {
        match self {
            Self::Keep(node) => values.tree.is_list(*node),
            Self::List(..) | Self::New(Out::List(_)) => true,
            Self::Map(..) | Self::New(_) => false,
        }
    }

    /// Whether it is that value already.
    pub(crate) fn says(&self, out: &Out, values: &Values<'_>) -> bool {
        match (self, out) {
            (Self::Keep(node), out) => values.are_same(*node, out),
            (Self::New(own), out) => own == out,
            (Self::Map(_, members), Out::Map(new)) => {
                let says = |(key, member): &(String, Self)| {
                    new.iter().find(|(name, _)| name == key).is_some_and(|(_, value)| member.says(value, values))
                };
                members.len() == new.len() && members.iter().all(says)
            }
            (Self::List(_, elements), Out::List(new)) => {
                let mut pairs = elements.iter().zip(new);
                elements.len() == new.len() && pairs.all(|((_, element), value)| element.says(value, values))
            }
            (Self::Map(..) | Self::List(..), _) => false,
        }
    }

    /// Its members, to be changed; where nothing stands, it becomes an empty map.
    pub(crate) fn members(&mut self, values: &Values<'_>) -> Result<&mut Vec<(String, Self)>, Stop> {
        let tree = values.tree;
        let opened = match self {
            Self::Keep(node) => match tree.node(*node).value {
                Value::Map(_) => Self::Map(Some(*node), members_of(tree, *node)),
                Value::Null => Self::Map(None, Vec::new()),
                _ => return Err(stop(tree, *node, "an object")),
            },
            Self::New(Out::Map(members)) => {
                let members = std::mem::take(members).into_iter();
                Self::Map(None, members.map(|(key, value)| (key, Self::New(value))).collect())
            }
            Self::Map(..) => return self.opened_members(),
            Self::List(..) | Self::New(_) => return Err(not_due("an object")),
        };
        *self = opened;
        self.opened_members()
    }

    fn opened_members(&mut self) -> Result<&mut Vec<(String, Self)>, Stop> {
        if let Self::Map(_, members) = self { Ok(members) } else { Err(not_due("an object")) }
    }

    /// Its elements, to be changed; where nothing stands, it becomes an empty list.
    fn elements(&mut self, values: &Values<'_>) -> Result<&mut Vec<(Option<usize>, Self)>, Stop> {
        let tree = values.tree;
        let opened = match self {
            Self::Keep(node) => match tree.node(*node).value {
                Value::List(_) => {
                    let items = tree.items(*node).iter().enumerate();
                    Self::List(Some(*node), items.map(|(place, item)| (Some(place), Self::Keep(*item))).collect())
                }
                Value::Null => Self::List(None, Vec::new()),
                _ => return Err(stop(tree, *node, "a list")),
            },
            Self::New(Out::List(items)) => {
                let items = std::mem::take(items).into_iter();
                Self::List(None, items.map(|item| (None, Self::New(item))).collect())
            }
            Self::List(..) => return self.opened_elements(),
            Self::Map(..) | Self::New(_) => return Err(not_due("a list")),
        };
        *self = opened;
        self.opened_elements()
    }

    fn opened_elements(&mut self) -> Result<&mut Vec<(Option<usize>, Self)>, Stop> {
        if let Self::List(_, elements) = self { Ok(elements) } else { Err(not_due("a list")) }
    }

    /// The value as a whole.
    pub(crate) fn out(&self, values: &Values<'_>) -> Out {
        match self {
            Self::Keep(node) => values.of(*node),
            Self::New(out) => out.clone(),
            Self::Map(_, members) => {
                Out::Map(members.iter().map(|(key, value)| (key.clone(), value.out(values))).collect())
            }
            Self::List(_, elements) => Out::List(elements.iter().map(|(_, element)| element.out(values)).collect()),
        }
    }
}

/// The members of a node; of equal keys the last counts.
fn members_of(tree: &Tree, node: NodeId) -> Vec<(String, Want)> {
    let mut members: Vec<(String, Want)> = Vec::new();
    for entry in tree.entries(node) {
        let Some(key) = tree.scalar(entry.key) else { continue };
        members.retain(|(name, _)| name != key);
        members.push((key.to_owned(), Want::Keep(entry.value)));
    }
    members
}

/// Puts a new member behind the last of those that come before it in the API's order, or at the end; gives its place.
fn add(members: &mut Vec<(String, Want)>, key: &str, value: Want, fields: &[Field]) -> usize {
    let rank = |key: &str| fields.iter().position(|field| field.key == key);
    let own = rank(key);
    let is_before = |(name, _): &(String, Want)| own.is_some() && rank(name).is_some_and(|rank| Some(rank) < own);
    let position = members.iter().rposition(is_before).map_or(members.len(), |position| position + 1);
    members.insert(position, (key.to_owned(), value));
    position
}

/// What is made where nothing is.
fn empty(view: &View) -> Out {
    if matches!(view, View::List(..)) { Out::List(Vec::new()) } else { Out::Map(Vec::new()) }
}

fn not_due(due: &'static str) -> Stop {
    Obstacle::WrongType { due, found: "another new value".to_owned() }.into()
}

/// Why a node is not what is due.
fn stop(tree: &Tree, node: NodeId, due: &'static str) -> Stop {
    let obstacle = match tree.node(node).value {
        Value::Open(number) => values::open(tree.expression(number)),
        _ => Obstacle::WrongType { due, found: found(tree, node) },
    };
    Stop::on(tree, node, obstacle)
}
