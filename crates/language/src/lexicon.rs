//! The words that the grammar knows: each thing has one symbol, and `words` every way to say it.
//!
//! Phrases are found by their longest form, in any mixture of spaces and hyphens.

pub(crate) mod answers;
mod clients;
mod ordinary;
mod places;
mod records;
mod rests;
mod statuses;
pub(crate) mod stories;
mod technologies;
mod words;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub(crate) use clients::point_at_called;
pub(crate) use technologies::{has_own_protocol, is_server_of, is_sort_of, is_tcp_server, is_technology};

use crate::lexer::{Token, TokenKind};

/// What the lexicon knows of words.
struct Lexicon {
    /// Phrases by their first word, the longest first.
    phrases: HashMap<&'static str, Vec<Phrase>>,
    glue: HashSet<&'static str>,
}

/// A way to say a symbol.
struct Phrase {
    words: Vec<&'static str>,
    symbol: &'static str,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut phrases: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
    for (symbol, way) in ways() {
        let words: Vec<&str> = way.split([' ', '-']).collect();
        phrases.entry(words[0]).or_default().push(Phrase { words, symbol });
    }
    for (symbol, way) in ways().filter(|(_, way)| way.ends_with("ipv4") || way.ends_with("ipv6")) {
        let words: Vec<&str> = way.split(' ').chain(["addresses"]).collect();
        phrases.entry(words[0]).or_default().push(Phrase { words, symbol });
    }
    for words in rests::phrases() {
        phrases.entry(words[0]).or_default().push(Phrase { words, symbol: "otherwise" });
    }
    for words in records::phrases() {
        phrases.entry(words[0]).or_default().push(Phrase { words, symbol: "endpoints-mode" });
    }
    for (symbol, words) in rests::complements().into_iter().chain(places::phrases()) {
        phrases.entry(words[0]).or_default().push(Phrase { words, symbol });
    }
    for ways in phrases.values_mut() {
        ways.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
    }
    Lexicon { phrases, glue: lines(words::GLUE).flat_map(str::split_whitespace).collect() }
});

/// The lines of a table that say something.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

/// Each way to say something, with its symbol.
fn ways() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut symbol = "";
    lines(words::SYMBOLS).flat_map(move |line| {
        let ways = match line.split_once(':').filter(|_| !line.starts_with(' ')) {
            Some((name, ways)) => {
                symbol = name;
                ways
            }
            None => line,
        };
        let symbol = symbol;
        ways.split(',').map(str::trim).filter(|way| !way.is_empty()).map(move |way| (symbol, way))
    })
}

/// Whether a word says nothing by itself here.
pub(crate) fn is_glue(word: &str) -> bool {
    LEXICON.glue.contains(word)
}

/// Whether nothing is called by a word, unless it is quoted or said to be a name.
pub(crate) fn is_ordinary(word: &str) -> bool {
    ordinary::is_ordinary(word)
}

/// Whether a word says something that the grammar knows by itself.
pub(crate) fn is_known(word: &str) -> bool {
    LEXICON.phrases.get(word).is_some_and(|ways| ways.iter().any(|way| way.words.len() == 1))
}

/// Whether a word only says of what sort a thing is, where the name of that comes after its kind.
pub(crate) fn is_sort(word: &str) -> bool {
    ordinary::is_sort(word)
}

/// The first way to say a symbol; a word that is none stays as it is.
pub(crate) fn usual_way(symbol: &str) -> String {
    ways().find(|(known, _)| *known == symbol).map_or(symbol, |(_, way)| way).to_owned()
}

/// Every symbol.
#[cfg(test)]
pub(crate) fn symbols() -> HashSet<&'static str> {
    ways().map(|(symbol, _)| symbol).collect()
}

