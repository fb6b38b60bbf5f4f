//! Meanings of which headers a route's requests must have.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::reader::Reader;
use crate::grammar::slot::{Slots, literal};
use crate::grammar::spot::{self, Said, Trouble};
use crate::intent::{Comparison, Header, Match, Protocol};
use crate::lexer::TokenKind;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "match: header",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> exact <text:value>",
            "<hname:name> equals <text:value>",
            "header ?named <name> exact <text:value>",
            "header ?named <name> equals <text:value>",
            "header <pair>",
            "<pair> header",
            "<name> header exact <text:value>",
            "<name> header equals <text:value>",
            "header ?named <name> exact equals <text:value>",
            "metadata <pair>",
            "<pair> metadata",
            "metadata ?named <name> exact <text:value>",
            "metadata ?named <name> equals <text:value>",
            "<name> metadata equals <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Exact(value)), false)),
    },
    Meaning {
        name: "match: header by its form",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["<pair>"],
        set: Set::Act(|reader, slots| {
            // `x-version: v2` is a header by its form; `v1: 70` and `traffic: …` are not.
            let (name, _) = slots.pair("name", "value");
            if !name.contains('-') && reader.tokens[reader.words.start].kind != TokenKind::Quoted {
                return Err(Trouble::NotHere);
            }
            header(reader, slots, |value| Some(Comparison::Exact(value)), false)
        }),
    },
    Meaning {
        name: "match: header value without a verb",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "header ?named <name> <text:value>",
            "<name> header <text:value>",
            "metadata ?named <name> <text:value>",
        ],
        set: Set::Act(|reader, slots| {
            // "with the header x-monitor at the gateway": a preposition says where, and no value.
            if reader.words.clone().any(|at| reader.is_word(at, &["at", "on", "from", "by", "of", "for", "in"])) {
                return Err(Trouble::NotHere);
            }
            header(reader, slots, |value| Some(Comparison::Exact(value)), false)
        }),
    },
    Meaning {
        name: "match: header prefix",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> prefix <text:value>",
            "header ?named <name> prefix <text:value>",
            "<name> header prefix <text:value>",
            "header prefix <name> <text:value>",
            "header ?named <name> value prefix <text:value>",
            "metadata ?named <name> prefix <text:value>",
            "<name> metadata prefix <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Prefix(value)), false)),
    },
    Meaning {
        name: "match: header suffix",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> suffix <text:value>",
            "header ?named <name> suffix <text:value>",
            "<name> header suffix <text:value>",
            "metadata ?named <name> suffix <text:value>",
            "<name> metadata suffix <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Suffix(value)), false)),
    },
    Meaning {
        name: "match: header by pattern",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> match <text:value>",
            "<hname:name> ?match regex <text:value>",
            "header ?named <name> ?match regex <text:value>",
            "<name> header ?match regex <text:value>",
            "header ?named <name> match <text:value>",
            "<name> header match <text:value>",
            "regex <text:value> header <name>",
            "header regex <name> <text:value>",
            "metadata ?named <name> ?match regex <text:value>",
            "<name> metadata ?match regex <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Regex(value)), false)),
    },
    Meaning {
        name: "match: header in a range",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> between <number:start> to|and|- <number:end>",
            "<hname:name> range <number:start> to|and|- <number:end>",
            "<hname:name> <number:start> to|and|- <number:end>",
            "header ?named <name> <number:start> to|and|- <number:end>",
            "header ?named <name> range <number:start> to|and|- <number:end>",
            "header ?named <name> between <number:start> to|and|- <number:end>",
            "<name> header between <number:start> to|and|- <number:end>",
            "<name> header range <number:start> to|and|- <number:end>",
            "header ?named <name> range from <number:start> to|and|- <number:end>",
            "metadata ?named <name> between <number:start> to|and|- <number:end>",
            "<name> metadata between <number:start> to|and|- <number:end>",
            "header ?named <name> between <number:start> to|and|- <number:end> exclusive ?end",
            "<hname:name> between <number:start> to|and|- <number:end> exclusive ?end",
            "header ?named <name> <number:start> to|and|- <number:end> exclusive ?end",
            "<hname:name> ?header ?number|numbers|integer <number:start> to|max|-|– <number:end>",
            "<hname:name> ?header ?number|numbers|integer between|range <number:start> to|and|- <number:end>",
            "<name> header ?number|numbers|integer <number:start> to|max|-|– <number:end>",
            "header ?named <name> ?number|numbers|integer <number:start> to|max|-|– <number:end>",
        ],
        set: Set::Act(|reader, slots| {
            // "from 0 up to 499" ends with its last number.
            let has_end = reader.words.clone().any(|at| reader.is_symbol(at, &["max"]));
            let end = i64::from(slots.number("end")) + i64::from(has_end);
            let range = Comparison::Range { start: slots.number("start").into(), end };
            header(reader, slots, move |_| Some(range.clone()), false)
        }),
    },
    Meaning {
        name: "match: header of a least number",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "header ?named <name> min <number>",
            "header ?named <name> <number> or higher|more|above|greater|up",
            "<hname:name> min <number>",
            "<hname:name> <number> or higher|more|above|greater|up",
        ],
        set: Set::Act(|reader, slots| {
            let range = Comparison::Range { start: slots.number("number").into(), end: Comparison::FARTHEST };
            header(reader, slots, move |_| Some(range.clone()), false)
        }),
    },
    Meaning {
        name: "match: header of a greatest number",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "header ?named <name> max <number>",
            "header ?named <name> <number> or less|below|fewer|change",
            "<hname:name> max <number>",
            "<hname:name> <number> or less|below|fewer|change",
        ],
        set: Set::Act(|reader, slots| {
            let end = i64::from(slots.number("number")) + 1;
            let range = Comparison::Range { start: -Comparison::FARTHEST, end };
            header(reader, slots, move |_| Some(range.clone()), false)
        }),
    },
    Meaning {
        name: "match: header is there",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> present",
            "header ?named <name> present",
            "<name> header present",
            "header ?named <name>",
            "<name> header",
            "have|has|having|carry|carries|contain|contains header ?named <name>",
            "metadata ?named <name> present",
            "metadata ?named <name>",
            "<name> metadata",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |_| None, false)),
    },
    Meaning {
        name: "match: header that its name tells is there",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["<hname:name>"],
        set: Set::Act(|reader, slots| {
            let end = reader.words.end;
            let ends = reader.ends_clause(end) || reader.is_symbol(end, &["to", "send", "header"]);
            if ends { header(reader, slots, |_| None, false) } else { Err(Trouble::NotHere) }
        }),
    },
    Meaning {
        name: "match: header contains",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> contains|containing|includes|mentions <text:value>",
            "header ?named <name> contains|containing|includes|mentions <text:value>",
            "<name> header contains|containing|includes|mentions <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(containing(&value)), false)),
    },
    Meaning {
        name: "match: another value of the same header",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["if|when|where it|its is|equals|has <text:value>"],
        set: Set::Act(|reader, slots| reader.same_header(Comparison::Exact(slots.text("value")))),
    },
    Meaning {
        name: "match: one of several values of the header",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &[
            "or ?equals <text:value>",
            ", <text:value> or <text:other>",
            ", <text:value> , <text:second> or <text:other>",
            ", <text:value> , <text:second> , <text:third> or <text:other>",
        ],
        set: Set::Act(|reader, slots| {
            let others = ["value", "second", "third", "other"].into_iter().filter_map(|slot| slots.given(slot));
            let end = reader.words.end;
            if !reader.ends_clause(end)
                && reader.low(end) != ":"
                && !reader.is_symbol(reader.past_glue(end), &["to", "send"])
            {
                return Err(Trouble::NotHere);
            }
            reader.or_value(others)
        }),
    },
    Meaning {
        name: "match: the same header, compared as before",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &[
            "between <number:start> to|and|- <number:end>",
            "<number:start> to|max|-|– <number:end>",
            "prefix <text:start>",
            "suffix <text:end>",
        ],
        set: Set::Act(|reader, slots| {
            let is_path = reader.words.clone().any(|at| reader.tokens[at].kind == TokenKind::Path);
            if is_path || !reader.is_symbol(reader.past_glue(reader.words.end), &["to", "send"]) {
                return Err(Trouble::NotHere);
            }
            let value = match (slots.given("start"), slots.given("end")) {
                (Some(start), _) => Comparison::Prefix(start),
                (_, Some(end)) => Comparison::Suffix(end),
                _ => Comparison::Range { start: slots.number("start").into(), end: slots.number("end").into() },
            };
            reader.same_header(value)
        }),
    },
    Meaning {
        name: "match: header is not there",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> absent",
            "no header ?named <name>",
            "no <name> header",
            "header ?named <name> absent",
            "<name> header absent",
            "no have|has|carry|contain header ?named <name>",
            "no have|has|carry|contain ?the <name> header",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |_| None, true)),
    },
    Meaning {
        name: "match: header has another value",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> no ?equals|to|match <text:value>",
            "header ?named <name> no ?equals|to|match <text:value>",
            "<name> header no ?equals|to <text:value>",
            "header ?named <name> != <text:value>",
            "<name> header != <text:value>",
            "no header <pair>",
            "no have|has|carry header <pair>",
            "header ?named <name> other|different|anything ?than|but|from <text:value>",
            "<name> header other|different|anything ?than|but|from <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Exact(value)), true)),
    },
    Meaning {
        name: "match: header does not start so",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> no prefix <text:value>",
            "header ?named <name> no prefix <text:value>",
            "<name> header no prefix <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Prefix(value)), true)),
    },
    Meaning {
        name: "match: header does not end so",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> no suffix <text:value>",
            "header ?named <name> no suffix <text:value>",
            "<name> header no suffix <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Suffix(value)), true)),
    },
    Meaning {
        name: "match: header does not match a pattern",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "<hname:name> no ?match regex <text:value>",
            "header ?named <name> no ?match regex <text:value>",
            "<name> header no ?match regex <text:value>",
            "header ?named <name> no match <text:value>",
            "<name> header no match <text:value>",
        ],
        set: Set::Act(|reader, slots| header(reader, slots, |value| Some(Comparison::Regex(value)), true)),
    },
    Meaning {
        name: "match: a number of headers",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["<number> header ?must ?match"],
        set: Set::Act(|reader, _| reader.sets_nothing()),
    },
    Meaning {
        name: "match: header in a range, its end included",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "header ?named <name> between <number:start> to|and|- <number:end> inclusive",
            "<name> header between <number:start> to|and|- <number:end> inclusive",
            "header ?named <name> range <number:start> to|and|- <number:end> inclusive",
            "header ?named <name> <number:start> to|and|- <number:end> inclusive",
            "<hname:name> between <number:start> to|and|- <number:end> inclusive",
            "<hname:name> range <number:start> to|and|- <number:end> inclusive",
            "<hname:name> <number:start> to|and|- <number:end> inclusive",
        ],
        set: Set::Act(|reader, slots| {
            let range =
                Comparison::Range { start: slots.number("start").into(), end: i64::from(slots.number("end")) + 1 };
            header(reader, slots, move |_| Some(range.clone()), false)
        }),
    },
    Meaning {
        name: "match: the end of a range belongs to it",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["inclusive"],
        set: Set::Act(|reader, _| {
            let spot = reader.here()?;
            let (matcher, path) = spot::matcher(&mut reader.intent, spot)?;
            let last = matcher.headers.len().checked_sub(1).ok_or(Trouble::NotHere)?;
            let Some(Comparison::Range { end, .. }) = &mut matcher.headers[last].value else {
                return Err(Trouble::NotHere);
            };
            *end += i64::from(!reader.is_inclusive);
            reader.is_inclusive = true;
            Ok(format!("{path}.headers[{last}]"))
        }),
    },
];

