//! Which of the words we know somebody most likely meant.

/// The known word that a reader most likely meant, if any is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let budget = (word.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| (distance(&lower, &candidate.to_lowercase(), budget), candidate))
        .filter(|(distance, _)| *distance <= budget)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one word of another; more
/// than `budget` where it is out of reach.
fn distance(a: &str, b: &str, budget: usize) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    if a.len().abs_diff(b.len()) > budget {
        return budget + 1;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(left != right);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        // A way to the end leads through each row, or by a swap past one.
        let is_out_of_reach = |row: &[usize]| row.iter().all(|so_far| *so_far > budget);
        if is_out_of_reach(&row) && is_out_of_reach(&rows[i]) {
            return budget + 1;
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_ignores_case_and_small_slips_but_not_other_words() {
        let known = || ["MaxServerErrors", "Interval", "Tags"].into_iter();
        assert_eq!(nearest("maxServerErrors", known()), Some("MaxServerErrors"));
        assert_eq!(nearest("Intervall", known()), Some("Interval"));
        assert_eq!(nearest("Tgas", known()), Some("Tags"));
        assert_eq!(nearest("Listeners", known()), None);
    }
}
