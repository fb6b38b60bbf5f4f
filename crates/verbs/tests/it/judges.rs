//! Formats before judges that we did not write: the published schema of SARIF and types generated from it, the schema of
//! JUnit reports that Jenkins has, and junitparser.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use meshwright_lint::RULES;
use meshwright_verbs::validate::ValidateFormat;
use serde_json::{Value, json};

use crate::{template, validate};

/// Asks a judge; `None`, with a word about it, where judges are not installed.
pub(crate) fn ask(script: &str, questions: &[Value]) -> Option<Vec<Value>> {
    let Some(python) = std::env::var_os("MESHWRIGHT_JUDGES_PYTHON").map(PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!("skipped: no judge is installed; cargo xtask test installs them and sets MESHWRIGHT_JUDGES_PYTHON");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges").join(script);
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(questions).unwrap()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the judge failed");
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdicts.len(), questions.len());
    Some(verdicts)
}

/// Answers of every kind in a format: each rule's bad example, faults of files, what is allowed, a baseline.
fn answers(format: ValidateFormat) -> Vec<String> {
    let mut answers: Vec<String> =
        RULES.iter().map(|rule| validate(&[("dir/bad example.yaml", rule.bad)], format, "", "").output).collect();
    let text = template("", " # meshwright: allow dangling-virtual-node -- <soon> & \"safe\"");
    let settings = "[rules]\nno-such-rule = \"off\"\n[[allow]]\nrule = \"unknown-field\"\nreason = \"é\"\n";
    let broken = "Resources:\n  N: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: m, Nmae: \"<&>\\e[1m\"}}\n";
    let files = [("a.yaml", text.as_str()), ("/b.yaml", broken), ("./ü.json", "{"), ("-", "\0")];
    answers.push(validate(&files, format, settings, "").output);
    let baseline = validate(&[("a.yaml", &template("", ""))], ValidateFormat::Json, "", "").output;
    answers.push(validate(&[("a.yaml", &template("", "")), ("b.yaml", broken)], format, settings, &baseline).output);
    answers.push(validate(&[("a.yaml", &text)], format, "", "").output);
    answers
}

/// The schema of SARIF, in the sources of the crate that ships it.
fn sarif_schema() -> PathBuf {
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    // Packages of other platforms are not downloaded, and need not be.
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host.trim()];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap()["manifest_path"].as_str();
    Path::new(manifest.unwrap()).with_file_name("src").join("schema.json")
}

#[test]
fn sarif_logs_are_what_the_published_schema_says() {
    let schema = sarif_schema();
    let logs: Vec<Value> =
        answers(ValidateFormat::Sarif).iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for log in &logs {
        let typed: serde_sarif::sarif::Sarif = serde_json::from_value(log.clone()).unwrap();
        let run = &typed.runs[0];
        let rules = run.tool.driver.rules.as_ref().unwrap();
        for result in run.results.as_ref().unwrap() {
            let index = usize::try_from(result.rule_index.unwrap()).unwrap();
            assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        }
    }
    let questions: Vec<Value> = logs.iter().map(|log| json!({"schema": schema, "log": log})).collect();
    let Some(verdicts) = ask("sarif_judge.py", &questions) else { return };
    for (verdict, log) in verdicts.iter().zip(&logs) {
        assert!(verdict.is_null(), "{}\n{log:#}", verdict.as_str().unwrap());
    }
    // The judge is awake.
    let bad = json!({"schema": schema, "log": {"version": "2.1.0", "runs": [{"tool": {}}]}});
    assert!(ask("sarif_judge.py", &[bad]).unwrap()[0].is_string());
}

