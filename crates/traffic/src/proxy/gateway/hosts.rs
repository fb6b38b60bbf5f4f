//! The hosts that gateway routes answer to.

/// A host name that gateway routes answer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Any,
    Exact(String),
    Suffix(String),
}

impl Host {
    /// The name, or its end.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Any => None,
            Self::Exact(name) | Self::Suffix(name) => Some(name),
        }
    }

    /// The domains of a host on a port. Envoy compares a host with its port, so that both are given.
    ///
    /// Source: that a host with a port did not match is aws/aws-app-mesh-roadmap#365; giving both is ours, as App Mesh itself did for
    /// virtual services.
    pub(super) fn domains(self, port: u16) -> Vec<String> {
        match self {
            Self::Any => vec!["*".to_owned()],
            Self::Exact(name) => vec![format!("{name}:{port}"), name].into_iter().rev().collect(),
            Self::Suffix(end) => {
                let end = end.trim_start_matches('*');
                vec![format!("*{end}"), format!("*{end}:{port}")]
            }
        }
    }
}
