//! What frames a request that makes something, said plainly: "canary setup for orders: 95% v1, 5% v2" is "service orders: …",
//! and who "gets nothing yet" gets 0 %.

use std::ops::Range;

use super::name::name_at;
use super::phrase::{is_symbol, low, past};
use super::versions::is_version_of;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_method;

/// What may be made of versions that share traffic.
const SETUPS: &[&str] = &[
    "setup",
    "deployment",
    "deployments",
    "release",
    "releases",
    "rollout",
    "strategy",
    "split",
    "test",
    "routing",
    "traffic",
    "configuration",
    "config",
];

/// Verbs that split traffic.
const SPLITTING: &[&str] =
    &["split", "splits", "splitting", "divide", "divides", "distribute", "distributes", "spread"];

/// Words between a share and who gets it.
const BEFORE_RECEIVER: &[&str] =
    &["to", "send", "the", "version", "virtual-node", "traffic", "requests", "of", "all-traffic", "on", "for"];

/// Words between who gets a share and the share.
const BEFORE_SHARE: &[&str] =
    &["gets", "get", "receives", "receive", "takes", "take", "at", "with", ":", "=", "(", "equals"];

/// Verbs of who gets a share.
const GETTING: &[&str] = &["gets", "get", "receives", "receive", "takes", "take", "with"];

/// How something is that gets nothing.
const IDLE: &[&str] = &[
    "is", "are", "stays", "deployed", "there", "idle", "ready", "too", "running", "up", "already", "but", "and", ",",
    "run",
];

/// When it gets nothing.
const FOR_NOW: &[&[&str]] = &[
    &["for", "now"],
    &["yet"],
    &["initially"],
    &["so", "far"],
    &["at", "first"],
    &["to", "begin", "with"],
    &["at", "the", "moment"],
    &["right", "now"],
    &["at", "all"],
];

/// The most tokens that are looked at for one phrase.
const MAX_PHRASE: usize = 8;

/// Says plainly what a request frames.
pub(super) fn say_plainly(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        share_of_connections(tokens, at);
        share_of_service(tokens, at);
        name_rpcs(tokens, at);
        get_nothing(tokens, at);
        name_listener(tokens, at);
        pattern_of_route(tokens, at);
        domain_of_names(tokens, at);
        at += 1;
    }
    let mut at = 0;
    while at < tokens.len() {
        encrypt_between(tokens, at);
        split_of_service(tokens, at);
        set_up_versions(tokens, at);
        expose_path(tokens, at);
        at += 1;
    }
}

fn is_percent(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)))
}

fn clause_end(tokens: &[Token], at: usize) -> usize {
    at + tokens[at.min(tokens.len())..].iter().take_while(|token| !matches!(token.low.as_str(), "." | ";")).count()
}

/// A symbol that says words in another way.
fn symbol(low: &str, of: &Token) -> Token {
    Token { kind: TokenKind::Symbol, low: low.to_owned(), ..of.clone() }
}

/// "70% of the connections": what a share is of are a route's requests.
fn share_of_connections(tokens: &mut [Token], at: usize) {
    if !is_percent(tokens, at) || low(tokens, at + 1) != "of" {
        return;
    }
    let noun = past(tokens, at + 2, &["the", "all", "its", "incoming", "new", "tcp"]);
    let is_word = tokens.get(noun).is_some_and(|token| token.kind == TokenKind::Word);
    if is_symbol(tokens, noun, &["connections"]) || is_word && matches!(low(tokens, noun), "load" | "hits" | "volume") {
        tokens[noun].kind = TokenKind::Word;
        "requests".clone_into(&mut tokens[noun].low);
    }
}