#[test]
fn junit_reports_are_what_the_schema_says_and_count_right() {
    let reports = answers(ValidateFormat::Junit);
    let questions: Vec<Value> = reports.iter().map(|report| json!({"report": report})).collect();
    let Some(verdicts) = ask("junit_judge.py", &questions) else { return };
    for (verdict, report) in verdicts.iter().zip(&reports) {
        assert_eq!(verdict["faults"], "", "{report}");
        let document = roxmltree::Document::parse(report).unwrap();
        let stated = |name: &str| {
            let suites = document.root_element().children().filter(|node| node.has_tag_name("testsuite"));
            suites.map(|suite| suite.attribute(name).unwrap().parse::<u64>().unwrap()).sum::<u64>()
        };
        for name in ["tests", "failures", "skipped"] {
            assert_eq!(verdict[name].as_u64(), Some(stated(name)), "{name}: {report}");
        }
    }
    let bad = json!({"report": "<testsuites><testsuite/></testsuites>"});
    assert!(!ask("junit_judge.py", &[bad]).unwrap()[0]["faults"].as_str().unwrap().is_empty());
}

#[test]
fn sarif_says_what_is_allowed_and_what_was_there_before() {
    let logs = answers(ValidateFormat::Sarif);
    let results = |text: &str| {
        let log: Value = serde_json::from_str(text).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    };
    let allowed = results(&logs[logs.len() - 1]);
    let justification = "<soon> & \"safe\"";
    let dangling = allowed.iter().find(|result| result["ruleId"] == "dangling-virtual-node").unwrap();
    assert_eq!(
        dangling["suppressions"],
        json!([{"kind": "inSource", "status": "accepted", "justification": justification}])
    );
    let compared = results(&logs[logs.len() - 2]);
    let state = |rule: &str| {
        compared.iter().find(|result| result["ruleId"] == rule).map(|result| result["baselineState"].clone())
    };
    assert_eq!(state("dangling-virtual-node"), Some(json!("unchanged")));
    assert_eq!(state("unknown-rule"), Some(json!("new")));
    let external = compared.iter().find(|result| result["ruleId"] == "unknown-field").unwrap();
    assert_eq!(external["suppressions"][0]["kind"], "external");
}

/// Makes the changes that a log's first fix says, as a reader of SARIF would.
fn apply_first_fix(log: &Value, text: &str) -> String {
    let fix = log["runs"][0]["results"].as_array().unwrap().iter().find_map(|result| result["fixes"].get(0)).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let byte = |line: &Value, column: &Value| {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
        let (line, column) = (number(line), number(column));
        let before: usize = lines[..line].iter().map(|line| line.len()).sum();
        let rest = lines.get(line).copied().unwrap_or_default();
        before + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
    };
    let mut new = text.to_owned();
    for replacement in fix["artifactChanges"][0]["replacements"].as_array().unwrap().iter().rev() {
        let region = &replacement["deletedRegion"];
        let range = byte(&region["startLine"], &region["startColumn"])..byte(&region["endLine"], &region["endColumn"]);
        new.replace_range(range, replacement["insertedContent"]["text"].as_str().unwrap_or_default());
    }
    new
}

#[test]
fn sarif_says_fixes_as_text_that_goes_and_comes() {
    let mut fixed = 0;
    for rule in RULES {
        let text = format!("# ü: {}\n{}", rule.name, rule.bad);
        let answer = validate(&[("a.yaml", text.as_str())], ValidateFormat::Sarif, "", "");
        let log: Value = serde_json::from_str(&answer.output).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        let Some(result) = results.iter().find(|result| result["fixes"][0].is_object()) else { continue };
        let new = apply_first_fix(&log, &text);
        assert_ne!(new, text);
        let after = validate(&[("a.yaml", new.as_str())], ValidateFormat::Sarif, "", "");
        let after: Value = serde_json::from_str(&after.output).unwrap();
        let known = |log: &Value| {
            let results = log["runs"][0]["results"].as_array().unwrap().clone();
            results.iter().filter(|other| other["ruleId"] == result["ruleId"]).count()
        };
        assert!(known(&after) < known(&log), "{}: {new}", rule.name);
        fixed += 1;
    }
    assert!(fixed > 10, "{fixed}");
}