/// Puts symbols in the place of the words that say them.
pub(crate) fn name_symbols(mut tokens: Vec<Token>) -> Vec<Token> {
    statuses::tell(&mut tokens);
    tell_methods(&mut tokens);
    tell_demands(&mut tokens);
    for at in 1..tokens.len() {
        // "that has to win": a verb follows, and no place.
        if tokens[at].low == "to"
            && tokens[at].kind == TokenKind::Word
            && tokens[at - 1].kind == TokenKind::Word
            && matches!(
                tokens[at - 1].low.as_str(),
                "has" | "have" | "had" | "having" | "needs" | "ought" | "able" | "supposed"
            )
        {
            "shall".clone_into(&mut tokens[at].low);
        }
        // "keep the timeout below 3 s"
        if matches!(tokens[at].kind, TokenKind::Span(_)) && matches!(tokens[at - 1].low.as_str(), "below" | "under") {
            let ends = |token: &Token| matches!(token.low.as_str(), "." | "," | ";" | ":");
            let mut clause = (0..at).rev().take_while(|place| !ends(&tokens[*place])).take(8);
            if let Some(place) = clause.find(|place| tokens[*place].low == "keep") {
                "set".clone_into(&mut tokens[place].low);
            }
        }
        let is_under = matches!(tokens[at - 1].low.as_str(), "below" | "beneath" | "underneath");
        // "everything below /v2", "keep the timeout below 3 s"
        if is_under && (matches!(tokens[at].kind, TokenKind::Path | TokenKind::Span(_)) || tokens[at].low == "path") {
            "under".clone_into(&mut tokens[at - 1].low);
        }
        // "must be called over TLS" names nothing.
        let is_reached = matches!(tokens[at].low.as_str(), "over" | "via" | "using" | "through" | "with" | "only");
        if is_reached && tokens[at - 1].low == "called" && tokens[at - 1].kind == TokenKind::Word {
            "call".clone_into(&mut tokens[at - 1].low);
        }
        name_health_check(&mut tokens, at);
    }
    drop_fronts(&mut tokens);
    let is_named = |at: usize| {
        at > 0 && tokens[at - 1].kind == TokenKind::Word && matches!(tokens[at - 1].low.as_str(), "named" | "called")
    };
    let whole: Vec<bool> = (0..tokens.len()).map(is_named).collect();
    let parts = tokens.into_iter().zip(whole);
    let tokens: Vec<Token> =
        parts.flat_map(|(token, is_name)| if is_name { vec![token] } else { part_compounds(token) }).collect();
    let mut named = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let Some((symbol, count)) = longest(&tokens[at..]) else {
            named.push(tokens[at].clone());
            at += 1;
            continue;
        };
        if repeats(&named, symbol) {
            at += count;
            continue;
        }
        let first = &tokens[at];
        let last = &tokens[at + count - 1];
        let words: Vec<&str> = tokens[at..at + count].iter().map(|token| token.text.as_str()).collect();
        named.push(Token {
            kind: TokenKind::Symbol,
            low: symbol.to_owned(),
            text: words.join(" "),
            start: first.start,
            end: last.end,
        });
        at += count;
    }
    rests::settle_complements(&mut named);
    rests::tell_shares(&mut named);
    named
}

/// "clients must show what is demanded": what is required.
fn tell_demands(tokens: &mut [Token]) {
    for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Word) {
        let required = match token.low.as_str() {
            "demand" => "require",
            "demands" => "requires",
            "demanding" => "requiring",
            "demanded" => "required",
            _ => continue,
        };
        required.clone_into(&mut token.low);
    }
}

/// "with a gateway in front, …": of all that there is.
fn drop_fronts(tokens: &mut Vec<Token>) {
    while let Some(at) = tokens.windows(3).position(|next| {
        next[0].low == "in" && next[1].low == "front" && matches!(next[2].low.as_str(), "," | "." | ";" | "and")
    }) {
        tokens.drain(at..at + 2);
    }
}

/// "POSTs" are requests of that method.
fn tell_methods(tokens: &mut [Token]) {
    for token in tokens.iter_mut().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name)) {
        let method =
            token.text.strip_suffix('s').or_else(|| token.text.strip_suffix("'s")).filter(|text| is_method(text));
        if let Some(method) = method.map(str::to_owned) {
            token.kind = TokenKind::Word;
            token.low = method.to_lowercase();
            token.text = method;
        }
    }
}

/// "with health path /ready", "health: every 15 s": what is said of health alone is said of its check.
fn name_health_check(tokens: &mut [Token], at: usize) {
    let is_part = matches!(tokens[at].low.as_str(), ":" | "path" | "interval" | "threshold" | "thresholds");
    if is_part && tokens[at - 1].low == "health" && tokens[at - 1].kind == TokenKind::Word {
        "healthcheck".clone_into(&mut tokens[at - 1].low);
    }
}

/// Symbols that two words in a row may say.
const SAID_TWICE: &[&str] = &[
    "query",
    "trust",
    "certificate",
    "tls",
    "retry",
    "timeout",
    "backend",
    "health-check",
    "access-log",
    "connection-pool",
    "outlier-detection",
    "create",
    "change",
    "discovery",
    "egress",
];

