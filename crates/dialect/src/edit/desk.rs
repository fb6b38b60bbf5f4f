//! One document with the edits that are to be made in it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::finding::Location;
use meshwright_model::parameter::Declaration;
use meshwright_model::path::Step;
use meshwright_model::resource::Origin;
use meshwright_model::{Expression, Resource};

use super::error::{EditError, Obstacle};
use super::layout::Layout;
use super::patch::{Patch, apply};
use super::style::Style;
use super::values::Values;
use super::want::{Stop, Want};
use super::{Edited, Editing, Emitter, Renamed, Site, Target, root};
use crate::reading::Reading;
use crate::source::{Source, Span};
use crate::tree::NodeId;
use crate::view::{View, Views};
use crate::{json, yaml};

/// One document with the edits that are to be made in it.
pub(crate) struct Desk<'d> {
    site: Site<'d>,
    editing: &'static Editing,
    views: &'static Views,
    layout: Layout,
    style: Style,
    /// What is to be at each node, and the last edit that made it so.
    wanted: BTreeMap<NodeId, (usize, Want)>,
    created: Vec<(usize, Resource)>,
    declared: Vec<(usize, Declaration)>,
    deleted: Vec<(usize, NodeId)>,
    renamed: Renamed,
}

impl<'d> Desk<'d> {
    pub(crate) fn new(reading: &'d Reading, number: usize) -> Result<Self, Obstacle> {
        let document = &reading.documents[number];
        let site = Site { reading, document: number };
        let dialect = document.dialect.ok_or(Obstacle::NoFile)?;
        let editing = dialect.editing.ok_or(Obstacle::Dialect(dialect.title))?;
        let name = &document.tree.source.name;
        let is_fault = |rule: &str| matches!(rule, "syntax" | "too-large");
        let here = |location: &Option<Location>| location.as_ref().is_some_and(|location| location.file == *name);
        if reading.findings.iter().any(|finding| is_fault(finding.rule) && here(&finding.location)) {
            return Err(Obstacle::Syntax);
        }
        (editing.refuse)(&site)?;
        let text = document.tree.source.text();
        let layout = Layout::of(&document.tree, is_json(&document.tree.source))?;
        let style = Style::of(text, &layout);
        Ok(Self {
            site,
            editing,
            views: (dialect.views)(),
            layout,
            style,
            wanted: BTreeMap::new(),
            created: Vec::new(),
            declared: Vec::new(),
            deleted: Vec::new(),
            renamed: Vec::new(),
        })
    }

