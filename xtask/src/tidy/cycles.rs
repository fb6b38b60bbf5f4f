//! Modules inside a crate form no cycles: of two modules side by side, at most one knows the other.
//!
//! A module and those inside it count as one, so a parent may name its children and they their parent. What a parent
//! hands on from a child by `use` counts as the child's.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::source::Source;
use super::workspace::{Package, Workspace};

/// A module: its path in its crate.
type Module = Vec<String>;

/// Edges between modules side by side, each with a place that shows it.
type Edges = BTreeMap<Module, BTreeMap<Module, String>>;

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    workspace.packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<String> {
    let modules: BTreeSet<Module> = package.sources.iter().map(|source| source.module.clone()).collect();
    let names = Names::new(&package.sources, &modules);
    let mut edges = Edges::new();
    for source in &package.sources {
        for path in source.paths() {
            let Some(target) = names.resolve(&source.module, &path.segments) else { continue };
            if let Some((from, to)) = side_by_side(&source.module, &target) {
                let place = || format!("{}:{}", source.path, path.line);
                edges.entry(from).or_default().entry(to).or_insert_with(place);
            }
        }
    }
    cycles(&edges).iter().map(|cycle| describe(package, cycle, &edges)).collect()
}

/// The modules of two paths below what they have in common; `None` where one holds the other.
fn side_by_side(from: &Module, to: &Module) -> Option<(Module, Module)> {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    (common < from.len() && common < to.len()).then(|| (from[..=common].to_vec(), to[..=common].to_vec()))
}

/// What names mean in each module, as far as they lead to modules.
struct Names<'n> {
    modules: &'n BTreeSet<Module>,
    /// By module, what its `use` lines name: the path each name stands for.
    used: BTreeMap<Module, BTreeMap<String, Module>>,
}

impl<'n> Names<'n> {
    fn new(sources: &[Source], modules: &'n BTreeSet<Module>) -> Self {
        let mut names = Self { modules, used: BTreeMap::new() };
        for source in sources {
            let mut used = BTreeMap::new();
            for path in source.paths().into_iter().filter(|path| path.is_use) {
                if let (Some(absolute), Some(last)) =
                    (names.absolute(&source.module, &path.segments), path.segments.last())
                {
                    used.insert(path.alias.unwrap_or_else(|| last.clone()), absolute);
                }
            }
            names.used.insert(source.module.clone(), used);
        }
        names
    }

    /// A path from the crate's root; `None` where it leads elsewhere.
    fn absolute(&self, module: &Module, segments: &[String]) -> Option<Module> {
        let (first, rest) = segments.split_first()?;
        let below = |base: &[String]| base.iter().chain(rest).cloned().collect();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(below(module)),
            "super" => {
                let ups = segments.iter().take_while(|segment| *segment == "super").count();
                let base = module.get(..module.len().checked_sub(ups)?)?;
                Some(base.iter().chain(&segments[ups..]).cloned().collect())
            }
            first => {
                let child: Module = module.iter().cloned().chain([first.to_owned()]).collect();
                self.modules.contains(&child).then(|| below(&child))
            }
        }
    }

    /// The module that a path leads to, through what modules on the way hand on.
    fn resolve(&self, module: &Module, segments: &[String]) -> Option<Module> {
        let mut path = self.absolute(module, segments)?;
        for _ in 0..self.modules.len() {
            let length = (0..=path.len()).rev().find(|length| self.modules.contains(&path[..*length]))?;
            let (target, rest) = path.split_at(length);
            let handed_on = rest.first().and_then(|name| self.used.get(target)?.get(name));
            match handed_on {
                Some(origin) if !origin.starts_with(&path) => path = origin.iter().chain(&rest[1..]).cloned().collect(),
                _ => return Some(target.to_vec()),
            }
        }
        None
    }
}

