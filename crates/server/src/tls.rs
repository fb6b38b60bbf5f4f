//! TLS around the API and the control plane.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, RootCertStore, ServerConfig};

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

/// Whether a chain is of certificates, and its key, both in PEM, that of the first.
///
/// # Errors
/// Says what is wrong; never shows a key. Of a key that is of a kind unknown here nothing is said.
pub fn check_pair(chain: &[u8], key: &[u8]) -> Result<(), String> {
    let chain = certificates(chain).map_err(|why| format!("the certificate: {why}"))?;
    for (place, certificate) in chain.iter().enumerate() {
        ParsedCertificate::try_from(certificate).map_err(|why| format!("certificate {}: {why}", place + 1))?;
    }
    if key.windows(9).any(|part| part == b"ENCRYPTED") {
        return Err("the key has a passphrase: take it off, as by openssl pkey".to_owned());
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|why| format!("the key: {why}"))?;
    let Ok(signing) = ring::sign::any_supported_type(&key) else { return Ok(()) };
    match CertifiedKey::new(chain, signing).keys_match() {
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err("the key is not that of the certificate".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether a PEM text is of authorities.
///
/// # Errors
/// Says what is wrong.
pub fn check_authorities(pem: &[u8]) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem).map_err(|why| format!("the authorities: {why}"))? {
        roots.add(certificate).map_err(|why| format!("the authorities: {why}"))?;
    }
    Ok(())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|why| why.to_string())?;
    if certificates.is_empty() { Err("there is none in it".to_owned()) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn issued() -> [String; 2] {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["a.local".to_owned()]).unwrap().self_signed(&key).unwrap();
        [certificate.pem(), key.serialize_pem()]
    }

    #[test]
    fn what_does_not_go_together_is_told() {
        let ([chain, key], [other, other_key]) = (issued(), issued());
        let why = |chain: &str, key: &str| check_pair(chain.as_bytes(), key.as_bytes()).unwrap_err();
        assert_eq!(check_pair(chain.as_bytes(), key.as_bytes()), Ok(()));
        assert_eq!(check_pair(format!("{chain}{other}").as_bytes(), key.as_bytes()), Ok(()));
        assert_eq!(why(&chain, &other_key), "the key is not that of the certificate");
        assert!(why("", &key).starts_with("the certificate: "));
        let spoiled = format!("{chain}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assert!(why(&spoiled, &key).starts_with("certificate 2: "));
        assert!(why(&chain, &key.replace("PRIVATE", "ENCRYPTED PRIVATE")).contains("passphrase"));
        assert!(check_authorities(spoiled.as_bytes()).is_err());
        assert_eq!(check_authorities(chain.as_bytes()), Ok(()));
    }
}
