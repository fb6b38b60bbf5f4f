//! A folder with what AWS Certificate Manager held, for proxies that ask for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use meshwright_ads::{Contents, Secrets};
use meshwright_envoy::translate::Secret;
use meshwright_model::visible::visible;
use meshwright_server::tls;

use super::settings::{bounded, secret};
use crate::{complain, load};

/// How often files are looked at. What has changed is read when it looks the same twice: a file may be half written.
const PERIOD: Duration = Duration::from_millis(500);

/// The folder, with what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
    entries: Arc<Mutex<BTreeMap<String, Entry>>>,
    have_changed: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Entry {
    secret: Secret,
    contents: Result<Contents, String>,
    /// What its files looked like last, and whether that is what was read.
    stamps: load::Stamps,
    is_read: bool,
}

impl Folder {
    /// A folder that is there.
    pub(super) fn open(root: &str) -> Result<Self> {
        if !Path::new(root).is_dir() {
            bail!("--certificates {root}: there is no such folder");
        }
        Ok(Self { root: root.into(), entries: Arc::default(), have_changed: Arc::default() })
    }

    /// Reads what was asked for again when its files change, and calls `tell` then.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn follow(&self, tell: impl Fn() + Send + 'static) -> Result<()> {
        let folder = self.clone();
        let run = move || {
            loop {
                std::thread::sleep(PERIOD);
                if folder.look_again() {
                    folder.have_changed.store(true, Ordering::Release);
                    tell();
                }
            }
        };
        std::thread::Builder::new().name("certificates".to_owned()).spawn(run).context("--certificates")?;
        Ok(())
    }

    /// Whether anything is other than it was.
    fn look_again(&self) -> bool {
        let mut is_other = false;
        for (name, entry) in self.entries().iter_mut() {
            let stamps = self.stamps(&entry.secret);
            if stamps != entry.stamps {
                (entry.stamps, entry.is_read) = (stamps, false);
                continue;
            }
            if entry.is_read {
                continue;
            }
            entry.is_read = true;
            match (self.read(&entry.secret), &entry.contents) {
                // A certificate that is taken away or spoiled stays with the proxies that have it.
                (Err(why), Ok(_)) => {
                    complain(&format!(
                        "error: --certificates: {}: {why}; proxies keep what they have\n",
                        visible(name)
                    ));
                }
                (now, before) if now == *before => {}
                (now, _) => {
                    let said = now.as_ref().err().map_or("handed out", String::as_str);
                    complain(&format!("--certificates: {}: {said}\n", visible(name)));
                    (entry.contents, is_other) = (now, true);
                }
            }
        }
        is_other
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self, secret: &Secret) -> Vec<String> {
        let names: &[&str] =
            if matches!(secret, Secret::Certificate(_)) { &["chain.pem", "key.pem"] } else { &["authorities.pem"] };
        let folder = secret.folder(&self.root.to_string_lossy());
        names.iter().map(|name| format!("{folder}/{name}")).collect()
    }

    fn stamps(&self, secret: &Secret) -> load::Stamps {
        load::stamps(&self.files(secret))
    }

    fn read(&self, own: &Secret) -> Result<Contents, String> {
        let files = self.files(own);
        // Opening a pipe would wait for somebody to write to it, for ever.
        if let Some(other) = files.iter().find(|file| std::fs::metadata(file).is_ok_and(|own| !own.is_file())) {
            return Err(format!("{other}: it is no file"));
        }
        let contents = match &files[..] {
            [chain, key] => {
                let (chain, key) = (said(bounded(chain))?, said(secret(key))?);
                // Whether they belong together: one may have been replaced and the other not yet.
                tls::check_pair(&chain, &key)?;
                Contents::Certificate { chain, key }
            }
            files => {
                let pem = files.iter().map(|file| said(bounded(file))).collect::<Result<Vec<_>, String>>()?.concat();
                tls::check_authorities(&pem)?;
                Contents::Authorities(pem)
            }
        };
        Ok(contents)
    }
}

impl Secrets for Folder {
    fn contents(&self, secret: &Secret) -> Result<Contents, String> {
        let mut entries = self.entries();
        let entry = entries.entry(secret.name()).or_insert_with(|| {
            let stamps = self.stamps(secret);
            let contents = self.read(secret);
            if let Err(why) = &contents {
                complain(&format!(
                    "--certificates: {}: {why}; it is handed out as soon as it is there\n",
                    visible(&secret.name())
                ));
            }
            Entry { secret: secret.clone(), contents, stamps, is_read: true }
        });
        entry.contents.clone()
    }

    fn have_changed(&self) -> bool {
        self.have_changed.swap(false, Ordering::AcqRel)
    }
}

fn said(bytes: Result<Vec<u8>>) -> Result<Vec<u8>, String> {
    bytes.map_err(|why| format!("{why:#}"))
}
