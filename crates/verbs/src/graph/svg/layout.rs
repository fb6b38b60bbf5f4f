//! Where boxes stand and how lines run between them: a layered layout from left to right.
//!
//! Boxes stand in columns, one kind to a column, and a line that passes a column does so in a lane between its boxes; so
//! no line crosses a box. Lines to one box share their lanes. What hangs together is laid out on its own and then packed.
//!
//! It is our own because `rust-sugiyama` 0.4, tried first, does not return on some graphs that a mesh can have (20
//! services with two backends each), panics on a line from a box to itself, and does not tell where lines pass a column.

mod columns;
mod grid;
mod order;
mod place;

use std::collections::BTreeMap;

use grid::Grid;

pub(super) use grid::BULGE;

/// The space between what is packed side by side.
const COMPONENT_GAP: f64 = 48.0;

/// How wide the packed picture is against its height.
const ASPECT: f64 = 1.6;

/// A box to place. Widths and heights are whole numbers, so that rounding brings no two boxes into one another.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The width its content needs; a column makes all its boxes as wide as the widest.
    pub(super) width: f64,
    pub(super) height: f64,
    /// In which of the three columns of a call from service to service it stands: 0, 1 or 2.
    pub(super) phase: usize,
    /// How far under its top lines end.
    pub(super) inlet: f64,
}

/// A line to draw.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The box it starts at.
    pub(super) from: usize,
    /// The box it ends at.
    pub(super) to: usize,
    /// How far under the top of its box it starts.
    pub(super) outlet: f64,
    /// Lines of one group may swap their outlets, so that they cross less.
    pub(super) group: usize,
}

/// Where a box stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

/// A place on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How a line runs.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Its outlet, which may be another one of its group.
    pub(super) outlet: f64,
    /// Its start, where it enters and leaves each lane, and its end.
    pub(super) points: Vec<Point>,
    /// Where it goes.
    pub(super) direction: Direction,
}

/// Where a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// From the right side of its box to the left side of a box further right.
    Right,
    /// From the left side of its box to the right side of a box further left.
    Left,
    /// From the right side of its box to the right side of a box of its column, or to its own.
    Around,
}

/// A finished layout.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// One for each box.
    pub(super) spots: Vec<Spot>,
    /// One for each line.
    pub(super) ways: Vec<Way>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Places all boxes and leads all lines.
pub(super) fn arrange(blocks: &[Block], lines: &[Line]) -> Layout {
    let mut parts: Vec<Part> = Vec::new();
    let mut single_width: f64 = 0.0;
    for (blocks_here, lines_here) in components(blocks.len(), lines) {
        let part = Part::of(blocks, lines, blocks_here, lines_here);
        if part.blocks.len() == 1 {
            single_width = single_width.max(part.layout.width);
        }
        parts.push(part);
    }
    for part in parts.iter_mut().filter(|part| part.blocks.len() == 1 && part.lines.is_empty()) {
        part.layout.width = single_width;
        part.layout.spots[0].width = single_width;
    }
    pack(blocks.len(), lines.len(), parts)
}

/// A number of things as a length.
pub(super) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Boxes that hang together, laid out on their own.
struct Part {
    /// The position of each box and line of this part among all.
    blocks: Vec<usize>,
    lines: Vec<usize>,
    layout: Layout,
}

impl Part {
    fn of(blocks: &[Block], lines: &[Line], blocks_here: Vec<usize>, lines_here: Vec<usize>) -> Self {
        let local: BTreeMap<usize, usize> = blocks_here.iter().copied().zip(0..).collect();
        let own_blocks: Vec<Block> = blocks_here.iter().map(|block| blocks[*block].clone()).collect();
        let own_lines: Vec<Line> = lines_here
            .iter()
            .map(|line| Line { from: local[&lines[*line].from], to: local[&lines[*line].to], ..lines[*line].clone() })
            .collect();
        let mut grid = Grid::of(&own_blocks, &own_lines);
        order::sort(&mut grid);
        grid.swap_outlets();
        let tops = place::tops(&grid);
        Self { blocks: blocks_here, lines: lines_here, layout: grid.finish(&tops) }
    }
}

