//! Texts of files as people may see them: no character of a file acts upon a terminal or a picture.

/// A text with all characters that steer rather than show written as escapes: `\n`, `\u{1b}`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if steers(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// A letter that does not steer, or a mark in its place: as many letters as there were.
pub fn one_letter(letter: char) -> char {
    if steers(letter) { char::REPLACEMENT_CHARACTER } else { letter }
}

/// Controls, marks that turn the direction of writing or show nothing, line separators, and what XML cannot hold.
fn steers(letter: char) -> bool {
    let is_hidden = matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}');
    letter.is_control() || is_hidden
}

/// A text of at most `max` characters; what is longer ends in `…`.
pub fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_steer_a_terminal_are_written_out() {
        let cases = [("a\u{1b}[31mb", "a\\u{1b}[31mb"), ("a\nb", "a\\nb"), ("a\u{202e}b\u{9b}", "a\\u{202e}b\\u{9b}")];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected);
        }
        assert_eq!(visible("plain ${Name} é 🚀"), "plain ${Name} é 🚀");
    }
}
