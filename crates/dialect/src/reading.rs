//! What has been read: an inventory, what was found wrong, and where every value stands.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meshwright_model::finding::{Finding, Location, Severity};
use meshwright_model::limits::AccountId;
use meshwright_model::path::Step;
use meshwright_model::reference::Key;
use meshwright_model::resource::Origin;
use meshwright_model::subject::Subject;
use meshwright_model::{Inventory, Path, Resource};

use crate::Dialect;
use crate::allowance::Allowance;
use crate::fault::{Fault, MAX_FAULTS};
use crate::source::{Source, Span};
use crate::tree::{NodeId, Tree};

/// A file to read, as the edge has found it.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name to show: a path as it was typed, or `-`.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// How files are read.
pub struct Options<'o> {
    /// Values for what files leave open: parameters, pseudo parameters, shell variables.
    pub parameters: BTreeMap<String, String>,
    /// Whether parameters stay references even where they have a default, as for writing them back.
    pub keep_parameters: bool,
    /// Reads a file beside one of the inputs, such as a nested template; `None` where there is none.
    pub load: &'o dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { parameters: BTreeMap::new(), keep_parameters: false, load: &|_| None }
    }
}

/// A file that was read.
pub(crate) struct Document {
    pub(crate) tree: Tree,
    /// The dialect that recognised it, if one did.
    pub(crate) dialect: Option<&'static Dialect>,
    /// Where the thing that a node belongs to starts: a logical id, for the properties under it.
    pub(crate) headings: HashMap<NodeId, Span>,
    /// How many of its faults are reported.
    reported: usize,
}

/// What has been read.
#[derive(Default)]
pub struct Reading {
    /// The resources, workloads and parameters of all files.
    pub inventory: Inventory,
    /// What is wrong with the files themselves, by file, line and column.
    pub findings: Vec<Finding>,
    /// The parameters that were given and that some file used or declared.
    pub used_parameters: Vec<String>,
    /// The names of the files of which nothing at all could be read.
    pub unreadable: Vec<String>,
    /// What the files allow, as their authors know of it.
    pub allowances: Vec<Allowance>,
    pub(crate) documents: Vec<Document>,
    /// How many scopes of names were given out.
    scopes: u32,
}

impl Reading {
    /// Where a path stands of what was read at an origin: the nearest part that is present where the path is absent.
    pub fn locate(&self, origin: Origin, path: &Path) -> Option<Location> {
        let Origin { document, node } = origin;
        let document = self.documents.get(document as usize)?;
        let span = document.find(node, path);
        Some(document.tree.source.locate(span))
    }

    /// The names of all files that were read, nested templates included, and of those of which nothing could be.
    pub fn file_names(&self) -> BTreeSet<&str> {
        let read = self.documents.iter().map(|document| document.tree.source.name.as_str());
        read.chain(self.unreadable.iter().map(String::as_str)).collect()
    }

    /// The dialect that each file was read as; files that no dialect recognised are left out.
    pub fn dialects(&self) -> impl Iterator<Item = (&str, &'static Dialect)> {
        self.documents.iter().filter_map(|document| Some((document.tree.source.name.as_str(), document.dialect?)))
    }

    /// A file that holds several documents of a dialect that keeps parameters, if there is one.
    pub fn file_of_several(&self) -> Option<&str> {
        let is_of_several = |document: &&Document| {
            document.tree.roots.len() > 1 && document.dialect.is_some_and(|dialect| dialect.keeps_parameters)
        };
        self.documents.iter().find(is_of_several).map(|document| document.tree.source.name.as_str())
    }

