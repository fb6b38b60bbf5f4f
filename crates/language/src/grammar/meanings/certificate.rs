//! Meanings of certificates and the authorities that are trusted, on the side of the server and of the client.

use crate::compose::names::listed;
use crate::grammar::block::{Block, Home};
use crate::grammar::key_files::{chain_and_key, is_key};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::proofs::{self, acm, clients_show, files, sds, serves, trust_clients, trust_file, trust_sds};
use crate::grammar::spot::{self, Side, Spot, Trouble, put};
use crate::intent::{Certificate, Trust};
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
        name: "TLS: directory of certificates",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "certificate|certificate-chain|tls|client-certificate ?between ?file-source|file|files ?under|below|in|from|inside ?directory|folder <path>",
            "file-source|file|files ?under|below|in|from|inside ?directory|folder <path>",
        ],
        set: Set::Act(|reader, slots| reader.files_in_directory(&slots.text("path"))),
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
        name: "TLS: certificate from two files",
        block: Block::Tls,
        is_plain: false,
        home: Home::Node,
        ways: &[
            "<path:chain> ?and|, <path:key>",
            "tls <path:chain> ?and|, <path:key>",
            "file-source <path:chain> ?and|, <path:key>",
        ],
        set: Set::Act(|reader, slots| {
            let (chain, key) = chain_and_key(slots.text("chain"), slots.text("key")).ok_or(Trouble::NotHere)?;
            let (spot, is_told) = (reader.here()?, is_key(&key));
            let certificate = Certificate::File { chain: Some(chain.clone()), key: Some(key.clone()) };
            let said = proofs::certificate(&mut reader.intent, spot, certificate)?;
            if !is_told {
                reader.assumptions.push(Assumption {
                    what: format!("`{chain}` is the certificate chain, and `{key}` its private key"),
                    why: "a certificate of files is named first, and its key after it".to_owned(),
                });
            }
            Ok(said)
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
            "?present|presents|show|shows client-certificate <path:chain> ?and|, private-key <path:key> ?to ?backend",
            "present|presents|presenting|show|shows|showing <path:chain> private-key <path:key>",
            "present|presents|presenting|show|shows|showing <path:chain> and|, private-key <path:key>",
            "present|presents|presenting|show|shows|showing <path:chain> and|, <path:key>",
            "present|presents|presenting|show|shows|showing ?certificate sds ?secret ?named <text:secret> to backend",
            "client-certificate ?between sds ?secret <text:secret> to backend",
            "client-certificate ?between sds ?secret <text:secret>",
            "client-certificate ?between sds ?secret named <text:secret>",
        ],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            // "only clients that present a certificate": what they show is no certificate of who is called.
            if reader.speaks_of_clients(reader.words.start) {
                return clients_show(reader, spot, slots);
            }
            // Who holds its key, or its secret, is who shows it.
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
            let (spot, of_clients) = (reader.here()?, reader.speaks_of_clients(reader.words.start));
            if of_clients {
                return trust_clients(&mut reader.intent, spot, Trust::File { chain: slots.given("chain") });
            }
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
            "only client|clients|callers|peers ?client-certificate|certificate trust ?certificate-chain <path> ?be accepted|allowed|admitted|allow-all|listen",
            "client-certificate ?be trust ?sds ?secret ?named <text:secret>",
            "client-certificate ?be trust sds ?secret ?named <text:secret>",
            "client|clients|callers|peers trust ?sds ?secret ?named <text:secret>",
            "client|clients|callers|peers trust sds ?secret ?named <text:secret>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let secret = slots.given("secret");
            if secret.as_ref().is_some_and(|secret| secret.starts_with(['/', '.']) || secret.starts_with("arn:")) {
                return Err(Trouble::NotHere);
            }
            let (tls, path) = spot::listener_tls(intent, Spot { side: Side::Server, ..spot })?;
            tls.mutual = true;
            if secret.is_some() {
                return put(&mut tls.trust, Trust::Sds { secret }, &path, "trust");
            }
            let trust = match (slots.given("address"), slots.given("path")) {
                (Some(secret), _) if secret.starts_with("spiffe:") => Trust::Sds { secret: Some(secret) },
                (Some(arn), _) => Trust::Acm { arns: vec![arn] },
                (None, chain) => Trust::File { chain },
            };
            put(&mut tls.trust, trust, &path, "trust")
        }),
    },
    Meaning {
        name: "TLS: what backends are verified with",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "?require|requires backend ?call ?be ?to ?tls trust ?trust <path>",
            "?require|requires backend ?call ?be ?to ?tls trust ?trust <address>",
            "?require|requires backend ?call ?be ?to ?tls trust sds ?secret ?named <text:secret>",
            "trust backend to|with|by ?trust <path>",
            "trust backend to|with|by ?trust <address>",
            "trust backend to|with|by ?trust ?sds secret ?named <text:secret>",
            "trust ?certificate-chain <path> for|to backend",
            "trust sds ?secret ?named <text:secret> for|to backend",
            "<path> ?to trust backend",
            "sds ?secret ?named <text:secret> ?to trust backend",
            "secret ?named <text:secret> ?to trust backend",
        ],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            let trust = match (slots.given("address"), slots.given("path"), slots.given("secret")) {
                (Some(secret), ..) if secret.starts_with("spiffe:") => Trust::Sds { secret: Some(secret) },
                (Some(arn), ..) => Trust::Acm { arns: vec![arn] },
                (None, None, secret) => Trust::Sds { secret },
                (None, chain, _) => Trust::File { chain },
            };
            let (tls, path) = spot::backend_tls(&mut reader.intent, spot)?;
            let said = put(&mut tls.trust, trust, &path, "trust")?;
            reader.spot = Some(Spot { side: Side::Client, ..spot });
            Ok(said)
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
            let (spot, of_clients) = (reader.here()?, reader.speaks_of_clients(reader.words.start));
            let intent = &mut reader.intent;
            let address = slots.text("address");
            if of_clients && !address.is_empty() {
                let is_secret = address.starts_with("spiffe:");
                let trust =
                    if is_secret { Trust::Sds { secret: Some(address) } } else { Trust::Acm { arns: vec![address] } };
                return trust_clients(intent, spot, trust);
            }
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
            let (spot, of_clients) = (reader.here()?, reader.speaks_of_clients(reader.words.start));
            if of_clients {
                return trust_clients(&mut reader.intent, spot, Trust::Sds { secret: slots.given("secret") });
            }
            trust_sds(&mut reader.intent, spot, slots.given("secret"))
        }),
    },
    Meaning {
        name: "TLS: names of clients",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "client|clients|callers|peers ?client-certificate|certificate ?has|be|match|equals san ?exact <names>",
            "client-certificate ?has|be|match|equals san ?exact <names>",
        ],
        set: Set::Act(|reader, slots| {
            let (spot, start) = (reader.here()?, reader.words.start);
            let are_callers = reader.is_word(start, &["clients", "callers", "peers"]);
            if !are_callers && !serves(&mut reader.intent, spot) {
                return Err(Trouble::NotHere);
            }
            let (tls, path) = spot::listener_tls(&mut reader.intent, Spot { side: Side::Server, ..spot })?;
            tls.mutual = true;
            tls.client_names.extend(slots.texts("names"));
            Ok(path + ".clientNames")
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
