//! Ways to speak of a mesh and of what stands in it, said as the reader knows them: "a mesh with web, api and db" has those
//! services, "app on 8080 behind a gateway on 80" has a gateway that leads to it, "a staging and a production mesh" is one mesh for
//! both.

use super::name::{can_be_noun, name_at, names_of_a_kind};
use super::phrase::{is_symbol, low, past};
use super::thing::Thing;
use super::versions::is_environment;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// Words between a mesh and what it has.
const HAVING: &[&str] = &["with", "containing", "has", "having", "for"];

/// The most words before the environments that a request begins with.
const MAX_HEADING: usize = 12;

/// Words for what can be reached from outside.
const EXPOSED: &[&str] = &[
    "is",
    "be",
    "are",
    "should",
    "must",
    "exposed",
    "published",
    "reachable",
    "accessible",
    "available",
    "reached",
    "publicly",
    "externally",
    "from",
    "outside",
    "internet",
    "the",
    "to",
    "made",
];

/// The most of them.
const MAX_EXPOSED: usize = 6;

/// Verbs of what must be of traffic.
const MUST: &[&str] =
    &["must", "should", "has", "have", "to", "shall", "be", "is", "are", "needs", "always", "only", "all"];

/// Says those phrases as they are known.
pub(super) fn say_openings(tokens: &mut Vec<Token>) {
    head_environments(tokens);
    let mut at = 0;
    while at < tokens.len() {
        name_services(tokens, at);
        join_environments(tokens, at);
        lead_gateway(tokens, at);
        encrypt_traffic(tokens, at);
        expect_name(tokens, at);
        check_path(tokens, at);
        end_in_domain(tokens, at);
        part_clause(tokens, at);
        drop_parameters(tokens, at);
        name_parameter(tokens, at);
        detach_target(tokens, at);
        at += 1;
    }
}

fn is_end(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| matches!(token.low.as_str(), "." | ";" | "!" | "?"))
}

fn begin_of_sentence(tokens: &[Token], at: usize) -> usize {
    (0..at).rev().find(|at| is_end(tokens, *at)).map_or(0, |end| end + 1)
}

fn end_of_clause(tokens: &[Token], at: usize) -> usize {
    at + (at..tokens.len()).take_while(|at| !is_end(tokens, *at)).count()
}

/// A word or mark that takes up no room.
fn said(kind: TokenKind, low: &str, place: usize) -> Token {
    Token { kind, low: low.to_owned(), text: low.to_owned(), start: place, end: place }
}

fn symbol(low: &str, place: usize) -> Token {
    said(TokenKind::Symbol, low, place)
}

/// "mesh travel with flights, hotels and a bff": names that a mesh has are those of services.
fn name_services(tokens: &mut Vec<Token>, at: usize) {
    if !HAVING.contains(&low(tokens, at)) || tokens[at].kind != TokenKind::Word {
        return;
    }
    let start = begin_of_sentence(tokens, at);
    let is_other = |at: usize| {
        tokens[at].kind == TokenKind::Symbol
            && Thing::of_symbol(&tokens[at].low).is_some_and(|thing| thing != Thing::Mesh)
    };
    let has_mesh = (start..at).any(|at| is_symbol(tokens, at, &["mesh"])) && !(start..at).any(is_other);
    // The mesh or its name stands right before.
    let before =
        at.checked_sub(1).filter(|before| is_symbol(tokens, *before, &["mesh"]) || name_at(tokens, *before).is_some());
    let first = at + 1 + usize::from(matches!(low(tokens, at + 1), "a" | "an" | "the"));
    let Some((names, end)) = names_of_a_kind(tokens, first).filter(|_| has_mesh && before.is_some()) else { return };
    let is_environments = names.iter().all(|name| is_environment(name));
    if names.len() > 1 && (is_end(tokens, end) || low(tokens, end) == ":") && !is_environments {
        let place = tokens[first].start;
        let kind = Token { text: "services".to_owned(), ..symbol("application", place) };
        tokens.splice(at..first, [said(TokenKind::Mark, ",", place), kind]);
    }
}

