//! `store` on the command line: what is kept comes out, goes in again the same, and is looked at.

use std::path::Path;

use meshwright_store::{Change, File, Store};
use serde_json::{Value, json};

use crate::run;
use crate::serve::Server;

/// A store with the shop in it, tokens and tags too.
fn shop(folder: &Path) -> String {
    let store = folder.join("shop.db").to_str().unwrap().to_owned();
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/shop/shop.yaml");
    let server = Server::start(&["--store", &store, "--load", template.to_str().unwrap()]);
    let body =
        json!({"meshName": "an/other", "clientToken": "token", "tags": [{"key": "k", "value": "é"}]}).to_string();
    assert_eq!(Server::ask(&server.address, "PUT", "/v20190125/meshes", &body).unwrap().0, 200);
    server.kill();
    store
}

#[test]
fn an_export_makes_the_same_state_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = shop(folder.path());
    let exported = run(&["store", "export", &store]);
    assert_eq!((exported.code, exported.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&exported.out).unwrap();
    assert_eq!((&document["meshwright"], &document["version"]), (&json!("state"), &json!(1)));
    assert!(exported.out.contains("\"token\"") && exported.out.contains("\"uid\"") && exported.out.contains("é"));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("shop.json"), &exported.out).unwrap();
    let imported = run(&["store", "import", &path("shop.json"), &path("copy.db")]);
    assert_eq!((imported.code, imported.err.as_str()), (0, ""));
    assert_eq!(run(&["store", "export", &path("copy.db")]).out, exported.out);
    // A server goes on with it as with the first one.
    let describe = |store: &str| {
        let server = Server::start(&["--store", store]);
        Server::ask(&server.address, "GET", "/v20190125/meshes/shop/virtualNodes/orders", "").unwrap()
    };
    assert_eq!(describe(&path("copy.db")), describe(&store));

    let again = run(&["store", "import", &path("shop.json"), &store]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("--replace puts the document in their place"), "{}", again.err);
    assert_eq!(run(&["store", "import", &path("shop.json"), &store, "--replace"]).code, 0);
    assert_eq!(run(&["store", "export", &store]).out, exported.out);
}

#[test]
fn documents_that_are_none_make_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let exported = run(&["store", "export", &shop(folder.path())]).out;
    let orders = exported.replacen("\"name\": \"orders\"", "\"name\": \"elsewhere\"", 1);
    for (text, complaint) in [
        ("{", "it is none"),
        (r#"{"meshwright": "plan", "version": 1, "resources": []}"#, "it says that it is `plan`"),
        (r#"{"meshwright": "state", "version": 2, "resources": []}"#, "its version is 2"),
        (&orders, "is not present under mesh shop"),
    ] {
        std::fs::write(path("document"), text).unwrap();
        let run = run(&["store", "import", &path("document"), &path("new.db")]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(complaint), "{}", run.err);
        assert!(!Path::new(&path("new.db")).exists());
    }
}

#[test]
fn check_says_what_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = shop(folder.path());
    let sound = run(&["store", "check", &store]);
    assert_eq!(sound.code, 0, "{}", sound.out);
    assert!(sound.out.contains("sound; ") && sound.out.contains("2 of them meshes"), "{}", sound.out);

    let mut file = File::open(Path::new(&store)).unwrap();
    let entries = file.load().unwrap().entries;
    let mesh = entries.iter().find(|(key, _)| String::from_utf8_lossy(key).contains("\"an/other\"")).unwrap().clone();
    let key = String::from_utf8(mesh.0)
        .unwrap()
        .replace("\"Mesh\"", "\"VirtualNode\"")
        .replace("\"123456789012\",\"an/other\"", "\"123456789012\",\"gone\"");
    let orphan = Change { key: key.into(), value: Some(mesh.1) };
    file.commit(&[orphan, Change { key: b"?".to_vec(), value: Some(b"?".to_vec()) }]).unwrap();
    drop(file);
    let checked = run(&["store", "check", &store, "--format", "json"]);
    assert_eq!(checked.code, 1, "{}", checked.err);
    let said: Value = serde_json::from_str(&checked.out).unwrap();
    let faults: Vec<String> = said["faults"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("Mesh with name gone is not present")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("entry ?") && fault.contains("it is no resource")), "{faults:?}");
    assert_eq!(run(&["store", "export", &store]).code, 2);

    let mut bytes = std::fs::read(&store).unwrap();
    let middle = bytes.len() / 8;
    bytes[middle..].fill(7);
    std::fs::write(&store, bytes).unwrap();
    let damaged = run(&["store", "check", &store]);
    assert_eq!(damaged.code, 1, "{}", damaged.err);
    assert!(damaged.out.contains("is damaged"), "{}", damaged.out);
    assert_eq!(run(&["store", "check", "/none.db"]).code, 2);
}
