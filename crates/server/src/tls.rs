//! TLS around the API.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// TLS with a certificate chain and its key, both in PEM; with authorities, clients must show a certificate of theirs.
///
/// # Errors
/// Says which of them is none; never shows a key.
pub fn server_config(chain: &[u8], key: &[u8], client_authorities: Option<&[u8]>) -> Result<Arc<ServerConfig>, String> {
    let chain = certificates(chain).map_err(|why| format!("the certificate: {why}"))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|why| format!("the key: {why}"))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?;
    let builder = match client_authorities {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(authorities).map_err(|why| format!("the client authorities: {why}"))? {
                roots.add(certificate).map_err(|why| format!("the client authorities: {why}"))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(|why| format!("the client authorities: {why}"))?)
        }
    };
    let mut config =
        builder.with_single_cert(chain, key).map_err(|why| format!("the certificate and its key: {why}"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|why| why.to_string())?;
    if certificates.is_empty() { Err("there is none in it".to_owned()) } else { Ok(certificates) }
}
