//! A request cut into tokens: words, names, numbers with their units, paths, quotations.
//!
//! Cutting knows how things are spelt and nothing of what they mean. Every token keeps its place in the request.

use crate::intent::Span;
use crate::intent::scaled;

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

/// Cuts a request into tokens.
pub(crate) fn tokens(request: &str) -> Vec<Token> {
    let mut cutter = Cutter { request, at: 0, tokens: Vec::new() };
    while cutter.tokens.len() < MAX_TOKENS && cutter.next() {}
    join_units(cutter.tokens)
}

struct Cutter<'r> {
    request: &'r str,
    at: usize,
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
        self.at += skipped;
        let Some(first) = self.rest().chars().next() else { return false };
        if let Some((_, close)) = QUOTES.iter().find(|(open, _)| *open == first)
            && self.quoted(first, *close)
        {
            return true;
        }
        if first == '/' && self.path() {
            return true;
        }
        // A pattern begins with its anchor, and a number below zero is none that anything here can be.
        let is_signed = first == '-'
            && self.rest()[1..].starts_with(|next: char| next.is_ascii_digit())
            && self.tokens.last().is_none_or(|last| last.end < self.at && !matches!(last.kind, TokenKind::Number(_)));
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
        if first.is_alphanumeric() || first == '_' || is_suffix {
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
        let line = body.find('\n').unwrap_or(body.len());
        let ends = |at: usize| !body[at + close.len_utf8()..].starts_with(|next: char| next.is_alphanumeric());
        let Some(length) = body[..line].match_indices(close).map(|(at, _)| at).find(|at| ends(*at)) else {
            return false;
        };
        let text = body[..length].trim().to_owned();
        if text.is_empty() {
            return false;
        }
        self.push_as(TokenKind::Quoted, text, open.len_utf8() + length + close.len_utf8());
        true
    }

    /// `/api`, up to a space; a mark at its end belongs to the sentence.
    fn path(&mut self) -> bool {
        let is_after_word = self.tokens.last().is_some_and(|last| last.end == self.at && last.kind != TokenKind::Mark);
        if is_after_word {
            return false;
        }
        let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        let path = self.rest()[..length].trim_end_matches([',', ';', ')', '.', ':', '!', '?', '\'', '"', '’']);
        if path.is_empty() {
            return false;
        }
        let length = path.len();
        self.push(TokenKind::Path, length);
        true
    }

    /// `90`, `1.5s`, `90%`, `90/10`, `5xx`, `10.0.0.1`, `3x`.
    fn number(&mut self) {
        let rest = self.rest();
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let grouped = thousands(rest);
        if let Some((value, length)) = grouped {
            self.push(TokenKind::Number(value), length);
            return;
        }
        let after = &rest[digits..];
        for mark in ['/', ':', '-'] {
            if !(after.starts_with(mark) && after[1..].starts_with(|next: char| next.is_ascii_digit())) {
                continue;
            }
            let length = rest.find(|letter: char| !letter.is_ascii_digit() && letter != mark).unwrap_or(rest.len());
            let parts: Option<Vec<u32>> = rest[..length].split(mark).map(|part| part.parse().ok()).collect();
            let is_ratio = |parts: &Vec<u32>| mark == '/' || parts.iter().sum::<u32>() == 100;
            if let Some(parts) = parts.filter(is_ratio) {
                self.push(TokenKind::Ratio(parts), length);
                return;
            }
        }
        let decimal = match after.strip_prefix('.') {
            Some(fraction) => {
                let more = fraction.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(fraction.len());
                if more == 0 { digits } else { digits + 1 + more }
            }
            None => digits,
        };
        // A decimal takes its unit over a space: `1.5 s`.
        let spaced = rest[decimal..].strip_prefix(' ').filter(|_| decimal > digits).and_then(|after| {
            let length = after.find(|letter: char| !letter.is_alphabetic()).unwrap_or(after.len());
            Some((scaled(&rest[..decimal], time_unit(&after[..length].to_lowercase())?)?, decimal + 1 + length))
        });
        if let Some((millis, length)) = spaced {
            self.push(TokenKind::Span(Span::millis(millis)), length);
            return;
        }
        let is_dotted = rest[decimal..].starts_with('.')
            && rest[decimal + 1..].starts_with(|next: char| next.is_ascii_alphanumeric());
        let tail = rest[decimal..].find(|letter: char| !is_name_letter(letter)).unwrap_or(rest.len() - decimal);
        let suffix = rest[decimal..decimal + tail].to_lowercase();
        if is_dotted {
            self.word();
        } else if rest[decimal..].starts_with('%') {
            self.counted(digits, decimal, decimal + 1, TokenKind::Percent);
        } else if let Some(scale) = time_unit(&suffix) {
            match scaled(&rest[..decimal], scale) {
                Some(millis) => self.push(TokenKind::Span(Span::millis(millis)), decimal + tail),
                None => self.push(TokenKind::Name, decimal + tail),
            }
        } else if suffix.is_empty() || suffix == "x" {
            self.counted(digits, decimal, decimal + tail, TokenKind::Number);
        } else if suffix.starts_with('-') && time_unit(suffix.trim_start_matches('-')).is_some() {
            let scale = time_unit(suffix.trim_start_matches('-')).unwrap_or(1);
            match scaled(&rest[..decimal], scale) {
                Some(millis) => self.push(TokenKind::Span(Span::millis(millis)), decimal + tail),
                None => self.push(TokenKind::Name, decimal + tail),
            }
        } else if suffix.starts_with('-') || suffix.starts_with('.') {
            // `8080-9090`, `3-retry`: the number, then the rest.
            self.counted(digits, decimal, decimal, TokenKind::Number);
        } else {
            self.word();
        }
    }

    fn counted(&mut self, digits: usize, decimal: usize, length: usize, kind: fn(u32) -> TokenKind) {
        let value = (digits == decimal).then(|| self.rest()[..digits].parse().ok()).flatten();
        match value {
            Some(value) => self.push(kind(value), length),
            None => self.push(TokenKind::Name, length),
        }
    }

    fn word(&mut self) {
        let rest = self.rest();
        let scheme = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let is_arn = rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"));
        if is_arn || rest[scheme..].starts_with("://") {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let length = rest[..length].trim_end_matches([',', ';', ')', '.', '\'', '"']).len();
            self.push(TokenKind::Address, length);
            return;
        }
        let length = rest.find(|letter: char| !is_name_letter(letter)).unwrap_or(rest.len());
        let mut text = rest[..length].trim_end_matches(['.', '-', '_']);
        // `http/2`, `HTTP/1.1`
        let slashed = &rest[text.len()..];
        if text.eq_ignore_ascii_case("http") && slashed.starts_with('/') {
            let version = slashed[1..].find(|letter: char| !letter.is_ascii_digit() && letter != '.');
            let version = slashed[1..][..version.unwrap_or(slashed.len() - 1)].trim_end_matches('.');
            text = &rest[..text.len() + 1 + version.len()];
            let length = text.len();
            if !version.is_empty() {
                self.push(TokenKind::Word, length);
                return;
            }
            text = &rest[..length - 1];
        }
        // `account.dkr.ecr.region.amazonaws.com/image:tag`
        if text.contains('.') && rest[text.len()..].starts_with('/') {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let length = rest[..length].trim_end_matches([',', ';', ')', '.', '\'', '"']).len();
            self.push(TokenKind::Address, length);
            return;
        }
        // `doesn't`, `node's`
        if let Some(tail) = apostrophe(&rest[text.len()..]) {
            let length = text.len() + tail;
            let is_possessive = tail == rest[text.len()..].chars().next().map_or(0, char::len_utf8) + 1;
            let word = match is_possessive && rest[..length].ends_with('s') {
                true => text.to_owned(),
                false => rest[..length].replace('’', "'"),
            };
            let kind = if word.contains('\'') { TokenKind::Word } else { kind_of(&word) };
            self.push_as(kind, word, length);
            return;
        }
        let length = text.len().max(rest.chars().next().map_or(1, char::len_utf8));
        let kind = kind_of(&rest[..length]);
        self.push(kind, length);
    }

    fn mark(&mut self, first: char) {
        let rest = self.rest();
        let arrow = ["->", "=>", "-->", "→", "⇒"].into_iter().find(|arrow| rest.starts_with(arrow));
        if let Some(arrow) = arrow {
            self.push_as(TokenKind::Mark, "to".to_owned(), arrow.len());
            return;
        }
        let two = ["==", "!="].into_iter().find(|mark| rest.starts_with(mark));
        self.push(TokenKind::Mark, two.map_or(first.len_utf8(), str::len));
    }
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '*')
}

