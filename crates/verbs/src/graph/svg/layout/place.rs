//! How high each box and lane stands, so that lines run straight: each is drawn to the heights of what it is connected
//! to, and those that would overlap share the move.

use super::grid::{Grid, Piece};

/// How often the columns are gone through.
const ROUNDS: usize = 16;

/// The space between two boxes of a column, between a box and a lane, and between two lanes.
const SPACES: [f64; 3] = [20.0, 14.0, 8.0];

/// How much harder a lane is to move than a box with as many lines, so that long lines run straight.
const LANE_WEIGHT: f64 = 3.0;

/// How hard a cell without lines is to move.
const LOOSE_WEIGHT: f64 = 0.1;

/// The top of each cell; the highest is 0.
pub(super) fn tops(grid: &Grid) -> Vec<f64> {
    let mut tops = vec![0.0; grid.cells.len()];
    for column in &grid.columns {
        for (cell, offset) in column.iter().zip(offsets(grid, column)) {
            tops[*cell] = offset;
        }
    }
    for round in 0..ROUNDS {
        let count = grid.columns.len();
        for step in 0..count {
            let column = if round % 2 == 0 { step } else { count - 1 - step };
            let both = round + 2 >= ROUNDS;
            settle(grid, column, both || round % 2 == 0, both || round % 2 == 1, &mut tops);
        }
    }
    let highest = tops.iter().copied().fold(f64::INFINITY, f64::min);
    tops.iter().map(|top| (top - highest).round()).collect()
}

/// How far under the first cell of a column each stands when all stand close.
fn offsets(grid: &Grid, column: &[usize]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(column.len());
    let mut next = 0.0;
    for (position, cell) in column.iter().enumerate() {
        if let Some(previous) = position.checked_sub(1) {
            let lanes = [column[previous], *cell].iter().filter(|cell| grid.cells[**cell].is_lane).count();
            next += SPACES[lanes];
        }
        offsets.push(next);
        next += grid.cells[*cell].height;
    }
    offsets
}

/// Moves the cells of one column to where the lines to their neighbours run straightest.
fn settle(grid: &Grid, column: usize, by_left: bool, by_right: bool, tops: &mut [f64]) {
    let cells = &grid.columns[column];
    let mut wishes = vec![(0.0, 0.0); grid.cells.len()];
    let mut wish = |cell: usize, top: f64| {
        wishes[cell] = (wishes[cell].0 + top, wishes[cell].1 + 1.0);
    };
    if by_left && column > 0 {
        for Piece { left, left_port, right, right_port } in &grid.gaps[column - 1] {
            wish(*right, tops[*left] + left_port - right_port);
        }
    }
    if by_right && let Some(pieces) = grid.gaps.get(column) {
        for Piece { left, left_port, right, right_port } in pieces {
            wish(*left, tops[*right] + right_port - left_port);
        }
    }
    let offsets = offsets(grid, cells);
    let wishes: Vec<(f64, f64)> = cells
        .iter()
        .zip(&offsets)
        .map(|(cell, offset)| {
            let (sum, count) = wishes[*cell];
            let (top, weight) = if count > 0.0 { (sum / count, count) } else { (tops[*cell], LOOSE_WEIGHT) };
            (top - offset, if grid.cells[*cell].is_lane { weight * LANE_WEIGHT } else { weight })
        })
        .collect();
    for ((cell, offset), level) in cells.iter().zip(&offsets).zip(levels(&wishes)) {
        tops[*cell] = level + offset;
    }
}

/// The rising sequence nearest to the wished one, by the sum of weighted squares (pool adjacent violators).
fn levels(wishes: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (wish, weight) in wishes {
        let mut pool = (wish * weight, *weight, 1);
        while let Some(last) = pools.last().copied().filter(|last| last.0 / last.1 > pool.0 / pool.1) {
            pool = (last.0 + pool.0, last.1 + pool.1, last.2 + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, *count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wishes: &[(f64, f64)], expected: &[f64]) {
        assert_eq!(levels(wishes), expected);
    }

    #[test]
    fn what_would_overlap_shares_the_move() {
        check(&[(1.0, 1.0), (2.0, 1.0)], &[1.0, 2.0]);
        check(&[(4.0, 1.0), (2.0, 1.0)], &[3.0, 3.0]);
        check(&[(0.0, 1.0), (9.0, 1.0), (3.0, 2.0)], &[0.0, 5.0, 5.0]);
    }
}
