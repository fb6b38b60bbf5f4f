//! Numbers in digits: `90`, `1.5s`, `90%`, `90/10`, `5xx`, `10.0.0.1`, `3x`, `10,000`.

use super::{Cutter, TokenKind, is_name_letter};
use crate::intent::{Span, scaled};

/// The most bytes that a number, or a ratio of several, may have; what is longer is cut into parts.
const MAX_NUMBER: usize = 48;

impl Cutter<'_> {
    pub(super) fn number(&mut self) {
        let rest = self.rest();
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        if let Some((value, length)) = thousands(rest) {
            self.push(TokenKind::Number(value), length);
            return;
        }
        if let Some((parts, length)) = ratio(rest, digits) {
            self.push(TokenKind::Ratio(parts), length);
            return;
        }
        let fraction = rest[digits..].strip_prefix('.').unwrap_or_default();
        let more = fraction.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(fraction.len());
        let decimal = if more == 0 { digits } else { digits + 1 + more };
        if let Some((millis, length)) = spaced_unit(rest, digits, decimal) {
            self.push(TokenKind::Span(Span::millis(millis)), length);
            return;
        }
        let is_dotted = rest[decimal..].starts_with('.')
            && rest[decimal + 1..].starts_with(|next: char| next.is_ascii_alphanumeric());
        let tail = rest[decimal..].find(|letter: char| !is_name_letter(letter)).unwrap_or(rest.len() - decimal);
        let tail = rest[decimal..decimal + tail].trim_end_matches(['.', '-', '_']).len();
        let suffix = rest[decimal..decimal + tail].to_lowercase();
        if is_dotted {
            self.word();
        } else if rest[decimal..].starts_with('%') {
            self.counted(digits, decimal, decimal + 1, TokenKind::Percent);
        } else if let Some(scale) = time_unit(suffix.trim_start_matches('-')) {
            // `30s`, `5-second`
            let kind =
                scaled(&rest[..decimal], scale).map_or(TokenKind::Name, |millis| TokenKind::Span(Span::millis(millis)));
            self.push(kind, decimal + tail);
        } else if let Some(value) =
            rest[..digits].parse::<u32>().ok().and_then(|value| value.checked_mul(1000)).filter(|_| suffix == "k")
        {
            // `2k`
            self.push(TokenKind::Number(value), decimal + tail);
        } else if suffix.is_empty() || suffix == "x" {
            self.counted(digits, decimal, decimal + tail, TokenKind::Number);
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
}

/// The start of a text, as far as letters are of a sort and a number may go.
fn leading(rest: &str, is_part: impl Fn(char) -> bool) -> &str {
    let end = rest.char_indices().find(|(at, letter)| !is_part(*letter) || *at >= MAX_NUMBER);
    &rest[..end.map_or(rest.len(), |(at, _)| at)]
}

/// `1,000`: a number with commas between its thousands.
fn thousands(rest: &str) -> Option<(u32, usize)> {
    let text = leading(rest, |letter| letter.is_ascii_digit() || letter == ',').trim_end_matches(',');
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

/// `90/10`, and `90:10`, `90-10` where they make a hundred.
fn ratio(rest: &str, digits: usize) -> Option<(Vec<u32>, usize)> {
    ['/', ':', '-'].into_iter().find_map(|mark| {
        let is_between = rest[digits..]
            .strip_prefix(mark)
            .is_some_and(|after| after.starts_with(|next: char| next.is_ascii_digit()));
        is_between.then_some(())?;
        let text = leading(rest, |letter| letter.is_ascii_digit() || letter == mark);
        let parts: Vec<u32> = text.split(mark).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let sum: u64 = parts.iter().copied().map(u64::from).sum();
        (mark == '/' || sum == 100).then_some((parts, text.len()))
    })
}

/// A decimal takes its unit over a space: `1.5 s`.
fn spaced_unit(rest: &str, digits: usize, decimal: usize) -> Option<(u64, usize)> {
    let after = rest[decimal..].strip_prefix(' ').filter(|_| decimal > digits)?;
    let unit = leading(after, char::is_alphabetic);
    Some((scaled(&rest[..decimal], time_unit(&unit.to_lowercase())?)?, decimal + 1 + unit.len()))
}

/// Milliseconds of a unit of time.
pub(super) fn time_unit(text: &str) -> Option<u64> {
    Some(match text {
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        _ => return None,
    })
}
