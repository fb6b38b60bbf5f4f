//! What was done, how long it took and what it was a part of: a seam, so that whoever does something knows nobody who is told.
//!
//! No clock is asked here: a span ends when it is handed over, and says how long it took until then.

use std::borrow::Cow;
use std::fmt::Debug;
use std::time::Duration;

/// Where a span stands in the trace that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The trace; not 0.
    pub trace: u128,
    /// The span; not 0.
    pub span: u64,
    /// Whether anybody wants to know.
    pub is_sampled: bool,
}

impl Context {
    /// What the header `traceparent` of a call says; `None` where it says nothing that is understood.
    ///
    /// Source: W3C, Trace Context, 3.2: later versions may add fields.
    pub fn read(traceparent: &str) -> Option<Self> {
        let mut fields = traceparent.trim().split('-');
        let [version, trace, span, flags] = [(); 4].map(|()| fields.next());
        let version = hexadecimal(version?, 2).filter(|version| *version != 0xff)?;
        if version == 0 && fields.next().is_some() {
            return None;
        }
        let trace = hexadecimal(trace?, 32).filter(|trace| *trace != 0)?;
        let span = hexadecimal(span?, 16).and_then(|span| u64::try_from(span).ok()).filter(|span| *span != 0)?;
        let is_sampled = hexadecimal(flags?, 2)? & 1 == 1;
        Some(Self { trace, span, is_sampled })
    }
}

/// The number that so many small hexadecimal digits are.
fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let is_small = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_whole = text.len() == digits && text.bytes().all(is_small);
    u128::from_str_radix(text, 16).ok().filter(|_| is_whole)
}

/// What a span says beside its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(u64),
}

/// Something that was done, and has just ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is called: one name for all that are of one kind.
    pub name: Cow<'static, str>,
    /// Whether it answers a call of another process.
    pub is_of_server: bool,
    /// Where it stands.
    pub context: Context,
    /// What it was a part of.
    pub parent: Option<Context>,
    /// How long it took.
    pub took: Duration,
    /// What else is said of it; nothing secret.
    pub attributes: Vec<(&'static str, Value)>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// Takes spans. Nothing of it may wait for anybody.
pub trait Spans: Debug + Send + Sync {
    /// Where a span stands that begins: in the trace of what it is a part of, or in a trace of its own.
    fn begin(&self, parent: Option<Context>) -> Context;

    /// Takes a span that has ended.
    fn end(&self, span: Span);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_as_w3c_says() {
        let read = |text: &str| Context::read(text);
        let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context =
            Context { trace: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, span: 0x00f0_67aa_0ba9_02b7, is_sampled: true };
        assert_eq!(read(whole), Some(context));
        assert_eq!(read(&whole.replace("-01", "-00")), Some(Context { is_sampled: false, ..context }));
        assert_eq!(read(&whole.replace("00-4", "cc-4")), Some(context), "a later version");
        assert_eq!(read(&format!("{}-more", whole.replace("00-4", "cc-4"))), Some(context), "with more fields");
        for wrong in [
            "",
            "00",
            &format!("{whole}-more"),
            &whole.replace("00-4", "ff-4"),
            &whole.to_uppercase(),
            &whole.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &whole.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &whole.replace("-01", "-1"),
            &whole.replace("4bf9", "+bf9"),
            &whole.replace("4bf9", "4bé"),
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
