//! Patterns over tokens: words, alternatives, and slots for values. Words without a meaning are passed over.
//!
//! `retry|attempts <number>` reads "retries: 3", "attempts set to 3". `?word` may be absent.

use crate::intent::{Protocol, Span};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// What a pattern found.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// The values in the order of the pattern's slots.
    values: Vec<(&'static str, Value)>,
}

/// A value in a slot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Span(Span),
    Number(u32),
    Numbers(Vec<u32>),
    Text(String),
    Texts(Vec<String>),
    Protocol(Protocol),
    Pair(String, String),
}

impl Slots {
    fn get(&self, slot: &str) -> Option<&Value> {
        self.values.iter().find(|(name, _)| *name == slot).map(|(_, value)| value)
    }

    pub(super) fn span(&self) -> Span {
        match self.get("span") {
            Some(Value::Span(span)) => *span,
            _ => Span::millis(0),
        }
    }

    pub(super) fn number(&self, slot: &str) -> u32 {
        match self.get(slot) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    pub(super) fn numbers(&self, slot: &str) -> Vec<u32> {
        match self.get(slot) {
            Some(Value::Numbers(numbers)) => numbers.clone(),
            Some(Value::Number(number)) => vec![*number],
            _ => Vec::new(),
        }
    }

    pub(super) fn text(&self, slot: &str) -> String {
        match self.get(slot) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Texts(texts)) => texts.first().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    pub(super) fn texts(&self, slot: &str) -> Vec<String> {
        match self.get(slot) {
            Some(Value::Texts(texts)) => texts.clone(),
            Some(Value::Text(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    pub(super) fn protocol(&self) -> Option<Protocol> {
        match self.get("protocol") {
            Some(Value::Protocol(protocol)) => Some(*protocol),
            _ => None,
        }
    }

    pub(super) fn pair(&self) -> (String, String) {
        match self.get("pair") {
            Some(Value::Pair(name, value)) => (name.clone(), value.clone()),
            _ => (String::new(), String::new()),
        }
    }
}

/// A pattern, parsed.
#[derive(Debug)]
pub(super) struct Pattern {
    elements: Vec<Element>,
}

#[derive(Debug)]
enum Element {
    Words(Vec<&'static str>),
    Optional(Vec<&'static str>),
    Slot(Slot, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Span,
    Number,
    Numbers,
    Percent,
    Ratio,
    Path,
    Name,
    AnyName,
    Names,
    Text,
    Address,
    Protocol,
    Pair,
    TagPair,
    Host,
    Dotted,
    HeaderName,
    Method,
}

impl Pattern {
    /// Parses a pattern; slots are `<type>` or `<type:label>`.
    pub(super) fn parse(text: &'static str) -> Self {
        let element = |word: &'static str| {
            if let Some(words) = word.strip_prefix('?') {
                return Element::Optional(words.split('|').collect());
            }
            let Some(slot) = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')) else {
                return Element::Words(word.split('|').collect());
            };
            let (kind, label) = slot.split_once(':').unwrap_or((slot, slot));
            Element::Slot(slot_named(kind), label)
        };
        Self { elements: text.split_whitespace().map(element).collect() }
    }

    /// How many words it has that must be said: the more, the more certain its meaning.
    pub(super) fn words(&self) -> usize {
        self.elements.iter().filter(|element| matches!(element, Element::Words(_))).count()
    }

    /// What tokens from a place say by this pattern, and the place after them.
    pub(super) fn find(&self, tokens: &[Token], at: usize) -> Option<(usize, Slots)> {
        let mut slots = Slots::default();
        let end = step(&self.elements, tokens, at, true, &mut slots)?;
        Some((end, slots))
    }
}

fn slot_named(kind: &str) -> Slot {
    match kind {
        "span" => Slot::Span,
        "number" => Slot::Number,
        "numbers" => Slot::Numbers,
        "percent" => Slot::Percent,
        "ratio" => Slot::Ratio,
        "path" => Slot::Path,
        "name" => Slot::Name,
        "any" => Slot::AnyName,
        "names" => Slot::Names,
        "address" => Slot::Address,
        "protocol" => Slot::Protocol,
        "pair" => Slot::Pair,
        "tag" => Slot::TagPair,
        "host" => Slot::Host,
        "dotted" => Slot::Dotted,
        "hname" => Slot::HeaderName,
        "method" => Slot::Method,
        _ => Slot::Text,
    }
}

fn says(token: &Token, words: &[&str]) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Symbol | TokenKind::Mark | TokenKind::Name)
        && words.contains(&token.low.as_str())
}

/// Whether a token may stand between the parts of a pattern.
fn may_pass(token: &Token, to_value: bool) -> bool {
    match token.kind {
        TokenKind::Word => is_glue(&token.low),
        TokenKind::Mark => matches!(token.low.as_str(), ":" | "=" | "(" | ")" | "-" | "–" | "/"),
        TokenKind::Symbol => match token.low.as_str() {
            "equals" | "every-glue" | "app-mesh" => true,
            "to" | "max" | "min" | "change" | "after" | "between" => to_value,
            _ => false,
        },
        _ => false,
    }
}

fn step(elements: &[Element], tokens: &[Token], at: usize, is_first: bool, slots: &mut Slots) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    if let Element::Optional(words) = element {
        let found =
            try_words(words, tokens, at, is_first).and_then(|next| step(rest, tokens, next, false, &mut *slots));
        return found.or_else(|| step(rest, tokens, at, is_first, slots));
    }
    let to_value = matches!(
        element,
        Element::Slot(
            Slot::Span
                | Slot::Number
                | Slot::Numbers
                | Slot::Percent
                | Slot::Path
                | Slot::Protocol
                | Slot::Ratio
                | Slot::Host
                | Slot::Address,
            _
        )
    );
    let mut place = at;
    for _ in 0..=5 {
        let mut trial = slots.clone();
        let next = match element {
            Element::Words(words) => tokens.get(place).filter(|token| says(token, words)).map(|_| place + 1),
            Element::Slot(slot, label) => fill(*slot, tokens, place).map(|(value, next)| {
                trial.values.push((label, value));
                next
            }),
            Element::Optional(_) => None,
        };
        if let Some(end) = next.and_then(|next| step(rest, tokens, next, false, &mut trial)) {
            *slots = trial;
            return Some(end);
        }
        if is_first || !tokens.get(place).is_some_and(|token| may_pass(token, to_value)) {
            return None;
        }
        place += 1;
    }
    None
}

fn try_words(words: &[&str], tokens: &[Token], at: usize, is_first: bool) -> Option<usize> {
    let mut place = at;
    for _ in 0..=3 {
        let token = tokens.get(place)?;
        if says(token, words) {
            return Some(place + 1);
        }
        if is_first || !may_pass(token, false) {
            return None;
        }
        place += 1;
    }
    None
}

/// Whether a token can be the name of a resource.
pub(super) fn name_at(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let is_name = match token.kind {
        TokenKind::Quoted => {
            token.text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '*'))
                && !token.text.contains("..")
        }
        TokenKind::Name | TokenKind::Host => true,
        TokenKind::Word if token.low == "a" => {
            tokens.get(at + 1).is_some_and(|next| next.low == "and" || next.low == ",")
        }
        TokenKind::Word => !is_glue(&token.low) && token.text.chars().all(|letter| letter.is_ascii_alphanumeric()),
        _ => false,
    };
    is_name.then(|| token.text.clone())
}

/// Symbols that make what stands before them the subject of a new clause.
pub(super) fn is_clause_verb(token: &Token) -> bool {
    token.kind == TokenKind::Symbol
        && matches!(
            token.low.as_str(),
            "call"
                | "listen"
                | "send"
                | "run"
                | "speak"
                | "split"
                | "called-by"
                | "rewrite"
                | "terminate"
                | "eject"
                | "retry"
                | "enforce"
                | "trust"
                | "no-longer"
        )
        || token.kind == TokenKind::Word
            && matches!(
                token.low.as_str(),
                "uses"
                    | "use"
                    | "has"
                    | "have"
                    | "needs"
                    | "must"
                    | "should"
                    | "is"
                    | "are"
                    | "gets"
                    | "will"
                    | "requires"
                    | "only"
                    | "can"
            )
}

/// Names one after the other, with commas and `and`; the last is left to a clause of its own where it is its subject.
pub(super) fn names_from(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    let mut names = vec![name_at(tokens, at)?];
    let mut end = at + 1;
    loop {
        let mut place = end;
        while tokens.get(place).is_some_and(|token| {
            token.low == "," || token.low == "and" || token.low == "or" && token.kind == TokenKind::Symbol
        }) {
            place += 1;
        }
        if place == end {
            break;
        }
        while tokens.get(place).is_some_and(|token| {
            matches!(token.low.as_str(), "the" | "also" | "both" | "by" | "for" | "in" | "once")
                && token.kind == TokenKind::Word
        }) {
            place += 1;
        }
        let Some(name) = name_at(tokens, place) else { break };
        if tokens.get(place + 1).is_some_and(is_clause_verb) || is_kind_after(tokens, place + 1) {
            break;
        }
        names.push(name);
        end = place + 1;
    }
    Some((names, end))
}

/// Whether a word for a kind of resource follows a name, so that the name begins something of its own.
fn is_kind_after(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        token.kind == TokenKind::Symbol
            && matches!(token.low.as_str(), "virtual-gateway" | "virtual-router" | "mesh" | "route" | "gateway-route")
    })
}