/// "5% of the traffic of the cart service": of cart traffic.
fn share_of_service(tokens: &mut Vec<Token>, at: usize) {
    if at > 0 && is_percent(tokens, at) && is_symbol(tokens, at - 1, &["keep"]) {
        // "keep 95% on v1" says no more than its share.
        tokens[at - 1].kind = TokenKind::Word;
        "give".clone_into(&mut tokens[at - 1].low);
    }
    let noun = past(tokens, at + 2, &["the", "all"]);
    let of = noun + 1;
    let name = past(tokens, of + 1, &["the", "our"]);
    let is_it = is_percent(tokens, at)
        && low(tokens, at + 1) == "of"
        && matches!(low(tokens, noun), "traffic" | "requests" | "call")
        && matches!(low(tokens, of), "of" | "for")
        && name_at(tokens, name).is_some();
    if is_it {
        let end = name + 1 + usize::from(is_symbol(tokens, name + 1, &["application"]));
        let words = [tokens[name].clone(), tokens[noun].clone()];
        tokens.splice(at + 2..end, words);
    }
}

/// "an http listener on 8080 and a tcp one on 9000": the other is a listener too.
fn name_listener(tokens: &mut [Token], at: usize) {
    let is_one = low(tokens, at) == "one" && at > 0 && tokens[at - 1].kind == TokenKind::Symbol;
    if !is_one || !matches!(low(tokens, at - 1), "http" | "http2" | "grpc" | "tcp") {
        return;
    }
    let kinds = ["listener", "route", "virtual-node", "virtual-router"];
    let last = tokens[..at - 1].iter().rev().find(|token| kinds.contains(&token.low.as_str()));
    if last.is_some_and(|last| last.low == "listener") {
        tokens[at].kind = TokenKind::Symbol;
        "listener".clone_into(&mut tokens[at].low);
    }
}

/// "regex route: paths like /a[0-9] to x": the pattern is the path's.
fn pattern_of_route(tokens: &mut Vec<Token>, at: usize) {
    if !is_symbol(tokens, at, &["regex"]) || !is_symbol(tokens, at + 1, &["route"]) || low(tokens, at + 2) != ":" {
        return;
    }
    let path = (at + 3..clause_end(tokens, at)).find(|path| tokens[*path].kind == TokenKind::Path);
    let Some(path) = path.filter(|path| !(at + 1..*path).any(|at| is_symbol(tokens, at, &["regex"]))) else { return };
    let regex = tokens.remove(at);
    tokens.insert(path - 1, regex);
}

/// "names end in .shop.local": the domain of them.
fn domain_of_names(tokens: &mut [Token], at: usize) {
    let is_names = tokens.get(at).is_some_and(|token| {
        matches!(token.text.to_lowercase().as_str(), "names" | "hostnames" | "host names" | "dns names")
    });
    let suffix = at + 1;
    let host = past(tokens, suffix + 1, &["with", "in"]);
    let is_domain = tokens.get(host).is_some_and(|token| token.kind == TokenKind::Host || token.text.starts_with('.'));
    let of_gateway = tokens.iter().any(|token| token.low == "virtual-gateway" || token.low == "gateway-route");
    if !is_names || !is_symbol(tokens, suffix, &["suffix"]) || !is_domain || of_gateway {
        return;
    }
    let domain = symbol("hostname", &tokens[at]);
    tokens[at] = Token { text: "domain suffix".to_owned(), ..domain };
    let name = &mut tokens[host];
    name.text = name.text.trim_start_matches(['*', '.']).to_owned();
    name.low = name.low.trim_start_matches(['*', '.']).to_owned();
    name.kind = TokenKind::Host;
    tokens[suffix] = Token { kind: TokenKind::Word, low: "is".to_owned(), ..tokens[suffix].clone() };
}

