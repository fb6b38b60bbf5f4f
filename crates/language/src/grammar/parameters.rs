//! Parameters of the files that a request names: "the CA in the `CaArn` parameter", "the `ServerCertArn` certificate".

use super::known::Known;
use super::order::past_articles;
use crate::lexer::{Token, TokenKind};

/// Symbols of what an address stands for.
const ADDRESSED: &[&str] = &["certificate", "acm", "trust"];

/// Words that say that what is named is a parameter.
const NOUNS: &[&str] = &["parameter", "param", "variable", "parameters"];

/// Words before the name of a parameter.
const BEFORE: &[&str] = &["in", "from", "of", "with", "by", "to", "named", "called", "parameter", "param"];

impl Known {
    /// Puts the addresses for which parameters stand in the place of the words that name them.
    pub(super) fn name_parameters(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at < tokens.len() {
            self.name_parameter(tokens, at);
            at += 1;
        }
    }

    fn name_parameter(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let text = tokens[at].text.trim_start_matches("${").trim_end_matches('}');
        let is_there = self.parameters.iter().any(|name| name == text) && tokens[at].kind != TokenKind::Symbol;
        if !is_there || !is_address(text) {
            return;
        }
        let address = Token {
            kind: TokenKind::Address,
            low: format!("${{{text}}}").to_lowercase(),
            text: format!("${{{text}}}"),
            ..tokens[at].clone()
        };
        let noun = NOUNS.contains(&low(at + 1));
        let is_addressed = |at: usize| tokens.get(at).is_some_and(|next| ADDRESSED.contains(&next.low.as_str()));
        // "the ServerCertArn certificate"
        let behind = at + 1 + usize::from(noun);
        // "use ServerCertArn as its certificate"
        let role = past_articles(tokens, behind + 1);
        let behind = if low(behind) == "as" && is_addressed(role) { role } else { behind };
        let before = (0..at).rev().find(|before| !matches!(low(*before), "the" | "our" | "a" | "this"));
        let begin = before.filter(|before| NOUNS.contains(&low(*before))).unwrap_or(at);
        let follows = before.is_some_and(|before| BEFORE.contains(&low(before)) || is_addressed(before));
        if is_addressed(behind) && !before.is_some_and(is_addressed) {
            let what = Token { start: address.start, ..tokens[behind].clone() };
            tokens.splice(at..=behind, [what, address]);
        } else if noun || follows || begin < at {
            let begin = if begin < at { begin } else { at };
            tokens.splice(begin..at + 1 + usize::from(noun), [address]);
        } else {
            return;
        }
        // "the CA in the parameter": "in the" says nothing then.
        let place =
            (0..tokens.len()).find(|at| tokens[*at].kind == TokenKind::Address && tokens[*at].text.starts_with("${"));
        let Some(place) = place else { return };
        let start = (0..place).rev().find(|at| past_articles(tokens, *at + 1) == place);
        if let Some(start) = start.filter(|at| matches!(tokens[*at].low.as_str(), "in" | "from" | "of")) {
            tokens.drain(start..place);
        }
    }
}

/// Whether a parameter of that name holds an address.
fn is_address(name: &str) -> bool {
    name.to_lowercase().ends_with("arn")
}
