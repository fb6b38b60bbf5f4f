//! Texts that a pattern matches: the shortest way through it, and a few that are a little longer.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

/// The most samples that are given.
pub(super) const MAX_SAMPLES: usize = 6;

/// How many ways through a pattern are tried.
const WAYS: usize = 6;

/// The most bytes of a sample.
const MAX_LENGTH: usize = 1200;

/// What stands for a class, the most natural first.
const NATURAL: &[u8] = b"a1bA2-/_.x: ";

/// Texts that are likely to match: looks such as `\b` are passed over.
pub(super) fn candidates(hir: &Hir) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for way in 0..WAYS {
        let mut bytes = Vec::new();
        if add(hir, way, &mut bytes)
            && let Ok(text) = String::from_utf8(bytes)
            && !texts.contains(&text)
        {
            texts.push(text);
        }
    }
    texts
}

/// Adds what one way through a pattern gives; `false` where there is none.
fn add(hir: &Hir, way: usize, bytes: &mut Vec<u8>) -> bool {
    if bytes.len() > MAX_LENGTH {
        return false;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            bytes.extend_from_slice(&literal.0);
            true
        }
        HirKind::Class(class) => add_of_class(class, bytes.len(), way, bytes),
        HirKind::Repetition(repetition) => {
            let more = u32::try_from(way).unwrap_or(0).min(2);
            let times = repetition.min.saturating_add(more).min(repetition.max.unwrap_or(u32::MAX));
            (0..times).all(|_| add(&repetition.sub, way, bytes))
        }
        HirKind::Capture(capture) => add(&capture.sub, way, bytes),
        HirKind::Concat(parts) => parts.iter().all(|part| add(part, way, bytes)),
        HirKind::Alternation(parts) => parts.get(way % parts.len()).is_some_and(|part| add(part, way, bytes)),
    }
}

/// Adds a member of a class: digits count up, others stay the most natural one, but for later ways.
fn add_of_class(class: &Class, place: usize, way: usize, bytes: &mut Vec<u8>) -> bool {
    let mut natural = NATURAL.iter().copied().filter(|byte| holds(class, *byte));
    let skipped = if way < 3 { 0 } else { way - 2 };
    let is_of_digits = natural.clone().next() == Some(b'1');
    if is_of_digits && let Some(previous) = bytes.last().filter(|byte| (b'1'..b'9').contains(byte)) {
        let next = *previous + 1;
        if place > 0 && holds(class, next) {
            bytes.push(next);
            return true;
        }
    }
    let Some(first) = natural.next() else { return add_first(class, bytes) };
    bytes.push(natural.nth(skipped.saturating_sub(1)).filter(|_| skipped > 0).unwrap_or(first));
    true
}

fn add_first(class: &Class, bytes: &mut Vec<u8>) -> bool {
    match class {
        Class::Unicode(unicode) => {
            let ranges = unicode.ranges();
            let visible = ranges.iter().find(|range| range.end() > ' ').map(|range| range.start().max('!'));
            let Some(char) = visible.or_else(|| ranges.first().map(ClassUnicodeRange::start)) else { return false };
            bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            true
        }
        Class::Bytes(class) => {
            let Some(range) = class.ranges().first() else { return false };
            bytes.push(range.start());
            true
        }
    }
}

/// Whether a class has that ASCII character.
pub(super) fn holds(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => {
            let char = char::from(byte);
            class.ranges().iter().any(|range| range.start() <= char && char <= range.end())
        }
        Class::Bytes(class) => class.ranges().iter().any(|range| range.start() <= byte && byte <= range.end()),
    }
}
