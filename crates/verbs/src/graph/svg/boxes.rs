//! What stands in each box and where in it, before it is known where the box stands: a head with the name, and under it
//! a row for each route, whose targets leave at its right edge, each beside its share.

use std::collections::BTreeMap;

use meshwright_model::Kind;
use meshwright_model::graph::{Edge, EdgeKind, Node};

use super::layout::real;
use super::measure::{fit_name, width, wrap};
use crate::graph::view::{View, plural, target_words, word};

/// Beyond so many boxes routes are counted and not listed, and lines between the same boxes are drawn as one.
pub(super) const FULL_LIMIT: usize = 200;

/// Rows in a box; the rest is counted in the last.
const ROW_LIMIT: usize = 24;

/// Targets of one route with a line of their own.
const TARGET_LIMIT: usize = 16;

/// Problems that one box or row spells out.
const PROBLEM_LIMIT: usize = 3;

const MIN_WIDTH: f64 = 120.0;
const MAX_WIDTH: f64 = 340.0;

/// The space left and right of texts.
pub(super) const PADDING: f64 = 12.0;

/// The height of a head with kind and name, and the middle of its name's line, where lines arrive.
const HEAD_HEIGHT: f64 = 42.0;
const HEAD_MIDDLE: f64 = 21.0;

const LINE_HEIGHT: f64 = 14.0;
const ROW_PADDING: f64 = 6.0;

/// A text in a box, at the left.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The baseline, from the top of the box.
    pub(super) y: f64,
    pub(super) style: Style,
    pub(super) shown: String,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Kind,
    Name,
    RowName,
    Detail,
    Problem,
}

impl Style {
    /// The font's size.
    pub(super) fn size(self) -> f64 {
        match self {
            Self::Name => 12.5,
            Self::RowName => 11.0,
            Self::Kind | Self::Detail | Self::Problem => 10.0,
        }
    }
}

/// Where a line leaves a box.
#[derive(Clone, Debug)]
pub(super) struct Outlet {
    /// From the top of the box.
    pub(super) y: f64,
    /// The node it leads to.
    pub(super) to: usize,
    /// What stands beside it.
    pub(super) words: Option<String>,
    pub(super) kind: EdgeKind,
    /// The share of the line's row, a fraction of 1.
    pub(super) share: Option<f64>,
    /// All there is to say about it.
    pub(super) title: String,
    /// Which outlets it may swap places with.
    pub(super) group: usize,
}

/// A route in its router's box.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) texts: Vec<Text>,
    pub(super) title: String,
    pub(super) has_problem: bool,
}

/// A box and all in it.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) kind: Kind,
    pub(super) width: f64,
    pub(super) height: f64,
    /// How far under its top lines arrive.
    pub(super) inlet: f64,
    pub(super) texts: Vec<Text>,
    pub(super) rows: Vec<Row>,
    pub(super) outlets: Vec<Outlet>,
    pub(super) title: String,
    pub(super) has_problem: bool,
    pub(super) is_missing: bool,
}

/// All boxes of a graph, and which box each node is in.
pub(super) fn contents(view: &View) -> (Vec<Content>, BTreeMap<usize, usize>) {
    let outside: Vec<usize> = view.outside().collect();
    let is_full = outside.len() <= FULL_LIMIT;
    let mut box_of = BTreeMap::new();
    for (number, outer) in outside.iter().enumerate() {
        box_of.insert(*outer, number);
        box_of.extend(view.inside(*outer).map(|inner| (inner, number)));
    }
    let content = |outer: &usize| if is_full { full(view, *outer) } else { counted(view, *outer, &box_of, &outside) };
    let contents = outside.iter().map(content).collect();
    (contents, box_of)
}

