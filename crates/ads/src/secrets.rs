//! What proxies are handed as secrets: certificates with their keys, and authorities.

use std::fmt;

use meshwright_envoy::envoy::config::core::v3::DataSource;
use meshwright_envoy::envoy::config::core::v3::data_source::Specifier;
use meshwright_envoy::envoy::extensions::transport_sockets::tls::v3::secret::Type;
use meshwright_envoy::envoy::extensions::transport_sockets::tls::v3::{
    CertificateValidationContext, Secret as Message, TlsCertificate,
};
use meshwright_envoy::translate::Secret;

/// What a secret holds, in PEM.
#[derive(Clone, PartialEq, Eq)]
pub enum Contents {
    /// A certificate.
    Certificate {
        /// It and those that certify it.
        chain: Vec<u8>,
        /// Its key.
        key: Vec<u8>,
    },
    /// Authorities.
    Authorities(Vec<u8>),
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Certificate { .. } => "Certificate",
            Self::Authorities(_) => "Authorities",
        })
    }
}

/// Where the contents of secrets come from. Whoever changes them calls [`Hub::look`](crate::Hub::look) then.
pub trait Secrets: fmt::Debug + Send {
    /// What a secret holds now.
    ///
    /// # Errors
    /// Says why it is not there.
    fn contents(&self, secret: &Secret) -> Result<Contents, String>;

    /// Whether contents have changed since this was asked last.
    fn have_changed(&self) -> bool;
}

/// A secret as a proxy is sent it, or why it is not.
pub(crate) fn message(name: &str, secret: &Secret, secrets: Option<&dyn Secrets>) -> Result<Message, String> {
    let Some(secrets) = secrets else {
        return Err(format!("secret {name}: nobody hands it out: `serve --certificates` does"));
    };
    let contents = secrets.contents(secret).map_err(|why| format!("secret {name}: {why}"))?;
    let inline = |bytes| Some(DataSource { specifier: Some(Specifier::InlineBytes(bytes)), ..DataSource::default() });
    let r#type = match contents {
        Contents::Certificate { chain, key } => Type::TlsCertificate(TlsCertificate {
            certificate_chain: inline(chain),
            private_key: inline(key),
            ..TlsCertificate::default()
        }),
        Contents::Authorities(pem) => Type::ValidationContext(CertificateValidationContext {
            trusted_ca: inline(pem),
            ..CertificateValidationContext::default()
        }),
    };
    Ok(Message { name: name.to_owned(), r#type: Some(r#type) })
}
