//! The children of maps and lists: which of them change, come and go.

use super::removal::{Child, Gone};
use super::slot::Slot;
use super::{Emitter, from_elsewhere};
use crate::edit::layout::{Item, Member, Place};
use crate::edit::style::{column, indent_of, is_spread, line_end, line_start};
use crate::edit::want::{Stop, Want};
use crate::out::Out;
use crate::tree::{NodeId, Tree};

/// A new child: behind which of those that stay, and what it is.
struct New {
    behind: Option<usize>,
    key: Option<String>,
    value: Out,
}

fn is_container(value: &Out) -> bool {
    matches!(value, Out::Map(_) | Out::List(_))
}

impl Emitter<'_> {
    /// Makes a map's members those that are wanted.
    pub(crate) fn members(&mut self, slot: &Slot, node: NodeId, members: &[(String, Want)]) -> Result<(), Stop> {
        let layout = self.layout;
        let entries = layout.entries(slot.place);
        let tree = self.values.tree;
        let was_read = |name: &str| tree.get(node, name).is_some();
        let is_wanted = |name: &str| members.iter().any(|(key, _)| key == name);
        let mut gone: Vec<bool> =
            entries.iter().map(|member| was_read(&member.name) && !is_wanted(&member.name)).collect();
        self.refuse_missing(slot.place, node, members)?;
        let mut new = Vec::new();
        let mut behind = None;
        for (key, want) in members {
            let place = entries.iter().rposition(|member| member.name == *key);
            let Some(place) = place else {
                new.push(New { behind, key: Some(key.clone()), value: self.said(want) });
                continue;
            };
            behind = Some(place);
            if !was_read(key) {
                // It stands there and is left out by what it says.
                self.own(entries[place].value)?;
            }
            let slot = self.slot_of(slot, &entries[place]);
            self.value(&slot, want)?;
        }
        let children: Vec<Child> = entries.iter().map(|member| self.child_of_map(slot.place, member)).collect();
        self.renew(&mut gone, &mut new, &children)?;
        self.come_and_go(slot, &children, &gone, new)
    }

    /// Refuses to change or take away members that do not stand in the map.
    fn refuse_missing(&self, map: Place, node: NodeId, members: &[(String, Want)]) -> Result<(), Stop> {
        let tree = self.values.tree;
        for entry in tree.entries(node) {
            let Some(key) = tree.scalar(entry.key) else { continue };
            let want = members.iter().find(|(name, _)| name == key);
            let is_as_it_was = want.is_some_and(|(_, want)| self.is_same(entry.value, want));
            if self.layout.member(map, key).is_none() && !is_as_it_was {
                return Err(Stop::at(self.layout.spot(map).start, from_elsewhere(self.layout, map, key)));
            }
        }
        Ok(())
    }

    /// Makes a list's elements those that are wanted.
    pub(crate) fn elements(
        &mut self,
        slot: &Slot,
        node: NodeId,
        elements: &[(Option<usize>, Want)],
    ) -> Result<(), Stop> {
        let layout = self.layout;
        let items = layout.items(slot.place);
        let places = places(
            self.values.tree,
            node,
            |place| {
                let stands = layout.spot(items[place].value);
                stands.start..stands.end.max(stands.start + 1)
            },
            items.len(),
        );
        let mut gone = vec![false; items.len()];
        let kept: Vec<usize> = elements.iter().filter_map(|(place, _)| *place).collect();
        for (read, place) in places.iter().enumerate().filter(|(read, _)| !kept.contains(read)) {
            let Some(place) = place else { return self.own_or_unknown(slot.place, node, read) };
            gone[*place] = true;
        }
        let (mut new, mut behind) = (Vec::new(), None);
        for (read, want) in elements {
            let Some(read) = read else {
                new.push(New { behind, key: None, value: self.said(want) });
                continue;
            };
            match places.get(*read).copied().flatten() {
                Some(place) => {
                    behind = Some(place);
                    let slot = self.slot_of_item(slot, items[place]);
                    self.value(&slot, want)?;
                }
                None if matches!(want, Want::Keep(_)) => {}
                None => return self.own_or_unknown(slot.place, node, *read),
            }
        }
        // What is appended stands behind all that stand there, whether they were read or not.
        if elements.last().is_some_and(|(read, _)| read.is_none()) && places.len() < items.len() {
            new.iter_mut().filter(|new| new.behind == behind).for_each(|new| new.behind = items.len().checked_sub(1));
        }
        let children: Vec<Child> = items.iter().map(|item| self.child_of_list(slot.place, *item)).collect();
        self.renew(&mut gone, &mut new, &children)?;
        self.come_and_go(slot, &children, &gone, new)
    }

    /// Says why an element that was read does not stand in its list.
    fn own_or_unknown(&self, list: Place, node: NodeId, read: usize) -> Result<(), Stop> {
        let item = self.values.tree.items(node)[read];
        let at = self.values.tree.span(item).start as usize;
        let made = self.layout.items(list).iter().find_map(|item| self.computed(item.value));
        Err(Stop::at(at, made.unwrap_or(crate::edit::error::Obstacle::OpenElement)))
    }

    /// Writes new children over those that go, as far as there are both.
    fn renew(&mut self, gone: &mut [bool], new: &mut Vec<New>, children: &[Child]) -> Result<(), Stop> {
        while let Some(place) = gone.iter().position(|gone| *gone)
            && !new.is_empty()
        {
            let child = &children[place];
            let New { key, value, .. } = new.remove(0);
            self.may_go(&(child.start..child.end))?;
            let text = self.child_text(child, key.as_deref(), &value);
            self.patch(child.start..child.end, text);
            gone[place] = false;
        }
        Ok(())
    }

    fn come_and_go(&mut self, slot: &Slot, children: &[Child], gone: &[bool], new: Vec<New>) -> Result<(), Stop> {
        let stay = gone.iter().filter(|gone| !**gone).count();
        for (child, _) in children.iter().zip(gone).filter(|(_, gone)| **gone) {
            self.may_go(&(child.start..child.end))?;
        }
        if stay == 0 {
            let empty = match new.first() {
                None if children.first().is_some_and(|child| child.is_member) => Want::New(Out::Map(Vec::new())),
                None => Want::New(Out::List(Vec::new())),
                Some(New { key: Some(_), .. }) => {
                    let members = new.into_iter().filter_map(|new| Some((new.key?, Want::New(new.value))));
                    Want::Map(None, members.collect())
                }
                Some(_) => Want::List(None, new.into_iter().map(|new| (None, Want::New(new.value))).collect()),
            };
            return self.replace(slot, &empty);
        }
        self.remove(&Gone { children, gone });
        for New { behind, key, value } in new {
            let anchor = behind.filter(|place| !gone[*place]);
            let anchor = anchor.or_else(|| (0..behind.unwrap_or(0)).rev().find(|place| !gone[*place]));
            let is_first = anchor.is_none() && behind.is_none() && key.is_none();
            let last = gone.iter().rposition(|gone| !gone).unwrap_or_default();
            if is_first {
                let first = gone.iter().position(|gone| !gone).unwrap_or_default();
                self.insert_before(&children[first], None, &value, false);
            } else {
                self.insert(&children[anchor.unwrap_or(last)], key.as_deref(), &value, false);
            }
        }
        Ok(())
    }

    /// Takes members out of a map of which one at least stays.
    pub(crate) fn remove_members(&mut self, map: Place, gone: &[bool]) -> Result<(), Stop> {
        let entries = self.layout.entries(map);
        let children: Vec<Child> = entries.iter().map(|member| self.child_of_map(map, member)).collect();
        self.remove_some(&children, gone)
    }

    /// Takes elements out of a list of which one at least stays.
    pub(crate) fn remove_elements(&mut self, list: Place, gone: &[bool]) -> Result<(), Stop> {
        let items = self.layout.items(list);
        let children: Vec<Child> = items.iter().map(|item| self.child_of_list(list, *item)).collect();
        self.remove_some(&children, gone)
    }

    fn remove_some(&mut self, children: &[Child], gone: &[bool]) -> Result<(), Stop> {
        for (child, _) in children.iter().zip(gone).filter(|(_, gone)| **gone) {
            self.may_go(&(child.start..child.end))?;
        }
        self.remove(&Gone { children, gone });
        Ok(())
    }

    /// Adds a member to a map, or gives the one of that key that holds nothing its value.
    pub(crate) fn add_member(&mut self, map: &Slot, key: &str, want: &Want) -> Result<(), Stop> {
        let nothing = want.says(&Out::Map(Vec::new()), &self.values);
        if nothing {
            return Ok(());
        }
        self.own(map.place)?;
        match self.layout.member(map.place, key) {
            Some(member) => {
                let slot = self.slot_of(map, member);
                self.replace(&slot, want)
            }
            None => {
                let out = self.said(want);
                self.add_new_member(map, key, &out);
                Ok(())
            }
        }
    }

    /// Adds a member at the end of a map.
    pub(crate) fn add_new_member(&mut self, map: &Slot, key: &str, value: &Out) {
        match self.layout.entries(map.place).last() {
            Some(last) => {
                let child = self.child_of_map(map.place, last);
                self.insert(&child, Some(key), value, false);
            }
            None => {
                let new = Want::New(Out::Map(vec![(key.to_owned(), value.clone())]));
                // Nothing stands there that could be in the way.
                let _ = self.replace(map, &new);
            }
        }
    }

    /// Writes a value where nothing, or something empty, stands.
    pub(crate) fn fill(&mut self, slot: &Slot, value: &Out) -> Result<(), Stop> {
        self.replace(slot, &Want::New(value.clone()))
    }

    /// The slot of a value at the top.
    pub(crate) fn root_slot(&self, place: Place) -> Slot {
        let start = self.layout.spot(place).start;
        let in_flow = self.layout.is_json;
        Slot { place, after: start, column: column(self.text, start), is_element: false, in_flow }
    }

    /// The text of a child without what separates it from others.
    fn child_text(&self, child: &Child, key: Option<&str>, value: &Out) -> String {
        let style = self.style;
        match (key, child.is_flow) {
            (Some(key), false) => format!("{}:{}", style.key(key), style.after_key(value, child.column)),
            (None, false) if self.is_tight(child) && self.layout.is_flow(child.value) && is_container(value) => {
                format!("- {}", style.flow(value))
            }
            (None, false) => format!("-{}", style.after_dash(value, child.column)),
            (key, true) => {
                let indent = indent_of(self.text, child.start);
                let is_spread = child.is_spread && style.is_json && !self.is_tight(child);
                match (key, is_spread) {
                    (Some(key), true) => style.spread_member(key, value, indent),
                    (Some(key), false) => style.flow_member(key, value),
                    (None, true) => style.spread(value, indent),
                    (None, false) => style.flow(value),
                }
            }
        }
    }

    /// Whether a container that is a child, and so its siblings, stands on one line.
    fn is_tight(&self, child: &Child) -> bool {
        let has_children = !self.layout.entries(child.value).is_empty() || !self.layout.items(child.value).is_empty();
        has_children && !child.is_member && !is_spread(self.text, self.layout, child.value)
    }

    /// Puts a new child behind another, with a blank line between them where one is due.
    pub(crate) fn insert(&mut self, child: &Child, key: Option<&str>, value: &Out, has_gap: bool) {
        let new = self.child_text(child, key, value);
        if child.is_flow {
            let before = &self.text[line_start(self.text, child.start)..child.start];
            let separator = if child.is_spread && before.trim().is_empty() {
                format!(",{}{before}", self.style.newline)
            } else {
                self.style.comma.to_owned()
            };
            self.patch(child.end..child.end, format!("{separator}{new}"));
        } else {
            let end = line_end(self.text, child.end);
            let gap = if has_gap { self.style.newline } else { "" };
            self.patch(end..end, format!("{gap}{}{new}", self.style.line(child.column)));
        }
    }

    /// Puts a new child before another, with a blank line between them where one is due.
    pub(crate) fn insert_before(&mut self, child: &Child, key: Option<&str>, value: &Out, has_gap: bool) {
        let new = self.child_text(child, key, value);
        let gap = if has_gap && !child.is_flow { self.style.newline } else { "" };
        let separator = match (child.is_flow, child.is_spread) {
            (true, false) => self.style.comma.to_owned(),
            (true, true) => format!(",{}{}", self.style.newline, indent_of(self.text, child.start)),
            (false, _) => self.style.line(child.column),
        };
        self.patch(child.start..child.start, format!("{new}{gap}{separator}"));
    }

    /// The slot of a member's value.
    pub(crate) fn slot_of(&self, map: &Slot, member: &Member) -> Slot {
        Slot {
            place: member.value,
            after: member.colon,
            column: column(self.text, member.key.start),
            is_element: false,
            in_flow: map.in_flow || self.layout.is_flow(map.place),
        }
    }

    fn slot_of_item(&self, list: &Slot, item: Item) -> Slot {
        let in_flow = list.in_flow || self.layout.is_flow(list.place);
        let after = if in_flow { item.start } else { item.start + 1 };
        Slot { place: item.value, after, column: column(self.text, item.start), is_element: true, in_flow }
    }

    pub(crate) fn child_of_map(&self, map: Place, member: &Member) -> Child {
        let is_flow = self.layout.is_flow(map);
        Child {
            start: member.key.start,
            end: self.layout.spot(member.value).end.max(member.colon),
            column: column(self.text, member.key.start),
            value: member.value,
            is_flow,
            is_spread: is_flow && is_spread(self.text, self.layout, map),
            is_member: true,
        }
    }

    pub(crate) fn child_of_list(&self, list: Place, item: Item) -> Child {
        let is_flow = self.layout.is_flow(list);
        let end = self.layout.spot(item.value).end;
        Child {
            start: item.start,
            end: if is_flow { end } else { end.max(item.start + 1) },
            column: column(self.text, item.start),
            value: item.value,
            is_flow,
            is_spread: is_flow && is_spread(self.text, self.layout, list),
            is_member: false,
        }
    }
}

/// Where each element that was read stands among those of the text; `None` for those that functions bring.
fn places(
    tree: &Tree,
    node: NodeId,
    range: impl Fn(usize) -> std::ops::Range<usize>,
    count: usize,
) -> Vec<Option<usize>> {
    let items = tree.items(node);
    if items.len() == count {
        return (0..count).map(Some).collect();
    }
    let mut from = 0;
    let place = |item: &NodeId| {
        let start = tree.span(*item).start as usize;
        let place = (from..count).find(|place| range(*place).contains(&start))?;
        from = place + 1;
        Some(place)
    };
    items.iter().map(place).collect()
}
