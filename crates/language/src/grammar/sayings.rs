//! Ways to speak of whole architectures, said as the reader knows them: "collector writes to store" calls it, "web sits in front
//! of api" too, "the first is web (http 80)" names it, and "billing – http 8080" describes it.

use super::name::name_at;
use super::phrase::{low, one_of};
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};

/// What an application does that calls another.
const CALLING: &[&str] = &[
    "fans out to",
    "fan out to",
    "writes to",
    "write to",
    "writes into",
    "reads from",
    "read from",
    "pulls from",
    "pull from",
    "pulls data from",
    "fetches from",
    "fetches data from",
    "gets data from",
    "gets its data from",
    "loads from",
    "sends data to",
    "sends events to",
    "sends messages to",
    "sends its data to",
    "sends requests to",
    "makes requests to",
    "makes calls to",
    "pushes to",
    "pushes data to",
    "publishes to",
    "talks only to",
    "only talks to",
    "stores data in",
    "stores its data in",
    "saves to",
    "persists to",
    "is a client of",
    "are clients of",
    "queries",
];

/// How what stands before another is put.
const STANDING: &[&str] = &["is", "sits", "stands", "are", "sit", "stand", "lives"];

/// Words that count out what is named one by one.
const COUNTING: &[&str] = &["first", "second", "third", "fourth", "fifth", "sixth", "last", "other", "one"];

/// Words that only say that what follows is there.
const HAVING: &[&str] = &[
    "we have",
    "we run",
    "we've got",
    "we operate",
    "i have",
    "i run",
    "there are",
    "there is",
    "there's",
    "we are running",
];

/// Says those phrases as they are known.
pub(super) fn say_architecture(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        describe_behind_dash(tokens, at);
        say_calls(tokens, at);
        say_front(tokens, at);
        say_names_alike(tokens, at);
        say_domain(tokens, at);
        name_counted(tokens, at);
        drop_having(tokens, at);
        at += 1;
    }
}

fn is_start(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| matches!(low(tokens, before), "." | ";" | ":" | "," | "!"))
}

/// "billing - http 8080", "web – calls api": what a dash parts from a name describes it.
fn describe_behind_dash(tokens: &mut [Token], at: usize) {
    let is_dash = matches!(low(tokens, at), "-" | "–" | "—") && tokens[at].kind == TokenKind::Mark;
    let Some(name) = at.checked_sub(1).filter(|name| is_dash && is_start(tokens, *name)) else { return };
    let next = at + 1 + usize::from(matches!(low(tokens, at + 1), "a" | "an" | "on"));
    let describes = tokens.get(next).is_some_and(|token| {
        token.kind == TokenKind::Symbol
            && matches!(
                token.low.as_str(),
                "http" | "http2" | "grpc" | "tcp" | "port" | "call" | "listen" | "called-by"
            )
            || matches!(token.kind, TokenKind::Number(_))
    });
    if describes && name_at(tokens, name).is_some() {
        ":".clone_into(&mut tokens[at].low);
    }
}

/// "collector writes to store", "which fetches data from db"
fn say_calls(tokens: &mut Vec<Token>, at: usize) {
    let Some(end) = one_of(tokens, at, CALLING) else { return };
    let object = end + usize::from(matches!(low(tokens, end), "the" | "both" | "our" | "a" | "an"));
    let is_object = name_at(tokens, object).is_some() || matches!(low(tokens, object), "all" | "everyone");
    let before = caller_before(tokens, at);
    if !is_object || !before || low(tokens, at) == "call" {
        return;
    }
    let start = tokens[..at].iter().rposition(|token| matches!(token.low.as_str(), "." | ";")).map_or(0, |end| end + 1);
    let is_gateway = tokens[start..at].iter().any(|token| Thing::of_symbol(&token.low) == Some(Thing::Gateway));
    let verb = if is_gateway { "send" } else { "call" };
    let mut said = vec![symbol(verb, &tokens[at], &tokens[end - 1])];
    if is_gateway {
        said.push(symbol("to", &tokens[end - 1], &tokens[end - 1]));
    }
    tokens.splice(at..end, said);
}

