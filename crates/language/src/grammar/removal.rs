//! What is to be taken away: "remove the retry policy from checkout", "take v1 out".

use super::pattern::name_at;
use super::reader::Reader;
use crate::intent::{Removal, RemovalKind};
use crate::lexer::TokenKind;

impl Reader<'_> {
    /// Reads a clause that takes something away.
    pub(super) fn removal(&mut self) -> bool {
        let is_take_out = self.is_symbol(self.at, &["take"]);
        if !is_take_out && !self.is_symbol(self.at, &["remove"]) {
            return false;
        }
        let end = self.clause_end();
        if is_take_out && !(self.at..end).any(|at| self.is_symbol(at, &["out"])) {
            return false;
        }
        let part = (self.at..end).find_map(|at| self.part_at(at));
        let names: Vec<(usize, String)> =
            (self.at..end).filter_map(|at| name_at(&self.tokens, at).map(|name| (at, name))).collect();
        let from = (self.at..end).find(|at| {
            self.token(*at).is_some_and(|token| {
                matches!(token.low.as_str(), "from" | "of" | "on" | "in") && token.kind == TokenKind::Word
            })
        });
        let Some((_, last)) = names.last().cloned() else { return false };
        let first = names.first().map(|(_, name)| name.clone()).filter(|_| names.len() > 1);
        let kind = match part {
            Some(kind) => kind,
            None if first.is_some() && from.is_some() => RemovalKind::Target,
            None => RemovalKind::Resource,
        };
        let part = matches!(kind, RemovalKind::Target | RemovalKind::Backend).then_some(first).flatten();
        let place = self.intent.removals.len();
        self.intent.removals.push(Removal { kind, name: last, part });
        self.note(&format!("removals[{place}]"), self.at, end);
        self.at = end;
        true
    }

    fn part_at(&self, at: usize) -> Option<RemovalKind> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        Some(match token.low.as_str() {
            "retry" => RemovalKind::RetryPolicy,
            "timeout" | "request-timeout" | "idle" => RemovalKind::Timeout,
            "health-check" => RemovalKind::HealthCheck,
            "outlier-detection" => RemovalKind::OutlierDetection,
            "connection-pool" => RemovalKind::ConnectionPool,
            "tls" | "mtls" => RemovalKind::Tls,
            "access-log" => RemovalKind::AccessLog,
            "backend" => RemovalKind::Backend,
            _ => return None,
        })
    }

    /// Where the clause ends.
    fn clause_end(&self) -> usize {
        let is_end = |at: &usize| {
            self.token(*at).is_none_or(|token| {
                token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";" | ",") && !token.text.is_empty()
            }) || self.is_symbol(*at, &["and", "but"])
                && (self.is_symbol(at + 1, &["create", "add", "change", "remove", "send", "split"]))
        };
        (self.at + 1..=self.tokens.len()).find(is_end).unwrap_or(self.tokens.len())
    }
}
