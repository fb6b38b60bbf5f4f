//! A file as its user gave it, and where in it a byte stands.

use std::sync::{Arc, OnceLock};

use meshwright_model::finding::Location;

/// The largest file that is read, in bytes: 256 MB.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The most bytes of a place that its width is counted over.
const MAX_WIDTH: usize = 4096;

/// How many bytes lie between the places where the count of characters is known.
const STRIDE: usize = 1024;

/// A file as its user gave it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name to show: a path as it was typed, or `-`.
    pub name: String,
    text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
    counts: OnceLock<Vec<usize>>,
}

/// A range of bytes of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    #[expect(clippy::cast_possible_truncation, reason = "no file is larger than MAX_BYTES, which fits")]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end.max(start) as u32 }
    }

    pub(crate) fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }
}

impl Source {
    /// A file of that name and content.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), line_starts: OnceLock::new(), counts: OnceLock::new() }
    }

    /// The content.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The content, shared.
    pub(crate) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The line of that number, from 1, without its end; empty past the last.
    pub fn line(&self, number: usize) -> &str {
        let starts = self.line_starts();
        let Some(start) = number.checked_sub(1).and_then(|index| starts.get(index)) else { return "" };
        let end = starts.get(number).map_or(self.text.len(), |next| *next as usize);
        self.text[*start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.line_starts().len()
    }

    /// Where a range of bytes stands.
    pub fn locate_bytes(&self, range: std::ops::Range<usize>) -> Location {
        self.locate(Span::new(range.start, range.end))
    }

    pub(crate) fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    pub(crate) fn locate(&self, span: Span) -> Location {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= span.start).max(1);
        let start = starts[line - 1] as usize;
        let position = self.floor(span.start as usize).max(start);
        let end = self.floor(span.end as usize).max(position);
        let column = self.chars_before(position) - self.chars_before(start) + 1;
        // No line that is shown is wider; a value may be the whole file.
        let end = self.floor(end.min(position + MAX_WIDTH));
        let on_line = self.text[position..end].split('\n').next().unwrap_or_default();
        let width = on_line.trim_end().chars().count().max(1);
        Location { file: self.name.clone(), line, column, width }
    }

    /// How many characters stand before a byte: counted once for every [`STRIDE`] bytes, since one long line may have
    /// thousands of findings.
    fn chars_before(&self, position: usize) -> usize {
        let bytes = self.text.as_bytes();
        let count = |bytes: &[u8]| bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
        let counts = self.counts.get_or_init(|| {
            let strides = bytes.chunks(STRIDE).scan(0, |sum, stride| {
                let before = *sum;
                *sum += count(stride);
                Some(before)
            });
            strides.collect()
        });
        let stride = position / STRIDE;
        counts.get(stride).map_or_else(|| count(bytes), |before| before + count(&bytes[stride * STRIDE..position]))
    }

    fn floor(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|offset| self.text.is_char_boundary(*offset)).unwrap_or(0)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text.as_bytes());
            // A byte order mark is no part of the first line.
            let first = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            std::iter::once(Span::new(first, 0).start)
                .chain(newlines.map(|offset| Span::new(offset + 1, 0).start))
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let source = Source::new("x", "a\näb c\r\n");
        let location = source.locate(Span::new(5, 6));
        assert_eq!((location.line, location.column, location.width), (2, 3, 1));
        assert_eq!(source.line(2), "äb c");
        assert_eq!((source.line(0), source.line(9)), ("", ""));
        assert_eq!(source.locate(Span::new(99, 99)).line, 3);
    }

    #[test]
    fn columns_of_long_lines_are_those_of_short_ones() {
        for length in [STRIDE - 1, STRIDE, STRIDE + 1, 5 * STRIDE] {
            let source = Source::new("x", format!("ü\nä{}ö", "x".repeat(length)));
            let end = source.text().len();
            assert_eq!(source.locate(Span::new(end - 2, end)).column, length + 2);
            assert_eq!(source.locate(Span::new(end, end)).column, length + 3);
        }
    }
}
