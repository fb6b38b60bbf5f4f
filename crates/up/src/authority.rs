//! Certificates for all proxies of a run: the mesh names files, secrets and ARNs that are elsewhere, and these stand for them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore};

use crate::owner::Owner;

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder takes nothing.
    #[error("certificates cannot be written: {0}")]
    Files(#[from] io::Error),
    /// They cannot be made.
    #[error("certificates cannot be made: {0}")]
    Certificates(#[from] rcgen::Error),
    /// TLS cannot be spoken with them.
    #[error("TLS cannot be spoken: {0}")]
    Tls(#[from] rustls::Error),
}

/// An authority that lives as long as it is held; its key is nowhere else.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    folder: PathBuf,
    owner: Owner,
}

impl Authority {
    /// A new one, whose certificate is in `authorities.pem` of a folder; what it writes its owner may read.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn new(folder: &Path, owner: Owner) -> Result<Self, Error> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Meshwright, for one run");
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let authority = Self { issuer, certificate, folder: folder.to_owned(), owner };
        authority.put(&folder.join("authorities.pem"), &authority.certificate.pem())?;
        Ok(authority)
    }

    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        fs::write(path, text)?;
        self.owner.give(path)
    }

    /// Writes a certificate for the proxy on an address, with names; those that no certificate can bear are left out.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn write(&self, address: IpAddr, names: &BTreeSet<String>) -> Result<(), Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "a proxy");
        params.subject_alt_names = names.iter().filter_map(|name| subject(name)).collect();
        params.subject_alt_names.push(SanType::IpAddress(address));
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let folder = self.folder.join(address.to_string());
        fs::create_dir_all(&folder)?;
        self.put(&folder.join("key.pem"), &key.serialize_pem())?;
        self.put(&folder.join("chain.pem"), &certificate.pem())?;
        // Its proxy logs there, once everything of ours is there.
        self.owner.give_to_write(&folder)?;
        Ok(())
    }
}

impl Authority {
    /// The TLS of whoever sends requests from outside of the mesh, with the names that servers ask of clients.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn client(&self, names: &BTreeSet<String>) -> Result<Arc<ClientConfig>, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "a client");
        params.subject_alt_names = names.iter().filter_map(|name| subject(name)).collect();
        let key = KeyPair::generate()?;
        let chain = vec![params.signed_by(&key, &self.issuer)?.der().clone()];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let mut trusted = RootCertStore::empty();
        trusted.add(self.certificate.der().clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Arc::new(builder.with_root_certificates(trusted).with_client_auth_cert(chain, key)?))
    }
}

/// A name as certificates bear it: one with a colon is a URI, as of SPIFFE.
fn subject(name: &str) -> Option<SanType> {
    if let Ok(address) = name.parse() {
        return Some(SanType::IpAddress(address));
    }
    let text = Ia5String::try_from(name).ok()?;
    Some(if name.contains(':') { SanType::URI(text) } else { SanType::DnsName(text) })
}
