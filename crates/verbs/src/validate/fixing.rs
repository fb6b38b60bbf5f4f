//! Applies the fixes of findings to texts, in rounds, until none is left that can be made.
//!
//! Only findings that count are fixed: neither what somebody allows, nor what the baseline has. A fix is kept where the new
//! text reads as the old with just its edits made, and no error comes that was not there; otherwise it is not made, and
//! the reason is said. Fixes of places that touch each other wait for the next round.

use std::collections::BTreeSet;

use meshwright_dialect::{Edited, Reading};
use meshwright_model::Path;
use meshwright_model::edit::{Change, Edit};
use meshwright_model::finding::Finding;
use meshwright_model::path::Step;
use meshwright_model::resource::Origin;

use super::attempt::{Attempt, report};
use super::known::Key;
use super::{Surroundings, ValidateOptions, counted, judged};
use crate::editing::{self, ChangedFile, Errors, ReadAgain, Texts, new_error};
use crate::refused::Refused;

/// The most rounds of fixes that are made; each leaves fewer findings, as a rule.
const MAX_ROUNDS: usize = 50;

/// What comes of fixes.
pub struct Fixed {
    /// The files with all fixes made, read again.
    pub reading: Reading,
    /// The files that changed, by name.
    pub files: Vec<ChangedFile>,
    /// The fixes that were tried, in the order of trying.
    pub attempts: Vec<Attempt>,
    /// Whether standard input was among the files.
    reads_input: bool,
}

/// Makes the fixes of a reading's findings. `names` are the files that may change; `read_again` reads everything as before,
/// with new texts for some files.
///
/// # Errors
/// Says why the baseline cannot be taken.
pub fn fix(
    reading: Reading,
    names: &[String],
    options: &ValidateOptions,
    surroundings: &Surroundings,
    read_again: ReadAgain<'_>,
) -> Result<Fixed, Refused> {
    let reads_input = names.iter().any(|name| name == "-");
    let originals = editing::originals(&reading, names);
    let mut workshop = Workshop {
        names,
        options,
        surroundings,
        read_again,
        reading,
        texts: Texts::new(),
        attempts: Vec::new(),
        refused: BTreeSet::new(),
    };
    for _ in 0..MAX_ROUNDS {
        if !workshop.round()? {
            break;
        }
    }
    let Workshop { reading, texts, attempts, .. } = workshop;
    let files = editing::changed(&originals, &texts);
    Ok(Fixed { reading, files, attempts, reads_input })
}

struct Workshop<'w> {
    names: &'w [String],
    options: &'w ValidateOptions,
    surroundings: &'w Surroundings,
    read_again: ReadAgain<'w>,
    reading: Reading,
    texts: Texts,
    attempts: Vec<Attempt>,
    refused: BTreeSet<(Key, String)>,
}

/// What a fix changes: a resource or task, and the path in it.
type Claim = (Option<Origin>, Path);

impl Workshop<'_> {
    /// Makes the fixes that do not touch each other; whether any was made.
    fn round(&mut self) -> Result<bool, Refused> {
        let (before, _) = judged(&self.reading, self.options, self.surroundings)?;
        let candidates: Vec<&Finding> = before
            .iter()
            .filter(|judged| judged.is_open() && !self.refused.contains(&name_of(&judged.finding)))
            .map(|judged| &judged.finding)
            .filter(|finding| finding.fix.is_some())
            .collect();
        let (mut batch, mut claims): (Vec<&Finding>, Vec<Claim>) = Default::default();
        for finding in candidates {
            let edits = edits_of(finding);
            if let Err(why) = self.try_edits(edits) {
                self.refuse(finding, why);
                continue;
            }
            let own: Vec<Claim> = edits.iter().map(claim).collect();
            if !own.iter().any(|claim| claims.iter().any(|taken| touch(claim, taken))) {
                claims.extend(own);
                batch.push(finding);
            }
        }
        if batch.is_empty() {
            return Ok(false);
        }
        let errors = editing::errors(counted(&before));
        if self.make(&batch, &errors)?.is_none() {
            return Ok(true);
        }
        for finding in batch {
            match self.make(&[finding], &errors)? {
                None => return Ok(true),
                Some(why) => self.refuse(finding, why),
            }
        }
        Ok(true)
    }

    /// The new texts that edits come to.
    fn try_edits(&self, edits: &[Edit]) -> Result<Vec<Edited>, String> {
        let edited = editing::new_texts(&self.reading, edits, self.names)?;
        if edited.is_empty() { Err("it changes nothing".to_owned()) } else { Ok(edited) }
    }

    /// Makes fixes together; answers with what stands in their way, and nothing has changed then.
    fn make(&mut self, batch: &[&Finding], errors: &Errors) -> Result<Option<String>, Refused> {
        let edits: Vec<Edit> = batch.iter().flat_map(|finding| edits_of(finding)).cloned().collect();
        let edited = match self.try_edits(&edits) {
            Ok(edited) => edited,
            Err(why) => return Ok(Some(why)),
        };
        let mut texts = self.texts.clone();
        let after = match editing::reread(&self.reading, &edits, edited, &mut texts, self.read_again) {
            Ok(after) => after,
            Err(why) => return Ok(Some(why)),
        };
        let (judged, _) = judged(&after, self.options, self.surroundings)?;
        if let Some(new) = new_error(errors, counted(&judged)) {
            return Ok(Some(format!("it would bring an error: {}", new.message)));
        }
        self.attempts.extend(batch.iter().map(|finding| Attempt::of(finding, None)));
        (self.texts, self.reading) = (texts, after);
        Ok(None)
    }

    fn refuse(&mut self, finding: &Finding, why: String) {
        self.refused.insert(name_of(finding));
        self.attempts.push(Attempt::of(finding, Some(why)));
    }
}

/// What a fix is known by from round to round.
fn name_of(finding: &Finding) -> (Key, String) {
    (Key::of(finding), finding.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default())
}

fn edits_of(finding: &Finding) -> &[Edit] {
    finding.fix.as_ref().map_or(&[], |fix| &fix.edits)
}

/// What an edit changes: where it moves the other elements of a list, all of that list.
fn claim(edit: &Edit) -> Claim {
    let mut path = edit.path.clone();
    if edit.change == Change::Remove && matches!(path.steps().last(), Some(Step::Index(_))) {
        path.pop();
    }
    if matches!(edit.change, Change::Create(_) | Change::Declare(_)) { (None, path) } else { (edit.origin, path) }
}

fn touch((origin, path): &Claim, (other, other_path): &Claim) -> bool {
    origin == other && (path.contains(other_path) || other_path.contains(path))
}

impl Fixed {
    /// What was fixed, and what was not and why; a line each.
    pub(super) fn report(&self) -> String {
        report(&self.attempts)
    }

    /// What was changed, as a unified diff that `patch` takes.
    pub(super) fn diff(&self) -> String {
        editing::diff(&self.files)
    }

    /// The text of standard input with all fixes made, where that was read.
    pub(super) fn standard_output(&self) -> Option<&str> {
        self.files.iter().find(|file| self.reads_input && file.name == "-").map(|file| file.after.as_str())
    }
}
