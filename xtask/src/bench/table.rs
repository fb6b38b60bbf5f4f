//! The table of figures and goals, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use meshwright_dialect::Input;

/// One figure, what it is compared with, and what it should be.
pub(super) struct Row {
    what: String,
    size: usize,
    figure: Figure,
    baseline: Option<Baseline>,
    /// The most that the figure may be, in its own unit.
    most: Option<f64>,
}

enum Figure {
    Time(Duration),
    Memory(u64),
    /// A number of times a second.
    Rate(f64),
}

struct Baseline {
    name: &'static str,
    /// In seconds, or a second.
    figure: f64,
    /// The most that a ratio of times may be; the least that one of rates may be.
    bound: f64,
}

impl Row {
    /// A time.
    pub(super) fn new(what: &str, files: &[Input], time: Duration) -> Self {
        Self { what: what.to_owned(), size: size(files), figure: Figure::Time(time), baseline: None, most: None }
    }

    /// A peak of memory, and the most it may be, in megabytes.
    pub(super) fn memory(what: &str, files: &[Input], bytes: u64, most: f64) -> Self {
        Self {
            what: what.to_owned(),
            size: size(files),
            figure: Figure::Memory(bytes),
            baseline: None,
            most: Some(most),
        }
    }

    /// A number of times a second, with the size of one.
    pub(super) fn rate(what: &str, size: usize, rate: f64) -> Self {
        Self { what: what.to_owned(), size, figure: Figure::Rate(rate), baseline: None, most: None }
    }

    /// With a rate of the same run to compare with, and the least that the ratio may be.
    pub(super) fn at_least(self, name: &'static str, rate: f64, bound: f64) -> Self {
        Self { baseline: Some(Baseline { name, figure: rate, bound }), ..self }
    }

    /// With a time of the same run to compare with, and the most that the ratio may be.
    pub(super) fn against(self, name: &'static str, time: Duration, most: f64) -> Self {
        Self { baseline: Some(Baseline { name, figure: time.as_secs_f64(), bound: most }), ..self }
    }

    /// With the most that it may take.
    pub(super) fn within_millis(self, most: f64) -> Self {
        Self { most: Some(most), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        let baseline = self.baseline.as_ref()?.figure;
        match self.figure {
            Figure::Time(time) => Some(time.as_secs_f64() / baseline),
            Figure::Rate(rate) => Some(rate / baseline),
            Figure::Memory(_) => None,
        }
    }

    fn is_met(&self) -> bool {
        let figure = match self.figure {
            Figure::Time(time) => millis(time),
            Figure::Memory(bytes) => in_megabytes(bytes),
            Figure::Rate(rate) => rate,
        };
        let is_rate = matches!(self.figure, Figure::Rate(_));
        let holds = |(ratio, baseline): (f64, &Baseline)| {
            if is_rate { ratio >= baseline.bound } else { ratio <= baseline.bound }
        };
        let ratio_is_met = self.ratio().zip(self.baseline.as_ref()).is_none_or(holds);
        ratio_is_met && self.most.is_none_or(|most| figure < most)
    }

    fn goal(&self) -> String {
        let side = if matches!(self.figure, Figure::Rate(_)) { "at least" } else { "at most" };
        let ratio = self.baseline.as_ref().map(|baseline| format!("{side} {} times", baseline.bound));
        let unit = if matches!(self.figure, Figure::Time(_)) { "ms" } else { "MB" };
        let most = self.most.map(|most| format!("under {most} {unit}"));
        let goals: Vec<String> = ratio.into_iter().chain(most).collect();
        goals.join(", ")
    }
}

/// The rows as a table.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut out =
        String::from("| what is measured | size | figure | baseline of the same run | ratio | goal | met |\n");
    out.push_str("|---|--:|--:|---|--:|---|---|\n");
    for row in rows {
        let figure = match row.figure {
            Figure::Time(time) => format!("{} ms", round(millis(time))),
            Figure::Memory(bytes) => format!("{:.0} MB", in_megabytes(bytes)),
            Figure::Rate(rate) => format!("{rate:.0} /s"),
        };
        let baseline = row.baseline.as_ref();
        let baseline = baseline.map(|Baseline { name, figure, .. }| match row.figure {
            Figure::Rate(_) => format!("{name}: {figure:.0} /s"),
            _ => format!("{name}: {} ms", round(figure * 1000.0)),
        });
        let ratio = row.ratio().map(|ratio| match ratio {
            ratio if ratio < 0.1 => format!("{ratio:.4}"),
            ratio if ratio < 20.0 => format!("{ratio:.2}"),
            ratio => format!("{ratio:.0}"),
        });
        let _ = writeln!(
            out,
            "| {} | {} | {figure} | {} | {} | {} | {} |",
            row.what,
            megabytes(row.size),
            baseline.unwrap_or_default(),
            ratio.unwrap_or_default(),
            row.goal(),
            if row.is_met() { "yes" } else { "**no**" }
        );
    }
    out
}

/// A size for people: `18.1 MB`, `15 kB`.
pub(super) fn megabytes(bytes: usize) -> String {
    let bytes = bytes as u64;
    if bytes < 1_000_000 { format!("{} kB", bytes.div_ceil(1000)) } else { format!("{:.1} MB", in_megabytes(bytes)) }
}

fn size(files: &[Input]) -> usize {
    files.iter().map(|file| file.bytes.len()).sum()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn in_megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn round(millis: f64) -> String {
    if millis < 100.0 { format!("{millis:.1}") } else { format!("{millis:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_each_of_its_goals_is_met() {
        let file = [Input { name: "a".to_owned(), bytes: vec![b' '; 2_000_000] }];
        let time = Duration::from_millis(150);
        let row = |most: f64, millis: f64| {
            Row::new("read", &file, time).against("b", Duration::from_millis(50), most).within_millis(millis)
        };
        assert!(row(3.0, 200.0).is_met());
        assert!(!row(2.9, 200.0).is_met(), "the ratio is over");
        assert!(!row(3.0, 150.0).is_met(), "the time is over");
        assert!(!Row::memory("read", &file, 300_000_000, 300.0).is_met());
        let table = markdown(&[row(3.0, 200.0)]);
        let line = "| read | 2.0 MB | 150 ms | b: 50.0 ms | 3.00 | at most 3 times, under 200 ms | yes |";
        assert_eq!(table.lines().nth(2), Some(line));
        let rate = |bound: f64| Row::rate("ask", 900, 5000.0).at_least("c", 100.0, bound);
        assert!(rate(50.0).is_met() && !rate(51.0).is_met());
        let line = "| ask | 1 kB | 5000 /s | c: 100 /s | 50 | at least 50 times | yes |";
        assert_eq!(markdown(&[rate(50.0)]).lines().nth(2), Some(line));
    }
}
