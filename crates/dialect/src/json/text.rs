//! What stands inside JSON's strings, and between them where a template language has been at work.

use meshwright_model::Expression;

use crate::fault::{Fault, note};
use crate::source::Span;

/// What a string with escapes stands for: text, with variables in it where jq fills them in: `\($NAME)`. `start` is where
/// it stands in its file.
///
/// Source: the jq manual, string interpolation. What is no variable there is taken as a name as it stands, in parentheses.
pub(super) fn decode(raw: &str, start: usize, faults: &mut Vec<Fault>) -> Expression {
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(length) = memchr::memchr(b'\\', &raw.as_bytes()[at..]) {
        let mark = at + length;
        let Some(end) = interpolation_end(raw.as_bytes(), mark) else {
            at = raw.len().min(mark + 2);
            continue;
        };
        parts.push(Expression::Text(unescape(&raw[from..mark], start + from, faults)));
        let inside = raw[mark + 2..end - 1].trim();
        let variable = inside.strip_prefix('$').filter(|name| is_variable(name));
        parts.push(Expression::Reference(variable.map_or_else(|| format!("({inside})"), str::to_owned).into()));
        (from, at) = (end, end);
    }
    parts.push(Expression::Text(unescape(&raw[from..], start + from, faults)));
    Expression::join(parts)
}

/// The offset past `\( … )`, where jq puts a value into a text; `None` where nothing like it stands at `at`.
///
/// A text with another backslash inside is not followed, so that looking for the end never goes the same way twice.
pub(super) fn interpolation_end(text: &[u8], at: usize) -> Option<usize> {
    let inside = text.get(at..)?.strip_prefix(b"\\(")?;
    let mut depth = 1_usize;
    for (offset, byte) in inside.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\\' | b'\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return (!inside[..offset].trim_ascii().is_empty()).then_some(at + 2 + offset + 1);
        }
    }
    None
}

/// Whether a name can stand as a shell's or jq's variable.
pub(crate) fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a name is code of jq as [`decode`] names it.
pub(crate) fn is_code(name: &str) -> bool {
    let text = format!("\\{name}");
    interpolation_end(text.as_bytes(), 0) == Some(text.len())
}

/// The text that escapes stand for.
fn unescape(raw: &str, start: usize, faults: &mut Vec<Fault>) -> String {
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

/// The fault, with help where a template language has been at work.
pub(super) fn name_template(fault: Fault, word: &[u8]) -> Fault {
    match template_mark(word) {
        Some(mark) => fault.help(format!("this looks like a template ({mark}): fill it in first")),
        None => fault,
    }
}

/// The marks of template languages that people leave in JSON.
fn template_mark(word: &[u8]) -> Option<&'static str> {
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
