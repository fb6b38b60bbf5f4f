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
    let spans: Vec<Range<usize>> = missed.iter().map(|words| words.start..words.end).collect();
    let _ = write!(out, "not understood: {}\n{}", named(missed), marked(&outcome.request, &spans));
    for Example { area, request } in examples(missed) {
        let _ = writeln!(out, "{} can be said like this: {request}", area.to_lowercase());
    }
    out.push_str("say it in other words, or leave it out; docs/language.md lists what is understood\n");
    out
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
    for example in missed.iter().filter_map(|words| example_near(&words.text)) {
        if found.len() < MAX_EXAMPLES && !found.contains(&example) {
            found.push(example);
        }
    }
    found
}

/// The lines of a request that have a part of a span, with the parts underlined.
fn marked(request: &str, spans: &[Range<usize>]) -> String {
    let lines = lines(request);
    let has_span = |line: &&Range<usize>| spans.iter().any(|span| span.start < line.end && span.end > line.start);
    let shown: Vec<&Range<usize>> = lines.iter().filter(has_span).collect();
    let mut out = String::new();
    for line in shown.iter().take(MAX_LINES) {
        let mut text = String::new();
        let mut marks = String::new();
        for (offset, letter) in request[line.start..line.end].char_indices() {
            let at = line.start + offset;
            let mark = if spans.iter().any(|span| span.contains(&at)) { "^" } else { " " };
            let letter = one_letter(letter);
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

/// A request in lines of at most [`MAX_WIDTH`] columns, cut at spaces where there are any.
fn lines(request: &str) -> Vec<Range<usize>> {
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
            width = at - start;
        }
        width += one_letter(letter).width().unwrap_or(0);
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
        words.iter().filter_map(|word| request.find(word).map(|at| at..at + word.len())).collect()
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        let request = "a node 注文 on port 8080, flurb the\u{7} gnomes\nand a mesh";
        insta::assert_snapshot!(marked(request, &spans(request, &["注文", "flurb the\u{7} gnomes"])), @r"
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
