//! Tables of services: "| web | 8080 | http |" says what "web (port 8080, http)" says.

use super::{Cutter, TokenKind};

/// The column of names.
const NAMES: &[&str] =
    &["service", "name", "application", "app", "microservice", "component", "node", "virtual node", "service name"];

/// Columns whose values tell by themselves what they are.
const PLAIN: &[&str] = &["protocol", "proto", "speaks"];

/// Columns of what is called.
const CALLS: &[&str] = &["calls", "depends on", "dependencies", "backends", "talks to", "upstreams", "uses"];

/// What stands in a cell that says nothing.
const EMPTY: &[&str] = &["", "-", "–", "—", "none", "n/a", "nothing"];

/// A table whose rows are being read.
pub(super) struct Table {
    /// The heads of its columns, in lower case.
    heads: Vec<String>,
    column: usize,
    /// Whether brackets are open.
    is_open: bool,
}

impl Cutter<'_> {
    /// The head of a table, with the line below it.
    pub(super) fn table(&mut self) -> bool {
        let mut lines = self.rest().split('\n');
        let (head, rule) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let heads: Vec<String> = cells(head).iter().map(|cell| cell.to_lowercase()).collect();
        let is_rule =
            !rule.trim().is_empty() && rule.chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' ' | '+' | '='));
        let is_head = heads.len() > 1 && NAMES.contains(&heads[0].as_str());
        // Whatever is called stands last, behind what is said of who calls.
        let calls = heads.iter().position(|head| CALLS.contains(&head.as_str()));
        if !is_head || calls.is_some_and(|at| at + 1 < heads.len()) || !rule.trim_start().starts_with('|') {
            return false;
        }
        // The next row begins behind the end of the line.
        self.at += head.len() + if is_rule { 1 + rule.len() } else { 0 };
        self.table = Some(Table { heads, column: 0, is_open: false });
        true
    }

    /// The mark between two cells of a table, or around its rows.
    pub(super) fn cell(&mut self, starts_line: bool) -> bool {
        let Some(mut table) = self.table.take() else { return false };
        let line = self.rest().lines().next().unwrap_or_default().to_owned();
        let next = line[1..].split('|').next().unwrap_or_default().trim().to_owned();
        let is_last = line[1..].trim().is_empty();
        table.column = if starts_line { 0 } else { table.column + 1 };
        let head = table.heads.get(table.column).cloned().unwrap_or_default();
        let (mark, word) = match table.column {
            _ if is_last && table.is_open => (")", ""),
            _ if is_last => ("", ""),
            0 => (".", if head.ends_with("node") { "node" } else { "" }),
            _ if CALLS.contains(&head.as_str()) => {
                let mark = if std::mem::take(&mut table.is_open) { ")" } else { "" };
                (mark, if EMPTY.contains(&next.to_lowercase().as_str()) { "" } else { "calls" })
            }
            _ if EMPTY.contains(&next.to_lowercase().as_str()) => ("", ""),
            _ => {
                let mark = if std::mem::replace(&mut table.is_open, true) { "," } else { "(" };
                (mark, if PLAIN.contains(&head.as_str()) { "" } else { head.as_str() })
            }
        };
        if is_last {
            table.is_open = false;
        }
        let is_empty = !is_last && table.column > 0 && EMPTY.contains(&next.to_lowercase().as_str());
        if mark.is_empty() {
            self.at += 1;
        } else {
            self.push_as(TokenKind::Mark, mark.to_owned(), 1);
        }
        for word in word.split(' ').filter(|word| !word.is_empty()) {
            self.push_as(TokenKind::Word, word.to_owned(), 0);
        }
        if is_empty {
            self.at += line[1..].find('|').unwrap_or(line.len() - 1);
        }
        self.table = Some(table);
        true
    }
}

/// The cells of a row.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let row = line.strip_prefix('|').map(|rest| rest.strip_suffix('|').unwrap_or(rest));
    row.map(|row| row.split('|').map(str::trim).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::lexer::tokens;

    fn check(request: &str, expected: &str) {
        let shown: Vec<String> = tokens(request).into_iter().map(|token| token.text).collect();
        assert_eq!(shown.join(" "), expected, "{request}");
    }

    #[test]
    fn a_row_says_what_brackets_behind_a_name_say() {
        check(
            "| Service | Port | Protocol | Calls |\n|---|---|---|---|\n| web | 80 | http | api, db |\n| db | 5432 | tcp | - |",
            ". web ( port 80 , http ) calls api , db . db ( port 5432 , tcp )",
        );
        check("| node | port |\n| a | 80 |\nmesh x", ". node a ( port 80 ) mesh x");
    }

    #[test]
    fn other_bars_are_no_table() {
        check("a | b", "a | b");
        check("| what | ever |\n|---|---|\n| a | b |", "| what | ever | | - - - | - - - | | a | b |");
    }
}
