//! Writes TLS of listeners and of clients.
//!
//! Certificates come from files where the request does not say: those of AWS Certificate Manager came through AWS's control
//! plane, which ended on 2026-09-30, so that a new proxy never gets them (rule `certificate-from-acm`).

use meshwright_model::Scalar;
use meshwright_model::limits::{ListenerTlsMode, Port, SubjectAlternativeName};
use meshwright_model::list::List;
use meshwright_model::tls::{
    ClientPolicy, ClientPolicyTls, ClientTlsCertificate, ListenerTls as ModelListenerTls, ListenerTlsCertificate,
    ListenerTlsValidationContext, ListenerTlsValidationContextTrust, SubjectAlternativeNameMatchers,
    SubjectAlternativeNames, TlsAcmCertificate, TlsAcmTrust, TlsFileCertificate, TlsFileTrust, TlsSdsCertificate,
    TlsSdsTrust, TlsValidationContext, TlsValidationContextTrust,
};

use super::draft::{Draft, Wanted, parameter_in};
use super::names::{host_label, logical};
use super::plan::Named;
use crate::intent::{Certificate, ClientTls, ListenerTls, TlsMode, Trust};

/// Where the proxy's container has the certificates of the authorities, where the request does not say.
const AUTHORITIES: &str = "/certs/ca.pem";

/// Why files.
const WHY_FILES: &str = "the request names no certificate; one of AWS Certificate Manager reached the proxy through AWS's control plane, which ended on 2026-09-30";

/// Writes the TLS of a listener; `None` where it speaks none.
pub(super) fn listener_tls(tls: &ListenerTls, name: &Named, draft: &mut Draft) -> Option<ModelListenerTls> {
    let shown = name.shown();
    let mode = tls.mode.unwrap_or(TlsMode::Strict);
    if mode == TlsMode::Disabled {
        if tls.mutual || tls.trust.is_some() {
            draft.ask(format!(
                "`{shown}` is to do without TLS and to ask clients for certificates. Which of the two holds?"
            ));
        }
        tls.certificate.as_ref()?;
    }
    if tls.mode.is_none() {
        let why = "PERMISSIVE would let plain text in as well";
        draft.assume_of(format!("`{shown}`"), "TLS alone is accepted (mode STRICT) by {}", why);
    }
    let certificate = listener_certificate(tls.certificate.as_ref(), &shown, draft);
    let is_mutual = tls.mutual || tls.trust.is_some() || !tls.client_names.is_empty();
    let validation = is_mutual.then(|| ListenerTlsValidationContext {
        subject_alternative_names: alternative_names(client_names(&tls.client_names, &shown, draft)),
        trust: listener_trust(tls, &shown, draft),
    });
    let mode = match mode {
        TlsMode::Strict => ListenerTlsMode::Strict,
        TlsMode::Permissive => ListenerTlsMode::Permissive,
        TlsMode::Disabled => ListenerTlsMode::Disabled,
    };
    Some(ModelListenerTls { certificate, mode: Scalar::Known(mode), validation })
}

/// Writes the TLS of a client. `own` names it in sentences: `` `orders` towards `payments` ``.
pub(super) fn client_policy(tls: &ClientTls, own: &str, client: &str, draft: &mut Draft) -> ClientPolicy {
    let certificate = match (&tls.certificate, tls.mutual) {
        (None, false) => None,
        (given, _) => Some(client_certificate(given.as_ref(), client, draft)),
    };
    let ports = policy_ports(&tls.ports, own, draft);
    let trust = client_trust(tls.trust.as_ref(), own, draft);
    ClientPolicy {
        tls: Some(ClientPolicyTls {
            certificate,
            enforce: Some(Scalar::Known(tls.enforce.unwrap_or(true))),
            ports: (!ports.is_empty()).then_some(ports),
            validation: TlsValidationContext {
                subject_alternative_names: alternative_names(server_names(&tls.names, own, draft)),
                trust,
            },
        }),
    }
}

