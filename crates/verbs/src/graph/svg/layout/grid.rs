//! Boxes in columns, the lanes through which lines pass the columns between, and the finished layout of both.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{columns, first_seen_order};
use super::{Block, Direction, Layout, Line, Point, Spot, Way, real};

/// The space between two columns: at least, for each pixel that a line rises or falls in it, and at most.
const GAP: (f64, f64, f64) = (40.0, 0.1, 160.0);

/// How far a line around bulges out.
pub(in crate::graph::svg) const BULGE: f64 = 28.0;

/// What stands in a column: a box, or a lane for lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) height: f64,
    /// Whether lines pass here.
    pub(super) is_lane: bool,
}

/// A piece of a line between neighbouring columns, by the cells at its ends and how far under their tops it touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) left: usize,
    pub(super) left_port: f64,
    pub(super) right: usize,
    pub(super) right_port: f64,
}

/// Boxes and lanes in columns, and the pieces of lines between.
pub(super) struct Grid {
    blocks: Vec<Block>,
    lines: Vec<Line>,
    /// Boxes first, then lanes.
    pub(super) cells: Vec<Cell>,
    /// The cells of each column from top to bottom.
    pub(super) columns: Vec<Vec<usize>>,
    /// The pieces between each column and the next.
    pub(super) gaps: Vec<Vec<Piece>>,
    /// The column of each box.
    column_of: Vec<usize>,
    /// The lanes that each line passes, in its direction.
    lanes: Vec<Vec<usize>>,
}

impl Grid {
    pub(super) fn of(blocks: &[Block], lines: &[Line]) -> Self {
        let column_of = columns(blocks, lines);
        let count = column_of.iter().max().map_or(0, |last| last + 1);
        let mut columns = vec![Vec::new(); count];
        for block in first_seen_order(blocks.len(), lines) {
            columns[column_of[block]].push(block);
        }
        let cells = blocks.iter().map(|block| Cell { height: block.height, is_lane: false }).collect();
        let mut grid = Self {
            blocks: blocks.to_vec(),
            lines: lines.to_vec(),
            cells,
            columns,
            gaps: Vec::new(),
            column_of,
            lanes: Vec::new(),
        };
        grid.open_lanes();
        grid.cut_pieces();
        grid
    }

    pub(super) fn direction(&self, line: usize) -> Direction {
        let (from, to) = (self.column_of[self.lines[line].from], self.column_of[self.lines[line].to]);
        match from.cmp(&to) {
            std::cmp::Ordering::Less => Direction::Right,
            std::cmp::Ordering::Greater => Direction::Left,
            std::cmp::Ordering::Equal => Direction::Around,
        }
    }

