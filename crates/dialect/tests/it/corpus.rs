use meshwright_dialect::{Input, Options, read};
use std::path::Path;

fn walk(dir: &Path, out: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for e in entries { if e.is_dir() { walk(&e, out) } else { out.push(e) } }
}

#[test]
fn probe() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(std::env::var("PROBE").unwrap_or("../../corpus".into()));
    let mut files = vec![];
    walk(&root, &mut files);
    for f in files {
        let name = f.strip_prefix(&root).unwrap().display().to_string();
        let r = read(vec![Input { name: name.clone(), bytes: std::fs::read(&f).unwrap() }], &Options::default());
        println!("{name}: {} resources, {} workloads, {} statements, {} parameters", r.inventory.resources.len(), r.inventory.workloads.len(), r.inventory.statements.len(), r.inventory.parameters.len());
        for f in &r.findings { let l = f.location.as_ref().unwrap(); println!("   {:?} {}:{} {} {} [{}] help={:?}", f.severity, l.line, l.column, f.rule, f.message, f.path.as_ref().map(|p| p.to_string()).unwrap_or_default(), f.help); }
    }
}
