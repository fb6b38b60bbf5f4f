//! Reads YAML with positions. Tags such as `!Ref` become the long form that JSON templates use.
//!
//! The parser behind it is named nowhere else. CloudFormation reads plain scalars by YAML 1.1, which [`lexeme`] does.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};

use crate::fault::{Fault, note};
use crate::source::{Source, Span};
use crate::tree::builder::{Builder, OddKey, Refusal};
use crate::tree::{MAX_DEPTH, NodeId, Style, Text, Tree, Value};

/// Reads a text as YAML.
pub(crate) fn read(source: Source) -> (Tree, Vec<Fault>) {
    // The parser borrows the text while the builder owns the tree around it.
    let text = source.shared_text();
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut reader = Reader {
        text: &text,
        builder: Builder::new(source),
        anchors: HashMap::new(),
        open_anchors: Vec::new(),
        faults: Vec::new(),
    };
    let mut stop = text.len();
    for next in Parser::new_from_str_with_options(&text, options) {
        match next {
            Ok((event, span)) => {
                let bytes = span.byte_range().unwrap_or(0..0);
                let tag_start = span.tag_start().and_then(|mark| mark.byte_offset()).unwrap_or(bytes.start);
                if !reader.event(event, &bytes, tag_start) {
                    stop = bytes.start;
                    break;
                }
            }
            Err(error) => {
                stop = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                reader.syntax(stop, &error.kind().to_string());
                break;
            }
        }
    }
    reader.builder.close_all(stop);
    reader.odd_keys();
    (reader.builder.finish(stop), reader.faults)
}

struct Reader<'t> {
    text: &'t str,
    builder: Builder,
    anchors: HashMap<usize, NodeId>,
    open_anchors: Vec<usize>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Takes one event; `false` where reading must stop.
    fn event(&mut self, event: Event<'_>, bytes: &std::ops::Range<usize>, tag_start: usize) -> bool {
        if self.builder.is_full() {
            return self.too_large(bytes.start);
        }
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let id = self.scalar(&value, style, bytes, tag.as_deref());
                let id = self.builder.place_tagged(id, function(tag.as_deref(), tag_start));
                self.remember(anchor, id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open_anchors.push(anchor);
                self.builder.begin(false, bytes.start, function(tag.as_deref(), tag_start));
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open_anchors.push(anchor);
                self.builder.begin(true, bytes.start, function(tag.as_deref(), tag_start));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let closed = self.builder.end(bytes.end, false);
                if let (Some(anchor), Some(id)) = (self.open_anchors.pop(), closed) {
                    self.remember(anchor, id);
                }
            }
            Event::Alias(anchor) => return self.alias(anchor, Span::new(bytes.start, bytes.end)),
            _ => {}
        }
        true
    }

    /// Puts a copy of what an alias repeats in its place; `false` where reading must stop.
    fn alias(&mut self, anchor: usize, span: Span) -> bool {
        let copied = self.anchors.get(&anchor).map(|id| self.builder.place_copy(*id));
        let fault = match copied {
            Some(Ok(())) => return true,
            Some(Err(Refusal::TooLarge)) => return self.too_large(span.start as usize),
            Some(Err(Refusal::TooDeep)) => Fault::error(
                "syntax",
                span,
                format!("what this alias repeats nests deeper than {MAX_DEPTH} levels here"),
            ),
            None => Fault::error("syntax", span, "this alias stands inside what it repeats"),
        };
        note(&mut self.faults, fault);
        let id = self.builder.tree.push(span, Value::Broken);
        self.builder.place(id);
        true
    }

    fn odd_keys(&mut self) {
        for (odd, span) in std::mem::take(&mut self.builder.odd_keys) {
            let fault = match odd {
                OddKey::NoText => Fault::error("wrong-type", span, "a key must be text, not a list or an object")
                    .help("`{{ … }}` is a template: fill it in first"),
                OddKey::Empty => Fault::error("wrong-type", span, "this key is empty"),
                OddKey::Merge => Fault::error("wrong-type", span, "CloudFormation has no merge keys")
                    .help("write out what is merged; it is read as if it stood here"),
            };
            note(&mut self.faults, fault);
        }
    }

    fn too_large(&mut self, at: usize) -> bool {
        let most = self.builder.most;
        let message = format!("the file holds more than {most} values, aliases expanded; the rest is not read");
        self.faults.push(Fault::error("too-large", Span::new(at, at + 1), message));
        false
    }

    fn remember(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, bytes: &std::ops::Range<usize>, tag: Option<&Tag>) -> NodeId {
        let span = Span::new(bytes.start, bytes.end);
        let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
        if !is_text && matches!(value, "" | "~" | "null" | "Null" | "NULL") && function(tag, 0).is_none() {
            return self.builder.tree.push(span, Value::Null);
        }
        let style = if is_text { Style::Quoted } else { Style::Plain };
        match self.offset_of(value) {
            Some(start) => {
                let text = Text::Source(Span::new(start, start + value.len()));
                self.builder.tree.push(span, Value::Scalar(style, text))
            }
            None => self.builder.tree.push_text(span, style, value),
        }
    }

    /// Where a text that the parser borrowed stands in the source.
    fn offset_of(&self, value: &str) -> Option<usize> {
        // Nothing else can lie where the text does, so that the address alone tells.
        let offset = (value.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (offset.checked_add(value.len())? <= self.text.len()).then_some(offset)
    }

    fn syntax(&mut self, at: usize, info: &str) {
        let line_start = self.text[..self.floor(at)].rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let fault = Fault::error("syntax", Span::new(at, at + 1), plain_words(info));
        let indent: &str = &line[..line.len() - line.trim_start().len()];
        let is_at_end = self.text[self.floor(at)..].trim().is_empty();
        self.faults.push(if is_at_end || fault.message.starts_with("unclosed") {
            fault.help("is the file cut off?")
        } else if indent.contains('\t') {
            fault.help("YAML is indented with spaces; there is a tab on this line")
        } else if line.contains("{{") || line.contains("{%") {
            fault.help("this looks like a template: fill it in first")
        } else {
            fault
        });
    }

    fn floor(&self, at: usize) -> usize {
        (0..=at.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

/// The long name of a tag's function, and where the tag stands; `None` for tags that only say a type.
pub(crate) fn function(tag: Option<&Tag>, start: usize) -> Option<(String, Span)> {
    let tag = tag?;
    if tag.is_yaml_core_schema() || tag.original_handle() == "!!" || tag.suffix().is_empty() {
        return None;
    }
    let name = match tag.suffix() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    };
    Some((name, Span::new(start, start + tag.suffix().len() + 1)))
}

/// A plain scalar as CloudFormation takes it: YAML 1.1 numbers and truth values in their usual form, others as written.
///
/// Source: YAML 1.1 types `int`, `float` and `bool`; an account number that starts with 0 and has no 8 or 9 is octal.
pub(crate) fn lexeme(plain: &str) -> Cow<'_, str> {
    let bytes = plain.as_bytes();
    match plain {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "True" | "TRUE" => return Cow::Borrowed("true"),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "False" | "FALSE" => return Cow::Borrowed("false"),
        _ => {}
    }
    // Most numbers are written as they are taken.
    if matches!(bytes, [b'1'..=b'9', ..]) && bytes.iter().all(u8::is_ascii_digit) {
        return Cow::Borrowed(plain);
    }
    let (sign, digits) = match bytes.first() {
        Some(b'-') => ("-", &plain[1..]),
        Some(b'+') => ("", &plain[1..]),
        Some(b'0'..=b'9') => ("", plain),
        _ => return Cow::Borrowed(plain),
    };
    integer(digits).map_or(Cow::Borrowed(plain), |value| {
        let text = format!("{sign}{value}");
        if text == plain { Cow::Borrowed(plain) } else { Cow::Owned(text) }
    })
}

fn integer(digits: &str) -> Option<u64> {
    let radix = |digits: &str, radix: u32| u64::from_str_radix(&digits.replace('_', ""), radix).ok();
    if let Some(hex) = digits.strip_prefix("0x") {
        return radix(hex, 16);
    }
    if let Some(binary) = digits.strip_prefix("0b") {
        return radix(binary, 2);
    }
    if digits.contains(':') {
        return sexagesimal(digits);
    }
    match digits.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => {
            octal.bytes().all(|b| matches!(b, b'0'..=b'7' | b'_')).then(|| radix(octal, 8)).flatten()
        }
        _ => digits.bytes().all(|b| b.is_ascii_digit() || b == b'_').then(|| radix(digits, 10)).flatten(),
    }
}

