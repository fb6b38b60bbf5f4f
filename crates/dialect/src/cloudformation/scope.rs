//! Which names of several templates mean the same thing where they stay open.
//!
//! - A logical id, a condition and a mapping are their template's own, and of each stack anew where several stacks have one
//!   template. So are the name and id of the stack, and the parameters of a nested template.
//! - Parameters of one name are taken to have one value in all templates that are given: `--parameter KEY=VALUE` gives them
//!   one, and the templates of a mesh are deployed so (`MeshName`). Where that would define a resource in several templates,
//!   they evidently have values of their own; then the parameters in that resource's name are each template's own.
//! - The parameters in the names of meshes stay one even then: templates that are read together belong together.
//! - Other pseudo parameters, such as `AWS::Region`, are the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::{Expression, Kind, Symbol};

use super::resolve::Resolver;
use super::template::{Declared, Template, app_mesh_kind};
use super::world::World;
use crate::reading::Reading;
use crate::tree::Tree;

/// The names of a resource: its kind, its mesh, the router or gateway it belongs to, its own.
type Names = (Kind, Option<Expression>, Option<Expression>, Option<Expression>);

impl Resolver<'_> {
    /// The scope of the names that are the template's own.
    pub(crate) fn scope(&self) -> u32 {
        self.template().scope
    }

    /// The scope of what `Ref` names and nothing settles.
    pub(super) fn scope_of_reference(&self, name: &str) -> u32 {
        let is_own = match name.strip_prefix("AWS::") {
            // Source: CloudFormation User Guide, pseudo parameters: these are of the stack, all others of account and region.
            Some(pseudo) => matches!(pseudo, "StackName" | "StackId" | "NotificationARNs"),
            None => !self.world().is_shared(self.template(), name),
        };
        if is_own { self.scope() } else { Symbol::EVERYWHERE }
    }

    /// The scope of a function: mappings are their template's own, all others depend on their arguments alone.
    pub(super) fn scope_of_function(&self, function: &str) -> u32 {
        if function == "Fn::FindInMap" { self.scope() } else { Symbol::EVERYWHERE }
    }

    /// What tells a resource from others, where its file says it.
    fn names(&self, tree: &Tree, declared: &Declared) -> Option<Names> {
        let kind = app_mesh_kind(&declared.kind)?;
        let name = |field: &str| {
            let property = tree.get(declared.properties?, &super::key("", field))?;
            Some(self.expression(tree, property))
        };
        let own = if kind == Kind::Mesh { None } else { name(kind.name_field()) };
        Some((kind, name("meshName"), kind.parent().and_then(|parent| name(parent.name_field())), own))
    }
}

impl World {
    /// Whether a name is a parameter's that has one value in all templates that declare it.
    fn is_shared(&self, template: &Template, name: &str) -> bool {
        template.parent.is_none() && template.parameters.contains_key(name) && !self.apart.contains(name)
    }

    /// Takes parameters apart that would define a resource in several templates; whether there are any.
    pub(super) fn take_apart(&mut self, reading: &Reading) -> bool {
        if self.templates.iter().filter(|template| template.parent.is_none()).count() < 2 {
            return false;
        }
        let mut defined: BTreeMap<Names, usize> = BTreeMap::new();
        let (mut apart, mut of_meshes) = (BTreeSet::new(), BTreeSet::new());
        for (index, template) in self.templates.iter().enumerate().filter(|(_, template)| template.parent.is_none()) {
            let tree = &reading.documents[template.document].tree;
            let resolver = Resolver::new(self, index, false).quiet();
            for declared in &template.resources {
                if resolver.exists(tree, declared) == Some(false) {
                    continue;
                }
                let Some(names) = resolver.names(tree, declared) else { continue };
                let (_, mesh, parent, own) = &names;
                of_meshes.extend(parameters(mesh.as_ref()));
                let of_own = parameters(own.as_ref());
                let distinguishing = if of_own.is_empty() { parameters(parent.as_ref()) } else { of_own };
                if !distinguishing.is_empty() && *defined.entry(names).or_insert(index) != index {
                    apart.extend(distinguishing);
                }
            }
        }
        self.apart = apart.difference(&of_meshes).cloned().collect();
        !self.apart.is_empty()
    }
}

/// The parameters in a name that are taken to have one value everywhere.
fn parameters(name: Option<&Expression>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |part: &Expression| {
        if let Expression::Reference(symbol) = part
            && symbol.scope == Symbol::EVERYWHERE
            && !symbol.starts_with("AWS::")
        {
            names.insert(symbol.name.clone());
        }
    };
    if let Some(name) = name {
        name.walk(&mut add);
    }
    names
}
