//! In which order boxes and lanes stand in their column, so that few lines cross: each moves to the middle of what it is
//! connected to, column by column, forth and back, and the best order seen wins.

use super::grid::{Grid, Piece};
use super::real;

/// How often the columns are gone through.
const ROUNDS: usize = 24;

/// After how many rounds without a better order to stop.
const PATIENCE: usize = 6;

/// Sorts the cells of each column.
pub(super) fn sort(grid: &mut Grid) {
    let mut positions = vec![0.0; grid.cells.len()];
    grid.columns.iter().for_each(|column| number(column, &mut positions));
    let mut best = (crossings(grid, &positions), grid.columns.clone());
    let mut since_best = 0;
    for round in 0..ROUNDS {
        if best.0 == 0 || since_best > PATIENCE {
            break;
        }
        let count = grid.columns.len();
        for step in 1..count {
            let (column, gap, to_left) =
                if round % 2 == 0 { (step, step - 1, true) } else { (count - 1 - step, count - 1 - step, false) };
            let middles = middles(grid, gap, to_left, &positions);
            let middle = |cell: &usize| middles[*cell].map_or(positions[*cell], |(sum, count)| sum / count);
            let mut sorted = grid.columns[column].clone();
            sorted.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
            number(&sorted, &mut positions);
            grid.columns[column] = sorted;
        }
        let crossings = crossings(grid, &positions);
        since_best += 1;
        if crossings < best.0 {
            best = (crossings, grid.columns.clone());
            since_best = 0;
        }
    }
    grid.columns = best.1;
}

fn number(column: &[usize], positions: &mut [f64]) {
    column.iter().enumerate().for_each(|(position, cell)| positions[*cell] = real(position));
}

/// For each cell, the sum and number of the places that its pieces in a gap lead to.
fn middles(grid: &Grid, gap: usize, to_left: bool, positions: &[f64]) -> Vec<Option<(f64, f64)>> {
    let mut middles = vec![None; grid.cells.len()];
    for piece in &grid.gaps[gap] {
        let (own, other) = if to_left {
            (piece.right, left_end(grid, piece, positions))
        } else {
            (piece.left, right_end(grid, piece, positions))
        };
        let (sum, count) = middles[own].unwrap_or((0.0, 0.0));
        middles[own] = Some((sum + other, count + 1.0));
    }
    middles
}

/// The place of a piece's end in its column: the cell's position, and by a fraction where at the cell.
fn left_end(grid: &Grid, piece: &Piece, positions: &[f64]) -> f64 {
    positions[piece.left] + piece.left_port / (grid.cells[piece.left].height + 1.0)
}

fn right_end(grid: &Grid, piece: &Piece, positions: &[f64]) -> f64 {
    positions[piece.right] + piece.right_port / (grid.cells[piece.right].height + 1.0)
}

/// How many pairs of pieces cross.
fn crossings(grid: &Grid, positions: &[f64]) -> usize {
    let mut crossings = 0;
    for pieces in &grid.gaps {
        let mut ends: Vec<(f64, f64)> =
            pieces.iter().map(|piece| (left_end(grid, piece, positions), right_end(grid, piece, positions))).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut rights: Vec<f64> = ends.into_iter().map(|(_, right)| right).collect();
        crossings += inversions(&mut rights);
    }
    crossings
}

/// How many pairs stand in the wrong order; sorts the list, by merging.
fn inversions(list: &mut [f64]) -> usize {
    if list.len() < 2 {
        return 0;
    }
    let (left, right) = list.split_at_mut(list.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut from_left, mut from_right) = (0, 0);
    while from_left < left.len() && from_right < right.len() {
        if left[from_left] <= right[from_right] {
            merged.push(left[from_left]);
            from_left += 1;
        } else {
            merged.push(right[from_right]);
            from_right += 1;
            count += left.len() - from_left;
        }
    }
    merged.extend_from_slice(&left[from_left..]);
    merged.extend_from_slice(&right[from_right..]);
    list.copy_from_slice(&merged);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_pairs_in_the_wrong_order() {
        let cases: [(&[f64], usize); 5] =
            [(&[], 0), (&[1.0, 2.0, 3.0], 0), (&[3.0, 2.0, 1.0], 3), (&[1.0, 1.0], 0), (&[2.0, 1.0, 3.0, 1.5], 3)];
        for (list, expected) in cases {
            assert_eq!(inversions(&mut list.to_vec()), expected, "{list:?}");
        }
    }
}
