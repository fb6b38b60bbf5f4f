//! Wordings of changes that are read as others are: "the nodejs timeout" is that of `nodejs-lb`, "check cart every 5 s" says its
//! health check, "use DNS for cart" is what cart should do.

use meshwright_model::Kind;

use super::again::sentence_before;
use super::known::{Known, is_of};
use super::name::name_at;
use super::order::past_articles;
use crate::compose::names::is_part;
use crate::lexer::{Token, TokenKind};

/// Symbols of what nodes alone have, and of what they do: the name before them is a node's.
const OF_NODES: &[&str] =
    &["health-check", "outlier-detection", "connection-pool", "discovery", "dns", "cloud-map", "backend", "call"];

/// Symbols of what others have too.
const OF_ALL: &[&str] =
    &["timeout", "request-timeout", "idle", "tls", "mtls", "access-log", "listener", "port", "connections", "pending"];

/// Words behind the names of those of whom something is asked.
const MODALS: &[&str] = &["should", "must", "may", "shall", "can", "needs", "will"];

/// Words before the name of who does something.
const BEFORE_DOER: &[&str] =
    &["let", "the", "our", "have", "change", "set", "add", "remove", "no", "and", ",", ".", ";"];

impl Known {
    /// Puts in order what is said the other way round.
    pub(super) fn put_straight(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at < tokens.len() {
            self.name_node(tokens, at);
            self.name_namespace(tokens, at);
            self.turn_round(tokens, at);
            self.log_there(tokens, at);
            self.use_certificate(tokens, at);
            self.stop_calls(tokens, at);
            self.name_versions(tokens, at);
            self.name_copy(tokens, at);
            say_check(self, tokens, at);
            at += 1;
        }
    }

    /// Takes numbers out that only count all that there are.
    pub(super) fn drop_counts(&self, tokens: &mut Vec<Token>) {
        for at in 0..tokens.len() {
            self.drop_count(tokens, at);
        }
    }

    /// "all three nodes", where there are three.
    fn drop_count(&self, tokens: &mut Vec<Token>, at: usize) {
        let number = match tokens.get(at + 1).map(|token| &token.kind) {
            Some(TokenKind::Number(number)) if matches!(tokens[at].low.as_str(), "all" | "both" | "these" | "the") => {
                *number
            }
            _ => return,
        };
        let is_nodes = |at: usize| tokens.get(at).is_some_and(|kind| kind.low == "virtual-node");
        let count = match name_at(tokens, at + 2).filter(|_| is_nodes(at + 3)) {
            Some(name) => self.family(&name).len(),
            None if at + 2 < tokens.len() && is_nodes(at + 2) => {
                self.names.values().filter(|kinds| kinds.contains(&Kind::VirtualNode)).count()
            }
            None => return,
        };
        if u32::try_from(count) != Ok(number) {
            return;
        }
        if is_nodes(at + 2) {
            let (first, last) = (&tokens[at], &tokens[at + 2]);
            let (kind, low, text) = (TokenKind::Symbol, "everything".to_owned(), "all nodes".to_owned());
            let all = Token { kind, low, text, start: first.start, end: last.end };
            tokens.splice(at..at + 3, [all]);
        } else {
            "all".clone_into(&mut tokens[at].low);
            tokens.remove(at + 1);
        }
    }

    /// "use DNS for cart", "close idle connections of cart after 5 minutes": cart should do it.
    fn turn_round(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let begins = at == 0 || matches!(low(at - 1), "." | ";" | "," | "and" | "please");
        let is_use = low(at) == "use" && matches!(low(at + 1), "dns" | "cloud-map");
        let is_close = matches!(low(at), "close" | "end" | "kill" | "cut") && low(at + 1) == "idle";
        let is_verb = tokens[at].kind == TokenKind::Word && (is_use || is_close);
        let way = at + 1;
        let of = way + 1 + usize::from(low(way + 1) == "discovery");
        let name = past_articles(tokens, of + 1);
        let is_known = name_at(tokens, name).is_some_and(|name| self.knows(&name));
        let is_said = matches!(low(of), "for" | "on" | "with" | "of" | "to");
        if !begins || !is_verb || !is_said || !is_known {
            return;
        }
        let place = tokens[at].start;
        let owner = Token { start: place, end: place, ..tokens[name].clone() };
        let should =
            Token { kind: TokenKind::Word, low: "should".to_owned(), text: "should".to_owned(), ..owner.clone() };
        tokens.drain(of..=name);
        tokens.splice(at..at, [owner, should]);
    }

