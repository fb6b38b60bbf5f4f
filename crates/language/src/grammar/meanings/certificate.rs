//! Meanings of certificates and the authorities that are trusted, on the side of the server and of the client.

use crate::compose::names::listed;
use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::slot::Slots;
use crate::grammar::spot::{self, Place, Said, Side, Spot, Trouble, put};
use crate::intent::{Certificate, Intent, Trust};
use crate::understanding::Assumption;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "TLS: certificate from ACM",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "acm ?certificate <address>",
            "certificate acm <address>",
            "certificate <address>",
            "acm ?certificate",
            "certificate acm",
            "<address>",
        ],
        set: Set::Value(acm),
    },
    Meaning {
        name: "TLS: certificate from files",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
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
            "file-source <path:chain> , <path:key>",
            "certificate <path:chain> , <path:key>",
            "file|files <path:chain> and|, <path:key>",
            "file|files <path:chain> <path:key>",
            "file-source <path:chain> <path:key>",
            "certificate <path:chain> <path:key>",
            "tls <path:chain> and|, <path:key>",
            "tls file|files <path:chain> <path:key>",
            "tls file-source <path:chain> <path:key>",
            "file-source ?certificate",
            "certificate file-source",
            "certificate-chain <path:chain>",
            "certificate <path:chain>",
            "private-key <path:key>",
        ],
        set: Set::Value(files),
    },
    Meaning {
        name: "TLS: certificate and key side by side",
        block: Block::Tls,
        is_plain: false,
        home: Home::Node,
        ways: &["<path:chain> and|, <path:key>", "tls <path:chain> and|, <path:key>"],
        set: Set::Value(|intent, spot, slots| {
            let is_key = |path: String| path.to_lowercase().contains("key");
            if !is_key(slots.text("key")) || slots.text("chain").to_lowercase().ends_with(".key") {
                return Err(Trouble::NotHere);
            }
            files(intent, spot, slots)
        }),
    },
    Meaning {
        name: "TLS: certificate from SDS",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "certificate ?between sds ?secret <text:secret>",
            "certificate ?between sds ?secret named <text:secret>",
            "sds ?certificate named <text:secret>",
            "certificate between sds",
            "sds ?certificate secret <text:secret>",
            "sds secret named <text:secret>",
            "certificate sds secret <text:secret>",
            "certificate sds",
            "sds ?certificate",
            "secret <text:secret>",
            "secret named <text:secret>",
        ],
        set: Set::Value(sds),
    },
    Meaning {
        name: "TLS: certificate that is shown to backends",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "client-certificate <path:chain> and private-key <path:key>",
            "client-certificate <path:chain> , private-key <path:key>",
            "client-certificate <path:chain> private-key <path:key>",
            "present|presents|presenting|show|shows|showing <path:chain> private-key <path:key>",
            "present|presents|presenting|show|shows|showing <path:chain> and|, private-key <path:key>",
            "client-certificate ?between sds ?secret <text:secret> to backend",
            "client-certificate ?between sds ?secret <text:secret>",
            "client-certificate ?between sds ?secret named <text:secret>",
        ],
        set: Set::Act(|reader, slots| {
            // Who holds its key, or its secret, is who shows it.
            let spot = reader.here()?;
            let side = if spot.side == Side::Server { Side::Client } else { spot.side };
            let spot = Spot { side, ..spot };
            reader.spot = Some(spot);
            let set = if slots.given("secret").is_some() { sds } else { files };
            set(&mut reader.intent, spot, slots)
        }),
    },
    Meaning {
        name: "TLS: trust in a file",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "trust to ?trust <path:chain>",
            "trust <path:chain>",
            "trust certificate-chain <path:chain>",
            "certificate trust <path:chain>",
            "trust certificate <path:chain>",
            "trust certificate trust <path:chain>",
            "trust client-certificate <path:chain>",
            "client-certificate trust <path:chain>",
            "client-certificate <path:chain>",
            "trust file-source",
        ],
        set: Set::Act(|reader, slots| {
            reader.trusts_calls();
            let spot = reader.here()?;
            trust_file(&mut reader.intent, spot, slots)
        }),
    },
    Meaning {
        name: "TLS: what clients are verified with",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "trust client|clients|callers|peers ?client-certificate to|with|by ?trust ?sds ?acm ?secret <address>",
            "trust client|clients|callers|peers ?client-certificate to|with|by ?trust ?certificate-chain <path>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (tls, path) = spot::listener_tls(intent, Spot { side: Side::Server, ..spot })?;
            tls.mutual = true;
            let trust = match (slots.given("address"), slots.given("path")) {
                (Some(secret), _) if secret.starts_with("spiffe:") => Trust::Sds { secret: Some(secret) },
                (Some(arn), _) => Trust::Acm { arns: vec![arn] },
                (None, chain) => Trust::File { chain },
            };
            put(&mut tls.trust, trust, &path, "trust")
        }),
    },
    Meaning {
        name: "TLS: trust in ACM",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "trust to acm ?trust <address>",
            "trust to trust <address>",
            "certificate trust <address>",
            "trust to <address>",
            "trust acm ?trust <address>",
            "trust <address>",
            "trust acm",
            "acm trust <address>",
            "acm trust",
        ],
        set: Set::Act(|reader, slots| {
            reader.trusts_calls();
            let (spot, intent) = (reader.here()?, &mut reader.intent);
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
        }),
    },
    Meaning {
        name: "TLS: trust from SDS",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "trust sds secret <text:secret>",
            "trust sds",
            "trust secret <text:secret>",
            "sds trust",
            "trust sds ?secret named <text:secret>",
            "trust ?sds bundle|trust ?named <text:secret>",
            "trust sds bundle|trust ?secret ?named <text:secret>",
            "trust sds <address:secret>",
        ],
        set: Set::Act(|reader, slots| {
            reader.trusts_calls();
            let spot = reader.here()?;
            trust_sds(&mut reader.intent, spot, slots.given("secret"))
        }),
    },
    Meaning {
        name: "TLS: names of the certificate",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "whose san <names>",
            "present|presents|presenting|show|shows|showing|bear|bears|bearing ?san <dotted:names>",
            "present|presents|presenting|show|shows|showing|bear|bears|bearing san <names>",
            "certificate <dotted:names>",
            "certificate be for <dotted:names>",
            "san ?exact <names>",
            "named <address:names>",
            "trust san <names>",
            "match san <names>",
        ],
        set: Set::Act(|reader, slots| {
            reader.trusts_calls();
            let (spot, names) = (reader.here()?, slots.texts("names"));
            if !serves(&mut reader.intent, spot) {
                let (tls, path) = spot::client_tls(&mut reader.intent, spot)?;
                tls.names.extend(names);
                return Ok(path + ".names");
            }
            let (tls, path) = spot::listener_tls(&mut reader.intent, spot)?;
            if tls.certificate.is_none() || tls.mutual || tls.trust.is_some() {
                tls.client_names.extend(names);
                return Ok(path + ".clientNames");
            }
            // The names of a listener's own certificate stand in that.
            reader.assumptions.push(Assumption {
                what: format!("the certificate is for {}, and no setting says so", listed(&names)),
                why: "who calls checks the names of a certificate, and a listener only shows it".to_owned(),
            });
            reader.sets_nothing()
        }),
    },
];

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

fn acm(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Acm { arn: slots.given("address") })
}

fn files(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::File { chain: slots.given("chain"), key: slots.given("key") })
}

fn sds(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    certificate(intent, spot, Certificate::Sds { secret: slots.given("secret") })
}

/// Trust in a file: of the listener where it speaks mutual TLS, of the client otherwise.
fn trust_file(intent: &mut Intent, spot: Spot, slots: &Slots) -> Said {
    let chain = slots.given("chain");
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
