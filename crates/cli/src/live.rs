//! The live side on the command line: the client, progress on a terminal, and what is shown before something is done.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::Result;
use meshwright_aws::{Client, Limits, Options};
use meshwright_model::visible::visible;
use meshwright_verbs::Answer;
use meshwright_verbs::live::{Live, LiveError, LiveOptions, Progress};

use crate::{complain, deliver};

/// How many characters wide a full bar is, where the terminal is wide enough.
const BAR: usize = 30;

/// How wide a terminal is that does not say it.
const COLUMNS: usize = 80;

/// How often the bar is drawn at most.
const REDRAW: Duration = Duration::from_millis(50);

/// Carriage return, and erasing what stands to the right.
const ERASE: &str = "\r\u{1b}[K";

/// A bar on the terminal's standard error, which goes away when it is not needed any more; nothing elsewhere.
struct Bar {
    is_terminal: bool,
    drawn: Option<Instant>,
    slowed: Option<usize>,
}

impl Bar {
    fn draw(&mut self, progress: Progress<'_>) {
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) || progress.slowed != self.slowed;
        if !self.is_terminal || !is_due || progress.of == 0 {
            return;
        }
        self.drawn = Some(Instant::now());
        self.slowed = progress.slowed;
        complain(&format!("{ERASE}{}", line(progress, columns())));
    }

    fn erase(&mut self) {
        if self.drawn.take().is_some() {
            complain(ERASE);
        }
    }
}

/// A bar in one line of a terminal: the bar gives way first, then the end of the words.
fn line(progress: Progress<'_>, columns: usize) -> String {
    let Progress { what, done, of, slowed } = progress;
    let slowed = slowed.map(|most| format!(", throttled: {most} at a time")).unwrap_or_default();
    let counts = format!("{done}/{of}{slowed}");
    // A character in the last column makes some terminals begin another line.
    let room = columns.saturating_sub(1);
    let bar = BAR.min(room.saturating_sub(format!("{what} [] {counts}").len()));
    let full = bar * done / of.max(1);
    let line = match bar {
        0 => format!("{what} {counts}"),
        _ => format!("{what} [{}{}] {counts}", "#".repeat(full), "-".repeat(bar - full)),
    };
    line.chars().take(room).collect()
}

/// How many characters a line of the terminal has.
#[cfg(unix)]
fn columns() -> usize {
    match rustix::termios::tcgetwinsize(std::io::stderr()) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => COLUMNS,
    }
}

#[cfg(not(unix))]
fn columns() -> usize {
    COLUMNS
}

/// Runs a verb of the live side. `run` gets what shows a text at once: on standard output, or in the file of `--output` before the
/// answer.
pub(crate) fn answer(
    options: &LiveOptions,
    output: Option<&str>,
    run: impl FnOnce(&mut Live<'_>, &mut dyn FnMut(&str)) -> Result<Answer, LiveError>,
) -> Result<Answer> {
    let LiveOptions { endpoint_url, region, profile } = options.clone();
    let client = Client::new(&Options { endpoint_url, region, profile }, Limits::default())?;
    let bar = std::cell::RefCell::new(Bar { is_terminal: std::io::stderr().is_terminal(), drawn: None, slowed: None });
    let mut shown = String::new();
    let mut show_now = |text: &str| {
        bar.borrow_mut().erase();
        if output.is_some() {
            shown.push_str(text);
        } else {
            // Whoever reads may stop reading; the answer tells of any other fault.
            let _ = deliver(None, &Answer { output: text.to_owned(), ..Answer::default() });
        }
    };
    let start = Instant::now();
    let mut live = Live {
        api: &client,
        watch: &mut |progress| bar.borrow_mut().draw(progress),
        tell: &mut |line| {
            bar.borrow_mut().erase();
            complain(&format!("{}\n", visible(line)));
        },
        pause: &std::thread::sleep,
        now: &|| start.elapsed(),
    };
    let answered = run(&mut live, &mut show_now);
    bar.borrow_mut().erase();
    let _ = std::io::stderr().flush();
    match answered {
        Ok(mut answer) => {
            answer.output.insert_str(0, &shown);
            Ok(answer)
        }
        Err(why) => {
            if !shown.is_empty() {
                deliver(output, &Answer { output: shown, ..Answer::default() })?;
            }
            Err(why.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fits_its_terminal() {
        let progress = Progress { what: "describing", done: 150, of: 300, slowed: None };
        let bar = "describing [###############---------------] 150/300";
        assert_eq!(line(progress, 80), bar);
        assert_eq!(line(progress, 40), "describing [#########---------] 150/300");
        assert_eq!(line(progress, 20), "describing 150/300");
        assert_eq!(line(progress, 8), "describ");
        assert_eq!(line(progress, 0), "");
        let slowed = Progress { slowed: Some(2), ..progress };
        assert_eq!(line(slowed, 80), format!("{bar}, throttled: 2 at a time"));
        for columns in 1..90 {
            assert!(line(slowed, columns).len() < columns);
        }
    }
}
