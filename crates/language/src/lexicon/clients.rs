//! Sentences about those who call: "only clients that … may connect to orders" is about orders, and nobody new calls it.

use crate::lexer::{Token, TokenKind};

/// Those who call, whoever they are.
const CALLING: &[&str] = &["client", "clients", "caller", "callers", "peer", "peers", "those"];

/// Symbols of what a caller must show.
const SHOWN: &[&str] = &["client-certificate", "trust", "san", "certificate"];

/// Makes the verb of such a sentence a preposition: "only clients with a certificate of orders".
pub(crate) fn point_at_called(tokens: &mut [Token]) {
    let is_end = |token: &Token| token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";");
    for at in 0..tokens.len() {
        let is_verb = tokens[at].kind == TokenKind::Symbol && matches!(tokens[at].low.as_str(), "call" | "send");
        if !is_verb {
            continue;
        }
        let start = tokens[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
        let sentence = &tokens[start..at];
        let is_of_clients = sentence.first().is_some_and(|first| first.low == "only")
            && sentence.get(1).is_some_and(|who| CALLING.contains(&who.low.as_str()))
            && sentence.iter().any(|token| token.kind == TokenKind::Symbol && SHOWN.contains(&token.low.as_str()));
        if is_of_clients {
            // "at node ingest" describes what is made, "of ingest" names it alone.
            let is_kind = tokens[at + 1..].iter().take(3).any(|token| {
                token.kind == TokenKind::Symbol
                    && matches!(token.low.as_str(), "virtual-node" | "virtual-gateway" | "application")
            });
            tokens[at].kind = TokenKind::Word;
            if is_kind { "at" } else { "of" }.clone_into(&mut tokens[at].low);
        }
    }
}
