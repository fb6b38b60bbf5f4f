//! What is said around a request and asks for nothing: greetings, thanks, fillers, the number of a ticket.

use super::name::is_clause_verb;
use super::phrase::one_of;
use crate::lexer::{Token, TokenKind};

/// Words that begin a greeting.
const GREETINGS: &[&str] =
    &["hi", "hello", "hey", "dear", "hiya", "howdy", "good morning", "good afternoon", "good day"];

/// Who is greeted.
const GREETED: &[&str] = &[
    "team",
    "all",
    "folks",
    "guys",
    "there",
    "everyone",
    "everybody",
    "colleagues",
    "people",
    "friends",
    "again",
    "both",
];

/// Words that begin thanks.
const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thank u",
    "thx",
    "many thanks",
    "much appreciated",
    "cheers",
    "best regards",
    "kind regards",
    "best wishes",
    "regards",
    "ta",
    "tia",
];

/// Words that go on with them.
const THANKFUL: &[&str] = &[
    "a", "lot", "lots", "bunch", "so", "very", "much", "many", "in", "advance", "for", "your", "the", "help",
    "helping", "time", "support", "this", "that", "you", "all", "team", "guys", "folks", "everyone", "again", "and",
    "best", "kind", "regards", "thanks", "million", "ton", "tons",
];

/// What stands in a sentence and says nothing.
const FILLERS: &[&str] = &[
    "let's say",
    "let say",
    "lets say",
    "i think",
    "i guess",
    "i suppose",
    "i believe",
    "if possible",
    "if you can",
    "if you could",
    "when you have time",
    "when you get a chance",
    "by the way",
    "btw",
    "fyi",
    "you know",
    "no rush",
    "no hurry",
    "rename nothing",
    "rename nothing else",
    "without renaming anything",
    "don't rename anything",
    "do not rename anything",
    "and touch nothing else",
    "touch nothing else",
    "and change nothing else",
    "change nothing else",
    "don't touch anything else",
    "do not touch anything else",
    "and leave everything else alone",
    "leave everything else alone",
    "nothing else should change",
    "nothing else changes",
    "in one template please",
    "in one template",
    "as one template",
    "in a single template",
    "as a single template",
    "a single template please",
];

/// Labels of the parts of a ticket.
const LABELS: &[&str] = &[
    "ac",
    "acceptance criteria",
    "dod",
    "definition of done",
    "user story",
    "story",
    "ticket",
    "issue",
    "subject",
    "ask",
    "the ask",
    "task",
    "jira",
    "jira ticket",
    "change request",
    "cr",
];

/// What an application may be that speaks TCP.
const SOFTWARE: &[&str] = &[
    "redis",
    "memcached",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongo",
    "kafka",
    "rabbitmq",
    "cassandra",
    "oracle",
];

/// The most words of thanks, and of the name below them.
const MAX_THANKS: usize = 12;

/// The most words of a name below a letter.
const MAX_SIGNED: usize = 2;

