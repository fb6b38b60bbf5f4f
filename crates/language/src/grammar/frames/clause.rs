//! Where a clause begins and ends.

use super::Story;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::stories::{is_determiner, is_finite, is_imperative, is_pronoun};
use crate::lexicon::{is_glue, is_ordinary};

/// The most tokens of a clause.
const MAX_CLAUSE: usize = 40;

/// What begins a clause of its own within another.
const CONJUNCTIONS: &[&str] = &["because", "since", "so that", "due to", "in order to", "now that", "given that"];

/// Symbols that join words and set nothing.
pub(super) const JOINING: &[&str] =
    &["and", "or", "but", "to", "for", "first", "run", "app-mesh", "application", "after", "out", "version"];

/// Marks that end a clause.
pub(super) fn is_stop(low: &str) -> bool {
    is_one_of(low, "|.|;|!|?|:|,|(|)|[|]|-|–|—")
}

/// Whether a word is one of several, which stand with `|` between them.
pub(super) fn is_one_of(word: &str, words: &str) -> bool {
    words.split('|').any(|one| one == word)
}

/// A token's text with what an apostrophe cut off: `it's`.
pub(super) fn whole_text(token: &Token) -> String {
    let text = token.text.to_lowercase();
    let is_short = token.kind == TokenKind::Word && token.end - token.start > token.text.len();
    if is_short { format!("{text}'s") } else { text }
}

/// Whether what stands behind a comma goes on with a list, and is no clause of its own.
pub(super) fn is_joined_by_mark(tokens: &[Token], comma: usize) -> bool {
    tokens.get(comma + 1).is_some_and(|next| next.low != "and" && next.low != "but")
}

impl Story<'_> {
    /// Whether a part of a sentence begins at a place.
    pub(super) fn begins_part(&self, at: usize) -> bool {
        let courteous = (0..at).rev().take(3).take_while(|at| is_one_of(&self.text(*at), "please|so|also|just|well"));
        let at = at - courteous.count();
        let Some(before) = at.checked_sub(1) else { return true };
        is_stop(self.low(before)) || is_one_of(self.low(before), "and|but") && before > 0 && self.low(before - 1) == ","
    }

    /// Where the clause ends that begins at a place.
    pub(super) fn clause_end(&self, at: usize) -> usize {
        let ends = |place: &usize| {
            is_stop(self.low(*place))
                || *place > at && self.past_phrase(*place, CONJUNCTIONS).is_some()
                || *place > at
                    && is_one_of(&self.text(*place), "and|but|then|so|while|or")
                    && self.begins_other(place + 1)
        };
        (at..(at + MAX_CLAUSE).min(self.tokens.len())).find(ends).unwrap_or((at + MAX_CLAUSE).min(self.tokens.len()))
    }

    /// Whether an order stands at a place, or a value.
    pub(super) fn begins_order(&self, at: usize) -> bool {
        let at =
            at + (at..at + 3).take_while(|at| is_one_of(self.low(*at), "please|also|just|then|now|kindly")).count();
        let Some(token) = self.tokens.get(at) else { return false };
        match token.kind {
            TokenKind::Symbol => !JOINING.contains(&token.low.as_str()),
            TokenKind::Word => is_imperative(&token.low),
            TokenKind::Mark => false,
            _ => true,
        }
    }

    /// Whether words that stand behind "and" are no part of the clause before it.
    fn begins_other(&self, at: usize) -> bool {
        let end = (at..(at + MAX_CLAUSE).min(self.tokens.len())).find(|at| is_stop(self.low(*at)));
        let end = end.unwrap_or((at + MAX_CLAUSE).min(self.tokens.len()));
        let first = self.text(at);
        if self.begins_order(at) || is_imperative(&first) || first == "that" && self.text(at.saturating_sub(1)) == "so"
        {
            return true;
        }
        let is_value = |at: usize| {
            !matches!(self.tokens[at].kind, TokenKind::Word | TokenKind::Symbol | TokenKind::Name | TokenKind::Mark)
        };
        let is_setting = |at: usize| self.is_symbol(at) && !self.is_harmless(at);
        if (at..end).any(|at| is_value(at) || is_setting(at)) {
            return true;
        }
        let goes_on = is_pronoun(&first)
            || is_determiner(&first)
            || is_finite(&first)
            || is_glue(&first)
            || is_ordinary(&first)
            || first.len() > 3 && first.ends_with('s')
            || first.len() > 4 && first.ends_with("ing")
            || end == at + 1
            || is_one_of(&first, "very|too|quite|rather|hard|not|often");
        !goes_on
    }
}
