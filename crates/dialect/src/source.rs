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

    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
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

    /// What stands on a line from a column on, both from 1; empty past its end.
    pub fn line_from(&self, number: usize, column: usize) -> &str {
        let line = self.line(number);
        if line.len() <= STRIDE {
            let offset = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(offset, _)| offset);
            return &line[offset..];
        }
        let start = line.as_ptr() as usize - self.text.as_ptr() as usize;
        let wanted = self.chars_before(start) + column.saturating_sub(1);
        let stride = self.counts().partition_point(|count| *count <= wanted).saturating_sub(1);
        let from = self.floor((stride * STRIDE).max(start));
        let skip = wanted - self.chars_before(from);
        let rest = self.text.get(from..start + line.len()).unwrap_or_default();
        rest.char_indices().nth(skip).map_or("", |(offset, _)| &rest[offset..])
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
        let stride = position / STRIDE;
        let before = self.counts().get(stride);
        before.map_or_else(|| count(bytes), |before| before + count(&bytes[stride * STRIDE..position]))
    }

    fn counts(&self) -> &[usize] {
        self.counts.get_or_init(|| {
            let strides = self.text.as_bytes().chunks(STRIDE).scan(0, |sum, stride| {
                let before = *sum;
                *sum += count(stride);
                Some(before)
            });
            strides.collect()
        })
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

/// How many characters begin in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
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
    fn a_line_is_read_from_any_column() {
        for length in [3, STRIDE - 1, STRIDE, STRIDE + 1, 3 * STRIDE] {
            let line: String = "aä€🚀".chars().cycle().take(length).collect();
            let source = Source::new("x", format!("ü\n{line}\nend"));
            for column in [1, 2, 3, length / 2, length - 1, length, length + 1, length + 9] {
                let expected: String = line.chars().skip(column.max(1) - 1).collect();
                assert_eq!(source.line_from(2, column), expected, "{length} {column}");
            }
            assert_eq!((source.line_from(0, 1), source.line_from(9, 1)), ("", ""));
        }
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
