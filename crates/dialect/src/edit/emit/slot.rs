//! The place of one value: behind a colon, behind a dash, between brackets.

use super::Emitter;
use crate::edit::layout::{Form, Place, Quoting};
use crate::edit::style::{indent_of, is_spread, line_end};
use crate::edit::want::{Stop, Want};
use crate::out::Out;
use meshwright_model::Expression;

/// The place of one value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) place: Place,
    /// Past the colon or dash that it stands behind; its own start where it stands behind none.
    pub(crate) after: usize,
    /// The column of its key or dash.
    pub(crate) column: usize,
    /// Whether it stands behind a dash.
    pub(crate) is_element: bool,
    /// Whether it stands in brackets.
    pub(crate) in_flow: bool,
}

impl Emitter<'_> {
    /// Writes a new value in a slot.
    pub(crate) fn replace(&mut self, slot: &Slot, want: &Want) -> Result<(), Stop> {
        let old = self.layout.spot(slot.place);
        let out = match want {
            Want::New(Out::Named(_, name)) if self.follows(slot.place, name) => Out::text(name.to_string()),
            want => self.said(want),
        };
        if matches!(want, Want::New(Out::Named(..))) {
            self.own_name(slot.place, &out)?;
            if self.rename(slot.place, &out) {
                return Ok(());
            }
        } else if is_text_of_function(&out) && self.rename(slot.place, &out) || self.substitute(slot.place, &out) {
            return Ok(());
        } else {
            self.own(slot.place)?;
        }
        self.may_go(&(old.start..old.end))?;
        let is_container = matches!(out, Out::Map(_) | Out::List(_));
        if slot.in_flow {
            let text = self.in_flow(slot, &out);
            let text = if old.start == old.end && slot.after == old.start { format!(" {text}") } else { text };
            self.patch(old.start..old.end, text);
        } else if self.layout.is_flow(slot.place) && is_container && !self.is_empty(slot.place) {
            let text = self.style.flow(&out);
            self.patch(old.start..old.end, text);
        } else if let (Form::Scalar(quoting), false) = (&old.form, is_container)
            && *quoting != Quoting::Block
            && old.tag.is_none()
        {
            let text = self.style.single(&out, self.kept(*quoting, &out), false);
            // What its tag or anchor says of a value goes with it.
            self.patch(old.body..old.end, text);
        } else {
            let text = self.after(slot, &out);
            self.replace_block(slot, &text);
        }
        Ok(())
    }

    /// Changes the end of a text that `Fn::Sub` makes, where the change is in what stands behind its last name; whether it is.
    fn substitute(&mut self, place: Place, out: &Out) -> bool {
        let (Some(("Fn::Sub", argument)), Out::Text(new)) = (self.call(place), out) else { return false };
        let spot = self.layout.spot(argument);
        let range = spot.body..spot.end;
        let written = &self.text[range.clone()];
        let Some(end) = written.rfind('}').map(|mark| range.start + mark + 1) else { return false };
        let is_plain = |text: &str| !text.contains(['\\', '\'', '"', '\n', '$', '{', '}', '#']);
        let mark = written.chars().next_back().filter(|mark| matches!(mark, '"' | '\''));
        let last = end..range.end - mark.map_or(0, char::len_utf8);
        let was = &self.text[last.clone()];
        let whole = self.layout.spot(place);
        let Some(old) = self.values.tree.made_at(&(whole.start..whole.end)) else { return false };
        let Some(before) = old.strip_suffix(was).filter(|_| is_plain(was)) else { return false };
        let Some(new) = new.strip_prefix(before).filter(|new| is_plain(new) && !new.is_empty()) else { return false };
        self.patch(last, new.to_owned());
        true
    }

    /// Whether a plain name follows the resource that it names to its new one.
    fn follows(&self, place: Place, name: &Expression) -> bool {
        let spot = self.layout.spot(place);
        let is_plain = matches!(spot.form, Form::Scalar(_)) && spot.tag.is_none();
        is_plain && self.renamed.iter().any(|(_, new)| new == name)
    }

    /// Writes another label into a function that names a resource, where the new name is just that; whether it is.
    fn rename(&mut self, place: Place, out: &Out) -> bool {
        let (Some((function, argument)), Out::Map(members)) = (self.call(place), out) else { return false };
        let [(key, new)] = members.as_slice() else { return false };
        if key != function {
            return false;
        }
        let spot = self.layout.spot(argument);
        let (range, new) = match (new, self.layout.items(argument)) {
            (Out::Text(new), []) => (spot.body..spot.end, new.clone()),
            (Out::List(parts), items) => {
                let [Out::Text(label), Out::Text(attribute)] = parts.as_slice() else { return false };
                match items {
                    [] => (spot.body..spot.end, format!("{label}.{attribute}")),
                    [first, second] if self.scalar_text(second.value) == *attribute => {
                        let first = self.layout.spot(first.value);
                        (first.body..first.end, label.clone())
                    }
                    _ => return false,
                }
            }
            _ => return false,
        };
        let quoting = match self.text[range.clone()].chars().next() {
            Some('"') => Some(Quoting::Double),
            Some('\'') => Some(Quoting::Single),
            _ => None,
        };
        let text = self.style.single(&Out::Text(new), quoting, true);
        self.patch(range, text);
        true
    }

    /// The quotes that a new value keeps: a number takes those of a text only where its dialect takes it for one.
    fn kept(&self, quoting: Quoting, out: &Out) -> Option<Quoting> {
        let is_kept = matches!(out, Out::Text(_)) || self.values.naming.is_lenient;
        Some(quoting).filter(|_| is_kept)
    }

    fn is_empty(&self, place: Place) -> bool {
        self.layout.entries(place).is_empty() && self.layout.items(place).is_empty()
    }

    /// The text of a value in brackets or JSON.
    fn in_flow(&self, slot: &Slot, out: &Out) -> String {
        let old = self.layout.spot(slot.place);
        let before = match old.form {
            Form::Scalar(quoting) => self.kept(quoting, out),
            _ => None,
        };
        if !matches!(out, Out::Map(_) | Out::List(_)) {
            return self.style.single(out, before, true);
        }
        // What stood over several lines stays so, and what stood on one; what was empty or no container has no habit.
        let is_spread = match old.form {
            Form::Map { .. } | Form::List { .. } if !self.is_empty(slot.place) => {
                is_spread(self.text, self.layout, slot.place)
            }
            _ => self.style.is_json && self.style.is_spread,
        };
        if is_spread { self.style.spread(out, indent_of(self.text, old.start)) } else { self.style.flow(out) }
    }

    /// The text of a value behind a colon or dash.
    fn after(&self, slot: &Slot, out: &Out) -> String {
        if slot.is_element { self.style.after_dash(out, slot.column) } else { self.style.after_key(out, slot.column) }
    }

    /// Puts a text behind a colon or dash, in the place of what stands there; comments in between stay.
    fn replace_block(&mut self, slot: &Slot, new: &str) {
        let old = self.layout.spot(slot.place);
        let (text, between) = (self.text, &self.text[slot.after..old.start.max(slot.after)]);
        let has_break = new.starts_with(['\n', '\r']);
        let last_comment = between.rfind('#').map(|_| slot.after + between.trim_end().len());
        match last_comment {
            Some(comment_end) if has_break => self.patch(comment_end..old.end, new),
            Some(comment_end) => {
                let (first, rest) = split_line(new);
                self.patch(slot.after..slot.after, first);
                self.patch(comment_end..old.end, rest);
            }
            None => {
                let end = line_end(text, old.end);
                let has_comment = text[old.end..end].contains('#');
                let (first, rest) = split_line(new);
                if has_comment && !rest.is_empty() {
                    self.patch(slot.after..old.end, first);
                    self.patch(end..end, rest);
                } else {
                    self.patch(slot.after..old.end, new);
                }
            }
        }
    }
}

/// Whether a value is a function of a text with names in it.
fn is_text_of_function(out: &Out) -> bool {
    matches!(out, Out::Map(members) if matches!(members.as_slice(), [(key, Out::Text(_))] if key == "Fn::Sub"))
}

/// A text's first line, and the others with the line end before them.
fn split_line(text: &str) -> (&str, &str) {
    text.split_at(text.find(['\n', '\r']).unwrap_or(text.len()))
}
