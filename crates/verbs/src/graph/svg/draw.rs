//! Writes boxes, lines and what stands around them as SVG.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use meshwright_model::Kind;
use meshwright_model::graph::EdgeKind;

use super::boxes::{Content, FULL_LIMIT, Outlet, PADDING, Style, Text, contents};
use super::layout::{BULGE, Block, Direction, Layout, Line, Point, Spot, Way, arrange, real};
use super::measure::{fit, fit_name, width};
use crate::graph::view::{View, plural, word};

/// The space around a mesh.
const MARGIN: f64 = 28.0;

/// The least width of a picture, so that its head has room.
const MIN_WIDTH: f64 = 680.0;

/// How many problems are listed under a mesh.
const PROBLEM_LIMIT: usize = 40;

/// How much of a name the list of problems shows.
const PROBLEM_NAME_WIDTH: f64 = 480.0;

/// The height of a line of the head and of the list of problems, and the size of their font.
const LINE_HEIGHT: f64 = 18.0;
const FONT: f64 = 11.0;

/// The length and half the height of the tip of a line.
const TIP: (f64, f64) = (7.0, 3.5);

/// The look; viewers that know no dark mode pass over its last rule.
const STYLE: &str = include_str!("style.css");

/// All meshes, one under the other.
pub(super) fn picture(views: &[View]) -> String {
    let drawings: Vec<Drawing<'_>> = views.iter().map(Drawing::of).collect();
    let width = drawings.iter().map(|drawing| drawing.width).fold(MIN_WIDTH, f64::max);
    let mut body = Writer { out: String::new() };
    let mut height = 0.0;
    for drawing in &drawings {
        let _ = writeln!(body.out, "<g transform=\"translate(0 {})\">", number(height));
        drawing.write(width, &mut body);
        body.out.push_str("</g>\n");
        height += drawing.height;
    }
    if drawings.is_empty() {
        body.text(Point { x: MARGIN, y: MARGIN }, "about", "no mesh");
        height = 2.0 * MARGIN;
    }
    let names: Vec<String> = views.iter().map(|view| format!("mesh {}", view.mesh())).collect();
    let (width, height, title) = (number(width), number(height), escaped(&names.join(", ")));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
        body.out
    )
}

/// One mesh, ready to write.
struct Drawing<'a> {
    view: &'a View,
    contents: Vec<Content>,
    /// The box and the outlet that each line starts from.
    lines: Vec<(usize, usize)>,
    layout: Layout,
    /// The lines of text above the picture, and the problems under it.
    head: Vec<String>,
    problems: Vec<(String, String)>,
    width: f64,
    height: f64,
}

impl<'a> Drawing<'a> {
    fn of(view: &'a View) -> Self {
        let (contents, box_of) = contents(view);
        let blocks: Vec<Block> = contents.iter().map(block).collect();
        let (mut lines, mut ways) = (Vec::new(), Vec::new());
        for (from, content) in contents.iter().enumerate() {
            for (position, Outlet { y, to, group, .. }) in content.outlets.iter().enumerate() {
                let group = if *group == usize::MAX { usize::MAX - lines.len() } else { *group };
                ways.push(Line { from, to: box_of[to], outlet: *y, group });
                lines.push((from, position));
            }
        }
        let layout = arrange(&blocks, &ways);
        let mut drawing = Self {
            view,
            head: head(view, contents.len()),
            problems: problems(view),
            contents,
            lines,
            width: layout.width + 2.0 * MARGIN,
            height: 0.0,
            layout,
        };
        let list = if drawing.problems.is_empty() { 0.0 } else { MARGIN };
        drawing.height =
            drawing.top() + drawing.layout.height + MARGIN + list + real(drawing.problems.len()) * LINE_HEIGHT;
        drawing
    }

    /// Where the boxes start, under title, head and legend.
    fn top(&self) -> f64 {
        MARGIN + LINE_HEIGHT * real(self.head.len() + 2) + MARGIN
    }