/// `1,000`: a number with commas between its thousands.
fn thousands(rest: &str) -> Option<(u32, usize)> {
    let length = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ',').unwrap_or(rest.len());
    let text = rest[..length].trim_end_matches(',');
    let mut groups = text.split(',');
    let first = groups.next()?;
    let mut digits = String::from(first);
    let mut count = 0;
    for group in groups {
        (group.len() == 3).then_some(())?;
        digits.push_str(group);
        count += 1;
    }
    (count > 0 && first.len() <= 3).then_some(())?;
    Some((digits.parse().ok()?, text.len()))
}

/// How far an apostrophe's ending goes: `'s`, `n't` has its n before.
fn apostrophe(rest: &str) -> Option<usize> {
    let mut letters = rest.chars();
    let mark = letters.next().filter(|mark| matches!(mark, '\'' | '’'))?;
    let tail: usize = letters.take_while(|letter| letter.is_alphabetic()).map(char::len_utf8).sum();
    (1..=2).contains(&tail).then_some(mark.len_utf8() + tail)
}

fn kind_of(text: &str) -> TokenKind {
    let is_upper = |letter: char| letter.is_uppercase();
    let has_inner_upper = text.chars().skip(1).any(is_upper) && !text.chars().all(|letter| is_upper(letter));
    if text.contains('.') || text.contains('*') {
        TokenKind::Host
    } else if has_inner_upper || text.contains(|letter: char| letter.is_numeric() || matches!(letter, '-' | '_')) {
        TokenKind::Name
    } else {
        TokenKind::Word
    }
}