    /// The file of that name, for showing its lines.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.documents.iter().map(|document| &document.tree.source).find(|source| source.name == name)
    }

    /// Whether any finding is an error or a warning.
    pub fn has_faults(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity != Severity::Info)
    }

    /// A scope for the names of a template or file that are its own.
    pub(crate) fn new_scope(&mut self) -> u32 {
        self.scopes += 1;
        self.scopes
    }

    pub(crate) fn report(&mut self, document: usize, subject: Option<&Subject>, faults: Vec<Fault>) {
        let document = &mut self.documents[document];
        let source = &document.tree.source;
        for fault in faults {
            if document.reported == MAX_FAULTS {
                let message = format!("more than {MAX_FAULTS} faults; the rest is not said");
                self.findings.push(Fault::error("too-large", fault.span, message).into_finding(source, None));
            }
            document.reported += 1;
            if document.reported > MAX_FAULTS {
                // Only the first that is too many says so.
                document.reported = MAX_FAULTS + 1;
                break;
            }
            self.findings.push(fault.into_finding(source, subject.cloned()));
        }
    }

    /// Says where meshes of one name have several owners: a name alone tells meshes apart, so that they are taken for one.
    ///
    /// Who owns a mesh, its own files need not say; nobody can tell then which of two is meant.
    pub(crate) fn name_owners(&mut self) {
        let mut first: HashMap<Key<'_>, &str> = HashMap::new();
        let mut others: BTreeMap<(Key<'_>, &str), &Resource> = BTreeMap::new();
        for resource in &self.inventory.resources {
            let Some(owner) = owner_of(resource) else { continue };
            let mesh = Key::of(&resource.mesh);
            if *first.entry(mesh).or_insert(owner) != owner {
                others.entry((mesh, owner)).or_insert(resource);
            }
        }
        let fault = |((mesh, owner), resource): ((Key<'_>, &str), &Resource)| {
            let Origin { document, node } = resource.origin?;
            let path = Path::of(&["meshOwner"]);
            let span = self.documents.get(document as usize)?.find(node, &path);
            let message = format!("mesh `{mesh}` of {owner} is taken for the mesh of that name of {}", first[&mesh]);
            let fault = Fault::warning("several-owners", span, message).at(&path);
            let help = "give the files of one owner at a time";
            Some((document as usize, Subject::of(resource), fault.help(help)))
        };
        let faults: Vec<_> = others.into_iter().filter_map(fault).collect();
        for (document, subject, fault) in faults {
            self.report(document, Some(&subject), vec![fault]);
        }
    }

    /// Puts findings in the order of their places: files as they were read, then lines and columns.
    pub fn sort_findings(&self, findings: &mut [Finding]) {
        self.sort_by_place(findings, |finding| finding);
    }

    /// Puts whatever holds findings in the order of their places; those in no file that was read come last.
    pub fn sort_by_place<T>(&self, items: &mut [T], finding: impl Fn(&T) -> &Finding) {
        let order: HashMap<&str, usize> =
            self.documents.iter().zip(0..).map(|(document, at)| (document.tree.source.name.as_str(), at)).collect();
        items.sort_by_cached_key(|item| {
            let finding = finding(item);
            let location = finding.location.as_ref();
            (
                location.and_then(|location| order.get(location.file.as_str()).copied()).unwrap_or(usize::MAX),
                location.map(|location| (location.line, location.column)),
                finding.rule,
                finding.message.clone(),
            )
        });
    }

    /// Puts resources in the order of their files, and findings in the order of their places.
    pub(crate) fn sort(&mut self) {
        let document = |resource: &Resource| resource.origin.map_or(u32::MAX, |origin| origin.document);
        self.inventory.resources.sort_by_key(document);
        let mut findings = std::mem::take(&mut self.findings);
        self.sort_findings(&mut findings);
        findings.dedup();
        self.findings = findings;
    }
}

/// The owner of a resource's mesh, where its file says so.
fn owner_of(resource: &Resource) -> Option<&str> {
    if let Some(owner) = &resource.mesh_owner {
        return owner.known().map(AccountId::as_str);
    }
    let mut members = resource.metadata.iter().flat_map(|metadata| &metadata.members);
    members.find(|(key, ..)| key == "meshOwner").map(|(_, owner, _)| owner.as_str())
}

impl Document {
    pub(crate) fn new(tree: Tree) -> Self {
        Self { tree, dialect: None, headings: HashMap::new(), reported: 0 }
    }

    fn find(&self, root: NodeId, path: &Path) -> Span {
        let Some(dialect) = self.dialect else { return self.tree.span(root) };
        let mut at = root;
        let mut parent = "";
        let mut span = self.headings.get(&root).copied().unwrap_or_else(|| self.tree.span(root));
        for step in path.steps() {
            let next = match step {
                Step::Field(name) => {
                    let key = (dialect.naming.key)(parent, name);
                    parent = name;
                    self.tree.get(at, &key)
                }
                Step::Open(_) => None,
                Step::Index(index) => {
                    self.tree.items(at).iter().filter(|id| !self.tree.is_unusable(**id)).nth(*index).copied()
                }
            };
            let Some(next) = next else { break };
            at = next;
            span = self.tree.span(at);
        }
        span
    }
}
