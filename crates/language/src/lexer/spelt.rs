//! Numbers, times and shares in words: `thirty seconds`, `half a minute`, `twice a minute`, `a quarter`, `one in ten`.

use super::number::time_unit;
use super::{Token, TokenKind};
use crate::intent::Span;

/// Numbers in words become numbers, and numbers take their units: `thirty seconds`, `90 percent`.
pub(super) fn join(tokens: &[Token]) -> Vec<Token> {
    let words = Words(tokens);
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        // "split three ways": what follows says among whom.
        if words.count(at).is_some() && words.low(at + 1) == "ways" {
            at += 2;
            continue;
        }
        let (token, next) = match words.span_or_share(at) {
            Some((kind, next)) => (Token { kind, end: tokens[next - 1].end, ..tokens[at].clone() }, next),
            None => {
                let (token, next) = words.number(at);
                words.with_unit(token, next)
            }
        };
        joined.push(token);
        at = next;
    }
    weigh_fractions(&mut joined);
    joined
}

/// Fractions of one whole that make it up are shares, which need no hundredths: `1/3 to a, 2/3 to b`.
fn weigh_fractions(tokens: &mut [Token]) {
    let fraction = |token: &Token| match &token.kind {
        TokenKind::Ratio(parts) => match parts[..] {
            [part, whole] if part < whole => Some((part, whole)),
            _ => None,
        },
        _ => None,
    };
    let fractions: Vec<(u32, u32)> = tokens.iter().filter_map(fraction).collect();
    let Some((_, whole)) = fractions.first().copied() else { return };
    let is_whole = fractions.iter().map(|(part, _)| u64::from(*part)).sum::<u64>() == u64::from(whole);
    if !is_whole || whole > 100 || fractions.iter().any(|(_, other)| *other != whole) {
        return;
    }
    for token in tokens {
        if let Some((part, _)) = fraction(token) {
            token.kind = TokenKind::Percent(part);
        }
    }
}

const ONES: &[&str] = &[
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

const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Nouns of parts, and how many of them make a whole that percents can say.
const PARTS: &[(&str, u32)] =
    &[("quarter", 4), ("quarters", 4), ("fifth", 5), ("fifths", 5), ("tenth", 10), ("tenths", 10)];

/// Words after which "a second" is a time and no ordinal.
const AFTER_A_SECOND: &[&str] = &["timeout", "interval", "for", "per", "and", "between", "delay"];

/// Each, in the sense of a rate: "twice a minute".
const PER: &[&str] = &["a", "an", "per", "every", "each"];

struct Words<'t>(&'t [Token]);