    fn write(&self, width: f64, writer: &mut Writer) {
        self.write_head(width, writer);
        let _ = writeln!(writer.out, "<g transform=\"translate({} {})\">", number(MARGIN), number(self.top()));
        self.write_lines(writer);
        for (content, spot) in self.contents.iter().zip(&self.layout.spots) {
            writer.content(content, *spot);
        }
        self.write_ports(writer);
        writer.out.push_str("</g>\n");
        let mut y = self.top() + self.layout.height + MARGIN;
        for (problem, title) in &self.problems {
            y += LINE_HEIGHT;
            writer.fitted(Point { x: MARGIN, y }, "listed", problem, title, width - 2.0 * MARGIN);
        }
    }

    fn write_head(&self, width: f64, writer: &mut Writer) {
        let mut y = MARGIN + 6.0;
        let title = format!("mesh {}", self.view.mesh());
        let title_size = 18.0;
        writer.text(Point { x: MARGIN, y }, "title", &fit(&title, width - 2.0 * MARGIN, title_size));
        for line in &self.head {
            y += LINE_HEIGHT;
            writer.fitted(Point { x: MARGIN, y }, "about", line, line, width - 2.0 * MARGIN);
        }
        self.write_legend(y + LINE_HEIGHT + 4.0, writer);
    }

    /// What the colours and lines mean, as far as the picture has them.
    fn write_legend(&self, y: f64, writer: &mut Writer) {
        let mut x = MARGIN;
        let kinds: BTreeSet<Kind> = self.contents.iter().map(|content| content.kind).collect();
        for kind in [Kind::VirtualGateway, Kind::VirtualService, Kind::VirtualRouter, Kind::VirtualNode] {
            if kinds.contains(&kind) {
                let class = class(kind);
                let (left, top) = (number(x), number(y - 9.0));
                let _ = writeln!(
                    writer.out,
                    "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"5\" height=\"11\" rx=\"1.5\"/>"
                );
                x = writer.legend(Point { x: x + 11.0, y }, word(kind));
            }
        }
        let calls = |outlet: &Outlet| outlet.kind == EdgeKind::Calls;
        let outlets = || self.contents.iter().flat_map(|content| &content.outlets);
        let styles = [
            ("line", "leads to", outlets().any(|outlet| !calls(outlet))),
            ("line calls", "may call", outlets().any(calls)),
        ];
        for (class, words, _) in styles.iter().filter(|(_, _, is_used)| *is_used) {
            let (left, right, middle) = (number(x), number(x + 22.0), number(y - 3.5));
            let _ = writeln!(writer.out, "<path class=\"{class}\" d=\"M{left} {middle}H{right}\"/>");
            x = writer.legend(Point { x: x + 28.0, y }, words);
        }
    }

    /// Lines, piece by piece: what lines to one box share is drawn once, so that dashes stay dashes.
    fn write_lines(&self, writer: &mut Writer) {
        let mut drawn: BTreeSet<(String, String)> = BTreeSet::new();
        let mut tips: BTreeSet<(String, &str)> = BTreeSet::new();
        for ((from, position), way) in self.lines.iter().zip(&self.layout.ways) {
            let outlet = &self.contents[*from].outlets[*position];
            let to = &self.view.nodes()[outlet.to];
            let is_bad = to.missing && !to.problems.is_empty();
            let class = line_class(outlet, is_bad);
            for (piece, path) in pieces(way).into_iter().enumerate() {
                let title =
                    if piece == 0 { outlet.title.clone() } else { format!("→ {}", self.view.full_name(outlet.to)) };
                if drawn.insert((path.clone(), class.clone())) {
                    writer.line(&class, &path, outlet.share.filter(|_| piece == 0), &title);
                }
            }
            let class = match (is_bad, outlet.kind) {
                (true, _) => "tipbad",
                (false, EdgeKind::Calls) => "tipcalls",
                (false, _) => "tip",
            };
            tips.extend(tip(way).map(|tip| (tip, class)));
        }
        for (tip, class) in tips {
            let _ = writeln!(writer.out, "<path class=\"{class}\" d=\"{tip}\"/>");
        }
    }

