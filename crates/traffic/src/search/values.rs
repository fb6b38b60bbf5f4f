//! The values that a search tries for each part of a request.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use meshwright_model::limits::{HttpMethod, HttpScheme};

use crate::condition::{Comparison, Condition};
use crate::language::{Language, Universe, classes};
use crate::matcher::{Match, PathMatch};

/// The most values of one part.
const MAX_VALUES: usize = 500;

/// A method that no match can name, which stands for all such.
const OTHER_METHOD: &str = "PROPFIND";

/// Methods, the most usual first.
const METHODS: &[HttpMethod] = &[
    HttpMethod::Get,
    HttpMethod::Post,
    HttpMethod::Put,
    HttpMethod::Delete,
    HttpMethod::Patch,
    HttpMethod::Head,
    HttpMethod::Options,
    HttpMethod::Trace,
    HttpMethod::Connect,
];

/// A part of a request that conditions speak of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'m> {
    Port,
    Path,
    Method,
    Scheme,
    Header(&'m str),
    Query(&'m str),
}

/// The values of a part, the most natural first; `None` is its absence.
pub(super) struct Values<'m> {
    pub(super) part: Part<'m>,
    pub(super) list: Vec<Option<String>>,
    /// Whether each value that is not in the list is told apart from one that is by no condition.
    pub(super) is_whole: bool,
    /// Whether it is not only as samples stand for patterns.
    pub(super) is_sampled: bool,
}

impl Part<'_> {
    /// Whether a match takes a value of this part.
    pub(super) fn is_taken(&self, matcher: &Match<'_>, value: Option<&str>) -> bool {
        match self {
            Self::Port => {
                let port = value.and_then(|port| port.parse::<i64>().ok());
                matcher.port.is_none_or(|own| port.is_none_or(|port| port == own))
            }
            Self::Path => value.is_some_and(|path| matcher.path.holds(path)),
            Self::Method => matcher.method.is_none_or(|method| Some(method.as_str()) == value),
            Self::Scheme => matcher.scheme.is_none_or(|scheme| Some(scheme.as_str()) == value),
            Self::Header(name) => {
                let own = matcher.headers.iter().filter(|(own, _)| own == name);
                own.map(|(_, condition)| condition).all(|condition| condition.holds(value))
            }
            Self::Query(name) => {
                let own = matcher.query.iter().filter(|(own, _)| own == name);
                own.map(|(_, condition)| condition).all(|condition| condition.holds(value))
            }
        }
    }
}

/// The values of every part that a match speaks of, of those that all of `include` take.
///
/// Samples stand for patterns, or whatever they tell apart, as far as `work` lets them be walked through.
pub(super) fn of<'m>(
    include: &[&'m Match<'m>],
    exclude: &[&'m Match<'m>],
    ports: &[i64],
    work: Option<&mut usize>,
) -> Vec<Values<'m>> {
    let mut none = 0;
    let work = work.unwrap_or(&mut none);
    let all: Vec<&'m Match<'m>> = include.iter().chain(exclude).copied().collect();
    let mut all_values = vec![ports_of(include, &all, ports), paths_of(&all, work), methods_of(&all), schemes_of(&all)];
    let headers = all.iter().flat_map(|own| &own.headers).map(|(name, condition)| (name.as_ref(), condition));
    all_values.extend(by_name(headers).into_iter().map(|(name, own)| compared(Part::Header(name), &own, work)));
    let parameters = all.iter().flat_map(|own| &own.query).map(|(name, condition)| (*name, condition));
    all_values.extend(by_name(parameters).into_iter().map(|(name, own)| compared(Part::Query(name), &own, work)));
    for values in &mut all_values {
        let part = values.part.clone();
        values.list.retain(|value| include.iter().all(|own| part.is_taken(own, value.as_deref())));
        if values.list.len() > MAX_VALUES {
            values.list.truncate(MAX_VALUES);
            values.is_whole = false;
        }
    }
    all_values
}

