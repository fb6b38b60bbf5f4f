//! What only says of what sort a thing is: "an internal service billing", "the customer-facing node shop".

use std::collections::HashSet;

use super::known::Known;
use super::name::name_at;
use super::phrase::low;
use super::thing::Thing;
use super::versions::is_environment;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_sort;
use crate::understanding::Assumption;

/// What goes on with what was named before it.
const AFTER_NAMES: &[&str] = &[
    "on", "should", "must", "is", "has", "in", "over", "with", "at", "that", "which", "using", "and", "for", "to",
    "gets", "needs",
];

/// Takes out words that stand before a kind and say of what sort it is, where the name comes after it; and says so.
pub(super) fn drop_sorts(tokens: &mut Vec<Token>, known: Option<&Known>) -> Vec<Assumption> {
    let environments: HashSet<String> =
        tokens.iter().filter(|token| is_environment(&token.low)).map(|token| token.low.clone()).collect();
    let mut notes = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = &tokens[at];
        let may_be_meant =
            environments.len() > 1 && is_environment(&word.low) || known.is_some_and(|known| known.knows(&word.text));
        if !may_be_meant && is_sort_of_named(tokens, at) {
            let what = format!("\"{}\" says of what sort `{}` is, and sets nothing", word.text, tokens[at + 2].text);
            let why = "App Mesh has no setting for it".to_owned();
            notes.push(Assumption { what, why });
            tokens.remove(at);
        } else {
            at += 1;
        }
    }
    notes
}

fn is_sort_of_named(tokens: &[Token], at: usize) -> bool {
    let word = &tokens[at];
    let is_kind = tokens.get(at + 1).is_some_and(|kind| {
        kind.kind == TokenKind::Symbol
            && !kind.text.ends_with('s')
            && Thing::of_symbol(&kind.low).is_some_and(|thing| thing != Thing::Everything)
    });
    let goes_on = tokens.get(at + 3).is_none_or(|next| {
        matches!(next.kind, TokenKind::Mark | TokenKind::Symbol) || AFTER_NAMES.contains(&next.low.as_str())
    });
    // "internal" is an error of gRPC too.
    let is_word = matches!(word.kind, TokenKind::Word | TokenKind::Name | TokenKind::Symbol) && is_sort(&word.low);
    is_word && is_kind && goes_on && low(tokens, at + 2) != "named" && name_at(tokens, at + 2).is_some()
}