impl<'t> Words<'t> {
    fn low(&self, at: usize) -> &'t str {
        self.0.get(at).map_or("", |token| token.low.as_str())
    }

    fn word(&self, at: usize) -> Option<&'t str> {
        self.0.get(at).filter(|token| token.kind == TokenKind::Word).map(|token| token.low.as_str())
    }

    /// Milliseconds of a unit that stands by itself; single letters are units only where they touch their number.
    fn unit(&self, at: usize) -> Option<u64> {
        self.word(at).filter(|word| word.len() > 1).and_then(time_unit)
    }

    /// A number, in digits or in words.
    fn count(&self, at: usize) -> Option<u32> {
        match self.0.get(at).map(|token| &token.kind) {
            Some(TokenKind::Number(number)) => Some(*number),
            _ => small_number(self.low(at)),
        }
    }

    /// A time or share that is said without a number, and the place after it.
    fn span_or_share(&self, at: usize) -> Option<(TokenKind, usize)> {
        let span = |(millis, next)| (TokenKind::Span(Span::millis(millis)), next);
        if self.low(at) == "half" {
            return match self.half_a_unit(at) {
                Some(found) => Some(span(found)),
                None => (self.low(at + 1) != "and").then_some((TokenKind::Percent(50), at + 1)),
            };
        }
        if let Some(found) =
            self.half_unit(at).or_else(|| self.one_unit(at)).or_else(|| self.and_a_half(at)).or_else(|| self.rate(at))
        {
            return Some(span(found));
        }
        if let Some(found) = self.third_of_hosts(at) {
            return Some(found);
        }
        if let Some(thirds) = self.thirds(at) {
            return Some(thirds);
        }
        if let Some(times) = match self.low(at) {
            "twice" => Some(2),
            "thrice" => Some(3),
            _ => None,
        } {
            return Some((TokenKind::Number(times), at + 1));
        }
        self.share(at).map(|(percent, next)| (TokenKind::Percent(percent), next))
    }

    /// `half a minute`, `half minute`
    fn half_a_unit(&self, at: usize) -> Option<(u64, usize)> {
        let has_article = matches!(self.low(at + 1), "a" | "an" | "one" | "per" | "every" | "each");
        let place = if has_article { at + 2 } else { at + 1 };
        Some((self.unit(place)? / 2, place + 1))
    }

    /// `half-minute`
    fn half_unit(&self, at: usize) -> Option<(u64, usize)> {
        Some((time_unit(self.low(at).strip_prefix("half-")?)? / 2, at + 1))
    }

    /// `a minute and a half`, `a minute`, and the unit alone in `every minute`.
    fn one_unit(&self, at: usize) -> Option<(u64, usize)> {
        if at > 0 && matches!(self.low(at - 1), "every" | "each") {
            return Some((self.unit(at)?, at + 1));
        }
        let scale = self.unit(at + 1).filter(|_| matches!(self.low(at), "a" | "an" | "one"))?;
        let is_ordinal =
            self.low(at + 1) == "second" && self.word(at + 2).is_some_and(|next| !AFTER_A_SECOND.contains(&next));
        if is_ordinal {
            return None;
        }
        match (self.low(at + 2), self.low(at + 3), self.low(at + 4)) {
            ("and", "a", "half") => Some((scale + scale / 2, at + 5)),
            _ => Some((scale, at + 2)),
        }
    }

    /// `two and a half minutes`
    fn and_a_half(&self, at: usize) -> Option<(u64, usize)> {
        let many = self.count(at).filter(|_| (self.low(at + 1), self.low(at + 2)) == ("and", "a"))?;
        let scale = self.unit(at + 4).filter(|_| self.low(at + 3) == "half")?;
        Some((u64::from(many) * scale + scale / 2, at + 5))
    }

    /// `twice a minute`, `4 times per second`: the time between two.
    fn rate(&self, at: usize) -> Option<(u64, usize)> {
        let (times, place) = match self.low(at) {
            "once" => (1, at + 1),
            "twice" => (2, at + 1),
            _ => (self.count(at).filter(|_| self.low(at + 1) == "times")?, at + 2),
        };
        let scale = self.unit(place + 1).filter(|_| PER.contains(&self.low(place)) && times > 0)?;
        Some((scale / u64::from(times), place + 2))
    }

    /// `a third of`, `two thirds`: no whole percentage, so a fraction.
    fn thirds(&self, at: usize) -> Option<(TokenKind, usize)> {
        let times = if self.low(at) == "a" { 1 } else { self.count(at)? };
        // "a third listener" is one more of them.
        let is_share = match self.low(at + 1) {
            "thirds" => times <= 3,
            "third" => times == 1 && matches!(self.low(at + 2), "of" | "to" | "each" | "goes" | "go" | "on" | "for"),
            _ => false,
        };
        is_share.then(|| (TokenKind::Ratio(vec![times, 3]), at + 2))
    }

    /// `a third of the hosts`: where only whole percents can be said.
    fn third_of_hosts(&self, at: usize) -> Option<(TokenKind, usize)> {
        let times = if self.low(at) == "a" { 1 } else { self.count(at)? };
        let is_third = matches!(self.low(at + 1), "third" | "thirds") && times <= 2 && self.low(at + 2) == "of";
        let noun = if self.low(at + 3) == "the" || self.low(at + 3) == "all" { at + 4 } else { at + 3 };
        let of_hosts = matches!(self.low(noun), "hosts" | "endpoints" | "instances" | "tasks" | "pods" | "them");
        (is_third && of_hosts).then(|| (TokenKind::Percent(100 * times / 3), at + 2))
    }

    /// `a quarter`, `three quarters`, `one in ten`, `1 out of 20`.
    fn share(&self, at: usize) -> Option<(u32, usize)> {
        if let Some((_, parts)) = PARTS.iter().find(|(word, _)| *word == self.low(at + 1)) {
            let times = if self.low(at) == "a" { Some(1) } else { self.count(at) };
            return times.filter(|times| times <= parts).map(|times| (100 / parts * times, at + 2));
        }
        let many = self.count(at)?;
        let place = match (self.low(at + 1), self.low(at + 2)) {
            ("in" | "of", _) => at + 2,
            ("out", "of") => at + 3,
            _ => return None,
        };
        let all =
            self.count(place).filter(|all| (2..=100).contains(all) && *all >= many && (100 * many) % *all == 0)?;
        Some((100 * many / all, place + 1))
    }

    /// The token at a place, as a number where words spell one; and the place after it.
    fn number(&self, at: usize) -> (Token, usize) {
        let mut token = self.0[at].clone();
        if !matches!(token.kind, TokenKind::Word | TokenKind::Name) {
            return (token, at + 1);
        }
        // `2-second` stands as one word when the number is spelt: `two-second`.
        if let Some((number, unit)) = token.low.split_once('-')
            && let (Some(value), Some(scale)) = (small_number(number), time_unit(unit))
        {
            token.kind = TokenKind::Span(Span::millis(u64::from(value) * scale));
            return (token, at + 1);
        }
        if let Some((value, next)) = self.cardinal(at) {
            token.kind = TokenKind::Number(value);
            token.end = self.0[next - 1].end;
            return (token, next);
        }
        (token, at + 1)
    }

    /// `twenty five`, `a hundred`, `eighty eighty`, `three thousand`.
    fn cardinal(&self, at: usize) -> Option<(u32, usize)> {
        let (mut value, mut next) = match (self.low(at), self.word(at + 1)) {
            ("a" | "one", Some("hundred")) => (100, at + 2),
            ("a" | "one", Some("dozen")) => (12, at + 2),
            ("a" | "one", Some("thousand")) => (1000, at + 2),
            (first, _) => (small_number(first)?, at + 1),
        };
        if (20..100).contains(&value)
            && value % 10 == 0
            && let Some(one) = self.word(next).and_then(small_number).filter(|one| (1..10).contains(one))
        {
            value += one;
            next += 1;
        }
        // `eighty eighty`: a port as it is spoken.
        if (10..100).contains(&value)
            && let Some(second) = self.word(next).and_then(small_number).filter(|second| *second >= 10)
        {
            value = value * 100 + second;
            next += 1;
        }
        for (name, scale) in [("hundred", 100), ("thousand", 1000)] {
            let is_scaled = value < 100 && self.word(next) == Some(name);
            if is_scaled {
                value *= scale;
                next += 1;
            }
            if (is_scaled || value >= scale && value % scale == 0)
                && let Some((rest, after)) = self.cardinal_below(scale, next)
            {
                value += rest;
                next = after;
            }
        }
        Some((value, next))
    }

    /// What follows a hundred or a thousand: `eighty` of `eight thousand eighty`, `and fifty` of `two hundred and fifty`.
    fn cardinal_below(&self, scale: u32, at: usize) -> Option<(u32, usize)> {
        let start = if self.low(at) == "and" { at + 1 } else { at };
        small_number(self.word(start)?)?;
        self.cardinal(start).filter(|(rest, _)| *rest < scale)
    }

    /// A number with the unit that follows it, and the place after that: `90 percent`, `30 - second`.
    fn with_unit(&self, token: Token, next: usize) -> (Token, usize) {
        let TokenKind::Number(value) = token.kind else { return (token, next) };
        let place = if self.low(next) == "-" { next + 1 } else { next };
        let (kind, end) = match (self.low(next), self.word(place)) {
            ("%", _) => (TokenKind::Percent(value), next + 1),
            (_, Some("per")) if self.low(next + 1) == "cent" => (TokenKind::Percent(value), next + 2),
            (_, Some("percent" | "pct" | "percentage")) => (TokenKind::Percent(value), place + 1),
            (_, Some("s")) => (TokenKind::Span(Span::seconds(u64::from(value))), place + 1),
            _ => match self.unit(place) {
                Some(scale) => (TokenKind::Span(Span::millis(u64::from(value).saturating_mul(scale))), place + 1),
                None => return (token, next),
            },
        };
        let end_byte = self.0[end - 1].end;
        (Token { kind, end: end_byte, ..token }, end)
    }
}

