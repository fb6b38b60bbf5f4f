//! Options that every verb has that reads files, and the choice of a mesh.

use std::collections::BTreeMap;

use clap::Args;
use meshwright_dialect::{GivenParameters, read_parameters};
use meshwright_model::arn::Arn;
use meshwright_model::parameter::Parameter;
use meshwright_model::reference::Key;
use meshwright_model::spelling::nearest;
use meshwright_model::{Inventory, Resource};

use crate::refused::Refused;

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

impl FileOptions {
    /// The parameters of `--parameter` over those of parameter files, which are given with their names and contents.
    ///
    /// # Errors
    /// Says which option or file is no parameter.
    pub fn parameter_values(&self, files: &[(String, String)]) -> Result<GivenParameters, Refused> {
        let mut all = GivenParameters::default();
        for (name, content) in files {
            let refuse = |why| Refused::ParameterFile { file: name.clone(), why };
            let given = read_parameters(name, content).map_err(refuse)?;
            all.values.extend(given.values);
            all.findings.extend(given.findings);
        }
        for parameter in &self.parameter {
            let Some((key, value)) = parameter.split_once('=') else {
                return Err(Refused::ParameterWithoutValue { given: parameter.clone() });
            };
            if key.trim().is_empty() {
                return Err(Refused::ParameterWithoutName { given: parameter.clone() });
            }
            all.values.insert(key.trim().to_owned(), value.to_owned());
        }
        Ok(all)
    }
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
        let meshes: Vec<String> = inventory.meshes().iter().map(ToString::to_string).collect();
        let near = nearest(name, meshes.iter().map(String::as_str)).map(str::to_owned);
        return Err(Refused::NoSuchMesh { wanted: wanted.to_owned(), meshes, near });
    }
    inventory.resources.retain(is_wanted);
    Ok(())
}