/// Writes the certificate that a listener shows.
pub(super) fn listener_certificate(
    certificate: Option<&Certificate>,
    shown: &str,
    draft: &mut Draft,
) -> ListenerTlsCertificate {
    match certificate {
        Some(Certificate::Acm { arn }) => {
            let certificate_arn = match arn {
                Some(arn) => draft.text(&format!("the certificate of `{shown}`"), arn),
                None => Scalar::Open(Box::new(draft.parameter(&Wanted {
                    name: &logical(&format!("{} certificate arn", plain(shown))),
                    description: &format!(
                        "ARN of the certificate of {shown} in AWS Certificate Manager, of a private CA"
                    ),
                    ..Wanted::default()
                }))),
            };
            draft.assume(
                format!("whatever control plane you run brings the certificate of `{shown}` to its proxy"),
                "AWS's did that for certificates of AWS Certificate Manager, until 2026-09-30; files and a Secret Discovery Service work without",
            );
            ListenerTlsCertificate::Acm(TlsAcmCertificate { certificate_arn })
        }
        Some(Certificate::Sds { secret }) => ListenerTlsCertificate::Sds(sds(secret.as_deref(), shown, draft)),
        Some(Certificate::File { chain, key }) => {
            ListenerTlsCertificate::File(files(chain.as_deref(), key.as_deref(), shown, draft))
        }
        None => ListenerTlsCertificate::File(files(None, None, shown, draft)),
    }
}

/// Writes the certificate that a client shows.
pub(super) fn client_certificate(
    certificate: Option<&Certificate>,
    shown: &str,
    draft: &mut Draft,
) -> ClientTlsCertificate {
    match certificate {
        Some(Certificate::Sds { secret }) => ClientTlsCertificate::Sds(sds(secret.as_deref(), shown, draft)),
        Some(Certificate::File { chain, key }) => {
            ClientTlsCertificate::File(files(chain.as_deref(), key.as_deref(), shown, draft))
        }
        Some(Certificate::Acm { .. }) => {
            draft.ask(format!(
                "`{shown}` cannot show a certificate of AWS Certificate Manager as a client: App Mesh knows files and a Secret Discovery Service there. Which of them is it?"
            ));
            ClientTlsCertificate::File(files(None, None, shown, draft))
        }
        None => ClientTlsCertificate::File(files(None, None, shown, draft)),
    }
}

/// The files of a certificate, in the proxy's container.
fn files(chain: Option<&str>, key: Option<&str>, shown: &str, draft: &mut Draft) -> TlsFileCertificate {
    let own = host_label(&plain(shown));
    let default_chain = format!("/certs/{own}.pem");
    let default_key = format!("/certs/{own}.key");
    if chain.is_none() || key.is_none() {
        let made = match (chain, key) {
            (None, None) => format!("`{default_chain}` and `{default_key}` of `{shown}`"),
            (Some(_), _) => format!("`{default_key}` of `{shown}`"),
            (_, Some(_)) => format!("`{default_chain}` of `{shown}`"),
        };
        draft.assume_of(made, "certificates and keys are files in the containers of the proxies: {}", WHY_FILES);
    }
    TlsFileCertificate {
        certificate_chain: draft.text(&format!("the certificate of `{shown}`"), chain.unwrap_or(&default_chain)),
        private_key: draft.text(&format!("the key of `{shown}`"), key.unwrap_or(&default_key)),
    }
}

fn sds(secret: Option<&str>, shown: &str, draft: &mut Draft) -> TlsSdsCertificate {
    TlsSdsCertificate {
        secret_name: secret_name(
            secret,
            &format!("{} secret", plain(shown)),
            &format!("Secret of the certificate of {shown}"),
            draft,
        ),
    }
}

fn secret_name(
    secret: Option<&str>,
    words: &str,
    description: &str,
    draft: &mut Draft,
) -> Scalar<meshwright_model::limits::SdsSecretName> {
    match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => draft.text("the name of a secret", secret),
        None => {
            Scalar::Open(Box::new(draft.parameter(&Wanted { name: &logical(words), description, ..Wanted::default() })))
        }
    }
}

/// Writes whose clients a listener trusts.
pub(super) fn listener_trust(tls: &ListenerTls, shown: &str, draft: &mut Draft) -> ListenerTlsValidationContextTrust {
    match &tls.trust {
        Some(Trust::Sds { secret }) => ListenerTlsValidationContextTrust::Sds(trusted_secret(secret.as_deref(), draft)),
        Some(Trust::File { chain }) => {
            ListenerTlsValidationContextTrust::File(trusted_file(chain.as_deref(), shown, draft))
        }
        Some(Trust::Acm { .. }) => {
            draft.ask(format!(
                "`{shown}` cannot trust private CAs of AWS for its clients' certificates: listeners know files and a Secret Discovery Service. Which of them is it?"
            ));
            ListenerTlsValidationContextTrust::File(trusted_file(None, shown, draft))
        }
        None if matches!(tls.certificate, Some(Certificate::Sds { .. })) => {
            ListenerTlsValidationContextTrust::Sds(trusted_secret(None, draft))
        }
        None => ListenerTlsValidationContextTrust::File(trusted_file(None, shown, draft)),
    }
}