/// A shortest cycle for each group of modules that reach each other, starting at the first by name.
fn cycles(edges: &Edges) -> Vec<Vec<Module>> {
    let mut cycles = Vec::new();
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        if done.contains(start) {
            continue;
        }
        if let Some(cycle) = shortest_way_back(edges, start) {
            let reached = reach(edges, start);
            done.extend(reached.into_iter().filter(|module| reach(edges, module).contains(start)));
            cycles.push(cycle);
        }
    }
    cycles
}

fn shortest_way_back(edges: &Edges, start: &Module) -> Option<Vec<Module>> {
    let mut ways = VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in way.last().and_then(|last| edges.get(last)).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push_back(way.iter().cloned().chain([next.clone()]).collect());
            }
        }
    }
    None
}

fn reach(edges: &Edges, start: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut left = vec![start];
    while let Some(module) = left.pop() {
        for next in edges.get(module).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(next.clone()) {
                left.push(next);
            }
        }
    }
    reached
}

fn describe(package: &Package, cycle: &[Module], edges: &Edges) -> String {
    let next = cycle.iter().cycle().skip(1);
    let steps = cycle.iter().zip(next).map(|(from, to)| {
        let place = edges.get(from).and_then(|targets| targets.get(to)).map_or("", String::as_str);
        format!("`{}` knows `{}` ({place})", from.join("::"), to.join("::"))
    });
    let steps: Vec<String> = steps.collect();
    format!("crate `{}`: modules in a circle: {}", package.name, steps.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::fake;
    use super::*;

    fn check_modules(files: &[(&str, &str)], expected: &[&str]) {
        let paths: Vec<String> = files.iter().map(|(name, _)| format!("crates/model/src/{name}.rs")).collect();
        let files: Vec<(&str, &str)> =
            paths.iter().zip(files).map(|(path, (_, text))| (path.as_str(), *text)).collect();
        let (_folder, workspace) = fake(&files);
        assert_eq!(check(&workspace), expected);
    }

    #[test]
    fn one_may_know_the_other() {
        check_modules(&[("lib", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "pub struct B;")], &[]);
        // A parent and its child may know each other.
        check_modules(&[("lib", "mod a;"), ("a", "mod b; use b::B;"), ("a/b", "use super::A;")], &[]);
    }

    #[test]
    fn two_may_not_know_each_other() {
        check_modules(
            &[("lib", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "fn f() {\n    super::a::g();\n}")],
            &[
                "crate `model`: modules in a circle: `a` knows `b` (crates/model/src/a.rs:1), `b` knows `a` (crates/model/src/b.rs:2)",
            ],
        );
    }

    #[test]
    fn what_stands_inside_a_module_counts_as_the_module() {
        check_modules(
            &[("lib", "mod a; mod b;"), ("a", "mod c;"), ("a/c", "use crate::b::B;"), ("b", "use crate::a::A;")],
            &[
                "crate `model`: modules in a circle: `a` knows `b` (crates/model/src/a/c.rs:1), `b` knows `a` (crates/model/src/b.rs:1)",
            ],
        );
        check_modules(
            &[("lib", "mod a;"), ("a", "mod b; mod c;"), ("a/b", "use super::c::C;"), ("a/c", "use super::b::B;")],
            &[
                "crate `model`: modules in a circle: `a::b` knows `a::c` (crates/model/src/a/b.rs:1), `a::c` knows `a::b` (crates/model/src/a/c.rs:1)",
            ],
        );
    }

    #[test]
    fn what_the_root_hands_on_is_its_owners() {
        check_modules(
            &[("lib", "mod a; mod b; pub use b::{B, C as D};"), ("a", "use crate::D;"), ("b", "use crate::a::A;")],
            &[
                "crate `model`: modules in a circle: `a` knows `b` (crates/model/src/a.rs:1), `b` knows `a` (crates/model/src/b.rs:1)",
            ],
        );
    }

    #[test]
    fn tests_may_know_anything() {
        check_modules(
            &[
                ("lib", "mod a; mod b;"),
                ("a", "use crate::b::B;"),
                ("b", "#[cfg(test)]\nmod tests { use crate::a::A; }"),
            ],
            &[],
        );
    }
}
