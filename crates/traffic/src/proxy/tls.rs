//! TLS between a proxy and its targets: who insists on it, what is shown and what is checked.

use std::borrow::Cow;

use meshwright_model::Scalar;
use meshwright_model::defaults::CLIENT_TLS_ENFORCE;
use meshwright_model::limits::{FilePath, ListenerTlsMode, ResourceArn, SubjectAlternativeName};
use meshwright_model::tls::{
    ClientPolicyTls, ClientTlsCertificate, ListenerTls, ListenerTlsCertificate, ListenerTlsValidationContext,
    ListenerTlsValidationContextTrust, SubjectAlternativeNames, TlsFileCertificate, TlsFileTrust, TlsSdsCertificate,
    TlsSdsTrust, TlsValidationContext, TlsValidationContextTrust,
};

use super::known::{optional, port};

/// Where a certificate and its key come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate<'a> {
    /// Files beside the proxy.
    File {
        /// The chain, in PEM.
        chain: &'a str,
        /// The key, in PEM.
        key: &'a str,
    },
    /// A secret of the local Secret Discovery Service.
    Sds(&'a str),
    /// AWS Certificate Manager: App Mesh handed it to the proxy as a secret.
    Acm(&'a str),
    /// Where it comes from is not known.
    Unknown,
}

/// The authorities that are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// A file beside the proxy, in PEM.
    File(&'a str),
    /// A secret of the local Secret Discovery Service.
    Sds(&'a str),
    /// Private CAs of AWS; App Mesh handed their certificates to the proxy as a secret.
    Acm(Vec<&'a str>),
    /// The root to which a certificate in ACM chains.
    RootOf(&'a str),
    /// Which they are is not known, or which names are checked beside them.
    Unknown,
}

/// How the other side is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation<'a> {
    /// The authorities that are trusted.
    pub trust: Trust<'a>,
    /// The names of which the certificate must bear one; empty means any.
    pub names: Vec<Cow<'a, str>>,
}

impl Validation<'_> {
    /// A check of which not all is known.
    const UNKNOWN: Self = Self { trust: Trust::Unknown, names: Vec::new() };
}

/// What a proxy does as the client of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientTls<'a> {
    /// Plaintext.
    Plaintext,
    /// TLS.
    Tls {
        /// How the server is checked; `None` is not at all.
        validation: Option<Validation<'a>>,
        /// What it shows itself.
        certificate: Option<Certificate<'a>>,
        /// Whether a policy asks for it, rather than the server's being that way.
        by_policy: bool,
    },
}

/// What a proxy does as a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTls<'a> {
    /// Whether plaintext is taken as well.
    pub is_permissive: bool,
    /// What it shows.
    pub certificate: Certificate<'a>,
    /// How clients are checked; `None` is not at all.
    pub validation: Option<Validation<'a>>,
}

impl<'a> ServerTls<'a> {
    /// Whether all of it is known, so that it can be said to a proxy.
    pub fn is_known(&self) -> bool {
        self.certificate != Certificate::Unknown
            && self.validation.as_ref().is_none_or(|own| own.trust != Trust::Unknown)
    }

    /// The TLS of a listener, where it speaks any.
    ///
    /// # Errors
    /// Whether there is any is not known.
    #[expect(clippy::result_unit_err, reason = "that it is not known is all there is to say")]
    pub fn of(tls: Option<&'a ListenerTls>) -> Result<Option<Self>, ()> {
        let Some(ListenerTls { certificate, mode, validation }) = tls else { return Ok(None) };
        let is_permissive = match mode.known().ok_or(())? {
            ListenerTlsMode::Disabled => return Ok(None),
            ListenerTlsMode::Permissive => true,
            ListenerTlsMode::Strict => false,
        };
        let certificate = listener_certificate(certificate).unwrap_or(Certificate::Unknown);
        let validation = validation.as_ref().map(|own| client_check(own).unwrap_or(Validation::UNKNOWN));
        Ok(Some(Self { is_permissive, certificate, validation }))
    }
}

