//! Who may reach a server, and how: its address, its access keys, and TLS.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_ads::{Authorize, MeshId, Profile};
use meshwright_server::http::Settings;
use meshwright_server::tls::{self, Clients};
use meshwright_server::{Caller, Credentials, is_account, is_region};

use rustls::ServerConfig;

use crate::env;

/// The most bytes of a file of access keys, certificates or a key.
const MAX_FILE: u64 = 1 << 20;

/// How a server is reached.
#[derive(Args, Clone, Debug)]
pub(crate) struct ReachOptions {
    /// Where it listens; an address that is not of the loopback demands --credentials and TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
    pub(super) listen: SocketAddr,
    /// The region of files and of clients that sign for none; without it that of `AWS_REGION` or `AWS_DEFAULT_REGION`, else us-east-1
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The account whose resources they are: 12 digits
    #[arg(long, value_name = "ID", default_value = "123456789012")]
    account: String,
    /// The access keys, in TOML, that requests must be signed with, and what each may do; without it everyone may do everything
    #[arg(long, value_name = "FILE")]
    credentials: Option<String>,
    /// The certificate chain of the server, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<String>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<String>,
    /// Authorities, in PEM, of which clients must show a certificate; with --credentials a proxy may sign its calls instead
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    client_ca: Option<String>,
}

impl ReachOptions {
    /// What the server is told, and how proxies are served with TLS, where it has a certificate.
    pub(super) fn settings(&self) -> Result<(Settings, Option<Guard>)> {
        let is_open = self.credentials.is_none() || self.tls_cert.is_none();
        if is_open && !self.listen.ip().is_loopback() {
            bail!(
                "--listen {}: beyond the loopback a server needs --credentials, --tls-cert and --tls-key",
                self.listen
            );
        }
        if !is_account(&self.account) {
            bail!("--account {}: an account has 12 digits", self.account);
        }
        let region = self.region.clone().or_else(env::region).unwrap_or_else(|| "us-east-1".to_owned());
        if !is_region(&region) {
            bail!("--region {region}: a region has 1 to 32 small letters, digits and hyphens");
        }
        let mut settings = Settings::of(&region, &self.account);
        if let Some(path) = &self.credentials {
            let text = secret(path).context("--credentials")?;
            let text = String::from_utf8(text).map_err(|_| anyhow!("--credentials: {path}: it is no UTF-8"))?;
            let credentials = Credentials::read(&text).map_err(|why| anyhow!("--credentials: {path}: {why}"))?;
            settings.credentials = Some(credentials);
        }
        let (Some(chain), Some(key)) = (&self.tls_cert, &self.tls_key) else { return Ok((settings, None)) };
        let chain = bounded(chain).context("--tls-cert")?;
        let key = secret(key).context("--tls-key")?;
        let authorities = self.client_ca.as_deref().map(bounded).transpose().context("--client-ca")?;
        let config = |clients, protocol| {
            let config = tls::server_config(&chain, &key, clients, protocol);
            config.map_err(|why| anyhow!("--tls-cert, --tls-key, --client-ca: {why}"))
        };
        let authorize = settings.credentials.as_ref().map(|credentials| signed(credentials.clone(), &self.account));
        let (of_api, of_proxies) = match (&authorities, &authorize) {
            (None, _) => (Clients::Anyone, Clients::Anyone),
            (Some(pem), None) => (Clients::Certified(pem), Clients::Certified(pem)),
            // Envoy can show a certificate, App Mesh's image can sign, and neither can do both.
            (Some(pem), Some(_)) => (Clients::Certified(pem), Clients::MaybeCertified(pem)),
        };
        settings.tls = Some(config(of_api, "http/1.1")?);
        let is_for_all = authorities.is_none() && authorize.is_none();
        Ok((settings, Some(Guard { tls: config(of_proxies, "h2")?, authorize, is_for_all })))
    }

    /// The scheme of its address.
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }
}

/// How proxies are served with TLS.
pub(crate) struct Guard {
    /// The certificate, and those that proxies must show.
    pub(super) tls: Arc<ServerConfig>,
    /// Who signs the calls of proxies that show no certificate, where they must.
    pub(super) authorize: Option<Authorize>,
    /// Whether a proxy need neither show a certificate nor sign.
    pub(super) is_for_all: bool,
}

/// Signed calls, by some access keys; `account` is that of keys that name none.
fn signed(credentials: Credentials, account: &str) -> Authorize {
    let account = account.to_owned();
    Authorize(Arc::new(move |head| {
        let caller = Caller::of(head, &credentials, &account).map_err(|why| why.message)?;
        let (region, account) = (caller.region.clone(), caller.account.clone());
        let may_be = move |proxy: &Profile| {
            let MeshId { region, owner, name } = &proxy.mesh;
            caller.may_be(proxy.kind, &proxy.name, name, owner, region).map_err(|why| why.message)
        };
        Ok(meshwright_ads::Caller { region, account, may_be: Box::new(may_be) })
    }))
}

/// A file that holds a secret: others on this machine must not be able to read it.
pub(super) fn secret(path: &str) -> Result<Vec<u8>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).with_context(|| path.to_owned())?;
        if metadata.permissions().mode() & 0o007 != 0 {
            bail!("{path}: everyone on this machine may read or change it: chmod o= {path}");
        }
    }
    bounded(path)
}

/// A file that is not too large.
pub(super) fn bounded(path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| path.to_owned())?;
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).with_context(|| path.to_owned())?;
    if bytes.len() as u64 > MAX_FILE {
        bail!("{path}: it is larger than {MAX_FILE} bytes");
    }
    Ok(bytes)
}