/// Milliseconds of a unit of time.
fn time_unit(text: &str) -> Option<u64> {
    Some(match text {
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        _ => return None,
    })
}

/// Numbers in words become numbers, and numbers take their units: `thirty seconds`, `90 percent`.
fn join_units(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if let Some((token, next)) = in_words(&tokens, at) {
            joined.push(token);
            at = next;
            continue;
        }
        let (mut token, next) = spelt(&tokens, at);
        at = next;
        let TokenKind::Number(value) = token.kind else {
            joined.push(token);
            continue;
        };
        if tokens.get(at).is_some_and(|mark| mark.low == "%") {
            token.kind = TokenKind::Percent(value);
            token.end = tokens[at].end;
            at += 1;
            joined.push(token);
            continue;
        }
        let hyphen = tokens.get(at).is_some_and(|mark| mark.low == "-");
        let unit = tokens.get(if hyphen { at + 1 } else { at }).filter(|unit| unit.kind == TokenKind::Word);
        let per_cent =
            unit.is_some_and(|unit| unit.low == "per") && tokens.get(at + 1).is_some_and(|word| word.low == "cent");
        let kind = unit.and_then(|unit| match unit.low.as_str() {
            "percent" | "pct" | "percentage" => Some(TokenKind::Percent(value)),
            // Single letters are units only where they touch their number.
            word if word.len() > 1 => {
                time_unit(word).map(|scale| TokenKind::Span(Span::millis(u64::from(value).saturating_mul(scale))))
            }
            "s" => Some(TokenKind::Span(Span::seconds(u64::from(value)))),
            _ => None,
        });
        if per_cent {
            token.kind = TokenKind::Percent(value);
            token.end = tokens[at + 1].end;
            at += 2;
        } else if let (Some(kind), Some(unit)) = (kind, unit) {
            token.kind = kind;
            token.end = unit.end;
            at += if hyphen { 2 } else { 1 };
        }
        joined.push(token);
    }
    joined
}

