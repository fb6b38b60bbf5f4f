//! Slots of a pattern: which tokens a value may be, and the value they say.

use super::log_fields::log_fields;
use super::name::{is_proxy_tag, name_at, names_from};
use super::pair::{pair, piece, tag_of_symbol};
use crate::intent::{Protocol, Span};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{METHODS, is_glue};

/// What a pattern found: the values in the order of its slots, each with its label.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(pub(super) Vec<(&'static str, Value)>);

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
        self.0.iter().find(|(name, _)| *name == slot).map(|(_, value)| value)
    }

    pub(super) fn span(&self) -> Span {
        match self.get("span") {
            Some(Value::Span(span)) => *span,
            _ => Span::millis(0),
        }
    }

    /// Whether the pattern that was found has a slot.
    pub(super) fn has(&self, slot: &str) -> bool {
        self.get(slot).is_some()
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

    /// The text of a slot; empty where the pattern has no such slot.
    pub(super) fn text(&self, slot: &str) -> String {
        self.texts(slot).into_iter().next().unwrap_or_default()
    }

    /// The text of a slot that the pattern may not have.
    pub(super) fn given(&self, slot: &str) -> Option<String> {
        self.texts(slot).into_iter().next().filter(|text| !text.is_empty())
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

    /// A name and its value: from a slot for a pair, or from two slots.
    pub(super) fn pair(&self, name: &str, value: &str) -> (String, String) {
        match self.get("pair") {
            Some(Value::Pair(name, value)) => (name.clone(), value.clone()),
            _ => (self.text(name), self.text(value)),
        }
    }
}

/// What a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// `30 seconds`
    Span,
    /// `3`
    Number,
    /// `80, 81 and 82`
    Numbers,
    /// `90%`
    Percent,
    /// `0.5`, in hundredths.
    Decimal,
    /// `90/10`
    Ratio,
    /// `the method, the path and the status`: keys of an access log, each with what Envoy writes there.
    LogFields,
    /// `/api`
    Path,
    /// A name of a resource.
    Name,
    /// A name, also where the word means something elsewhere.
    AnyName,
    /// `orders, payments and ads`
    Names,
    /// Any value.
    Text,
    /// An ARN or URL.
    Address,
    /// An image of a container.
    Image,
    /// A tag of the proxy's image: `v1.34.13.3-prod`.
    Tag,
    /// `http`, `http2`, `grpc`, `tcp`
    Protocol,
    /// `name: value`, `name=value`
    Pair,
    /// The same for tags, whose names are any words.
    TagPair,
    /// A host name.
    Host,
    /// A host name that its dots tell.
    Dotted,
    /// A header that its name alone tells.
    HeaderName,
    /// `GET`
    Method,
}

/// The names of slots in patterns.
const NAMES: &[(&str, Slot)] = &[
    ("span", Slot::Span),
    ("number", Slot::Number),
    ("numbers", Slot::Numbers),
    ("percent", Slot::Percent),
    ("decimal", Slot::Decimal),
    ("ratio", Slot::Ratio),
    ("fields", Slot::LogFields),
    ("path", Slot::Path),
    ("name", Slot::Name),
    ("any", Slot::AnyName),
    ("names", Slot::Names),
    ("text", Slot::Text),
    ("address", Slot::Address),
    ("image", Slot::Image),
    ("imagetag", Slot::Tag),
    ("protocol", Slot::Protocol),
    ("pair", Slot::Pair),
    ("tag", Slot::TagPair),
    ("host", Slot::Host),
    ("dotted", Slot::Dotted),
    ("hname", Slot::HeaderName),
    ("method", Slot::Method),
];

/// Symbols that are no value: they join what stands around them, or say that there is any or none.
const NO_VALUES: &[&str] = &["and", "or", "but", "to", "equals", "present", "absent", "send", "split"];

/// What a number counts, which then is no further port: "port 8080, 2 successes".
const COUNTED: &[&str] = &[
    "consecutive",
    "success",
    "failure",
    "healthy",
    "unhealthy",
    "retry",
    "connections",
    "pending",
    "concurrent-requests",
    "requests",
    "error",
    "server-error",
    "hosts",
    "listener",
    "version",
    "mib",
    "gib",
    "memory",
    "cpu",
];

/// Headers that nobody takes for something else, beside all that begin with `x-`.
const KNOWN_HEADERS: &[&str] = &[
    "cookie",
    "user-agent",
    "authorization",
    "accept-language",
    "content-type",
    "accept",
    "referer",
    "origin",
    "accept-encoding",
];

/// The most numbers in a row that are read as one list.
const MAX_NUMBERS: usize = 64;