/// "Mesh and nodes for staging and production: …", "staging and production: …": what all of it is for.
fn head_environments(tokens: &mut Vec<Token>) {
    let colon = (0..tokens.len().min(MAX_HEADING)).find(|at| low(tokens, *at) == ":" || is_end(tokens, *at));
    let Some(colon) = colon.filter(|at| low(tokens, *at) == ":") else { return };
    let is_env = |token: &Token| is_environment(&token.low) && token.kind != TokenKind::Symbol;
    let is_kind = |token: &Token| {
        token.kind == TokenKind::Symbol
            && (Thing::of_symbol(&token.low).is_some()
                || matches!(token.low.as_str(), "create" | "app-mesh" | "and" | "for" | "environments"))
    };
    let may_be = |token: &Token| {
        is_env(token) || is_kind(token) || is_glue(&token.low) || matches!(token.low.as_str(), "," | "/" | "&")
    };
    let environments: Vec<Token> = tokens[..colon].iter().filter(|token| is_env(token)).cloned().collect();
    if environments.len() < 2 || !tokens[..colon].iter().all(may_be) {
        return;
    }
    let mesh = tokens[..colon].iter().find(|token| token.low == "mesh").cloned();
    let place = tokens[0].start;
    let mut head: Vec<Token> = Vec::new();
    if let Some(mesh) = mesh {
        head.extend([symbol("create", place), said(TokenKind::Word, "a", place), mesh]);
    }
    head.push(said(TokenKind::Word, "for", place));
    for (at, environment) in environments.into_iter().enumerate() {
        if at > 0 {
            head.push(symbol("and", environment.start));
        }
        head.push(environment);
    }
    head.push(said(TokenKind::Mark, ".", tokens[colon].start));
    tokens.splice(..=colon, head);
}

/// "a staging and a production mesh": a mesh for either.
fn join_environments(tokens: &mut Vec<Token>, at: usize) {
    let is_env = |at: usize| tokens.get(at).is_some_and(|token| is_environment(&token.low));
    let second = past(tokens, at + 1, &["and", "or", ",", "/", "a", "an"]);
    if !is_env(at)
        || second == at + 1
        || !is_env(second)
        || !is_symbol(tokens, second + 1, &["mesh"])
        || tokens[second + 1].text.contains('s') && tokens[second + 1].text.len() > 6
    {
        return;
    }
    let place = tokens[second + 1].end;
    let (one, other, mesh) = (tokens[at].clone(), tokens[second].clone(), tokens[second + 1].clone());
    tokens.splice(
        at..second + 2,
        [
            mesh,
            said(TokenKind::Word, "for", place),
            one,
            symbol("and", place),
            other,
            said(TokenKind::Mark, ",", place),
        ],
    );
}

/// "one service app on http 8080 behind a gateway on 80": the gateway leads to it.
fn lead_gateway(tokens: &mut Vec<Token>, at: usize) {
    // "the portal is exposed through a gateway on port 80"
    let exposed = at.checked_sub(1).map_or(at, |before| {
        let says = |at: &usize| is_symbol(tokens, *at, &["listen"]) || EXPOSED.contains(&low(tokens, *at));
        at - (0..=before).rev().take(MAX_EXPOSED).take_while(says).count()
    });
    if low(tokens, at) != "behind" && !(exposed < at && matches!(low(tokens, at), "through" | "via" | "by" | "between"))
    {
        return;
    }
    let kind = past(tokens, at + 1, &["a", "an", "the", "our", "http", "http2", "grpc", "public"]);
    if !is_symbol(tokens, kind, &["virtual-gateway"]) {
        return;
    }
    let start = begin_of_sentence(tokens, at);
    let end = (kind..end_of_clause(tokens, kind))
        .find(|at| low(tokens, *at) == ",")
        .unwrap_or_else(|| end_of_clause(tokens, kind));
    let start = (start..at).rev().find(|at| low(tokens, *at) == ":").map_or(start, |colon| colon + 1);
    // "one service app on 8080"
    let is_app = |at: usize| at > 0 && can_be_noun(tokens, at) && is_symbol(tokens, at - 1, &["application"]);
    let is_name = |at: &usize| {
        (name_at(tokens, *at).is_some() || is_app(*at)) && !is_symbol(tokens, at.saturating_sub(1), &["mesh"])
    };
    let names: Vec<usize> = (start..at).filter(is_name).collect();
    let has_target = tokens[kind..end].iter().any(|token| token.low == "to" || token.kind == TokenKind::Path);
    let verb = (start..at)
        .any(|at| is_symbol(tokens, at, &["call", "send", "route", "split", "virtual-service", "virtual-router"]));
    let [only] = names.as_slice() else { return };
    if has_target || verb {
        return;
    }
    let (name, place) = (tokens[*only].clone(), tokens[end - 1].end);
    let name = Token { kind: TokenKind::Word, low: name.text.to_lowercase(), ..name };
    let back = (start..exposed)
        .rev()
        .take_while(|at| matches!(low(tokens, *at), "is" | "and" | "sits" | "stands" | "," | "lives"))
        .count();
    let mut from = exposed - back;
    let mut said_after: Vec<Token> = Vec::new();
    if (start..from).all(|at| at == *only || matches!(low(tokens, at), "the" | "our" | "application")) {
        from = start;
    } else {
        said_after.push(said(TokenKind::Mark, ";", tokens[exposed].start));
    }
    said_after.extend_from_slice(&tokens[at + 1..end]);
    said_after.extend([Token { text: "->".to_owned(), ..symbol("to", place) }, name]);
    tokens.splice(from..end, said_after);
}