/// Takes out what is said around a request.
pub(super) fn drop_courtesy(tokens: &mut Vec<Token>) {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let begins = kept.last().is_none_or(|last| is_mark(last, &[".", ";", "!", "?", ":"]));
        let end = begins
            .then(|| ticket(tokens, at).or_else(|| greeting(tokens, at)).or_else(|| label(tokens, at)))
            .flatten()
            .or_else(|| thanks(tokens, at, begins || kept.last().is_some_and(|last| is_mark(last, &[","]))))
            .or_else(|| {
                one_of(tokens, at, FILLERS)
                    .map(|end| end + usize::from(begins && tokens.get(end).is_some_and(|next| is_mark(next, &[","]))))
            })
            .or_else(|| software(tokens, at));
        match end {
            Some(end) => at = end,
            None => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    // Of a letter that only greets, something must be left to be asked about.
    if !kept.iter().all(|token| token.kind == TokenKind::Mark) {
        *tokens = kept;
    }
}

fn is_mark(token: &Token, marks: &[&str]) -> bool {
    token.kind == TokenKind::Mark && marks.contains(&token.low.as_str())
}

/// Past words of a list, and how many they were.
fn past(tokens: &[Token], at: usize, words: &[&str], most: usize) -> usize {
    let is_one = |token: &&Token| {
        matches!(token.kind, TokenKind::Word | TokenKind::Symbol)
            && token.text.to_lowercase().split(' ').all(|word| words.contains(&word))
    };
    at + tokens[at.min(tokens.len())..].iter().take(most).take_while(is_one).count()
}

/// "JIRA-2231: …", "[OPS-17] …": what the request is filed under.
fn ticket(tokens: &[Token], at: usize) -> Option<usize> {
    let is_open = is_mark(tokens.get(at)?, &["[", "("]);
    let labelled = at + usize::from(is_open);
    // "TICKET MESH-214: …"
    let place = one_of(tokens, labelled, LABELS).unwrap_or(labelled);
    let is_filed = tokens.get(place).is_some_and(is_filed);
    let mut end = place + 1;
    if is_open && !is_mark(tokens.get(end)?, &["]", ")"]) {
        return None;
    }
    end += usize::from(is_open);
    let is_parted = tokens.get(end).is_some_and(|next| is_mark(next, &[":", "-", "–", "—", "|", ".", ","]));
    let asks = tokens.get(end).is_some_and(|next| {
        next.kind == TokenKind::Symbol
            && (matches!(next.low.as_str(), "create" | "add" | "change" | "remove" | "rename")
                || super::thing::Thing::of_symbol(&next.low).is_some())
            || next.low == "please"
    });
    (is_filed && (is_open || is_parted || asks)).then(|| end + usize::from(is_parted))
}

/// Whether a token is the number of a ticket: `OPS-123`.
pub(super) fn is_filed(token: &Token) -> bool {
    let parts = token.text.split_once('-');
    token.kind == TokenKind::Name
        && parts.is_some_and(|(project, number)| {
            project.len() > 1
                && project.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
                && project.starts_with(|letter: char| letter.is_ascii_uppercase())
                && !number.is_empty()
                && number.bytes().all(|digit| digit.is_ascii_digit())
        })
}

/// "Hi team!", "Hello everyone, …"
fn greeting(tokens: &[Token], at: usize) -> Option<usize> {
    let start = one_of(tokens, at, GREETINGS)?;
    let end = past(tokens, start, GREETED, 3);
    let next = tokens.get(end)?;
    let is_parted = is_mark(next, &[",", "!", ".", ":", "-", "–", "—"]);
    // "hey folks, can you …"
    let is_asked = matches!(next.low.as_str(), "can" | "could" | "would" | "will" | "may")
        && tokens.get(end + 1).is_some_and(|who| matches!(who.low.as_str(), "you" | "we" | "i" | "someone" | "anyone"));
    let goes_on = end > start && (is_asked || !is_clause_verb(next)) && !is_mark(next, &["/"]);
    (is_parted || goes_on).then(|| end + usize::from(is_parted))
}

/// "AC: …", "Acceptance criteria: …"
fn label(tokens: &[Token], at: usize) -> Option<usize> {
    let end = one_of(tokens, at, LABELS)?;
    is_mark(tokens.get(end)?, &[":"]).then_some(end + 1)
}

/// "Thanks a lot", "many thanks in advance, Anna": up to the end of the sentence.
fn thanks(tokens: &[Token], at: usize, begins: bool) -> Option<usize> {
    let start = one_of(tokens, at, THANKS)?;
    let end = past(tokens, start, THANKFUL, MAX_THANKS);
    let is_over = |at: usize| tokens[at.min(tokens.len())..].iter().all(|token| token.kind == TokenKind::Mark);
    let signed = past_mark(tokens, end);
    let names = tokens[signed..].iter().take(MAX_SIGNED).take_while(|token| token.kind == TokenKind::Word).count();
    if begins && signed > end && names > 0 && is_over(signed + names) {
        return Some(tokens.len());
    }
    let ends = tokens.get(end).is_none_or(|next| is_mark(next, &[".", "!", ";", ",", ":", "?"]));
    (ends && (begins || end > start && is_over(end))).then_some(end)
}

/// "It is redis": what listens says no more than its protocol, where that is said.
fn software(tokens: &[Token], at: usize) -> Option<usize> {
    let is_tcp = tokens.iter().any(|token| token.kind == TokenKind::Symbol && token.low == "tcp");
    let is = past(tokens, at, &["it", "which", "that"], 1);
    let is_said = tokens.get(is).is_some_and(|token| token.low == "is" || token.low == "runs");
    let what = past(tokens, is + 1, &["a", "an", "our"], 1);
    let token = tokens.get(what).filter(|token| is_tcp && is_said && token.kind == TokenKind::Word)?;
    let ends = tokens.get(what + 1).is_none_or(|next| is_mark(next, &[",", ".", ";", ")"]) || next.low == "and");
    (SOFTWARE.contains(&token.low.as_str()) && ends).then_some(what + 1)
}

fn past_mark(tokens: &[Token], at: usize) -> usize {
    at + tokens[at.min(tokens.len())..]
        .iter()
        .take(3)
        .take_while(|token| is_mark(token, &[",", ".", "!", "-", "–", "—"]))
        .count()
}