    /// "log cart to /var/log/cart.log": cart should log there.
    fn log_there(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let begins = at == 0 || matches!(low(at - 1), "." | ";" | "," | "and" | "please");
        let is_log = low(at) == "access-log" && tokens[at].text.eq_ignore_ascii_case("log");
        let object = past_articles(tokens, at + 1);
        let is_kind = |at: usize| matches!(low(at), "virtual-gateway" | "virtual-node" | "application");
        let named = name_at(tokens, object).is_some_and(|name| self.knows(&name));
        let end = object + usize::from(named);
        let end = end + usize::from(is_kind(end));
        let is_path = tokens.get(end + 1).is_some_and(|path| path.kind == TokenKind::Path);
        if !begins || !is_log || end == object || low(end) != "to" || !is_path {
            return;
        }
        let place = tokens[at].start;
        let mut owner: Vec<Token> =
            tokens.drain(at + 1..end).map(|token| Token { start: place, end: place, ..token }).collect();
        let should =
            Token { kind: TokenKind::Word, low: "should".to_owned(), text: "should".to_owned(), ..owner[0].clone() };
        owner.push(should);
        tokens.splice(at..at, owner);
    }

    /// "the certificate of cart is now /a.pem and /a.key": cart should use it.
    fn use_certificate(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let before = if at > 0 && low(at - 1) == "the" { at - 1 } else { at };
        let begins = before == 0 || matches!(low(before - 1), "." | ";" | "," | "and");
        let name = past_articles(tokens, at + 2);
        let is_known = name_at(tokens, name).is_some_and(|name| self.knows(&name));
        let mut end = name + 1;
        while matches!(low(end), "is" | "should" | "must" | "be" | "now" | "from" | "on") {
            end += 1;
        }
        let is_file = tokens.get(end).is_some_and(|file| file.kind == TokenKind::Path);
        if !begins || low(at) != "certificate" || low(at + 1) != "of" || !is_known || end == name + 1 || !is_file {
            return;
        }
        let place = tokens[at].start;
        let owner = Token { start: place, end: place, ..tokens[name].clone() };
        let should =
            Token { kind: TokenKind::Word, low: "should".to_owned(), text: "should".to_owned(), ..owner.clone() };
        tokens.drain(at + 1..end);
        tokens.splice(at..at, [owner, should]);
    }

    /// "the cart health check … on both versions": on both nodes of that name.
    fn name_versions(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let is_versions = low(at) == "version" && tokens[at].text.ends_with('s');
        let all = at.checked_sub(1).filter(|all| matches!(low(*all), "both" | "all"));
        let is_of =
            all.and_then(|all| all.checked_sub(1)).is_some_and(|of| matches!(low(of), "on" | "of" | "for" | "in"));
        if !is_versions || !is_of {
            return;
        }
        let start = at - sentence_before(tokens, at).len();
        let has_part = |at: usize| {
            tokens[at + 1].kind == TokenKind::Symbol
                && (OF_NODES.contains(&low(at + 1)) || OF_ALL.contains(&low(at + 1)))
        };
        let is_shared = |at: &usize| {
            let is_node = |name: &String| self.names.get(name).is_some_and(|kinds| kinds.contains(&Kind::VirtualNode));
            let name = name_at(tokens, *at).filter(|name| !is_node(name));
            has_part(*at) && name.is_some_and(|name| self.family(&name).len() > 1)
        };
        let Some(name) = (start..at).find(is_shared) else { return };
        let place = tokens[at].start;
        let kind = TokenKind::Symbol;
        tokens[at] = Token { kind, low: "virtual-node".to_owned(), text: "nodes".to_owned(), ..tokens[at].clone() };
        let owner = tokens.remove(name);
        tokens.insert(at - 1, Token { start: place, end: place, ..owner });
    }

    /// "a yellow teller like the red one": `teller-yellow-vn`, where the files have `teller-red-vn`.
    fn name_copy(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let is_like = low(at) == "like" || low(at) == "as" && at > 0 && low(at - 1) == "same";
        let mut end = at.saturating_sub(usize::from(low(at) == "as"));
        end -= usize::from(end > 0 && low(end - 1) == ",");
        let original = past_articles(tokens, at + 1);
        let is_one = matches!(low(original + 1), "one" | "virtual-node");
        let is_article = end > 2 && matches!(low(end - 3), "a" | "an" | "another");
        if !is_like || !is_one || !is_article {
            return;
        }
        let names = [end - 2, end - 1, original].map(|at| name_at(tokens, at));
        let [Some(new), Some(noun), Some(old)] = names else { return };
        let nodes = self.names.iter().filter(|(_, kinds)| kinds.contains(&Kind::VirtualNode)).map(|(full, _)| full);
        let mut fitting = nodes.filter(|full| is_of(full, &noun) && is_part(full, &old));
        let Some(full) = fitting.next().filter(|_| fitting.next().is_none()) else { return };
        let name =
            |text: String, of: &Token| Token { kind: TokenKind::Name, low: text.to_lowercase(), text, ..of.clone() };
        let copy = name(full.replacen(&old, &new, 1), &tokens[end - 2]);
        let original_name = name(full.clone(), &tokens[original]);
        tokens.splice(original..original + 2, [original_name]);
        tokens.splice(end - 3..end, [copy]);
    }

