//! Values that differ between environments: "10% in staging and 50% in prod", "staging on 8080, production on 80".
//!
//! The request is read once for each environment, with the values of that one alone; where the readings differ is what
//! differs between the environments.

use super::versions::is_environment;
use crate::lexer::{Token, TokenKind};

/// The most words of one value.
const MAX_VALUE: usize = 6;

/// The most words between a value and its environment: "10 connections in staging".
const MAX_BETWEEN: usize = 6;

/// The most environments whose values are told apart.
const MAX_ENVIRONMENTS: usize = 8;

/// Words before a value that are no part of it.
const BEFORE_VALUE: &[&str] = &[
    "to", "only", "just", "is", "it", "its", "it's", "with", "at", "of", "a", "an", "the", "be", "use", "uses", "has",
    "gets", "get", "should", "must", "will", "=", "equals", ":", "-", "–", "→",
];

/// The most words of a sentence for one environment.
const MAX_CLAUSE: usize = 24;

/// What stands between an environment and what is said of it.
const AFTER_ENVIRONMENT: &[&str] =
    &[":", "=", ",", "gets", "get", "has", "uses", "use", "is", "should", "must", "have", "wants", "needs"];

/// Words of which one stands where the other does.
const OPPOSITES: &[[&str; 2]] = &[["allow-all", "drop-all"], ["strict", "permissive"], ["on", "off"]];

/// Prepositions before an environment.
const BEFORE_ENVIRONMENT: &[&str] = &["in", "for", "on"];

/// The request as it is for one environment.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) environment: String,
    pub(super) tokens: Vec<Token>,
}

/// A place where environments have values of their own, and what stands there in each.
#[derive(Debug)]
struct Group {
    start: usize,
    end: usize,
    values: Vec<(String, Vec<Token>)>,
}

/// The request for each environment that has values of its own; empty where none has.
pub(super) fn variants(tokens: &[Token]) -> Vec<Variant> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let group = clauses_of_environments(tokens, at)
            .or_else(|| values_first(tokens, at))
            .or_else(|| environments_first(tokens, at))
            .or_else(|| hosts_of_environments(tokens, at));
        let from = groups.last().map_or(0, |last| last.end);
        match group.filter(|group| group.start >= from) {
            Some(group) => {
                at = group.end;
                groups.push(group);
            }
            None => at += 1,
        }
    }
    let Some(first) = groups.first() else { return Vec::new() };
    let names: Vec<String> = first.values.iter().map(|(name, _)| name.clone()).collect();
    let are_alike = groups.iter().all(|group| {
        group.values.len() == names.len() && names.iter().all(|name| group.values.iter().any(|(own, _)| own == name))
    });
    if !are_alike || names.len() > MAX_ENVIRONMENTS {
        return Vec::new();
    }
    names
        .into_iter()
        .map(|environment| Variant { tokens: tokens_for(tokens, &groups, &environment), environment })
        .collect()
}

fn tokens_for(tokens: &[Token], groups: &[Group], environment: &str) -> Vec<Token> {
    let mut own = Vec::with_capacity(tokens.len());
    let mut at = 0;
    for group in groups {
        own.extend_from_slice(&tokens[at..group.start]);
        let value = group.values.iter().find(|(name, _)| name == environment);
        own.extend(value.into_iter().flat_map(|(_, value)| value.iter().cloned()));
        at = group.end;
    }
    own.extend_from_slice(&tokens[at..]);
    own
}

/// The environment that a preposition at a place leads to, and the place after it.
fn environment_at(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let is_led = tokens
        .get(at)
        .is_some_and(|token| token.kind == TokenKind::Word && BEFORE_ENVIRONMENT.contains(&token.low.as_str()));
    let place = if tokens.get(at + 1).is_some_and(|token| token.low == "the") { at + 2 } else { at + 1 };
    is_led.then(|| environment(tokens, place)).flatten()
}

fn environment(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let token = tokens.get(at).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name))?;
    is_environment(&token.low).then(|| (token.low.clone(), past(tokens, at + 1, &["environments"])))
}

fn past(tokens: &[Token], at: usize, words: &[&str]) -> usize {
    at + tokens[at.min(tokens.len())..].iter().take_while(|token| words.contains(&token.low.as_str())).count()
}

fn is_joint(token: &Token) -> bool {
    matches!(token.low.as_str(), "," | "and" | "or" | "but" | "while" | "(" | "/" | "versus" | "vs")
}

/// Whether a token ends what a value can be part of.
fn ends(token: &Token) -> bool {
    matches!(token.low.as_str(), "." | ";" | "!" | "?") || is_joint(token) || token.low == ")"
}

