//! Takes children out of a text, with what belongs to them.

use std::ops::Range;

use super::Emitter;
use crate::edit::layout::Place;
use crate::edit::style::{column, line_start, next_line};

/// A member or element in the text.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    /// Its key or dash; in flow style its first byte.
    pub(crate) start: usize,
    /// Past its last byte.
    pub(crate) end: usize,
    pub(crate) column: usize,
    pub(crate) value: Place,
    /// Whether it stands in brackets.
    pub(crate) is_flow: bool,
    /// Whether the children of its container stand on lines of their own.
    pub(crate) is_spread: bool,
    pub(crate) is_member: bool,
}

/// The children of a container, of which one at least stays, and which of them go.
pub(crate) struct Gone<'g> {
    pub(crate) children: &'g [Child],
    pub(crate) gone: &'g [bool],
}

impl Gone<'_> {
    /// The runs of children that go together.
    fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for place in (0..self.gone.len()).filter(|place| self.gone[*place]) {
            match runs.last_mut() {
                Some(run) if run.end == place => run.end += 1,
                _ => runs.push(place..place + 1),
            }
        }
        runs
    }
}

impl Emitter<'_> {
    pub(crate) fn remove(&mut self, gone: &Gone<'_>) {
        for run in gone.runs() {
            let (first, last) = (&gone.children[run.start], &gone.children[run.end - 1]);
            let next = gone.children.get(run.end);
            let before = run.start.checked_sub(1).map(|place| &gone.children[place]);
            let range = match (first.is_flow, next, before) {
                (false, next, _) => self.block_range(first, last, next),
                (true, Some(next), _) => first.start..next.start,
                (true, None, Some(before)) => self.flow_end(before, first, last),
                (true, None, None) => first.start..last.end,
            };
            self.patch(range, "");
        }
    }

    /// The last children in brackets, with the comma before them; a comment behind that stays, and the comma with it.
    fn flow_end(&self, before: &Child, first: &Child, last: &Child) -> Range<usize> {
        let has_comment = !self.layout.is_json && self.text[before.end..first.start].contains('#');
        if has_comment {
            line_start(self.text, first.start)..next_line(self.text, last.end)
        } else {
            before.end..last.end
        }
    }

    /// The lines of children in block style, and the comments that belong to them.
    fn block_range(&self, first: &Child, last: &Child, next: Option<&Child>) -> Range<usize> {
        let text = self.text;
        let line = line_start(text, first.start);
        let is_alone = text[line..first.start].trim().is_empty();
        if !is_alone {
            // It shares its line with the dash of the list around it: what comes next moves up to it.
            let after = next_line(text, last.end);
            let blanks = text[after..].len() - text[after..].trim_start().len();
            return first.start..next.map_or(last.end, |_| after + blanks);
        }
        let start = self.with_comments(line, first.column);
        let end = next_line(text, last.end);
        if end == text.len() && !text[..end].ends_with('\n') {
            // The last line has no end: the one before it loses its own.
            let before = text[..start].trim_end_matches('\n').trim_end_matches('\r');
            return before.len()..end;
        }
        self.without_gap(start, end)..end
    }

    /// The start of the comment lines directly above a line, in that column.
    fn with_comments(&self, line: usize, wanted: usize) -> usize {
        let text = self.text;
        let mut start = line;
        while start > 0 {
            let above = line_start(text, start - 1);
            let content = text[above..start].trim_start_matches([' ', '\t']);
            let at = start - content.len();
            if above >= start || !content.starts_with('#') || column(text, at) != wanted {
                break;
            }
            start = above;
        }
        start
    }

    /// Where blank lines stand on both sides of what goes, those above go too.
    fn without_gap(&self, start: usize, end: usize) -> usize {
        let text = self.text;
        let is_blank_after = text[end..].is_empty() || text[end..next_line(text, end)].trim().is_empty();
        let mut from = start;
        while is_blank_after && from > 0 {
            let above = line_start(text, from - 1);
            if above >= from || !text[above..from].trim().is_empty() {
                break;
            }
            from = above;
        }
        from
    }
}
