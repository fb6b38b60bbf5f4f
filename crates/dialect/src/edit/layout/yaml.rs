//! The layout of YAML: the parser's events say what there is, and a second look at the text between them where it stands.

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag};

use super::{Form, Item, Layout, Member, Place, Quoting, Spot};
use crate::edit::error::Obstacle;
use crate::tree::MAX_DEPTH;
use crate::yaml::function;

type Events<'t> = std::iter::Peekable<std::vec::IntoIter<(Event<'t>, std::ops::Range<usize>)>>;

/// The layout of a text that the reader took without a fault.
pub(crate) fn layout(text: &str) -> Result<Layout, Obstacle> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut events = Vec::new();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|_| Obstacle::Syntax)?;
        events.push((event, span.byte_range().unwrap_or(0..0)));
    }
    let mut surveyor = Surveyor { text, at: 0, events: events.into_iter().peekable(), layout: Layout::default() };
    while let Some((event, range)) = surveyor.events.peek() {
        match event {
            Event::Scalar(..) | Event::Alias(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                let root = surveyor.value()?;
                surveyor.layout.roots.push(root);
            }
            _ => {
                surveyor.at = surveyor.at.max(range.end);
                surveyor.events.next();
            }
        }
    }
    Ok(surveyor.layout)
}

struct Surveyor<'t> {
    text: &'t str,
    /// How far the text has been looked at.
    at: usize,
    events: Events<'t>,
    layout: Layout,
}

/// What stands before a value proper.
struct Properties {
    start: usize,
    tag: Option<String>,
    anchor: Option<(String, usize)>,
}

impl<'t> Surveyor<'t> {
    fn next(&mut self) -> Result<(Event<'t>, std::ops::Range<usize>), Obstacle> {
        self.events.next().ok_or(Obstacle::Notation("YAML that ends inside a value"))
    }

    fn value(&mut self) -> Result<Place, Obstacle> {
        let (event, range) = self.next()?;
        match event {
            Event::Alias(number) => {
                let name = self.text[range.clone()].trim_start_matches('*').to_owned();
                self.layout.aliases.entry(number).or_default().push(range.start);
                self.at = range.end;
                let (start, end) = (range.start, range.end);
                let form = Form::Alias(name);
                Ok(self.layout.push(Spot { start, body: start, end, form, tag: None, anchor: None }))
            }
            Event::Scalar(_, style, anchor, tag) => self.scalar(style, anchor, tag.as_deref(), &range),
            Event::SequenceStart(style, anchor, tag) => {
                let properties = self.properties(anchor, tag.as_deref())?;
                self.list(style == StructureStyle::Flow, properties)
            }
            Event::MappingStart(style, anchor, tag) => {
                let properties = self.properties(anchor, tag.as_deref())?;
                self.map(style == StructureStyle::Flow, properties)
            }
            _ => Err(Obstacle::Notation("YAML that ends inside a value")),
        }
    }

    fn scalar(
        &mut self,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: &std::ops::Range<usize>,
    ) -> Result<Place, Obstacle> {
        if range.is_empty() && style == ScalarStyle::Plain && anchor == 0 && tag.is_none() {
            // Nothing stands there: what follows is not its own.
            let at = self.at;
            let spot = Spot { start: at, body: at, end: at, form: Form::Null, tag: None, anchor: None };
            return Ok(self.layout.push(spot));
        }
        let Properties { start, tag, anchor } = self.properties(anchor, tag)?;
        let quoting = match style {
            ScalarStyle::Plain => Quoting::Plain,
            ScalarStyle::SingleQuoted => Quoting::Single,
            ScalarStyle::DoubleQuoted => Quoting::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Quoting::Block,
        };
        let body = if quoting == Quoting::Block || range.is_empty() { self.at } else { range.start };
        let end = range.start.max(body)..range.end.max(body);
        let end = end.start + self.text[end].trim_end().len();
        let end = if quoting == Quoting::Block { end.max(self.line_end(body)) } else { end };
        self.at = end;
        let is_null = matches!(&self.text[body..end], "" | "~" | "null" | "Null" | "NULL");
        let form = if is_null && quoting == Quoting::Plain { Form::Null } else { Form::Scalar(quoting) };
        Ok(self.layout.push(Spot { start, body, end, form, tag, anchor }))
    }

    fn list(&mut self, is_flow: bool, properties: Properties) -> Result<Place, Obstacle> {
        let body = self.at;
        let mut items = Vec::new();
        if is_flow {
            self.expect('[')?;
        }
        loop {
            let before = self.at;
            if let Some((Event::SequenceEnd, range)) = self.events.peek() {
                self.at = if is_flow { range.end } else { before };
                self.events.next();
                break;
            }
            self.skip(if is_flow { "," } else { "" });
            let start = self.at;
            if !is_flow {
                self.expect('-')?;
            }
            items.push(Item { start, value: self.value()? });
        }
        let (end, form) = (self.at, Form::List { is_flow, items });
        let Properties { start, tag, anchor } = properties;
        Ok(self.layout.push(Spot { start, body, end, form, tag, anchor }))
    }

    fn map(&mut self, is_flow: bool, properties: Properties) -> Result<Place, Obstacle> {
        let body = self.at;
        let mut entries = Vec::new();
        let has_braces = is_flow && self.text[body..].starts_with('{');
        if has_braces {
            self.expect('{')?;
        }
        loop {
            if let Some((Event::MappingEnd, range)) = self.events.peek() {
                if has_braces {
                    self.at = range.end;
                }
                self.events.next();
                break;
            }
            self.skip(if is_flow { "," } else { "" });
            entries.push(self.member(is_flow)?);
        }
        let (end, form) = (self.at, Form::Map { is_flow, entries });
        let Properties { start, tag, anchor } = properties;
        Ok(self.layout.push(Spot { start, body, end, form, tag, anchor }))
    }

