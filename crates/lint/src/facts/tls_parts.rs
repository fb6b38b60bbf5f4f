//! Where resources speak of TLS: listeners and client policies, in one form.

use meshwright_model::limits::{FilePath, SdsSecretName};
use meshwright_model::tls::{
    ClientPolicy, ClientPolicyTls, ClientTlsCertificate, ListenerTls, ListenerTlsCertificate,
    ListenerTlsValidationContextTrust, SubjectAlternativeNames, TlsAcmCertificate, TlsAcmTrust, TlsFileCertificate,
    TlsFileTrust, TlsSdsCertificate, TlsSdsTrust, TlsValidationContextTrust,
};
use meshwright_model::virtual_node::Backend;
use meshwright_model::{Inventory, Path, Resource, Scalar, Spec};

use super::{Facts, backend_path, listener_path};

/// The TLS of a listener, or of a client policy.
#[derive(Clone, Debug)]
pub struct TlsPart<'a> {
    /// The node or gateway.
    pub resource: &'a Resource,
    /// Where it stands: a `tls`.
    pub path: Path,
    /// Whose it is.
    pub side: TlsSide<'a>,
    /// What is shown to the peer.
    pub certificate: Option<Certificate<'a>>,
    /// Who is trusted to vouch for the peer.
    pub trust: Option<Trust<'a>>,
    /// The names of which the peer's certificate must bear one.
    pub names: Option<&'a SubjectAlternativeNames>,
}

/// Whose TLS it is.
#[derive(Clone, Copy, Debug)]
pub enum TlsSide<'a> {
    /// A listener's.
    Listener(&'a ListenerTls),
    /// A client's.
    Client(&'a ClientPolicyTls),
}

/// Where a certificate comes from.
#[derive(Clone, Copy, Debug)]
pub enum Certificate<'a> {
    /// From AWS Certificate Manager.
    Acm(&'a TlsAcmCertificate),
    /// From files.
    File(&'a TlsFileCertificate),
    /// From a Secret Discovery Service.
    Sds(&'a TlsSdsCertificate),
}

/// Where the trusted authorities come from.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// Private CAs of AWS.
    Acm(&'a TlsAcmTrust),
    /// A file.
    File(&'a TlsFileTrust),
    /// A Secret Discovery Service.
    Sds(&'a TlsSdsTrust),
}

impl<'a> TlsPart<'a> {
    /// Where a value of it stands.
    pub fn at(&self, fields: &[&'static str]) -> Path {
        fields.iter().fold(self.path.clone(), |path, field| path.field(*field))
    }

    /// The files it reads, and where they are named.
    pub fn files(&self) -> impl Iterator<Item = (&'a Scalar<FilePath>, Path)> {
        let certificate = if let Some(Certificate::File(file)) = self.certificate { Some(file) } else { None };
        let trust = if let Some(Trust::File(file)) = self.trust { Some(file) } else { None };
        let of_certificate = certificate.map(|file| {
            [
                (&file.certificate_chain, self.at(&["certificate", "file", "certificateChain"])),
                (&file.private_key, self.at(&["certificate", "file", "privateKey"])),
            ]
        });
        let chain = self.at(&["validation", "trust", "file", "certificateChain"]);
        of_certificate.into_iter().flatten().chain(trust.map(|file| (&file.certificate_chain, chain)))
    }

    /// The secrets it asks a Secret Discovery Service for, and where they are named.
    pub fn secrets(&self) -> impl Iterator<Item = (&'a Scalar<SdsSecretName>, Path)> {
        let certificate = match self.certificate {
            Some(Certificate::Sds(sds)) => Some((&sds.secret_name, self.at(&["certificate", "sds", "secretName"]))),
            _ => None,
        };
        let trust = match self.trust {
            Some(Trust::Sds(sds)) => Some((&sds.secret_name, self.at(&["validation", "trust", "sds", "secretName"]))),
            _ => None,
        };
        certificate.into_iter().chain(trust)
    }

    fn of_listener(resource: &'a Resource, index: usize, tls: &'a ListenerTls) -> Self {
        let certificate = match &tls.certificate {
            ListenerTlsCertificate::Acm(acm) => Certificate::Acm(acm),
            ListenerTlsCertificate::File(file) => Certificate::File(file),
            ListenerTlsCertificate::Sds(sds) => Certificate::Sds(sds),
        };
        let validation = tls.validation.as_ref();
        Self {
            resource,
            path: listener_path(index, &["tls"]),
            side: TlsSide::Listener(tls),
            certificate: Some(certificate),
            trust: validation.map(|validation| match &validation.trust {
                ListenerTlsValidationContextTrust::File(file) => Trust::File(file),
                ListenerTlsValidationContextTrust::Sds(sds) => Trust::Sds(sds),
            }),
            names: validation.and_then(|validation| validation.subject_alternative_names.as_ref()),
        }
    }

    fn of_client(resource: &'a Resource, path: Path, tls: &'a ClientPolicyTls) -> Self {
        Self {
            resource,
            path,
            side: TlsSide::Client(tls),
            certificate: tls.certificate.as_ref().map(|certificate| match certificate {
                ClientTlsCertificate::File(file) => Certificate::File(file),
                ClientTlsCertificate::Sds(sds) => Certificate::Sds(sds),
            }),
            trust: Some(match &tls.validation.trust {
                TlsValidationContextTrust::Acm(acm) => Trust::Acm(acm),
                TlsValidationContextTrust::File(file) => Trust::File(file),
                TlsValidationContextTrust::Sds(sds) => Trust::Sds(sds),
            }),
            names: tls.validation.subject_alternative_names.as_ref(),
        }
    }
}

impl<'a> Facts<'a> {
    /// Every listener's and client policy's TLS, resource by resource.
    pub fn tls_parts(&self) -> &[TlsPart<'a>] {
        self.lazy.tls_parts.get_or_init(|| tls_parts(self.inventory))
    }
}

/// Where the client policy for backends that say nothing themselves stands.
pub(super) fn defaults_path() -> Path {
    Path::of(&["spec", "backendDefaults", "clientPolicy", "tls"])
}

fn tls_parts(inventory: &Inventory) -> Vec<TlsPart<'_>> {
    let mut parts = Vec::new();
    for resource in &inventory.resources {
        let (listeners, defaults) = match &resource.spec {
            Spec::VirtualNode(spec) => {
                let listeners: Vec<_> = spec.listeners.iter().flatten().map(|listener| listener.tls.as_ref()).collect();
                (listeners, spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref()))
            }
            Spec::VirtualGateway(spec) => {
                let listeners = spec.listeners.iter().map(|listener| listener.tls.as_ref()).collect();
                (listeners, spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref()))
            }
            _ => continue,
        };
        for (index, tls) in listeners.into_iter().enumerate() {
            parts.extend(tls.map(|tls| TlsPart::of_listener(resource, index, tls)));
        }
        parts.extend(tls_of(defaults).map(|tls| TlsPart::of_client(resource, defaults_path(), tls)));
        let Spec::VirtualNode(spec) = &resource.spec else { continue };
        for (index, Backend::VirtualService(backend)) in spec.backends.iter().flatten().enumerate() {
            let Some(tls) = tls_of(backend.client_policy.as_ref()) else { continue };
            parts.push(TlsPart::of_client(resource, backend_path(index, &["clientPolicy", "tls"]), tls));
        }
    }
    parts
}

fn tls_of(policy: Option<&ClientPolicy>) -> Option<&ClientPolicyTls> {
    policy?.tls.as_ref()
}
