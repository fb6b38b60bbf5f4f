//! Reads JSON with positions: one value, or several one after the other, as a shell loop of `describe` calls leaves them.
//!
//! The scanner goes on after a fault wherever it can tell what comes next, so that one slip does not hide the rest. Bare
//! `$NAME` is taken as a shell variable left open, and so is `\($NAME)` in a text: AWS's own examples are jq programs made of
//! JSON and such variables.

mod text;

use meshwright_model::Expression;

use crate::fault::{Fault, MAX_FAULTS};
use crate::source::{Source, Span};
use crate::tree::builder::Builder;
use crate::tree::{MAX_DEPTH, NodeId, Style, Text, Tree, Value};
use text::{decode, interpolation_end, is_number, name_template};
pub(crate) use text::{is_code, is_variable};

/// Reads a text as JSON. Where a document is cut off, the next may start inside it. Valid JSON can
/// look the same, so that is a second try, which is taken where it has no more faults.
pub(crate) fn read(source: Source) -> (Tree, Vec<Fault>) {
    let (tree, faults) = scan(source, false);
    if faults.is_empty() {
        return (tree, faults);
    }
    let (recovered, fewer) = scan(tree.source.clone(), true);
    if fewer.len() <= faults.len() { (recovered, fewer) } else { (tree, faults) }
}

fn scan(source: Source, recovers: bool) -> (Tree, Vec<Fault>) {
    // The scanner borrows the text while the builder owns the tree around it.
    let text = source.shared_text();
    let mut scanner = Scanner {
        text: text.as_bytes(),
        at: 0,
        builder: Builder::new(source),
        expects: Expects::Value,
        is_indented: false,
        recovers,
        faults: Vec::new(),
    };
    scanner.run();
    let end = text.len();
    (scanner.builder.finish(end), scanner.faults)
}

/// The most bytes of what stands between a placeholder's marks.
const MAX_PLACEHOLDER: usize = 1024;

