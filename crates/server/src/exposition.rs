//! Measurements as Prometheus reads them.
//!
//! Source: Prometheus documentation, Exposition formats, "Text-based format" (version 0.0.4).

use std::fmt::{Display, Write as _};

/// How the text is announced.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a family of samples measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What only grows.
    Counter,
    /// What goes up and down.
    Gauge,
    /// How often something was at most so large.
    Histogram,
}

/// The text, family by family.
#[derive(Clone, Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Begins a family; its samples follow.
    pub fn family(&mut self, name: &str, measure: Measure, help: &str) {
        let measure = match measure {
            Measure::Counter => "counter",
            Measure::Gauge => "gauge",
            Measure::Histogram => "histogram",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {}\n# TYPE {name} {measure}", escaped(help, false));
    }

    /// A sample of the family that was begun last.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (position, (label, text)) in labels.iter().enumerate() {
            let mark = if position == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{mark}{label}=\"{}\"", escaped(text, true));
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }

    /// A family of one sample.
    pub fn single(&mut self, name: &str, measure: Measure, help: &str, value: impl Display) {
        self.family(name, measure, help);
        self.sample(name, &[], value);
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}

fn escaped(text: &str, is_quoted: bool) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    if is_quoted { text.replace('"', "\\\"") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_label_says_ends_no_line() {
        let mut text = Exposition::default();
        text.single("up", Measure::Gauge, "a\nb\\", 1);
        text.sample("up", &[("a", "x\"\n\\"), ("b", "")], 0.5);
        assert_eq!(text.into_text(), "# HELP up a\\nb\\\\\n# TYPE up gauge\nup 1\nup{a=\"x\\\"\\n\\\\\",b=\"\"} 0.5\n");
    }
}
