//! ARNs of certificates and private authorities.

use meshwright_model::limits::ResourceArn;
use meshwright_model::{Path, Scalar};

use super::{Certificate, TlsPart, Trust};

/// The parts of an ARN: `arn:aws:acm:eu-west-1:123456789012:certificate/…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArnParts<'a> {
    /// The service.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// What it names in that service.
    pub resource: &'a str,
}

impl<'a> ArnParts<'a> {
    /// The parts of a text, if it is an ARN.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let _partition = parts.next()?;
        let (service, region, account) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { service, region, account, resource: parts.next()? })
    }

    /// Whether it names a certificate in ACM.
    pub fn is_certificate(self) -> bool {
        self.service == "acm" && self.resource.starts_with("certificate/")
    }

    /// Whether it names a private authority.
    pub fn is_authority(self) -> bool {
        self.service == "acm-pca" && self.resource.starts_with("certificate-authority/")
    }
}

impl<'a> TlsPart<'a> {
    /// The ARN of its certificate in ACM, and where that stands.
    pub fn certificate_arn(&self) -> Option<(&'a Scalar<ResourceArn>, Path)> {
        let Some(Certificate::Acm(acm)) = self.certificate else { return None };
        Some((&acm.certificate_arn, self.at(&["certificate", "acm", "certificateArn"])))
    }

    /// The ARNs of the private authorities it trusts, and where they stand.
    pub fn authority_arns(&self) -> impl Iterator<Item = (&'a Scalar<ResourceArn>, Path)> {
        let acm = if let Some(Trust::Acm(acm)) = self.trust { Some(acm) } else { None };
        let list = self.at(&["validation", "trust", "acm", "certificateAuthorityArns"]);
        let arns = acm.into_iter().flat_map(|acm| acm.certificate_authority_arns.iter()).enumerate();
        arns.map(move |(index, arn)| (arn, list.index(index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_fall_into_their_parts() {
        let certificate = ArnParts::of("arn:aws-cn:acm:cn-north-1:123456789012:certificate/a:b").unwrap();
        assert_eq!((certificate.region, certificate.resource), ("cn-north-1", "certificate/a:b"));
        assert!(certificate.is_certificate() && !certificate.is_authority());
        assert!(ArnParts::of("arn:aws:acm-pca:eu-west-1:1:certificate-authority/x").unwrap().is_authority());
        assert_eq!(ArnParts::of("certificate/a"), None);
        assert_eq!(ArnParts::of("arn:aws:acm"), None);
    }
}
