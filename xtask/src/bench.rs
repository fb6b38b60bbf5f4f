//! `cargo xtask bench`: how long reading takes, as a ratio to a baseline of the same run, and how much memory.
//!
//! The table goes to standard output, and into the README with `--write-readme`; `--traffic` measures only what requests and proxies
//! cost, `--store` only what keeping costs, `--api` what the API costs, and `--ads` what the Envoy control plane costs. Figures depend on the
//! machine; ratios should not, so the goals are mostly ratios. No test measures time.

#[cfg(unix)]
mod ads;
mod api;
mod generate;
mod measure;
mod rules;
mod server;
mod store;
mod table;
mod traffic;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use meshwright_dialect::Input;

use crate::console::{print, say};
use generate::Size;
use measure::{best, peak_memory_of_child};
use table::Row;

/// What ten times as much may cost at the most, as a ratio, and still be called linear: caches and the allocator add some;
/// `serde_json` and the YAML parser alone come to 10.1 to 10.3.
const LINEAR: f64 = 12.0;

const USAGE: &str = "usage: cargo xtask bench [--write-readme | --traffic | --store | --api | --ads]";

/// How many templates the mesh is cut into.
const PARTS: usize = 40;

/// What a large mesh has more of.
const TIMES: usize = 10;

const START: &str = "<!-- bench -->";
const END: &str = "<!-- /bench -->";

/// Measures some rows, for the root of the workspace.
type Rows = fn(&Path) -> Result<Vec<Row>>;

/// Measures everything, in a release build.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (rows, writes_readme): (Rows, bool) = match words.as_slice() {
        [] => (measure_all, false),
        ["--write-readme"] => (measure_all, true),
        ["--traffic"] => (traffic::rows, false),
        ["--store"] => (store::rows, false),
        ["--api"] => (api::rows, false),
        #[cfg(unix)]
        ["--ads"] => (ads::rows, false),
        [task @ ("--read" | "--check"), files @ ..] => return measure::once(*task == "--check", files),
        _ => bail!("{USAGE}"),
    };
    if cfg!(debug_assertions) {
        return run_in_release(root, arguments);
    }
    let table = table::markdown(&rows(root)?);
    print(&table);
    if writes_readme {
        let path = root.join("README.md");
        let readme = std::fs::read_to_string(&path).context("README.md")?;
        std::fs::write(&path, replace_table(&readme, &table)?).context("README.md")?;
        say("README.md has the new table");
    }
    Ok(())
}

/// Builds what is measured, with this benchmark, and hands over to it.
fn run_in_release(root: &Path, arguments: &[String]) -> Result<()> {
    let mut build = Command::new("cargo");
    build.current_dir(root).args(["build", "--release", "--package", "meshwright", "--package", "xtask"]);
    ensure!(build.status().context("cargo does not start")?.success(), "the release build failed");
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(Path::parent).context("this executable stands in no target folder")?;
    let release = folder.join("release").join(this.file_name().context("this executable has no name")?);
    let status =
        Command::new(release).arg("bench").args(arguments).status().context("the release build does not start")?;
    ensure!(status.success(), "the benchmark failed");
    Ok(())
}

fn measure_all(root: &Path) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let mut rows = Vec::new();
    let json = vec![input("mesh.json", generate::describe(Size::quota(1)))];
    let yaml = vec![input("mesh.yaml", generate::template(Size::quota(1)))];
    let parts: Vec<Input> =
        generate::templates(Size::quota(1), PARTS).into_iter().map(|(name, text)| input(&name, text)).collect();

    say("AWS JSON …");
    let (json_time, values) = best(|| measure::read_and_order(&json), || measure::json_values(&json));
    rows.push(
        Row::new("AWS JSON, 10,000 routes in one file", &json, json_time)
            .against("`serde_json::Value`", values, 3.0)
            .within_millis(200.0),
    );
    say("CloudFormation …");
    let (yaml_time, events) = best(|| measure::read_and_order(&yaml), || measure::yaml_events(&yaml));
    rows.push(
        Row::new("CloudFormation YAML, the same mesh", &yaml, yaml_time)
            .against("events of the YAML parser", events, 2.0)
            .within_millis(600.0),
    );
    let (parts_time, one_time) = best(|| measure::read_and_order(&parts), || measure::read_and_order(&yaml));
    rows.push(Row::new(&format!("the same as {PARTS} templates"), &parts, parts_time).against(
        "one template",
        one_time,
        1.1,
    ));

    say("memory …");
    for (what, files) in [("AWS JSON", &json), ("CloudFormation YAML", &yaml), ("40 templates", &parts)] {
        let peak = peak_memory_of_child(folder.path(), "--read", files)?;
        rows.push(Row::memory(&format!("peak memory, {what}"), files, peak, 300.0));
    }
    drop((json, yaml, parts));

    say("ten times that …");
    let large = vec![input("mesh.json", generate::describe(Size::quota(TIMES)))];
    let (time, _) = best(|| measure::read_and_order(&large), measure::nothing);
    rows.push(Row::new("AWS JSON, 100,000 routes", &large, time).against("10,000 routes", json_time, LINEAR));
    drop(large);
    let large = vec![input("mesh.yaml", generate::template(Size::quota(TIMES)))];
    let (time, _) = best(|| measure::read_and_order(&large), measure::nothing);
    rows.push(Row::new("CloudFormation YAML, 100,000 routes", &large, time).against(
        "10,000 routes",
        yaml_time,
        LINEAR,
    ));
    drop(large);

    say("the whole process …");
    let template = root.join("corpus/shop/shop.yaml");
    let bytes = std::fs::read(&template).context("corpus/shop/shop.yaml")?;
    let time = measure::whole_process(&["order"], &template)?;
    let shop = [Input { name: "shop.yaml".to_owned(), bytes }];
    rows.push(Row::new("`meshwright order shop.yaml`, the whole process", &shop, time).within_millis(20.0));
    rows.extend(rules::rows(root, folder.path())?);
    rows.extend(traffic::rows(root)?);
    rows.extend(store::rows(root)?);
    rows.extend(api::rows(root)?);
    #[cfg(unix)]
    rows.extend(ads::rows(root)?);
    Ok(rows)
}

fn input(name: &str, text: String) -> Input {
    Input { name: name.to_owned(), bytes: text.into_bytes() }
}

/// The README with the table between its marks replaced.
fn replace_table(readme: &str, table: &str) -> Result<String> {
    let (before, rest) = readme.split_once(START).with_context(|| format!("README.md has no {START}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("README.md has no {END}"))?;
    Ok(format!("{before}{START}\n\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_between_its_marks() {
        let readme = "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n";
        assert_eq!(replace_table(readme, "| new |\n").unwrap(), "a\n<!-- bench -->\n\n| new |\n\n<!-- /bench -->\nb\n");
        assert!(replace_table("no marks", "").is_err());
    }
}
