//! TLS of listeners and of clients.

use serde::{Deserialize, Serialize};

use crate::limits::{FilePath, ListenerTlsMode, Port, ResourceArn, SdsSecretName, SubjectAlternativeName};
use crate::list::List;
use crate::scalar::Scalar;

/// How a client treats its backends. API shape `ClientPolicy`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientPolicy {
    /// TLS to the backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ClientPolicyTls>,
}

/// TLS that a client asks for. API shape `ClientPolicyTls`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientPolicyTls {
    /// What the client shows (mutual TLS).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<ClientTlsCertificate>,
    /// Whether TLS is required; absent means true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce: Option<Scalar<bool>>,
    /// The ports it applies to; absent means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<Vec<Scalar<Port>>>,
    /// How the server's certificate is checked.
    pub validation: TlsValidationContext,
}

/// A client's certificate. API union `ClientTlsCertificate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientTlsCertificate {
    /// From files.
    File(TlsFileCertificate),
    /// From a Secret Discovery Service.
    Sds(TlsSdsCertificate),
}

/// A certificate in files beside the proxy. API shape `ListenerTlsFileCertificate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsFileCertificate {
    /// The chain, in PEM.
    pub certificate_chain: Scalar<FilePath>,
    /// The key, in PEM.
    pub private_key: Scalar<FilePath>,
}

/// A certificate from a Secret Discovery Service. API shape `ListenerTlsSdsCertificate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsSdsCertificate {
    /// The secret.
    pub secret_name: Scalar<SdsSecretName>,
}

/// A certificate in AWS Certificate Manager. API shape `ListenerTlsAcmCertificate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsAcmCertificate {
    /// The certificate.
    pub certificate_arn: Scalar<ResourceArn>,
}

/// How a client checks a server. API shape `TlsValidationContext`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsValidationContext {
    /// Names of which the certificate must bear one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_alternative_names: Option<SubjectAlternativeNames>,
    /// The authorities that are trusted.
    pub trust: TlsValidationContextTrust,
}

/// The authorities that a client trusts. API union `TlsValidationContextTrust`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TlsValidationContextTrust {
    /// Private CAs of AWS.
    Acm(TlsAcmTrust),
    /// Certificates in a file.
    File(TlsFileTrust),
    /// Certificates from a Secret Discovery Service.
    Sds(TlsSdsTrust),
}

/// Private CAs of AWS. API shape `TlsValidationContextAcmTrust`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsAcmTrust {
    /// The authorities.
    pub certificate_authority_arns: List<Scalar<ResourceArn>, 3>,
}

/// Certificates in a file. API shape `TlsValidationContextFileTrust`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsFileTrust {
    /// The chain, in PEM.
    pub certificate_chain: Scalar<FilePath>,
}

/// Certificates from a Secret Discovery Service. API shape `TlsValidationContextSdsTrust`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsSdsTrust {
    /// The secret.
    pub secret_name: Scalar<SdsSecretName>,
}

/// Names that a certificate may bear. API shape `SubjectAlternativeNames`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectAlternativeNames {
    /// How they are compared.
    #[serde(rename = "match")]
    pub matcher: SubjectAlternativeNameMatchers,
}

/// Names that are compared as a whole. API shape `SubjectAlternativeNameMatchers`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectAlternativeNameMatchers {
    /// DNS names or URIs.
    pub exact: Vec<Scalar<SubjectAlternativeName>>,
}

/// TLS of a listener. API shape `ListenerTls`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerTls {
    /// What the server shows; required in every mode.
    pub certificate: ListenerTlsCertificate,
    /// Whether TLS is spoken.
    pub mode: Scalar<ListenerTlsMode>,
    /// How clients are checked (mutual TLS).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<ListenerTlsValidationContext>,
}

/// A server's certificate. API union `ListenerTlsCertificate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListenerTlsCertificate {
    /// From AWS Certificate Manager.
    Acm(TlsAcmCertificate),
    /// From files.
    File(TlsFileCertificate),
    /// From a Secret Discovery Service.
    Sds(TlsSdsCertificate),
}

/// How a server checks its clients. API shape `ListenerTlsValidationContext`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerTlsValidationContext {
    /// Names of which the client's certificate must bear one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_alternative_names: Option<SubjectAlternativeNames>,
    /// The authorities that are trusted.
    pub trust: ListenerTlsValidationContextTrust,
}

/// The authorities that a server trusts; ACM is not among them. API union `ListenerTlsValidationContextTrust`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListenerTlsValidationContextTrust {
    /// Certificates in a file.
    File(TlsFileTrust),
    /// Certificates from a Secret Discovery Service.
    Sds(TlsSdsTrust),
}
