//! The authority of calls over a Unix socket, be it here or at a relay, made one that HTTP allows.
//!
//! gRPC's C core, which Envoys call with, names the percent-encoded path of the socket (github.com/grpc/grpc/issues/38142); no authority
//! may have a `%`, and `h2` refuses the call (github.com/hyperium/h2/pull/487). AWS's image cannot be told to say anything else. So each
//! `%` in it becomes a `-` on its way in. The length stays as it is, so nothing has to be decoded: only what is passed over is counted.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What every connection starts with. Source: RFC 9113, 3.4.
const PREFACE: usize = 24;

/// The head of a frame. Source: RFC 9113, 4.1.
const FRAME_HEAD: usize = 9;

/// Source: RFC 9113, 6.2 and 6.10.
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const PADDED: u8 = 8;
const PRIORITY: u8 = 0x20;

/// The name, in full, and its number among the names that all know. Source: RFC 7541, appendix A. The C core writes it in full.
const AUTHORITY: &[u8] = b":authority";
const NUMBER: usize = 1;

/// A connection whose client may name the path of a socket.
#[derive(Debug)]
pub(crate) struct OfSocket<S> {
    stream: S,
    frames: Frames,
}

impl<S> OfSocket<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, frames: Frames::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for OfSocket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let this = &mut *self;
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        if let Some(read) = buffer.filled_mut().get_mut(before..) {
            for byte in read {
                this.frames.pass(byte);
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for OfSocket<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How far a connection is, frame by frame.
#[derive(Debug)]
struct Frames {
    preface: usize,
    head: [u8; FRAME_HEAD],
    head_length: usize,
    /// The bytes of the frame that are to come.
    payload: usize,
    /// Those before its fields: how long the padding is, and what comes first.
    before_fields: usize,
    fields: Fields,
}

impl Default for Frames {
    fn default() -> Self {
        let (preface, head, fields) = (PREFACE, [0; FRAME_HEAD], Fields::default());
        Self { preface, head, head_length: 0, payload: 0, before_fields: 0, fields }
    }
}

impl Frames {
    fn pass(&mut self, byte: &mut u8) {
        if self.preface > 0 {
            self.preface -= 1;
            return;
        }
        if self.payload == 0 {
            self.head[self.head_length] = *byte;
            self.head_length += 1;
            if self.head_length == FRAME_HEAD {
                self.begin();
            }
            return;
        }
        self.payload -= 1;
        let [_, _, _, kind, ..] = self.head;
        if self.before_fields > 0 {
            self.before_fields -= 1;
        } else if matches!(kind, HEADERS | CONTINUATION) {
            self.fields.pass(byte);
        }
    }

    fn begin(&mut self) {
        let [high, middle, low, kind, flags, ..] = self.head;
        self.head_length = 0;
        self.payload = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.before_fields = 0;
        if kind == HEADERS {
            self.before_fields = usize::from(flags & PADDED != 0) + if flags & PRIORITY != 0 { 5 } else { 0 };
            self.fields = Fields::default();
        }
    }
}

/// How far a block of fields is. Source: RFC 7541, 5 and 6.
#[derive(Debug, Default)]
struct Fields {
    at: At,
    /// The number that is being read, and how far its next seven bits are to be moved.
    number: usize,
    shift: u32,
    /// Whether the value to come is that of `:authority`, or the name so far is the beginning of that.
    is_authority: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    /// A field begins.
    #[default]
    Start,
    /// A number goes on, and then comes that.
    Number(After),
    /// A text begins: a name, where a value is still to come.
    Text { is_name: bool },
    /// So much of a text is to come.
    Bytes { left: usize, is_name: bool, is_plain: bool },
}

#[derive(Clone, Copy, Debug)]
enum After {
    /// Nothing: the field is over.
    End,
    /// A name where the number is none, and a value.
    Name,
    /// So many bytes of a text.
    Bytes { is_name: bool, is_plain: bool },
}

impl Fields {
    fn pass(&mut self, byte: &mut u8) {
        match self.at {
            At::Start => match *byte {
                // Indexed; with its name indexed; a new size of the table; the same, but not to be kept.
                0x80.. => self.begin(*byte, 7, After::End),
                0x40.. => self.begin(*byte, 6, After::Name),
                0x20.. => self.begin(*byte, 5, After::End),
                _ => self.begin(*byte, 4, After::Name),
            },
            At::Number(after) => {
                let part = usize::from(*byte & 0x7f);
                self.number = self.number.saturating_add(part.checked_shl(self.shift).unwrap_or(usize::MAX));
                self.shift += 7;
                if *byte & 0x80 == 0 {
                    self.go_on(after);
                }
            }
            At::Text { is_name } => self.begin(*byte, 7, After::Bytes { is_name, is_plain: *byte & 0x80 == 0 }),
            At::Bytes { left, is_name, is_plain } => {
                if is_name {
                    let expected = AUTHORITY.len().checked_sub(left).and_then(|position| AUTHORITY.get(position));
                    self.is_authority &= is_plain && expected == Some(byte);
                } else if self.is_authority && is_plain && *byte == b'%' {
                    *byte = b'-';
                }
                self.at = match left.checked_sub(1) {
                    None | Some(0) => Self::after_text(is_name),
                    Some(left) => At::Bytes { left, is_name, is_plain },
                };
            }
        }
    }

    /// A number whose first bits stand at the end of a byte.
    fn begin(&mut self, byte: u8, bits: u32, after: After) {
        let most = (1_usize << bits) - 1;
        self.number = usize::from(byte) & most;
        self.shift = 0;
        if self.number < most { self.go_on(after) } else { self.at = At::Number(after) }
    }

    fn go_on(&mut self, after: After) {
        self.at = match after {
            After::End => At::Start,
            After::Name => {
                self.is_authority = matches!(self.number, 0 | NUMBER);
                At::Text { is_name: self.number == 0 }
            }
            After::Bytes { is_name, is_plain } => {
                self.is_authority &= !is_name || self.number == AUTHORITY.len();
                if self.number == 0 {
                    Self::after_text(is_name)
                } else {
                    At::Bytes { left: self.number, is_name, is_plain }
                }
            }
        };
    }

    fn after_text(is_name: bool) -> At {
        if is_name { At::Text { is_name: false } } else { At::Start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, 1];
        frame.extend_from_slice(payload);
        frame
    }

    fn passed(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes: Vec<u8> = std::iter::repeat_n(b'%', PREFACE).chain(frames.concat()).collect();
        let mut state = Frames::default();
        for byte in &mut bytes {
            state.pass(byte);
        }
        bytes.split_off(PREFACE)
    }

    /// A field with an indexed name.
    fn field(index: u8, value: &str) -> Vec<u8> {
        [&[0x40 | index, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat()
    }

    #[test]
    fn only_the_authority_is_changed() {
        let named = |name: &str, value: &str| {
            [&[0x40, u8::try_from(name.len()).unwrap()][..], name.as_bytes(), &field(0, value)[1..]].concat()
        };
        let block = |authority: &str| {
            let others =
                [named("a%b", "%%"), named(":authoritx", "%"), named("xauthority", "%"), named("authority", "%")];
            let own = [field(1, authority), named(":authority", authority)].concat();
            [vec![0x83, 0x86], field(4, "/a%2Fb"), own, others.concat(), vec![0xc0]].concat()
        };
        let with = |authority| vec![frame(4, 0, b"%%%%%%"), frame(HEADERS, 4, &block(authority)), frame(0, 0, b"A%1")];
        assert_eq!(passed(&with("run%2Fx.sock")), with("run-2Fx.sock").concat());
    }

    #[test]
    fn padding_priority_and_parts_are_passed_over() {
        let head = [&[2, 0, 0, 0, 0, 16][..], &field(1, "a%")[..3]].concat();
        let with = |sign: u8| vec![frame(HEADERS, PADDED | PRIORITY, &head), frame(CONTINUATION, 4, &[sign])];
        assert_eq!(passed(&with(b'%')), with(b'-').concat());
        // 127 and 73 more are 200.
        let with = |sign: &str| vec![frame(HEADERS, 4, &[&[0x41, 0x7f, 73][..], sign.repeat(200).as_bytes()].concat())];
        assert_eq!(passed(&with("%")), with("-").concat());
    }
}
