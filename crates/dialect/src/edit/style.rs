//! How a file is written: what new text in it has to look like.

use super::layout::{Form, Layout, Place, Quoting};

/// The habits of a file.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) newline: &'static str,
    /// How many columns a block map stands to the right of its key.
    pub(crate) width: usize,
    /// How many columns dashes stand to the right of the key of their list.
    pub(crate) dash: usize,
    /// The quotes that texts have which need some.
    pub(crate) quote: char,
    /// What a level of flow containers over several lines is indented by.
    pub(crate) unit: String,
    /// What stands between elements on one line: `, ` or `,`.
    pub(crate) comma: &'static str,
    /// What stands between key and value: `: ` or `:`.
    pub(crate) colon: &'static str,
    /// Whether braces have blanks inside: `{ a: 1 }`.
    pub(crate) is_airy: bool,
    /// Whether containers stand over several lines at all.
    pub(crate) is_spread: bool,
    pub(crate) is_json: bool,
}

impl Style {
    /// The habits that a text shows; where it shows none, two spaces each.
    pub(crate) fn of(text: &str, layout: &Layout) -> Self {
        let mut style = Self {
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            width: 2,
            dash: 2,
            quote: '"',
            unit: "  ".to_owned(),
            comma: ", ",
            colon: ": ",
            is_airy: false,
            is_spread: !layout.is_json || text.trim().contains('\n'),
            is_json: layout.is_json,
        };
        style.measure_blocks(text, layout);
        style.measure_flow(text, layout);
        if !layout.is_json {
            let quotes = |quoting| {
                layout.spots().filter(|spot| matches!(spot.form, Form::Scalar(found) if found == quoting)).count()
            };
            if quotes(Quoting::Single) > quotes(Quoting::Double) {
                style.quote = '\'';
            }
        }
        style
    }

    /// The most usual distances between a key and what stands below it.
    fn measure_blocks(&mut self, text: &str, layout: &Layout) {
        let (mut widths, mut dashes) = ([0_usize; 17], [0_usize; 17]);
        for spot in layout.spots() {
            let Form::Map { is_flow: false, entries } = &spot.form else { continue };
            for member in entries {
                let key = column(text, member.key.start);
                let child = match &layout.spot(member.value).form {
                    Form::Map { is_flow: false, entries } => {
                        entries.first().map(|first| (first.key.start, &mut widths))
                    }
                    Form::List { is_flow: false, items } => items.first().map(|first| (first.start, &mut dashes)),
                    _ => None,
                };
                let Some((start, counts)) = child else { continue };
                if let Some(count) = column(text, start).checked_sub(key).and_then(|width| counts.get_mut(width)) {
                    *count += 1;
                }
            }
        }
        self.width = most_usual(&widths[1..]).map_or(self.width, |width| width + 1);
        self.dash = most_usual(&dashes).unwrap_or(self.width);
    }

    fn measure_flow(&mut self, text: &str, layout: &Layout) {
        let flows = (0..).zip(layout.spots()).filter(|(place, _)| layout.is_flow(*place));
        let (mut tight_colons, mut colons, mut tight_commas, mut commas) = (0, 0, 0, 0);
        let (mut airy, mut braces) = (0, 0);
        let mut unit = None;
        for (place, spot) in flows {
            if is_spread(text, layout, place) {
                let (outer, inner) = (indent_of(text, spot.body), indent_of(text, first_of(layout, place)));
                if let Some(deeper) = inner.strip_prefix(outer).filter(|deeper| !deeper.is_empty()) {
                    unit.get_or_insert(deeper);
                }
            } else if let Form::Map { entries, .. } = &spot.form
                && !entries.is_empty()
            {
                braces += 1;
                airy += usize::from(text[spot.body + 1..].starts_with(' '));
            }
            for member in layout.entries(place) {
                colons += 1;
                tight_colons += usize::from(layout.spot(member.value).start == member.colon);
            }
            let starts = layout.entries(place).iter().map(|member| member.key.start);
            for start in starts.chain(layout.items(place).iter().map(|item| item.start)).skip(1) {
                commas += 1;
                tight_commas += usize::from(text[..start].ends_with(','));
            }
        }
        self.unit = unit.unwrap_or(&self.unit).to_owned();
        // In YAML a colon without a blank would be part of the key.
        self.colon = if self.is_json && tight_colons * 2 > colons { ":" } else { ": " };
        self.comma = if tight_commas * 2 > commas { "," } else { ", " };
        self.is_airy = airy * 2 > braces;
    }
}

/// The place of the greatest count.
fn most_usual(counts: &[usize]) -> Option<usize> {
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    counts.iter().position(|count| *count == most)
}

/// Where the first child of a container starts, or the container where it has none.
fn first_of(layout: &Layout, place: Place) -> usize {
    let first = layout.entries(place).first().map(|member| member.key.start);
    first.or(layout.items(place).first().map(|item| item.start)).unwrap_or(layout.spot(place).body)
}

/// Whether the children of a container in brackets stand on lines of their own.
pub(crate) fn is_spread(text: &str, layout: &Layout, place: Place) -> bool {
    let first = first_of(layout, place);
    text[layout.spot(place).body..first].contains('\n')
}

/// Where the line of a byte starts.
pub(crate) fn line_start(text: &str, byte: usize) -> usize {
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start }
}

/// Where the line of a byte ends, before its line break.
pub(crate) fn line_end(text: &str, byte: usize) -> usize {
    let end = text[byte..].find('\n').map_or(text.len(), |length| byte + length);
    if text[byte..end].ends_with('\r') { end - 1 } else { end }
}

/// Where the line after that of a byte starts; the text's end where there is none.
pub(crate) fn next_line(text: &str, byte: usize) -> usize {
    text[byte..].find('\n').map_or(text.len(), |length| byte + length + 1)
}

/// The column of a byte, in characters from 0.
pub(crate) fn column(text: &str, byte: usize) -> usize {
    text[line_start(text, byte)..byte].chars().count()
}

/// The blanks that the line of a byte starts with.
pub(crate) fn indent_of(text: &str, byte: usize) -> &str {
    let line = &text[line_start(text, byte)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