/// Whether who calls stands before a verb: a name, its details in brackets, or a word that points at it.
fn caller_before(tokens: &[Token], at: usize) -> bool {
    let Some(before) = (0..at)
        .rev()
        .find(|before| !matches!(low(tokens, *before), "also" | "then" | "only" | "both" | "application" | "just"))
    else {
        return false;
    };
    matches!(low(tokens, before), ")" | "which" | "that" | "it" | "and" | "virtual-gateway")
        || name_at(tokens, before).is_some()
}

/// A symbol that takes up the room of several tokens.
fn symbol(low: &str, first: &Token, last: &Token) -> Token {
    Token { kind: TokenKind::Symbol, low: low.to_owned(), text: low.to_owned(), start: first.start, end: last.end }
}

/// "web (http 80) sits in front of api and users": an application there calls what is behind it.
fn say_front(tokens: &mut Vec<Token>, at: usize) {
    let is_front = tokens[at].text.eq_ignore_ascii_case("in front of");
    let verb = at.checked_sub(1).filter(|verb| is_front && STANDING.contains(&low(tokens, *verb)));
    let Some(verb) = verb else { return };
    let object = at + 1 + usize::from(low(tokens, at + 1) == "the");
    let Some(subject) = verb.checked_sub(1).map(|last| open_bracket(tokens, last)) else { return };
    drop_listed(tokens, verb, at);
    if !tokens.get(at).is_some_and(|token| token.text.eq_ignore_ascii_case("in front of")) {
        return;
    }
    let is_application = name_at(tokens, subject).is_some_and(|name| !is_of_other_kind(tokens, &name));
    if is_application && name_at(tokens, object).is_some_and(|name| !is_of_other_kind(tokens, &name)) {
        let call = symbol("call", &tokens[verb], &tokens[at]);
        tokens.splice(verb..=at, [call]);
    }
}

/// The name before brackets that end at a place, or that place.
fn open_bracket(tokens: &[Token], last: usize) -> usize {
    if low(tokens, last) != ")" {
        return last;
    }
    let open = tokens[..last].iter().rposition(|token| token.low == "(");
    open.and_then(|open| open.checked_sub(1)).unwrap_or(last)
}

/// Whether the request says that a name is that of a gateway, router, route or node.
fn is_of_other_kind(tokens: &[Token], name: &str) -> bool {
    let is_other = |at: usize| {
        let thing = tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Symbol)
            .and_then(|token| Thing::of_symbol(&token.low));
        thing.is_some_and(|thing| !matches!(thing, Thing::Application | Thing::Mesh | Thing::Everything))
    };
    tokens.iter().enumerate().filter(|(_, token)| token.text == name).any(|(at, _)| {
        let before = at.saturating_sub(1 + usize::from(at > 1 && low(tokens, at - 1) == "named"));
        is_other(before) || is_other(at + 1)
    })
}

/// "The first is web (http 80), the second is api": what is counted out is named, and the count says nothing.
fn name_counted(tokens: &mut Vec<Token>, at: usize) {
    let start = usize::from(low(tokens, at) == "the");
    let counted = at + start;
    let is_counted = tokens.get(counted).is_some_and(|token| COUNTING.contains(&token.text.to_lowercase().as_str()));
    let mut is = counted + 1;
    is += usize::from(matches!(low(tokens, is), "one" | "application"));
    let begins = at.checked_sub(1).is_none_or(|before| matches!(low(tokens, before), "." | ";" | "," | "and" | ":"));
    let name = is + 1 + usize::from(low(tokens, is + 1) == "named");
    let is_said = matches!(low(tokens, is), "is" | "named");
    let name = if low(tokens, is) == "named" { is + 1 } else { name };
    let details = matches!(low(tokens, name + 1), "(" | "on" | "," | "and" | "." | "listen" | ":");
    if start == 1 && is_counted && begins && is_said && details && name_at(tokens, name).is_some() {
        tokens.drain(at..name);
    }
}

/// "We run web, api and db": that there are some says no more than that they are named.
fn drop_having(tokens: &mut Vec<Token>, at: usize) {
    let Some(end) = one_of(tokens, at, HAVING).filter(|_| is_start(tokens, at)) else { return };
    let first = end + usize::from(matches!(low(tokens, end), "a" | "an" | "the" | ":"));
    let is_listed = name_at(tokens, first).is_some() && matches!(low(tokens, first + 1), "," | "and" | "(" | "on");
    if is_listed {
        tokens.drain(at..end);
    }
}