/// What the innermost container waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// A value: at the top, after `[`, after `,` in a list, after `:`.
    Value,
    /// A key, or the end of a map.
    Key,
    /// The colon after a key.
    Colon,
    /// A comma, or the end of the container.
    Comma,
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    builder: Builder,
    expects: Expects,
    /// Whether the document at hand has its members on lines of their own, indented.
    is_indented: bool,
    /// Whether a document may start before the one above has ended.
    recovers: bool,
    faults: Vec<Fault>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        if self.text.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        while self.skip_blanks() {
            if self.builder.is_full() {
                let message = format!("the file holds more than {} values; the rest is not read", self.builder.most);
                self.faults.push(Fault::error("too-large", self.here(1), message));
                return;
            }
            if self.faults.len() > MAX_FAULTS {
                // Whoever reports them says that there are more.
                return;
            }
            match self.text[self.at] {
                b'{' if self.is_new_document() => self.begin_again(),
                b'#' => self.comment(b"\n"),
                b'/' if self.text[self.at..].starts_with(b"//") => self.comment(b"\n"),
                b'/' if self.text[self.at..].starts_with(b"/*") => self.comment(b"*/"),
                b'}' | b']' => self.close(),
                b',' => self.comma(),
                b':' => self.colon(),
                _ => self.value(),
            }
        }
        if self.builder.depth() > 0 {
            let message = "the file ends before this value does".to_owned();
            let end = Span::new(self.text.len(), self.text.len());
            self.faults.push(Fault::error("syntax", end, message).help("is the file cut off?"));
        }
    }

    /// Whether a brace starts a document although the one before it has not ended: it stands at the start of a line, where
    /// an indented document has nothing but its own last brace.
    fn is_new_document(&self) -> bool {
        let starts_line = self.at > 0 && self.text[self.at - 1] == b'\n';
        let value_is_due = self.expects == Expects::Value && self.builder.depth() < 2;
        self.recovers && starts_line && self.is_indented && self.builder.depth() > 0 && !value_is_due
    }

    /// Closes what is open and goes on at the top.
    fn begin_again(&mut self) {
        self.fault(1, "a document starts here before the one above has ended");
        self.builder.close_all(self.at);
        self.expects = Expects::Value;
        self.value();
    }

    fn comment(&mut self, end: &[u8]) {
        let length =
            memchr::memmem::find(&self.text[self.at..], end).map_or(self.text.len() - self.at, |at| at + end.len());
        let first_line = memchr::memchr(b'\n', &self.text[self.at..]).unwrap_or(length);
        self.fault(length.min(first_line), "JSON has no comments");
        self.at += length;
    }

    fn here(&self, width: usize) -> Span {
        Span::new(self.at, self.at + width)
    }

    fn fault(&mut self, width: usize, message: impl Into<String>) {
        let span = self.here(width);
        self.faults.push(Fault::error("syntax", span, message));
    }

    fn skip_blanks(&mut self) -> bool {
        while let Some(byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return true;
            }
            self.at += 1;
        }
        false
    }

    fn close(&mut self) {
        let is_map = self.text[self.at] == b'}';
        if self.builder.in_map() == Some(is_map) {
            if self.expects == Expects::Colon || (self.expects == Expects::Value && is_map) {
                self.fault(1, "a value is missing before this");
                self.complete_entry();
            } else if self.builder.count() > 0 && self.expects != Expects::Comma {
                self.fault(1, "a comma stands before this end");
            }
            self.at += 1;
            self.builder.end(self.at, false);
            self.expects = self.after_value();
        } else {
            let closing = if is_map { "`}`" } else { "`]`" };
            let message = match self.builder.in_map() {
                None => format!("{closing} closes nothing"),
                Some(true) => format!("{closing} stands where `}}` or a member is due"),
                Some(false) => format!("{closing} stands where `]` or an element is due"),
            };
            self.fault(1, message);
            self.at += 1;
        }
    }

    /// Gives a key without a value something in its place, so that keys and values stay in step.
    fn complete_entry(&mut self) {
        let broken = self.builder.tree.push(self.here(0), Value::Broken);
        self.builder.place(broken);
    }

    fn comma(&mut self) {
        match (self.expects, self.builder.in_map()) {
            (Expects::Comma, Some(true)) => self.expects = Expects::Key,
            (Expects::Comma, Some(false)) => self.expects = Expects::Value,
            // Between values at the top, some people write commas.
            (_, None) => self.fault(1, "a comma stands between two documents"),
            (Expects::Colon | Expects::Value, Some(true)) => {
                self.fault(1, "a value is missing before this comma");
                self.complete_entry();
                self.expects = Expects::Key;
            }
            _ => self.fault(1, "a comma stands where a value is due"),
        }
        self.at += 1;
    }

    fn colon(&mut self) {
        if self.expects == Expects::Colon {
            self.expects = Expects::Value;
        } else {
            self.fault(1, "a colon stands where none is due");
        }
        self.at += 1;
    }

    fn after_value(&self) -> Expects {
        match self.builder.in_map() {
            None => Expects::Value,
            Some(_) => Expects::Comma,
        }
    }

    fn value(&mut self) {
        if self.text[self.at..].starts_with(b"%{") {
            return self.directive();
        }
        match self.expects {
            Expects::Comma => {
                self.fault(1, "a comma is missing before this");
                self.expects = if self.builder.in_map() == Some(true) { Expects::Key } else { Expects::Value };
            }
            Expects::Colon => {
                self.fault(1, "a colon is missing before this");
                self.expects = Expects::Value;
            }
            Expects::Key | Expects::Value => {}
        }
        let byte = self.text[self.at];
        if self.expects == Expects::Key && byte != b'"' {
            self.bad_key();
            return;
        }
        match byte {
            b'{' if self.text[self.at..].starts_with(b"{{") => self.placeholder("{{", "}}"),
            b'{' | b'[' => self.open(byte == b'{'),
            b'"' => self.string(),
            b'$' if self.text[self.at..].starts_with(b"${") => self.placeholder("${", "}"),
            b'$' => self.variable(),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn open(&mut self, is_map: bool) {
        if self.builder.depth() >= MAX_DEPTH {
            self.fault(1, format!("nested deeper than {MAX_DEPTH} levels"));
            self.skip_nested();
            return;
        }
        if self.builder.depth() == 0 {
            let rest = &self.text[self.at + 1..];
            self.is_indented =
                is_map && (rest.starts_with(b"\n ") || rest.starts_with(b"\n\t") || rest.starts_with(b"\r\n "));
        }
        self.builder.begin(is_map, self.at, None);
        self.at += 1;
        self.expects = if is_map { Expects::Key } else { Expects::Value };
    }

    /// Passes over a value that is nested too deep, however deep, without a stack.
    fn skip_nested(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => self.at = self.string_end(self.at + 1).unwrap_or(self.text.len()) - 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        self.put(Span::new(start, self.at), Value::Broken);
    }

    /// The offset past a string's closing quote, for a string whose content starts at `from`.
    fn string_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            at += memchr::memchr3(b'"', b'\\', b'\n', self.text.get(at..)?)?;
            match self.text[at] {
                b'"' => return Some(at + 1),
                b'\\' => at = interpolation_end(self.text, at).unwrap_or(at + 2),
                _ => return None,
            }
        }
    }

    fn put(&mut self, span: Span, value: Value) -> NodeId {
        let id = self.builder.tree.push(span, value);
        self.builder.place(id);
        self.expects = self.after_value();
        id
    }

    fn string(&mut self) {
        let start = self.at;
        let Some(end) = self.string_end(start + 1) else {
            let line_end =
                self.text[start..].iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |n| start + n);
            self.faults.push(Fault::error("syntax", Span::new(start, line_end), "this text has no closing quote"));
            self.at = line_end;
            self.broken(Span::new(start, line_end));
            return;
        };
        self.at = end;
        let span = Span::new(start, end);
        let inner = Span::new(start + 1, end - 1);
        let raw = &self.text[start + 1..end - 1];
        let plain = !raw.iter().any(|byte| *byte == b'\\' || *byte < 0x20);
        let id = if plain {
            self.builder.tree.push(span, Value::Scalar(Style::Quoted, Text::Source(inner)))
        } else {
            let raw = self.builder.tree.source.slice(inner);
            match decode(raw, inner.start as usize, &mut self.faults) {
                Expression::Text(decoded) => self.builder.tree.push_text(span, Style::Quoted, &decoded),
                open => self.builder.tree.push_open(span, open),
            }
        };
        self.builder.place(id);
        self.expects = if self.expects == Expects::Key { Expects::Colon } else { self.after_value() };
    }

    /// Puts nothing in the place of a value or key that cannot be read.
    fn broken(&mut self, span: Span) {
        let id = self.builder.tree.push(span, Value::Broken);
        self.builder.place(id);
        self.expects = if self.expects == Expects::Key { Expects::Colon } else { self.after_value() };
    }

    fn variable(&mut self) {
        let start = self.at;
        let name_end = self.token_end(start + 1, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name_end == start + 1 {
            self.word();
            return;
        }
        let name = String::from_utf8_lossy(&self.text[start + 1..name_end]).into_owned();
        self.at = name_end;
        let id = self.builder.tree.push_open(Span::new(start, name_end), Expression::Reference(name.into()));
        self.builder.place(id);
        self.expects = self.after_value();
    }

    /// A template's placeholder in the place of a value: what stands between the marks is its name.
    fn placeholder(&mut self, open: &str, close: &str) {
        let start = self.at;
        let from = start + open.len();
        // A name is short: a search to the line's end would take forever where one line holds many marks.
        let window = &self.text[from..self.text.len().min(from + MAX_PLACEHOLDER)];
        let window = &window[..memchr::memchr(b'\n', window).unwrap_or(window.len())];
        let Some(length) = memchr::memmem::find(window, close.as_bytes()) else { return self.word() };
        self.at = from + length + close.len();
        let name = String::from_utf8_lossy(&window[..length]).trim().to_owned();
        let id = self.builder.tree.push_open(Span::new(start, self.at), Expression::Reference(name.into()));
        self.builder.place(id);
        self.expects = self.after_value();
    }

    /// A template's `%{ … }`, which decides whether the file holds what follows; nobody can tell here.
    fn directive(&mut self) {
        let line_end = self.token_end(self.at, |byte| byte != b'\n');
        let length =
            self.text[self.at..line_end].iter().position(|byte| *byte == b'}').map_or(line_end - self.at, |at| at + 1);
        let fault = Fault::warning("template", self.here(length), "a template decides here what the file holds");
        self.faults.push(fault.help("fill the template in first; what it guards is read as if it were there"));
        self.at += length;
    }

    fn token_end(&self, from: usize, is_part: impl Fn(u8) -> bool) -> usize {
        self.text[from..].iter().position(|byte| !is_part(*byte)).map_or(self.text.len(), |count| from + count)
    }

    fn number(&mut self) {
        let start = self.at;
        let end =
            self.token_end(start, |byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
        self.at = end;
        let lexeme = std::str::from_utf8(&self.text[start..end]).unwrap_or_default();
        if !is_number(lexeme) {
            self.faults.push(Fault::error("syntax", Span::new(start, end), format!("`{lexeme}` is not a JSON number")));
            self.broken(Span::new(start, end));
            return;
        }
        let span = Span::new(start, end);
        self.put(span, Value::Scalar(Style::Plain, Text::Source(span)));
    }

    fn word(&mut self) {
        let start = self.at;
        let is_part =
            |byte: u8| !matches!(byte, b',' | b'}' | b']' | b'{' | b'[' | b'"' | b':' | b' ' | b'\t' | b'\n' | b'\r');
        let end = self.token_end(start, is_part).max(start + 1);
        let end = (end..=self.text.len()).find(|end| self.is_boundary(*end)).unwrap_or(self.text.len());
        self.at = end;
        let span = Span::new(start, end);
        match &self.text[start..end] {
            b"true" | b"false" => {
                self.put(span, Value::Scalar(Style::Plain, Text::Source(span)));
            }
            b"null" => {
                self.put(span, Value::Null);
            }
            word => {
                let shown: String =
                    String::from_utf8_lossy(word).chars().filter(|char| !char.is_control()).take(40).collect();
                let fault = Fault::error("syntax", span, format!("`{shown}` is not JSON"));
                self.faults.push(name_template(fault, word));
                self.broken(span);
                if self.builder.depth() == 0 {
                    self.skip_to_document();
                }
            }
        }
    }

    fn is_boundary(&self, at: usize) -> bool {
        self.text.get(at).is_none_or(|byte| (byte & 0xc0) != 0x80)
    }

    /// After nonsense at the top, goes on where a line starts with a brace or bracket.
    fn skip_to_document(&mut self) {
        while self.at < self.text.len() {
            let line_end = self.token_end(self.at, |byte| byte != b'\n');
            self.at = (line_end + 1).min(self.text.len());
            if matches!(self.text.get(self.at), Some(b'{' | b'[')) {
                return;
            }
        }
    }

    fn bad_key(&mut self) {
        let start = self.at;
        let end = self.token_end(start, |byte| !matches!(byte, b',' | b'}' | b']' | b':' | b'\n')).max(start + 1);
        let end = (end..=self.text.len()).find(|end| self.is_boundary(*end)).unwrap_or(self.text.len());
        let fault = Fault::error("syntax", Span::new(start, end), "a key in double quotes is due here");
        self.faults.push(name_template(fault, &self.text[start..end]));
        self.at = end;
        if self.text.get(end) == Some(&b':') {
            self.broken(Span::new(start, end));
        } else {
            self.expects = Expects::Comma;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_json_may_start_its_lines_where_a_document_would() {
        let text = "{\n  \"virtualNodes\": [\n{\n\"a\": 1\n},\n{\n\"a\": 2\n}\n  ]\n}\n";
        let (tree, faults) = read(Source::new("x", text));
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(tree.roots.len(), 1);
        let (tree, faults) = read(Source::new("x", "{\n  \"a\": {\n{\n  \"b\": 1\n}\n"));
        assert_eq!((tree.roots.len(), faults.len()), (2, 1), "{faults:?}");
    }

    #[test]
    fn faults_inside_one_text_are_bounded() {
        let (_, faults) = read(Source::new("x", format!("[\"{}\"]", "\\q".repeat(5000))));
        assert!(faults.len() <= MAX_FAULTS + 1, "{}", faults.len());
    }

    #[test]
    fn placeholders_end_near_where_they_start() {
        let (tree, faults) = read(Source::new("x", "[{{ a }}, ${b}]"));
        assert_eq!((faults.len(), tree.open_values().count()), (0, 2));
        let (tree, _) = read(Source::new("x", format!("[{{{{ {} }}}}]", "a".repeat(MAX_PLACEHOLDER))));
        assert_eq!(tree.open_values().count(), 0);
    }
}