/// "methods Get and Remove": what they are called is no verb of the request.
fn name_rpcs(tokens: &mut [Token], at: usize) {
    if !is_symbol(tokens, at, &["method"]) && !is_symbol(tokens, at, &["rpc"]) {
        return;
    }
    let may_be = |token: &Token| {
        matches!(token.kind, TokenKind::Word | TokenKind::Symbol)
            && token.text.starts_with(|letter: char| letter.is_ascii_uppercase())
            && token.text.chars().all(|letter| letter.is_ascii_alphanumeric())
            && !is_method(&token.text)
    };
    let joins = |token: &Token| matches!(token.low.as_str(), "," | "and" | "or" | ":" | "named");
    let behind = (at + 1..tokens.len()).take_while(|next| may_be(&tokens[*next]) || joins(&tokens[*next]));
    // "the Get and List methods", and not the verb before them.
    let before = (0..at).rev().take_while(|back| {
        joins(&tokens[*back]) || may_be(&tokens[*back]) && (back + 1 == at || joins(&tokens[back + 1]))
    });
    let names: Vec<usize> = behind.chain(before).filter(|place| may_be(&tokens[*place])).collect();
    for place in names {
        tokens[place].kind = TokenKind::Name;
        tokens[place].low = tokens[place].text.to_lowercase();
    }
}

/// "v2 gets nothing yet", "v2 is deployed but gets no traffic", "nothing to v2": a share of 0 %.
fn get_nothing(tokens: &mut Vec<Token>, at: usize) {
    let Some(nothing) = nothing_at(tokens, at) else { return };
    let getting = (0..at).rev().find(|before| !matches!(low(tokens, *before), "still" | "now" | "just"));
    let getting = getting.filter(|getting| GETTING.contains(&low(tokens, *getting)));
    let to = past(tokens, nothing.end, &["send"]);
    let is_sent = low(tokens, to) == "to" && name_at(tokens, past(tokens, to + 1, &["the"])).is_some();
    let idle =
        getting.map(|getting| getting - (0..getting).rev().take_while(|at| IDLE.contains(&low(tokens, *at))).count());
    let is_got = idle.is_some_and(|idle| idle > 0 && name_at(tokens, idle - 1).is_some());
    if !is_got && (!is_sent || getting.is_some()) {
        return;
    }
    let ends = FOR_NOW
        .iter()
        .filter(|words| words.iter().enumerate().all(|(of, word)| low(tokens, nothing.end + of) == *word));
    let end = nothing.end + ends.map(|words| words.len()).max().unwrap_or_default();
    let share = Token { kind: TokenKind::Percent(0), low: "0%".to_owned(), ..tokens[at].clone() };
    tokens.splice(nothing.start..end, [share]);
    if let (true, Some(getting), Some(idle)) = (is_got, getting, idle) {
        tokens.drain(idle..getting);
    }
    give_all(tokens, at);
}

/// The words for no requests that stand at a place.
fn nothing_at(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let is_nothing = low(tokens, at) == "nothing" || low(tokens, at) == "none" && low(tokens, at + 1) == "to";
    if is_nothing && tokens[at].kind == TokenKind::Word {
        return Some(at..at + 1);
    }
    let noun = past(tokens, at + 1, &["any"]);
    let is_none =
        is_symbol(tokens, at, &["no"]) && matches!(low(tokens, noun), "traffic" | "requests" | "call" | "request");
    is_none.then_some(at..noun + 1)
}

/// "all traffic to v1", where the same sentence says the share of another: all of it are 100 %.
fn give_all(tokens: &mut [Token], at: usize) {
    let start = tokens[..at.min(tokens.len())].iter().rposition(ends_sentence).map_or(0, |end| end + 1);
    let all = (start..at).rev().find(|all| {
        is_symbol(tokens, *all, &["all-traffic"])
            && low(tokens, past(tokens, all + 1, &["send"])) == "to"
            && name_at(tokens, past(tokens, all + 1, &["send", "to", "the"])).is_some()
    });
    if let Some(all) = all {
        tokens[all].kind = TokenKind::Percent(100);
        "100%".clone_into(&mut tokens[all].low);
    }
}

/// "blue gets everything, green gets 0", of versions that share requests.
fn get_all(tokens: &mut [Token], at: usize) {
    let before = at.checked_sub(1).map_or("", |before| low(tokens, before));
    let is_got = GETTING.contains(&before) && before != "with";
    let share = match &tokens[at].kind {
        TokenKind::Symbol if matches!(low(tokens, at), "everything" | "all-traffic") => 100,
        TokenKind::Number(0) => 0,
        _ => return,
    };
    if is_got {
        tokens[at].kind = TokenKind::Percent(share);
        tokens[at].low = format!("{share}%");
    }
}