fn small_number(word: &str) -> Option<u32> {
    let position = |known: &[&str], word: &str| known.iter().position(|known| *known == word);
    let value = match word.split_once('-') {
        Some((ten, one)) => {
            let one = position(ONES, one).filter(|one| (1..10).contains(one))?;
            (position(TENS, ten)? + 2) * 10 + one
        }
        None => position(ONES, word).or_else(|| position(TENS, word).map(|ten| (ten + 2) * 10))?,
    };
    u32::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    fn check(words: &str, expected: &TokenKind) {
        let found: Vec<TokenKind> = tokens(words).into_iter().map(|token| token.kind).collect();
        assert_eq!(found, std::slice::from_ref(expected), "{words}");
    }

    #[test]
    fn times_are_said_in_many_ways() {
        for (words, millis) in [
            ("thirty seconds", 30_000),
            ("half a minute", 30_000),
            ("half-second", 500),
            ("a minute and a half", 90_000),
            ("two and a half minutes", 150_000),
            ("a minute", 60_000),
            ("two-second", 2000),
            ("1.5 s", 1500),
            ("250 ms", 250),
            ("twice a minute", 30_000),
            ("4 times per second", 250),
        ] {
            check(words, &TokenKind::Span(Span::millis(millis)));
        }
    }

    #[test]
    fn shares_are_said_in_many_ways() {
        for (words, percent) in [
            ("ninety percent", 90),
            ("5 per cent", 5),
            ("a quarter", 25),
            ("one in ten", 10),
            ("1 out of 20", 5),
            ("half", 50),
        ] {
            check(words, &TokenKind::Percent(percent));
        }
    }

    #[test]
    fn numbers_are_said_in_many_ways() {
        for (words, number) in [
            ("twenty five", 25),
            ("twenty-five", 25),
            ("a hundred", 100),
            ("eighty eighty", 8080),
            ("three thousand", 3000),
            ("eight thousand eighty", 8080),
            ("two hundred and fifty", 250),
            ("a thousand two hundred", 1200),
            ("thrice", 3),
            ("2k", 2000),
        ] {
            check(words, &TokenKind::Number(number));
        }
    }
}