fn fill(slot: Slot, tokens: &[Token], at: usize) -> Option<(Value, usize)> {
    let token = tokens.get(at)?;
    let one = |value| Some((value, at + 1));
    match (slot, &token.kind) {
        (Slot::Span, TokenKind::Span(span)) => one(Value::Span(*span)),
        (Slot::Number, TokenKind::Number(number)) => one(Value::Number(*number)),
        (Slot::Percent, TokenKind::Percent(percent)) => one(Value::Number(*percent)),
        (Slot::Ratio, TokenKind::Ratio(parts)) => one(Value::Numbers(parts.clone())),
        (Slot::Ratio, _) => spelt_ratio(tokens, at),
        (Slot::Path, TokenKind::Path) => one(Value::Text(token.text.clone())),
        (Slot::Path, TokenKind::Quoted) if token.text.starts_with('/') => one(Value::Text(token.text.clone())),
        (Slot::Address, TokenKind::Address) => one(Value::Text(token.text.clone())),
        (Slot::Address, TokenKind::Quoted) if token.text.starts_with("arn:") => one(Value::Text(token.text.clone())),
        (Slot::Numbers, TokenKind::Number(first)) => {
            let mut numbers = vec![*first];
            let mut end = at + 1;
            loop {
                let mut place = end;
                while tokens.get(place).is_some_and(|token| token.low == "," || token.low == "and") {
                    place += 1;
                }
                match tokens.get(place).map(|token| &token.kind) {
                    Some(TokenKind::Number(next)) if place > end => {
                        numbers.push(*next);
                        end = place + 1;
                    }
                    _ => break,
                }
            }
            Some((Value::Numbers(numbers), end))
        }
        (Slot::Name, _) => name_at(tokens, at).and_then(|name| one(Value::Text(name))),
        (Slot::AnyName, TokenKind::Symbol | TokenKind::Word) if !token.text.contains(' ') => {
            one(Value::Text(token.text.clone()))
        }
        (Slot::AnyName, _) => name_at(tokens, at).and_then(|name| one(Value::Text(name))),
        (Slot::Names, _) => names_from(tokens, at).map(|(names, end)| (Value::Texts(names), end)),
        (Slot::Host, TokenKind::Host | TokenKind::Quoted | TokenKind::Name) => one(Value::Text(token.text.clone())),
        (Slot::Host, TokenKind::Word) if !is_glue(&token.low) => one(Value::Text(token.text.clone())),
        (Slot::HeaderName, _) => header_name(token).and_then(|name| one(Value::Text(name))),
        (Slot::Dotted, TokenKind::Host) => one(Value::Text(token.text.clone())),
        (Slot::Dotted, TokenKind::Quoted) if token.text.contains('.') => one(Value::Text(token.text.clone())),
        (Slot::Host, TokenKind::Address) => one(Value::Text(token.text.clone())),
        (Slot::Protocol, TokenKind::Symbol) => one(Value::Protocol(match token.low.as_str() {
            "http" => Protocol::Http,
            "http2" => Protocol::Http2,
            "grpc" => Protocol::Grpc,
            "tcp" => Protocol::Tcp,
            _ => return None,
        })),
        (Slot::Method, TokenKind::Word | TokenKind::Quoted) => {
            let method = token.text.to_uppercase();
            let is_method = matches!(
                method.as_str(),
                "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH"
            );
            let is_said = tokens[..at].last().is_some_and(|before| before.low == "method");
            (is_method && (token.text == method || token.kind == TokenKind::Quoted || is_said)).then_some(())?;
            one(Value::Text(method))
        }
        (Slot::Method, TokenKind::Symbol) if token.text.chars().all(|letter| letter.is_ascii_uppercase()) => None,
        (Slot::Pair, _) => pair(tokens, at),
        (Slot::TagPair, _) => pair(tokens, at).or_else(|| {
            let mark = tokens.get(at + 1).filter(|mark| mark.text == ":" && mark.start == token.end)?;
            let value = tokens.get(at + 2).filter(|value| value.kind != TokenKind::Mark && mark.text == ":")?;
            (token.kind == TokenKind::Symbol).then(|| (Value::Pair(token.text.clone(), value.text.clone()), at + 3))
        }),
        (Slot::Text, TokenKind::Symbol) => {
            // A word that is a symbol elsewhere is a value after its label: `environment: production`.
            let is_word =
                !token.text.contains(' ') && !matches!(token.low.as_str(), "and" | "or" | "but" | "to" | "equals");
            is_word.then_some(())?;
            one(Value::Text(token.text.clone()))
        }
        (Slot::Text, TokenKind::Mark) => None,
        (Slot::Text, TokenKind::Word)
            if is_glue(&token.low)
                && !tokens[..at].last().is_some_and(|before| before.low == "equals" || before.low == "=") =>
        {
            None
        }
        (Slot::Text, _) => one(Value::Text(token.text.clone())),
        _ => None,
    }
}