/// Writes whose servers a client trusts.
pub(super) fn client_trust(trust: Option<&Trust>, own: &str, draft: &mut Draft) -> TlsValidationContextTrust {
    match trust {
        Some(Trust::Acm { arns }) => {
            let mut authorities = Vec::new();
            for arn in arns {
                if parameter_in(arn).is_none() && !is_authority(arn) {
                    draft.ask(format!(
                        "{own} is to trust `{arn}`, which is no authority of AWS Private CA. Which one is it (arn:aws:acm-pca:REGION:ACCOUNT:certificate-authority/ID)?"
                    ));
                }
                authorities.push(draft.text(&format!("an authority of {own}"), arn));
            }
            if authorities.is_empty() {
                authorities.push(Scalar::Open(Box::new(draft.parameter(&Wanted {
                    name: "CertificateAuthorityArn",
                    description: "ARN of the root CA in AWS Private CA that the servers' certificates come from",
                    ..Wanted::default()
                }))));
            }
            let count = authorities.len();
            if count > 3 {
                draft.ask(format!("{own} trusts {count} authorities, but App Mesh takes 3 at most. Which three?"));
                authorities.truncate(3);
            }
            match List::new(authorities) {
                Ok(certificate_authority_arns) => {
                    TlsValidationContextTrust::Acm(TlsAcmTrust { certificate_authority_arns })
                }
                // One at least and three at most.
                Err(_) => TlsValidationContextTrust::File(trusted_file(None, own, draft)),
            }
        }
        Some(Trust::Sds { secret }) => TlsValidationContextTrust::Sds(trusted_secret(secret.as_deref(), draft)),
        Some(Trust::File { chain }) => TlsValidationContextTrust::File(trusted_file(chain.as_deref(), own, draft)),
        None => TlsValidationContextTrust::File(trusted_file(None, own, draft)),
    }
}

/// Whether an ARN names an authority of AWS Private CA. Source: User Guide, tls; rule `not-a-private-authority`.
fn is_authority(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    parts.next() == Some("acm-pca")
        && parts.nth(2).is_some_and(|resource| resource.starts_with("certificate-authority/"))
}

fn trusted_file(chain: Option<&str>, shown: &str, draft: &mut Draft) -> TlsFileTrust {
    if chain.is_none() {
        draft.assume(
            format!("every proxy has the certificates of the authorities that it trusts in `{AUTHORITIES}`"),
            "the request does not say whom to trust",
        );
    }
    let chain = chain.unwrap_or(AUTHORITIES);
    TlsFileTrust { certificate_chain: draft.text(&format!("the authorities that {} trusts", plain(shown)), chain) }
}

fn trusted_secret(secret: Option<&str>, draft: &mut Draft) -> TlsSdsTrust {
    let description = "Secret of the Secret Discovery Service that holds the authorities, such as spiffe://shop.local";
    TlsSdsTrust { secret_name: secret_name(secret, "authorities secret", description, draft) }
}

/// Writes the names of which a client's certificate must bear one.
pub(super) fn client_names(names: &[String], shown: &str, draft: &mut Draft) -> Vec<Scalar<SubjectAlternativeName>> {
    let what = format!("a name that the certificate of a client of `{shown}` must bear");
    names.iter().map(|name| draft.text(&what, name)).collect()
}

/// Writes the names of which a server's certificate must bear one.
pub(super) fn server_names(names: &[String], own: &str, draft: &mut Draft) -> Vec<Scalar<SubjectAlternativeName>> {
    let what = format!("a name that the certificate of the server of {own} must bear");
    names.iter().map(|name| draft.text(&what, name)).collect()
}

/// Writes the ports that a client's TLS is for.
pub(super) fn policy_ports(ports: &[u32], own: &str, draft: &mut Draft) -> Vec<Scalar<Port>> {
    ports.iter().map(|port| draft.number(&format!("a port of {own}"), u64::from(*port))).collect()
}

fn alternative_names(exact: Vec<Scalar<SubjectAlternativeName>>) -> Option<SubjectAlternativeNames> {
    let matcher = SubjectAlternativeNameMatchers { exact };
    (!matcher.exact.is_empty()).then_some(SubjectAlternativeNames { matcher })
}

/// A name without what makes it an expression: `${MeshName}` becomes `MeshName`.
fn plain(shown: &str) -> String {
    shown.chars().filter(|char| !matches!(char, '$' | '{' | '}' | '`')).collect()
}
