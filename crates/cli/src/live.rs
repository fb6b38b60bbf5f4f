//! The live side on the command line: the client, progress on a terminal, and what is shown before something is done.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::Result;
use meshwright_aws::{Client, Limits, Options};
use meshwright_model::visible::visible;
use meshwright_verbs::Answer;
use meshwright_verbs::live::{Live, LiveError, LiveOptions, Progress};

use crate::{complain, deliver};

/// How many characters wide a full bar is.
const BAR: usize = 30;

/// How often the bar is drawn at most.
const REDRAW: Duration = Duration::from_millis(50);

/// Carriage return, and erasing what stands to the right.
const ERASE: &str = "\r\u{1b}[K";

/// A bar on the terminal's standard error, which goes away when it is not needed any more; nothing elsewhere.
struct Bar {
    is_terminal: bool,
    drawn: Option<Instant>,
}

impl Bar {
    fn draw(&mut self, progress: Progress<'_>) {
        let Progress { what, done, of } = progress;
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW);
        if !self.is_terminal || !is_due || of == 0 {
            return;
        }
        self.drawn = Some(Instant::now());
        let full = BAR * done / of;
        complain(&format!("{ERASE}{what} [{}{}] {done}/{of}", "#".repeat(full), "-".repeat(BAR - full)));
    }

    fn erase(&mut self) {
        if self.drawn.take().is_some() {
            complain(ERASE);
        }
    }
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
    let bar = std::cell::RefCell::new(Bar { is_terminal: std::io::stderr().is_terminal(), drawn: None });
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
    let mut live = Live {
        api: &client,
        watch: &mut |progress| bar.borrow_mut().draw(progress),
        tell: &mut |line| {
            bar.borrow_mut().erase();
            complain(&format!("{}\n", visible(line)));
        },
        pause: &std::thread::sleep,
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