/// Times and shares that are said without a number: `half a minute`, `a minute and a half`, `twice a minute`, `a quarter`,
/// `one in ten`.
fn in_words(tokens: &[Token], at: usize) -> Option<(Token, usize)> {
    let low = |place: usize| tokens.get(place).map_or("", |token| token.low.as_str());
    let unit = |place: usize| {
        tokens
            .get(place)
            .filter(|token| token.kind == TokenKind::Word && token.low.len() > 1)
            .and_then(|token| time_unit(&token.low))
    };
    let made = |kind: TokenKind, next: usize| {
        let (first, last) = (&tokens[at], &tokens[next - 1]);
        Some((
            Token { kind, low: first.low.clone(), text: first.text.clone(), start: first.start, end: last.end },
            next,
        ))
    };
    let span = |millis: u64| TokenKind::Span(Span::millis(millis));
    let is_article = |word: &str| matches!(word, "a" | "an" | "one" | "per" | "every" | "each");
    let count = |place: usize| match tokens.get(place).map(|token| &token.kind) {
        Some(TokenKind::Number(number)) => Some(*number),
        _ => small_number(low(place)),
    };
    if low(at) == "half" {
        let place = if is_article(low(at + 1)) { at + 2 } else { at + 1 };
        if let Some(scale) = unit(place).filter(|_| !low(at + 1).is_empty()) {
            return made(span(scale / 2), place + 1);
        }
        return (!matches!(low(at + 1), "and")).then(|| made(TokenKind::Percent(50), at + 1)).flatten();
    }
    if let Some((half, unit)) = low(at).split_once('-').filter(|(half, _)| *half == "half")
        && let Some(scale) = time_unit(unit)
    {
        let _ = half;
        return made(span(scale / 2), at + 1);
    }
    // `a minute and a half`, `a minute`
    if matches!(low(at), "a" | "an" | "one")
        && let Some(scale) = unit(at + 1)
    {
        let is_ordinal = low(at + 1) == "second"
            && tokens.get(at + 2).is_some_and(|next| {
                next.kind == TokenKind::Word
                    && !matches!(
                        next.low.as_str(),
                        "timeout" | "interval" | "for" | "per" | "and" | "between" | "delay"
                    )
            });
        if is_ordinal {
            return None;
        }
        if low(at + 2) == "and" && low(at + 3) == "a" && low(at + 4) == "half" {
            return made(span(scale + scale / 2), at + 5);
        }
        return made(span(scale), at + 2);
    }
    // `every minute`: the word before stays.
    if at > 0
        && matches!(low(at - 1), "every" | "each")
        && let Some(scale) = unit(at)
    {
        return made(span(scale), at + 1);
    }
    let times = match low(at) {
        "once" => Some((1, at + 1)),
        "twice" => Some((2, at + 1)),
        _ => count(at).filter(|_| low(at + 1) == "times").map(|count| (count, at + 2)),
    };
    if let Some((times, place)) = times
        && matches!(low(place), "a" | "an" | "per" | "every" | "each")
        && let Some(scale) = unit(place + 1)
        && times > 0
    {
        return made(span(scale / u64::from(times)), place + 2);
    }
    if low(at) == "twice" {
        return made(TokenKind::Number(2), at + 1);
    }
    share(tokens, at, &low, &count).and_then(|(percent, next)| made(TokenKind::Percent(percent), next))
}