/// "10 connections in staging and 1000 in production", from the first preposition on.
fn values_first(tokens: &[Token], at: usize) -> Option<Group> {
    let (first, mut end) = environment_at(tokens, at)?;
    let mut others: Vec<(String, Vec<Token>)> = Vec::new();
    loop {
        let joint = end + tokens[end..].iter().take_while(|token| is_joint(token)).count();
        let start = past(tokens, joint, BEFORE_VALUE);
        let length = tokens[start.min(tokens.len())..].iter().take(MAX_VALUE + 1).take_while(|token| !ends(token));
        let place = (start..start + length.count()).find(|place| environment_at(tokens, *place).is_some());
        let Some((place, (name, after))) = place
            .filter(|place| joint > end && *place > start)
            .and_then(|place| Some((place, environment_at(tokens, place)?)))
        else {
            break;
        };
        if name == first || others.iter().any(|(other, _)| *other == name) {
            return None;
        }
        others.push((name, tokens[start..place].to_vec()));
        end = past(tokens, after, if tokens[joint - 1].low == "(" { &[")"] } else { &[] });
    }
    let (_, value) = others.first()?;
    let window = at.saturating_sub(MAX_BETWEEN + MAX_VALUE)..at;
    let floor = window.clone().rev().find(|place| ends(&tokens[*place])).map_or(window.start, |place| place + 1);
    let (own, value) = alike(&tokens[floor..at], value)?;
    let (start, length) = (floor + own, value.len());
    let between = tokens[start + length..at].to_vec();
    let mut values = vec![(first, tokens[start..at].to_vec())];
    for (name, other) in others {
        // "10 in staging and 1000 connections in production": what is counted is said of both.
        let (_, matched) = alike(&tokens[start..start + length], &other)?;
        let from = other.windows(length).position(|part| same(part, &matched)).unwrap_or(0);
        let tail = &other[from + length..];
        if tail.is_empty() || between.iter().map(|token| &token.low).eq(tail.iter().map(|token| &token.low)) {
            values.push((name, behind(matched, &between)));
        } else if between.is_empty() && values.len() == 1 {
            values[0].1.extend_from_slice(tail);
            values.push((name, matched.into_iter().chain(tail.to_vec()).collect()));
        } else {
            return None;
        }
    }
    Some(Group { start, end, values })
}

/// A value and what stands behind it, which was said elsewhere: it takes up no room there.
fn behind(mut value: Vec<Token>, words: &[Token]) -> Vec<Token> {
    let end = value.last().map_or(0, |last| last.end);
    value.extend(words.iter().map(|word| Token { start: end, end, ..word.clone() }));
    value
}

fn same(one: &[Token], other: &[Token]) -> bool {
    one.iter().map(|token| token.start).eq(other.iter().map(|token| token.start))
}

/// Where the last tokens stand that are of the kinds of another value, and those of the value that they answer to.
fn alike(tokens: &[Token], value: &[Token]) -> Option<(usize, Vec<Token>)> {
    for from in 0..value.len() {
        for to in (from + 1..=value.len()).rev() {
            let part = &value[from..to];
            let is_one = |start: &usize| {
                tokens[*start..]
                    .iter()
                    .zip(part)
                    .enumerate()
                    .all(|(at, (own, other))| is_alike(own, other, at + 1 == part.len()))
            };
            let most = tokens.len().checked_sub(part.len());
            let found = most.and_then(|most| (0..=most).rev().find(is_one));
            if let Some(start) = found.filter(|_| says_value(part)) {
                return Some((start, part.to_vec()));
            }
        }
    }
    None
}

/// Whether tokens can be two values of one thing; of words, the last may differ.
fn is_alike(own: &Token, other: &Token, is_last: bool) -> bool {
    let is_kind = std::mem::discriminant(&own.kind) == std::mem::discriminant(&other.kind);
    match own.kind {
        TokenKind::Word | TokenKind::Symbol | TokenKind::Mark => {
            own.kind == other.kind
                && OPPOSITES.iter().all(|pair| pair.contains(&own.low.as_str()) == pair.contains(&other.low.as_str()))
                && (own.low == other.low || is_last && own.kind != TokenKind::Mark && !is_empty(other))
        }
        _ => is_kind,
    }
}

/// Whether a word joins or counts and is no value: "connections" of "10 connections".
fn is_empty(token: &Token) -> bool {
    matches!(
        token.low.as_str(),
        "to" | "and" | "or" | "connections" | "requests" | "retry" | "pending" | "max" | "min" | "every"
    )
}

fn says_value(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.kind != TokenKind::Mark && !is_empty(token))
}

