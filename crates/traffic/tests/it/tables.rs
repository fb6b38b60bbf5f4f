//! What a table says of its routes, against trying a great many requests.

use std::borrow::Cow;

use meshwright_model::limits::HttpMethod;
use meshwright_traffic::{Comparison, Condition, Entry, Fate, Match, PathMatch, Search, Sketch, Table};
use proptest::prelude::*;

/// A match written short: `GET /a/* x=1 y` takes GET requests below `/a/` with header `x` equal to 1 and `y` present.
fn matcher(text: &'static str) -> Match<'static> {
    let mut matcher = Match::all();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "GET" => matcher.method = Some(HttpMethod::Get),
            "POST" => matcher.method = Some(HttpMethod::Post),
            word if word.starts_with('/') => {
                matcher.path = match word.strip_suffix('*') {
                    Some(prefix) => PathMatch::Prefix(Cow::Borrowed(prefix)),
                    None => PathMatch::Exact(Cow::Borrowed(word)),
                };
            }
            word => {
                let (is_inverted, word) = word.strip_prefix('!').map_or((false, word), |word| (true, word));
                let (name, comparison) = match word.split_once('=') {
                    Some((name, value)) => match value.strip_suffix('*') {
                        Some(prefix) => (name, Comparison::Prefix(prefix)),
                        None => (name, Comparison::Exact(value)),
                    },
                    None => (word, Comparison::Present),
                };
                matcher.headers.push((Cow::Borrowed(name), Condition { comparison, is_inverted }));
            }
        }
    }
    matcher
}

/// A table of `priority match`, named by their places.
fn table(routes: &[(i64, &'static str)]) -> Table<'static> {
    let names = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"];
    let entry = |(id, (priority, text)): (usize, &(i64, &'static str))| Entry {
        id,
        matcher: matcher(text),
        priority: Some(*priority),
        name: names[id],
    };
    Table::new(routes.iter().enumerate().map(entry).collect(), vec![80])
}

/// What becomes of each route, by its place in the list: `reached`, `hidden 0`, `covered 0 1`, `impossible`, `unknown`.
fn fates(routes: &[(i64, &'static str)]) -> Vec<String> {
    let table = table(routes);
    let id = |position: usize| table.entries()[position].id;
    let mut fates = vec![String::new(); routes.len()];
    for position in 0..routes.len() {
        fates[id(position)] = match table.fate(position) {
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
    let table = table(&[(5, "/*"), (5, "/a/*")]);
    assert_eq!(table.entries()[0].id, 1);
}

#[test]
fn several_routes_may_cover_one_together() {
    assert_eq!(fates(&[(1, "/* x"), (2, "/* !x"), (3, "/a*")]), ["reached", "reached", "covered 0 1"]);
    // Other methods are left.
    assert_eq!(fates(&[(1, "GET /*"), (2, "POST /*"), (3, "/a*")])[2], "reached");
}

#[test]
fn contradictions_take_nothing() {
    assert_eq!(fates(&[(1, "/* x=1 x=2"), (2, "/* x=1* x=12")]), ["impossible", "reached"]);
}

#[test]
fn rivals_need_a_common_request_that_none_before_takes() {
    let rivals = |routes: &[(i64, &'static str)]| table(routes).rivals().len();
    assert_eq!(rivals(&[(5, "/* x=1"), (5, "/* y=1")]), 1);
    assert_eq!(rivals(&[(5, "/* x=1"), (5, "/* x=2")]), 0);
    assert_eq!(rivals(&[(5, "/* x=1"), (6, "/* y=1")]), 0);
    assert_eq!(rivals(&[(5, "/a*"), (5, "/b*")]), 0);
    assert_eq!(rivals(&[(1, "/* x=1"), (5, "/* x=1"), (5, "/* x=1 y=1")]), 0);
}

#[test]
fn what_no_route_takes_is_found() {
    assert!(matches!(table(&[(1, "/a/*")]).untaken(), Search::Found(_)));
    assert_eq!(table(&[(1, "GET /*"), (2, "/*")]).untaken(), Search::Nothing);
    assert!(matches!(table(&[(1, "/* x=1")]).untaken(), Search::Found(_)));
    assert_eq!(table(&[(1, "/* x"), (2, "/* !x")]).untaken(), Search::Nothing);
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
                    let mut sketch = Sketch {
                        port: Some(80),
                        path: path.to_owned(),
                        method: Some(method.to_owned()),
                        ..Sketch::default()
                    };
                    sketch.headers.extend(x.clone().map(|value| ("x".to_owned(), value)));
                    sketch.headers.extend(y.clone().map(|value| ("y".to_owned(), value)));
                    requests.push(sketch);
                }
            }
        }
    }
    requests
}

proptest! {
    #[test]
    fn fates_agree_with_trying_every_request(routes in prop::collection::vec((0..4_i64, prop::sample::select(MATCHES)), 1..7)) {
        let table = table(&routes);
        let all = requests();
        let firsts: Vec<Option<usize>> = all.iter().map(|sketch| table.takers(sketch).first().copied()).collect();
        for position in 0..routes.len() {
            let entry = &table.entries()[position];
            let is_first_somewhere = firsts.contains(&Some(position));
            match table.fate(position) {
                Fate::Reached(sketch) => prop_assert_eq!(table.takers(&sketch).first().copied(), Some(position), "{:?}", entry),
                Fate::Hidden { sketch, .. } | Fate::Covered { sketch, .. } => {
                    prop_assert!(!is_first_somewhere, "{:?} is reached", entry);
                    prop_assert!(sketch.is_taken_by(&entry.matcher));
                }
                Fate::Impossible => prop_assert!(all.iter().all(|sketch| !sketch.is_taken_by(&entry.matcher))),
                Fate::Unknown => {}
            }
        }
        for rivals in table.rivals() {
            let takers = table.takers(&rivals.sketch);
            prop_assert!(takers.contains(&rivals.first) && takers.contains(&rivals.second));
        }
        match table.untaken() {
            Search::Found(sketch) => prop_assert!(table.takers(&sketch).is_empty()),
            Search::Nothing => prop_assert!(firsts.iter().all(Option::is_some)),
            Search::Unknown => {}
        }
    }
}
