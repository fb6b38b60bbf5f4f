//! The verb `bootstrap`: what a proxy must be told before it asks a control plane, as Envoy reads it from a file.
//!
//! The variables of App Mesh's Envoy image decide; an option beats a variable, and the environment is given as plain data.

mod frozen;
mod instances;

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use meshwright_dialect::{Reading, read_document};
use meshwright_envoy::bootstrap::{Use, UserFile, merge};
use meshwright_envoy::json::to_json;
use meshwright_envoy::{ClientCertificate, ControlPlane, Proxy, Settings, Variables};
use meshwright_model::visible::visible;
use serde_json::Value;

use crate::files::FileOptions;
use crate::ports::PortOptions;
use crate::refused::Refused;
use crate::{Answer, Verb, proxy};

pub use meshwright_envoy::VARIABLES;

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "bootstrap",
    about: "The bootstrap of a proxy, for envoy -c, as App Mesh's Envoy image makes it",
    example:
        "meshwright bootstrap orders shop.yaml --xds http://127.0.0.1:18000 > orders.json   # then: envoy -c orders.json
  meshwright bootstrap mesh/shop/virtualGateway/web --xds unix:///run/xds.sock --tracing jaeger
  meshwright bootstrap orders shop.yaml --static > orders.json                          # needs no control plane at all",
};

/// Options of `bootstrap`.
#[derive(Args, Clone, Debug, Default)]
// clap does not ask for a required flag that conflicts with something given: hence the conflicts.
#[command(mut_arg("loopback", |own| own.requires("is_static").conflicts_with_all(["xds", "ca"])))]
pub struct BootstrapOptions {
    /// The virtual node or gateway: its ARN, `mesh/MESH/virtualNode/NAME`, or its bare name where files hold it; without it,
    /// that of `APPMESH_RESOURCE_ARN`
    #[arg(value_name = "NODE")]
    pub node: Option<String>,
    /// Files that hold the mesh; `-` is standard input, a directory means every mesh file below it
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// The control plane: `http://HOST:PORT`, `https://HOST:PORT`, `unix:///PATH`, or `HOST:PORT` for one that asks for TLS
    /// and calls signed with AWS credentials, as App Mesh did
    #[arg(long, value_name = "ENDPOINT")]
    pub xds: Option<String>,
    /// Freezes what the files say into the bootstrap: listeners, routes, clusters; the proxy then needs no control plane
    #[arg(long = "static", requires = "files", conflicts_with_all = ["xds", "ca"])]
    pub is_static: bool,
    /// Which ports stand for others; only with `--static`.
    #[command(flatten)]
    pub ports: PortOptions,
    /// An instance of a service, as AWS Cloud Map would know it: `SERVICE.NAMESPACE=ADDRESS`, or with attributes
    /// `SERVICE.NAMESPACE[KEY=VALUE,...]=ADDRESS`; may be given several times
    #[arg(long, value_name = "INSTANCE", requires = "is_static", conflicts_with_all = ["xds", "ca"])]
    pub instance: Vec<String>,
    /// The folder on the proxy's machine with what AWS Certificate Manager held; without it `/etc/meshwright/certificates`
    #[arg(long, value_name = "FOLDER", requires = "is_static", conflicts_with_all = ["xds", "ca"])]
    pub certificates: Option<String>,
    /// A file on the proxy's machine with the certificates by which it trusts the control plane
    #[arg(long, value_name = "PATH")]
    pub ca: Option<String>,
    /// A file on the proxy's machine with the certificate that it shows the control plane
    #[arg(long, value_name = "PATH", requires = "client_key", conflicts_with = "is_static")]
    pub client_cert: Option<String>,
    /// A file on the proxy's machine with the key of that certificate
    #[arg(long, value_name = "PATH", requires = "client_cert", conflicts_with = "is_static")]
    pub client_key: Option<String>,
    /// The AWS region, where the ARN does not say it
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The name of the proxies that do the same; without it, that of the proxy
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// The port of Envoy's administration
    #[arg(long, value_name = "PORT")]
    pub admin_port: Option<String>,
    /// Where traces go
    #[arg(long, value_enum, value_name = "TRACER")]
    pub tracing: Option<TracerName>,
    /// The socket of a process that gives certificates
    #[arg(long, value_name = "PATH")]
    pub sds_socket: Option<String>,
    /// Any variable of App Mesh's Envoy image, whatever the environment says; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// A parameter's value; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "files")]
    pub parameter: Vec<String>,
    /// A file of parameters: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE", requires = "files")]
    pub parameters: Vec<String>,
    /// The mesh to look in, where the files hold several: its name or ARN
    #[arg(long, value_name = "NAME", requires = "files")]
    pub mesh: Option<String>,
}

/// A tracer, as an option names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TracerName {
    /// The daemon of AWS X-Ray
    Xray,
    /// Jaeger, or another that takes what Zipkin takes
    Jaeger,
    /// Datadog's agent
    Datadog,
}

impl TracerName {
    /// What turns it on.
    fn variable(self) -> &'static str {
        match self {
            Self::Xray => "ENABLE_ENVOY_XRAY_TRACING",
            Self::Jaeger => "ENABLE_ENVOY_JAEGER_TRACING",
            Self::Datadog => "ENABLE_ENVOY_DATADOG_TRACING",
        }
    }
}