/// "traffic from front to back must be encrypted", "calls from a to b use TLS": TLS between the two.
fn encrypt_between(tokens: &mut Vec<Token>, at: usize) {
    let is_traffic = matches!(low(tokens, at), "traffic" | "requests" | "call" | "connections" | "all-traffic");
    let (from, to) = (at + 2, at + 4);
    let are_two = low(tokens, at + 1) == "from" && low(tokens, at + 3) == "to";
    let is_name = |at: usize| name_at(tokens, at).is_some() || low(tokens, at) == "back";
    if !is_traffic || !are_two || !is_name(from) || !is_name(to) {
        return;
    }
    let being = [
        "must", "should", "shall", "is", "are", "be", "has", "have", "needs", "to", "use", "uses", "go", "goes",
        "send", "over", "between", "only", "always",
    ];
    let tls = past(tokens, to + 1, &being);
    if tls > to + 1 && (is_symbol(tokens, tls, &["tls"]) || is_symbol(tokens, tls, &["mtls"])) {
        let (first, second) = (tokens[from].clone(), tokens[to].clone());
        let said = symbol(low(tokens, tls), &tokens[at]);
        let (between, and) = (symbol("between", &tokens[at]), symbol("and", &tokens[at + 3]));
        tokens.splice(at..=tls, [said, between, first, and, second]);
    }
}

fn ends_sentence(token: &Token) -> bool {
    matches!(token.low.as_str(), "." | ";")
}

/// "split traffic to cart: 60% v1, 40% v2": the service whose traffic it is.
fn split_of_service(tokens: &mut Vec<Token>, at: usize) {
    if !is_symbol(tokens, at, &["split"]) || !SPLITTING.contains(&tokens[at].text.to_lowercase().as_str()) {
        return;
    }
    let noun = past(tokens, at + 1, &["the", "all", "incoming"]);
    let is_traffic = matches!(low(tokens, noun), "traffic" | "requests" | "call" | "all-traffic");
    let name = past(tokens, noun + 2, &["the", "our", "application"]);
    if !is_traffic || !matches!(low(tokens, noun + 1), "to" | "of" | "for") || name_at(tokens, name).is_none() {
        return;
    }
    let mut end = name + 1 + usize::from(is_symbol(tokens, name + 1, &["application"]));
    let is_counted = matches!(tokens.get(end).map(|token| &token.kind), Some(TokenKind::Number(2..=9)));
    if is_counted && low(tokens, end + 1) == "ways" {
        end += 2;
    }
    // "across three versions: …"
    let count = past(tokens, end + 1, &["its", "the"]);
    let is_told = matches!(tokens.get(count).map(|token| &token.kind), Some(TokenKind::Number(2..=9)))
        && is_symbol(tokens, count + 1, &["version"])
        && low(tokens, count + 2) == ":";
    if low(tokens, end) == "between" && is_told {
        end = count + 2;
    }
    let is_shared = matches!(low(tokens, end), "between" | "evenly")
        || tokens.get(end).is_some_and(|token| matches!(token.kind, TokenKind::Ratio(_)));
    if is_shared {
        tokens[noun + 1].kind = TokenKind::Word;
        "of".clone_into(&mut tokens[noun + 1].low);
        return;
    }
    if are_versions(tokens, end, &tokens[name].text) {
        speak_of_service(tokens, at..end, name);
    }
}

