//! AWS's Envoy image, and which version of it.

use meshwright_model::workload::ContainerDefinition;
use meshwright_model::{Expression, Scalar};

/// AWS's Envoy image, as a container names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvoyImage {
    /// Envoy's version, major and minor, where its tag tells. Source: App Mesh User Guide, envoy: `vX.Y.Z.B-prod`.
    pub version: Option<[u32; 2]>,
}

impl EnvoyImage {
    /// Whether a container's image may be AWS's: it is, or it is not known.
    pub fn may_be(container: &ContainerDefinition) -> bool {
        container.image.as_ref().and_then(Scalar::known).is_none_or(|image| is_name(image.as_str()))
    }

    /// The image of a container; `None` where it is another one, or not known.
    pub fn of(container: &ContainerDefinition) -> Option<Self> {
        let image = container.image.as_ref()?;
        match (image.known(), image.open()) {
            (Some(text), _) => is_name(text.as_str()).then(|| Self { version: version(text.as_str()) }),
            (_, Some(Expression::Join(parts))) => {
                let is_named = |part: &Expression| part.text().is_some_and(is_name);
                let tag = parts.last().and_then(Expression::text).and_then(version);
                parts.iter().any(is_named).then_some(Self { version: tag })
            }
            _ => None,
        }
    }
}

fn is_name(text: &str) -> bool {
    text.contains("aws-appmesh-envoy")
}

fn version(text: &str) -> Option<[u32; 2]> {
    let (_, tag) = text.rsplit_once(":v")?;
    let mut numbers = tag.split('.').map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}