/// A box with all its routes.
fn full(view: &View, outer: usize) -> Content {
    let mut content = head(view, outer, &view.nodes()[outer].details);
    own_outlets(view, outer, &mut content);
    let inside: Vec<usize> = view.inside(outer).collect();
    let listed = if inside.len() > ROW_LIMIT { ROW_LIMIT - 1 } else { inside.len() };
    for inner in &inside[..listed] {
        add_row(view, *inner, &mut content);
    }
    if listed < inside.len() {
        add_rest(view, &inside[listed..], &mut content);
    }
    content
}

/// A box whose routes are counted, with one line to each box that they lead to.
fn counted(view: &View, outer: usize, box_of: &BTreeMap<usize, usize>, outside: &[usize]) -> Content {
    let inside: Vec<usize> = view.inside(outer).collect();
    let about = if let Some(first) = inside.first() {
        vec![plural(inside.len(), word(view.nodes()[*first].kind))]
    } else {
        view.nodes()[outer].details.clone()
    };
    let mut content = head(view, outer, &about);
    let problems: usize = inside.iter().map(|inner| view.nodes()[*inner].problems.len()).sum();
    if problems > 0 {
        add_line(Style::Problem, format!("✗ {} inside", plural(problems, "problem")), &mut content);
        content.has_problem = true;
    }
    let mut counts: BTreeMap<(usize, EdgeKind), usize> = BTreeMap::new();
    for edge in [outer].iter().chain(&inside).flat_map(|node| view.edges_from(*node)) {
        if view.is_drawn(edge) {
            *counts.entry((outside[box_of[&edge.to]], edge.kind)).or_default() += 1;
        }
    }
    for ((to, kind), count) in counts {
        let title = format!("{} → {}: {}", view.full_name(outer), view.full_name(to), plural(count, "line"));
        let outlet = Outlet { y: content.inlet, to, words: None, kind, share: None, title, group: usize::MAX };
        content.outlets.push(outlet);
    }
    content
}

/// A box with its head and nothing else.
fn head(view: &View, outer: usize, about: &[String]) -> Content {
    let node = &view.nodes()[outer];
    let mut content = Content {
        kind: node.kind,
        width: MIN_WIDTH,
        height: HEAD_HEIGHT,
        inlet: HEAD_MIDDLE,
        texts: Vec::new(),
        rows: Vec::new(),
        outlets: Vec::new(),
        title: title(view, outer),
        has_problem: !node.problems.is_empty(),
        is_missing: node.missing,
    };
    let room = MAX_WIDTH - 2.0 * PADDING;
    let kind = [&[word(node.kind).to_owned()], about].concat().join(" · ");
    let is_short = width(&kind, Style::Kind.size()) <= room;
    let kind = if is_short { kind } else { word(node.kind).to_owned() };
    content.texts.push(Text { y: 16.0, style: Style::Kind, shown: kind });
    content.texts.push(Text { y: 32.0, style: Style::Name, shown: fit_name(&node.name, room, Style::Name.size()) });
    let mut lines = Vec::new();
    if !is_short {
        lines.extend(details(about, room, 2).into_iter().map(|line| (Style::Detail, line)));
    }
    lines.extend(problem_lines(node, room).into_iter().map(|line| (Style::Problem, line)));
    for (style, text) in lines {
        add_line(style, text, &mut content);
    }
    let widest = content.texts.iter().map(|text| width(&text.shown, text.style.size())).fold(0.0, f64::max);
    content.width = (widest + 2.0 * PADDING).clamp(MIN_WIDTH, MAX_WIDTH).ceil();
    content
}

/// One more line in the head.
fn add_line(style: Style, shown: String, content: &mut Content) {
    content.texts.push(Text { y: content.height + 4.0, style, shown });
    content.height += LINE_HEIGHT;
}

/// The lines that leave the box itself and not one of its rows.
fn own_outlets(view: &View, outer: usize, content: &mut Content) {
    let edges: Vec<&Edge> = view.edges_from(outer).filter(|edge| view.is_drawn(edge)).collect();
    for edge in edges {
        let y = content.inlet;
        let outlet = outlet(view, edge, y, usize::MAX);
        content.outlets.push(Outlet { words: None, ..outlet });
    }
}