impl BootstrapOptions {
    /// The files, with the options that say how they are read; `None` where none are named.
    pub fn files(&self) -> Option<FileOptions> {
        let Self { files, parameter, parameters, mesh, .. } = self.clone();
        (!files.is_empty()).then_some(FileOptions { files, parameter, parameters, mesh })
    }

    /// The variables: those of the environment, over them `--env`, over them the options that stand for one.
    fn variables(&self, environment: &BTreeMap<String, String>) -> Result<Variables, Refused> {
        let mut variables = Variables::default();
        for (name, value) in environment {
            variables.set(name, name, value)?;
        }
        for given in &self.env {
            let refuse = || Refused::VariableWithoutValue { given: given.clone() };
            let (name, value) = given.split_once('=').ok_or_else(refuse)?;
            variables.set(name.trim(), &format!("--env {}", name.trim()), value)?;
        }
        for (name, option, value) in [
            ("APPMESH_XDS_ENDPOINT", "--xds", &self.xds),
            ("AWS_REGION", "--region", &self.region),
            ("APPMESH_RESOURCE_CLUSTER", "--cluster", &self.cluster),
            ("ENVOY_ADMIN_ACCESS_PORT", "--admin-port", &self.admin_port),
            ("APPMESH_SDS_SOCKET_PATH", "--sds-socket", &self.sds_socket),
        ] {
            if let Some(value) = value {
                variables.set(name, option, value)?;
            }
        }
        if let Some(wanted) = self.tracing {
            for tracer in TracerName::value_variants() {
                variables.set(tracer.variable(), "--tracing", if *tracer == wanted { "1" } else { "0" })?;
            }
        }
        Ok(variables)
    }
}

/// Opens a file by its name; the error says why it cannot.
pub type Open<'o> = &'o dyn Fn(&str) -> Result<String, String>;

/// Answers with a bootstrap. `reading` is what the files hold, where some are named.
///
/// # Errors
/// Says which proxy, variable or file is none.
pub fn run(
    reading: Option<&Reading>,
    options: &BootstrapOptions,
    environment: &BTreeMap<String, String>,
    open: Open<'_>,
) -> Result<Answer, Refused> {
    let variables = options.variables(environment)?;
    if let Some(replacement) = replacement(&variables, open)? {
        return Ok(answer(&replacement, &["ENVOY_CONFIG_FILE stands for the whole bootstrap".to_owned()], false));
    }
    let wanted = match &options.node {
        Some(node) => node.clone(),
        None => Proxy::named(&variables)?.ok_or(Refused::NoProxy)?.id,
    };
    let proxy = match reading {
        Some(reading) => proxy::find(&wanted, &reading.inventory)?,
        None => proxy::named(&wanted)?,
    };
    let mut settings =
        if options.is_static { Settings::alone(proxy, &variables)? } else { Settings::read(proxy, &variables)? };
    settings.trusted_certificates.clone_from(&options.ca);
    let certificate = options.client_cert.clone().zip(options.client_key.clone());
    settings.client_certificate = certificate.map(|(chain, key)| ClientCertificate { chain, key });
    let mut bootstrap = meshwright_envoy::bootstrap(&settings);
    let (frozen, is_partial) = match reading.filter(|_| options.is_static) {
        Some(reading) => frozen::add(&mut bootstrap, reading, &settings, options)?,
        None => (Vec::new(), false),
    };
    let merged = merge(to_json(&bootstrap), &user_files(&variables, open)?)?;
    let mut notes = [frozen, merged.notes].concat();
    if matches!(settings.control_plane, Some(ControlPlane::Signed { .. })) {
        notes.push(
            "this control plane asks for calls signed with AWS credentials, which App Mesh's Envoy can do and Envoy 1.40 cannot; \
             reach one of your own with --xds http://, https:// or unix://"
                .to_owned(),
        );
    }
    Ok(answer(&merged.json, &notes, is_partial))
}

fn answer(bootstrap: &Value, notes: &[String], is_partial: bool) -> Answer {
    let notes: Vec<String> = notes.iter().map(|note| format!("note: {}\n", visible(note))).collect();
    Answer { output: format!("{bootstrap:#}\n"), notes: notes.concat(), has_findings: is_partial }
}

/// What stands for the whole bootstrap; an empty file does not, as App Mesh's image has it.
fn replacement(variables: &Variables, open: Open<'_>) -> Result<Option<Value>, Refused> {
    let content = user_file("ENVOY_CONFIG_FILE", variables, open)?;
    Ok(content.map(|(_, content)| content).filter(|content| !content.is_null()))
}

/// The files that add to the bootstrap.
fn user_files(variables: &Variables, open: Open<'_>) -> Result<Vec<UserFile>, Refused> {
    let mut files = Vec::new();
    for purpose in Use::ALL {
        if let Some((shown, content)) = user_file(purpose.variable(), variables, open)? {
            files.push(UserFile { purpose, shown, content });
        }
    }
    Ok(files)
}

/// How errors call the file that a variable names, and what it holds.
fn user_file(
    variable: &'static str,
    variables: &Variables,
    open: Open<'_>,
) -> Result<Option<(String, Value)>, Refused> {
    let Some(name) = variables.text(variable) else { return Ok(None) };
    let shown = format!("{variable} {name}");
    let refuse = |why| Refused::UserFile { file: shown.clone(), why };
    let text = open(name).map_err(refuse)?;
    let document = read_document(name, &text).map_err(|why| refuse(why.to_string()))?;
    let content = serde_json::to_value(&document).map_err(|why| refuse(why.to_string()))?;
    Ok(Some((shown, content)))
}
