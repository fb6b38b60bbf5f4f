//! Edits that give a resource another name, and everything that names it.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::expression::Expression;
use meshwright_model::limits::Text;
use meshwright_model::proxied::Proxied;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource, Scalar};

use super::Desk;
use crate::compose::names::joined;
use crate::intent::{Rename, ResourceKind};

impl<'i> Desk<'i> {
    /// Gives a resource another name.
    pub(super) fn rename(&mut self, wanted: &Rename) {
        let kinds: Vec<Kind> = wanted.kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind.into()]);
        let Some(resource) = self.renamed(&kinds, wanted) else { return };
        let (kind, old) = (resource.kind(), Key::of(&resource.name).shown());
        // Who says the first part of a host name means the whole.
        let new = match old.strip_prefix(&wanted.name) {
            Some(rest) if !wanted.to.contains('.') && !rest.is_empty() => format!("{}{rest}", wanted.to),
            _ => wanted.to.clone(),
        };
        if Key::of(&resource.name) == Key::Known(&new) {
            self.settle(format!("the {kind} is called `{new}` already"), "so there is nothing to rename");
            return;
        }
        let is_same = |other: &&Resource| {
            Key::of(&other.name) == Key::Known(&new) && other.mesh == resource.mesh && other.parent == resource.parent
        };
        if self.finder.of_kind(kind).any(|other| is_same(&other)) {
            self.draft.ask(format!("There is a {kind} `{new}` already. What should `{old}` be called?"));
            return;
        }
        self.set(resource, Path::of(&[kind.name_field()]), &new);
        let index = self.finder.inventory.index();
        let own = self.finder.inventory.resources.iter().position(|other| std::ptr::eq(other, resource));
        let mut hidden = Vec::new();
        for other in &self.finder.inventory.resources {
            for reference in other.references().iter().filter(|reference| index.target(other, reference) == own) {
                if other.has_gap(&reference.path) {
                    hidden.push(format!("{} `{}`", other.kind(), Key::of(&other.name)));
                } else {
                    self.set(other, reference.path.clone(), &new);
                }
            }
        }
        if !hidden.is_empty() {
            self.draft.ask(format!(
                "{} may name `{old}` in a part that a condition decides. Can it be renamed there first?",
                joined(&hidden)
            ));
        }
        if let Some(own) = own {
            self.rename_in_tasks(&Proxied::new(&index), own, &old, &new);
        }
        self.draft.assume(
            format!("{kind} `{old}` gives way to a new one, `{new}`"),
            "App Mesh has no renaming: what deploys the file makes the new one and deletes the old",
        );
    }

    /// The only resource that a name may mean; asks where there is none, or several.
    fn renamed(&mut self, kinds: &[Kind], wanted: &Rename) -> Option<&'i Resource> {
        let mut found: Vec<&'i Resource> =
            kinds.iter().flat_map(|kind| self.finder.named(*kind, &wanted.name)).collect();
        let is_exact = |resource: &&'i Resource| Key::of(&resource.name) == Key::Known(&wanted.name);
        if found.iter().any(is_exact) {
            found.retain(is_exact);
        }
        match found.as_slice() {
            [only] => return Some(only),
            [] => {
                let has_new = |kind: &Kind| {
                    self.finder.of_kind(*kind).any(|resource| Key::of(&resource.name) == Key::Known(&wanted.to))
                };
                // A mesh is seldom meant by its name alone.
                if kinds.iter().filter(|kind| wanted.kind.is_some() || **kind != Kind::Mesh).any(has_new) {
                    self.settle(format!("`{}` is called so already", wanted.to), "nothing is called by the old name");
                    return None;
                }
                let near = self.finder.near(kinds, &wanted.name);
                let near = near
                    .map_or_else(|| "Which resource is meant?".to_owned(), |near| format!("Did you mean `{near}`?"));
                self.draft.ask(format!("There is no `{}` in the file. {near}", wanted.name));
            }
            several => {
                let shown = |resource: &&Resource| match &resource.parent {
                    Some(parent) => format!("the {} of `{}`", resource.kind(), Key::of(parent)),
                    None => format!("the {} `{}`", resource.kind(), Key::of(&resource.name)),
                };
                let shown: Vec<String> = several.iter().map(shown).collect();
                self.draft.ask(format!("`{}` may be {}. Which is to be renamed?", wanted.name, shown.join(" or ")));
            }
        }
        None
    }

    /// Lets the proxies of tasks name their resource by its new name.
    fn rename_in_tasks(&mut self, proxied: &Proxied<'_, '_>, own: usize, old: &str, new: &str) {
        for workload in &self.finder.inventory.workloads {
            for proxy in workload.task.proxies().filter(|proxy| proxied.position(proxy.value) == Some(own)) {
                let Some(value) = renamed_value(proxy.value, old, new) else { continue };
                let path = Path::of(&["containerDefinitions"]).index(proxy.index).field("environment");
                let path = path.index(proxy.variable_index).field("value");
                let change = Change::Set(value);
                self.edits.push(Edit { resource: None, origin: workload.origin, path, change });
            }
        }
    }
}

/// The value of a proxy's variable with another name at its end; `None` where the name does not stand in it.
fn renamed_value(value: &Scalar<Text>, old: &str, new: &str) -> Option<NewValue> {
    let renamed = |text: &str| Some(format!("{}{new}", text.strip_suffix(old)?));
    match (value.known(), value.open()) {
        (Some(text), _) => Some(NewValue::Text(renamed(text.as_str())?)),
        (_, Some(Expression::Join(parts))) => {
            let mut parts = parts.clone();
            let Some(Expression::Text(last)) = parts.last_mut() else { return None };
            *last = renamed(last)?;
            Some(NewValue::Open(Expression::Join(parts)))
        }
        _ => None,
    }
}

impl From<ResourceKind> for Kind {
    fn from(kind: ResourceKind) -> Self {
        match kind {
            ResourceKind::Mesh => Self::Mesh,
            ResourceKind::VirtualNode => Self::VirtualNode,
            ResourceKind::VirtualRouter => Self::VirtualRouter,
            ResourceKind::VirtualGateway => Self::VirtualGateway,
            ResourceKind::Route => Self::Route,
            ResourceKind::VirtualService => Self::VirtualService,
            ResourceKind::GatewayRoute => Self::GatewayRoute,
        }
    }
}