/// `a quarter`, `three quarters`, `one in ten`, `1 out of 20`, `a third` (which no percentage is).
fn share<'t>(
    _: &'t [Token],
    at: usize,
    low: &dyn Fn(usize) -> &'t str,
    count: &dyn Fn(usize) -> Option<u32>,
) -> Option<(u32, usize)> {
    for (word, parts) in [("quarter", 4), ("quarters", 4), ("fifth", 5), ("fifths", 5), ("tenth", 10), ("tenths", 10)] {
        if low(at + 1) == word {
            let times = if matches!(low(at), "a" | "one") { Some(1) } else { count(at) };
            return times.filter(|times| *times <= parts).map(|times| (100 / parts * times, at + 2));
        }
    }
    let many = count(at)?;
    let place = match (low(at + 1), low(at + 2)) {
        ("in" | "of", _) => at + 2,
        ("out", "of") => at + 3,
        _ => return None,
    };
    let all = count(place).filter(|all| *all >= 2 && *all >= many && (100 * many) % *all == 0 && *all <= 100)?;
    Some((100 * many / all, place + 1))
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn small_number(word: &str) -> Option<u32> {
    let ones = ONES.iter().position(|one| *one == word);
    let tens = || TENS.iter().position(|ten| *ten == word).map(|ten| (ten + 2) * 10);
    let compound = || {
        let (ten, one) = word.split_once('-')?;
        let ten = TENS.iter().position(|known| *known == ten)?;
        let one = ONES.iter().position(|known| *known == one).filter(|one| (1..10).contains(one))?;
        Some((ten + 2) * 10 + one)
    };
    ones.or_else(tens).or_else(compound).and_then(|value| u32::try_from(value).ok())
}

/// The token at a place, as a number where words spell one; and the place after it.
fn spelt(tokens: &[Token], at: usize) -> (Token, usize) {
    let mut token = tokens[at].clone();
    if !matches!(token.kind, TokenKind::Word | TokenKind::Name) {
        return (token, at + 1);
    }
    let word =
        |place: usize| tokens.get(place).filter(|token| token.kind == TokenKind::Word).map(|token| token.low.as_str());
    // `2-second` stands as one word when the number is spelt: `two-second`.
    if let Some((number, unit)) = token.low.split_once('-')
        && let (Some(value), Some(scale)) = (small_number(number), time_unit(unit))
    {
        token.kind = TokenKind::Span(Span::millis(u64::from(value) * scale));
        return (token, at + 1);
    }
    let (mut value, mut next) = match (token.low.as_str(), word(at + 1)) {
        ("a" | "one", Some("hundred")) => (100, at + 2),
        ("a" | "one", Some("dozen")) => (12, at + 2),
        ("a" | "one", Some("thousand")) => (1000, at + 2),
        (first, _) => match small_number(first) {
            // "one" is a pronoun as often as a number: only before a noun that is counted does it matter.
            Some(value) => (value, at + 1),
            None => return (token, at + 1),
        },
    };
    if value >= 20
        && value % 10 == 0
        && let Some(one) = word(next).and_then(small_number).filter(|one| (1..10).contains(one))
    {
        value += one;
        next += 1;
    }
    // `eighty eighty`: a port as it is spoken.
    if (10..100).contains(&value)
        && let Some(second) = word(next).and_then(small_number).filter(|second| *second >= 10)
    {
        value = value * 100 + second;
        next += 1;
    }
    for (name, scale) in [("hundred", 100), ("thousand", 1000)] {
        if value < 100 && word(next) == Some(name) {
            value *= scale;
            next += 1;
        }
    }
    token.kind = TokenKind::Number(value);
    token.end = tokens[next - 1].end;
    (token, next)
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
