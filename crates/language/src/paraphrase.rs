//! A second way to read a request: what it says in everyday words is said in those that the grammar is written with.
//!
//! A request is read as it stands first. Only where something of that was not understood, it is read once more, with each
//! phrase replaced that a table in `paraphrase/` knows: "requests that carry x-beta end up on v2" are "requests with header
//! x-beta go to v2". Where both readings leave something open, the one that leaves less is told. What would be read as
//! something else as it stands is in `always`, `misread` and `misread-changes`; these are applied before the first reading.
//!
//! A line of a table is `pattern => words`. In a pattern stand words in lower case, `a|b` for one of several, `a?` for one
//! that may be missing, `@class` for one of the phrases of a class, `@class?`, and slots: `#path`. `^` first and `$` last
//! say that a sentence begins or ends there; what stands behind `>` is looked at and stays as it is. What a slot or a class
//! took stands where the words on the right name it; both sides alike keep a phrase from other lines.
//! `@class = phrase | phrase` makes a class for all tables. Words in a phrase are parted by spaces, and marks are words.
//! `#rest` takes what is left of a sentence, and `#part` of it up to a mark; lines with these put parts in order, and wait
//! until no other line fits anything. The tables of changes are used only where files are changed.
//!
//! Where several patterns fit, the one that takes most is meant; of the same length, the first. What a line made may be
//! said otherwise by another line once more, a few times.

mod slot;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use slot::Slot;

use crate::lexer::{Token, TokenKind, joined, tokens};

/// What may be said in other words, by what it is about.
const TABLES: &[(&str, &str)] = &[
    (ALWAYS, include_str!("paraphrase/always.txt")),
    ("general", include_str!("paraphrase/general.txt")),
    ("mesh", include_str!("paraphrase/mesh.txt")),
    ("nodes", include_str!("paraphrase/nodes.txt")),
    ("tls", include_str!("paraphrase/tls.txt")),
    ("limits", include_str!("paraphrase/limits.txt")),
    ("routes", include_str!("paraphrase/routes.txt")),
    ("gateways", include_str!("paraphrase/gateways.txt")),
    ("edits", include_str!("paraphrase/edits.txt")),
    ("changes", include_str!("paraphrase/changes.txt")),
    (MISREAD, include_str!("paraphrase/misread.txt")),
    (MISREAD_CHANGES, include_str!("paraphrase/misread-changes.txt")),
    ("sidecar", include_str!("paraphrase/sidecar.txt")),
    ("whole", include_str!("paraphrase/whole.txt")),
];

/// The table of what would be read as something else as it stands.
const ALWAYS: &str = "always";

/// The same of requests that make something, and change no files.
const MISREAD: &str = "misread";

/// The same of requests that change what is there.
const MISREAD_CHANGES: &str = "misread-changes";

/// The tables that are used only where files are changed.
const OF_CHANGES: &[&str] = &["edits", "changes", MISREAD_CHANGES];

/// The mark in a pattern behind which all is only looked at.
const AHEAD: &str = ">";

/// The most ways that a pattern is followed at one place.
const MOST_WAYS: usize = 200;

/// How often what was said otherwise may be said otherwise again.
const MOST_TIMES: usize = 8;

/// How many tokens more than twice as many it may become.
const MOST_MORE: usize = 50;

/// A part of a pattern.
#[derive(Debug)]
enum Part {
    /// One of several phrases, and the name of their class: `@verbs`.
    Phrases(Vec<Vec<&'static str>>, &'static str),
    /// What a slot takes, and by which name.
    Slot(Slot, &'static str),
    /// What stands behind it is only looked at.
    Ahead,
}

/// A line of a table.
#[derive(Debug)]
struct Rule {
    /// Its parts, and whether each may be missing.
    pattern: Vec<(Part, bool)>,
    /// Whether a sentence begins, and ends, where it does.
    edges: (bool, bool),
    /// Whether a slot of it takes whatever comes.
    is_long: bool,
    /// The words that it is said in.
    words: &'static str,
}

/// All tables, with the places of their rules by what these may begin with.
struct Rules {
    all: Vec<Rule>,
    by_word: HashMap<&'static str, Vec<usize>>,
    by_slot: Vec<(Slot, usize)>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(|table| !OF_CHANGES.contains(&table)));

static CHANGES_RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(|table| table != MISREAD_CHANGES));

static MISREAD_CHANGES_RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(|table| table == MISREAD_CHANGES));

static MISREAD_RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(|table| table == MISREAD));

static ALWAYS_RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(|table| table == ALWAYS));

/// The lines of a table that say something.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