/// `[1-9][0-9_]*(:[0-5]?[0-9])+`: YAML 1.1 counts in sixties where colons stand between numbers.
fn sexagesimal(digits: &str) -> Option<u64> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if first.starts_with('0') || first.is_empty() || !first.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    parts.try_fold(first.parse().ok()?, |sum: u64, part| {
        let is_part = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        is_part.then(|| sum.checked_mul(60)?.checked_add(part.parse().ok()?)).flatten()
    })
}

/// The parser's message as ours read.
fn plain_words(info: &str) -> String {
    let info = info.to_lowercase();
    if info.contains("recursion limit") {
        return format!("nested deeper than {MAX_DEPTH} levels");
    }
    info.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_can_be_no_name_are_reported_and_merges_are_read() {
        let (tree, faults) =
            read(Source::new("x", "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n? [k]\n: 1\n~: 2\n\"\": 3\n"));
        let said: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        let key = "a key must be text, not a list or an object";
        assert_eq!(said, ["CloudFormation has no merge keys", key, "this key is empty", "this key is empty"]);
        let merged = tree.get(tree.roots[0], "b").map(|b| tree.entries(b));
        let values = merged.into_iter().flatten().map(|entry| tree.scalar(entry.value));
        assert_eq!(values.collect::<Vec<_>>(), [Some("1"), Some("3")]);
    }

    #[test]
    fn aliases_of_aliases_do_not_nest_past_the_limit() {
        let chain: Vec<String> = (1..300).map(|n| format!("- &a{n} [[[[*a{}]]]]\n", n - 1)).collect();
        let (tree, faults) = read(Source::new("x", format!("- &a0 [x]\n{}", chain.concat())));
        assert!(faults.first().is_some_and(|fault| fault.message.contains("nests deeper")), "{faults:?}");
        let mut level = tree.roots.clone();
        for _ in 0..=MAX_DEPTH {
            level = level.iter().flat_map(|id| tree.items(*id)).copied().collect();
        }
        assert!(level.is_empty(), "nothing lies deeper than the limit");
    }

    #[test]
    fn plain_scalars_are_read_by_yaml_1_1() {
        for (written, taken) in [
            ("0123", "83"),
            ("012345678901", "012345678901"),
            ("123456789012", "123456789012"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("yes", "true"),
            ("Off", "false"),
            ("1:30", "90"),
            ("8080:80", "8080:80"),
            ("1.5", "1.5"),
            ("-7", "-7"),
            ("+7", "7"),
            ("http", "http"),
            ("0", "0"),
            ("2012-10-17", "2012-10-17"),
        ] {
            assert_eq!(lexeme(written), taken, "{written}");
        }
    }
}
