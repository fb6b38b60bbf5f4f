//! How rules about names that stand for nothing say so, alike for every kind of name.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::value::ScalarType;
use meshwright_model::{Kind, Path, Resource, Scalar};

use super::{Facts, Lookup};
use crate::report::{Report, edit};

/// Reports a name that the files do not hold: as the rule's severity says where they define the mesh, milder by one where the
/// mesh, and with it the resource, may stand elsewhere.
///
/// An ARN in the place of a name is another fault, and `path` is only asked where there is something to report.
pub(crate) fn report<'a, N: ScalarType>(
    facts: &Facts<'a>,
    report: &mut Report,
    from: &'a Resource,
    (kind, name): (Kind, &'a Scalar<N>),
    path: impl FnOnce() -> Path,
) {
    if report.is_full() {
        return;
    }
    let (is_elsewhere, near, slip) = match facts.look_up(from, kind, name) {
        Lookup::Fine => return,
        Lookup::Missing { near, slip } => (false, near, slip),
        Lookup::Elsewhere { near } => (true, near, None),
    };
    let key = Key::of(name);
    if matches!(key, Key::Known(text) if text.starts_with("arn:")) {
        return;
    }
    let where_not = if is_elsewhere { "these files" } else { "the mesh" };
    let path = path();
    let found = report.add(from, path.clone(), format!("{kind} `{}` is not in {where_not}", key.shown()));
    if is_elsewhere {
        let milder = if found.severity == Severity::Error { Severity::Warning } else { Severity::Info };
        found.severity(milder);
    }
    if let Some(slip) = slip {
        let change = Change::Set(slip.as_str().into());
        found.fix(format!("write `{slip}`"), vec![edit(from, path, change)]);
    }
    match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("define the {kind}, or validate its file together with this one")),
    };
}
