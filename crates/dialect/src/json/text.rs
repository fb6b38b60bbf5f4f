//! What stands inside JSON's strings, and between them where a template language has been at work.

use crate::fault::{Fault, note};
use crate::source::Span;

/// The text that a string with escapes stands for; `start` is where it stands in its file.
pub(super) fn unescape(raw: &str, start: usize, faults: &mut Vec<Fault>) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.char_indices();
    while let Some((offset, char)) = rest.next() {
        let at = start + offset;
        if char != '\\' {
            if char < ' ' {
                let message = format!("the control character U+{:04X} must be escaped", u32::from(char));
                note(faults, Fault::error("syntax", Span::new(at, at + 1), message));
            }
            out.push(char);
            continue;
        }
        match rest.next().map(|(_, escaped)| escaped) {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some(same @ ('"' | '\\' | '/')) => out.push(same),
            Some('u') => {
                let (char, used) = unicode(&raw[offset + 2..]);
                out.push(char.unwrap_or(char::REPLACEMENT_CHARACTER));
                if char.is_none() {
                    let message = "this is no \\u escape of a character";
                    note(faults, Fault::error("syntax", Span::new(at, at + 6), message));
                }
                for _ in 0..used {
                    rest.next();
                }
            }
            _ => note(faults, Fault::error("syntax", Span::new(at, at + 2), "JSON has no such escape")),
        }
    }
    out
}

/// The marks of template languages that people leave in JSON.
pub(super) fn template_mark(word: &[u8]) -> Option<&'static str> {
    let has = |mark: &str| word.windows(mark.len()).any(|window| window == mark.as_bytes());
    [
        ("{{", "{{ … }}"),
        ("${", "${…}"),
        ("<%", "<% … %>"),
        ("@@", "@@…@@"),
        ("%{", "%{ … }"),
        ("$", "a shell or jq expression"),
    ]
    .into_iter()
    .find(|(mark, _)| has(mark))
    .map(|(_, shown)| shown)
}

/// The character of a `\u` escape after the `u`, and how many characters it takes; a surrogate pair takes two escapes.
fn unicode(rest: &str) -> (Option<char>, usize) {
    let unit = |text: &str| {
        let digits = text.get(..4)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let Some(first) = unit(rest) else { return (None, 0) };
    if let Some(char) = char::from_u32(first) {
        return (Some(char), 4);
    }
    let second = rest.get(4..6).filter(|mark| *mark == "\\u").and_then(|_| unit(rest.get(6..)?));
    match second {
        Some(second) if (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second) => {
            (char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)), 10)
        }
        _ => (None, 4),
    }
}

/// Whether a lexeme is a number by JSON's grammar.
pub(super) fn is_number(lexeme: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = lexeme.strip_prefix('-').unwrap_or(lexeme);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}
