//! Tables as Markdown has them: each row is a sentence about the one in its first column, "web: http 8080, calls api".

use super::{Cutter, Token, TokenKind};

/// The most rows of one table.
const MAX_ROWS: usize = 200;

/// The most columns.
const MAX_COLUMNS: usize = 20;

/// What a column says, in the words of a sentence.
const COLUMNS: &[(&str, &[&str])] = &[
    ("", &["protocol", "proto", "port", "type", "listener", "listens on", "port/protocol", "protocol/port"]),
    (
        "calls",
        &[
            "calls",
            "call",
            "talks to",
            "depends on",
            "backends",
            "backend",
            "dependencies",
            "depends",
            "upstreams",
            "upstream",
            "uses",
            "downstream",
            "calls to",
            "connects to",
            "dependency",
            "consumes",
        ],
    ),
    ("called by", &["called by", "callers", "used by"]),
    (
        "health check",
        &["health check", "health", "healthcheck", "health path", "health check path", "health checks", "check"],
    ),
    ("dns", &["dns", "hostname", "dns name", "host", "host name", "dns hostname"]),
    ("versions", &["versions", "version"]),
    ("timeout", &["timeout", "request timeout"]),
    ("retries", &["retries"]),
];

/// Cells that say nothing.
const EMPTY: &[&str] = &["", "-", "–", "—", "none", "n/a", "nothing", "/"];

/// Words before a table that only say what it is.
const ABOUT: &[&str] = &[
    "services",
    "service",
    "ports",
    "port",
    "protocols",
    "protocol",
    "and",
    "the",
    "our",
    "are",
    "is",
    "list",
    "of",
    "table",
    "overview",
    "apps",
    "applications",
    "nodes",
    "following",
    "as",
    "follows",
    "these",
    "this",
    "here",
    "in",
    "calls",
    "with",
    "their",
    ",",
];

/// A cell by its place in the request.
type Cell = (usize, usize);

impl Cutter<'_> {
    /// Cuts a table that begins at this line; false where none does.
    pub(super) fn table(&mut self) -> bool {
        let lines: Vec<(usize, &str)> = lines(self.request, self.at).take(MAX_ROWS + 2).collect();
        let [first, second, ..] = lines.as_slice() else { return false };
        if !first.1.contains('|') || !is_rule(second.1) {
            return false;
        }
        let header = cells(*first);
        let rows: Vec<Vec<Cell>> =
            lines[2..].iter().take_while(|(_, line)| line.contains('|')).map(|line| cells(*line)).collect();
        let is_alike = |row: &Vec<Cell>| row.len() == header.len();
        if rows.is_empty() || header.len() < 2 || header.len() > MAX_COLUMNS || !rows.iter().all(is_alike) {
            return false;
        }
        self.drop_about();
        let titles: Vec<String> = header.iter().map(|cell| self.text(*cell).to_lowercase()).collect();
        for row in &rows {
            self.row(&titles, row);
        }
        let last = lines[1 + rows.len()];
        self.at = last.0 + last.1.len();
        true
    }

    fn text(&self, cell: Cell) -> &str {
        &self.request[cell.0..cell.1]
    }

    /// "Services and ports:" before a table says no more than it.
    fn drop_about(&mut self) {
        let start =
            self.tokens.iter().rposition(|token| matches!(token.low.as_str(), "." | ";")).map_or(0, |end| end + 1);
        let (is_label, words) = match self.tokens[start..].split_last() {
            Some((last, words)) => (last.low == ":", words),
            None => return,
        };
        if is_label && words.iter().all(|token| ABOUT.contains(&token.low.as_str())) {
            self.tokens.truncate(start);
        } else {
            self.push_as(TokenKind::Mark, ".".to_owned(), 0);
        }
    }

    fn row(&mut self, titles: &[String], row: &[Cell]) {
        self.cell(row[0]);
        let mut joint = ":";
        let mut was_listener = false;
        for (title, cell) in titles.iter().zip(row).skip(1) {
            let text = self.text(*cell).to_lowercase();
            if EMPTY.contains(&text.as_str()) {
                continue;
            }
            let column = COLUMNS.iter().find(|(_, names)| names.contains(&title.as_str()));
            let label = column.map_or(title.as_str(), |(label, _)| label);
            self.at = cell.0;
            // A protocol and its port are one.
            if !(was_listener && label.is_empty()) {
                self.push_as(TokenKind::Mark, joint.to_owned(), 0);
            }
            match (title.as_str(), text.as_str()) {
                ("tls", "yes" | "on" | "true" | "enabled" | "✓" | "x") => self.words("with tls"),
                ("tls", "no" | "off" | "false" | "disabled") => self.words("no tls"),
                ("tls", "strict" | "permissive") => {
                    self.cell(*cell);
                    self.words("tls");
                }
                _ => {
                    let label = label.to_owned();
                    self.words(&label);
                    if title == "port" && !was_listener {
                        self.words("port");
                    }
                    self.cell(*cell);
                }
            }
            was_listener = label_is_listener(title);
            joint = ",";
        }
        self.push_as(TokenKind::Mark, ".".to_owned(), 0);
    }

    /// Words that take up no room.
    fn words(&mut self, words: &str) {
        for word in words.split_whitespace() {
            self.push_as(TokenKind::Word, word.to_owned(), 0);
        }
    }

    /// Cuts a cell.
    fn cell(&mut self, (start, end): Cell) {
        let mut inner =
            Cutter { request: &self.request[..end], at: start, items: 0, is_list: false, tokens: Vec::new() };
        while inner.tokens.len() < super::MAX_TOKENS && inner.next() {}
        self.tokens.extend(inner.tokens.into_iter().filter(|token: &Token| token.low != "`"));
        self.at = end;
    }
}

fn label_is_listener(title: &str) -> bool {
    COLUMNS[0].1.contains(&title)
}

/// The lines from a place on, each with its place.
fn lines(request: &str, mut at: usize) -> impl Iterator<Item = (usize, &str)> {
    request[at..].split('\n').map(move |line| {
        let place = at;
        at += line.len() + 1;
        (place, line)
    })
}

/// Whether a line is the rule below a table's head.
fn is_rule(line: &str) -> bool {
    line.contains('-')
        && line.contains('|')
        && line.trim().chars().all(|letter| matches!(letter, '-' | ':' | '|' | ' '))
}

/// The cells of a row, without the space around them.
fn cells((place, line): (usize, &str)) -> Vec<Cell> {
    let trimmed = line.trim();
    let inner = trimmed.strip_prefix('|').unwrap_or(trimmed);
    let mut at = place + (line.len() - line.trim_start().len()) + (trimmed.len() - inner.len());
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .split('|')
        .map(|cell| {
            let start = at + (cell.len() - cell.trim_start().len());
            at += cell.len() + 1;
            (start, start + cell.trim().len())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tokens;

    #[test]
    fn each_row_is_a_sentence() {
        let request = "Ports:\n| service | protocol | port | calls |\n|---|:--|---|---|\n| web | http | 80 | api |\n| api | grpc | 90 | - |\nmesh x";
        let shown: Vec<String> = tokens(request).into_iter().map(|token| token.low).collect();
        assert_eq!(shown.join(" "), "web : http 80 , calls api . api : grpc 90 . mesh x");
    }

    #[test]
    fn bars_alone_are_no_table() {
        let shown: Vec<String> = tokens("a | b\nc | d").into_iter().map(|token| token.low).collect();
        assert_eq!(shown.join(" "), "a | b c | d");
    }
}