impl Rules {
    /// The rules of some of the tables; classes hold for all of them.
    fn of(is_meant: impl Fn(&str) -> bool) -> Self {
        let all = TABLES.iter().flat_map(|(_, table)| lines(table));
        let meant = TABLES.iter().filter(|(name, _)| is_meant(name)).flat_map(|(_, table)| lines(table));
        let mut classes: HashMap<&str, Vec<Vec<&'static str>>> = HashMap::new();
        for (name, phrases) in all.filter_map(|line| line.strip_prefix('@')?.split_once(" = ")) {
            let phrases = phrases.split(" | ").map(|phrase| phrase.split_whitespace().collect());
            classes.entry(name).or_default().extend(phrases);
        }
        let mut made = Self { all: Vec::new(), by_word: HashMap::new(), by_slot: Vec::new() };
        for (pattern, words) in meant.filter_map(|line| line.split_once(" =>")) {
            let (pattern, begins) = pattern.strip_prefix("^ ").map_or((pattern, false), |rest| (rest, true));
            let (pattern, ends) = pattern.strip_suffix(" $").map_or((pattern, false), |rest| (rest, true));
            let edges = (begins, ends);
            let pattern = pattern.split_whitespace().map(|part| {
                let (part, may_miss) =
                    part.strip_suffix('?').filter(|part| !part.is_empty()).map_or((part, false), |part| (part, true));
                let part = if part == ">" {
                    Part::Ahead
                } else if let Some(class) = part.strip_prefix('@') {
                    Part::Phrases(classes.get(class).cloned().unwrap_or_default(), part)
                } else if let Some((name, slot)) =
                    part.strip_prefix('#').and_then(|name| Some((part, Slot::named(name)?)))
                {
                    Part::Slot(slot, name)
                } else {
                    Part::Phrases(part.split('|').map(|word| vec![word]).collect(), "")
                };
                (part, may_miss)
            });
            let pattern: Vec<(Part, bool)> = pattern.collect();
            let is_long = pattern.iter().any(|(part, _)| matches!(part, Part::Slot(slot, _) if slot.is_long()));
            made.add(Rule { pattern, edges, is_long, words: words.trim() });
        }
        made
    }

    fn add(&mut self, rule: Rule) {
        let place = self.all.len();
        for (part, may_miss) in &rule.pattern {
            match part {
                Part::Phrases(phrases, _) => {
                    for first in phrases.iter().filter_map(|phrase| phrase.first()) {
                        let rules = self.by_word.entry(first).or_default();
                        if rules.last() != Some(&place) {
                            rules.push(place);
                        }
                    }
                }
                Part::Slot(slot, _) => self.by_slot.push((*slot, place)),
                Part::Ahead => {}
            }
            if !may_miss {
                break;
            }
        }
        self.all.push(rule);
    }

    /// What stands at a place in other words, and how many tokens that are.
    ///
    /// What a line made itself it does not say otherwise again.
    fn at(&self, tokens: &[Token], by: &[Option<usize>], at: usize, in_order: bool) -> Option<Said> {
        let first = tokens.get(at)?;
        let by_word = self.by_word.get(first.low.as_str()).into_iter().flatten().copied();
        let by_slot = self.by_slot.iter().filter(|(slot, _)| slot.takes(first)).map(|(_, place)| *place);
        let fits = by_word.chain(by_slot).filter_map(|place| {
            let Rule { pattern, edges: (begins, ends), is_long, words } = &self.all[place];
            if *is_long != in_order {
                return None;
            }
            if *begins && at.checked_sub(1).is_some_and(|before| !is_edge(tokens.get(before))) {
                return None;
            }
            let taken = fit(pattern, tokens, at, &mut Ways { left: MOST_WAYS, ends: *ends })?;
            let is_own = by.get(at..taken.end).is_some_and(|by| by.contains(&Some(place)));
            let ahead = taken.slots.iter().find(|(name, _)| *name == AHEAD);
            let end = ahead.map_or(taken.end, |(_, place)| place.start);
            let words = said(words, tokens, at..end, &taken.slots);
            (!is_own || is_same(&words, &tokens[at..end])).then_some((taken.end, Said { end, place, words }))
        });
        fits.max_by_key(|(end, said)| (*end, std::cmp::Reverse(said.place))).map(|(_, said)| said)
    }
}

