//! What a request says to leave as it is: "leave the fraud backend alone", "don't touch orders".

use super::name::names_from;
use super::reader::Reader;
use crate::understanding::Assumption;

/// Words behind what stays.
const ALONE: &[&str] = &["alone", "unchanged", "untouched", "as is", "intact"];

/// Words before what stays.
const ARTICLES: &[&str] = &["the", "our", "my", "both", "other"];

/// Kinds and parts that what stays may be.
const KINDS: &[&str] = &[
    "backend",
    "virtual-node",
    "virtual-router",
    "virtual-service",
    "virtual-gateway",
    "gateway-route",
    "route",
    "application",
    "version",
];

impl Reader<'_> {
    /// Reads a clause that says that something the files have stays as it is, where nothing is said of it elsewhere.
    pub(super) fn left_alone(&mut self) -> bool {
        if self.known.is_none() || !self.is_clause_start() {
            return false;
        }
        let Some((names, end)) = self.names_left_alone() else { return false };
        let is_spoken_of = |name: &String| {
            let others = self.tokens.iter().enumerate().filter(|(at, _)| !(self.at..end).contains(at));
            others.into_iter().any(|(_, token)| token.text.eq_ignore_ascii_case(name))
        };
        let is_all = |at: usize| {
            self.is_symbol(at, &["everything"])
                || self.is_word(at, &["all", "every", "each"])
                    && self.is_symbol(self.past(at + 1, &["the", "our", "of"]), KINDS)
        };
        let is_of_all = (0..self.tokens.len()).any(is_all);
        if names.iter().any(is_spoken_of) || is_of_all {
            self.ask(
                "It says that this stays as it is, and may say a change of it too. Which of the two holds?",
                self.at,
                end,
            );
            self.at = end;
            return true;
        }
        let said = self.said(self.tokens[self.at].start, self.tokens[end - 1].end);
        let (what, why) = (format!("\"{}\" changes nothing", said.text), "nothing else is said of it".to_owned());
        self.set_aside(self.at, end);
        self.assumptions.push(Assumption { what, why });
        self.at = end;
        true
    }

    /// "leave x alone", "keep x as it is", "don't touch x": what stays, and the place after the words.
    fn names_left_alone(&self) -> Option<(Vec<String>, usize)> {
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let is_kept = matches!(text(self.at).as_str(), "leave" | "keep");
        let is_untouched =
            self.is_symbol(self.at, &["no"]) && matches!(text(self.at + 1).as_str(), "touch" | "change" | "modify");
        let is_untouched =
            is_untouched || matches!(text(self.at).as_str(), "not touch" | "don't touch" | "do not touch");
        let first = match (is_kept, is_untouched) {
            (true, _) => self.at + 1,
            (_, true) => self.at + 1 + usize::from(self.is_symbol(self.at, &["no"])),
            _ => return None,
        };
        let start = self.past(first, ARTICLES);
        let start = start + usize::from(self.is_symbol(start, KINDS));
        let (names, after) = names_from(&self.tokens, self.past(start, ARTICLES))?;
        let known = self.known.as_ref()?;
        names.iter().all(|name| known.knows(name)).then_some(())?;
        let after = after + usize::from(self.is_symbol(after, KINDS));
        if is_untouched {
            return self.ends_clause(after).then_some((names, after));
        }
        let end = match self.low(after) {
            "as" if matches!(self.low(after + 1), "it" | "they") && matches!(self.low(after + 2), "is" | "are") => {
                after + 3
            }
            "as" if self.low(after + 1) == "is" => after + 2,
            _ if ALONE.contains(&text(after).as_str()) => after + 1,
            _ => return None,
        };
        self.ends_clause(end).then_some((names, end))
    }
}
