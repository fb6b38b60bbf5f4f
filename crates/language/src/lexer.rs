//! A request cut into tokens: words, names, numbers with their units, paths, quotations.
//!
//! Cutting knows how things are spelt and nothing of what they mean. Every token keeps its place in the request.

mod layout;
mod number;
mod spelt;
mod table;
mod value;

use crate::intent::Span;

/// A piece of the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Its text in lower case, without quotes; a symbol's own name once the lexicon knows it.
    pub(crate) low: String,
    /// Its text as written, without quotes.
    pub(crate) text: String,
    /// Where it starts, in bytes.
    pub(crate) start: usize,
    /// Where it ends, in bytes.
    pub(crate) end: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// Letters only.
    Word,
    /// A word that the lexicon knows; `low` is its symbol.
    Symbol,
    /// A name by its spelling: `payment-service-v1`, `OrdersNode`, `v2`.
    Name,
    /// A name with dots: `orders.local`, `10.0.0.1`.
    Host,
    /// `/api/v1`
    Path,
    /// In quotes or ticks.
    Quoted,
    /// `arn:aws:…`, `https://…`
    Address,
    /// A whole number.
    Number(u32),
    /// A number of hundredths.
    Percent(u32),
    /// A number with a unit of time.
    Span(Span),
    /// `90/10`
    Ratio(Vec<u32>),
    /// A mark between words.
    Mark,
}

/// Most tokens that are read of a request; what is beyond is said to be so.
pub(crate) const MAX_TOKENS: usize = 4000;

/// The longest quotation, in bytes.
const MAX_QUOTED: usize = 2000;

/// Cuts a request into tokens.
pub(crate) fn tokens(request: &str) -> Vec<Token> {
    let mut cutter = Cutter { request, at: 0, items: 0, is_list: false, tokens: Vec::new() };
    while cutter.tokens.len() < MAX_TOKENS && cutter.next() {}
    spelt::join(&cutter.tokens)
}

/// Joins what says one value in several tokens: `80 percent`.
pub(crate) fn joined(tokens: &[Token]) -> Vec<Token> {
    spelt::join(tokens)
}

/// Values that are words, as App Mesh writes them.
///
/// Source: the enumerations of `PortProtocol`, `ListenerTlsMode`, `EgressFilterType`, `DnsResponseType`, `IpPreference` and
/// the retry events of the App Mesh API.
const VALUES: &[&str] = &[
    "http",
    "http2",
    "grpc",
    "tcp",
    "STRICT",
    "PERMISSIVE",
    "DISABLED",
    "DROP_ALL",
    "ALLOW_ALL",
    "LOADBALANCER",
    "ENDPOINTS",
    "IPv6_PREFERRED",
    "IPv4_PREFERRED",
    "IPv4_ONLY",
    "IPv6_ONLY",
    "server-error",
    "gateway-error",
    "client-error",
    "stream-error",
    "connection-error",
    "deadline-exceeded",
    "resource-exhausted",
];

/// Words before a name, whatever it looks like.
const BEFORE_NAMES: &[&str] = &[
    "node", "nodes", "service", "services", "router", "routers", "gateway", "gateways", "mesh", "route", "routes",
    "named", "called", "name", "value", "header", "tag", "key",
];

/// Words before a text, which may be a word that is a value elsewhere.
const BEFORE_TEXTS: &[&str] =
    &["version", ":", "=", "==", "is", "equals", "starts", "ends", "prefix", "suffix", "exactly", "contains", "to"];

struct Cutter<'r> {
    request: &'r str,
    at: usize,
    /// The number of the last item of a list.
    items: u32,
    /// Whether the line before is an item of a list.
    is_list: bool,
    tokens: Vec<Token>,
}

/// Opening quotation marks and what closes them.
const QUOTES: [(char, char); 6] = [('\'', '\''), ('"', '"'), ('`', '`'), ('“', '”'), ('‘', '’'), ('«', '»')];

