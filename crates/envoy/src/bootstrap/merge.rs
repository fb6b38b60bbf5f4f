//! What a user's own files add to a bootstrap, or put in the place of what it has.
//!
//! Such files hold whatever Envoy takes, extensions included that nobody here knows: they are merged as JSON, and it is Envoy
//! that checks them. A field may be spelled `stats_config` or `statsConfig`.
//!
//! Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/envoy_bootstrap.go`, `mergeCustomConfigMaps`.

use serde_json::{Map, Value};

use crate::error::{Error, FileError};

/// A file of the user's.
#[derive(Clone, Debug, PartialEq)]
pub struct UserFile {
    /// What it is for.
    pub purpose: Use,
    /// How errors call it.
    pub shown: String,
    /// What it holds.
    pub content: Value,
}

/// What a file of the user's is for. Each may hold other fields too, as users put them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The tracer.
    Tracing,
    /// What is said of statistics.
    Stats,
    /// Where statistics go.
    Sinks,
    /// Listeners, clusters and secrets.
    Resources,
}

impl Use {
    /// Each, in the order in which they are merged.
    pub const ALL: [Self; 4] = [Self::Tracing, Self::Stats, Self::Sinks, Self::Resources];

    /// The variable that names the file.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Tracing => "ENVOY_TRACING_CFG_FILE",
            Self::Stats => "ENVOY_STATS_CONFIG_FILE",
            Self::Sinks => "ENVOY_STATS_SINKS_CFG_FILE",
            Self::Resources => "ENVOY_RESOURCES_CONFIG_FILE",
        }
    }
}

/// A bootstrap with what files have added.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The bootstrap.
    pub json: Value,
    /// What its user should know: fields that a file has replaced, and files that hold nothing.
    pub notes: Vec<String>,
}

/// What there can be one of.
const SINGLE: [&str; 2] = ["tracing", "stats_config"];

/// The lists of static resources.
const RESOURCES: [&str; 3] = ["listeners", "clusters", "secrets"];

/// Merges files into a bootstrap, as [`crate::json::to_json`] gives it, one after the other.
///
/// # Errors
/// Names the file that cannot be merged, and why.
pub fn merge(bootstrap: Value, files: &[UserFile]) -> Result<Merged, Error> {
    let mut merged = Merged { json: bootstrap, notes: Vec::new() };
    for file in files {
        let refuse = |why| Error::File { file: file.shown.clone(), why };
        merged.take(file).map_err(refuse)?;
    }
    Ok(merged)
}

impl Merged {
    fn take(&mut self, file: &UserFile) -> Result<(), FileError> {
        let fields = match &file.content {
            Value::Object(fields) if !fields.is_empty() => snake_fields(fields)?,
            Value::Object(_) | Value::Null if file.purpose == Use::Resources => {
                self.notes.push(format!("{}: it is empty", file.shown));
                return Ok(());
            }
            Value::Object(_) | Value::Null => return Err(FileError::Empty),
            _ => return Err(FileError::NotAnObject),
        };
        let Value::Object(bootstrap) = &mut self.json else { return Err(FileError::NotAnObject) };
        for (name, value) in fields {
            match name.as_str() {
                "stats_sinks" => append(bootstrap, "stats_sinks", value)?,
                "static_resources" => take_resources(bootstrap, value)?,
                _ => {
                    if let Some(single) = SINGLE.into_iter().find(|single| *single == name)
                        && bootstrap.contains_key(single)
                    {
                        return Err(FileError::Several(single));
                    }
                    if bootstrap.insert(name.clone(), value).is_some() {
                        self.notes.push(format!("{}: its `{name}` replaces that of the bootstrap", file.shown));
                    }
                }
            }
        }
        if file.purpose == Use::Sinks && !bootstrap.contains_key("stats_sinks") {
            return Err(FileError::NoSinks);
        }
        Ok(())
    }
}

fn take_resources(bootstrap: &mut Map<String, Value>, resources: Value) -> Result<(), FileError> {
    let refuse = || FileError::NotOfType { field: "static_resources".to_owned(), due: "an object" };
    let Value::Object(resources) = resources else { return Err(refuse()) };
    let there = bootstrap.entry("static_resources").or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(there) = there else { return Err(refuse()) };
    for (name, value) in resources {
        if RESOURCES.contains(&name.as_str()) {
            append(there, &name, value)?;
        } else {
            // Not known to Envoy either, which will say so.
            there.insert(name, value);
        }
    }
    Ok(())
}