/// The conditions on each name.
fn by_name<'m>(
    conditions: impl Iterator<Item = (&'m str, &'m Condition<'m>)>,
) -> BTreeMap<&'m str, Vec<&'m Condition<'m>>> {
    let mut names: BTreeMap<&str, Vec<&Condition<'_>>> = BTreeMap::new();
    for (name, condition) in conditions {
        names.entry(name).or_default().push(condition);
    }
    names
}

fn ports_of<'m>(include: &[&'m Match<'m>], all: &[&'m Match<'m>], ports: &[i64]) -> Values<'m> {
    // A port that must be dialled is one, even where no listener on it is known: it may be open, or missing, which is no
    // matter of what the matches demand of each other.
    let demanded = include.iter().filter_map(|own| own.port).filter(|port| !ports.contains(port));
    let mut list: Vec<Option<String>> =
        ports.iter().copied().chain(demanded).map(|port| Some(port.to_string())).collect();
    if list.is_empty() {
        // A request to a port that nobody names is one to no listener: any of those named will do.
        let named: BTreeSet<i64> = all.iter().filter_map(|own| own.port).collect();
        list.extend(named.iter().map(|port| Some(port.to_string())));
    }
    if list.is_empty() {
        list.push(None);
    }
    Values { part: Part::Port, list, is_whole: true, is_sampled: false }
}

fn methods_of<'m>(all: &[&'m Match<'m>]) -> Values<'m> {
    let list = if all.iter().any(|own| own.method.is_some()) {
        methods().map(|method| Some(method.to_owned())).collect()
    } else {
        vec![None]
    };
    Values { part: Part::Method, list, is_whole: true, is_sampled: false }
}

fn methods() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.as_str()).chain([OTHER_METHOD])
}

/// The method of that name, of those that are tried.
pub(super) fn method(name: &str) -> Option<&'static str> {
    methods().find(|method| *method == name)
}

fn schemes_of<'m>(all: &[&'m Match<'m>]) -> Values<'m> {
    let list = if all.iter().any(|own| own.scheme.is_some()) {
        [HttpScheme::Http, HttpScheme::Https].iter().map(|scheme| Some(scheme.as_str().to_owned())).collect()
    } else {
        vec![None]
    };
    Values { part: Part::Scheme, list, is_whole: true, is_sampled: false }
}

/// A letter that stands in none of the texts.
fn fresh(texts: &BTreeSet<&str>) -> Option<char> {
    let letters = ['x', 'y', 'z', 'q', 'w', 'k', 'j', '0', '7', '~'];
    letters.into_iter().find(|letter| texts.iter().all(|text| !text.contains(*letter)))
}

fn paths_of<'m>(all: &[&'m Match<'m>], work: &mut usize) -> Values<'m> {
    let mut list = Vec::new();
    let mut texts = BTreeSet::new();
    let mut has_pattern = false;
    for own in all {
        match &own.path {
            PathMatch::Prefix(text) | PathMatch::Exact(text) => {
                if texts.insert(text.as_ref()) {
                    list.push(text.to_string());
                }
            }
            PathMatch::Regex(_, pattern) => {
                list.extend(pattern.samples());
                has_pattern = true;
            }
        }
    }
    let letter = fresh(&texts);
    let mut is_whole = letter.is_some() && !has_pattern;
    let letter = letter.unwrap_or('x');
    let prefixes = all.iter().filter_map(|own| match &own.path {
        PathMatch::Prefix(text) => Some(text.as_ref()),
        PathMatch::Exact(_) | PathMatch::Regex(..) => None,
    });
    let prefixes: BTreeSet<&str> = prefixes.chain(["/"]).collect();
    for prefix in prefixes {
        // A word of its own reads better than one that goes on.
        if !prefix.ends_with('/') {
            list.push(format!("{prefix}/{letter}"));
        }
        list.push(format!("{prefix}{letter}"));
    }
    list.push("/".to_owned());
    let mut seen = BTreeSet::new();
    list.retain(|path| is_normal(path) && seen.insert(path.clone()));
    if has_pattern {
        is_whole = add_missing(&mut list, all.iter().map(|own| own.path.language()), Universe::Paths, work);
    }
    let is_sampled = has_pattern && !is_whole;
    Values { part: Part::Path, list: list.into_iter().map(Some).collect(), is_whole, is_sampled }
}