fn outlet(view: &View, edge: &Edge, y: f64, group: usize) -> Outlet {
    let words = target_words(edge);
    let (from, to) = (view.full_name(edge.from), view.full_name(edge.to));
    let title = match &words {
        Some(words) => format!("{from} → {to}: {words}"),
        None => format!("{from} → {to}"),
    };
    Outlet { y, to: edge.to, words, kind: edge.kind, share: edge.share, title, group }
}

fn add_row(view: &View, inner: usize, content: &mut Content) {
    let node = &view.nodes()[inner];
    let top = content.height;
    let edges: Vec<&Edge> = view.edges_from(inner).filter(|edge| view.is_drawn(edge)).collect();
    let slots = if edges.len() > TARGET_LIMIT { 1 } else { edges.len() };
    let words_width = if edges.len() > TARGET_LIMIT {
        width(&plural(edges.len(), "target"), Style::Detail.size())
    } else {
        edges
            .iter()
            .filter_map(|edge| target_words(edge))
            .map(|words| width(&words, Style::Detail.size()))
            .fold(0.0, f64::max)
    };
    let room = MAX_WIDTH - 3.0 * PADDING - words_width;
    let mut lines = vec![(Style::RowName, fit_name(&node.name, room, Style::RowName.size()))];
    lines.extend(details(&node.details, room, 3).into_iter().map(|line| (Style::Detail, line)));
    lines.extend(problem_lines(node, room).into_iter().map(|line| (Style::Problem, line)));
    let widest = lines.iter().map(|(style, line)| width(line, style.size())).fold(0.0, f64::max);
    content.width = content.width.max((widest + words_width + 3.0 * PADDING).min(MAX_WIDTH).ceil());
    let height = real(lines.len().max(slots)) * LINE_HEIGHT + 2.0 * ROW_PADDING;
    let baseline = |line: usize| top + ROW_PADDING + (real(line) + 0.75) * LINE_HEIGHT;
    let texts = lines.into_iter().enumerate().map(|(line, (style, shown))| Text { y: baseline(line), style, shown });
    content.rows.push(Row {
        top,
        height,
        texts: texts.collect(),
        title: title(view, inner),
        has_problem: !node.problems.is_empty(),
    });
    let middle = |slot: usize| top + ROW_PADDING + (real(slot) + 0.5) * LINE_HEIGHT;
    for (position, edge) in edges.iter().enumerate() {
        let slot = position.min(slots - 1);
        let mut outlet = outlet(view, edge, middle(slot), inner);
        if edges.len() > TARGET_LIMIT {
            outlet.words = (position == 0).then(|| plural(edges.len(), "target"));
            outlet.group = usize::MAX;
        }
        content.outlets.push(outlet);
    }
    content.height += height;
}

/// One row for routes that are too many to list.
fn add_rest(view: &View, rest: &[usize], content: &mut Content) {
    let top = content.height;
    let height = LINE_HEIGHT + 2.0 * ROW_PADDING;
    let shown = format!("… {} more", plural(rest.len(), word(view.nodes()[rest[0]].kind)));
    let texts = vec![Text { y: top + ROW_PADDING + 0.75 * LINE_HEIGHT, style: Style::RowName, shown }];
    let names: Vec<&str> = rest.iter().map(|inner| view.nodes()[*inner].name.as_str()).collect();
    let has_problem = rest.iter().any(|inner| !view.nodes()[*inner].problems.is_empty());
    content.rows.push(Row { top, height, texts, title: names.join(", "), has_problem });
    let edges = rest.iter().flat_map(|inner| view.edges_from(*inner)).filter(|edge| view.is_drawn(edge));
    let targets: BTreeMap<usize, &Edge> = edges.map(|edge| (edge.to, edge)).collect();
    for edge in targets.into_values() {
        let outlet = outlet(view, edge, top + height / 2.0, usize::MAX);
        content.outlets.push(Outlet { words: None, share: None, ..outlet });
    }
    content.height += height;
}

