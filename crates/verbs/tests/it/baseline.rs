//! Findings against those of a former run.

use meshwright_verbs::config::Config;
use meshwright_verbs::validate::{Surroundings, ValidateFormat, run};
use serde_json::{Value, json};

use crate::{findings, json as answer, options, reading, template, validate};

fn baseline(text: &str) -> String {
    validate(&[("a.yaml", text)], ValidateFormat::Json, "", "").output
}

/// How findings stand: introduced, unchanged, fixed.
fn counts(answer: &Value) -> (u64, u64, u64) {
    let count = |name: &str| answer["summary"][name].as_u64().unwrap();
    (count("introduced"), count("unchanged"), count("fixed"))
}

/// How many findings a baseline has.
fn found(baseline: &str) -> u64 {
    serde_json::from_str::<Value>(baseline).unwrap()["findings"].as_array().unwrap().len() as u64
}

/// How many dangling nodes are gone.
fn findings_fixed(answer: &Value) -> usize {
    let fixed = answer["fixed"].as_array().unwrap();
    fixed.iter().filter(|finding| finding["rule"] == "dangling-virtual-node").count()
}

#[test]
fn lines_move_and_findings_stay_the_same() {
    let old = baseline(&template("", ""));
    let moved = format!("# a comment\n\n{}", template("", ""));
    let now = answer(&[("./a.yaml", &moved)], "", &old);
    assert_eq!(counts(&now), (0, found(&old), 0));
    assert_eq!(findings(&now)[0]["state"], "unchanged");
    assert!(!validate(&[("a.yaml", &moved)], ValidateFormat::Text, "", &old).has_findings);
}

#[test]
fn what_came_fails_the_run_and_what_went_is_named() {
    let old = baseline(&template("", ""));
    let renamed = template("", "").replace("orders-v3", "orders-v4");
    let now = answer(&[("a.yaml", &renamed)], "", &old);
    assert_eq!(counts(&now), (1, found(&old) - 1, 1));
    assert_eq!((&findings(&now)[0]["state"], &now["fixed"][0]["line"]), (&json!("introduced"), &json!(10)));
    let text = validate(&[("a.yaml", &renamed)], ValidateFormat::Text, "", &old);
    assert!(text.has_findings);
    let fixed = "fixed: error[dangling-virtual-node]: virtual node `orders-v3` is not in the mesh (a.yaml)\n";
    assert!(text.output.contains(fixed), "{}", text.output);
    let unchanged = found(&old) - 1;
    let summary =
        format!("1 error introduced in 1 file, 3 resources; {unchanged} unchanged, 1 fixed since the baseline\n");
    assert!(text.output.ends_with(&summary), "{}", text.output);
}

#[test]
fn of_several_alike_as_many_as_the_baseline_has_are_unchanged() {
    let twice = |count: usize| {
        template("", "").replace(
            "      MeshName: shop\n      VirtualRouterName: orders\n      RouteName",
            &format!(
                "{}      MeshName: shop\n      VirtualRouterName: orders\n      RouteName",
                "      Nmae: x\n".repeat(count)
            ),
        )
    };
    let (one, three) = (twice(2), twice(4));
    let now = answer(&[("a.yaml", &three)], "", &baseline(&one));
    let (introduced, unchanged, fixed) = counts(&now);
    let before = answer(&[("a.yaml", &one)], "", "")["findings"].as_array().unwrap().len() as u64;
    assert_eq!((unchanged, fixed), (before, 0));
    assert!(introduced > 0, "{now:#}");
}

#[test]
fn what_is_allowed_by_now_is_neither_new_nor_fixed() {
    let old = baseline(&template("", ""));
    let allowed = template("", " # meshwright: allow dangling-virtual-node -- soon");
    assert_eq!(counts(&answer(&[("a.yaml", &allowed)], "", &old)), (0, found(&old) - 1, 0));
}

#[test]
fn findings_of_files_that_are_not_read_are_not_fixed() {
    let old = baseline(&template("", ""));
    let mesh = "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: shop}\n";
    let fixed = |name: &str| findings_fixed(&answer(&[(name, mesh)], "", &old));
    assert_eq!((fixed("b.yaml"), fixed("a.yaml")), (0, 1));
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    for (text, says) in [
        ("", "it is not JSON"),
        ("{}", "it has no `findings`"),
        ("{\"findings\": [{\"rule\": \"x\"}]}", "no `message`"),
        ("[]", "it has no `findings`"),
    ] {
        let baseline = Some(("b.json".to_owned(), text.to_owned()));
        let surroundings = Surroundings { config: Config::default(), baseline, is_coloured: false };
        let refused = run(&reading(&[]), &options(ValidateFormat::Text), &surroundings).unwrap_err().to_string();
        assert!(refused.starts_with("--baseline b.json: ") && refused.contains(says), "{refused:?}");
    }
}