impl Slot {
    /// The slot of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, slot)| *slot)
    }

    /// Whether its values cannot be taken for anything else, so that more words may stand before them.
    pub(super) fn is_certain(self) -> bool {
        matches!(
            self,
            Self::Span
                | Self::Number
                | Self::Numbers
                | Self::Percent
                | Self::Path
                | Self::Protocol
                | Self::Ratio
                | Self::Host
                | Self::Address
                | Self::Image
        )
    }

    /// The value that tokens say from a place on, and the place after them.
    pub(super) fn fill(self, tokens: &[Token], at: usize) -> Option<(Value, usize)> {
        let token = tokens.get(at)?;
        let value = match self {
            Self::Names => return names_from(tokens, at).map(|(names, end)| (Value::Texts(names), end)),
            Self::Numbers => return numbers(tokens, at),
            Self::Ratio => return ratio(tokens, at),
            Self::LogFields => return log_fields(tokens, at).map(|(fields, end)| (Value::Texts(fields), end)),
            Self::Decimal => Value::Number(hundredths(token)?),
            Self::Pair => return pair(tokens, at).map(paired),
            Self::TagPair => return pair(tokens, at).or_else(|| tag_of_symbol(tokens, at)).map(paired),
            Self::Text if is_text(tokens, at) => return piece(tokens, at).map(|(text, end)| (Value::Text(text), end)),
            Self::Span | Self::Number | Self::Percent | Self::Protocol => quantity(self, token)?,
            _ => Value::Text(self.text(tokens, at)?),
        };
        Some((value, at + 1))
    }

    fn text(self, tokens: &[Token], at: usize) -> Option<String> {
        let token = &tokens[at];
        let is_quoted = token.kind == TokenKind::Quoted;
        let is_value = match (self, &token.kind) {
            (Self::Name, _) => return name_at(tokens, at).or_else(|| spelt_number(tokens, at)),
            (Self::AnyName, TokenKind::Symbol | TokenKind::Word) if !token.text.contains(' ') => true,
            (Self::AnyName, _) => return name_at(tokens, at),
            (Self::Path, kind) => *kind == TokenKind::Path || is_quoted && token.text.starts_with('/'),
            (Self::Address, kind) => {
                let is_one = ["arn:", "spiffe:", "${"].iter().any(|scheme| token.low.starts_with(scheme));
                is_one && (is_quoted || *kind == TokenKind::Address)
            }
            (Self::Image, TokenKind::Address | TokenKind::Quoted) => {
                !token.text.starts_with('/')
                    && !token.text.contains("//")
                    && token.text.contains(['/', ':'])
                    && !token.low.starts_with("arn:")
                    && !token.text.contains(' ')
            }
            (Self::Host, TokenKind::Host | TokenKind::Quoted | TokenKind::Name | TokenKind::Address) => true,
            (Self::Host, kind) => *kind == TokenKind::Word && !is_glue(&token.low) && token.low != "same",
            (Self::Dotted, kind) => *kind == TokenKind::Host || is_quoted && token.text.contains('.'),
            (Self::Tag, _) => is_proxy_tag(&token.low),
            (Self::HeaderName, _) => {
                KNOWN_HEADERS.contains(&token.low.as_str())
                    || token.low.starts_with("x-") && token.low.len() > 2
                    || token.low.ends_with("-header")
                    || token.low.ends_with("_header")
            }
            (Self::Method, _) => return method(tokens, at),
            _ => false,
        };
        is_value.then(|| token.text.clone())
    }
}

fn quantity(slot: Slot, token: &Token) -> Option<Value> {
    Some(match (slot, &token.kind) {
        (Slot::Span, TokenKind::Span(span)) => Value::Span(*span),
        (Slot::Number, TokenKind::Number(number)) => Value::Number(*number),
        (Slot::Percent, TokenKind::Percent(percent)) => Value::Number(*percent),
        (Slot::Protocol, TokenKind::Symbol) => Value::Protocol(protocol(&token.low)?),
        _ => return None,
    })
}

/// A decimal number of at most two places, in hundredths: `0.5`, `1.25`.
pub(super) fn hundredths(token: &Token) -> Option<u32> {
    let (whole, part) = token.text.split_once('.').filter(|_| token.kind == TokenKind::Name)?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    (is_number(whole) && is_number(part) && part.len() <= 2).then_some(())?;
    let part = format!("{part:0<2}").parse::<u32>().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)
}

/// The protocol of a symbol.
pub(super) fn protocol(symbol: &str) -> Option<Protocol> {
    Some(match symbol {
        "http" => Protocol::Http,
        "http2" => Protocol::Http2,
        "grpc" => Protocol::Grpc,
        "tcp" => Protocol::Tcp,
        _ => return None,
    })
}

/// A number in words where only a name can stand: "70% to one and 30% to two".
fn spelt_number(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at).filter(|token| matches!(token.kind, TokenKind::Number(_)))?;
    let is_word = token.text.chars().all(|letter| letter.is_ascii_alphabetic());
    let is_target = tokens[..at].last().is_some_and(|before| before.low == "to");
    let ends = tokens.get(at + 1).is_none_or(|next| matches!(next.low.as_str(), "," | "." | ";" | "and"));
    (is_word && is_target && ends).then(|| token.text.clone())
}

