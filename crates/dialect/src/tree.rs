//! A file's content as a tree of values with positions, whatever its notation.
//!
//! Nodes live in one arena and name each other by number; texts are ranges of the source where they can be. Both
//! scanners feed the same [`Builder`], which holds the limits on depth and size.

use std::collections::HashSet;

use meshwright_model::Expression;

use crate::source::{Source, Span};

/// The deepest nesting that is read.
pub(crate) const MAX_DEPTH: usize = 128;
/// The most nodes of one file, after aliases are expanded.
pub(crate) const MAX_NODES: usize = 10_000_000;
/// The nodes that each file may have, however short it is: a few hundred megabytes at the most, whatever is made of them.
const SURE_NODES: usize = 1_000_000;
/// The most nodes for each byte of a longer file. Without aliases no byte makes as many: `[?,?,…]` makes three of two.
const NODES_A_BYTE: usize = 2;

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

/// Why an alias is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The tree would hold more nodes than its file may have.
    TooLarge,
    /// The tree would nest deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// Builds a tree from a scanner's events.
pub(crate) struct Builder {
    pub(crate) tree: Tree,
    /// The most nodes that the file may have.
    pub(crate) most: usize,
    open: Vec<Container>,
    pending: Vec<NodeId>,
    members: Vec<Entry>,
    /// Where keys stand that can be no field's name; YAML has them.
    pub(crate) odd_keys: Vec<(OddKey, Span)>,
}

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OddKey {
    /// It is a list or a map.
    NoText,
    /// It is empty.
    Empty,
    /// It is `<<`, which some YAML readers replace by the members of another map.
    Merge,
}

struct Container {
    is_map: bool,
    start: usize,
    first_pending: usize,
    tag: Option<(String, Span)>,
}

