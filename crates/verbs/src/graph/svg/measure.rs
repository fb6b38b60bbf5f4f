//! How wide a text is in any monospace font, and how much of it fits.

/// The width of a letter against the font's size: the widest of the common monospace fonts.
const LETTER: f64 = 0.62;

/// The width of a text at a font size, never less than it is drawn.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(columns).sum::<f64>() * LETTER * size
}

/// As much of a text as fits into a width, the cut marked with `…` in the middle, where names differ least.
pub(super) fn fit_name(text: &str, limit: f64, size: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let room = (limit - width("…", size)).max(0.0);
    let start = fitting(text.chars(), room / 2.0, size);
    let end = fitting(text.chars().rev(), room / 2.0, size);
    start.iter().chain(&['…']).chain(end.iter().rev()).collect()
}

/// As much of a text as fits into a width, the cut marked with `…` at the end.
pub(super) fn fit(text: &str, limit: f64, size: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut fitting = fitting(text.chars(), limit - width("…", size), size);
    fitting.push('…');
    fitting.into_iter().collect()
}

/// Items in lines of a width, joined by a separator; the last line ends with `…` where more does not fit.
pub(super) fn wrap<'a>(
    items: impl Iterator<Item = &'a str>,
    separator: &str,
    (limit, size): (f64, f64),
    line_limit: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let longer = lines.last().map(|line| format!("{line}{separator}{item}"));
        match longer {
            Some(longer) if width(&longer, size) <= limit || lines.len() == line_limit => {
                lines.pop();
                lines.push(longer);
            }
            _ => lines.push(item.to_owned()),
        }
    }
    lines.iter().map(|line| fit(line, limit, size)).collect()
}

fn fitting(letters: impl Iterator<Item = char>, limit: f64, size: f64) -> Vec<char> {
    let mut used = 0.0;
    let fits = |letter: &char| {
        used += columns(*letter) * LETTER * size;
        used <= limit
    };
    letters.take_while(fits).collect()
}

/// How many columns of a monospace font a letter takes; where in doubt, two.
fn columns(letter: char) -> f64 {
    if matches!(letter, '\0'..='\u{24f}' | '…' | '→' | '✗') { 1.0 } else { 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_kept_and_a_cut_is_marked() {
        let room = 10.0 * LETTER * 10.0 + 0.1;
        assert_eq!(fit("0123456789", room, 10.0), "0123456789");
        assert_eq!(fit("0123456789a", room, 10.0), "012345678…");
        assert_eq!(fit_name("payments-canary-v2", room, 10.0), "paym…y-v2");
        assert_eq!(fit("日本語日本語", room, 10.0), "日本語日…");
        assert_eq!(fit("anything", 0.0, 10.0), "…");
    }

    #[test]
    fn lists_break_between_items() {
        let lines = wrap(["one", "two", "three", "four"].into_iter(), " · ", (11.0 * LETTER * 10.0 + 0.1, 10.0), 2);
        assert_eq!(lines, ["one · two", "three · fo…"]);
    }
}
