//! Which tokens are names of resources, and where a list of names ends.

use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_method, is_ordinary};

/// The most names in a row that are read as one list.
const MAX_NAMES: usize = 64;

/// The most marks and conjunctions between two names of a list: `, and`.
const MAX_JOINTS: usize = 3;

/// Symbols that make what stands before them the subject of a new clause.
const CLAUSE_SYMBOLS: &[&str] = &[
    "call",
    "listen",
    "send",
    "run",
    "speak",
    "split",
    "called-by",
    "rewrite",
    "terminate",
    "eject",
    "retry",
    "enforce",
    "trust",
    "no-longer",
    "access-log",
];

/// Words that do the same.
const CLAUSE_WORDS: &[&str] = &[
    "uses", "use", "has", "have", "needs", "must", "should", "is", "are", "gets", "will", "requires", "only", "can",
    "shows", "presents",
];

/// Nouns that mean something elsewhere and are names of applications too.
const ODD_NAMES: &[&str] = &[
    "account",
    "accounts",
    "app",
    "back",
    "backend",
    "balance",
    "client",
    "config",
    "containers",
    "destination",
    "destinations",
    "discovery",
    "dispatch",
    "draft",
    "drafts",
    "event",
    "events",
    "find",
    "flow",
    "flows",
    "format",
    "heartbeat",
    "heavy",
    "host",
    "hosts",
    "image",
    "instances",
    "internal",
    "key",
    "labels",
    "large",
    "launch",
    "light",
    "log",
    "logs",
    "lookup",
    "lookups",
    "map",
    "maps",
    "match",
    "matching",
    "memory",
    "metadata",
    "owner",
    "place",
    "places",
    "point",
    "points",
    "policy",
    "pool",
    "probe",
    "proxy",
    "query",
    "queue",
    "range",
    "ranges",
    "routing",
    "secret",
    "settings",
    "share",
    "shared",
    "shares",
    "small",
    "stage",
    "stages",
    "tag",
    "tags",
    "target",
    "task",
    "tasks",
    "tracing",
    "trust",
    "user",
    "validation",
    "verify",
];

/// Symbols of kinds; a name before one begins something of its own.
const KINDS: &[&str] = &["virtual-gateway", "virtual-router", "mesh", "route", "gateway-route"];

/// Words after names that speak of all of them: "orders and payments both listen on 8080".
pub(super) const ALL_OF_THEM: &[&str] = &["both", "each", "all", "also", "alike", "now", "then", "together"];

/// Words that may stand before a further name of a list.
const BEFORE_NAME: &[&str] = &["the", "also", "both", "by", "for", "in", "once"];

/// The name of a resource that a token can be.
pub(super) fn name_at(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let is_name = match token.kind {
        TokenKind::Quoted => {
            token.text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '*'))
                && !token.text.contains("..")
        }
        TokenKind::Name | TokenKind::Host => !is_proxy_tag(&token.low),
        TokenKind::Word if token.low == "a" => is_the_name_a(tokens, at),
        TokenKind::Word if token.low == "hello" => is_no_greeting(tokens, at),
        TokenKind::Word if token.low == "new" => is_new_version(tokens, at),
        TokenKind::Word => {
            !is_glue(&token.low)
                && !is_ordinary(&token.low)
                && !is_infinitive(tokens, at)
                && !is_method(&token.text)
                && token.text.chars().all(|letter| letter.is_ascii_alphanumeric())
        }
        TokenKind::Symbol => is_odd_name(tokens, at),
        _ => false,
    };
    is_name.then(|| token.text.clone())
}

/// Whether a word is a verb with what it does: "used to choose the hosts".
fn is_infinitive(tokens: &[Token], at: usize) -> bool {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let follows_noun = at > 1 && !matches!(low(at - 2), "goes" | "go" | "send" | "rest" | "otherwise" | "all-traffic");
    let is_object = matches!(low(at + 1), "the" | "its" | "our")
        && !matches!(low(at + 2), "rest" | "otherwise" | "other" | "others");
    at > 0 && tokens[at - 1].text == "to" && follows_noun && is_object
}

/// Whether a word is the version of a proxy's image, and no name: `v1.34.13.3-prod`.
pub(super) fn is_proxy_tag(word: &str) -> bool {
    let numbers = word.strip_suffix("-prod").and_then(|rest| rest.strip_prefix('v')).unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    numbers.split('.').count() == 4 && numbers.split('.').all(is_number)
}

/// Verbs that no noun of that form follows an article: "a shows its certificate".
const AFTER_THE_NAME_A: &[&str] = &[
    "shows",
    "presents",
    "trusts",
    "listens",
    "speaks",
    "uses",
    "gets",
    "takes",
    "needs",
    "sends",
    "talks",
    "accepts",
    "requires",
    "verifies",
    "validates",
    "depends",
    "retries",
    "exposes",
];

/// Whether "a" is a name and no article: "to a and b", "node a on 8080".
fn is_the_name_a(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).map_or("", |next| next.low.as_str());
    let does = tokens.get(at + 1).is_some_and(|next| AFTER_THE_NAME_A.contains(&next.text.to_lowercase().as_str()));
    let before = at.checked_sub(1).and_then(|before| tokens.get(before)).map_or("", |before| before.low.as_str());
    let follows_kind =
        matches!(before, "virtual-node" | "virtual-router" | "virtual-gateway" | "application" | "route" | "named");
    let told = tokens.get(at + 2).is_some_and(|told| {
        matches!(told.kind, TokenKind::Number(_)) || matches!(told.low.as_str(), "http" | "http2" | "grpc" | "tcp")
    });
    // No article stands before a preposition, nor before brackets with a port.
    does || next == "(" && told
        || matches!(next, "and" | "," | "on" | "at" | "with" | "has" | "is")
        || follows_kind && matches!(next, "" | "." | ";" | ":" | "(" | ")" | "port" | "listen" | "call" | "to")
}