/// "A gateway sits in front of shop and admin: /admin goes to admin, …": who is behind it is said again by what goes where.
fn drop_listed(tokens: &mut Vec<Token>, verb: usize, front: usize) {
    let mut names: Vec<String> = Vec::new();
    let mut end = front + 1;
    while let Some(name) = name_at(tokens, end + usize::from(low(tokens, end) == "the")) {
        names.push(name);
        end += 1 + usize::from(low(tokens, end) == "the");
        if !matches!(low(tokens, end), "," | "and") || name_at(tokens, past_joint(tokens, end)).is_none() {
            break;
        }
        end = past_joint(tokens, end);
    }
    let is_over = matches!(low(tokens, end), ":" | "." | ";" | ",");
    let rest = &tokens[end.min(tokens.len())..];
    let has_path = rest.iter().any(|token| token.kind == TokenKind::Path);
    let is_sent = |name: &String| rest.windows(2).any(|pair| pair[0].low == "to" && pair[1].text == *name);
    if names.len() > 1 && is_over && has_path && names.iter().all(is_sent) {
        tokens.drain(verb..end);
    }
}

fn past_joint(tokens: &[Token], at: usize) -> usize {
    at + (at..tokens.len()).take(2).take_while(|at| matches!(low(tokens, *at), "," | "and")).count()
}

/// Ways to say that each path leads to what is called after it.
const ALIKE: &[&str] = &[
    "services of the same name",
    "services of the same names",
    "services with the same name",
    "services with the same names",
    "service of the same name",
    "service with the same name",
    "corresponding services",
    "respective services",
    "matching services",
    "service named after it",
];

/// "routes /students and /teachers to the services of the same name": "/students to students and /teachers to teachers".
fn say_names_alike(tokens: &mut Vec<Token>, at: usize) {
    let object = at + 1 + usize::from(low(tokens, at + 1) == "the");
    let end = if low(tokens, at) == "to" { one_of(tokens, object, ALIKE) } else { None };
    let Some(end) = end else { return };
    let is_listed =
        |before: &usize| tokens[*before].kind == TokenKind::Path || matches!(low(tokens, *before), "," | "and");
    let first = at - (0..at).rev().take_while(is_listed).count();
    let paths: Vec<usize> = (first..at).filter(|place| tokens[*place].kind == TokenKind::Path).collect();
    let own = |place: usize| {
        let name = tokens[place].text.trim_matches('/');
        let token = tokens.iter().find(|token| token.text == name && token.kind != TokenKind::Path)?;
        Some(token.text.clone())
    };
    let Some(names) = paths.iter().map(|place| own(*place)).collect::<Option<Vec<String>>>() else { return };
    let mut said: Vec<Token> = Vec::new();
    for (place, name) in paths.iter().zip(names) {
        let path = &tokens[*place];
        if !said.is_empty() {
            said.push(Token {
                kind: TokenKind::Mark,
                low: ",".to_owned(),
                text: ",".to_owned(),
                start: path.start,
                end: path.start,
            });
        }
        said.extend([path.clone(), Token { start: path.end, end: path.end, ..symbol("to", path, path) }]);
        said.push(Token {
            kind: TokenKind::Name,
            low: name.to_lowercase(),
            text: name,
            start: path.end,
            end: path.end,
        });
    }
    if !said.is_empty() {
        tokens.splice(first..end, said);
    }
}

/// "DNS names <service>.prod.local", "*.prod.local": a domain in which each has its own name.
fn say_domain(tokens: &mut Vec<Token>, at: usize) {
    let close = match low(tokens, at) {
        "<" => ">",
        "{" => "}",
        _ => return,
    };
    let is_placed = low(tokens, at + 2) == close && low(tokens, at + 3) == ".";
    let is_name = tokens.get(at + 1).is_some_and(|token| {
        matches!(
            token.text.to_lowercase().as_str(),
            "service" | "name" | "service-name" | "servicename" | "app" | "node" | "svc"
        )
    });
    let Some(host) = tokens
        .get(at + 4)
        .filter(|token| is_placed && is_name && matches!(token.kind, TokenKind::Host | TokenKind::Word))
    else {
        return;
    };
    let under = Token {
        kind: TokenKind::Word,
        low: "under".to_owned(),
        text: "under".to_owned(),
        start: tokens[at].start,
        end: host.start,
    };
    tokens.splice(at..at + 4, [under]);
}
