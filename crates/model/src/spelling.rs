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

/// The only known word that another can be a slip of: a letter or two apart, with the same digits, as `v1` is no slip of `v2`;
/// `None` where there are several, or the word is too short to tell.
pub fn only_slip<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    let budget = match word.chars().count() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let is_near = |candidate: &&str| {
        distance(&lower, &candidate.to_lowercase(), budget) <= budget && digits(candidate) == digits(word)
    };
    let mut near: Vec<&str> = known.filter(is_near).collect();
    near.sort_unstable();
    near.dedup();
    match near.as_slice() {
        [only] => Some(only),
        _ => None,
    }
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
    fn a_slip_is_one_only_where_nothing_else_can_be_meant() {
        let known = || ["payments-v1", "payments-v2", "orders", "order-log", "web"].into_iter();
        assert_eq!(only_slip("paymets-v1", known()), Some("payments-v1"));
        assert_eq!(only_slip("payments-v3", known()), None);
        assert_eq!(only_slip("Order", known()), Some("orders"));
        assert_eq!(only_slip("wab", known()), None);
        assert_eq!(only_slip("colour", ["color", "colours"].into_iter()), None);
    }

    #[test]
    fn nearest_ignores_case_and_small_slips_but_not_other_words() {
        let known = || ["MaxServerErrors", "Interval", "Tags"].into_iter();
        assert_eq!(nearest("maxServerErrors", known()), Some("MaxServerErrors"));
        assert_eq!(nearest("Intervall", known()), Some("Interval"));
        assert_eq!(nearest("Tgas", known()), Some("Tags"));
        assert_eq!(nearest("Listeners", known()), None);
    }
}
