//! Why there is no bootstrap.

use meshwright_model::Kind;

/// Why there is no bootstrap. A `name` is that of a variable, or of the option that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A variable that decides nothing.
    #[error("no bootstrap depends on the variable `{name}`{}", .near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NoSuchVariable {
        /// What was given.
        name: String,
        /// The variable that was probably meant.
        near: Option<&'static str>,
    },
    /// A name that is neither an ARN nor its short form.
    #[error("{0}; a proxy is named by an ARN or as `mesh/MESH/virtualNode/NAME` or `mesh/MESH/virtualGateway/NAME`")]
    NotAName(meshwright_model::Error),
    /// A resource of a kind that runs no proxy.
    #[error("`{given}` is a {}, and only virtual nodes and virtual gateways have a proxy", .kind.words())]
    NoProxy {
        /// What was given.
        given: String,
        /// What it is.
        kind: Kind,
    },
    /// A value that is no truth value.
    #[error("{name}: `{value}` is neither `true` nor `false`")]
    NotBoolean {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
    },
    /// A value that is no number, or too large or small a one.
    #[error("{name}: `{value}` is not a number from 0 to {max}")]
    NotNumber {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
        /// The largest that is allowed.
        max: u64,
    },
    /// A value that is none of some words.
    #[error("{name}: `{value}` is none of {}", .words.join(", "))]
    NotAWord {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
        /// What it may say.
        words: &'static [&'static str],
    },
    /// A value that is no time, or one that Envoy refuses.
    #[error("{name}: `{value}` is not a time from 1ms to under 5m, such as 500ms or 1m30s")]
    NotAnInterval {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
    },
    /// No region where one is needed.
    #[error(
        "the region is not known: name the proxy by its full ARN, give a region, or a control plane whose address needs none \
         (http://, https:// or unix://)"
    )]
    NoRegion,
    /// A control plane's address that is none.
    #[error("{name}: `{value}` is not HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:///PATH")]
    NotAnEndpoint {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
    },
    /// More than one tracer.
    #[error("only one tracer can be on, and these are: {}", .names.join(", "))]
    SeveralTracers {
        /// The variables that turn them on.
        names: Vec<String>,
    },
    /// An address that is none.
    #[error("{name}: `{value}` is not an IP address, alone or with a port")]
    NotAnAddress {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
    },
    /// A rate that is none.
    #[error("{name}: `{value}` is not a decimal from 0 to 1")]
    NotARate {
        /// The variable.
        name: String,
        /// What it says.
        value: String,
    },
    /// A file that cannot be merged.
    #[error("{file}: {why}")]
    File {
        /// The variable that names it, and its name.
        file: String,
        /// Why it cannot be.
        why: FileError,
    },
}

/// Why a file of the user's cannot be merged into a bootstrap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It holds something else than an object.
    #[error("it is not an object with the fields of a bootstrap")]
    NotAnObject,
    /// It holds nothing.
    #[error("it is empty")]
    Empty,
    /// A field that is something else than it should be.
    #[error("`{field}` is not {due}")]
    NotOfType {
        /// The field.
        field: String,
        /// What it should be.
        due: &'static str,
    },
    /// A field in both spellings.
    #[error("it has both `{snake}` and `{camel}`, which are one field")]
    BothSpellings {
        /// The one.
        snake: String,
        /// The other.
        camel: String,
    },
    /// A second configuration of what there can be one of.
    #[error("there is another `{0}` already, and there can be only one")]
    Several(&'static str),
    /// The file of sinks has none.
    #[error("it has no `stats_sinks`")]
    NoSinks,
}
