//! Logical ids of new resources: made of their names as those of their like in the template are.

use meshwright_model::reference::Key;
use meshwright_model::{Kind, Resource};

use crate::cloudformation::write::labels::logical;

/// Logical ids that a new resource may get, the best first.
pub(super) fn of<'n>(resource: &Resource, here: impl Iterator<Item = &'n Resource>) -> Vec<String> {
    let kind = resource.kind();
    if kind == Kind::Mesh {
        return vec!["Mesh".to_owned()];
    }
    let [stem, whole] = stems(resource);
    let usual = usual(kind, here).map(|(form, ending)| match ending.as_str() {
        // Nothing else would say what it is.
        "" => logical(own_part(kind, &Key::of(&resource.name).shown())),
        ending => format!("{}{ending}", [&stem, &whole][form]),
    });
    let made = [whole, stem].map(|stem| format!("{stem}{}", kind.type_name()));
    usual.into_iter().chain(made).collect()
}

/// How most logical ids of a kind are made: whether the parent's name stands first, and what stands behind the names:
/// `Node`, `VirtualNode`, nothing.
fn usual<'n>(kind: Kind, here: impl Iterator<Item = &'n Resource>) -> Option<(usize, String)> {
    let mut seen: Vec<((usize, String), usize)> = Vec::new();
    for resource in here.filter(|resource| resource.kind() == kind) {
        let Some(label) = &resource.label else { continue };
        let stems = stems(resource);
        let starts = |stem: &String| label.name.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem));
        let Some(form) = stems.iter().position(starts) else { continue };
        let way = (form, label.name[stems[form].len()..].to_owned());
        match seen.iter_mut().find(|(known, _)| *known == way) {
            Some((_, count)) => *count += 1,
            None => seen.push((way, 1)),
        }
    }
    let most = seen.iter().map(|(_, count)| *count).max()?;
    seen.into_iter().find(|(_, count)| *count == most).map(|(way, _)| way)
}

/// The names that a logical id is made of: the resource's own, and that with its parent's, where it does not say it itself.
fn stems(resource: &Resource) -> [String; 2] {
    let own = stem(resource);
    let parent = resource.kind().parent().zip(resource.parent.as_ref());
    let parent = parent.map(|(kind, name)| logical(bare(kind, &Key::of(name).shown()))).unwrap_or_default();
    let says_parent = own.to_ascii_lowercase().contains(&parent.to_ascii_lowercase());
    let whole = if says_parent { own.clone() } else { format!("{parent}{own}") };
    [own, whole]
}

/// A resource's name in Pascal case, without the words for its kind at its end.
fn stem(resource: &Resource) -> String {
    let kind = resource.kind();
    logical(bare(kind, own_part(kind, &Key::of(&resource.name).shown())))
}

/// Of a host name its first part.
fn own_part(kind: Kind, name: &str) -> &str {
    if kind == Kind::VirtualService { name.split('.').next().unwrap_or_default() } else { name }
}

/// A name without the words for its kind at its end, unless it is nothing else.
fn bare(kind: Kind, name: &str) -> &str {
    let words: &[&str] = match kind {
        Kind::Mesh => &["mesh"],
        Kind::VirtualNode => &["virtual", "node", "vn"],
        Kind::VirtualRouter => &["virtual", "router", "vr"],
        Kind::VirtualService => &["virtual", "service", "vs"],
        Kind::VirtualGateway => &["virtual", "gateway", "vg", "gw"],
        Kind::Route => &["route"],
        Kind::GatewayRoute => &["gateway", "route"],
    };
    let mut rest = name;
    while let Some((before, last)) = rest.rsplit_once(['-', '_', '.']) {
        if before.is_empty() || !words.contains(&last.to_ascii_lowercase().as_str()) {
            break;
        }
        rest = before;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_the_words_for_their_kind() {
        assert_eq!(bare(Kind::Route, "payments-v2-route"), "payments-v2");
        assert_eq!(bare(Kind::Route, "red-node-route"), "red-node");
        assert_eq!(bare(Kind::VirtualNode, "web-virtual-node"), "web");
        assert_eq!(bare(Kind::VirtualNode, "colorteller-black-vn"), "colorteller-black");
        assert_eq!(bare(Kind::Route, "route"), "route");
    }
}
