//! Where xtask speaks: progress to standard error, results to standard output.

use std::io::Write;

/// Says what is going on. Whoever reads may stop reading.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints a result.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
