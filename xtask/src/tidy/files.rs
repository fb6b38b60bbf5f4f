//! What each file keeps: a name that says something, an opening word, a length that can be read, nothing left for later.

use super::source::Source;
use super::workspace::Workspace;

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];

/// The most lines of a file without its tests. The aim is 400.
const MAX_LINES: usize = 450;

/// Files that are longer, and why they stay whole.
const LONG: &[(&str, &str)] =
    &[("crates/lint/src/rules.rs", "it is a plain list with two lines for each rule, and grows with them")];

/// Words of what is left for later, in comments.
const LATER: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Macros of what is left for later.
const LATER_MACROS: &[&str] = &["todo", "unimplemented"];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    check_with(workspace, LONG)
}

fn check_with(workspace: &Workspace, long: &[(&str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in workspace.all_sources() {
        complaints.extend(name(source));
        if !source.text.starts_with("//!") {
            complaints.push(format!("{}: it does not open with `//!`, saying what it is for", source.path));
        }
        complaints.extend(leftovers(source));
    }
    for source in workspace.packages.iter().flat_map(|package| &package.sources) {
        complaints.extend(length(source, long));
    }
    let is_there = |path: &str| workspace.all_sources().any(|source| source.path == path);
    let gone = long.iter().filter(|(path, _)| !is_there(path));
    complaints.extend(gone.map(|(path, _)| format!("{path}: it may be long, but it is not there")));
    complaints
}

fn name(source: &Source) -> Option<String> {
    let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
    let empty = parts.into_iter().find(|part| EMPTY_NAMES.contains(part))?;
    Some(format!("{}: `{empty}` says nothing; a helper lives with its one owner, or moves down a layer", source.path))
}

fn length(source: &Source, long: &[(&str, &str)]) -> Option<String> {
    let lines = source.text.lines().count() - source.lines_of_tests;
    let may_be_long = long.iter().any(|(path, _)| *path == source.path);
    match (lines > MAX_LINES, may_be_long) {
        (true, false) => Some(format!("{}: {lines} lines without tests, more than {MAX_LINES}", source.path)),
        (false, true) => Some(format!("{}: it may be long and is not; take it off the list", source.path)),
        _ => None,
    }
}

/// What is left for later, and tests that do not run.
fn leftovers(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in source.without_strings().lines().enumerate() {
        let words = line.split(|char: char| !char.is_alphanumeric() && char != '_');
        for word in words.filter(|word| LATER.contains(word)) {
            complaints.push(format!("{}:{}: `{word}`: nothing is left for later", source.path, number + 1));
        }
    }
    for pair in source.tokens.windows(2) {
        let [first, second] = pair else { continue };
        if LATER_MACROS.contains(&first.text.as_str()) && second.text == "!" {
            complaints.push(format!("{}:{}: `{}!`: nothing is left for later", source.path, first.line, first.text));
        }
        if first.text == "[" && second.text == "ignore" {
            complaints.push(format!("{}:{}: `#[ignore]`: every test runs", source.path, first.line));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::fake;
    use super::*;

    fn check_file(path: &str, text: &str, expected: &[&str]) {
        let (_folder, workspace) = fake(&[(path, text)]);
        let complaints = check(&workspace);
        let of_file: Vec<&str> = complaints.iter().filter_map(|complaint| complaint.strip_prefix(path)).collect();
        assert_eq!(of_file, expected, "{path}");
    }

    #[test]
    fn a_name_says_something() {
        check_file("crates/cli/src/lines.rs", "//! Lines.\n", &[]);
        let why = "says nothing; a helper lives with its one owner, or moves down a layer";
        check_file("crates/cli/src/utils.rs", "//! Lines.\n", &[&format!(": `utils` {why}")]);
        check_file("crates/cli/src/common/lines.rs", "//! Lines.\n", &[&format!(": `common` {why}")]);
        check_file("crates/cli/tests/it/helpers.rs", "//! Lines.\n", &[&format!(": `helpers` {why}")]);
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        let complaint = ": it does not open with `//!`, saying what it is for";
        check_file("crates/cli/src/lines.rs", "use std::fmt;\n", &[complaint]);
        check_file("crates/cli/src/lines.rs", "", &[complaint]);
    }

    #[test]
    fn a_file_can_be_read_at_once() {
        let lines = |count: usize| format!("//! Lines.\n{}", "const X: u8 = 1;\n".repeat(count - 1));
        check_file("crates/cli/src/lines.rs", &lines(450), &[]);
        check_file("crates/cli/src/lines.rs", &lines(451), &[": 451 lines without tests, more than 450"]);
        let tests = "\n#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n";
        check_file("crates/cli/src/lines.rs", &(lines(449) + tests), &[]);
        check_file("crates/cli/tests/it/main.rs", &lines(900), &[]);
    }

    #[test]
    fn the_list_of_long_files_does_not_outlive_them() {
        let path = "crates/cli/src/table.rs";
        let check_table = |text: &str, long: &[(&str, &str)], expected: &[&str]| {
            let (_folder, workspace) = fake(&[(path, text)]);
            assert_eq!(check_with(&workspace, long), expected);
        };
        let table = format!("//! A table.\n{}", "const X: u8 = 1;\n".repeat(500));
        let why = "one table";
        check_table(&table, &[(path, why)], &[]);
        check_table(&table, &[], &["crates/cli/src/table.rs: 501 lines without tests, more than 450"]);
        let is_short = "crates/cli/src/table.rs: it may be long and is not; take it off the list";
        check_table("//! A table.\n", &[(path, why)], &[is_short]);
        let is_gone = "crates/cli/src/gone.rs: it may be long, but it is not there";
        check_table("//! A table.\n", &[("crates/cli/src/gone.rs", why)], &[is_gone]);
    }

    #[test]
    fn nothing_is_left_for_later() {
        let todo = LATER[0];
        check_file(
            "crates/cli/src/x.rs",
            &format!("//! X.\n// {todo}: more\n"),
            &[&format!(":2: `{todo}`: nothing is left for later")],
        );
        check_file("crates/cli/src/x.rs", &format!("//! X.\nconst A: &str = \"{todo}\";\n"), &[]);
        let macros = "//! X.\nfn f() {\n    todo!()\n}\nfn g() {\n    unimplemented!()\n}\n";
        check_file(
            "crates/cli/src/x.rs",
            macros,
            &[":3: `todo!`: nothing is left for later", ":6: `unimplemented!`: nothing is left for later"],
        );
        check_file(
            "crates/cli/tests/it/main.rs",
            "//! X.\n#[test]\n#[ignore]\nfn f() {}\n",
            &[":3: `#[ignore]`: every test runs"],
        );
        check_file(
            "crates/cli/src/x.rs",
            "//! X.\n#[cfg(test)]\nmod tests {\n    #[ignore = \"slow\"]\n    fn f() {}\n}\n",
            &[":4: `#[ignore]`: every test runs"],
        );
    }
}
