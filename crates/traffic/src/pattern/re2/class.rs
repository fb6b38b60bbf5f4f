//! Classes of characters: `[a-z]`, `\d`, `[[:alpha:]]`, `\pN`.

use std::fmt::Write;

use super::{Piece, Read, Reader};
use crate::pattern::Fault;

/// A class that has no member.
pub(super) const NOTHING: &str = r"[^\x{0}-\x{10ffff}]";

/// Classes by the letter of their escape. Source: RE2, `perl_groups.cc`: ASCII, and `\s` without the vertical tab.
const PERL: &[(char, &str)] = &[('d', "0-9"), ('s', r"\t\n\x0c\r\x20"), ('w', "0-9A-Za-z_")];

/// Classes by their names in POSIX. Source: RE2, `perl_groups.cc`.
const POSIX: &[(&str, &str)] = &[
    ("alnum", "0-9A-Za-z"),
    ("alpha", "A-Za-z"),
    ("ascii", r"\x00-\x7f"),
    ("blank", r"\t\x20"),
    ("cntrl", r"\x00-\x1f\x7f"),
    ("digit", "0-9"),
    ("graph", r"\x21-\x7e"),
    ("lower", "a-z"),
    ("print", r"\x20-\x7e"),
    ("punct", r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e"),
    ("space", r"\t\n\x0b\x0c\r\x20"),
    ("upper", "A-Z"),
    ("word", "0-9A-Za-z_"),
    ("xdigit", "0-9A-Fa-f"),
];

/// Unicode's categories that RE2 knows: all but the unassigned. Source: RE2, `unicode_groups.cc`.
const CATEGORIES: &[&str] = &[
    "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd",
    "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
];

/// Scripts whose names have four letters; all other names of four letters are short forms, which RE2 does not know.
const SHORT_SCRIPTS: &[&str] = &["Ahom", "Cham", "Kawi", "Lisu", "Miao", "Modi", "Newa", "Thai", "Toto"];

impl Reader<'_> {
    /// A class in brackets.
    pub(super) fn read_class(&mut self) -> Read {
        let start = self.offset;
        self.next();
        let mut members = String::new();
        let is_negated = self.peek() == Some('^');
        if is_negated {
            self.next();
        }
        let mut is_first = true;
        loop {
            match self.peek() {
                None => return Err(self.error_at(start, |_| Fault::OpenClass)),
                Some(']') if !is_first => break,
                Some(_) => self.read_member(start, &mut members)?,
            }
            is_first = false;
        }
        self.next();
        let sign = if is_negated { "^" } else { "" };
        let text = self.with_case(format!("[{sign}{members}]"));
        self.push(Piece::new(text, 1));
        Ok(())
    }

    fn read_member(&mut self, class: usize, members: &mut String) -> Read {
        if let Some(named) = self.read_posix_class()? {
            members.push_str(&named);
            return Ok(());
        }
        if self.peek() == Some('\\')
            && let Some(named) = self.read_named_class()?
        {
            members.push_str(&named);
            return Ok(());
        }
        let start = self.offset;
        let low = self.read_character(class)?;
        let rest = &self.text[self.offset..];
        let is_range = rest.len() >= 2 && rest.starts_with('-') && !rest.starts_with("-]");
        let high = if is_range {
            self.next();
            self.read_character(class)?
        } else {
            low
        };
        if high < low {
            return Err(self.error_at(start, Fault::Range));
        }
        add_range(low, high, members);
        Ok(())
    }

    fn read_character(&mut self, class: usize) -> Read<u32> {
        if self.peek() == Some('\\') {
            return self.read_escape();
        }
        self.next().map(u32::from).ok_or_else(|| self.error_at(class, |_| Fault::OpenClass))
    }

    /// `[:alpha:]` or `[:^alpha:]`, inside brackets; without its end it is no such class.
    fn read_posix_class(&mut self) -> Read<Option<String>> {
        let start = self.offset;
        let Some((name, _)) = self.text[start..].strip_prefix("[:").and_then(|rest| rest.split_once(":]")) else {
            return Ok(None);
        };
        self.offset += name.len() + 4;
        let (sign, word) = name.strip_prefix('^').map_or(("", name), |word| ("^", word));
        let members = POSIX.iter().find(|(known, _)| *known == word).map(|(_, members)| members);
        members.map(|members| Some(format!("[{sign}{members}]"))).ok_or_else(|| self.error_at(start, Fault::Class))
    }

    /// `\d`, `\pN` or `\p{Greek}`, as an item of a class in brackets; `None` where it is another escape.
    pub(super) fn read_named_class(&mut self) -> Read<Option<String>> {
        let start = self.offset;
        let Some(letter) = self.text[start..].chars().nth(1) else { return Ok(None) };
        if let Some((_, members)) = PERL.iter().find(|(known, _)| *known == letter.to_ascii_lowercase()) {
            self.offset += 2;
            let sign = if letter.is_ascii_uppercase() { "^" } else { "" };
            return Ok(Some(format!("[{sign}{members}]")));
        }
        if !matches!(letter, 'p' | 'P') {
            return Ok(None);
        }
        self.offset += 2;
        let Some(name) = self.read_unicode_name() else { return Err(self.error_at(start, Fault::Class)) };
        let (turns, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let sign = if (letter == 'P') == turns { "" } else { "^" };
        unicode_members(name)
            .map(|members| Some(format!("[{sign}{members}]")))
            .ok_or_else(|| self.error_at(start, Fault::Class))
    }

    fn read_unicode_name(&mut self) -> Option<&str> {
        let start = self.offset;
        let first = self.next()?;
        if first != '{' {
            return Some(&self.text[start..self.offset]);
        }
        let (name, _) = self.text[self.offset..].split_once('}')?;
        let name_start = self.offset;
        self.offset += name.len() + 1;
        Some(&self.text[name_start..self.offset - 1])
    }
}

/// The members of a class of Unicode that RE2 knows by that name.
fn unicode_members(name: &str) -> Option<String> {
    match name {
        "Any" => return Some(r"\x{0}-\x{10ffff}".to_owned()),
        "C" => return Some(r"\p{Cc}\p{Cf}\p{Co}".to_owned()),
        "Cs" => return Some(NOTHING.to_owned()),
        _ => {}
    }
    let is_category = CATEGORIES.contains(&name);
    let is_short = name.len() == 4 && !SHORT_SCRIPTS.contains(&name);
    let is_spelt_out = name == "SignWriting"
        || name.split('_').all(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(|letter| letter.is_ascii_uppercase())
                && letters.all(|letter| letter.is_ascii_lowercase())
        });
    let class = if is_category { format!(r"\p{{{name}}}") } else { format!(r"\p{{Script={name}}}") };
    let is_known = is_category || !is_short && is_spelt_out && regex_syntax::parse(&class).is_ok();
    is_known.then_some(class)
}

/// Adds a range; its ends move off the surrogates, which no text has.
fn add_range(low: u32, high: u32, members: &mut String) {
    let is_surrogate = |code: u32| char::from_u32(code).is_none();
    let low = if is_surrogate(low) { 0xe000 } else { low };
    let high = if is_surrogate(high) { 0xd7ff } else { high };
    // Writing to a String cannot fail.
    let _ = if low <= high { write!(members, r"\x{{{low:x}}}-\x{{{high:x}}}") } else { write!(members, "{NOTHING}") };
}
