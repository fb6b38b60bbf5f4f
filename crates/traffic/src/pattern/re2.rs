//! RE2's syntax, said in the syntax of the crate `regex`.
//!
//! The reader goes through the text once, as RE2's own does (`re2/parse.cc`), with flags as Envoy uses it: UTF-8, Perl's
//! classes, escapes and flags, `^` and `$` at the text's ends. What is read becomes pieces of translated text, each whole
//! in itself, so that a repetition can be put behind the last one.

use std::fmt::Write;

use super::{Fault, MAX_CHARACTERS, MAX_PROGRAM, PatternError};

mod class;

/// The most times that RE2 repeats, also where repetitions stand in each other. Source: RE2, `maximum_repeat_count`.
const MAX_REPEAT: usize = 1000;

/// A pattern in the syntax of the crate `regex`.
pub(super) fn translate(text: &str) -> Result<String, PatternError> {
    if text.chars().nth(MAX_CHARACTERS).is_some() {
        return Err(PatternError { fault: Fault::TooLong, offset: 0 });
    }
    let whole = Reader::new(text).read()?;
    if whole.program > MAX_PROGRAM {
        return Err(PatternError { fault: Fault::TooLarge, offset: 0 });
    }
    Ok(whole.text)
}

/// Flags that change what a character stands for.
#[derive(Clone, Copy, Default)]
struct Flags {
    folds_case: bool,
    is_multi_line: bool,
    dot_takes_newline: bool,
}

/// A part of a pattern, translated.
struct Piece {
    text: String,
    /// Instructions of RE2's program, at the least.
    program: usize,
    /// The most times that it repeats a part of itself.
    repeats: usize,
}

impl Piece {
    fn new(text: impl Into<String>, program: usize) -> Self {
        Self { text: text.into(), program, repeats: 1 }
    }
}

/// A group that is being read.
struct Group {
    /// Where it starts.
    offset: usize,
    /// The flags outside.
    flags: Flags,
    /// Alternatives that are complete.
    alternatives: Vec<Piece>,
    /// The parts of the alternative that is being read.
    parts: Vec<Piece>,
}

impl Group {
    fn new(offset: usize, flags: Flags) -> Self {
        Self { offset, flags, alternatives: Vec::new(), parts: Vec::new() }
    }

    fn end_alternative(&mut self) {
        let mut whole = Piece::new("", 0);
        for part in self.parts.drain(..) {
            whole.text.push_str(&part.text);
            whole.program = whole.program.saturating_add(part.program);
            whole.repeats = whole.repeats.max(part.repeats);
        }
        self.alternatives.push(whole);
    }

    /// The group as one piece. Alternatives may share instructions for a common start, so only the largest counts.
    fn finish(mut self) -> Piece {
        self.end_alternative();
        let program = self.alternatives.iter().map(|piece| piece.program).max().unwrap_or(0);
        let repeats = self.alternatives.iter().map(|piece| piece.repeats).max().unwrap_or(1);
        let texts: Vec<String> = self.alternatives.into_iter().map(|piece| piece.text).collect();
        Piece { text: format!("(?:{})", texts.join("|")), program, repeats }
    }
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
    flags: Flags,
    groups: Vec<Group>,
}