/// "Traffic from front to back must be encrypted": front calls back over TLS.
fn encrypt_traffic(tokens: &mut Vec<Token>, at: usize) {
    let is_traffic = matches!(
        low(tokens, at),
        "traffic" | "requests" | "calls" | "communication" | "connections" | "call" | "all-traffic"
    );
    let from = past(tokens, at + 1, &["from", "the"]);
    if !is_traffic
        || low(tokens, at + 1) != "from"
        || name_at(tokens, from).is_none()
        || !is_symbol(tokens, from + 1, &["to"])
    {
        return;
    }
    let to = past(tokens, from + 2, &["the"]);
    let tls = past(tokens, to + 1, MUST);
    let tls = tls + usize::from(is_symbol(tokens, tls, &["between"]) || low(tokens, tls) == "over");
    if name_at(tokens, to).is_none() || tls == to + 1 || !is_symbol(tokens, tls, &["tls", "mtls"]) {
        return;
    }
    let (caller, target, secured) = (tokens[from].clone(), tokens[to].clone(), tokens[tls].clone());
    let (between, place) = (symbol("between", secured.start), secured.end);
    let call = Token { end: target.start, ..symbol("call", caller.end) };
    let end = tls + 1;
    let mut words = vec![caller, call, target, between, secured];
    let end = if low(tokens, end) == ":" {
        words.push(said(TokenKind::Mark, ";", place));
        end + 1
    } else {
        end
    };
    tokens.splice(at..end, words);
}

/// "expects the name back.demo.local": the subject alternative name of the server.
fn expect_name(tokens: &mut Vec<Token>, at: usize) {
    let is_verb = matches!(low(tokens, at), "expects" | "expect" | "expecting" | "checks");
    let name = past(tokens, at + 1, &["the", "server", "server's", "certificate", "dns"]);
    let host = name + 1;
    let is_host = tokens
        .get(host)
        .is_some_and(|token| matches!(token.kind, TokenKind::Host | TokenKind::Quoted | TokenKind::Address));
    if is_verb && is_symbol(tokens, name, &["named", "hostname"]) && is_host {
        let san = Token { start: tokens[at].start, end: tokens[name].end, ..symbol("san", 0) };
        tokens.splice(at..host, [san]);
    }
}

/// "with /health checks": health checks on that path.
fn check_path(tokens: &mut Vec<Token>, at: usize) {
    let is_path = tokens[at].kind == TokenKind::Path;
    let is_check = tokens
        .get(at + 1)
        .is_some_and(|token| matches!(token.text.to_lowercase().as_str(), "checks" | "check" | "probes" | "probe"));
    if is_path && is_check && !is_symbol(tokens, at.wrapping_sub(1), &["health-check"]) {
        let check = Token { start: tokens[at].start, end: tokens[at].start, ..symbol("health-check", 0) };
        let path = Token { end: tokens[at + 1].end, ..tokens[at].clone() };
        tokens.splice(at..at + 2, [check, path]);
    }
}

/// "names end in .shop.local": host names in that domain.
fn end_in_domain(tokens: &mut [Token], at: usize) {
    let is_suffix =
        is_symbol(tokens, at + 1, &["suffix"]) && tokens.get(at + 2).is_some_and(|token| token.kind == TokenKind::Host);
    if is_symbol(tokens, at, &["named"]) && tokens[at].text.eq_ignore_ascii_case("names") && is_suffix {
        "hostname".clone_into(&mut tokens[at].low);
    }
}