/// Whether "hello" is a name and no greeting: "service hello", "calls hello".
fn is_no_greeting(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before)).map_or("", |before| before.low.as_str());
    matches!(before, "to" | "call" | "named" | "application" | "virtual-node" | "virtual-service" | "mesh")
}

/// Whether a noun that means something elsewhere is the name of what gets requests: "goes to accounts", "calls user".
fn is_odd_name(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let is_reached = before.is_some_and(|before| matches!(before.low.as_str(), "to" | "call" | "use" | "hits" | "hit"));
    is_reached && is_odd_noun(tokens, at)
}

/// Whether a word that means something elsewhere may be a noun that names an application.
pub(super) fn can_be_noun(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| ODD_NAMES.contains(&token.text.to_lowercase().as_str()))
}

/// Whether a noun that means something elsewhere stands at the end of a clause.
fn is_odd_noun(tokens: &[Token], at: usize) -> bool {
    can_be_noun(tokens, at)
        && tokens.get(at + 1).is_none_or(|next| {
            matches!(
                next.low.as_str(),
                "," | "."
                    | ";"
                    | "and"
                    | ")"
                    | "on"
                    | "over"
                    | "with"
                    | "listen"
                    | "call"
                    | "virtual-node"
                    | "application"
            )
        })
}

/// Whether "new" names a version: "25% new", "to the new one".
fn is_new_version(tokens: &[Token], at: usize) -> bool {
    let ends = tokens
        .get(at + 1)
        .is_none_or(|next| matches!(next.low.as_str(), "," | "." | ";" | "and" | "one" | ")" | ":" | "version"));
    let before = tokens[..at].iter().rev().find(|token| token.low != "the" && token.low != "version");
    let is_sent = before.is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)) || token.low == "to");
    let names_more = tokens.get(at + 1).is_some_and(|next| next.low == "version")
        && tokens.get(at + 2).is_some_and(|after| !matches!(after.low.as_str(), "," | "." | ";" | "and" | ")" | "but"));
    ends && is_sent && !names_more
}

/// Whether what stands before a token is the subject of a clause.
pub(super) fn is_clause_verb(token: &Token) -> bool {
    match token.kind {
        // "billing logs to …", but not "emits access logs to …", whose verb is another.
        TokenKind::Symbol if token.low == "access-log" => token.text.to_lowercase().starts_with("log"),
        TokenKind::Symbol => CLAUSE_SYMBOLS.contains(&token.low.as_str()),
        TokenKind::Word => CLAUSE_WORDS.contains(&token.low.as_str()),
        _ => false,
    }
}

/// Names one after the other, with commas and `and`; the last is left to a clause of its own where it is its subject.
pub(super) fn names_from(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    list_from(tokens, at, |place| {
        // "v1 and v2 split 80/20"
        let is_split = tokens[place].low == "split"
            && tokens.get(place + 1).is_some_and(|share| matches!(share.kind, TokenKind::Ratio(_)));
        is_clause_verb(&tokens[place]) && !is_split || is_kind(&tokens[place])
    })
}

/// The same after their kind, which is said of all of them: "the nodes a and b listen on 8080".
pub(super) fn names_of_a_kind(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    list_from(tokens, at, |place| is_kind(&tokens[place]))
}

fn list_from(tokens: &[Token], at: usize, ends: impl Fn(usize) -> bool) -> Option<(Vec<String>, usize)> {
    let is_joint =
        |place: usize| tokens.get(place).is_some_and(|token| matches!(token.low.as_str(), "," | "and" | "or" | "/"));
    let may_precede = |place: usize| {
        tokens
            .get(place)
            .is_some_and(|token| token.kind == TokenKind::Word && BEFORE_NAME.contains(&token.low.as_str()))
            || is_article(tokens, place)
    };
    let mut names = vec![name_at(tokens, at)?];
    let mut end = at + 1;
    while names.len() < MAX_NAMES {
        let joints = (end..end + MAX_JOINTS).take_while(|place| is_joint(*place)).count();
        let words = (end + joints..end + joints + MAX_JOINTS).take_while(|place| may_precede(*place)).count();
        let place = end + joints + words;
        let odd = || is_odd_noun(tokens, place).then(|| tokens[place].text.clone());
        let name = name_at(tokens, place).or_else(odd).filter(|name| joints > 0 && !names.contains(name));
        let Some(name) = name else { break };
        let mut after = place + 1;
        while tokens.get(after).is_some_and(|next| ALL_OF_THEM.contains(&next.low.as_str())) {
            after += 1;
        }
        if after < tokens.len() && ends(after) {
            break;
        }
        names.push(name);
        end = place + 1;
    }
    Some((names, end))
}

/// Whether an article stands before a name: "a web, an api and a db".
fn is_article(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| matches!(token.low.as_str(), "a" | "an"))
        && name_at(tokens, at).is_none()
        && name_at(tokens, at + 1).is_some()
}

fn is_kind(token: &Token) -> bool {
    token.kind == TokenKind::Symbol && KINDS.contains(&token.low.as_str())
}
