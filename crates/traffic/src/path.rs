//! Paths of requests as Envoy sees them before it matches: `normalize_path` and `merge_slashes`, which App Mesh set.
//!
//! Source: the configuration of a gateway in capa-cloud/capa.io, `envoy-gateway.md`; what they do: Envoy's documentation of
//! `HttpConnectionManager.normalize_path`, and a real Envoy 1.40.

use std::borrow::Cow;

/// A path without its query as Envoy sees it; `None` where it answers 400 instead.
pub fn normalise(path: &str) -> Option<Cow<'_, str>> {
    if is_normal(path) {
        return Some(Cow::Borrowed(path));
    }
    if !path.starts_with('/') {
        return None;
    }
    let canonical = canonical(path.as_bytes())?;
    Some(Cow::Owned(merged(&canonical)))
}

/// Whether nothing of a path would change.
fn is_normal(path: &str) -> bool {
    let mut before = 0;
    path.starts_with('/')
        && path.bytes().all(|byte| {
            // A dot after a slash may be a segment of its own; that is looked at with care.
            let is_plain = is_unreserved(byte) || is_passed(byte) || byte == b'/';
            let is_fine = is_plain && !(before == b'/' && matches!(byte, b'/' | b'.'));
            before = byte;
            is_fine
        })
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_passed(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b':' | b';' | b'=' | b'@' | b'[' | b']'
    )
}

/// Decodes what need not be escaped, escapes what must be, and takes out segments of dots.
fn canonical(path: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'/' | b'\\' => {
                close_segment(&mut out);
                out.push(b'/');
            }
            b'%' => match escaped(rest) {
                Some(0) => return None,
                Some(value) => {
                    if is_unreserved(value) {
                        out.push(value);
                    } else {
                        out.push(b'%');
                        out.extend_from_slice(&rest[..2]);
                    }
                    rest = &rest[2..];
                }
                None => out.push(b'%'),
            },
            _ if is_unreserved(byte) || is_passed(byte) => out.push(byte),
            _ => out.extend(format!("%{byte:02X}").into_bytes()),
        }
    }
    let is_dots = matches!(last_segment(&out), b"." | b"..");
    close_segment(&mut out);
    if is_dots && out.last() != Some(&b'/') {
        out.push(b'/');
    }
    Some(out)
}

/// Takes out the last segment where it is `.`, and the one before as well where it is `..`; what is left has no slash at its end.
fn close_segment(out: &mut Vec<u8>) {
    let segment = last_segment(out).to_vec();
    if segment != b"." && segment != b".." {
        return;
    }
    out.truncate(out.len() - segment.len() - 1);
    if segment == b".." {
        let parent = out.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        out.truncate(parent);
    }
}

/// What follows the last slash; nothing where there is no slash yet.
fn last_segment(out: &[u8]) -> &[u8] {
    match out.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => &out[slash + 1..],
        None => &[],
    }
}

fn escaped(rest: &[u8]) -> Option<u8> {
    let digits =
        std::str::from_utf8(rest.get(..2)?).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// One slash where there were several; of a path of nothing else Envoy leaves the first and the last (a real Envoy 1.40).
fn merged(path: &[u8]) -> String {
    if path.len() > 1 && path.iter().all(|byte| *byte == b'/') {
        return "//".to_owned();
    }
    let mut out = Vec::with_capacity(path.len());
    for byte in path {
        if !(*byte == b'/' && out.last() == Some(&b'/')) {
            out.push(*byte);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