/// A method in capitals or quotes, or in any case after the word for it.
fn method(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))?;
    let method = token.text.to_uppercase();
    let is_said = token.text == method
        || token.kind == TokenKind::Quoted
        || tokens[..at].last().is_some_and(|before| before.low == "method");
    (is_said && METHODS.contains(&method.as_str())).then_some(method)
}

/// Whether a token is a value where any is expected; a symbol is one after its label: `environment: production`.
fn is_text(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let is_said = tokens[..at].last().is_some_and(|before| matches!(before.low.as_str(), "equals" | "="));
    match token.kind {
        TokenKind::Symbol => !token.text.contains(' ') && !NO_VALUES.contains(&token.low.as_str()),
        TokenKind::Mark => false,
        TokenKind::Percent(_) | TokenKind::Ratio(_) => is_said,
        // "in the same namespace" points at a value.
        TokenKind::Word if token.low == "same" => is_said,
        TokenKind::Word if is_glue(&token.low) => is_said || is_code(tokens, at),
        _ => true,
    }
}

/// Whether a small word is a code by its place, as of a country: "x-region is us, go to …".
fn is_code(tokens: &[Token], at: usize) -> bool {
    let before = tokens[..at].last().map_or("", |before| before.low.as_str());
    let next = tokens.get(at + 1).map_or("", |next| next.low.as_str());
    // "eu or us", "eu, us or ap"
    let follows = matches!(before, "is" | "or" | "equals") || before == "," && matches!(next, "or" | ",");
    let ends = matches!(next, "" | "," | "send" | "to" | "." | "and" | "or");
    tokens[at].low.len() == 2 && follows && ends
}

/// A pattern for a text as it stands.
pub(super) fn literal(text: &str) -> String {
    let mut pattern = String::new();
    for letter in text.chars() {
        if !letter.is_alphanumeric() && !matches!(letter, '-' | '_' | ' ' | '/') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// `80, 81 and 82`
fn numbers(tokens: &[Token], at: usize) -> Option<(Value, usize)> {
    let number = |place: usize| match tokens.get(place).map(|token| &token.kind) {
        Some(TokenKind::Number(number)) => Some(*number),
        _ => None,
    };
    let is_joint = |place: usize| tokens.get(place).is_some_and(|token| token.low == "," || token.low == "and");
    let mut numbers = vec![number(at)?];
    let mut end = at + 1;
    while numbers.len() < MAX_NUMBERS {
        let joints = (end..end + 2).take_while(|place| is_joint(*place)).count();
        let is_counted = tokens.get(end + joints + 1).is_some_and(|after| COUNTED.contains(&after.low.as_str()));
        let Some(next) = number(end + joints).filter(|_| joints > 0 && !is_counted) else { break };
        numbers.push(next);
        end += joints + 1;
    }
    Some((Value::Numbers(numbers), end))
}

/// `90/10`, `90 to 10`, `90-10`, `90:10`.
fn ratio(tokens: &[Token], at: usize) -> Option<(Value, usize)> {
    let number = |place: usize| match tokens.get(place).map(|token| &token.kind) {
        Some(TokenKind::Number(number) | TokenKind::Percent(number)) => Some(*number),
        _ => None,
    };
    let is_between = |place: usize| {
        tokens.get(place).is_some_and(|token| matches!(token.low.as_str(), "to" | "-" | ":" | "/" | "–"))
    };
    if let TokenKind::Ratio(parts) = &tokens.get(at)?.kind {
        return Some((Value::Numbers(parts.clone()), at + 1));
    }
    let mut parts = vec![number(at)?];
    let mut end = at + 1;
    while parts.len() < MAX_NUMBERS
        && is_between(end)
        && let Some(next) = number(end + 1)
    {
        parts.push(next);
        end += 2;
    }
    let sum = |parts: &[u32]| parts.iter().copied().map(u64::from).sum::<u64>();
    if parts.len() > 1 {
        return (sum(&parts) <= 1000).then_some((Value::Numbers(parts), end));
    }
    // "weights 60, 30 and 10", "60, 30 and 10 percent": numbers in a row are shares where that was said and they make a hundred.
    let is_said = tokens[..at].last().is_some_and(|before| matches!(before.low.as_str(), "weight" | "split"));
    let joint = |place: usize| tokens.get(place).is_some_and(|token| matches!(token.low.as_str(), "," | "and"));
    let next = |end: usize| end + (end..end + 2).take_while(|place| joint(*place)).count();
    while let Some(share) = number(next(end)).filter(|_| parts.len() < MAX_NUMBERS) {
        end = next(end) + 1;
        parts.push(share);
    }
    // "50 and 50 between a and b"
    let is_shared = tokens.get(end).is_some_and(|next| next.low == "between");
    let is_said = is_said || is_shared || matches!(tokens[end - 1].kind, TokenKind::Percent(_));
    (is_said && parts.len() > 1 && sum(&parts) == 100).then_some((Value::Numbers(parts), end))
}

fn paired(((name, value), end): ((String, String), usize)) -> (Value, usize) {
    (Value::Pair(name, value), end)
}
