//! Why options cannot be carried out.

use meshwright_dialect::ParameterFileError;
use meshwright_traffic::trace::NoRequest;

/// Why options cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A parameter without a value.
    #[error("--parameter {given}: it should read KEY=VALUE")]
    ParameterWithoutValue {
        /// What was given.
        given: String,
    },
    /// A parameter without a name.
    #[error("--parameter {given}: the name before the `=` is missing")]
    ParameterWithoutName {
        /// What was given.
        given: String,
    },
    /// A file that gives no parameters.
    #[error("{file}: {why}")]
    ParameterFile {
        /// Its name.
        file: String,
        /// Why it gives none.
        why: ParameterFileError,
    },
    /// A mesh that no file holds.
    #[error("--mesh {wanted}: there is no such mesh; the files hold {}{}", .meshes.join(", "), did_you_mean(.near.as_deref()))]
    NoSuchMesh {
        /// The mesh that was asked for.
        wanted: String,
        /// Those that there are.
        meshes: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
    /// A rule that there is not.
    #[error("there is no rule `{name}`; {advice}")]
    NoSuchRule {
        /// What was asked for.
        name: String,
        /// What was probably meant, or where the rules are listed.
        advice: String,
    },
    /// A dialect that there is not.
    #[error("--as {dialect}: there is no such dialect")]
    NoSuchDialect {
        /// What was asked for.
        dialect: &'static str,
    },
    /// A notation that a dialect has not.
    #[error("--notation {wanted}: {dialect} is written as {}", .notations.join(" or "))]
    NoSuchNotation {
        /// The notation that was asked for.
        wanted: &'static str,
        /// The dialect's title.
        dialect: &'static str,
        /// Those that it has.
        notations: Vec<&'static str>,
    },
    /// Templates that cannot become one.
    #[error("--as {dialect}: {conflict}; convert them one by one")]
    Conflict {
        /// The dialect to write.
        dialect: &'static str,
        /// What stands against it.
        conflict: String,
    },
    /// A request that is too long to be one.
    #[error("the request has {bytes} bytes, more than {most}")]
    LongRequest {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
    },
    /// An intent that is too long to be one.
    #[error("--intent {file}: it has {bytes} bytes, more than {most}; describe the mesh in several intents")]
    LongIntent {
        /// Its name.
        file: String,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
    },
    /// Nothing that says what to make.
    #[error("there is neither a request nor --intent FILE")]
    NoRequest,
    /// A file that holds no intent.
    #[error("--intent {file}: {why}")]
    Intent {
        /// Its name.
        file: String,
        /// What is wrong, with its place.
        why: String,
    },
    /// An answer that a dialect cannot say.
    #[error("--as {dialect}: {why}")]
    NotInDialect {
        /// The dialect to write.
        dialect: &'static str,
        /// What it cannot say.
        why: &'static str,
    },
    /// Nothing that names a proxy.
    #[error("no proxy is named: give NODE, or set APPMESH_RESOURCE_ARN")]
    NoProxy,
    /// A bare name, and no file to find it in.
    #[error(
        "`{wanted}` is a bare name: give the files that hold it too, or call it `mesh/MESH/virtualNode/{wanted}` or \
         `mesh/MESH/virtualGateway/{wanted}`"
    )]
    BareName {
        /// What was asked for.
        wanted: String,
    },
    /// A proxy that no file holds.
    #[error("the files hold no virtual node or gateway `{wanted}`{}", no_such(.known, .near.as_deref()))]
    NoSuchProxy {
        /// What was asked for.
        wanted: String,
        /// Those that there are.
        known: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
    /// A name that several resources have.
    #[error("`{wanted}` may be any of {}: give its whole name, or --mesh", .ids.join(", "))]
    SeveralProxies {
        /// What was asked for.
        wanted: String,
        /// What it may be.
        ids: Vec<String>,
    },
    /// A proxy whose own name is not known.
    #[error(
        "`{wanted}` is a name that the files leave open: give the parameters that decide it with --parameter KEY=VALUE"
    )]
    OpenName {
        /// What was asked for, as the files have it.
        wanted: String,
    },
    /// A proxy of a mesh whose name is not known.
    #[error("`{wanted}` is in the mesh {mesh}, whose name the files leave open; give it with --parameter")]
    OpenMesh {
        /// What was asked for.
        wanted: String,
        /// The mesh, as the files have it.
        mesh: String,
    },
    /// A gateway, which nobody's application dials through ports of the loopback.
    #[error("--loopback: a virtual gateway is dialled by its clients; ports of the loopback are for virtual nodes")]
    GatewayByLoopback,
    /// Too few ports after the first.
    #[error("--loopback {first}: there are fewer ports from there to 65535 than backends; give a lower one")]
    NotEnoughPorts {
        /// The first.
        first: u16,
    },
    /// A port of the node's at which its own proxy would send to itself.
    #[error(
        "--loopback: the proxy itself listens on port {port} of the node; say where its application does: --application {port}=PORT"
    )]
    NoApplicationPort {
        /// The port.
        port: u16,
    },
    /// A port that the node has not.
    #[error("--application {given}: the node has no port {port}; it has {}", listed(.known))]
    NotAPortOfTheNode {
        /// What was given.
        given: String,
        /// The port.
        port: u16,
        /// Those that it has.
        known: Vec<u16>,
    },
    /// Two ports of an application for one of its node.
    #[error("--application {given}: port {port} of the node is given another one before; keep one of them")]
    TwoApplicationPorts {
        /// What was given.
        given: String,
        /// The node's port.
        port: u16,
    },
    /// A port on which two would listen.
    #[error("port {port} is wanted twice, for {one} and for {other}: give another {advice}")]
    PortClash {
        /// The port.
        port: u16,
        /// What it is for.
        one: String,
        /// What else it would be for.
        other: String,
        /// Where another is given.
        advice: String,
    },
    /// Two ports that are none.
    #[error(
        "--application {given}: it should read PORT=PORT, the node's port and that of its application, each from 1 to 65535"
    )]
    NotPorts {
        /// What was given.
        given: String,
    },
    /// An instance that is none.
    #[error("--instance {given}: it should read SERVICE.NAMESPACE=ADDRESS or SERVICE.NAMESPACE[KEY=VALUE,...]=ADDRESS")]
    NotAnInstance {
        /// What was given.
        given: String,
    },
    /// A variable without a value.
    #[error("--env {given}: it should read NAME=VALUE")]
    VariableWithoutValue {
        /// What was given.
        given: String,
    },
    /// A file that a variable names and that cannot be read.
    #[error("{file}: {why}")]
    UserFile {
        /// The variable, and the file's name.
        file: String,
        /// Why it cannot be read, with its place.
        why: String,
    },
    /// Variables that give no bootstrap.
    #[error(transparent)]
    Bootstrap(#[from] meshwright_envoy::Error),
    /// A baseline that is none.
    #[error("--baseline {file}: {why}")]
    Baseline {
        /// Its name.
        file: String,
        /// Why it is none.
        why: BaselineError,
    },
    /// Settings that are not TOML, or say something that is not taken.
    #[error("{file}: {why}")]
    Settings {
        /// Their name.
        file: String,
        /// What is wrong, with its place.
        why: String,
    },
    /// A request that is none.
    #[error("--request: {0}")]
    Request(NoRequest),
    /// A pattern of the settings that is none.
    #[error("{file}:{line}: {why}")]
    Pattern {
        /// The name of the settings.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with the pattern.
        why: String,
    },
}

/// Why a file is no baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is something else than JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of something else.
    #[error("it has no `findings`; write it with `validate --format json`")]
    NoFindings,
    /// Something in it is no finding.
    #[error("a finding in it has no `rule` or no `message`")]
    NoFinding,
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn listed(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    if ports.is_empty() { "none".to_owned() } else { ports.join(", ") }
}

/// The most names that are listed.
const MAX_LISTED: usize = 20;

fn no_such(known: &[String], near: Option<&str>) -> String {
    match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.len() > MAX_LISTED => format!("; they hold {} others", known.len()),
        None if known.is_empty() => ", nor any other".to_owned(),
        None => format!("; they hold {}", known.join(", ")),
    }
}
