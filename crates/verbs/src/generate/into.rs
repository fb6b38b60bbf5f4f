//! `generate --into`: a request changes files that are there. Nothing is written that was not read again: the new texts must
//! read as the old with just the edits made, and must bring no error that was not there.

use meshwright_dialect::{Reading, edit};
use meshwright_language::compose::compose_into;
use meshwright_language::{Composition, Insertion, Understanding, clear_part};
use meshwright_model::Inventory;
use meshwright_model::edit::Edit;
use meshwright_model::finding::Finding;

use super::{GenerateFormat, GenerateOptions, Made, Outcome, Outset, show, understood};
use crate::config::Config;
use crate::editing::{self, ChangedFile, ReadAgain, Texts, in_words, new_error, new_warnings};
use crate::refused::Refused;
use crate::{Answer, validate};

/// The most edits that are made one by one, to tell which of them change something.
const MAX_STEPS: usize = 64;

/// The files to change, as they were read.
pub struct Target<'t> {
    /// What was read; of the chosen mesh alone, where one is.
    pub reading: &'t Reading,
    /// The files that may change, by name.
    pub names: &'t [String],
    /// The project's settings: what they allow is no error.
    pub config: &'t Config,
    /// Reads all of it again.
    pub read_again: ReadAgain<'t>,
}

/// What a request makes of files.
pub struct Inserted {
    /// What is said of it.
    pub answer: Answer,
    /// The files to write: none where they are only to be shown, or there is no answer.
    pub files: Vec<ChangedFile>,
}

/// Answers a request, or an intent that is given with its file's name and content, with changes of files.
///
/// # Errors
/// Says why the intent cannot be read, or the request is too long.
pub fn insert(
    options: &GenerateOptions,
    intent: Option<(&str, &str)>,
    target: &Target<'_>,
    is_coloured: bool,
) -> Result<Inserted, Refused> {
    let understanding = understood(options, intent, Some(&target.reading.inventory))?;
    Ok(insert_understood(options, understanding, target, is_coloured))
}

/// Answers what was understood of a request, whoever read it, with changes of files.
pub fn insert_understood(
    options: &GenerateOptions,
    understanding: Understanding,
    target: &Target<'_>,
    is_coloured: bool,
) -> Inserted {
    let (mut outcome, outset) = outcome(understanding, options, target);
    let is_done = !outcome.is_open() && outset.why_not.is_none();
    let is_shown_only = options.diff || options.explain;
    let is_given = outset.why_not.is_none() && (is_done || outset.is_part);
    let made = |file: &ChangedFile| Made { path: file.name.clone(), content: file.after.clone() };
    if is_given {
        outcome.files = outset.changed().map(made).collect();
    }
    let standard = || outset.files.iter().find(|file| file.name == "-").map(|file| file.after.clone());
    let output = match options.format {
        GenerateFormat::Json => show::insertion_json(&outcome, &outset, options.diff),
        GenerateFormat::Text if options.explain => show::insertion_explained(&outcome, &outset),
        GenerateFormat::Text if options.diff => editing::diff(&outset.files),
        GenerateFormat::Text if is_given => standard().unwrap_or_default(),
        GenerateFormat::Text => String::new(),
    };
    let notes = match options.format {
        GenerateFormat::Text if !options.explain => {
            show::insertion_notes(&outcome, &outset, is_shown_only, is_coloured)
        }
        _ => String::new(),
    };
    let files = if is_given && !is_shown_only { outset.files } else { Vec::new() };
    Inserted { answer: Answer { output, notes, has_findings: !is_done }, files }
}

