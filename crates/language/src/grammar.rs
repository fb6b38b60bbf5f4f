//! The English grammar: a request to what it asks for.

use crate::understanding::{NotUnderstood, Understanding};

/// Reads a request. None of it is understood yet.
pub fn understand(request: &str) -> Understanding {
    let text = request.trim();
    let start = request.find(text).unwrap_or_default();
    let all = NotUnderstood { text: text.to_owned(), start, end: start + text.len() };
    Understanding { not_understood: vec![all], ..Understanding::default() }
}
