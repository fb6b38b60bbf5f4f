//! What a control plane of ours says of a proxy that is connected, in words.

use meshwright_model::visible::visible;
use serde_json::Value;

/// What it stands for, and its mesh.
pub(crate) fn name(proxy: &Value) -> String {
    format!("{} {} of mesh {}", word(proxy, "resourceKind"), word(proxy, "resourceName"), word(proxy, "meshName"))
}

/// A member that is a word.
pub(crate) fn word(value: &Value, member: &str) -> String {
    visible(value[member].as_str().unwrap_or_default())
}

/// What it has refused, and why: of each kind of which it refused what it was sent last.
pub(crate) fn refusals(proxy: &Value) -> impl Iterator<Item = String> {
    let kinds = proxy["kinds"].as_array().into_iter().flatten();
    kinds.filter(|kind| !kind["rejection"].is_null()).map(|kind| {
        let rejection = &kind["rejection"];
        let resources = rejection["resources"].as_array().into_iter().flatten();
        let resources: Vec<String> = resources.filter_map(Value::as_str).map(visible).collect();
        format!("refused {} ({}): {}", resources.join(", "), word(kind, "kind"), word(rejection, "message"))
    })
}

/// How far it is.
pub(crate) fn state(proxy: &Value) -> String {
    let is = |member: &str| proxy[member].as_bool().unwrap_or_default();
    if refusals(proxy).next().is_some() {
        return "goes on with what it had".to_owned();
    }
    match (is("isKnown"), is("isSettled")) {
        (false, _)
            if proxy["kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| !kind["version"].is_null())) =>
        {
            "has what it had: what it stands for is gone".to_owned()
        }
        (false, _) => "waits: there is no such resource".to_owned(),
        (true, true) => "has accepted everything".to_owned(),
        (true, false) => {
            let kinds = proxy["kinds"].as_array().into_iter().flatten();
            let waiting: Vec<&str> =
                kinds.filter(|kind| kind["isWaiting"] == true).filter_map(|kind| kind["kind"].as_str()).collect();
            if waiting.is_empty() {
                "is being told".to_owned()
            } else {
                format!("has not answered yet: {}", waiting.join(", "))
            }
        }
    }
}
