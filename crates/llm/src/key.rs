//! A secret that is sent and never shown.

use std::fmt;

/// The shortest key that can be looked for in a text: what is shorter is no secret, and would be found everywhere.
const MIN_SECRET: usize = 8;

/// What stands where a key stood.
const REDACTED: &str = "[key]";

/// A key of a provider's interface.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A key as it was given, without white space around it; `None` if nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Whether a header can carry it.
    pub(crate) fn is_sendable(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// The key itself, for the header it goes into.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether a text has the key in it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.len() >= MIN_SECRET && text.contains(&self.0)
    }

    /// A text without the key.
    pub(crate) fn redact(&self, text: &str) -> String {
        if self.is_in(text) { text.replace(&self.0, REDACTED) } else { text.to_owned() }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_shown() {
        let key = Key::new(" sk-0123456789\n").unwrap();
        assert_eq!(format!("{key:?}"), "[key]");
        assert_eq!(key.redact("no sk-0123456789, no sk-0123456789"), "no [key], no [key]");
        assert_eq!(Key::new(" \n"), None);
    }

    #[test]
    fn a_word_that_is_no_secret_stays_in_texts() {
        assert_eq!(Key::new("a").unwrap().redact("a cat"), "a cat");
    }

    #[test]
    fn a_key_with_line_breaks_is_not_sent() {
        assert!(!Key::new("one\r\nx-other: two").unwrap().is_sendable());
        assert!(Key::new("sk-ant_1/2+3=").unwrap().is_sendable());
    }
}
