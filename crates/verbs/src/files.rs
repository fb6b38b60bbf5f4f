//! Options that every verb has that reads files, and the choice of a mesh.

use std::collections::BTreeMap;

use clap::Args;
use meshwright_model::arn::Arn;
use meshwright_model::parameter::Parameter;
use meshwright_model::reference::Key;
use meshwright_model::spelling::nearest;
use meshwright_model::{Inventory, Resource};

/// Which files are read, and with which parameters.
#[derive(Args, Clone, Debug, Default)]
pub struct FileOptions {
    /// Files to read; `-` is standard input, a directory means every mesh file below it
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// A parameter's value; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    pub parameter: Vec<String>,
    /// A file of parameters: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE")]
    pub parameters: Vec<String>,
    /// The mesh to answer about, where the files hold several: its name or ARN
    #[arg(long, value_name = "NAME")]
    pub mesh: Option<String>,
}

/// Why options cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl FileOptions {
    /// The parameters of `--parameter` over those of parameter files, given with their names and contents.
    ///
    /// # Errors
    /// Says which option or file is no parameter.
    pub fn parameter_values(&self, files: &[(String, String)]) -> Result<BTreeMap<String, String>, Refused> {
        let mut values = BTreeMap::new();
        for (name, content) in files {
            values.extend(parameter_file(name, content)?);
        }
        for parameter in &self.parameter {
            let Some((key, value)) = parameter.split_once('=') else {
                return Err(Refused(format!("--parameter {parameter}: it should read KEY=VALUE")));
            };
            if key.trim().is_empty() {
                return Err(Refused(format!("--parameter {parameter}: the name before the `=` is missing")));
            }
            values.insert(key.trim().to_owned(), value.to_owned());
        }
        Ok(values)
    }
}

/// The values of a parameter file, in any of the forms that CloudFormation's tools take.
fn parameter_file(name: &str, content: &str) -> Result<BTreeMap<String, String>, Refused> {
    use serde_json::Value;
    let refuse = |why: &str| Refused(format!("{name}: {why}"));
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    if !content.trim_start().starts_with(['{', '[']) {
        let lines = content.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        return lines
            .map(|line| {
                let (key, value) = line.split_once('=')?;
                (!key.trim().is_empty()).then(|| (key.trim().to_owned(), value.trim().to_owned()))
            })
            .collect::<Option<_>>()
            .ok_or_else(|| refuse("it is neither JSON nor lines of KEY=VALUE"));
    }
    let value: Value = serde_json::from_str(content).map_err(|error| refuse(&format!("it is not JSON: {error}")))?;
    let entries: Option<BTreeMap<String, String>> = match &value {
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                // `aws cloudformation deploy` takes a list of KEY=VALUE.
                Value::String(pair) => pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())),
                item => Some((item.get("ParameterKey")?.as_str()?.to_owned(), text(item.get("ParameterValue")?)?)),
            })
            .collect(),
        Value::Object(object) => {
            let object = match object.get("Parameters") {
                Some(Value::Object(inner)) => inner,
                _ => object,
            };
            object.iter().map(|(key, value)| Some((key.clone(), text(value)?))).collect()
        }
        _ => None,
    };
    entries.ok_or_else(|| refuse("it is no parameter file: every value must be text, a number or a truth value"))
}

/// The parameters that were given and that nothing reads, each with a near name if there is one.
pub fn unused_parameters(given: &BTreeMap<String, String>, used: &[String], declared: &[Parameter]) -> Vec<String> {
    let unused = given.keys().filter(|name| !used.contains(name));
    unused
        .map(|name| match near_parameter(name, declared) {
            Some(near) => format!("no file reads the parameter `{name}`; did you mean `{near}`?"),
            None => format!("no file reads the parameter `{name}`"),
        })
        .collect()
}

/// The parameter that was most likely meant: spelled alike, or one name is the start of the other.
fn near_parameter<'d>(name: &str, declared: &'d [Parameter]) -> Option<&'d str> {
    let names = || declared.iter().map(|parameter| parameter.name.as_str());
    let lower = name.to_lowercase();
    let starts_alike = |known: &&str| {
        let known = known.to_lowercase();
        known.starts_with(&lower) || lower.starts_with(&known)
    };
    nearest(name, names()).or_else(|| names().find(starts_alike))
}

/// Leaves only the resources of one mesh in the inventory: its name is given, its ARN, or `mesh/NAME`.
///
/// # Errors
/// Names the meshes there are, where the one asked for is not among them.
pub fn choose_mesh(inventory: &mut Inventory, mesh: Option<&str>) -> Result<(), Refused> {
    let Some(wanted) = mesh else { return Ok(()) };
    let arn = wanted.parse::<Arn>().ok();
    let name = arn.as_ref().map_or(wanted, |arn| arn.mesh.as_str());
    let is_wanted = |resource: &Resource| Key::of(&resource.mesh).to_string() == name;
    if !inventory.resources.iter().any(is_wanted) {
        let names: Vec<String> = inventory.meshes().iter().map(ToString::to_string).collect();
        let near = nearest(name, names.iter().map(String::as_str));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Refused(format!(
            "--mesh {wanted}: there is no such mesh; the files hold {}{near}",
            names.join(", ")
        )));
    }
    inventory.resources.retain(is_wanted);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(content: &str) -> Result<Vec<(String, String)>, Refused> {
        parameter_file("p", content).map(|values| values.into_iter().collect())
    }

    #[test]
    fn every_form_of_parameter_file_is_read() {
        let expected = Ok(vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x=y".to_owned())]);
        assert_eq!(
            values(r#"[{"ParameterKey":"A","ParameterValue":"1"},{"ParameterKey":"B","ParameterValue":"x=y"}]"#),
            expected
        );
        assert_eq!(values(r#"["A=1","B=x=y"]"#), expected);
        assert_eq!(values(r#"{"Parameters":{"A":1,"B":"x=y"},"Tags":{}}"#), expected);
        assert_eq!(values(r#"{"A":1,"B":"x=y"}"#), expected);
        assert_eq!(values("# comment\nA = 1\n\nB=x=y\n"), expected);
        assert!(values("=1").is_err());
        assert!(values("[1]").is_err() && values("{").is_err() && values("A").is_err());
    }
}