/// What a pattern took.
struct Taken {
    end: usize,
    /// What each slot and class took, by its name with its mark.
    slots: Vec<(&'static str, Range<usize>)>,
}

impl Taken {
    fn with(mut self, name: &'static str, part: Range<usize>) -> Self {
        self.slots.push((name, part));
        self
    }
}

/// How a pattern is followed.
struct Ways {
    /// How many more of them are tried.
    left: usize,
    /// Whether a sentence is to end where it does.
    ends: bool,
}

fn is_edge(token: Option<&Token>) -> bool {
    token.is_none_or(|token| matches!(token.low.as_str(), "." | ";" | "!" | "?"))
}

/// The longest way in which parts fit tokens from a place on.
fn fit(parts: &[(Part, bool)], tokens: &[Token], at: usize, ways: &mut Ways) -> Option<Taken> {
    ways.left = ways.left.checked_sub(1)?;
    let Some(((part, may_miss), rest)) = parts.split_first() else {
        return (!ways.ends || is_edge(tokens.get(at))).then_some(Taken { end: at, slots: Vec::new() });
    };
    let mut best: Option<Taken> = None;
    let mut keep = |taken: Option<Taken>| {
        if let Some(taken) = taken
            && best.as_ref().is_none_or(|best| taken.end > best.end)
        {
            best = Some(taken);
        }
    };
    match part {
        Part::Ahead => keep(fit(rest, tokens, at, ways).map(|own| own.with(AHEAD, at..at))),
        Part::Phrases(phrases, class) => {
            for phrase in phrases {
                let end = at + phrase.len();
                let is_there = tokens
                    .get(at..end)
                    .is_some_and(|tokens| phrase.iter().zip(tokens).all(|(word, token)| is_word(word, token)));
                if is_there {
                    keep(fit(rest, tokens, end, ways).map(|own| own.with(class, at..end)));
                }
            }
        }
        Part::Slot(slot, name) => {
            for end in slot.ends(tokens, at) {
                // A slot that stands twice takes the same twice.
                let is_same = |taken: &Taken| {
                    let mut others = taken.slots.iter().filter(|(slot, _)| slot == name);
                    others.all(|(_, other)| is_same(&tokens[at..end], &tokens[other.clone()]))
                };
                keep(fit(rest, tokens, end, ways).filter(is_same).map(|own| own.with(name, at..end)));
            }
        }
    }
    if *may_miss {
        keep(fit(rest, tokens, at, ways));
    }
    best
}

fn is_word(word: &str, token: &Token) -> bool {
    let is_plain = matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Mark | TokenKind::Number(_));
    // A slash by itself is read as a path.
    (is_plain || token.low == "/") && token.low == word
}

/// Words in the place of tokens, with what slots took of these.
fn said(words: &str, of: &[Token], part: Range<usize>, slots: &[(&str, Range<usize>)]) -> Vec<Token> {
    let tokens = &of[part];
    let place = tokens.first().map_or(0, |first| first.start)..tokens.last().map_or(0, |last| last.end);
    let taken = |word: &str| {
        let slot = slots.iter().find(|(name, _)| *name == word);
        slot.map(|(_, part)| part.clone())
    };
    let order: Vec<usize> = words.split_whitespace().filter_map(taken).map(|part| part.start).collect();
    let in_order = order.is_sorted();
    let mut said = Vec::new();
    let mut plain = String::new();
    for word in words.split_whitespace() {
        let Some(at) = taken(word) else {
            // A slot that may be missing, and is.
            if word.starts_with(['#', '@']) {
                continue;
            }
            plain.push_str(word);
            plain.push(' ');
            continue;
        };
        said.extend(placed(&std::mem::take(&mut plain), &place));
        let values = of[at].iter().cloned();
        let moved = |own: Token| if in_order { own } else { Token { start: place.start, end: place.end, ..own } };
        said.extend(values.map(moved));
    }
    said.extend(placed(&plain, &place));
    joined(&said)
}

/// The tokens of words that stand for those at a place of the request.
fn placed(words: &str, place: &Range<usize>) -> impl Iterator<Item = Token> {
    let (start, end) = (place.start, place.end);
    tokens(words).into_iter().map(move |token| Token { start, end, ..token })
}

/// What stands at a place in other words.
struct Said {
    /// Where what it is instead of ends.
    end: usize,
    /// The line that says it.
    place: usize,
    words: Vec<Token>,
}

/// A request in the words that the grammar is written with, where some of it can be said in such.
pub(crate) fn said_otherwise(tokens: &[Token], is_change: bool) -> Option<Vec<Token>> {
    let rules = if is_change { &CHANGES_RULES } else { &RULES };
    let most = tokens.len() * 2 + MOST_MORE;
    let mut said = Wording { tokens: tokens.to_vec(), by: vec![None; tokens.len()] };
    let mut is_other = false;
    for _ in 0..MOST_TIMES {
        let Some(other) = said_once(rules, &said, false)
            .or_else(|| said_once(rules, &said, true))
            .filter(|other| other.tokens.len() <= most)
        else {
            break;
        };
        said = other;
        is_other = true;
    }
    is_other.then_some(said.tokens)
}

