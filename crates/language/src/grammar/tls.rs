//! Meanings of TLS: modes, certificates, trust, on the side of the server and of the client.

use super::meaning::{Block, Home, Meaning, Set};
use super::node::{act, value};
use super::pattern::Slots;
use super::spot::{self, Place, Said, Side, Spot, Trouble, put};
use crate::intent::{Certificate, Intent, TlsMode, Trust};

pub(super) const MEANINGS: &[Meaning] = &[
    act!(
        "TLS",
        Tls,
        true,
        Node,
        ["tls ?on", "terminate tls", "terminate https", "tls <protocol>", "https"],
        |reader, _| reader.tls()
    ),
    value!(
        "TLS: strict",
        Tls,
        true,
        Node,
        [
            "tls required|require|mandatory|only",
            "require|requires|requiring|only|mandatory tls",
            "only listen tls",
            "listen only tls",
            "must tls",
            "strict ?tls ?mode",
            "tls strict",
            "enforce ?strict tls",
            "tls enforce"
        ],
        |intent, spot, _| { mode(intent, spot, TlsMode::Strict) }
    ),
    value!(
        "TLS: permissive",
        Tls,
        true,
        Node,
        [
            "tls and|or|plus plaintext",
            "plaintext and|or|plus tls",
            "allow-all plaintext",
            "plaintext listen",
            "tls and plaintext",
            "permissive ?tls",
            "tls permissive"
        ],
        |intent, spot, _| { mode(intent, spot, TlsMode::Permissive) }
    ),
    act!(
        "TLS: off",
        Tls,
        true,
        Node,
        ["no tls", "tls off", "tls no", "off tls", "no tls at all", "no mtls", "no https"],
        |reader, _| {
            if reader.last_calls.is_some() {
                return Ok(String::new());
            }
            let spot = reader.here()?;
            mode(&mut reader.intent, spot, TlsMode::Disabled)
        }
    ),
    act!(
        "TLS of a call",
        Tls,
        true,
        Node,
        ["tls to call <names>", "tls for call <names>", "mtls to call <names>", "mtls for call <names>"],
        |reader, slots| {
            let is_mutual = reader.is_symbol(reader.words.0, &["mtls"]);
            reader.calls(&slots.texts("names"))?;
            if is_mutual { reader.mutual_tls() } else { reader.tls() }
        }
    ),
    act!("plain text", Tls, true, Node, ["plaintext"], |reader, _| {
        reader.last_calls.as_ref().map(|_| String::new()).ok_or(Trouble::NotHere)
    }),
    act!("mutual TLS", Tls, true, Node, ["mtls ?tls", "mtls ?on"], |reader, _| reader.mutual_tls()),
    value!(
        "mutual TLS: clients show a certificate",
        Tls,
        true,
        Node,
        [
            "trust client-certificate",
            "client-certificate trust",
            "client-certificate required|require|needed",
            "require|requires|requiring client-certificate",
            "client-certificate"
        ],
        |intent, spot, _| {
            let (tls, path) = spot::listener_tls(intent, spot)?;
            tls.mutual = true;
            Ok(path + ".mutual")
        }
    ),
    value!(
        "TLS: certificate from ACM",
        Tls,
        true,
        Node,
        [
            "acm ?certificate <address>",
            "certificate acm <address>",
            "certificate <address>",
            "acm ?certificate",
            "certificate acm",
            "<address>"
        ],
        acm
    ),
    value!(
        "TLS: certificate from files",
        Tls,
        true,
        Node,
        [
            "client-certificate <path:chain> and private-key <path:key>",
            "client-certificate <path:chain> , private-key <path:key>",
            "client-certificate <path:chain> private-key <path:key>",
            "client-certificate file-source",
            "client-certificate <path:chain> and <path:key>",
            "certificate-chain <path:chain> and private-key <path:key>",
            "certificate-chain <path:chain> , private-key <path:key>",
            "certificate-chain <path:chain> private-key <path:key>",
            "certificate <path:chain> and private-key <path:key>",
            "certificate <path:chain> , private-key <path:key>",
            "certificate <path:chain> and <path:key>",
            "certificate file-source <path:chain> and <path:key>",
            "file-source <path:chain> and <path:key>",
            "file-source ?certificate",
            "certificate file-source",
            "certificate-chain <path:chain>",
            "certificate <path:chain>",
            "private-key <path:key>",
        ],
        files
    ),
    value!(
        "TLS: certificate from SDS",
        Tls,
        true,
        Node,
        [
            "certificate ?between sds ?secret <text:secret>",
            "certificate between sds",
            "sds ?certificate secret <text:secret>",
            "sds secret named <text:secret>",
            "certificate sds secret <text:secret>",
            "certificate sds",
            "sds ?certificate",
            "secret <text:secret>",
            "secret named <text:secret>"
        ],
        sds
    ),
    value!(
        "TLS: trust in a file",
        Tls,
        true,
        Node,
        [
            "trust to ?trust <path:chain>",
            "trust <path:chain>",
            "trust certificate-chain <path:chain>",
            "trust certificate <path:chain>",
            "trust client-certificate <path:chain>",
            "client-certificate trust <path:chain>",
            "client-certificate <path:chain>",
            "trust file-source"
        ],
        trust_file
    ),
    value!(
        "TLS: trust in ACM",
        Tls,
        true,
        Node,
        [
            "trust to acm ?trust <address>",
            "trust to <address>",
            "trust acm <address>",
            "trust <address>",
            "trust acm",
            "acm trust <address>",
            "acm trust"
        ],
        |intent, spot, slots| {
            let address = slots.text("address");
            if address.starts_with("spiffe:") {
                return trust_sds(intent, spot, Some(address));
            }
            let arns: Vec<String> = Some(address.clone()).filter(|arn| !arn.is_empty()).into_iter().collect();
            if serves(intent, spot) && spot::listener_tls(intent, spot).is_ok_and(|(tls, _)| tls.mutual) {
                let (tls, path) = spot::listener_tls(intent, spot)?;
                return put(&mut tls.trust, Trust::Acm { arns }, &path, "trust");
            }
            let (tls, path) = spot::client_tls(intent, spot)?;
            let arns = Some(address).filter(|arn| !arn.is_empty()).into_iter().collect();
            put(&mut tls.trust, Trust::Acm { arns }, &path, "trust")
        }
    ),
    value!(
        "TLS: trust from SDS",
        Tls,
        true,
        Node,
        ["trust sds secret <text:secret>", "trust sds", "trust secret <text:secret>", "sds trust"],
        |intent, spot, slots| { trust_sds(intent, spot, given(slots, "secret")) }
    ),
    value!(
        "TLS: names of the certificate",
        Tls,
        true,
        Node,
        [
            "certificate <dotted:names>",
            "certificate be for <dotted:names>",
            "san <names>",
            "trust san <names>",
            "match san <names>"
        ],
        |intent, spot, slots| {
            if serves(intent, spot) {
                let (tls, path) = spot::listener_tls(intent, spot)?;
                tls.client_names.extend(slots.texts("names"));
                return Ok(path + ".clientNames");
            }
            let (tls, path) = spot::client_tls(intent, spot)?;
            tls.names.extend(slots.texts("names"));
            Ok(path + ".names")
        }
    ),
    value!(
        "TLS to backends",
        Tls,
        true,
        Node,
        [
            "backend ?between strict|tls",
            "tls ?to ?everything backend",
            "backend must|should|be tls",
            "backend enforce tls",
            "tls towards backend",
            "tls to ?everything backend",
            "backend tls",
            "enforce tls to backend",
            "tls for backend",
            "enforce tls backend",
            "tls backend",
            "enforce client tls",
            "client-policy tls"
        ],
        |intent, spot, _| {
            let (tls, path) = spot::backend_tls(intent, spot)?;
            put(&mut tls.enforce, true, &path, "enforce")
        }
    ),
    value!(
        "TLS to backends: not enforced",
        Tls,
        true,
        Node,
        ["no enforce tls ?to ?backend", "tls ?to ?backend no enforce"],
        |intent, spot, _| {
            let (tls, path) = spot::backend_tls(intent, spot)?;
            put(&mut tls.enforce, false, &path, "enforce")
        }
    ),
];