fn details(details: &[String], room: f64, line_limit: usize) -> Vec<String> {
    wrap(details.iter().map(String::as_str), " · ", (room, Style::Detail.size()), line_limit)
}

fn problem_lines(node: &Node, room: f64) -> Vec<String> {
    let listed = if node.problems.len() > PROBLEM_LIMIT { PROBLEM_LIMIT - 1 } else { node.problems.len() };
    let mut lines: Vec<String> = node.problems[..listed].iter().map(|problem| format!("✗ {problem}")).collect();
    if listed < node.problems.len() {
        lines.push(format!("✗ {} more", plural(node.problems.len() - listed, "problem")));
    }
    lines.iter().flat_map(|line| wrap(line.split(' '), " ", (room, Style::Problem.size()), 2)).collect()
}

/// All there is to say about a node.
fn title(view: &View, node: usize) -> String {
    let mut lines = vec![view.full_name(node)];
    let node = &view.nodes()[node];
    if !node.details.is_empty() {
        lines.push(node.details.join(" · "));
    }
    lines.extend(node.problems.iter().map(|problem| format!("✗ {problem}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::sample::{Sample, any_graph, hostile};

    /// Fails unless all texts of all boxes stay inside, and those of rows left of the words beside their lines.
    fn assert_texts_fit(view: &View) -> Result<(), TestCaseError> {
        for content in contents(view).0 {
            let right = |text: &Text| PADDING + 2.0 + width(&text.shown, text.style.size());
            for text in &content.texts {
                prop_assert!(right(text) <= content.width, "{:?}", text);
                prop_assert!(text.y < content.height, "{:?}", text);
            }
            for row in &content.rows {
                let inside =
                    content.outlets.iter().filter(|outlet| outlet.y > row.top && outlet.y < row.top + row.height);
                let words = inside.filter_map(|outlet| outlet.words.as_ref()).map(|words| width(words, 10.0));
                let room = content.width - PADDING - words.fold(0.0, f64::max);
                for text in &row.texts {
                    prop_assert!(right(text) <= room.max(PADDING + 16.0), "{:?}", text);
                    prop_assert!(text.y < row.top + row.height, "{:?}", text);
                }
            }
        }
        Ok(())
    }

    #[test]
    fn no_text_leaves_its_box() {
        assert_texts_fit(&View::of(&hostile())).unwrap();
    }

    #[test]
    fn a_route_with_very_many_targets_has_one_outlet_with_their_number() {
        let names: Vec<String> = (0..100).map(|number| format!("n{number}")).collect();
        let targets: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        let graph = Sample::new("m").router("r", &[]).route("r", "all", &[], &targets).build();
        let (contents, _) = contents(&View::of(&graph));
        let router = contents.iter().find(|content| content.kind == Kind::VirtualRouter).unwrap();
        let words: Vec<&str> = router.outlets.iter().filter_map(|outlet| outlet.words.as_deref()).collect();
        assert_eq!(words, ["100 targets"]);
        assert_eq!(router.outlets.len(), 100);
        assert!(router.height < 100.0);
    }

    #[test]
    fn problems_of_routes_that_are_only_counted_mark_their_router() {
        let mut sample = Sample::new("m").router("r", &[]).route("r", "odd", &[], &[]).problem("odd", "is odd");
        for number in 0..FULL_LIMIT {
            sample = sample.node(&format!("n{number}"), &[], &[]);
        }
        let (contents, _) = contents(&View::of(&sample.build()));
        let router = contents.iter().find(|content| content.kind == Kind::VirtualRouter).unwrap();
        assert!(router.has_problem);
        assert_eq!(router.texts.last().unwrap().shown, "✗ 1 problem inside");
    }

    proptest! {
        #[test]
        fn no_text_of_any_graph_leaves_its_box(graph in any_graph()) {
            assert_texts_fit(&View::of(&graph))?;
        }
    }
}
