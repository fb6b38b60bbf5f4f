//! One mesh, written by hand in several dialects, is one model; and each dialect converts into the other.

use meshwright_dialect::{Dialect, Input, Options, Reading, read};
use meshwright_model::Resource;

use crate::{files_below, input, load, own_corpus, read_own};

fn sorted(reading: &Reading) -> Vec<Resource> {
    let mut resources = reading.inventory.resources.clone();
    resources.sort_by(|a, b| a.id().cmp(&b.id()));
    resources
}

fn assert_same(left: &Reading, right: &Reading, what: &str) {
    let (left, right) = (sorted(left), sorted(right));
    assert_eq!(left.len(), right.len(), "{what}");
    for (left, right) in left.iter().zip(&right) {
        assert!(left.says_the_same(right), "{what}\n{left:#?}\n{right:#?}");
    }
}

#[test]
fn hand_written_twins_are_equal() {
    assert_same(&read_own(&["shop/shop.yaml"]), &read_own(&["shop/shop.template.json"]), "shop in YAML and JSON");
    assert_same(&read_own(&["shop/shop.yaml"]), &read_own(&["shop/shop.describe.json"]), "shop in two dialects");
    assert_same(&read_own(&["grpc/library.yaml"]), &read_own(&["grpc/library.json"]), "library");
    assert_same(&read_own(&["everything/everything.yaml"]), &read_own(&["everything/everything.json"]), "everything");
    let describe = files_below(&own_corpus().join("tcp/describe")).iter().map(|path| input(path)).collect();
    assert_same(&read_own(&["tcp/ledger.template.json"]), &read(describe, &Options::default()), "ledger");
}

#[test]
fn a_mesh_survives_the_way_through_the_other_dialect() {
    for (names, other) in [
        (["shop/shop.yaml"], "json"),
        (["everything/everything.yaml"], "json"),
        (["shop/shop.describe.json"], "cloudformation"),
        (["grpc/library.json"], "cloudformation"),
        (["everything/everything.json"], "cloudformation"),
    ] {
        let first = read_own(&names);
        for notation in Dialect::named(other).unwrap().notations {
            let written = notation.write(&first.inventory);
            let input = Input { name: "written".to_owned(), bytes: written.text.into_bytes() };
            let second = read(vec![input], &Options { load: &load, ..Options::default() });
            assert_same(&first, &second, names[0]);
        }
    }
}

#[test]
fn the_ledger_names_what_the_other_dialect_cannot_say() {
    let describe = read_own(&["shop/shop.describe.json"]);
    let ledger = Dialect::named("cloudformation").unwrap().notations[0].write(&describe.inventory).ledger;
    assert_eq!(ledger.len(), describe.inventory.resources.len(), "each resource loses its metadata");
    let ecs = read_own(&["ecs/bakery.yaml"]);
    let ledger = Dialect::named("json").unwrap().notations[0].write(&ecs.inventory).ledger;
    let messages: Vec<&str> = ledger.iter().map(|loss| loss.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("${MeshName}")), "{messages:?}");
    assert!(messages.iter().any(|message| message.contains("AWS::ECS::TaskDefinition")), "{messages:?}");
}
