//! What a table says of its routes, against trying a great many requests.

use std::borrow::Cow;
use std::rc::Rc;

use meshwright_model::limits::HttpMethod;
use meshwright_traffic::{Call, Comparison, Condition, Entry, Fate, Match, PathMatch, Pattern, Search, Sketch, Table};
use proptest::prelude::*;

/// A match written short: `GET :80 /a/* x=1 !y ?q=2` takes GET requests to port 80 below `/a/` with header `x` equal to 1,
/// without `y`, and with query parameter `q` equal to 2. Values are also `a*`, `*z`, `1..5` and `~pattern`, a path `~/pattern`.
fn matcher(text: &'static str) -> Match<'static> {
    let mut matcher = Match::all();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "GET" => matcher.method = Some(HttpMethod::Get),
            "POST" => matcher.method = Some(HttpMethod::Post),
            word if word.starts_with("~/") => {
                matcher.path = PathMatch::Regex(&word[1..], Rc::new(Pattern::new(&word[1..]).unwrap()));
            }
            word if word.starts_with('/') => {
                matcher.path = match word.strip_suffix('*') {
                    Some(prefix) => PathMatch::Prefix(Cow::Borrowed(prefix)),
                    None => PathMatch::Exact(Cow::Borrowed(word)),
                };
            }
            word if word.starts_with(':') => matcher.port = word[1..].parse().ok(),
            word => {
                let (is_query, word) = word.strip_prefix('?').map_or((false, word), |word| (true, word));
                let (is_inverted, word) = word.strip_prefix('!').map_or((false, word), |word| (true, word));
                let (name, value) = word.split_once('=').unwrap_or((word, ""));
                let condition = Condition { comparison: comparison(value), is_inverted };
                if is_query {
                    matcher.query.push((name, condition));
                } else {
                    matcher.headers.push((Cow::Borrowed(name), condition));
                }
            }
        }
    }
    matcher
}