/// A pattern for what contains a text.
fn containing(value: &str) -> Comparison {
    Comparison::Regex(format!(".*{}.*", literal(value)))
}

fn header(
    reader: &mut Reader<'_>,
    slots: &Slots,
    make: impl FnOnce(String) -> Option<Comparison>,
    invert: bool,
) -> Said {
    let (name, value) = slots.pair("name", "value");
    // "users with header x-a" has a header of another name.
    let first = reader.words.start;
    let is_apart =
        reader.is_word(first + 1, &["with", "having", "in", "and", "by", "whose", "where", "the", "a", "of"]);
    if reader.tokens[first].text == name && is_apart {
        return Err(Trouble::NotHere);
    }
    let header = Header { name, value: make(value), invert };
    reader.is_inclusive = reader.words.clone().any(|at| reader.is_symbol(at, &["inclusive", "max"]));
    let said = reader.matcher(|matcher: &mut Match, path| {
        let at = matcher.headers.len();
        if !matcher.headers.contains(&header) {
            matcher.headers.push(header);
        }
        Ok(format!("{path}.headers[{at}]"))
    })?;
    if reader.words.clone().any(|at| reader.is_symbol(at, &["metadata"])) {
        // Metadata is what gRPC calls its headers.
        drop(reader.put_protocol(Protocol::Grpc));
    }
    Ok(said)
}