/// "staging on port 8080, production on 80", "in staging 5 s and in production 2 s".
fn environments_first(tokens: &[Token], at: usize) -> Option<Group> {
    let begins = at.checked_sub(1).and_then(|before| tokens.get(before)).is_none_or(|before| {
        ends(before) || matches!(before.low.as_str(), ":" | "-" | "–" | "with" | "is" | "be" | "of")
    });
    // "for dev and prod: …" lists them, and says no values.
    let is_listed = at > 1 && is_joint(&tokens[at - 1]) && is_environment(&tokens[at - 2].low);
    (begins && !is_listed).then_some(())?;
    let mut values: Vec<(String, Vec<Token>)> = Vec::new();
    let mut end = at;
    let mut place = at;
    while let Some((name, after)) = environment_at(tokens, place).or_else(|| environment(tokens, place)) {
        let start = past(
            tokens,
            after,
            &[
                ":", "=", "equals", "gets", "get", "has", "uses", "use", "is", "should", "to", "only", "(", "allows",
                "wants", "needs", "takes", "may", "have",
            ],
        );
        // "staging allows 5 connections", but not "in staging allow all egress"
        let allows = tokens.get(start).is_some_and(|token| token.low == "allow-all")
            && tokens.get(start + 1).is_some_and(|next| next.low != "egress" && !ends(next));
        let start = if allows { past(tokens, start + 1, BEFORE_VALUE) } else { start };
        let length = tokens[start.min(tokens.len())..].iter().take(MAX_VALUE).take_while(|token| !ends(token)).count();
        let value = &tokens[start..start + length];
        let has_value = value.iter().any(|token| {
            !matches!(token.kind, TokenKind::Word | TokenKind::Mark) && !is_empty(token) && !is_environment(&token.low)
        });
        if !has_value || values.iter().any(|(other, _)| *other == name) {
            break;
        }
        values.push((name, value.to_vec()));
        end = past(tokens, start + length, &[")"]);
        let joint = end + tokens[end..].iter().take_while(|token| is_joint(token)).count();
        if joint == end {
            break;
        }
        place = joint;
    }
    say_alike(&mut values);
    (values.len() > 1).then_some(Group { start: at, end, values })
}

/// "Staging: 50/50. Production: 95/5.", "in staging allow all egress; in production drop it": a sentence for each.
fn clauses_of_environments(tokens: &[Token], at: usize) -> Option<Group> {
    let mut values: Vec<(String, Vec<Token>)> = Vec::new();
    let (mut place, mut end) = (at, at);
    let begins = at.checked_sub(1).is_none_or(|before| matches!(tokens[before].low.as_str(), "." | ";" | ":"));
    begins.then_some(())?;
    while let Some((name, after)) = environment_at(tokens, place).or_else(|| environment(tokens, place)) {
        let start = past(tokens, after, AFTER_ENVIRONMENT);
        let stop = start + tokens[start.min(tokens.len())..].iter().take_while(|token| !is_stop(token)).count();
        if !says_clause(&tokens[start..stop])
            || stop - start > MAX_CLAUSE
            || start == stop
            || tokens[start..stop].iter().any(|token| is_environment(&token.low))
            || values.iter().any(|(other, _)| *other == name)
        {
            break;
        }
        values.push((name, tokens[start..stop].to_vec()));
        end = stop;
        place = stop + tokens[stop..].iter().take(2).take_while(|token| is_stop(token)).count();
        if place == stop {
            break;
        }
    }
    say_alike(&mut values);
    (values.len() > 1).then_some(Group { start: at, end, values })
}

fn is_stop(token: &Token) -> bool {
    matches!(token.low.as_str(), "." | ";" | "!")
}

/// Whether what follows an environment without a mark is a clause of its own.
fn says_clause(tokens: &[Token]) -> bool {
    tokens.first().is_some_and(|first| first.kind != TokenKind::Mark)
}

/// "api.staging.local and api.prod.local": host names that differ in their environment alone.
fn hosts_of_environments(tokens: &[Token], at: usize) -> Option<Group> {
    let part_of = |token: &Token| {
        let host = token.text.to_lowercase();
        let own = host.split(['.', '-']).find(|part| is_environment(part)).map(str::to_owned)?;
        (token.kind == TokenKind::Host).then(|| (own.clone(), host.replacen(&own, "", 1)))
    };
    let mut values: Vec<(String, Vec<Token>)> = Vec::new();
    let (mut end, mut place) = (at, at);
    let (_, rest) = part_of(tokens.get(at)?)?;
    while let Some((name, own_rest)) = tokens.get(place).and_then(part_of) {
        if own_rest != rest || values.iter().any(|(other, _)| *other == name) {
            break;
        }
        values.push((name, vec![tokens[place].clone()]));
        end = place + 1;
        place = end + tokens[end..].iter().take_while(|token| is_joint(token)).count();
    }
    (values.len() > 1).then_some(Group { start: at, end, values })
}

/// "in staging 1 s timeout, in production 10 s": what is said around the first value is said around the others.
fn say_alike(values: &mut [(String, Vec<Token>)]) {
    let Some(((_, first), others)) = values.split_first_mut() else { return };
    for (_, other) in others.iter_mut().filter(|(_, other)| other.len() < first.len()) {
        let Some((start, matched)) = alike(first, other).filter(|(_, matched)| matched.len() == other.len()) else {
            continue;
        };
        let place = matched[0].start;
        let before = first[..start].iter().map(|word| Token { start: place, end: place, ..word.clone() });
        *other = before.chain(behind(matched.clone(), &first[start + matched.len()..])).collect();
    }
}
