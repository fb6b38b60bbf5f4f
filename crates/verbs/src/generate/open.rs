//! What stands in the way of an answer: questions, and words that were not understood, marked where they stand in the request.

use std::fmt::Write as _;
use std::ops::Range;

use meshwright_language::{Example, NotUnderstood, example_near};
use meshwright_model::visible::{cut, one_letter, visible};
use unicode_width::UnicodeWidthChar;

use super::Outcome;

/// The widest line of a request that is shown, in columns.
const MAX_WIDTH: usize = 96;

/// The most lines of a request that are shown.
const MAX_LINES: usize = 12;

/// The most pieces that are named.
const MAX_NAMED: usize = 8;

/// The most examples that are given.
const MAX_EXAMPLES: usize = 3;

/// What is asked and what was not understood of a request.
pub(super) fn text(outcome: &Outcome) -> String {
    let mut out = String::new();
    for question in outcome.questions() {
        let _ = writeln!(out, "question: {}", visible(&question.text));
    }
    let missed = &outcome.understanding.not_understood;
    if missed.is_empty() {
        return out;
    }
    let _ = write!(out, "not understood: {}\n{}", named(missed), marked(&outcome.request, &spans(missed)));
    for Example { area, request } in examples(missed) {
        let _ = writeln!(out, "{} can be said like this: {request}", area.to_lowercase());
    }
    out.push_str("say it in other words, or leave it out; docs/language.md lists what is understood\n");
    out
}

/// Where words stand, in order, none within another.
fn spans(missed: &[NotUnderstood]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = missed.iter().map(|words| words.start..words.end).collect();
    all.sort_by_key(|span| span.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for span in all {
        match apart.last_mut().filter(|last| last.end > span.start) {
            Some(last) => last.end = last.end.max(span.end),
            None => apart.push(span),
        }
    }
    apart
}

/// Words in quotes, the first of them where they are many.
fn named(missed: &[NotUnderstood]) -> String {
    let named = missed.iter().take(MAX_NAMED).map(|words| format!("\"{}\"", visible(&cut(&words.text, MAX_WIDTH))));
    let named = named.collect::<Vec<_>>().join(", ");
    match missed.len().saturating_sub(MAX_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Examples of what the words are near to, none twice.
fn examples(missed: &[NotUnderstood]) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    for example in missed.iter().take(MAX_NAMED).filter_map(|words| example_near(&words.text)) {
        if !found.contains(&example) {
            found.push(example);
        }
    }
    found.truncate(MAX_EXAMPLES);
    found
}

/// The lines of a request that have a part of a span, with the parts underlined. The spans are in order.
fn marked(request: &str, spans: &[Range<usize>]) -> String {
    // The first span that ends behind a place is the only one that can hold it.
    let ahead = |at: usize| spans.get(spans.partition_point(|span| span.end <= at));
    let lines = lines(request);
    let has_span = |line: &&Range<usize>| ahead(line.start).is_some_and(|span| span.start < line.end);
    let shown: Vec<&Range<usize>> = lines.iter().filter(has_span).collect();
    let mut out = String::new();
    for line in shown.iter().take(MAX_LINES) {
        let mut text = String::new();
        let mut marks = String::new();
        for (offset, letter) in request[line.start..line.end].char_indices() {
            let at = line.start + offset;
            let mark = if ahead(at).is_some_and(|span| span.contains(&at)) { "^" } else { " " };
            let letter = shown_letter(letter);
            text.push(letter);
            marks.push_str(&mark.repeat(letter.width().unwrap_or(0)));
        }
        let _ = writeln!(out, "    {}\n    {}", text.trim_end(), marks.trim_end());
    }
    if let Some(more) = shown.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        let _ = writeln!(out, "    … and in {more} more lines");
    }
    out
}

/// A letter as it is shown: white space of any kind is a space.
fn shown_letter(letter: char) -> char {
    if letter.is_whitespace() { ' ' } else { one_letter(letter) }
}

/// A request in lines of at most [`MAX_WIDTH`] columns, cut at spaces where there are any.
fn lines(request: &str) -> Vec<Range<usize>> {
    let columns = |letter: char| shown_letter(letter).width().unwrap_or(0);
    let mut lines = Vec::new();
    let (mut start, mut width, mut space) = (0, 0, None);
    for (at, letter) in request.char_indices() {
        if letter == '\n' {
            lines.push(start..at);
            (start, width, space) = (at + 1, 0, None);
            continue;
        }
        if width >= MAX_WIDTH {
            let end = space.unwrap_or(at);
            lines.push(start..end);
            (start, space) = (end, None);
            width = request[end..at].chars().map(columns).sum();
        }
        width += columns(letter);
        if letter == ' ' {
            space = Some(at + 1);
        }
    }
    lines.push(start..request.len());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(request: &str, words: &[&str]) -> Vec<Range<usize>> {
        let place = |text: &&str| {
            let start = request.find(*text).unwrap();
            NotUnderstood { text: (*text).to_owned(), start, end: start + text.len() }
        };
        super::spans(&words.iter().map(place).collect::<Vec<_>>())
    }

    #[test]
    fn words_within_words_are_marked_once() {
        assert_eq!(spans("one two three", &["three", "two three", "one"]), [0..3, 4..13]);
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        let request = "a node 注文\ton port 8080, flurb the\u{7} gnomes\r\nand a mesh";
        insta::assert_snapshot!(marked(request, &spans(request, &["flurb the\u{7} gnomes", "注文"])), @r"
        a node 注文 on port 8080, flurb the� gnomes
               ^^^^               ^^^^^^^^^^^^^^^^^
        ");
    }

    #[test]
    fn long_requests_are_cut_into_lines_of_which_few_are_shown() {
        let request = format!("{} flurb {}", "a node orders, ".repeat(20), "x".repeat(300));
        let shown = marked(&request, &spans(&request, &["flurb"]));
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(shown.contains("flurb") && shown.contains("^^^^^\n"), "{shown}");
        for line in lines(&request) {
            assert!(line.len() <= MAX_WIDTH, "{}", &request[line]);
        }
        let words = "gnome ".repeat(1000);
        let shown = marked(&words, std::slice::from_ref(&(0..words.len())));
        assert_eq!(shown.lines().count(), 2 * MAX_LINES + 1);
        assert!(shown.ends_with("more lines\n"), "{shown}");
    }
}