/// Whether a path can reach a match: it starts with a slash, and what Envoy normalises away does not stand in it.
///
/// Source: Envoy's configuration of an App Mesh gateway (capa-cloud/capa.io, envoy-gateway.md): `normalize_path` and
/// `merge_slashes` are on; the query is no part of a path.
pub(super) fn is_normal(path: &str) -> bool {
    let has_dots = || path.split('/').any(|segment| segment == "." || segment == "..");
    path.starts_with('/') && !path.contains("//") && !path.contains(['?', '#']) && !has_dots()
}

/// The values of something that is compared with texts, numbers and patterns.
fn compared<'m>(part: Part<'m>, conditions: &[&'m Condition<'m>], work: &mut usize) -> Values<'m> {
    let (mut texts, mut prefixes, mut suffixes) = (BTreeSet::new(), vec![""], vec![""]);
    let (mut numbers, mut samples) = (BTreeSet::new(), Vec::new());
    let (mut has_exact_number, mut has_regex) = (false, false);
    let mut list: Vec<Option<String>> = vec![None];
    for condition in conditions {
        match &condition.comparison {
            Comparison::Present => {}
            Comparison::Exact(text) => {
                texts.insert(*text);
                has_exact_number |= text.parse::<i64>().is_ok();
                list.push(Some((*text).to_owned()));
            }
            Comparison::Prefix(text) => {
                texts.insert(*text);
                prefixes.push(*text);
            }
            Comparison::Suffix(text) => {
                texts.insert(*text);
                suffixes.push(*text);
            }
            Comparison::Range(start, end) => {
                numbers.extend([*start, *end, start.saturating_sub(1), end.saturating_sub(1)]);
            }
            Comparison::Regex(_, pattern) => {
                samples.extend(pattern.samples());
                has_regex = true;
            }
        }
    }
    let letter = fresh(&texts);
    let has_numbers = !numbers.is_empty();
    let is_mixed = has_numbers && (has_exact_number || prefixes.len() + suffixes.len() > 2);
    let is_few = prefixes.len().saturating_mul(suffixes.len()) <= MAX_VALUES;
    let mut is_whole = letter.is_some() && !has_regex && !is_mixed && is_few;
    let letter = letter.unwrap_or('x');
    list.extend(numbers.into_iter().map(|number| Some(number.to_string())));
    list.extend(samples.into_iter().map(Some));
    if is_few {
        for prefix in prefixes.iter().rev() {
            list.extend(suffixes.iter().map(|suffix| Some(format!("{prefix}{letter}{suffix}"))));
        }
    }
    if has_regex && !has_numbers {
        let languages = conditions.iter().filter_map(|condition| condition.comparison.language());
        let mut texts: Vec<String> = list.drain(1..).flatten().collect();
        is_whole = add_missing(&mut texts, languages, Universe::Values, work);
        list.extend(texts.into_iter().map(Some));
    }
    Values { part, list, is_whole, is_sampled: has_regex && !has_numbers && !is_whole }
}

/// Adds a text for each combination of languages that none of those at hand is in; whether they then stand for all texts.
fn add_missing<'l>(
    texts: &mut Vec<String>,
    all: impl Iterator<Item = Language<'l>>,
    universe: Universe,
    work: &mut usize,
) -> bool {
    if *work == 0 {
        return false;
    }
    let mut languages: Vec<Language<'l>> = Vec::new();
    for language in all {
        if !languages.iter().any(|known| known.is(&language)) {
            languages.push(language);
        }
    }
    let Some(classes) = classes(&languages, universe, work) else { return false };
    let met: HashSet<Vec<bool>> =
        texts.iter().map(|text| languages.iter().map(|language| language.holds(text)).collect()).collect();
    texts.extend(classes.into_iter().filter(|class| !met.contains(&class.meets)).map(|class| class.text));
    true
}
