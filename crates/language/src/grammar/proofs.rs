//! Where certificates and the authorities that are trusted are put.

use super::key_files::is_directory;
use super::reader::Reader;
use super::slot::Slots;
use super::spot::{self, Place, Said, Side, Spot, Trouble, put};
use crate::intent::{Certificate, Intent, Trust};

impl Reader<'_> {
    /// A directory is no file: which of its files are meant is asked.
    pub(super) fn files_in_directory(&mut self, path: &str) -> Said {
        let is_said = self.words.clone().any(|at| self.is_word(at, &["directory", "folder", "below"]));
        if !is_said && !is_directory(path) {
            return Err(Trouble::NotHere);
        }
        let spot = self.here()?;
        let text = format!(
            "`{path}` is a directory: which files in it are the certificate chain, its private key and the authorities that are trusted?"
        );
        if self.questions.last().is_none_or(|last| last.text != text) {
            self.ask(&text, self.words.start, self.words.end);
        }
        certificate(&mut self.intent, spot, Certificate::File { chain: None, key: None })
    }
}

/// Whether the TLS that was spoken of is a listener's.
pub(super) fn serves(intent: &mut Intent, spot: Spot) -> bool {
    spot.side == Side::Server
        && !matches!(spot.place, Place::Route(..) | Place::Router(_))
        && spot::listener(intent, spot).is_ok_and(|(listener, _)| listener.tls.is_some())
}

/// Puts a certificate, or says more about the one of its kind that is there.
pub(super) fn certificate(intent: &mut Intent, spot: Spot, certificate: Certificate) -> Said {
    let (field, path) = match spot.side {
        Side::Server => {
            let (tls, path) = spot::listener_tls(intent, spot)?;
            (&mut tls.certificate, path)
        }
        Side::Client | Side::Call(_) => {
            let (tls, path) = spot::client_tls(intent, spot)?;
            tls.mutual = true;
            (&mut tls.certificate, path)
        }
    };
    let merged = match (field.clone(), certificate) {
        (Some(Certificate::Acm { arn: there }), Certificate::Acm { arn }) => {
            Certificate::Acm { arn: said_once(there, arn)? }
        }
        (Some(Certificate::File { chain, key }), Certificate::File { chain: more_chain, key: more_key }) => {
            Certificate::File { chain: said_once(chain, more_chain)?, key: said_once(key, more_key)? }
        }
        (Some(Certificate::Sds { secret: there }), Certificate::Sds { secret }) => {
            Certificate::Sds { secret: said_once(there, secret)? }
        }
        (None, certificate) => certificate,
        (Some(_), _) => return Err(two_sources()),
    };
    *field = Some(merged);
    Ok(path + ".certificate")
}

/// What was said first or later of one value, which may not differ.
pub(super) fn said_once(there: Option<String>, said: Option<String>) -> Result<Option<String>, Trouble> {
    let differ = there.is_some() && said.is_some() && there != said;
    if differ { Err(two_sources()) } else { Ok(said.or(there)) }
}

pub(super) fn two_sources() -> Trouble {
    Trouble::Clash("two sources of one certificate".to_owned())
}

/// What a listener verifies those who call it with.
pub(super) fn trust_clients(intent: &mut Intent, spot: Spot, trust: Trust) -> Said {
    let (tls, path) = spot::listener_tls(intent, Spot { side: Side::Server, ..spot })?;
    tls.mutual = true;
    put(&mut tls.trust, trust, &path, "trust")
}

/// The certificates that clients show: whoever is called verifies them, and holds none of their keys.
pub(super) fn clients_show(reader: &mut Reader<'_>, spot: Spot, slots: &Slots) -> Said {
    let is_named = spot::node(&mut reader.intent, spot).is_ok_and(|(node, _)| node.name.is_some())
        || !matches!(spot.place, Place::Node(_));
    let secret = slots.given("secret").filter(|_| is_named).ok_or(Trouble::NotHere)?;
    trust_clients(&mut reader.intent, spot, Trust::Sds { secret: Some(secret) })
}

pub(super) fn acm(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Acm { arn: slots.given("address") })
}

pub(super) fn files(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::File { chain: slots.given("chain"), key: slots.given("key") })
}

pub(super) fn sds(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Sds { secret: slots.given("secret") })
}

/// Trust in a file: of the listener where it speaks mutual TLS, of the client otherwise.
pub(super) fn trust_file(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    let chain = slots.given("chain");
    if serves(intent, spot) {
        let (tls, path) = spot::listener_tls(intent, spot)?;
        tls.mutual = true;
        return put(&mut tls.trust, Trust::File { chain }, &path, "trust");
    }
    let (tls, path) = spot::client_tls(intent, spot)?;
    put(&mut tls.trust, Trust::File { chain }, &path, "trust")
}

pub(super) fn trust_sds(intent: &mut Intent, spot: Spot, secret: Option<String>) -> Said {
    if serves(intent, spot) {
        let (tls, path) = spot::listener_tls(intent, spot)?;
        return put(&mut tls.trust, Trust::Sds { secret }, &path, "trust");
    }
    let (tls, path) = spot::client_tls(intent, spot)?;
    put(&mut tls.trust, Trust::Sds { secret }, &path, "trust")
}
