//! Whatever bytes a file holds, every format answers.

use meshwright_dialect::{Input, Options, read};
use meshwright_verbs::config::Config;
use meshwright_verbs::validate::{Surroundings, ValidateFormat, run};
use proptest::prelude::*;
use serde_json::Value;

use crate::{options, template};

const FORMATS: [ValidateFormat; 5] =
    [ValidateFormat::Text, ValidateFormat::Json, ValidateFormat::Sarif, ValidateFormat::Junit, ValidateFormat::Github];

fn check(name: &str, bytes: Vec<u8>) {
    let reading = read(vec![Input { name: name.to_owned(), bytes }], &Options::default());
    let baseline = run(&reading, &options(ValidateFormat::Json), &Surroundings::default()).unwrap().output;
    for baseline in [None, Some(("b".to_owned(), baseline))] {
        let surroundings = Surroundings { baseline, ..Surroundings::default() };
        for format in FORMATS {
            let answer = run(&reading, &options(format), &surroundings).unwrap();
            assert!(!answer.output.contains(['\u{1b}', '\r', '\0']), "{format:?}: {:?}", answer.output);
            assert!(surroundings.baseline.is_none() || !answer.has_findings, "{format:?}: {}", answer.output);
            match format {
                ValidateFormat::Json | ValidateFormat::Sarif => {
                    serde_json::from_str::<Value>(&answer.output).unwrap();
                }
                ValidateFormat::Junit => {
                    roxmltree::Document::parse(&answer.output).unwrap();
                }
                ValidateFormat::Github => {
                    assert!(answer.output.lines().all(|line| line.starts_with("::")), "{}", answer.output);
                }
                ValidateFormat::Text => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200), name in "[ -~]{1,12}") {
        check(&name, bytes);
    }

    #[test]
    fn a_template_with_a_part_overwritten_is_answered(
        at in 0_usize..500,
        part in "(\\PC{0,12}|# meshwright: allow [a-z, -]{0,20}\n|[\\x00-\\x1f]{1,4})",
    ) {
        let mut text = template(" # meshwright: allow dangling-virtual-node -- \u{202e}x", "").into_bytes();
        let at = at.min(text.len());
        let end = (at + part.len()).min(text.len());
        text.splice(at..end, part.bytes());
        check("a.yaml", text);
    }

    #[test]
    fn any_settings_are_read_or_refused(text in "(\\[rules\\]\n|\\[\\[allow\\]\\]\n|[a-z]{1,6} = |\"[a-z*/\\[\\]]{0,8}\"|\n|\\PC){0,12}") {
        let _ = Config::parse("meshwright.toml", &text);
    }
}