/// A request without what would be read as something else than it says.
pub(crate) fn said_clearly(tokens: Vec<Token>, is_change: bool) -> Vec<Token> {
    let by = vec![None; tokens.len()];
    let own = Wording { tokens, by };
    let own = said_once(&ALWAYS_RULES, &own, false).unwrap_or(own);
    let rules = if is_change { &MISREAD_CHANGES_RULES } else { &MISREAD_RULES };
    let own = said_once(rules, &own, false).unwrap_or(own);
    said_once(rules, &own, true).unwrap_or(own).tokens
}

/// A request, and for each of its tokens the line that made it.
struct Wording {
    tokens: Vec<Token>,
    by: Vec<Option<usize>>,
}

/// Says each phrase otherwise that a table knows.
fn said_once(rules: &Rules, own: &Wording, in_order: bool) -> Option<Wording> {
    let Wording { tokens, by } = own;
    let mut said = Wording { tokens: Vec::with_capacity(tokens.len()), by: Vec::with_capacity(tokens.len()) };
    let (mut at, mut is_other) = (0, false);
    while at < tokens.len() {
        if let Some(Said { end, place, words }) = rules.at(tokens, by, at, in_order).filter(|other| other.end > at) {
            is_other |= !is_same(&words, &tokens[at..end]);
            said.by.resize(said.by.len() + words.len(), Some(place));
            said.tokens.extend(words);
            at = end;
        } else {
            said.tokens.push(tokens[at].clone());
            said.by.push(by[at]);
            at += 1;
        }
    }
    is_other.then_some(said)
}

/// Whether tokens say the same in the same words.
fn is_same(tokens: &[Token], others: &[Token]) -> bool {
    tokens.len() == others.len() && tokens.iter().zip(others).all(|(token, other)| token.low == other.low)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_of_the_tables_can_be_read() {
        let all: Vec<&str> = TABLES
            .iter()
            .flat_map(|(_, table)| lines(table))
            .filter_map(|line| Some(line.strip_prefix('@')?.split_once(" = ")?.0))
            .collect();
        let classes: HashSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), classes.len(), "a class is there twice: {all:?}");
        let phrases = TABLES.iter().flat_map(|(_, table)| lines(table)).filter(|line| line.starts_with('@'));
        for phrase in phrases.filter_map(|line| Some(line.split_once(" = ")?.1)).flat_map(|all| all.split(" | ")) {
            // A bar by itself is a mark.
            let is_whole = phrase.trim() == "|" || phrase.split_whitespace().all(|word| word != "|");
            assert!(is_whole && !phrase.trim().is_empty(), "\"{phrase}\" is no phrase of a class");
        }
        let mut seen = HashSet::new();
        for (name, table) in TABLES {
            for line in lines(table) {
                let Some((pattern, words)) = line.split_once(" =>") else {
                    assert!(line.starts_with('@') && line.contains(" = "), "{name}: {line}");
                    continue;
                };
                assert!(seen.insert(pattern), "{name}: {pattern} is there twice");
                let is_value =
                    |part: &str| part.starts_with('#') && !part.starts_with("#talk") && !part.starts_with("#ask");
                let slot = |part: &str| is_value(part).then(|| part.trim_end_matches('?').to_owned());
                let taken = pattern.split_whitespace().take_while(|part| *part != AHEAD);
                let taken: HashSet<String> = taken.filter_map(slot).collect();
                let said: HashSet<String> = words.split_whitespace().filter_map(slot).collect();
                // Who or what a sentence speaks of that says nothing goes with it.
                let is_name = |slot: &String| slot.starts_with("#name") || slot.starts_with("#thing");
                let says_nothing = words.trim().is_empty() && taken.iter().all(is_name);
                assert!(taken == said || says_nothing, "{name}: {line}: a value is lost, or comes from nowhere");
                for part in pattern.split_whitespace() {
                    let part = part.trim_end_matches('?');
                    let is_known = part.strip_prefix('@').is_none_or(|class| classes.contains(class));
                    let is_slot = part.strip_prefix('#').is_none_or(|slot| Slot::named(slot).is_some());
                    assert!(is_known && is_slot, "{name}: {line}: {part}");
                }
                let pattern = pattern.trim_start_matches("^ ").trim_end_matches(" $");
                assert!(pattern.split_whitespace().any(|part| !part.ends_with('?')), "{name}: {line} fits nothing");
            }
        }
    }
}