impl<'a> ClientTls<'a> {
    /// What a client does under a policy, or none, towards a listener on a port that speaks so; `discovered` is the name under
    /// which the listener's node is found. `None` where a part of the policy is not known.
    ///
    /// Source: App Mesh User Guide, tls and mutual-tls: a policy holds where one of its ports is that of the server's listener; without
    /// a policy clients follow the server, and check its certificate only where that is in ACM; without names to check, the name
    /// must be that of the server's service discovery.
    pub fn of(
        policy: Option<&'a ClientPolicyTls>,
        server_port: u16,
        server: Option<&ServerTls<'a>>,
        discovered: Cow<'a, str>,
    ) -> Option<Self> {
        let Some(policy) = policy else { return Some(Self::without_policy(server)) };
        let ClientPolicyTls { certificate, enforce, ports, validation } = policy;
        if let Some(ports) = ports {
            let ports: Option<Vec<u16>> = ports.iter().map(port).collect();
            if !ports?.contains(&server_port) {
                return Some(Self::without_policy(server));
            }
        }
        let enforces = optional(enforce.as_ref())?.copied().unwrap_or(CLIENT_TLS_ENFORCE);
        if !enforces && server.is_none() {
            return Some(Self::Plaintext);
        }
        let certificate = certificate.as_ref().map(|certificate| {
            let known = match certificate {
                ClientTlsCertificate::File(file) => file_certificate(file),
                ClientTlsCertificate::Sds(sds) => sds_certificate(sds),
            };
            known.unwrap_or(Certificate::Unknown)
        });
        let validation = server_check(validation, discovered).unwrap_or(Validation::UNKNOWN);
        Some(Self::Tls { validation: Some(validation), certificate, by_policy: true })
    }

    /// Whether all of it is known, so that it can be said to a proxy.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Plaintext => true,
            Self::Tls { validation, certificate, by_policy: _ } => {
                certificate.as_ref() != Some(&Certificate::Unknown)
                    && validation.as_ref().is_none_or(|own| own.trust != Trust::Unknown)
            }
        }
    }

    fn without_policy(server: Option<&ServerTls<'a>>) -> Self {
        let Some(server) = server else { return Self::Plaintext };
        let validation = match server.certificate {
            Certificate::Acm(arn) => Some(Validation { trust: Trust::RootOf(arn), names: Vec::new() }),
            Certificate::File { .. } | Certificate::Sds(_) => None,
            Certificate::Unknown => Some(Validation::UNKNOWN),
        };
        Self::Tls { validation, certificate: None, by_policy: false }
    }

    /// Whether it is TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tls { .. })
    }
}

fn listener_certificate(certificate: &ListenerTlsCertificate) -> Option<Certificate<'_>> {
    match certificate {
        ListenerTlsCertificate::Acm(acm) => acm.certificate_arn.known().map(|arn| Certificate::Acm(arn.as_str())),
        ListenerTlsCertificate::File(file) => file_certificate(file),
        ListenerTlsCertificate::Sds(sds) => sds_certificate(sds),
    }
}

/// How a policy checks a server; without names its own, under which it is found.
fn server_check<'a>(validation: &'a TlsValidationContext, discovered: Cow<'a, str>) -> Option<Validation<'a>> {
    let trust = match &validation.trust {
        TlsValidationContextTrust::Acm(acm) => {
            let arns = acm.certificate_authority_arns.iter();
            Trust::Acm(arns.map(|arn| arn.known().map(ResourceArn::as_str)).collect::<Option<Vec<&str>>>()?)
        }
        TlsValidationContextTrust::File(file) => file_trust(file)?,
        TlsValidationContextTrust::Sds(sds) => sds_trust(sds)?,
    };
    let names = match &validation.subject_alternative_names {
        Some(names) => subject_names(names)?,
        None => vec![discovered],
    };
    Some(Validation { trust, names })
}

fn client_check(validation: &ListenerTlsValidationContext) -> Option<Validation<'_>> {
    let ListenerTlsValidationContext { subject_alternative_names, trust } = validation;
    let trust = match trust {
        ListenerTlsValidationContextTrust::File(file) => file_trust(file)?,
        ListenerTlsValidationContextTrust::Sds(sds) => sds_trust(sds)?,
    };
    // Source: App Mesh User Guide, mutual-tls: without names any client that the authority vouches for is let in.
    let names = subject_alternative_names.as_ref().map_or(Some(Vec::new()), subject_names)?;
    Some(Validation { trust, names })
}

fn file_certificate(file: &TlsFileCertificate) -> Option<Certificate<'_>> {
    Some(Certificate::File { chain: path(&file.certificate_chain)?, key: path(&file.private_key)? })
}

fn sds_certificate(sds: &TlsSdsCertificate) -> Option<Certificate<'_>> {
    sds.secret_name.known().map(|name| Certificate::Sds(name.as_str()))
}

fn file_trust(file: &TlsFileTrust) -> Option<Trust<'_>> {
    path(&file.certificate_chain).map(Trust::File)
}

fn sds_trust(sds: &TlsSdsTrust) -> Option<Trust<'_>> {
    sds.secret_name.known().map(|name| Trust::Sds(name.as_str()))
}

fn path(path: &Scalar<FilePath>) -> Option<&str> {
    path.known().map(FilePath::as_str)
}

fn subject_names(names: &SubjectAlternativeNames) -> Option<Vec<Cow<'_, str>>> {
    names.matcher.exact.iter().map(|name| name.known().map(SubjectAlternativeName::as_str).map(Cow::Borrowed)).collect()
}