impl Cutter<'_> {
    fn rest(&self) -> &str {
        &self.request[self.at..]
    }

    /// Cuts one token; false at the end.
    fn next(&mut self) -> bool {
        let skipped = self.rest().len() - self.rest().trim_start().len();
        let starts_line = self.at == 0 || self.rest()[..skipped].contains('\n');
        self.at += skipped;
        let Some(first) = self.rest().chars().next() else { return false };
        if starts_line && self.table() {
            return true;
        }
        if (skipped > 0 || self.at == 0) && self.item(starts_line) {
            return true;
        }
        if starts_line {
            self.end_of_list(skipped);
            self.heading();
        }
        if let Some((_, close)) = QUOTES.iter().find(|(open, _)| *open == first)
            && self.quoted(first, *close)
        {
            return true;
        }
        if first == '/' && self.parts_counts() {
            self.push_as(TokenKind::Mark, ",".to_owned(), 1);
            return true;
        }
        if first == '/' && self.path() {
            return true;
        }
        if first == '?' && self.is_query_next() {
            self.push_as(TokenKind::Word, "query".to_owned(), 1);
            return true;
        }
        // A pattern begins with its anchor, and a number below zero is none that anything here can be.
        let is_signed = first == '-'
            && self.rest()[1..].starts_with(|next: char| next.is_ascii_digit())
            && self.tokens.last().is_none_or(|last| last.end < self.at && !matches!(last.kind, TokenKind::Number(_)));
        if let Some(length) = value::operator(self.rest()) {
            self.push(TokenKind::Quoted, length);
            return true;
        }
        if let Some(length) = value::pattern(self.rest()) {
            self.push(TokenKind::Quoted, length);
            return true;
        }
        if first == '^' || is_signed {
            let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
            let length = self.rest()[..length].trim_end_matches([',', ';']).len();
            let kind = if is_signed { TokenKind::Mark } else { TokenKind::Quoted };
            self.push(kind, length);
            return true;
        }
        if first.is_ascii_digit() {
            self.number();
            return true;
        }
        let is_suffix = matches!(first, '.' | '*')
            && self.rest()[1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '.' && first == '*')
            && self.tokens.last().is_none_or(|last| last.end < self.at);
        if first.is_alphanumeric() || first == '_' || is_suffix || first == '-' && self.is_end_next() {
            self.word();
            return true;
        }
        self.mark(first);
        true
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let text = self.rest()[..length].to_owned();
        self.push_as(kind, text, length);
    }

    fn push_as(&mut self, kind: TokenKind, text: String, length: usize) {
        let start = self.at;
        self.at += length;
        self.tokens.push(Token { kind, low: text.to_lowercase(), text, start, end: self.at });
    }

    /// A quotation; an apostrophe that nothing closes before the line ends is none.
    fn quoted(&mut self, open: char, close: char) -> bool {
        let body = &self.rest()[open.len_utf8()..];
        let line = body.char_indices().take_while(|(at, letter)| *letter != '\n' && *at < MAX_QUOTED);
        let line = line.last().map_or(0, |(at, letter)| at + letter.len_utf8());
        let ends = |at: usize| !body[at + close.len_utf8()..].starts_with(|next: char| next.is_alphanumeric());
        let Some(length) = body[..line].match_indices(close).map(|(at, _)| at).find(|at| ends(*at)) else {
            return false;
        };
        let text = body[..length].trim().to_owned();
        if text.is_empty() {
            return false;
        }
        let whole = open.len_utf8() + length + close.len_utf8();
        match self.value_in(&text) {
            Some(kind) => self.push_as(kind, text, whole),
            None => self.push_as(TokenKind::Quoted, text, whole),
        }
        true
    }

    /// What a quotation is that holds a value and nothing else: "port `8080`", "protocol 'grpc'", "every "5s"". What a word
    /// before it says to be a name or a text stays one.
    fn value_in(&self, text: &str) -> Option<TokenKind> {
        let before = self.tokens.last().map_or("", |last| last.low.as_str());
        if BEFORE_NAMES.contains(&before) {
            return None;
        }
        let is_value = VALUES.contains(&text) || text.len() > 4 && VALUES.contains(&text.to_uppercase().as_str());
        if is_value && !BEFORE_TEXTS.contains(&before) {
            return Some(TokenKind::Word);
        }
        let is_number = text.starts_with(|first: char| first.is_ascii_digit()) && !text.contains(char::is_whitespace);
        if !is_number {
            return None;
        }
        match &tokens(text)[..] {
            [
                Token {
                    kind:
                        kind @ (TokenKind::Number(_) | TokenKind::Span(_) | TokenKind::Percent(_) | TokenKind::Ratio(_)),
                    ..
                },
            ] => Some(kind.clone()),
            _ => None,
        }
    }

    /// Whether a slash stands between two counts, and is no path: "3 healthy / 4 unhealthy".
    fn parts_counts(&self) -> bool {
        let after = self.rest()[1..].trim_start();
        let is_apart = after.len() + 1 < self.rest().len() && after.starts_with(|next: char| next.is_ascii_digit());
        let mut before = self.tokens.iter().rev();
        let is_counted = before.next().is_some_and(|noun| noun.kind == TokenKind::Word && noun.low != "path")
            && before.next().is_some_and(|count| matches!(count.kind, TokenKind::Number(_)));
        is_apart && is_counted
    }

    /// `/api`, up to a space; a mark at its end belongs to the sentence.
    fn path(&mut self) -> bool {
        let is_after_word = self.tokens.last().is_some_and(|last| last.end == self.at && last.kind != TokenKind::Mark);
        if is_after_word {
            return false;
        }
        let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        let path = self.rest()[..length].trim_end_matches([',', ';', ')', '.', ':', '!', '?', '\'', '"', '’']);
        // "kiosk [http 8080, logs to /dev/stdout]"
        let bracket = self.tokens.iter().rev().find(|token| matches!(token.text.as_str(), "[" | "]"));
        let path = if bracket.is_some_and(|mark| mark.text == "[") { path.trim_end_matches(']') } else { path };
        if path.is_empty() {
            return false;
        }
        let length = path.len();
        self.push(TokenKind::Path, length);
        true
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.find(|letter: char| !is_name_letter(letter)).unwrap_or(rest.len());
        let text = rest[..length].trim_end_matches(['.', '-', '_']);
        if let Some(length) = value::media_type(rest, text) {
            self.push(TokenKind::Quoted, length);
        } else if let Some(length) = value::address(rest, text) {
            self.push(TokenKind::Address, length);
        } else if let Some(length) = value::tagged_image(rest, text).filter(|_| self.is_image_next()) {
            self.push(TokenKind::Address, length);
        } else if let Some(length) = value::versioned_http(rest, text) {
            self.push(TokenKind::Word, length);
        } else if let Some(length) = that_is(rest) {
            self.push_as(TokenKind::Mark, ",".to_owned(), length);
        } else if let Some(word) = shortened(rest) {
            self.push_as(TokenKind::Word, word.to_owned(), word_length(rest));
        } else if let Some(tail) = apostrophe(&rest[text.len()..]) {
            // `doesn't`, `node's`
            let length = text.len() + tail;
            let is_possessive = tail == rest[text.len()..].chars().next().map_or(0, char::len_utf8) + 1;
            let word = if is_possessive && rest[..length].ends_with('s') {
                text.to_owned()
            } else {
                rest[..length].replace('’', "'")
            };
            let kind = if word.contains('\'') { TokenKind::Word } else { kind_of(&word) };
            self.push_as(kind, word, length);
        } else {
            let length = text.len().max(rest.chars().next().map_or(1, char::len_utf8));
            let length = length + usize::from(self.is_start_next(&rest[length..]));
            let kind = kind_of(&rest[..length]);
            self.push(kind, length);
        }
    }

    /// Whether a query parameter stands here as it does in an address: `?beta=true`.
    fn is_query_next(&self) -> bool {
        let is_apart = self.tokens.last().is_none_or(|last| last.end < self.at);
        let name = self.rest()[1..].split(|letter: char| !is_name_letter(letter)).next().unwrap_or_default();
        is_apart && !name.is_empty() && self.rest()[1 + name.len()..].starts_with('=')
    }

    /// Whether only an image can stand here: "image nginx:1.25".
    fn is_image_next(&self) -> bool {
        let mut before = self.tokens.iter().rev().skip_while(|token| matches!(token.low.as_str(), "is" | ":" | "="));
        let Some(before) = before.next() else { return false };
        // "container nginx:1.25", but "container web:8080"
        let word = self.rest().split(char::is_whitespace).next().unwrap_or_default();
        let is_tagged = word
            .split_once(':')
            .is_some_and(|(_, tag)| tag.contains(|letter: char| letter.is_alphabetic() || letter == '.'));
        matches!(before.low.as_str(), "image" | "images") || before.low == "container" && is_tagged
    }

    /// Whether the end of a value stands here, which may begin with a hyphen: "ending in -eu".
    fn is_end_next(&self) -> bool {
        let is_after_space = self.tokens.last().is_some_and(|last| last.end < self.at);
        let follows = self.tokens.last().is_some_and(|last| matches!(last.low.as_str(), "in" | "with" | "suffix"));
        is_after_space && follows && self.rest()[1..].starts_with(|next: char| next.is_ascii_alphanumeric())
    }

    /// Whether the start of a value stands here, which may end in a hyphen: "starting with eu-".
    fn is_start_next(&self, rest: &str) -> bool {
        let follows = self.tokens.last().is_some_and(|last| matches!(last.low.as_str(), "with" | "prefix" | "by"));
        let ends = |rest: &str| {
            rest.chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, ',' | ';' | '.' | ')'))
        };
        follows && rest.strip_prefix('-').is_some_and(ends)
    }

    fn mark(&mut self, first: char) {
        let rest = self.rest();
        let arrow = ["->", "=>", "-->", "→", "⇒"].into_iter().find(|arrow| rest.starts_with(arrow));
        if let Some(arrow) = arrow {
            self.push(TokenKind::Mark, arrow.len());
            if let Some(arrow) = self.tokens.last_mut() {
                "to".clone_into(&mut arrow.low);
            }
            return;
        }
        let two = ["==", "!="].into_iter().find(|mark| rest.starts_with(mark));
        // "oven [http 8080]"
        let opened = self.tokens.iter().rev().find(|token| matches!(token.text.as_str(), "[" | "]"));
        let like = match first {
            '[' if self.tokens.last().is_some_and(|last| last.kind != TokenKind::Mark) => Some("("),
            ']' if opened.is_some_and(|mark| mark.low == "(") => Some(")"),
            _ => None,
        };
        self.push(TokenKind::Mark, two.map_or(first.len_utf8(), str::len));
        if let (Some(like), Some(mark)) = (like, self.tokens.last_mut()) {
            like.clone_into(&mut mark.low);
        }
    }
}