    fn source(&self) -> &'d Source {
        &self.site.reading.documents[self.site.document].tree.source
    }

    fn values(&self) -> Values<'d> {
        Values { tree: &self.site.reading.documents[self.site.document].tree, naming: self.views.naming, own_name: "" }
    }

    /// The error that a stop comes to.
    pub(crate) fn error(&self, number: usize, edit: &Edit, stop: Stop) -> Box<EditError> {
        let location = stop.at.map(|at| self.source().locate(Span::new(at, at + 1)));
        EditError::new(number, edit, location, stop.obstacle)
    }

    /// Makes an edit on the values.
    pub(crate) fn take(&mut self, number: usize, edit: &Edit) -> Result<(), Stop> {
        match &edit.change {
            Change::Create(resource) => {
                self.created.push((number, (**resource).clone()));
                return Ok(());
            }
            Change::Declare(declaration) => {
                self.declared.push((number, declaration.clone()));
                return Ok(());
            }
            Change::Set(_) | Change::Append(_) | Change::Remove => {}
        }
        let node = edit.origin.ok_or(Obstacle::NotInAFile)?.node;
        let view = self.view(edit)?;
        self.refuse_copies(node)?;
        if edit.path.steps().is_empty() {
            if edit.change != Change::Remove {
                return Err(Obstacle::NoField(String::new()).into());
            }
            self.deleted.push((number, node));
            return Ok(());
        }
        let mut values = self.values();
        if let ([Step::Field(field)], Some(subject)) = (edit.path.steps(), &edit.resource) {
            values.own_name = Some(subject.kind.name_field()).filter(|own| own == field).unwrap_or_default();
            match &edit.change {
                Change::Set(NewValue::Text(name)) if !values.own_name.is_empty() => {
                    self.renamed.push((node, Expression::Text(name.clone())));
                }
                _ => {}
            }
        }
        let (last, want) = self.wanted.entry(node).or_insert((number, Want::Keep(node)));
        *last = number;
        want.change(edit.path.steps(), &edit.change, ("", &view), &values)?;
        Ok(())
    }

    fn view(&self, edit: &Edit) -> Result<View, Obstacle> {
        let inventory = &self.site.reading.inventory;
        if edit.resource.is_none() {
            let is_it = inventory.workloads.iter().any(|workload| workload.origin == edit.origin);
            return if is_it { Ok(self.views.task.clone()) } else { Err(Obstacle::NotInAFile) };
        }
        let resource = inventory.resources.iter().find(|resource| resource.origin == edit.origin);
        Ok(root::view(self.views, resource.ok_or(Obstacle::NotInAFile)?.kind()))
    }

    /// Refuses what several stacks are made of.
    fn refuse_copies(&self, node: NodeId) -> Result<(), Obstacle> {
        let Site { reading, document } = self.site;
        let is_here = |origin: &Origin| (origin.document as usize, origin.node) == (document, node);
        let resources = reading.inventory.resources.iter().filter_map(|resource| resource.origin);
        let tasks = reading.inventory.workloads.iter().filter_map(|workload| workload.origin);
        if resources.chain(tasks).filter(is_here).count() > 1 {
            return Err(Obstacle::SeveralStacks);
        }
        let headings = &reading.documents[document].headings;
        let Some(heading) = headings.get(&node) else { return Ok(()) };
        let same = headings.iter().filter(|(other, span)| **other != node && span.start == heading.start);
        if same.count() > 0 { Err(Obstacle::SeveralStacks) } else { Ok(()) }
    }

    /// The file with all edits made; `None` where nothing differs.
    pub(crate) fn finish(mut self, edits: &[Edit]) -> Result<Option<Edited>, Box<EditError>> {
        let wanted = std::mem::take(&mut self.wanted);
        let patches = self.patches(&wanted, edits)?;
        let number = self.last_edit(&wanted);
        self.patched(patches).map_err(|obstacle| EditError::new(number, &edits[number], None, obstacle))
    }

    /// What is to be replaced in the text.
    fn patches(&self, wanted: &BTreeMap<NodeId, (usize, Want)>, edits: &[Edit]) -> Result<Vec<Patch>, Box<EditError>> {
        let source = self.source();
        let say = self.editing.say;
        let (text, values, patches) = (source.text(), self.values(), Vec::new());
        let created: Vec<&Resource> = self.created.iter().map(|(_, resource)| resource).collect();
        let name = (self.editing.name)(&self.site, &created, self.renamed.clone());
        let mut emitter = Emitter {
            text,
            layout: &self.layout,
            style: &self.style,
            values,
            say,
            name,
            renamed: &self.renamed,
            patches,
            waits_for: RefCell::default(),
        };
        for (node, (number, want)) in wanted {
            if self.deleted.iter().all(|(_, deleted)| deleted != node) {
                self.emit(&mut emitter, *node, want).map_err(|stop| self.error(*number, &edits[*number], stop))?;
            }
        }
        if let Some((number, _)) = self.deleted.first() {
            let nodes: Vec<NodeId> = self.deleted.iter().map(|(_, node)| *node).collect();
            (self.editing.delete)(&self.site, &mut emitter, &nodes)
                .map_err(|stop| self.error(*number, &edits[*number], stop))?;
        }
        if let Some((number, _)) = self.created.first() {
            (self.editing.create)(&self.site, &mut emitter, &created)
                .map_err(|stop| self.error(*number, &edits[*number], stop))?;
        }
        if let Some((number, _)) = self.declared.first() {
            let declared: Vec<&Declaration> = self.declared.iter().map(|(_, declaration)| declaration).collect();
            (self.editing.declare)(&mut emitter, &declared)
                .map_err(|stop| self.error(*number, &edits[*number], stop))?;
        }
        Ok(emitter.patches)
    }

    fn last_edit(&self, wanted: &BTreeMap<NodeId, (usize, Want)>) -> usize {
        let numbers = wanted.values().map(|(number, _)| *number);
        let others = self.deleted.iter().map(|(number, _)| *number);
        let others = others.chain(self.created.iter().map(|(number, _)| *number));
        numbers.chain(others).chain(self.declared.iter().map(|(number, _)| *number)).max().unwrap_or_default()
    }

    fn emit(&self, emitter: &mut Emitter<'_>, node: NodeId, want: &Want) -> Result<(), Stop> {
        match (self.editing.find)(&self.site, emitter, node)? {
            Target::In(slot) => emitter.value(&slot, want)?,
            Target::Absent { map, key } => emitter.add_member(&map, key, want)?,
        }
        let labels = emitter.waits_for.take();
        if labels.is_empty() { Ok(()) } else { (self.editing.wait)(&self.site, emitter, node, &labels) }
    }

    /// The new text, where it can be read as well as the old.
    fn patched(self, mut patches: Vec<Patch>) -> Result<Option<Edited>, Obstacle> {
        let source = self.source();
        patches.retain(|patch| source.text().get(patch.range.clone()) != Some(patch.text.as_str()));
        if patches.is_empty() {
            return Ok(None);
        }
        let text = apply(source.text(), &mut patches);
        let text = text.ok_or_else(|| Obstacle::Unsound("two changes overlap".to_owned()))?;
        let new = Source::new(source.name.clone(), text.as_str());
        let faults = if self.layout.is_json { json::read(new).1 } else { yaml::read(new).1 };
        match faults.into_iter().find(|fault| fault.rule == "syntax") {
            Some(fault) => Err(Obstacle::Unsound(fault.message)),
            None => Ok(Some(Edited { file: source.name.clone(), text, patches })),
        }
    }
}

/// Whether a text that was read without a fault was read as JSON.
fn is_json(source: &Source) -> bool {
    let starts_so = source.text().trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    starts_so && json::read(source.clone()).1.is_empty()
}