fn mode(intent: &mut Intent, spot: Spot, mode: TlsMode) -> Said {
    let (tls, path) = spot::listener_tls(intent, spot)?;
    put(&mut tls.mode, mode, &path, "mode")
}

/// Whether the TLS that was spoken of is a listener's.
fn serves(intent: &mut Intent, spot: Spot) -> bool {
    spot.side == Side::Server
        && !matches!(spot.place, Place::Route(..) | Place::Router(_))
        && spot::listener(intent, spot).is_ok_and(|(listener, _)| listener.tls.is_some())
}

/// Puts a certificate, or says more about the one of its kind that is there.
fn certificate(intent: &mut Intent, spot: Spot, certificate: Certificate) -> Said {
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
    let merged = match (field.take(), certificate) {
        (Some(Certificate::Acm { arn: there }), Certificate::Acm { arn }) => Certificate::Acm { arn: arn.or(there) },
        (Some(Certificate::File { chain, key }), Certificate::File { chain: more_chain, key: more_key }) => {
            Certificate::File { chain: more_chain.or(chain), key: more_key.or(key) }
        }
        (Some(Certificate::Sds { secret: there }), Certificate::Sds { secret }) => {
            Certificate::Sds { secret: secret.or(there) }
        }
        (None, certificate) => certificate,
        (Some(there), _) => {
            *field = Some(there);
            return Err(Trouble::Clash("two sources of one certificate".to_owned()));
        }
    };
    *field = Some(merged);
    Ok(path + ".certificate")
}

fn given(slots: &Slots, slot: &str) -> Option<String> {
    Some(slots.text(slot)).filter(|text| !text.is_empty())
}

fn acm(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Acm { arn: given(slots, "address") })
}

fn files(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::File { chain: given(slots, "chain"), key: given(slots, "key") })
}

fn sds(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Sds { secret: given(slots, "secret") })
}

/// Trust in a file: of the listener where it speaks mutual TLS, of the client otherwise.
fn trust_file(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    let chain = given(slots, "chain");
    if serves(intent, spot) {
        let (tls, path) = spot::listener_tls(intent, spot)?;
        tls.mutual = true;
        return put(&mut tls.trust, Trust::File { chain }, &path, "trust");
    }
    let (tls, path) = spot::client_tls(intent, spot)?;
    put(&mut tls.trust, Trust::File { chain }, &path, "trust")
}

fn trust_sds(intent: &mut Intent, spot: Spot, secret: Option<String>) -> Said {
    if serves(intent, spot) {
        let (tls, path) = spot::listener_tls(intent, spot)?;
        return put(&mut tls.trust, Trust::Sds { secret }, &path, "trust");
    }
    let (tls, path) = spot::client_tls(intent, spot)?;
    put(&mut tls.trust, Trust::Sds { secret }, &path, "trust")
}
