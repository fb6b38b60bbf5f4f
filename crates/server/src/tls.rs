//! TLS around the API and the control plane.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// What clients must show.
#[derive(Clone, Copy, Debug)]
pub enum Clients<'a> {
    /// Nothing.
    Anyone,
    /// A certificate of an authority; these are in PEM.
    Certified(&'a [u8]),
    /// Such a certificate, or nothing.
    MaybeCertified(&'a [u8]),
}

/// TLS with a certificate chain and its key, both in PEM, for a protocol as ALPN names it.
///
/// # Errors
/// Says which of them is none; never shows a key.
pub fn server_config(
    chain: &[u8],
    key: &[u8],
    clients: Clients<'_>,
    protocol: &str,
) -> Result<Arc<ServerConfig>, String> {
    let chain = certificates(chain).map_err(|why| format!("the certificate: {why}"))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|why| format!("the key: {why}"))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?;
    let (authorities, is_optional) = match clients {
        Clients::Anyone => (None, true),
        Clients::Certified(authorities) => (Some(authorities), false),
        Clients::MaybeCertified(authorities) => (Some(authorities), true),
    };
    let builder = match authorities {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(authorities).map_err(|why| format!("the client authorities: {why}"))? {
                roots.add(certificate).map_err(|why| format!("the client authorities: {why}"))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier = if is_optional { verifier.allow_unauthenticated() } else { verifier };
            let verifier = verifier.build().map_err(|why| format!("the client authorities: {why}"))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config =
        builder.with_single_cert(chain, key).map_err(|why| format!("the certificate and its key: {why}"))?;
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Ok(Arc::new(config))
}

/// The certificates of a PEM text.
///
/// # Errors
/// There is none, or something that is none.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|why| why.to_string())?;
    if certificates.is_empty() { Err("there is none in it".to_owned()) } else { Ok(certificates) }
}
