//! `AllowedPattern`: the regular expression that a parameter's value must match as a whole.
//!
//! CloudFormation's are Java's. What they have and this engine has not, such as looking ahead, and what means something
//! else here, is not looked at: no value is refused that CloudFormation might take.
//!
//! Source: CloudFormation User Guide, "Using regular expressions in CloudFormation templates" (Java's `Pattern`) and
//! parameter properties (the pattern must match the entire value; of a list, each element).

use std::collections::HashMap;

use regex::bytes::{Regex, RegexBuilder};

/// The most patterns of one template that are looked at. Source: CloudFormation quotas, 200 parameters a template.
const MAX_PATTERNS: usize = 200;

/// The most bytes that a compiled pattern takes.
const MAX_SIZE: usize = 1 << 18;

/// The most characters of a value that is held against a pattern. Source: CloudFormation quotas, parameter values.
const MAX_VALUE: usize = 4096;

/// The patterns of one template, each compiled once.
#[derive(Default)]
pub(super) struct Patterns<'t> {
    compiled: HashMap<&'t str, Option<Regex>>,
}

impl<'t> Patterns<'t> {
    /// Whether a value certainly does not match.
    pub(super) fn refuses(&mut self, pattern: &'t str, value: &str) -> bool {
        // Where lines end, and what is beyond ASCII, the two engines differ on `.` and `$`.
        let is_plain = value.len() <= MAX_VALUE && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_plain || !self.compiled.contains_key(pattern) && self.compiled.len() == MAX_PATTERNS {
            return false;
        }
        let compiled = self.compiled.entry(pattern).or_insert_with(|| compile(pattern));
        compiled.as_ref().is_some_and(|compiled| !compiled.is_match(value.as_bytes()))
    }
}

/// The pattern for whole values; `None` where this engine has none like it.
fn compile(pattern: &str) -> Option<Regex> {
    // Both engines take these, and not for the same: classes of POSIX, differences of classes, quantifiers that keep.
    let others = ["[:", "--", "~~", "*+", "++", "?+", "}+", "{,", "(?U", "(?x", "(?P", "(?R"];
    if others.iter().any(|other| pattern.contains(other)) {
        return None;
    }
    RegexBuilder::new(&format!("^(?:{pattern})$")).unicode(false).size_limit(MAX_SIZE).nest_limit(100).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, values: &[&str], refused: &[bool]) {
        let mut patterns = Patterns::default();
        let answers: Vec<bool> = values.iter().map(|value| patterns.refuses(pattern, value)).collect();
        assert_eq!(answers, refused, "{pattern}");
    }

    #[test]
    fn the_whole_value_must_match() {
        check("[a-z]+", &["abc", "abc1", "", "ABC"], &[false, true, true, true]);
        check("^[a-z]+$", &["abc", "abc1"], &[false, true]);
        check("a|b", &["a", "b", "ab"], &[false, false, true]);
        check(r"\d{4}", &["1234", "123", "12345"], &[false, true, true]);
        check(r"(?i)prod|test", &["PROD", "dev"], &[false, true]);
        check("[a-z&&[^b]]", &["a", "b"], &[false, true]);
    }

    #[test]
    fn what_the_engines_do_not_share_is_not_looked_at() {
        for pattern in ["(?!x).*", r"(a)\1", "[[:alpha:]]", "a*+a", "[", "(", r"\p{Alpha}+", r"\Qa\E", "[+--]", "x{,2}"]
        {
            check(pattern, &["-"], &[false]);
        }
        check("[a-z]+", &["\u{fc}", "a\n", "\u{3bb}"], &[false, false, false]);
        check(&"(a{1000}){1000}".repeat(9), &["b"], &[false]);
    }
}
