//! The layout of JSON, whose tree has the place of everything already.

use super::{Form, Item, Layout, Member, Place, Quoting, Spot};
use crate::source::Span;
use crate::tree::{NodeId, Style, Tree, Value};

/// The layout of a tree that was read without a fault.
pub(crate) fn layout(tree: &Tree) -> Layout {
    let mut layout = Layout { is_json: true, ..Layout::default() };
    let roots = tree.roots.iter().map(|root| value(tree, *root, &mut layout)).collect();
    layout.roots = roots;
    layout
}

fn value(tree: &Tree, id: NodeId, layout: &mut Layout) -> Place {
    let node = tree.node(id);
    let form = match node.value {
        Value::Null => Form::Null,
        Value::Scalar(Style::Plain, _) => Form::Scalar(Quoting::Plain),
        Value::Scalar(..) | Value::Open(_) | Value::Broken => Form::Scalar(Quoting::Double),
        Value::List(_) => {
            let item = |id: &NodeId| Item { start: tree.span(*id).start as usize, value: value(tree, *id, layout) };
            Form::List { is_flow: true, items: tree.items(id).iter().map(item).collect() }
        }
        Value::Map(_) => {
            let member = |entry: &crate::tree::Entry| {
                let Span { start, end } = tree.span(entry.key);
                let colon =
                    tree.source.text()[end as usize..].find(':').map_or(end as usize, |at| end as usize + at + 1);
                let name = tree.scalar(entry.key).unwrap_or_default().to_owned();
                Member { name, key: start as usize..end as usize, colon, value: value(tree, entry.value, layout) }
            };
            Form::Map { is_flow: true, entries: tree.entries(id).iter().map(member).collect() }
        }
    };
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    layout.push(Spot { start, body: start, end, form, tag: None, anchor: None })
}
