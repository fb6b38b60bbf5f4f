//! How a request is laid out: numbered and bulleted lists, whose marks part sentences and say nothing themselves.

use super::{Cutter, TokenKind};

/// Marks that begin a line of a list.
const BULLETS: &[char] = &['-', '*', '•', '–', '—', '+', '·', '‣', '▪'];

/// The most words of a heading.
const MAX_TITLE: usize = 3;

/// The highest number of an item.
const MAX_ITEM: u32 = 99;

impl Cutter<'_> {
    /// The mark of an item of a list: `- `, `1. `, `2) `, `(3) `, `a) `. In the middle of a line it must go on counting.
    pub(super) fn item(&mut self, starts_line: bool) -> bool {
        let rest = self.rest();
        let Some(length) = bullet(rest).filter(|_| starts_line).or_else(|| self.numbered(starts_line)) else {
            return false;
        };
        // A line of one word is one of a list of names, and any other a sentence.
        let line = self.rest()[length..].lines().next().unwrap_or_default();
        let is_name = starts_line && line.split_whitespace().count() == 1 && !line.contains(':');
        self.is_list |= starts_line;
        self.push(TokenKind::Mark, length);
        if let Some(mark) = self.tokens.last_mut() {
            if is_name { "," } else { "." }.clone_into(&mut mark.low);
        }
        true
    }

    /// The first line behind a list, or behind an empty line: a sentence of its own.
    pub(super) fn end_of_list(&mut self, skipped: usize) {
        let space = &self.request[self.at - skipped..self.at];
        let is_apart = space.matches('\n').count() > 1;
        let is_behind = std::mem::take(&mut self.is_list) && space.ends_with('\n');
        let ends_already = self.tokens.last().is_none_or(|last| matches!(last.low.as_str(), "." | ";" | ":" | ","));
        if (is_apart || is_behind) && !ends_already {
            self.push_as(TokenKind::Mark, ".".to_owned(), 0);
        }
    }

    /// The start of a line that has a heading, as "Services: …", which ends the sentence before it.
    pub(super) fn heading(&mut self) {
        let line = self.rest().lines().next().unwrap_or_default();
        let Some((title, rest)) = line.split_once(':') else { return };
        let is_title = title.split_whitespace().count() <= MAX_TITLE
            && title.chars().all(|letter| letter.is_alphabetic() || letter == ' ' || letter == '-')
            && (rest.is_empty() || rest.starts_with(char::is_whitespace));
        let ends_already = self.tokens.last().is_none_or(|last| matches!(last.low.as_str(), "." | ";" | ":"));
        if is_title && !ends_already {
            self.push_as(TokenKind::Mark, ".".to_owned(), 0);
        }
    }

    fn numbered(&mut self, starts_line: bool) -> Option<usize> {
        let rest = self.rest();
        let is_open = rest.starts_with('(');
        let label = &rest[usize::from(is_open)..];
        let letters = label.find(|letter: char| !letter.is_ascii_alphanumeric()).filter(|length| *length > 0)?;
        let (label, end) = label.split_at(letters);
        let is_closed = end.starts_with(')') || end.starts_with('.') && !is_open && !is_letter(label);
        let is_apart = is_closed && end[1..].starts_with(char::is_whitespace);
        let number = if is_letter(label) {
            u32::from(label.to_ascii_lowercase().as_bytes()[0] - b'a') + 1
        } else {
            label.parse().ok().filter(|number| *number <= MAX_ITEM)?
        };
        let follows = number == self.items + 1 && (self.items > 0 || !end.starts_with('.')) && !self.is_in_brackets();
        (is_apart && (starts_line || follows)).then(|| {
            self.items = number;
            usize::from(is_open) + letters + 1
        })
    }

    /// Whether a bracket is open, which then is what `)` closes.
    fn is_in_brackets(&self) -> bool {
        let last = self.tokens.iter().rev().find(|token| matches!(token.low.as_str(), "(" | ")" | "." | ";"));
        last.is_some_and(|mark| mark.low == "(")
    }
}

fn is_letter(label: &str) -> bool {
    label.len() == 1 && label.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

fn bullet(rest: &str) -> Option<usize> {
    let first = rest.chars().next().filter(|first| BULLETS.contains(first))?;
    rest[first.len_utf8()..].starts_with(char::is_whitespace).then_some(first.len_utf8())
}