/// A header that its name alone tells: `x-version`, `cookie`.
fn header_name(token: &Token) -> Option<String> {
    let is_known = matches!(
        token.low.as_str(),
        "cookie"
            | "user-agent"
            | "authorization"
            | "accept-language"
            | "content-type"
            | "accept"
            | "referer"
            | "origin"
            | "accept-encoding"
    );
    (is_known || token.low.starts_with("x-") && token.low.len() > 2).then(|| token.text.clone())
}

/// `90 to 10`, `90-10`, `90:10`.
fn spelt_ratio(tokens: &[Token], at: usize) -> Option<(Value, usize)> {
    let number = |place: usize| match tokens.get(place).map(|token| &token.kind) {
        Some(TokenKind::Number(number) | TokenKind::Percent(number)) => Some(*number),
        _ => None,
    };
    let is_between = |place: usize| {
        tokens.get(place).is_some_and(|token| matches!(token.low.as_str(), "to" | "-" | ":" | "/" | "–"))
    };
    let mut parts = vec![number(at)?];
    let mut end = at + 1;
    while is_between(end) {
        match number(end + 1) {
            Some(next) => {
                parts.push(next);
                end += 2;
            }
            None => break,
        }
    }
    (parts.len() > 1 && parts.iter().sum::<u32>() <= 1000).then_some((Value::Numbers(parts), end))
}

/// `x-version: v2` in quotes, or as words `x-version: v2`, `x-version=v2`.
fn pair(tokens: &[Token], at: usize) -> Option<(Value, usize)> {
    let token = tokens.get(at)?;
    if token.kind == TokenKind::Quoted {
        let (name, value) = token.text.split_once(':').or_else(|| token.text.split_once('='))?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
        return (is_name && !value.is_empty()).then(|| (Value::Pair(name.to_owned(), value.to_owned()), at + 1));
    }
    let mark = tokens.get(at + 1).filter(|mark| matches!(mark.text.as_str(), ":" | "=" | "=="))?;
    let is_name = matches!(token.kind, TokenKind::Name | TokenKind::Host)
        || token.kind == TokenKind::Word && (!is_glue(&token.low) || mark.start == token.end)
        || token.kind == TokenKind::Symbol && !token.text.contains(' ') && mark.text != ":";
    is_name.then_some(())?;
    // `x: y` with the mark at the name; `a : b` is a list's.
    (mark.start == token.end || mark.text != ":").then_some(())?;
    let value = tokens.get(at + 2)?;
    let is_value = !matches!(value.kind, TokenKind::Mark);
    is_value.then(|| (Value::Pair(token.text.clone(), value.text.clone()), at + 3))
}