/// A word that is written short with a slash: `w/`, `w/o`.
/// How long "that is" is where it is said in short, with the comma that may follow.
fn that_is(rest: &str) -> Option<usize> {
    let short = ["i.e.", "i. e."].into_iter().find(|short| rest.to_ascii_lowercase().starts_with(short))?;
    Some(short.len() + usize::from(rest[short.len()..].starts_with(',')))
}

fn shortened(rest: &str) -> Option<&'static str> {
    match rest[..word_length(rest)].to_ascii_lowercase().as_str() {
        "w/" => Some("with"),
        "w/o" => Some("without"),
        _ => None,
    }
}

fn word_length(rest: &str) -> usize {
    rest.find(char::is_whitespace).unwrap_or(rest.len())
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '*')
}

/// How far an apostrophe's ending goes: `'s`, `n't` has its n before.
fn apostrophe(rest: &str) -> Option<usize> {
    let mut letters = rest.chars();
    let mark = letters.next().filter(|mark| matches!(mark, '\'' | '’'))?;
    let tail: usize = letters.take_while(|letter| letter.is_alphabetic()).map(char::len_utf8).sum();
    (1..=2).contains(&tail).then_some(mark.len_utf8() + tail)
}

fn kind_of(text: &str) -> TokenKind {
    let has_inner_upper = text.chars().skip(1).any(char::is_uppercase) && !text.chars().all(char::is_uppercase);
    if text.contains('.') || text.contains('*') {
        TokenKind::Host
    } else if has_inner_upper || text.contains(|letter: char| letter.is_numeric() || matches!(letter, '-' | '_')) {
        TokenKind::Name
    } else {
        TokenKind::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &str, expected: &[(TokenKind, &str)]) {
        let found: Vec<(TokenKind, String)> =
            tokens(request).into_iter().map(|token| (token.kind, token.text)).collect();
        let expected: Vec<(TokenKind, String)> =
            expected.iter().map(|(kind, text)| (kind.clone(), (*text).to_owned())).collect();
        assert_eq!(found, expected, "{request}");
    }

    #[test]
    fn numbers_take_their_units() {
        use TokenKind::{Number, Percent, Ratio};
        check("30 seconds", &[(TokenKind::Span(Span::seconds(30)), "30")]);
        check("1.5s", &[(TokenKind::Span(Span::millis(1500)), "1.5s")]);
        check("a two-second", &[(TokenKind::Word, "a"), (TokenKind::Span(Span::seconds(2)), "two-second")]);
        check("ninety percent", &[(Percent(90), "ninety")]);
        check("90% 90/10 8080", &[(Percent(90), "90%"), (Ratio(vec![90, 10]), "90/10"), (Number(8080), "8080")]);
        check("twenty five", &[(Number(25), "twenty")]);
        check("10,000 x", &[(Number(10_000), "10,000"), (TokenKind::Word, "x")]);
    }

    #[test]
    fn an_end_keeps_its_first_mark() {
        check("ending in -eu", &[(TokenKind::Word, "ending"), (TokenKind::Word, "in"), (TokenKind::Name, "-eu")]);
        check(
            "with eu-, x",
            &[(TokenKind::Word, "with"), (TokenKind::Name, "eu-"), (TokenKind::Mark, ","), (TokenKind::Word, "x")],
        );
        check("with .eu", &[(TokenKind::Word, "with"), (TokenKind::Host, ".eu")]);
    }

    #[test]
    fn names_paths_and_quotations_stay_whole() {
        use TokenKind::{Host, Mark, Name, Path, Quoted, Word};
        check(
            "send '/v1, x' to payment-service-v1, orders.local.",
            &[
                (Word, "send"),
                (Quoted, "/v1, x"),
                (Word, "to"),
                (Name, "payment-service-v1"),
                (Mark, ","),
                (Host, "orders.local"),
                (Mark, "."),
            ],
        );
        check("/api/v1. doesn't HTTP/2", &[(Path, "/api/v1"), (Mark, "."), (Word, "doesn't"), (Word, "HTTP/2")]);
    }
}