impl Builder {
    pub(crate) fn new(source: Source) -> Self {
        let most = source.text().len().saturating_mul(NODES_A_BYTE).clamp(SURE_NODES, MAX_NODES);
        Self {
            tree: Tree::new(source),
            most,
            open: Vec::new(),
            pending: Vec::new(),
            members: Vec::new(),
            odd_keys: Vec::new(),
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the tree may grow no more.
    pub(crate) fn is_full(&self) -> bool {
        self.tree.nodes.len() >= self.most
    }

    /// Whether the innermost open container is a map.
    pub(crate) fn in_map(&self) -> Option<bool> {
        self.open.last().map(|container| container.is_map)
    }

    /// How many nodes the innermost open container has so far.
    pub(crate) fn count(&self) -> usize {
        self.pending.len() - self.open.last().map_or(0, |container| container.first_pending)
    }

    pub(crate) fn begin(&mut self, is_map: bool, start: usize, tag: Option<(String, Span)>) {
        self.open.push(Container { is_map, start, first_pending: self.pending.len(), tag });
    }

    /// Closes the innermost container and returns it; `cut` where its end was never reached.
    pub(crate) fn end(&mut self, end: usize, cut: bool) -> Option<NodeId> {
        let container = self.open.pop()?;
        let span = Span::new(container.start, end);
        let children = &self.pending[container.first_pending..];
        let is_usual = |key: NodeId| self.tree.scalar(key).is_some_and(|key| !key.is_empty() && key != "<<");
        let id = if !container.is_map {
            self.tree.push_list(span, children)
        } else if !children.chunks_exact(2).all(|pair| is_usual(pair[0])) {
            let children = children.to_vec();
            let entries = self.entries(&children);
            self.tree.push_map(span, &entries)
        } else {
            // Most maps have nothing but names for keys: one buffer serves them all.
            self.members.clear();
            self.members.extend(children.chunks_exact(2).map(|pair| Entry::new(pair[0], pair[1])));
            self.tree.push_map(span, &self.members)
        };
        self.pending.truncate(container.first_pending);
        self.tree.set_cut(id, cut);
        Some(self.place_tagged(id, container.tag))
    }

    /// The members of a map; those that a merge key brings stand first, where members of the map's own override them.
    fn entries(&mut self, children: &[NodeId]) -> Vec<Entry> {
        let (mut own, mut merged) = (Vec::with_capacity(children.len() / 2), Vec::new());
        for pair in children.chunks_exact(2) {
            let entry = Entry::new(pair[0], pair[1]);
            let Some(odd) = self.odd_key(entry.key) else {
                own.push(entry);
                continue;
            };
            self.odd_keys.push((odd, self.tree.span(entry.key)));
            if odd == OddKey::Merge {
                merged.extend_from_slice(self.tree.entries(entry.value));
                merged.extend(self.tree.items(entry.value).iter().flat_map(|item| self.tree.entries(*item)));
            } else {
                own.push(entry);
            }
        }
        if merged.is_empty() {
            return own;
        }
        let mut names: HashSet<&str> = own.iter().filter_map(|entry| self.tree.scalar(entry.key)).collect();
        merged.retain(|entry| self.tree.scalar(entry.key).is_none_or(|name| names.insert(name)));
        merged.extend(own);
        merged
    }

    fn odd_key(&self, key: NodeId) -> Option<OddKey> {
        match self.tree.node(key).value {
            Value::List(_) | Value::Map(_) => Some(OddKey::NoText),
            Value::Null => Some(OddKey::Empty),
            Value::Scalar(style, text) => match self.tree.text(text) {
                "" => Some(OddKey::Empty),
                "<<" if style == Style::Plain => Some(OddKey::Merge),
                _ => None,
            },
            Value::Open(_) | Value::Broken => None,
        }
    }

    pub(crate) fn place(&mut self, id: NodeId) {
        if self.open.is_empty() {
            self.tree.roots.push(id);
        } else {
            self.pending.push(id);
        }
    }

    /// Places a node; a tag becomes a map of one member, the function's long name and its argument.
    pub(crate) fn place_tagged(&mut self, id: NodeId, tag: Option<(String, Span)>) -> NodeId {
        let id = match tag {
            None => id,
            Some((name, span)) => {
                let key = self.tree.push_text(span, Style::Quoted, &name);
                let span = span.to(self.tree.span(id));
                self.tree.push_map(span, &[Entry::new(key, id)])
            }
        };
        self.place(id);
        id
    }

    /// Places a copy of a subtree, for an alias, where the tree's limits have room for it.
    pub(crate) fn place_copy(&mut self, id: NodeId) -> Result<(), Refusal> {
        let copy = self.copy(id, self.depth())?;
        self.place(copy);
        Ok(())
    }

    /// Copies a subtree to a place that is `depth` containers deep. Aliases of aliases would otherwise nest without end.
    fn copy(&mut self, id: NodeId, depth: usize) -> Result<NodeId, Refusal> {
        if self.is_full() {
            return Err(Refusal::TooLarge);
        }
        let node = self.tree.node(id);
        if matches!(node.value, Value::List(_) | Value::Map(_)) && depth >= MAX_DEPTH {
            return Err(Refusal::TooDeep);
        }
        Ok(match node.value {
            Value::List(_) => {
                let items = self.tree.items(id).to_vec();
                let copies: Result<Vec<NodeId>, _> = items.into_iter().map(|item| self.copy(item, depth + 1)).collect();
                self.tree.push_list(node.span, &copies?)
            }
            Value::Map(_) => {
                let entries = self.tree.entries(id).to_vec();
                let copy = |entry: Entry| Ok(Entry::new(entry.key, self.copy(entry.value, depth + 1)?));
                let copies: Result<Vec<Entry>, _> = entries.into_iter().map(copy).collect();
                self.tree.push_map(node.span, &copies?)
            }
            value => self.tree.push(node.span, value),
        })
    }

    /// Closes everything that is still open, at the place where reading stopped.
    pub(crate) fn close_all(&mut self, end: usize) {
        while self.end(end, true).is_some() {}
    }

    /// The tree, with everything closed that is still open.
    pub(crate) fn finish(mut self, end: usize) -> Tree {
        self.close_all(end);
        self.tree
    }
}