    /// Lets lines of one group swap their outlets, so that they leave in the order in which they arrive.
    pub(super) fn swap_outlets(&mut self) {
        let mut positions = vec![0; self.cells.len()];
        for column in &self.columns {
            column.iter().enumerate().for_each(|(position, cell)| positions[*cell] = position);
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (line, Line { group, .. }) in self.lines.iter().enumerate() {
            groups.entry(*group).or_default().push(line);
        }
        for group in groups.values() {
            let mut outlets: Vec<f64> = group.iter().map(|line| self.lines[*line].outlet).collect();
            outlets.sort_by(f64::total_cmp);
            let mut sorted = group.clone();
            sorted.sort_by_key(|line| positions[self.lanes[*line].first().copied().unwrap_or(self.lines[*line].to)]);
            for (line, outlet) in sorted.into_iter().zip(outlets) {
                self.lines[line].outlet = outlet;
            }
        }
        self.cut_pieces();
    }

    /// Opens a lane in each column that a line passes; lines to one box share it.
    fn open_lanes(&mut self) {
        let mut open: BTreeMap<(usize, usize, Direction), usize> = BTreeMap::new();
        for (position, line) in self.lines.iter().enumerate() {
            let direction = self.direction(position);
            let (from, to) = (self.column_of[line.from], self.column_of[line.to]);
            let passed: Vec<usize> = if from < to { (from + 1..to).collect() } else { (to + 1..from).rev().collect() };
            let lanes = passed.into_iter().map(|column| {
                *open.entry((line.to, column, direction)).or_insert_with(|| {
                    self.cells.push(Cell { height: 0.0, is_lane: true });
                    self.columns[column].push(self.cells.len() - 1);
                    self.cells.len() - 1
                })
            });
            self.lanes.push(lanes.collect());
        }
    }

    fn cut_pieces(&mut self) {
        let mut gaps = vec![Vec::new(); self.columns.len().saturating_sub(1)];
        let mut known = BTreeSet::new();
        for (position, line) in self.lines.iter().enumerate() {
            let direction = self.direction(position);
            if direction == Direction::Around {
                continue;
            }
            let mut previous = (line.from, line.outlet);
            let mut column = self.column_of[line.from];
            let ends = self.lanes[position].iter().map(|lane| (*lane, 0.0));
            for next in ends.chain([(line.to, self.blocks[line.to].inlet)]) {
                let (left, right) = if direction == Direction::Right { (previous, next) } else { (next, previous) };
                let gap = if direction == Direction::Right { column } else { column - 1 };
                if known.insert((left.0, left.1.to_bits(), right.0, right.1.to_bits())) {
                    let piece = Piece { left: left.0, left_port: left.1, right: right.0, right_port: right.1 };
                    gaps[gap].push(piece);
                }
                column = if direction == Direction::Right { column + 1 } else { column - 1 };
                previous = next;
            }
        }
        self.gaps = gaps;
    }

    /// The finished layout, given how high each cell stands.
    pub(super) fn finish(&self, tops: &[f64]) -> Layout {
        let widths: Vec<f64> = self
            .columns
            .iter()
            .map(|column| column.iter().filter_map(|cell| self.blocks.get(*cell)).map(|block| block.width))
            .map(|widths| widths.fold(0.0, f64::max))
            .collect();
        let mut lefts = Vec::with_capacity(widths.len());
        let mut x = 0.0;
        for (column, width) in widths.iter().enumerate() {
            lefts.push(x);
            let gap = self.gaps.get(column).map_or(0.0, |pieces| gap_width(pieces, tops));
            x += width + gap;
        }
        let spot = |block: usize| {
            let column = self.column_of[block];
            Spot { x: lefts[column], y: tops[block], width: widths[column] }
        };
        let spots: Vec<Spot> = (0..self.blocks.len()).map(spot).collect();
        let ways: Vec<Way> = (0..self.lines.len()).map(|line| self.way(line, &spots, &lefts, &widths, tops)).collect();
        let bottoms = spots.iter().zip(&self.blocks).map(|(spot, block)| spot.y + block.height);
        let height = bottoms.chain(tops.iter().copied()).fold(0.0, f64::max);
        let bulge = if ways.iter().any(|way| way.direction == Direction::Around) { BULGE } else { 0.0 };
        Layout { spots, ways, width: x + bulge, height }
    }

    fn way(&self, line: usize, spots: &[Spot], lefts: &[f64], widths: &[f64], tops: &[f64]) -> Way {
        let Line { from, to, outlet, .. } = self.lines[line];
        let direction = self.direction(line);
        let (start, end) = (spots[from], spots[to]);
        let (start_x, end_x) = match direction {
            Direction::Right => (start.x + start.width, end.x),
            Direction::Left => (start.x, end.x + end.width),
            Direction::Around => (start.x + start.width, end.x + end.width),
        };
        let mut points = vec![Point { x: start_x, y: start.y + outlet }];
        for (number, lane) in self.lanes[line].iter().enumerate() {
            let column = self.column_of[from];
            let column = if direction == Direction::Right { column + number + 1 } else { column - number - 1 };
            let mut sides = [lefts[column], lefts[column] + widths[column]];
            if direction == Direction::Left {
                sides.reverse();
            }
            points.extend(sides.map(|x| Point { x, y: tops[*lane] }));
        }
        points.push(Point { x: end_x, y: end.y + self.blocks[to].inlet });
        Way { outlet, points, direction }
    }
}

/// The wider, the more the lines in it rise or fall.
fn gap_width(pieces: &[Piece], tops: &[f64]) -> f64 {
    let rise = |piece: &Piece| ((tops[piece.left] + piece.left_port) - (tops[piece.right] + piece.right_port)).abs();
    let rise = pieces.iter().map(rise).fold(0.0, f64::max);
    let crowd = real(pieces.len()).sqrt() * 5.0;
    (GAP.0 + crowd + rise * GAP.1).min(GAP.2).round()
}
