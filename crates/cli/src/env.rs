//! The environment: the one place that reads it.

use std::io::IsTerminal;

/// Whether a stream should be coloured: it is a terminal, `NO_COLOR` is empty or unset, and `TERM` is not `dumb`.
///
/// Source: no-color.org.
pub(crate) fn is_coloured(stream: &impl IsTerminal) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !no_color && !is_dumb
}