/// Adds the elements of a list to the list of that name.
fn append(fields: &mut Map<String, Value>, name: &str, more: Value) -> Result<(), FileError> {
    let refuse = || FileError::NotOfType { field: name.to_owned(), due: "a list" };
    let Value::Array(more) = more else { return Err(refuse()) };
    match fields.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(list) => list.extend(more),
        _ => return Err(refuse()),
    }
    Ok(())
}

/// The fields of a file under the names that Envoy's documentation has.
fn snake_fields(fields: &Map<String, Value>) -> Result<Map<String, Value>, FileError> {
    let mut snake_fields = Map::new();
    for (name, value) in fields {
        let snake = snake(name);
        if snake_fields.insert(snake.clone(), value.clone()).is_some() {
            let camel = fields.keys().find(|other| **other != snake && self::snake(other) == snake);
            return Err(FileError::BothSpellings { camel: camel.cloned().unwrap_or_default(), snake });
        }
    }
    Ok(snake_fields)
}

fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge_into(bootstrap: Value, files: &[(Use, Value)]) -> Result<Merged, String> {
        let file = |(purpose, content): &(Use, Value)| UserFile {
            purpose: *purpose,
            shown: purpose.variable().to_owned(),
            content: content.clone(),
        };
        merge(bootstrap, &files.iter().map(file).collect::<Vec<_>>()).map_err(|error| error.to_string())
    }

    #[test]
    fn lists_grow_and_other_fields_are_replaced() {
        let bootstrap = json!({"admin": 1, "static_resources": {"clusters": ["a"]}, "stats_sinks": ["s"]});
        let files = [
            (Use::Sinks, json!({"statsSinks": ["t"]})),
            (
                Use::Resources,
                json!({"staticResources": {"clusters": ["b"], "listeners": ["l"]}, "admin": 2, "flagsPath": "f"}),
            ),
        ];
        let merged = merge_into(bootstrap, &files).unwrap();
        let expected = json!({
            "admin": 2,
            "static_resources": {"clusters": ["a", "b"], "listeners": ["l"]},
            "stats_sinks": ["s", "t"],
            "flags_path": "f",
        });
        assert_eq!(merged.json, expected);
        assert_eq!(merged.notes, ["ENVOY_RESOURCES_CONFIG_FILE: its `admin` replaces that of the bootstrap"]);
    }

    #[test]
    fn there_is_one_tracer_and_one_configuration_of_statistics() {
        let twice = |field: &str, file: &str| merge_into(json!({field: {}}), &[(Use::Sinks, json!({file: {}}))]);
        let says = |what: &str| {
            Err(format!("ENVOY_STATS_SINKS_CFG_FILE: there is another `{what}` already, and there can be only one"))
        };
        assert_eq!(twice("tracing", "tracing"), says("tracing"));
        assert_eq!(twice("stats_config", "statsConfig"), says("stats_config"));
        assert_eq!(
            merge_into(json!({}), &[(Use::Tracing, json!({"tracing": 1}))]).unwrap().json,
            json!({"tracing": 1})
        );
    }

    #[test]
    fn a_file_that_cannot_be_merged_is_refused_with_the_reason() {
        for (purpose, content, expected) in [
            (Use::Tracing, json!([]), "ENVOY_TRACING_CFG_FILE: it is not an object with the fields of a bootstrap"),
            (Use::Tracing, json!({}), "ENVOY_TRACING_CFG_FILE: it is empty"),
            (Use::Stats, Value::Null, "ENVOY_STATS_CONFIG_FILE: it is empty"),
            (Use::Sinks, json!({"admin": 1}), "ENVOY_STATS_SINKS_CFG_FILE: it has no `stats_sinks`"),
            (Use::Sinks, json!({"stats_sinks": {}}), "ENVOY_STATS_SINKS_CFG_FILE: `stats_sinks` is not a list"),
            (
                Use::Resources,
                json!({"static_resources": []}),
                "ENVOY_RESOURCES_CONFIG_FILE: `static_resources` is not an object",
            ),
            (
                Use::Stats,
                json!({"stats_config": 1, "statsConfig": 2}),
                "ENVOY_STATS_CONFIG_FILE: it has both `stats_config` and `statsConfig`, which are one field",
            ),
        ] {
            assert_eq!(merge_into(json!({}), &[(purpose, content)]), Err(expected.to_owned()));
        }
    }

    #[test]
    fn an_empty_file_of_resources_is_only_noted() {
        let merged = merge_into(json!({}), &[(Use::Resources, Value::Null)]).unwrap();
        assert_eq!(
            merged,
            Merged { json: json!({}), notes: vec!["ENVOY_RESOURCES_CONFIG_FILE: it is empty".to_owned()] }
        );
    }
}