/// "…, and the exchange service (http 8080) calls it": a clause of its own, and no further name of the list before it.
fn part_clause(tokens: &mut [Token], at: usize) {
    if low(tokens, at) != "," || low(tokens, at + 1) != "and" {
        return;
    }
    let name = past(tokens, at + 2, &["the", "a", "an"]);
    let kind = name + 1;
    let mut verb = kind + usize::from(is_symbol(tokens, kind, &["application"]));
    if low(tokens, verb) == "(" {
        verb = (verb..tokens.len().min(verb + 12)).find(|at| low(tokens, *at) == ")").map_or(verb, |close| close + 1);
    }
    if name_at(tokens, name).is_some() && verb > kind && is_symbol(tokens, verb, &["call", "listen", "speak"]) {
        let comma = &mut tokens[at];
        ";".clone_into(&mut comma.low);
    }
}

/// "mesh name and namespace as parameters": what is named nowhere is a parameter.
fn drop_parameters(tokens: &mut Vec<Token>, at: usize) {
    let is_part = |at: &usize| {
        is_symbol(tokens, *at, &["mesh", "named", "namespace", "hostname", "and", "cloud-map", "service-name"])
            || matches!(low(tokens, *at), "," | "the" | "of" | "name" | "its")
    };
    let end = at + (at..tokens.len()).take(8).take_while(is_part).count();
    let is_said = matches!(low(tokens, end), "as" | "are" | "is" | "should") && end > at;
    let parameter = past(tokens, end, &["as", "are", "is", "should", "be", "a", "passed", "in", "given"]);
    let begins = at == 0 || matches!(low(tokens, at - 1), "." | ";" | ",");
    let says_name = is_symbol(tokens, at, &["mesh", "namespace", "hostname"])
        || is_symbol(tokens, at + 1, &["mesh", "namespace", "hostname"]);
    if is_said && begins && says_name && matches!(low(tokens, parameter), "parameter" | "parameters") {
        let end = parameter + 1 + usize::from(low(tokens, parameter + 1) == ",");
        tokens.drain(at..end);
    }
}

/// "a parameter Environment (staging or production)": what it is for.
fn name_parameter(tokens: &mut Vec<Token>, at: usize) {
    let environment = past(tokens, at + 1, &["named"]);
    let open = environment + 1;
    if low(tokens, at) != "parameter" || !is_symbol(tokens, environment, &["environments"]) || low(tokens, open) != "("
    {
        return;
    }
    let close = (open..tokens.len().min(open + MAX_HEADING)).find(|at| low(tokens, *at) == ")");
    let Some(close) = close else { return };
    let environments: Vec<Token> =
        tokens[open + 1..close].iter().filter(|token| is_environment(&token.low)).cloned().collect();
    let is_plain =
        |token: &Token| is_environment(&token.low) || matches!(token.low.as_str(), "or" | "and" | "," | "/" | "|");
    if environments.len() < 2 || !tokens[open + 1..close].iter().all(is_plain) {
        return;
    }
    let mut said_again = vec![said(TokenKind::Word, "for", tokens[at].start)];
    for (number, environment) in environments.into_iter().enumerate() {
        if number > 0 {
            said_again.push(symbol("and", environment.start));
        }
        said_again.push(environment);
    }
    tokens.splice(at..=close, said_again);
}

/// "a gateway in front of ingest (grpc 50051), which calls store": what is said of the target is said of it alone.
fn detach_target(tokens: &mut Vec<Token>, at: usize) {
    let is_led = at.checked_sub(1).is_some_and(|before| is_symbol(tokens, before, &["to", "provider"]));
    let start = begin_of_sentence(tokens, at);
    if !is_led
        || name_at(tokens, at).is_none()
        || low(tokens, at + 1) != "("
        || !(start..at).any(|at| is_symbol(tokens, at, &["virtual-gateway"]))
    {
        return;
    }
    let close = (at..tokens.len().min(at + MAX_HEADING)).find(|at| low(tokens, *at) == ")");
    let Some(close) = close else { return };
    let which = past(tokens, close + 1, &[","]);
    let relates = matches!(low(tokens, which), "which" | "that" | "who") && is_symbol(tokens, which + 1, &["call"]);
    if !relates && !is_end(tokens, close + 1) {
        return;
    }
    let name = tokens[at].clone();
    let mut said_again = vec![said(TokenKind::Mark, ";", name.end), name.clone()];
    said_again.extend_from_slice(&tokens[at + 1..=close]);
    let end = if relates {
        said_again.extend([said(TokenKind::Mark, ";", tokens[close].end), name]);
        which + 1
    } else {
        close + 1
    };
    tokens.splice(at + 1..end, said_again);
}