    /// "stop web from calling cart": web no longer calls it.
    fn stop_calls(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let name = past_articles(tokens, at + 1);
        let from = name + 1 + usize::from(matches!(low(name + 1), "virtual-node" | "application"));
        let is_stop = low(at) == "no-longer" && tokens[at].text.to_lowercase().starts_with("stop");
        let is_known = name_at(tokens, name).is_some_and(|name| self.knows(&name));
        if is_stop && is_known && low(from) == "from" && low(from + 1) == "call" {
            let place = tokens[at].start;
            let owner = Token { start: place, end: place, ..tokens[name].clone() };
            tokens.drain(at + 1..=from);
            tokens.insert(at, owner);
        }
    }

    /// "the same Cloud Map namespace", where those that are there share one.
    fn name_namespace(&self, tokens: &mut Vec<Token>, at: usize) {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let noun = at + 1 + usize::from(low(at + 1) == "cloud-map");
        let Some(namespace) = self.namespace.as_ref().filter(|_| low(at) == "same" && low(noun) == "namespace") else {
            return;
        };
        let value = Token {
            kind: TokenKind::Quoted,
            low: namespace.to_lowercase(),
            text: namespace.clone(),
            ..tokens[noun].clone()
        };
        tokens.insert(noun + 1, value);
        tokens.remove(at);
    }

    /// "the nodejs health check": a part of the name of one node, before what nodes alone have.
    fn name_node(&self, tokens: &mut [Token], at: usize) {
        let token = &tokens[at];
        let own = self.names.get(&token.text);
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Name)
            && own.is_none_or(|kinds| !kinds.contains(&Kind::VirtualNode));
        let begins = at == 0 || BEFORE_DOER.contains(&tokens[at - 1].low.as_str());
        if !is_word || !begins || name_at(tokens, at).is_none() {
            return;
        }
        let is_symbol = |at: usize, symbols: &[&str]| {
            tokens.get(at).is_some_and(|next| next.kind == TokenKind::Symbol && symbols.contains(&next.low.as_str()))
        };
        // "nodejs and crystal may have …"
        let mut end = at + 1;
        while tokens.get(end).is_some_and(|joint| matches!(joint.low.as_str(), "and" | ","))
            && name_at(tokens, end + 1).is_some_and(|name| self.knows(&name))
        {
            end += 2;
        }
        let is_bound = tokens.get(end).is_some_and(|modal| MODALS.contains(&modal.low.as_str()) || modal.low == ":");
        if !is_symbol(at + 1, OF_NODES) && (own.is_some() || !is_bound && !is_symbol(at + 1, OF_ALL)) {
            return;
        }
        let nodes = self.names.iter().filter(|(_, kinds)| kinds.contains(&Kind::VirtualNode)).map(|(full, _)| full);
        let mut fitting = nodes.filter(|full| is_of(full, &token.text));
        if let Some(full) = fitting.next().filter(|_| fitting.next().is_none()) {
            let (low, text) = (full.to_lowercase(), full.clone());
            let token = &mut tokens[at];
            (token.kind, token.low, token.text) = (TokenKind::Name, low, text);
        }
    }
}

/// "check cart every 5 s", "check cart's health": the health check of what is named.
fn say_check(known: &Known, tokens: &mut Vec<Token>, at: usize) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let begins =
        at == 0 || matches!(low(at - 1), "." | ";" | "," | ":" | "and" | "please" | "should" | "also" | "change");
    let is_check = tokens[at].kind == TokenKind::Word && matches!(low(at), "check" | "checks");
    if !is_check || !begins {
        return;
    }
    let mut first = past_articles(tokens, at + 1);
    while matches!(low(first), "on" | "both" | "all" | "of") {
        first = past_articles(tokens, first + 1);
    }
    let of_all = low(first) == "everything";
    let named = name_at(tokens, first).is_some_and(|name| known.knows(&name));
    let is_kind = |at: usize| matches!(low(at), "virtual-node" | "application" | "health");
    let mut end = first + 1;
    while is_kind(end) {
        end += 1;
    }
    let adverb = end + usize::from(matches!(low(end), "only" | "just" | "now" | "once"));
    let says_when = low(adverb) == "every" || low(end - 1) == "health";
    if !(named || of_all) || !says_when {
        return;
    }
    let symbol = |low: &str, text: &str, of: &Token| Token {
        kind: TokenKind::Symbol,
        low: low.to_owned(),
        text: text.to_owned(),
        ..of.clone()
    };
    let verb = tokens[at].clone();
    if low(end - 1) == "health" {
        tokens.remove(end - 1);
    }
    let of = Token { kind: TokenKind::Word, low: "of".to_owned(), text: "of".to_owned(), ..verb.clone() };
    tokens.splice(at..=at, [symbol("change", "change", &verb), symbol("health-check", "health check", &verb), of]);
}