fn comparison(value: &'static str) -> Comparison<'static> {
    if value.is_empty() {
        return Comparison::Present;
    }
    if let Some(pattern) = value.strip_prefix('~') {
        return Comparison::Regex(pattern, Rc::new(Pattern::new(pattern).unwrap()));
    }
    if let Some((start, end)) = value.split_once("..") {
        return Comparison::Range(start.parse().unwrap(), end.parse().unwrap());
    }
    match (value.strip_suffix('*'), value.strip_prefix('*')) {
        (Some(prefix), _) => Comparison::Prefix(prefix),
        (_, Some(suffix)) => Comparison::Suffix(suffix),
        _ => Comparison::Exact(value),
    }
}

/// A table of `priority match`, named by their places, of a router with listeners on some ports.
fn table(routes: &[(i64, &'static str)], ports: &[i64]) -> Table<'static> {
    let names = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"];
    let entry = |(id, (priority, text)): (usize, &(i64, &'static str))| Entry {
        id,
        matcher: matcher(text),
        priority: Some(*priority),
        name: names[id],
        has_twin: false,
    };
    Table::new(routes.iter().enumerate().map(entry).collect(), ports.to_vec())
}

/// What becomes of each route, by its place in the list: `reached`, `hidden 0`, `covered 0 1`, `impossible`, `unknown`.
fn fates(routes: &[(i64, &'static str)]) -> Vec<String> {
    let table = table(routes, &[80]);
    let id = |position: usize| table.entries()[position].id;
    let mut fates = vec![String::new(); routes.len()];
    for (position, fate) in table.fates().enumerate() {
        fates[id(position)] = match fate {
            Fate::Reached(_) => "reached".to_owned(),
            Fate::Hidden { by, .. } => format!("hidden {}", id(by)),
            Fate::Covered { by, .. } => {
                let by: Vec<String> = by.into_iter().map(|by| id(by).to_string()).collect();
                format!("covered {}", by.join(" "))
            }
            Fate::Impossible => "impossible".to_owned(),
            Fate::Unknown => "unknown".to_owned(),
        };
    }
    fates
}

#[test]
fn a_wider_route_with_a_lower_number_hides_others() {
    assert_eq!(fates(&[(1, "/*"), (2, "/a/*"), (0, "/a/b")]), ["reached", "hidden 0", "reached"]);
    assert_eq!(fates(&[(1, "/* x=1"), (2, "/* x=1 y"), (3, "/* x=2")]), ["reached", "hidden 0", "reached"]);
}

#[test]
fn longer_prefixes_come_first_among_equals() {
    assert_eq!(fates(&[(5, "/*"), (5, "/a/*")]), ["reached", "reached"]);
    let table = table(&[(5, "/*"), (5, "/a/*")], &[80]);
    assert_eq!(table.entries()[0].id, 1);
}

#[test]
fn several_routes_may_cover_one_together() {
    assert_eq!(fates(&[(1, "/* x"), (2, "/* !x"), (3, "/a*")]), ["reached", "reached", "covered 0 1"]);
    // One that does so alone hides it, even where only a search shows that.
    assert_eq!(fates(&[(1, ":80 /*"), (2, "/a*")])[1], "hidden 0");
    assert_eq!(fates(&[(1, "/* x=2..3"), (2, "/* x=1..3 x=2..9")])[1], "hidden 0");
    // Other methods are left.
    assert_eq!(fates(&[(1, "GET /*"), (2, "POST /*"), (3, "/a*")])[2], "reached");
}

#[test]
fn contradictions_take_nothing() {
    assert_eq!(fates(&[(1, "/* x=1 x=2"), (2, "/* x=1* x=12")]), ["impossible", "reached"]);
}

#[test]
fn a_port_without_a_listener_is_dialled_as_others_are() {
    assert_eq!(fates(&[(1, ":82 /* x=x"), (2, ":82 /* x")]), ["reached", "reached"]);
    assert_eq!(fates(&[(1, ":82 /*"), (2, ":82 /* !x=1")]), ["reached", "hidden 0"]);
}

#[test]
fn rivals_need_a_common_request_that_none_before_takes() {
    let rivals = |routes: &[(i64, &'static str)]| table(routes, &[80]).rivals().len();
    assert_eq!(rivals(&[(5, "/* x=1"), (5, "/* y=1")]), 1);
    assert_eq!(rivals(&[(5, "/* x=1"), (5, "/* x=2")]), 0);
    assert_eq!(rivals(&[(5, "/* x=1"), (6, "/* y=1")]), 0);
    assert_eq!(rivals(&[(5, "/a*"), (5, "/b*")]), 0);
    assert_eq!(rivals(&[(1, "/* x=1"), (5, "/* x=1"), (5, "/* x=1 y=1")]), 0);
}

#[test]
fn what_no_route_takes_is_found() {
    assert!(matches!(table(&[(1, "/a/*")], &[80]).untaken_on(Some(80)), Search::Found(_)));
    assert_eq!(table(&[(1, "GET /*"), (2, "/*")], &[80]).untaken_on(Some(80)), Search::Nothing);
    assert!(matches!(table(&[(1, "/* x=1")], &[80]).untaken_on(Some(80)), Search::Found(_)));
    assert_eq!(table(&[(1, "/* x"), (2, "/* !x")], &[80]).untaken_on(Some(80)), Search::Nothing);
}

/// Each of the first routes leaves requests only where all headers are there, which a search tries last; it would take hours
/// for all pairs of the others.
#[test]
fn searches_for_many_routes_end() {
    let without = (0..40).map(|number| {
        let condition = Condition { comparison: Comparison::Present, is_inverted: true };
        let headers = vec![(Cow::Owned(format!("h{number}")), condition)];
        Entry { id: number, matcher: Match { headers, ..Match::all() }, priority: Some(1), name: "", has_twin: false }
    });
    let equal = (40..2000).map(|id| Entry { id, matcher: Match::all(), priority: Some(2), name: "", has_twin: false });
    let table = Table::new(without.chain(equal).collect(), vec![80]);
    assert!(table.rivals().iter().all(|rivals| rivals.second < 40));
    assert!(table.fates().skip(40).all(|fate| matches!(fate, Fate::Unknown | Fate::Hidden { .. })));
}

const MATCHES: &[&str] = &[
    "/*",
    "/a*",
    "/a/*",
    "/a/b",
    "/ab*",
    "/b*",
    "/* x=1",
    "/* x=2",
    "/* x",
    "/* !x",
    "/* !x=1",
    "/a* y=1*",
    "/a* y=12",
    "GET /*",
    "GET /a*",
    "POST /*",
    "/* x=1 y=12",
    "/* !y=1*",
    "POST /a/b x",
];

/// Requests of every sort that those matches tell apart.
fn requests() -> Vec<Sketch> {
    let values = |values: &[&'static str]| -> Vec<Option<String>> {
        values.iter().map(|value| Some((*value).to_owned())).chain([None]).collect()
    };
    let mut requests = Vec::new();
    for path in ["/", "/a", "/a/", "/a/b", "/a/bc", "/ab", "/b", "/q", "/ax"] {
        for method in ["GET", "POST", "PUT"] {
            for x in values(&["1", "2", "3"]) {
                for y in values(&["1", "12", "13", "2"]) {
                    let mut sketch =
                        Sketch { port: Some(80), path: path.to_owned(), method: Some(method), ..Sketch::default() };
                    sketch.headers.extend(x.clone().map(|value| ("x".to_owned(), value)));
                    sketch.headers.extend(y.clone().map(|value| ("y".to_owned(), value)));
                    requests.push(sketch);
                }
            }
        }
    }
    requests
}

/// Matches that differ in every sort of condition on few values.
const CONDITIONS: &[&str] = &[
    "/*",
    "/a",
    "/a*",
    ":80 /*",
    ":81 /*",
    ":82 /* x=1",
    "/* x",
    "/* !x",
    "/* x=1",
    "/* !x=1",
    "/* x=1..5",
    "/* !x=1..5",
    "/* x=3..9",
    "/* x=-9..1",
    "/* x=1*",
    "/* !x=1*",
    "/* x=*1",
    "/* x=ab*",
    "/* x=*ba",
    "/* !x=aba",
    "/* x=~[0-9]+",
    "/* x=~.*",
    "/* !x=~ab.*",
    "/* ?q",
    "/* ?q=1",
    "/* !x=1 x=1..5",
    "/* x=1* x=*1",
];

/// Requests of every sort that those tell apart.
fn requests_of_values() -> Vec<Sketch> {
    let numbers = ["1", "2", "4", "5", "8", "9", "0", "-9", "-10", "11", "121"];
    let words = ["", "x", "1x", "x1", "1x1", "ab", "aba", "ba", "abba", "abx", "xba"];
    let values = || numbers.iter().chain(&words).map(|value| Some(*value)).chain([None]);
    let pair = |name: &str, value: Option<&str>| value.map(|value| (name.to_owned(), value.to_owned()));
    let mut requests = Vec::new();
    for (port, path) in [(80, "/"), (80, "/a"), (80, "/ab"), (81, "/"), (81, "/a"), (81, "/ab")] {
        for (x, q) in values().flat_map(|x| [None, Some("1"), Some("2")].map(|q| (x, q))) {
            requests.push(Sketch {
                port: Some(port),
                path: path.to_owned(),
                headers: pair("x", x).into_iter().collect(),
                query: pair("q", q).into_iter().collect(),
                ..Sketch::default()
            });
        }
    }
    requests
}

/// Holds what a table says of its routes against what becomes of requests.
fn judge(table: &Table<'_>, all: &[Sketch]) -> Result<(), TestCaseError> {
    let takers: Vec<Vec<usize>> = all.iter().map(|sketch| table.takers(sketch)).collect();
    for (position, (entry, fate)) in table.entries().iter().zip(table.fates()).enumerate() {
        let first_at = takers.iter().position(|takers| takers.first() == Some(&position)).map(|at| &all[at]);
        match fate {
            Fate::Reached(sketch) => {
                prop_assert_eq!(table.takers(&sketch).first().copied(), Some(position), "{:?}", entry);
            }
            Fate::Hidden { sketch, .. } => {
                prop_assert!(first_at.is_none(), "{entry:?} is reached by {first_at:?}");
                prop_assert!(sketch.is_taken_by(&entry.matcher));
            }
            Fate::Covered { by, sketch } => {
                prop_assert!(!by.is_empty(), "{entry:?} is covered by nothing");
                prop_assert!(first_at.is_none(), "{entry:?} is reached by {first_at:?}");
                prop_assert!(sketch.is_taken_by(&entry.matcher));
            }
            Fate::Impossible => prop_assert!(all.iter().all(|sketch| !sketch.is_taken_by(&entry.matcher)), "{entry:?}"),
            Fate::Unknown => {}
        }
    }
    for rivals in table.rivals() {
        let takers = table.takers(&rivals.sketch);
        prop_assert!(takers.contains(&rivals.first) && takers.contains(&rivals.second));
        prop_assert!(!takers.iter().any(|taker| table.comes_before(*taker, rivals.second)), "{rivals:?}");
    }
    for port in table.ports().iter().copied().map(Some) {
        let mut to_it = all.iter().zip(&takers).filter(|(sketch, _)| sketch.port == port);
        match table.untaken_on(port) {
            Search::Found(sketch) => prop_assert!(sketch.port == port && table.takers(&sketch).is_empty()),
            Search::Nothing => prop_assert!(to_it.all(|(_, takers)| !takers.is_empty())),
            Search::Unknown => {}
        }
    }
    Ok(())
}

/// Matches with patterns beside every other sort of condition.
const PATTERNS: &[&str] = &[
    "/*",
    "/a*",
    "/a/b",
    "~/[ab]+",
    "~/a.*",
    "~/(a|b)/.*",
    "~/[^/]*",
    "/* x",
    "/* x=ab",
    "/* x=a*",
    "/* !x=a*",
    "/* x=*b",
    "/* x=0..12",
    "/* x=~a.*",
    "/* !x=~a.*",
    "/* x=~.*b",
    "/* x=~[ab]+",
    "/* x=~[0-9]+",
    "/* x=~a?1.*",
    "/* x=~(a|b)(a|1)*",
    "/a* x=~[^a].*",
    "/* x=~.*a.* x=*1",
];

/// Requests with every short value and path.
fn requests_of_letters() -> Vec<Sketch> {
    let mut words = vec![String::new()];
    for length in 0..3 {
        let longer = words.iter().filter(|word| word.len() == length);
        let longer: Vec<String> =
            longer.flat_map(|word| ["a", "b", "1"].map(|letter| format!("{word}{letter}"))).collect();
        words.extend(longer);
    }
    let values = || words.iter().cloned().map(Some).chain([None]);
    let mut requests = Vec::new();
    for path in ["/", "/a", "/b", "/1", "/ab", "/a1", "/a/", "/a/b", "/b/1", "/1/a", "/ba", "/ab/"] {
        requests.extend(values().map(|x| Sketch {
            port: Some(80),
            path: path.to_owned(),
            headers: x.map(|x| ("x".to_owned(), x)).into_iter().collect(),
            ..Sketch::default()
        }));
    }
    requests
}

#[test]
fn patterns_hide_what_they_take_and_nothing_else() {
    assert_eq!(fates(&[(2, "/* x=~redor.*"), (5, "/* x=redorgreen*")])[1], "hidden 0");
    assert_eq!(fates(&[(2, "/* x=~redor[a-f].*"), (5, "/* x=redorgreen*")])[1], "reached");
    assert_eq!(fates(&[(2, "/* x=~redor[a-f].*"), (5, "/* x=redor*")])[1], "reached");
    assert_eq!(fates(&[(1, "/* x=~[a-m].*"), (2, "/* x=~[n-z].*"), (3, "/* x=~[a-z]+")])[2], "covered 0 1");
    assert_eq!(fates(&[(1, "/* x=~.*green"), (2, "/* x=*-green")])[1], "hidden 0");
    assert_eq!(fates(&[(1, "/* x=~[+-]?[0-9]+"), (2, "/* x=1..9")])[1], "hidden 0");
    assert_eq!(fates(&[(1, "/* !x=~a.*"), (2, "/* x=b*")])[1], "hidden 0");
    assert_eq!(fates(&[(1, "~/users/.*"), (2, "/users/me*")])[1], "hidden 0");
    assert_eq!(fates(&[(1, "~/users/[^/]+"), (2, "/users/me*")])[1], "reached");
    assert_eq!(fates(&[(1, "/* x=~a.* x=b*")])[0], "impossible");
}

#[test]
fn patterns_too_intricate_to_compare_say_nothing() {
    assert_eq!(fates(&[(1, "/* x=~(a|b)*a(a|b){100}.*"), (2, "/* x=~(b|a)*a(b|a){100}.*")])[1], "unknown");
}

proptest! {
    #[test]
    fn fates_agree_whatever_the_patterns(routes in prop::collection::vec((0..4_i64, prop::sample::select(PATTERNS)), 1..6)) {
        judge(&table(&routes, &[80]), &requests_of_letters())?;
    }

    #[test]
    fn fates_agree_with_trying_every_request(routes in prop::collection::vec((0..4_i64, prop::sample::select(MATCHES)), 1..7)) {
        judge(&table(&routes, &[80]), &requests())?;
    }

    #[test]
    fn fates_agree_whatever_the_conditions(routes in prop::collection::vec((0..4_i64, prop::sample::select(CONDITIONS)), 1..7)) {
        judge(&table(&routes, &[80, 81]), &requests_of_values())?;
    }
}

#[test]
fn to_decide_on_a_request_takes_no_memory() {
    let texts = ["GET /a/* x=1", "~/b/[0-9]+", "/c !y=a*", "/* z=1..5 ?q=2", "/* w=~v[0-9]+", "/*"];
    let entries = texts.iter().enumerate().map(|(id, text)| Entry {
        id,
        matcher: matcher(text),
        priority: i64::try_from(id).ok(),
        name: text,
        has_twin: false,
    });
    let table = Table::new(entries.collect(), vec![80]);
    let calls = [
        ("/a/1", &[("x", "1")][..], None),
        ("/b/17", &[], None),
        ("/c", &[("y", "b")], None),
        ("/d", &[("z", "4")], Some("q=2")),
        ("/e", &[("w", "v7")], None),
        ("/f", &[], None),
    ]
    .map(|(path, headers, query)| Call { method: "GET", scheme: "http", authority: "s", path, query, headers });
    let decide = || calls.each_ref().map(|call| table.find(call).map(|position| table.entries()[position].name));
    // A pattern's automaton grows the first time that it sees a text.
    assert_eq!(decide(), texts.map(Some));
    let counted = allocation_counter::measure(|| _ = decide());
    assert_eq!(counted.count_total, 0);
}
