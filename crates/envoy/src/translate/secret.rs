//! What AWS Certificate Manager holds for a proxy.
//!
//! App Mesh exported it and handed it to proxies as secrets over their stream (App Mesh User Guide, tls). Under which names is not
//! known; those here are ours, and so are the files in which a proxy without a control plane looks for the same.

/// What AWS Certificate Manager, or a private authority beside it, holds for a proxy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// A certificate with its key, by its ARN.
    Certificate(String),
    /// The certificates of private authorities, by their ARNs.
    Authorities(Vec<String>),
    /// The certificate of the root to which a certificate chains, by the latter's ARN.
    RootOf(String),
}

impl Secret {
    /// The name under which a proxy asks its control plane for it.
    pub fn name(&self) -> String {
        match self {
            Self::Certificate(arn) => arn.clone(),
            Self::Authorities(arns) => arns.join(","),
            Self::RootOf(arn) => format!("{arn}/root"),
        }
    }

    /// The folder in which a proxy without a control plane looks for its files: `chain.pem` and `key.pem` of a certificate,
    /// `authorities.pem` of authorities.
    pub fn folder(&self, certificates: &str) -> String {
        let own = match self {
            Self::Certificate(arn) | Self::RootOf(arn) => id(arn),
            Self::Authorities(arns) => arns.iter().map(|arn| id(arn)).collect::<Vec<String>>().join("+"),
        };
        format!("{}/{own}", certificates.trim_end_matches('/'))
    }
}

/// What an ARN ends with, as the name of a file.
fn id(arn: &str) -> String {
    let last = arn.rsplit('/').next().unwrap_or_default();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    last.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_and_a_folder() {
        let arn = |id: &str| format!("arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/{id}");
        let secrets = [
            Secret::Certificate("arn:aws:acm:eu-west-1:123456789012:certificate/1a-2b".to_owned()),
            Secret::RootOf("arn:aws:acm:eu-west-1:123456789012:certificate/1a-2b".to_owned()),
            Secret::Authorities(vec![arn("c"), arn("..")]),
        ];
        let folders = secrets.each_ref().map(|secret| secret.folder("/certs/"));
        assert_eq!(folders, ["/certs/1a-2b", "/certs/1a-2b", "/certs/c+--"]);
        let names = secrets.map(|secret| secret.name());
        assert!(names[1].starts_with(&names[0]) && names[1].ends_with("/1a-2b/root"));
        assert_eq!(names[2], format!("{},{}", arn("c"), arn("..")));
    }
}