    fn member(&mut self, is_flow: bool) -> Result<Member, Obstacle> {
        if self.text[self.at..].starts_with("? ") {
            return Err(Obstacle::Notation("YAML with complex keys"));
        }
        let name = match self.events.peek() {
            Some((Event::Scalar(name, ..), _)) => name.to_string(),
            _ => String::new(),
        };
        let key = self.value()?;
        let key = self.layout.spots[key].start..self.layout.spots[key].end;
        self.at = key.end;
        let blanks = self.text[self.at..].len() - self.text[self.at..].trim_start_matches([' ', '\t']).len();
        if self.text[self.at + blanks..].starts_with(':') {
            self.at += blanks + 1;
        } else if !is_flow {
            return Err(Obstacle::Notation("a key of several lines"));
        }
        let colon = self.at;
        Ok(Member { name, key, colon, value: self.value()? })
    }

    /// Passes an anchor and a tag, in whatever order, up to the value proper.
    fn properties(&mut self, anchor: usize, tag: Option<&Tag>) -> Result<Properties, Obstacle> {
        let mut left = usize::from(anchor != 0) + usize::from(tag.is_some());
        let (mut start, mut name) = (None, String::new());
        loop {
            let before = self.at;
            self.skip("");
            let rest = &self.text[self.at..];
            if left == 0 {
                if rest.is_empty() {
                    self.at = before;
                }
                break;
            }
            if !rest.starts_with(['&', '!']) {
                return Err(Obstacle::Notation("an anchor or tag where none is seen"));
            }
            let is_end = |char: char| char.is_whitespace() || matches!(char, ',' | ']' | '}');
            let token = &rest[..rest.find(is_end).unwrap_or(rest.len())];
            if let Some(anchor) = token.strip_prefix('&') {
                anchor.clone_into(&mut name);
            }
            start.get_or_insert(self.at);
            self.at += token.len();
            left -= 1;
        }
        let tag = function(tag, 0).map(|(name, _)| name);
        let anchor = (anchor != 0).then_some((name, anchor));
        Ok(Properties { start: start.unwrap_or(self.at), tag, anchor })
    }

    /// Passes blanks, ends of lines, comments and those characters.
    fn skip(&mut self, others: &str) {
        loop {
            let rest = &self.text[self.at..];
            let blank = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r' | '\u{feff}') || others.contains(char);
            self.at += rest.len() - rest.trim_start_matches(blank).len();
            if !self.text[self.at..].starts_with('#') {
                return;
            }
            self.at = self.line_end(self.at);
        }
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find(['\n', '\r']).map_or(self.text.len(), |length| at + length)
    }

    fn expect(&mut self, char: char) -> Result<(), Obstacle> {
        if !self.text[self.at..].starts_with(char) {
            return Err(Obstacle::Notation("YAML of this form"));
        }
        self.at += char.len_utf8();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(layout: &Layout, place: Place, text: &str) -> String {
        let spot = layout.spot(place);
        let marks = format!("{}{}", if spot.anchor.is_some() { "&" } else { "" }, spot.tag.as_deref().unwrap_or(""));
        let inner = match &spot.form {
            Form::Null => "~".to_owned(),
            Form::Scalar(_) => format!("{:?}", &text[spot.body..spot.end]),
            Form::Alias(name) => format!("*{name}"),
            Form::List { items, .. } => {
                let items = items
                    .iter()
                    .map(|item| format!("{}{}", &text[item.start..=item.start], show(layout, item.value, text)));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Form::Map { entries, .. } => {
                let entries = entries.iter().map(|member| {
                    assert!(text[..member.colon].ends_with(':') || member.colon == member.key.end);
                    format!("{}={}", &text[member.key.clone()], show(layout, member.value, text))
                });
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        };
        format!("{marks}{inner}")
    }

    fn check(text: &str, expected: &str) {
        let layout = layout(text).unwrap();
        let shown: Vec<String> = layout.roots.iter().map(|root| show(&layout, *root, text)).collect();
        assert_eq!(shown.join(" | "), expected, "{text}");
    }

    #[test]
    fn every_style_is_measured() {
        check("a: 1 # c\nb:\n  - x\n  -\n    y: 2\n", r#"{a="1", b=[-"x", -{y="2"}]}"#);
        check("b:\n- - 1\n  - 2\n- *q\n".replace("*q", "3").as_str(), r#"{b=[-[-"1", -"2"], -"3"]}"#);
        check(
            "a: &x !If\n  - C # why\n  - {b: , c: [1, '2' ]}\nd: *x\ne:\n",
            r#"{a=&Fn::If[-"C", -{b=~, c=[1"1", '"'2'"]}], d=*x, e=~}"#,
        );
        check("\u{feff}---\n\"k\" : |\n  a\n  b\n\n# c\nz: >-\n  q", "{\"k\"=\"|\\n  a\\n  b\", z=\">-\\n  q\"}");
        check("a: !Ref  B\r\nc: !GetAtt\r\n  - D\r\n", r#"{a=Ref"B", c=Fn::GetAtt[-"D"]}"#);
        check("a: ~\n---\nb: x\n  y # z\n", r#"{a=~} | {b="x\n  y"}"#);
        check("{a: {b}, 'c':1, d: [e: 1]}", r#"{a={b=~}, 'c'="1", d=[e{e="1"}]}"#);
    }
}