/// Composes edits, makes them and checks what comes of them.
fn outcome(understanding: Understanding, options: &GenerateOptions, target: &Target<'_>) -> (Outcome, Outset) {
    let Insertion { edits, assumptions, questions } = compose_into(&understanding.intent, &target.reading.inventory);
    let composition = Composition { assumptions, questions, ..Composition::default() };
    let request = options.request.clone().unwrap_or_default();
    let mut outcome = Outcome { request, understanding, composition, ..Outcome::default() };
    let mut outset = Outset { edits, ..Outset::default() };
    if outcome.is_open() {
        keep_what_is_clear(&mut outcome, &mut outset, options, &target.reading.inventory);
    }
    outset.is_part = outcome.is_open() && options.partial && !outset.edits.is_empty();
    if outcome.is_open() && !outset.is_part {
        return (outcome, outset);
    }
    match carry_out(&outset.edits, options, target) {
        Ok(Done { files, reading, warnings }) => {
            outset.files = files;
            outset.edits = effective(std::mem::take(&mut outset.edits), target.reading);
            outcome.reading = reading.map(|reading| *reading).unwrap_or_default();
            outcome.findings = warnings;
        }
        Err(Stop::Edit(why)) => outset.why_not = Some(why),
        Err(Stop::Error(why, reading, finding)) => {
            outset.why_not = Some(why);
            outcome.reading = *reading;
            outcome.findings.push(*finding);
        }
    }
    (outcome, outset)
}

/// Of an open answer, keeps the edits that do not depend on what must be settled; an intent that was given, or that a language
/// model made, says itself what it wants.
fn keep_what_is_clear(outcome: &mut Outcome, outset: &mut Outset, options: &GenerateOptions, there: &Inventory) {
    let Some(request) = options.request.as_ref().filter(|_| options.reader.llm.is_none()) else { return };
    let part = clear_part(request, &outcome.understanding.not_understood, there);
    let Insertion { edits, assumptions, .. } = part.map(|part| compose_into(&part.intent, there)).unwrap_or_default();
    outset.edits = edits;
    if options.partial && !outset.edits.is_empty() {
        outcome.composition.assumptions = assumptions;
    }
}

/// What edits come to.
#[derive(Default)]
struct Done {
    files: Vec<ChangedFile>,
    /// What is read of the new texts, where there are any.
    reading: Option<Box<Reading>>,
    /// The warnings that were not there.
    warnings: Vec<Finding>,
}

/// Why edits are not made.
enum Stop {
    /// They cannot be made.
    Edit(String),
    /// They would bring an error, in what would be read then.
    Error(String, Box<Reading>, Box<Finding>),
}

fn carry_out(edits: &[Edit], options: &GenerateOptions, target: &Target<'_>) -> Result<Done, Stop> {
    let Target { reading, names, config, read_again } = target;
    let originals = editing::originals(reading, names);
    let mut texts = Texts::new();
    if let Err(error) = edit(reading, edits) {
        // Edits of one resource are carried out together: the first that cannot be is the one at fault.
        let first = |count: usize| edit(reading, &edits[..count]).err();
        let error = (1..=edits.len().min(MAX_STEPS)).find_map(first).unwrap_or(error);
        let what = edits.get(error.edit).map_or_else(String::new, |edit| format!("{}: ", in_words(edit)));
        return Err(Stop::Edit(format!("{what}{error}")));
    }
    let edited = editing::new_texts(reading, edits, names).map_err(Stop::Edit)?;
    if edited.is_empty() {
        return Ok(Done { files: editing::changed(&originals, &texts), ..Done::default() });
    }
    let after = editing::reread(reading, edits, edited, &mut texts, *read_again).map_err(Stop::Edit)?;
    let is_all = options.mesh.is_none();
    let before = validate::standing(reading, config, is_all);
    let errors = editing::errors(validate::counted(&before));
    let judged = validate::standing(&after, config, is_all);
    if let Some(finding) = new_error(&errors, validate::counted(&judged)).cloned() {
        let why = format!("it would bring an error: {}", finding.message);
        return Err(Stop::Error(why, Box::new(after), Box::new(finding)));
    }
    let warnings = new_warnings(validate::counted(&before), validate::counted(&judged));
    let warnings = warnings.into_iter().cloned().collect();
    Ok(Done { files: editing::changed(&originals, &texts), reading: Some(Box::new(after)), warnings })
}

/// The edits that change something: those after which the texts differ from what they were before.
fn effective(edits: Vec<Edit>, reading: &Reading) -> Vec<Edit> {
    if edits.len() > MAX_STEPS {
        return edits;
    }
    let texts = |count: usize| edit(reading, &edits[..count]).unwrap_or_default();
    let mut before = Vec::new();
    let mut kept = Vec::new();
    for count in 1..=edits.len() {
        let after = texts(count);
        if after != before {
            kept.push(edits[count - 1].clone());
        }
        before = after;
    }
    kept
}
