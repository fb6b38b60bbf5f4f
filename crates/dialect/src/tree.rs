//! A file's content as a tree of values with positions, whatever its notation.
//!
//! Nodes live in one arena and name each other by number; texts are ranges of the source where they can be. Both
//! scanners feed the same [`builder::Builder`], which holds the limits on depth and size.

pub(crate) mod builder;

use meshwright_model::Expression;

use crate::source::{Source, Span};

/// The deepest nesting that is read.
pub(crate) const MAX_DEPTH: usize = 128;
/// The most nodes of one file, after aliases are expanded.
pub(crate) const MAX_NODES: usize = 10_000_000;

pub(crate) type NodeId = u32;

/// Whether a scalar is text for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Quoted, or a block of text: it is text.
    Quoted,
    /// Bare: what it is depends on how it reads.
    Plain,
    /// Given from outside the file: whatever is due in its place.
    Untyped,
}

/// A scalar's text: a range of the source, or of the texts that had escapes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    Source(Span),
    Decoded(Span),
}

/// A run of consecutive elements in one of the tree's lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    first: u32,
    count: u32,
}

impl Run {
    fn range(self) -> std::ops::Range<usize> {
        self.first as usize..(self.first + self.count) as usize
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Null,
    Scalar(Style, Text),
    List(Run),
    Map(Run),
    /// Something that the file leaves open: the number of an expression.
    Open(u32),
    /// Something that is no value; already reported.
    Broken,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
    /// Whether the file ended, or broke, inside this value.
    pub(crate) cut: bool,
    /// Whether this element of a list must not be read, as a check has found.
    unusable: bool,
}

/// A member of a map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
    /// The field of the shape it was checked against; [`Entry::NO_FIELD`] where it has none or must not be read.
    pub(crate) field: u8,
}

impl Entry {
    pub(crate) const NO_FIELD: u8 = u8::MAX;

    pub(crate) fn new(key: NodeId, value: NodeId) -> Self {
        Self { key, value, field: Self::NO_FIELD }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) source: Source,
    pub(crate) nodes: Vec<Node>,
    items: Vec<NodeId>,
    entries: Vec<Entry>,
    decoded: String,
    expressions: Vec<Expression>,
    /// The values at the top: one, or several where a file holds a stream of them.
    pub(crate) roots: Vec<NodeId>,
}

impl Tree {
    pub(crate) fn new(source: Source) -> Self {
        Self {
            source,
            nodes: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            decoded: String::new(),
            expressions: Vec::new(),
            roots: Vec::new(),
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> Node {
        self.nodes[id as usize]
    }

    pub(crate) fn span(&self, id: NodeId) -> Span {
        self.nodes[id as usize].span
    }

    pub(crate) fn text(&self, text: Text) -> &str {
        match text {
            Text::Source(span) => self.source.slice(span),
            Text::Decoded(span) => &self.decoded[span.start as usize..span.end as usize],
        }
    }

    /// The text of a scalar, whatever its style.
    pub(crate) fn scalar(&self, id: NodeId) -> Option<&str> {
        match self.node(id).value {
            Value::Scalar(_, text) => Some(self.text(text)),
            _ => None,
        }
    }

    /// What the function that stands in a range has come to, where that is a text.
    pub(crate) fn made_at(&self, range: &std::ops::Range<usize>) -> Option<&str> {
        let is_it = |node: &&Node| range.contains(&(node.span.start as usize)) && node.span.end as usize <= range.end;
        let last = self.nodes.iter().rev().filter(is_it).find(|node| matches!(node.value, Value::Scalar(..)))?;
        match last.value {
            Value::Scalar(_, text) => Some(self.text(text)),
            _ => None,
        }
    }

    pub(crate) fn items(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).value {
            Value::List(run) => &self.items[run.range()],
            _ => &[],
        }
    }

    pub(crate) fn entries(&self, id: NodeId) -> &[Entry] {
        match self.node(id).value {
            Value::Map(run) => &self.entries[run.range()],
            _ => &[],
        }
    }

    pub(crate) fn is_map(&self, id: NodeId) -> bool {
        matches!(self.node(id).value, Value::Map(_))
    }

    pub(crate) fn is_list(&self, id: NodeId) -> bool {
        matches!(self.node(id).value, Value::List(_))
    }

    pub(crate) fn expression(&self, number: u32) -> &Expression {
        &self.expressions[number as usize]
    }

    /// Every open value and where it stands.
    pub(crate) fn open_values(&self) -> impl Iterator<Item = (&Expression, Span)> {
        let nodes = self.nodes.iter().filter(|_| !self.expressions.is_empty());
        nodes.filter_map(|node| match node.value {
            Value::Open(number) => Some((self.expression(number), node.span)),
            _ => None,
        })
    }

    /// The value of a map's key: the last where it stands several times, as every YAML and JSON loader has it.
    pub(crate) fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.entries(map).iter().rev().find(|entry| self.reads(entry.key, key)).map(|entry| entry.value)
    }

    /// Whether a scalar's text is this one; most that are not have another length.
    fn reads(&self, id: NodeId, wanted: &str) -> bool {
        match self.node(id).value {
            Value::Scalar(_, text @ (Text::Source(span) | Text::Decoded(span))) => {
                span.len() == wanted.len() && self.text(text) == wanted
            }
            _ => false,
        }
    }

    pub(crate) fn set_field(&mut self, map: NodeId, position: usize, field: u8) {
        if let Value::Map(run) = self.node(map).value {
            self.entries[run.first as usize + position].field = field;
        }
    }

    pub(crate) fn push(&mut self, span: Span, value: Value) -> NodeId {
        let id = number(self.nodes.len());
        self.nodes.push(Node { span, value, cut: false, unusable: false });
        id
    }

    pub(crate) fn push_text(&mut self, span: Span, style: Style, text: &str) -> NodeId {
        let text = self.decode(text);
        self.push(span, Value::Scalar(style, text))
    }

    pub(crate) fn push_open(&mut self, span: Span, expression: Expression) -> NodeId {
        let expression_number = number(self.expressions.len());
        self.expressions.push(expression);
        self.push(span, Value::Open(expression_number))
    }

    pub(crate) fn push_list(&mut self, span: Span, items: &[NodeId]) -> NodeId {
        let run = Run { first: number(self.items.len()), count: number(items.len()) };
        self.items.extend_from_slice(items);
        self.push(span, Value::List(run))
    }

    pub(crate) fn push_map(&mut self, span: Span, entries: &[Entry]) -> NodeId {
        let run = Run { first: number(self.entries.len()), count: number(entries.len()) };
        self.entries.extend_from_slice(entries);
        self.push(span, Value::Map(run))
    }

    /// Leaves a value open after all.
    pub(crate) fn make_open(&mut self, id: NodeId, expression: Expression) {
        self.nodes[id as usize].value = Value::Open(number(self.expressions.len()));
        self.expressions.push(expression);
    }

    pub(crate) fn set_cut(&mut self, id: NodeId, cut: bool) {
        self.nodes[id as usize].cut = cut;
    }

    pub(crate) fn set_unusable(&mut self, id: NodeId) {
        self.nodes[id as usize].unusable = true;
    }

    pub(crate) fn is_unusable(&self, id: NodeId) -> bool {
        self.nodes[id as usize].unusable
    }

    fn decode(&mut self, text: &str) -> Text {
        let start = self.decoded.len();
        self.decoded.push_str(text);
        Text::Decoded(Span::new(start, self.decoded.len()))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a file's size and MAX_NODES bound every arena far below u32::MAX")]
fn number(count: usize) -> u32 {
    count as u32
}
