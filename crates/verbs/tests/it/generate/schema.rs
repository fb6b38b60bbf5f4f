//! Intents by the schema that is published, and how an intent is refused.

use meshwright_verbs::generate::{GenerateOptions, MAX_INTENT, run, schema_page};

use super::options;

#[test]
fn the_schema_is_an_answer_of_its_own() {
    let options = GenerateOptions { intent: None, intent_schema: true, ..options() };
    let answer = run(&options, None, false).unwrap();
    assert_eq!(answer.output, schema_page());
    assert!(!answer.has_findings);
}

#[test]
fn an_intent_that_is_none_is_refused_with_its_place() {
    let refused = |text: &str| run(&options(), Some(("i.json", text)), false).unwrap_err().to_string();
    let long = "#".repeat(MAX_INTENT + 1);
    let texts = [
        "{\"virtualNode\": []}",
        "{",
        "{\"routes\": [{\"timeout\": {\"idle\": \"5\"}}]}",
        "{\"mesh\": {\"name\": \"a\"}, \"mesh\": {}}",
        "",
        "[]",
        "virtualNodes:\n- name: orders\n  listeners:\n  - prot: 8080\n",
        "virtualNodes:\n- name: orders\n  listeners:\n  - port: 80 80\n",
        "virtualNodes:\n- name: orders\n listeners: []\n",
        "mesh: {name: !Ref Mesh}\n",
        "virtualNodes:\n- name: orders\n  discovery: {cloudMap: }\n",
        &long,
    ];
    insta::assert_snapshot!(texts.map(refused).join("\n"), @r#"
--intent i.json: unknown field `virtualNode`, expected one of `mesh`, `applications`, `virtualNodes`, `everywhere`, `virtualRouters`, `routes`, `virtualServices`, `virtualGateways`, `gatewayRoutes`, `sidecars`, `removals`, `renames`, `formers`, `likenesses`, `taggings`, `tags`, `environments`, `variations` at line 1, column 2
--intent i.json: unclosed bracket '{' at line 1, column 1
--intent i.json: `5` is no span of time such as 250ms, 15s, 2m or 1h at line 1, column 34
--intent i.json: `mesh` stands twice in an object at line 1, column 25
--intent i.json: it is empty at line 1, column 1
--intent i.json: a list stands where an object is due at line 1, column 1
--intent i.json: unknown field `prot`, expected one of `isAdded`, `port`, `protocol`, `tls`, `healthCheck`, `timeout`, `connectionPool`, `outlierDetection` at line 4, column 5
--intent i.json: `80 80` stands where a whole number from 0 to 4294967295 is due at line 4, column 11
--intent i.json: while parsing a block mapping, did not find expected key at line 3, column 2
--intent i.json: an object stands where a text is due at line 1, column 14
--intent i.json: nothing stands where an object is due at line 3, column 23
--intent i.json: it has 128001 bytes, more than 128000; describe the mesh in several intents
"#);
}

#[test]
fn an_intent_in_yaml_has_the_answer_of_the_one_in_json() {
    let json = r#"{"mesh": {"name": "shop", "egress": "dropAll"}, "virtualNodes": [{"name": "orders", "listeners": [{"port": 8080,
        "healthCheck": {"path": "/ping", "interval": "10s"}, "tls": {}}], "discovery": {"cloudMap": {"namespace": "shop.local"}}}]}"#;
    let yaml = "# The shop.\nmesh: {name: shop, egress: dropAll}\nvirtualNodes:\n- name: orders\n  listeners:\n  - port: 8080\n    \
                healthCheck:\n      path: /ping\n      interval: 10s\n    tls: {}\n  discovery:\n    cloudMap: {namespace: shop.local}\n";
    let answer = |text: &str| super::generate(text, &options());
    let (json, yaml) = (answer(json), answer(yaml));
    assert!(!yaml.has_findings, "{}", yaml.notes);
    assert_eq!((yaml.output, yaml.notes), (json.output, json.notes));
}

#[test]
fn a_task_is_nothing_that_aws_json_can_say() {
    let options = GenerateOptions { dialect: meshwright_verbs::convert::DialectName::Json, ..options() };
    let refused =
        run(&options, Some(("i.json", r#"{"sidecars": [{"virtualNode": "orders"}]}"#)), false).unwrap_err().to_string();
    assert!(refused.starts_with("--as json: a proxy's task and its role are no resources of App Mesh"), "{refused}");
}