/// The boxes and lines of each part of the picture, the largest part first.
fn components(count: usize, lines: &[Line]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut parents: Vec<usize> = (0..count).collect();
    for line in lines {
        let (a, b) = (root(&mut parents, line.from), root(&mut parents, line.to));
        parents[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for block in 0..count {
        parts.entry(root(&mut parents, block)).or_default().0.push(block);
    }
    for (position, line) in lines.iter().enumerate() {
        parts.entry(root(&mut parents, line.from)).or_default().1.push(position);
    }
    let mut parts: Vec<(Vec<usize>, Vec<usize>)> = parts.into_values().collect();
    parts.sort_by_key(|(blocks, _)| std::cmp::Reverse(blocks.len()));
    parts
}

fn root(parents: &mut [usize], mut block: usize) -> usize {
    while parents[block] != block {
        parents[block] = parents[parents[block]];
        block = parents[block];
    }
    block
}

/// Sets the parts side by side in rows.
fn pack(block_count: usize, line_count: usize, parts: Vec<Part>) -> Layout {
    let widest = parts.iter().map(|part| part.layout.width).fold(0.0, f64::max);
    let area: f64 =
        parts.iter().map(|part| (part.layout.width + COMPONENT_GAP) * (part.layout.height + COMPONENT_GAP)).sum();
    let limit = widest.max((area * ASPECT).sqrt());
    let mut whole = Layout { spots: vec![Spot::default(); block_count], ..Layout::default() };
    let mut ways: Vec<Option<Way>> = vec![None; line_count];
    let (mut x, mut y, mut row_height) = (0.0, 0.0, 0.0_f64);
    for part in parts {
        if x > 0.0 && x + part.layout.width > limit {
            y += row_height + COMPONENT_GAP;
            (x, row_height) = (0.0, 0.0);
        }
        for (block, spot) in part.blocks.iter().zip(&part.layout.spots) {
            whole.spots[*block] = Spot { x: spot.x + x, y: spot.y + y, ..*spot };
        }
        for (line, mut way) in part.lines.iter().zip(part.layout.ways) {
            way.points.iter_mut().for_each(|point| *point = Point { x: point.x + x, y: point.y + y });
            ways[*line] = Some(way);
        }
        whole.width = whole.width.max(x + part.layout.width);
        whole.height = whole.height.max(y + part.layout.height);
        row_height = row_height.max(part.layout.height);
        x += part.layout.width + COMPONENT_GAP;
    }
    whole.ways = ways.into_iter().flatten().collect();
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_picture() -> impl Strategy<Value = (Vec<Block>, Vec<Line>)> {
        let length = |least: u32, most: u32| (least..most).prop_map(f64::from);
        let block = (length(60, 300), length(40, 200), 0..3_usize);
        let block = block.prop_map(|(width, height, phase)| Block { width, height, phase, inlet: 20.0 });
        let line = (any::<usize>(), any::<usize>(), length(0, 40), 0..8_usize);
        (proptest::collection::vec(block, 1..20), proptest::collection::vec(line, 0..40)).prop_map(|(blocks, lines)| {
            let count = blocks.len();
            let line = |(from, to, outlet, group)| {
                let from = from % count;
                Line { from, to: to % count, outlet, group: from * 8 + group }
            };
            (blocks, lines.into_iter().map(line).collect())
        })
    }

    fn is_between(value: f64, start: f64, end: f64) -> bool {
        value > start + 0.5 && value < end - 0.5
    }

    proptest! {
        #[test]
        fn no_box_covers_another_and_no_lane_leads_through_a_box((blocks, lines) in any_picture()) {
            let layout = arrange(&blocks, &lines);
            prop_assert_eq!(layout.ways.len(), lines.len());
            let corners = |block: usize| {
                let Spot { x, y, width } = layout.spots[block];
                (x, y, x + width, y + blocks[block].height)
            };
            for a in 0..blocks.len() {
                let (left, top, right, bottom) = corners(a);
                prop_assert!(left >= 0.0 && top >= 0.0 && right <= layout.width && bottom <= layout.height);
                for b in a + 1..blocks.len() {
                    let other = corners(b);
                    prop_assert!(right <= other.0 || other.2 <= left || bottom <= other.1 || other.3 <= top);
                }
                let lanes = layout.ways.iter().flat_map(|way| way.points[1..].chunks_exact(2));
                for lane in lanes {
                    let middle = f64::midpoint(lane[0].x, lane[1].x);
                    prop_assert!(!(is_between(middle, left, right) && is_between(lane[0].y, top, bottom)));
                }
            }
        }

        #[test]
        fn lines_start_and_end_at_the_sides_of_their_boxes((blocks, lines) in any_picture()) {
            let layout = arrange(&blocks, &lines);
            for (line, way) in lines.iter().zip(&layout.ways) {
                let (from, to) = (layout.spots[line.from], layout.spots[line.to]);
                let (start, end) = (way.points[0], way.points[way.points.len() - 1]);
                let sides = match way.direction {
                    Direction::Right => (from.x + from.width, to.x),
                    Direction::Left => (from.x, to.x + to.width),
                    Direction::Around => (from.x + from.width, to.x + to.width),
                };
                prop_assert_eq!((start.x, end.x), sides);
                prop_assert_eq!((start.y, end.y), (from.y + way.outlet, to.y + blocks[line.to].inlet));
            }
        }
    }
}
