//! Which box stands in which column.
//!
//! Columns come in threes: gateways and nodes, virtual services, routers. A line leads at least to the next column of
//! the kind of its end, so that a column holds one kind.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

use super::{Block, Line};

/// How many columns the longest way may take; where it takes more, the shortest ways decide.
const COLUMN_LIMIT: usize = 30;

/// The boxes in the order in which one meets them when one follows the lines.
pub(super) fn first_seen_order(count: usize, lines: &[Line]) -> Vec<usize> {
    let (followers, reached) = followers(count, lines);
    let starts = (0..count).filter(|block| !reached[*block]).chain(0..count);
    let (mut seen, mut order) = (vec![false; count], Vec::with_capacity(count));
    for start in starts {
        let mut open = vec![start];
        while let Some(block) = open.pop() {
            if !std::mem::replace(&mut seen[block], true) {
                order.push(block);
                open.extend(followers[block].iter().rev().filter(|follower| !seen[**follower]));
            }
        }
    }
    order
}

/// What each box leads to, and whether another box leads to it.
fn followers(count: usize, lines: &[Line]) -> (Vec<Vec<usize>>, Vec<bool>) {
    let (mut followers, mut reached) = (vec![Vec::new(); count], vec![false; count]);
    for line in lines.iter().filter(|line| line.from != line.to) {
        followers[line.from].push(line.to);
        reached[line.to] = true;
    }
    (followers, reached)
}

/// The column of each box.
pub(super) fn columns(blocks: &[Block], lines: &[Line]) -> Vec<usize> {
    let (followers, reached) = followers(blocks.len(), lines);
    let near = shortest(blocks, &followers, &reached);
    let mut columns = longest(blocks, &followers, &near);
    if columns.iter().any(|column| *column > COLUMN_LIMIT) {
        columns = near;
    }
    for block in (0..blocks.len()).filter(|block| !reached[*block] && blocks[*block].phase > 0) {
        let followers = followers[block].iter();
        let latest = followers.filter_map(|follower| columns[*follower].checked_sub(step(blocks, block, *follower)));
        columns[block] = latest.min().unwrap_or(columns[block]);
    }
    let used: BTreeSet<usize> = columns.iter().copied().collect();
    let numbers: BTreeMap<usize, usize> = used.into_iter().zip(0..).collect();
    columns.iter().map(|column| numbers[column]).collect()
}

/// How many columns a line from one box to another takes at least.
fn step(blocks: &[Block], from: usize, to: usize) -> usize {
    match (blocks[to].phase + 3 - blocks[from].phase) % 3 {
        0 => 3,
        step => step,
    }
}

/// The columns by the shortest way from a box that nothing leads to, or else from a virtual service.
fn shortest(blocks: &[Block], followers: &[Vec<usize>], reached: &[bool]) -> Vec<usize> {
    let mut columns: Vec<Option<usize>> = vec![None; blocks.len()];
    let mut open: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
    let unreached = (0..blocks.len()).filter(|block| !reached[*block]);
    open.extend(unreached.map(|block| Reverse((blocks[block].phase, block))));
    let mut rest: Vec<usize> = (0..blocks.len()).collect();
    rest.sort_by_key(|block| (blocks[*block].phase != 1, *block));
    let mut rest = rest.into_iter();
    loop {
        while let Some(Reverse((column, block))) = open.pop() {
            if columns[block].is_none() {
                columns[block] = Some(column);
                let next = followers[block].iter().filter(|follower| columns[**follower].is_none());
                open.extend(next.map(|follower| Reverse((column + step(blocks, block, *follower), *follower))));
            }
        }
        match rest.find(|block| columns[*block].is_none()) {
            Some(block) => open.push(Reverse((blocks[block].phase, block))),
            None => break,
        }
    }
    columns.into_iter().flatten().collect()
}

/// The columns by the longest way; a circle is cut where it is nearest to the start.
fn longest(blocks: &[Block], followers: &[Vec<usize>], near: &[usize]) -> Vec<usize> {
    let count = blocks.len();
    let mut waiting = vec![0; count];
    followers.iter().flatten().for_each(|follower| waiting[*follower] += 1);
    let mut columns: Vec<usize> = blocks.iter().map(|block| block.phase).collect();
    let mut from_nearer = columns.clone();
    let mut rest: BTreeSet<(usize, usize)> = near.iter().copied().zip(0..count).collect();
    let mut ready: VecDeque<usize> = (0..count).filter(|block| waiting[*block] == 0).collect();
    while !rest.is_empty() {
        let block = ready.pop_front().or_else(|| {
            let (_, block) = rest.first()?;
            columns[*block] = from_nearer[*block];
            Some(*block)
        });
        let Some(block) = block else { break };
        if !rest.remove(&(near[block], block)) {
            continue;
        }
        for follower in &followers[block] {
            waiting[*follower] -= 1;
            if !rest.contains(&(near[*follower], *follower)) {
                continue;
            }
            let column = columns[block] + step(blocks, block, *follower);
            columns[*follower] = columns[*follower].max(column);
            if near[block] < near[*follower] {
                from_nearer[*follower] = from_nearer[*follower].max(column);
            }
            if waiting[*follower] == 0 {
                ready.push_back(*follower);
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of boxes of these phases with these lines between.
    fn check(phases: &[usize], lines: &[(usize, usize)], expected: &[usize]) {
        let block = |phase: &usize| Block { width: 10.0, height: 10.0, phase: *phase, inlet: 5.0 };
        let line = |(from, to): &(usize, usize)| Line { from: *from, to: *to, outlet: 5.0, group: 0 };
        let blocks: Vec<Block> = phases.iter().map(block).collect();
        let lines: Vec<Line> = lines.iter().map(line).collect();
        assert_eq!(columns(&blocks, &lines), expected);
    }

    #[test]
    fn a_box_stands_after_the_longest_way_to_it() {
        check(&[0, 1, 2, 0], &[(0, 1), (1, 2), (2, 3)], &[0, 1, 2, 3]);
        check(&[0, 1, 0, 1], &[(0, 1), (1, 2), (2, 3), (0, 3)], &[0, 1, 2, 3]);
    }

    #[test]
    fn a_circle_is_cut_where_it_is_entered() {
        check(&[0, 1, 2, 0], &[(0, 1), (1, 2), (2, 3), (3, 1)], &[0, 1, 2, 3]);
        check(&[0, 1, 2], &[(0, 1), (1, 2), (2, 0)], &[2, 0, 1]);
    }

    #[test]
    fn what_nothing_leads_to_stands_close_to_what_it_leads_to() {
        check(&[0, 1, 0, 1, 2, 2], &[(0, 1), (1, 2), (2, 3), (3, 4), (5, 2)], &[0, 1, 3, 4, 5, 2]);
    }

    #[test]
    fn a_box_may_lead_to_itself() {
        check(&[0, 1], &[(0, 0), (0, 1)], &[0, 1]);
    }
}