    /// Where lines leave rows, and the words beside.
    fn write_ports(&self, writer: &mut Writer) {
        for ((from, position), way) in self.lines.iter().zip(&self.layout.ways) {
            let (content, spot) = (&self.contents[*from], self.layout.spots[*from]);
            let start = way.points.first().filter(|_| way.outlet > content.inlet);
            if let Some(Point { x, y }) = start {
                let _ = writeln!(
                    writer.out,
                    "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"2.5\"/>",
                    number(*x),
                    number(*y)
                );
            }
            if let Some(words) = &content.outlets[*position].words {
                let place = Point { x: spot.x + spot.width - PADDING, y: spot.y + way.outlet + 3.5 };
                writer.text(place, "share", words);
            }
        }
    }
}

/// What stands under the title.
fn head(view: &View, box_count: usize) -> Vec<String> {
    let mut head = vec![view.counts()];
    for mesh in view.meshes() {
        let problems = mesh.problems.iter().map(|problem| format!("✗ {problem}"));
        let about: Vec<String> = mesh.details.iter().cloned().chain(problems).collect();
        if !about.is_empty() {
            head.push(about.join(" · "));
        }
    }
    if box_count > FULL_LIMIT {
        head.push(format!(
            "{box_count} boxes: routes are counted, and lines between the same two boxes are drawn as one"
        ));
    }
    head
}

/// The problems to list, by their nodes' names: as shown and in full.
fn problems(view: &View) -> Vec<(String, String)> {
    let line = |(node, problem)| {
        let name = view.full_name(node);
        let short = fit_name(&name, PROBLEM_NAME_WIDTH, FONT);
        (format!("✗ {short}: {problem}"), format!("{name}: {problem}"))
    };
    let mut lines: Vec<(String, String)> = view.problems().map(line).collect();
    if lines.len() > PROBLEM_LIMIT {
        let rest = lines.split_off(PROBLEM_LIMIT - 1);
        let rest: Vec<String> = rest.into_iter().map(|(_, full)| full).collect();
        lines.push((format!("✗ {} more", plural(rest.len(), "problem")), rest.join("\n")));
    }
    lines
}

fn block(content: &Content) -> Block {
    let phase = match content.kind {
        Kind::VirtualService => 1,
        Kind::VirtualRouter | Kind::Route => 2,
        Kind::Mesh | Kind::VirtualNode | Kind::VirtualGateway | Kind::GatewayRoute => 0,
    };
    Block { width: content.width, height: content.height, phase, inlet: content.inlet }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::VirtualGateway => "gateway",
        Kind::VirtualService => "service",
        Kind::VirtualRouter => "router",
        Kind::VirtualNode => "node",
        Kind::Mesh | Kind::Route | Kind::GatewayRoute => "route",
    }
}

fn line_class(outlet: &Outlet, is_bad: bool) -> String {
    let mut class = String::new();
    if outlet.kind == EdgeKind::Calls {
        class.push_str(" calls");
    }
    if outlet.share.is_some_and(|share| share <= 0.0) {
        class.push_str(" none");
    }
    if is_bad {
        class.push_str(" bad");
    }
    class
}

/// The pieces of a line: a curve to the first lane, and from each lane on straight and then in a curve to the next, at
/// last to the foot of the tip.
fn pieces(way: &Way) -> Vec<String> {
    let mut points = way.points.clone();
    if let Some(end) = points.last_mut() {
        end.x += if way.direction == Direction::Right { 1.0 - TIP.0 } else { TIP.0 - 1.0 };
    }
    let mut pieces = Vec::with_capacity(points.len() / 2);
    for (position, pair) in points.chunks_exact(2).enumerate() {
        let [from, to] = [pair[0], pair[1]];
        let bend = if way.direction == Direction::Around { from.x + BULGE } else { f64::midpoint(from.x, to.x) };
        let [bend, from_x, from_y, to_x, to_y] = [bend, from.x, from.y, to.x, to.y].map(number);
        let start = match position.checked_sub(1) {
            Some(previous) => format!("M{} {from_y}H{from_x}", number(points[previous * 2 + 1].x)),
            None => format!("M{from_x} {from_y}"),
        };
        pieces.push(format!("{start}C{bend} {from_y} {bend} {to_y} {to_x} {to_y}"));
    }
    pieces
}