type Read<T = ()> = Result<T, PatternError>;

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let flags = Flags::default();
        Self { text, offset: 0, flags, groups: vec![Group::new(0, flags)] }
    }

    fn read(mut self) -> Read<Piece> {
        let mut repetition = None;
        while let Some(char) = self.peek() {
            let start = self.offset;
            let previous = repetition.take();
            match char {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.next();
                    self.group().end_alternative();
                }
                '*' | '+' | '?' => {
                    self.next();
                    let (least, most) = if char == '+' { (1, None) } else { (0, (char == '?').then_some(1)) };
                    self.repeat(start, previous, least, most)?;
                    repetition = Some(start);
                }
                '{' => match self.read_counts() {
                    Some((least, most)) => {
                        self.repeat(start, previous, least, most)?;
                        repetition = Some(start);
                    }
                    None => self.push_next_literal(),
                },
                _ => self.read_single(char)?,
            }
        }
        let last = self.groups.pop().filter(|_| self.groups.is_empty());
        last.map(Group::finish).ok_or_else(|| {
            let offset = self.groups.last().map_or(0, |group| group.offset);
            PatternError { fault: Fault::OpenGroup, offset }
        })
    }

    /// A part that is neither a group nor a repetition.
    fn read_single(&mut self, char: char) -> Read {
        match char {
            '^' => self.push_sign(if self.flags.is_multi_line { "(?m:^)" } else { r"\A" }, 0),
            '$' => self.push_sign(if self.flags.is_multi_line { "(?m:$)" } else { r"\z" }, 0),
            '.' => self.push_sign(if self.flags.dot_takes_newline { "(?s:.)" } else { r"[^\n]" }, 1),
            '[' => self.read_class()?,
            '\\' => self.read_backslash()?,
            _ => self.push_next_literal(),
        }
        Ok(())
    }

    fn push_sign(&mut self, text: &str, program: usize) {
        self.next();
        self.push(Piece::new(text, program));
    }

    fn read_backslash(&mut self) -> Read {
        let sign = self.text[self.offset..].chars().nth(1);
        let (text, program) = match sign {
            Some('b') => (r"(?-u:\b)", 0),
            Some('B') => (r"(?-u:\B)", 0),
            Some('A') => (r"\A", 0),
            Some('z') => (r"\z", 0),
            Some('C') => (r"(?s-u:.)", 1),
            Some('Q') => {
                self.read_quoted();
                return Ok(());
            }
            _ => return self.read_class_or_escape(),
        };
        self.next();
        self.push_sign(text, program);
        Ok(())
    }

    fn read_class_or_escape(&mut self) -> Read {
        if let Some(class) = self.read_named_class()? {
            let text = self.with_case(format!("[{class}]"));
            self.push(Piece::new(text, 1));
            return Ok(());
        }
        let code = self.read_escape()?;
        self.push_literal(code);
        Ok(())
    }

    /// `\Q…\E`: the rest is literal, to the text's end where it is not closed.
    fn read_quoted(&mut self) {
        self.offset += 2;
        while self.offset < self.text.len() {
            if self.text[self.offset..].starts_with(r"\E") {
                self.offset += 2;
                return;
            }
            self.push_next_literal();
        }
    }

    /// The character that an escape stands for.
    fn read_escape(&mut self) -> Read<u32> {
        let start = self.offset;
        self.next();
        let Some(char) = self.next() else { return Err(self.error_at(start, |_| Fault::TrailingBackslash)) };
        let code = match char {
            '1'..='9' if char > '7' || !self.peek().is_some_and(is_octal) => {
                return Err(self.error_at(start, Fault::BackReference));
            }
            '0'..='7' => Some(self.read_octal(char)),
            'x' => self.read_hexadecimal(),
            'a' => Some(0x07),
            'f' => Some(0x0c),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            't' => Some(0x09),
            'v' => Some(0x0b),
            _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Some(u32::from(char)),
            _ => None,
        };
        code.ok_or_else(|| self.error_at(start, Fault::Escape))
    }

    fn read_octal(&mut self, first: char) -> u32 {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|char| char.to_digit(8)) else { break };
            code = code * 8 + digit;
            self.next();
        }
        code
    }

    fn read_hexadecimal(&mut self) -> Option<u32> {
        if self.peek()? != '{' {
            let high = self.next()?.to_digit(16)?;
            return Some(high * 16 + self.next()?.to_digit(16)?);
        }
        self.next();
        let mut code = None;
        loop {
            let char = self.next()?;
            if char == '}' {
                return code;
            }
            let more = code.unwrap_or(0) * 16 + char.to_digit(16)?;
            code = Some(more).filter(|code| *code <= u32::from(char::MAX));
            code?;
        }
    }

    /// `{2}`, `{2,}` or `{2,5}`; anything else is literal text.
    fn read_counts(&mut self) -> Option<(usize, Option<usize>)> {
        let (counts, _) = self.text[self.offset + 1..].split_once('}')?;
        let count = |digits: &str| {
            let is_plain =
                digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
            digits.parse::<usize>().ok().filter(|count| is_plain && *count < 100_000_000)
        };
        let found = match counts.split_once(',') {
            None => (count(counts)?, Some(count(counts)?)),
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
        };
        self.offset += counts.len() + 2;
        Some(found)
    }

    fn repeat(&mut self, start: usize, previous: Option<usize>, least: usize, most: Option<usize>) -> Read {
        if self.peek() == Some('?') {
            self.next();
        }
        if let Some(previous) = previous {
            return Err(self.error_at(previous, Fault::RepeatedTwice));
        }
        if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT || most < least) {
            return Err(self.error_at(start, Fault::Repetition));
        }
        let Some(mut piece) = self.group().parts.pop() else {
            return Err(self.error_at(start, Fault::NothingToRepeat));
        };
        let times = most.unwrap_or(least);
        if self.text[start..].starts_with('{') {
            piece.repeats = piece.repeats.saturating_mul(times.max(1));
            if times >= 2 && piece.repeats > MAX_REPEAT {
                return Err(self.error_at(start, Fault::Repetition));
            }
        }
        let most = most.map_or_else(String::new, |most| most.to_string());
        let text = format!("(?:{}){{{least},{most}}}", piece.text);
        let copies = if self.text[start..].starts_with('*') { 1 } else { times };
        self.push(Piece { text, program: piece.program.saturating_mul(copies), repeats: piece.repeats });
        Ok(())
    }

    fn open_group(&mut self) -> Read {
        let start = self.offset;
        let rest = &self.text[start..];
        let outside = self.flags;
        if !rest.starts_with("(?") {
            self.next();
            self.groups.push(Group::new(start, outside));
            return Ok(());
        }
        self.offset += 2;
        if let Some(sign) = ["(?=", "(?!", "(?<=", "(?<!"].into_iter().find(|sign| rest.starts_with(sign)) {
            return Err(PatternError { fault: Fault::LookAround(sign.to_owned()), offset: start });
        }
        if rest.starts_with("(?P=") || rest.starts_with("(?P>") {
            self.offset += 2;
            return Err(self.error_at(start, Fault::BackReference));
        }
        if let Some(after) = ["(?P<", "(?<"].into_iter().find_map(|sign| rest.strip_prefix(sign)) {
            self.offset = self.text.len() - after.len();
            self.read_group_name(start)?;
            self.groups.push(Group::new(start, outside));
            return Ok(());
        }
        let (flags, opens) = self.read_flags(start)?;
        self.flags = flags;
        if opens {
            self.groups.push(Group::new(start, outside));
        }
        Ok(())
    }

    fn read_group_name(&mut self, start: usize) -> Read {
        let Some((name, _)) = self.text[self.offset..].split_once('>') else {
            self.offset = self.text.len();
            return Err(self.error_at(start, Fault::GroupName));
        };
        self.offset += name.len() + 1;
        let is_word = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_');
        if is_word { Ok(()) } else { Err(self.error_at(start, Fault::GroupName)) }
    }

    /// The flags after `(?`, and whether they open a group.
    fn read_flags(&mut self, start: usize) -> Read<(Flags, bool)> {
        let (mut flags, mut is_on, mut has_flag) = (self.flags, true, false);
        loop {
            match self.next() {
                Some('i') => flags.folds_case = is_on,
                Some('m') => flags.is_multi_line = is_on,
                Some('s') => flags.dot_takes_newline = is_on,
                // Whether a repetition is greedy makes no difference to a match of the whole.
                Some('U') => {}
                Some('-') if is_on => {
                    (is_on, has_flag) = (false, false);
                    continue;
                }
                Some(end @ (':' | ')')) if is_on || has_flag => return Ok((flags, end == ':')),
                None => return Err(PatternError { fault: Fault::OpenGroup, offset: start }),
                Some(_) => return Err(self.error_at(start, Fault::Group)),
            }
            has_flag = true;
        }
    }

    fn close_group(&mut self) -> Read {
        let start = self.offset;
        self.next();
        if self.groups.len() == 1 {
            return Err(PatternError { fault: Fault::UnopenedGroup, offset: start });
        }
        if let Some(group) = self.groups.pop() {
            self.flags = group.flags;
            self.push(group.finish());
        }
        Ok(())
    }

    fn push_next_literal(&mut self) {
        if let Some(char) = self.next() {
            self.push_literal(u32::from(char));
        }
    }

    fn push_literal(&mut self, code: u32) {
        let Some(char) = char::from_u32(code) else { return self.push(Piece::new(class::NOTHING, 1)) };
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = if char.is_ascii_alphanumeric() { write!(text, "{char}") } else { write!(text, r"\x{{{code:x}}}") };
        let text = self.with_case(text);
        self.push(Piece::new(text, char.len_utf8()));
    }

    fn with_case(&self, text: String) -> String {
        if self.flags.folds_case { format!("(?i:{text})") } else { text }
    }

    fn push(&mut self, piece: Piece) {
        self.group().parts.push(piece);
    }

    fn group(&mut self) -> &mut Group {
        self.groups.last_mut().expect("the outermost group is never closed")
    }

    fn peek(&self) -> Option<char> {
        self.text[self.offset..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.offset += char.len_utf8();
        Some(char)
    }

    /// An error about the text from there to here.
    fn error_at(&self, start: usize, fault: impl Fn(String) -> Fault) -> PatternError {
        PatternError { fault: fault(self.text[start..self.offset].to_owned()), offset: start }
    }
}

fn is_octal(char: char) -> bool {
    char.is_digit(8)
}