/// Whether a symbol was said right before, so that "trust the CA" and "server cert certificate" say one thing.
fn repeats(named: &[Token], symbol: &str) -> bool {
    let mut before = named.iter().rev().skip_while(|token| token.kind == TokenKind::Word && is_glue(&token.low));
    SAID_TWICE.contains(&symbol)
        && before.next().is_some_and(|token| token.kind == TokenKind::Symbol && token.low == symbol)
}

fn can_be_word(token: &Token) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::Mark => true,
        TokenKind::Number(_) => token.low.bytes().all(|letter| letter.is_ascii_alphabetic()),
        TokenKind::Name => token.low.len() <= 40,
        TokenKind::Host => token.low.len() <= 8,
        _ => false,
    }
}

/// The symbol of the longest phrase that tokens start with, and how many they are.
fn longest(tokens: &[Token]) -> Option<(&'static str, usize)> {
    let first = tokens.first().filter(|token| can_be_word(token) && !is_method(&token.text))?;
    let ways = LEXICON.phrases.get(first.low.as_str())?;
    ways.iter().find_map(|Phrase { words, symbol }| {
        let is_said = words.len() <= tokens.len()
            && words.iter().zip(tokens).all(|(word, token)| can_be_word(token) && token.low == *word);
        is_said.then_some((*symbol, words.len()))
    })
}

/// The methods that a route can match.
pub(crate) const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// Whether a word in capitals is a method: `PUT /x`.
pub(crate) fn is_method(text: &str) -> bool {
    METHODS.contains(&text)
}

/// `health-check` and `medium-traffic` in their parts, where those are a phrase that is known; `5-second` is cut already.
fn part_compounds(token: Token) -> Vec<Token> {
    if token.kind != TokenKind::Name || !token.low.contains('-') {
        return vec![token];
    }
    let mut parts = Vec::new();
    let mut start = token.start;
    for part in token.text.split('-') {
        let end = start + part.len();
        let kind = TokenKind::Word;
        parts.push(Token { kind, low: part.to_lowercase(), text: part.to_owned(), start, end });
        start = end + 1;
    }
    let is_phrase = parts.iter().all(|part| !part.low.is_empty())
        && match longest(&parts) {
            Some((symbol, count)) if count == parts.len() => !is_name(&parts, symbol),
            // `tls-enabled`, `header-based`
            Some((_, 1)) => {
                parts.len() == 2
                    && matches!(
                        parts[1].low.as_str(),
                        "enabled" | "based" | "only" | "style" | "scheme" | "speaking" | "verified"
                    )
            }
            _ => begins_phrase(&parts),
        };
    if is_phrase { parts } else { vec![token] }
}

/// Nouns that the name of an application ends in.
const APPLICATIONS: &[&str] = &["api", "service", "system", "site", "host", "endpoint", "app"];

/// Symbols whose phrases in one word are rather such a name: `public-api`, `backend-service`.
const NAME_LIKE: &[&str] = &["egress", "known-destinations", "backend", "low", "medium", "high"];

/// Whether the parts of a compound are a name as a whole, although they are a phrase with spaces between them.
fn is_name(parts: &[Token], symbol: &str) -> bool {
    NAME_LIKE.contains(&symbol) && parts.last().is_some_and(|last| APPLICATIONS.contains(&last.low.as_str()))
}

/// Whether parts are the first words of a longer phrase: "two-way" of "two-way TLS".
fn begins_phrase(parts: &[Token]) -> bool {
    let Some(ways) = LEXICON.phrases.get(parts[0].low.as_str()) else { return false };
    ways.iter().any(|Phrase { words, .. }| {
        words.len() > parts.len() && words.iter().zip(parts).all(|(word, part)| part.low == *word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;

    fn check(request: &str, expected: &str) {
        let shown: Vec<String> = name_symbols(tokens(request)).into_iter().map(|token| token.low).collect();
        assert_eq!(shown.join(" "), expected, "{request}");
    }

    #[test]
    fn phrases_become_symbols_in_any_spelling() {
        check("virtual-node health checks", "virtual-node health-check");
        check("payment-service virtual node", "payment-service virtual-node");
        check("talks to orders over mutual TLS", "call orders between mtls");
    }

    #[test]
    fn no_phrase_has_two_meanings() {
        let mut seen = HashMap::new();
        for (symbol, way) in ways() {
            assert_eq!(seen.insert(way.replace('-', " "), symbol), None, "`{way}` is said twice");
        }
    }

    #[test]
    fn each_symbol_has_one_line() {
        let names: Vec<&str> = lines(words::SYMBOLS)
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(names.len(), symbols().len());
    }
}
