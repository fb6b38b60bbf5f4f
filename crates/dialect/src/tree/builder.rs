//! Builds a tree from a scanner's events, within the limits on depth and size.

use std::collections::HashSet;

use super::{Entry, MAX_DEPTH, MAX_NODES, NodeId, Style, Tree, Value};
use crate::source::{Source, Span};

/// The nodes that each file may have, however short it is: a few hundred megabytes at the most, whatever is made of them.
const SURE_NODES: usize = 1_000_000;
/// The most nodes for each byte of a longer file. Without aliases no byte makes as many: `[?,?,…]` makes three of two.
const NODES_A_BYTE: usize = 2;

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