/// "blue/green deployment for cart: 100% blue, 0% green", "a canary for cart, v1 gets 95% and v2 gets 5%".
fn set_up_versions(tokens: &mut Vec<Token>, at: usize) {
    let Some(mut end) = setup_at(tokens, at) else { return };
    end = past(tokens, end, SETUPS);
    end += usize::from(is_symbol(tokens, end, &["create"]) && tokens[end].text.eq_ignore_ascii_case("setup"));
    let is_for = matches!(low(tokens, end), "for" | "of")
        || end > at
            && ["for", "of"].iter().any(|last| tokens[end - 1].text.to_lowercase().ends_with(&format!(" {last}")));
    let name = past(tokens, end, &["for", "of", "the", "our", "my", "application"]);
    if !is_for || name_at(tokens, name).is_none() {
        return;
    }
    let after = name + 1 + usize::from(is_symbol(tokens, name + 1, &["application"]));
    let rest = clause_end(tokens, after);
    for all in after..rest {
        if is_symbol(tokens, all, &["all-traffic"]) {
            give_all(tokens, all + 1);
        }
        get_all(tokens, all);
    }
    if are_versions(tokens, after, &tokens[name].text) {
        speak_of_service(tokens, at..after, name);
    }
}

/// The end of the words at a place for versions that live beside each other.
fn setup_at(tokens: &[Token], at: usize) -> Option<usize> {
    let token = tokens.get(at)?;
    let text = token.text.to_lowercase();
    let is_alone = matches!(token.kind, TokenKind::Symbol | TokenKind::Word | TokenKind::Name)
        && (text == "canary"
            || text.starts_with("canary ")
            || matches!(text.as_str(), "blue/green" | "blue green" | "blue-green"));
    if is_alone {
        return Some(at + 1);
    }
    if text == "a" && low(tokens, at + 1) == "/" && low(tokens, at + 2).starts_with('b') {
        return Some(at + 3);
    }
    let slash = at + 1 + usize::from(matches!(low(tokens, at + 1), "/" | "-"));
    let next = tokens.get(slash)?.text.to_lowercase();
    (text == "blue" && next.starts_with("green") && (slash > at + 1 || next != "green")).then_some(slash + 1)
}

/// Whether shares are said from a place on in the sentence, all of them of versions of an application.
fn are_versions(tokens: &[Token], at: usize, application: &str) -> bool {
    let receivers: Vec<Option<String>> = (at..clause_end(tokens, at))
        .filter(|at| is_percent(tokens, *at))
        .map(|share| receiver(tokens, share))
        .collect();
    let is_its = |name: &Option<String>| name.as_deref().is_some_and(|name| is_version_of(name, application));
    receivers.len() > 1 && receivers.iter().all(is_its)
}

/// Who gets a share: "95% to v1", "v1 gets 95%".
fn receiver(tokens: &[Token], share: usize) -> Option<String> {
    let behind = past(tokens, share + 1, BEFORE_RECEIVER);
    name_at(tokens, behind).or_else(|| {
        let before = (0..share).rev().take(MAX_PHRASE).find(|at| !BEFORE_SHARE.contains(&low(tokens, *at)))?;
        name_at(tokens, before)
    })
}

/// Puts "service x" in the place of words that speak of the versions of x.
fn speak_of_service(tokens: &mut Vec<Token>, words: Range<usize>, name: usize) {
    let kind = symbol("application", &Token { text: "service".to_owned(), ..tokens[words.start].clone() });
    let name = tokens[name].clone();
    tokens.splice(words, [kind, name]);
}

/// "expose the exact path /status of the monitor service": the service gets those requests.
fn expose_path(tokens: &mut [Token], at: usize) {
    let is_exposed = is_symbol(tokens, at, &["listen"]) && tokens[at].text.to_lowercase().starts_with("expose");
    let path = past(tokens, at + 1, &["the", "exact", "path", "only", "prefix"]);
    let of = path + 1;
    let name = past(tokens, of + 1, &["the", "our", "application"]);
    let is_path = tokens.get(path).is_some_and(|token| token.kind == TokenKind::Path);
    if !is_exposed || !is_path || low(tokens, of) != "of" || name_at(tokens, name).is_none() {
        return;
    }
    "send".clone_into(&mut tokens[at].low);
    tokens[of] = symbol("to", &tokens[of]);
}
