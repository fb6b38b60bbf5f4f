//! Why a verb of the live side cannot say or do what it should.

use meshwright_model::api::Failure;
use meshwright_model::visible::visible;

/// Why a verb of the live side cannot say or do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// The API does not answer as it should.
    #[error("{}", visible(&.0.to_string()))]
    Api(Failure),
    /// A mesh that is not there.
    #[error("there is no mesh `{}` at {place}; {}", visible(.mesh), others(.known, .near.as_deref()))]
    NoSuchMesh {
        /// What was asked for.
        mesh: String,
        /// Who was asked.
        place: String,
        /// Those that there are.
        known: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
    /// A list whose pages do not end.
    #[error("{place} gives pages of a list without an end, so it does not speak the App Mesh API")]
    EndlessList {
        /// Who was asked.
        place: String,
    },
    /// Files that cannot be read as a whole.
    #[error(
        "the files have faults, and what cannot be read would be taken for absent: nothing is changed; see `meshwright validate`"
    )]
    Faults,
    /// Values that the files leave open.
    #[error("the files leave values open, and nothing is changed:{open}")]
    Open {
        /// Each on a line, with its place and what would settle it.
        open: String,
    },
    /// A resource that is not known as a whole.
    #[error("{}: a part of it cannot be read; nothing is changed", visible(.name))]
    NotKnown {
        /// Its name.
        name: String,
    },
    /// A resource that the files define twice.
    #[error("{}: the files define it twice, and which of them holds is not known; nothing is changed", visible(.name))]
    Twice {
        /// Its name.
        name: String,
    },
    /// Neither files nor a mesh.
    #[error("nothing is named: give FILE…, or --mesh NAME for all of a mesh")]
    Nothing,
    /// Proxies are to be waited for, and nobody knows what they have.
    #[error(
        "{place} does not say which proxies are connected and what they have, so --wait cannot be done there: nothing is changed; leave \
         --wait out, or ask `meshwright serve` ({})", visible(.why)
    )]
    NoProxies {
        /// Who was asked.
        place: String,
        /// What it said.
        why: String,
    },
    /// Nobody answers any more.
    #[error("{why}; what was done stays, and the same command goes on from there")]
    Lost {
        /// Where it stopped, and why.
        why: String,
    },
}

impl From<Failure> for LiveError {
    fn from(failure: Failure) -> Self {
        Self::Api(failure)
    }
}

fn others(known: &[String], near: Option<&str>) -> String {
    match near {
        Some(near) => format!("did you mean `{}`?", visible(near)),
        None if known.is_empty() => "there is none at all".to_owned(),
        None => format!("there are {}", visible(&known.join(", "))),
    }
}