/// The tip of a line.
fn tip(way: &Way) -> Option<String> {
    let Point { x, y } = *way.points.last()?;
    let foot = if way.direction == Direction::Right { x - TIP.0 } else { x + TIP.0 };
    let [x, y, foot, top, bottom] = [x, y, foot, y - TIP.1, y + TIP.1].map(number);
    Some(format!("M{x} {y}L{foot} {top}V{bottom}Z"))
}

/// SVG in the making.
struct Writer {
    out: String,
}

impl Writer {
    fn text(&mut self, place: Point, class: &str, text: &str) {
        let [x, y] = [place.x, place.y].map(number);
        let _ = writeln!(self.out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
    }

    /// A text cut to a width, with a tooltip.
    fn fitted(&mut self, place: Point, class: &str, text: &str, title: &str, limit: f64) {
        let _ = write!(self.out, "<g><title>{}</title>", escaped(title));
        self.text(place, class, &fit(text, limit, FONT));
        self.out.push_str("</g>\n");
    }

    fn line(&mut self, class: &str, path: &str, share: Option<f64>, title: &str) {
        let width = share.map(|share| format!(" style=\"stroke-width:{}\"", number(1.0 + 2.0 * share)));
        let (width, title) = (width.unwrap_or_default(), escaped(title));
        let _ = writeln!(self.out, "<path class=\"line{class}\" d=\"{path}\"{width}><title>{title}</title></path>");
    }

    /// A word of the legend; gives back where the next may stand.
    fn legend(&mut self, place: Point, words: &str) -> f64 {
        self.text(place, "legend", words);
        place.x + width(words, FONT) + 18.0
    }

    fn content(&mut self, content: &Content, spot: Spot) {
        let Spot { x, y, width } = spot;
        let look = match (content.has_problem, content.is_missing) {
            (false, false) => "card",
            (true, false) => "card cardbad",
            (true, true) => "card cardbad missing",
            (false, true) => "card missing",
        };
        let _ = writeln!(self.out, "<g><title>{}</title>", escaped(&content.title));
        self.rectangle(look, Spot { x, y, width }, content.height, 6.0);
        let [left, top, straight] = [x + 6.0, y, content.height - 12.0].map(number);
        let class = class(content.kind);
        let _ = writeln!(
            self.out,
            "<path class=\"{class}\" d=\"M{left} {top}h-1a5 6 0 0 0 -5 6v{straight}a5 6 0 0 0 5 6h1z\"/>"
        );
        self.texts(&content.texts, spot);
        self.out.push_str("</g>\n");
        for row in &content.rows {
            let _ = writeln!(self.out, "<g><title>{}</title>", escaped(&row.title));
            let inner = Spot { x: x + 6.5, y: y + row.top + 0.5, width: width - 7.0 };
            self.rectangle(if row.has_problem { "rowbad" } else { "row" }, inner, row.height - 1.0, 0.0);
            let [left, right, top] = [x + 6.0, x + width, y + row.top].map(number);
            let _ = writeln!(self.out, "<path class=\"rule\" d=\"M{left} {top}H{right}\"/>");
            self.texts(&row.texts, spot);
            self.out.push_str("</g>\n");
        }
    }

    fn texts(&mut self, texts: &[Text], spot: Spot) {
        for Text { y, style, shown } in texts {
            let class = match style {
                Style::Kind => "kind",
                Style::Name => "name",
                Style::RowName => "rowname",
                Style::Detail => "detail",
                Style::Problem => "problem",
            };
            self.text(Point { x: spot.x + PADDING + 2.0, y: spot.y + y }, class, shown);
        }
    }

    fn rectangle(&mut self, class: &str, spot: Spot, height: f64, radius: f64) {
        let [x, y, width, height, radius] = [spot.x, spot.y, spot.width, height, radius].map(number);
        let _ = writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>"
        );
    }
}

/// A length to a tenth.
fn number(length: f64) -> String {
    let tenths = (length * 10.0).round() / 10.0 + 0.0;
    format!("{tenths}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
