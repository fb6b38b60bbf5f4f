//! The part of a request that is clear by itself, where the whole is not: its sentences, and the clauses with a verb of their own,
//! of which each must be understood alone and leave no question. What depends on something unclear is not clear.

use std::ops::Range;

use meshwright_model::Inventory;

use crate::compose::compose_into;
use crate::grammar::understand_change;
use crate::lexer::{Token, TokenKind, tokens};
use crate::lexicon::{is_glue, name_symbols};
use crate::understanding::{NotUnderstood, Understanding};

/// The most clauses that are tried by themselves.
const MAX_CLAUSES: usize = 40;

/// Words that say what is not to be, or when.
const HOLDING: &[&str] = &[
    "don't", "don’t", "not", "never", "no", "nothing", "keep", "leave", "unless", "except", "only", "without", "avoid",
    "if", "until",
];

/// Symbols of verbs that begin a clause which asks for something.
const VERBS: &[&str] =
    &["create", "add", "change", "remove", "rename", "send", "split", "retry", "listen", "tag", "no"];

/// What was understood of the clear part of a request that changes files; `None` where nothing is clear, or all is and the
/// parts contradict each other.
pub fn clear_part(request: &str, missed: &[NotUnderstood], there: &Inventory) -> Option<Understanding> {
    let clauses = clauses(request, missed);
    let is_clear = |words: &&str| {
        let understanding = understand_change(words, there);
        let is_understood = understanding.questions.is_empty() && understanding.not_understood.is_empty();
        is_understood && {
            let insertion = compose_into(&understanding.intent, there);
            insertion.questions.is_empty() && !insertion.edits.is_empty()
        }
    };
    if clauses.len() < 2 || clauses.len() > MAX_CLAUSES {
        return None;
    }
    let (clear, unclear): (Vec<&str>, Vec<&str>) =
        clauses.iter().map(|words| &request[words.clone()]).partition(is_clear);
    if unclear.iter().any(|words| holds_back(words)) {
        return None;
    }
    if clear.is_empty() || clear.len() == clauses.len() {
        return None;
    }
    let together = clear.join(". ");
    let understanding = understand_change(&together, there);
    let is_clear = understanding.questions.is_empty() && understanding.not_understood.is_empty();
    is_clear.then_some(understanding)
}

/// Whether a clause that is not clear may say what is not to be done, or only under some condition: the others may do just that.
fn holds_back(words: &str) -> bool {
    let text = words.to_lowercase();
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’'))
        .any(|word| HOLDING.contains(&word))
}

/// The clauses of a request, by their bytes.
fn clauses(request: &str, missed: &[NotUnderstood]) -> Vec<Range<usize>> {
    let tokens = name_symbols(tokens(request));
    let is_missed = |token: &Token| missed.iter().any(|words| words.start == token.start);
    let mut clauses = Vec::new();
    let (mut start, mut end) = (None, 0);
    for (at, token) in tokens.iter().enumerate() {
        let is_end = token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";" | "!" | "?");
        let next = tokens.get(at + 1);
        let is_verb = next.is_some_and(|next| {
            next.kind == TokenKind::Symbol && VERBS.contains(&next.low.as_str())
                || matches!(next.low.as_str(), "set" | "give" | "let")
                // "and paint it blue"
                || next.kind == TokenKind::Word
                    && is_missed(next)
                    && tokens.get(at + 2).is_some_and(|object| object.kind == TokenKind::Word && is_glue(&object.low))
        });
        if is_end || matches!(token.low.as_str(), "and" | "but" | "then") && is_verb {
            clauses.extend(start.take().map(|start| start..end));
        } else if start.is_some() || token.kind != TokenKind::Mark {
            start.get_or_insert(token.start);
            end = token.end;
        }
    }
    clauses.extend(start.map(|start| start..end));
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &str, expected: &[&str]) {
        let found: Vec<&str> = clauses(request, &[]).into_iter().map(|words| &request[words]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn clauses_have_a_verb_of_their_own() {
        check(
            "set the port of a to 80, and raise its timeout to 5s. Remove b and c.",
            &["set the port of a to 80,", "raise its timeout to 5s", "Remove b and c"],
        );
        check("remove a and b's health check", &["remove a and b's health check"]);
    }
}
