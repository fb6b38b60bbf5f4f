//! Clients that we did not write, and what their makers' models and tests say of the API.
#![expect(clippy::print_stdout, reason = "tests say what they skip, and judges how much they tried")]

use std::path::{Path, PathBuf};
use std::process::Command;

use meshwright_server::Credentials;
use meshwright_server::http::Settings;

use crate::http::Server;

/// How many operations take a specification.
const OPERATIONS: usize = 14;

/// Asks a judge of `judges/` about a server, and answers with what it printed; `None` where no judge is installed.
///
/// # Panics
/// It has something to complain of.
fn ask(judge: &str, more: &[PathBuf]) -> Option<String> {
    let python = crate::python()?;
    let server = Server::start();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges").join(judge);
    let endpoint = format!("http://{}", server.address);
    let output = Command::new(python).arg(judge).arg(endpoint).args(more).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}

/// The numbers in `… N of N …`.
fn counts(line: &str) -> (usize, usize) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let of = words.iter().position(|word| *word == "of").unwrap();
    (words[of - 1].parse().unwrap(), words[of + 1].parse().unwrap())
}

#[test]
fn every_member_of_every_input_is_held_to_its_limits() {
    let Some(said) = ask("conformance_judge.py", &[]) else { return };
    let each = said.lines().filter(|line| !line.starts_with("in all")).map(counts);
    let full = each.filter(|(passed, all)| passed == all && *all >= 50).count();
    assert_eq!(full, OPERATIONS, "{said}");
}

#[test]
fn the_aws_cli_lives_the_life_of_a_mesh() {
    let Some(said) = ask("cli_judge.py", &[]) else { return };
    assert_eq!(said.trim(), "38 of 38 commands");
}

#[test]
fn what_the_tests_of_moto_rely_on_holds_here() {
    let Some(said) = ask("moto_judge.py", &[]) else { return };
    let (passed, all) = counts(&said);
    assert!(passed == all && all > 300, "{said}");
}

/// Where the AWS provider is, as a mirror that Terraform takes; `MESHWRIGHT_TERRAFORM_PLUGINS` names another folder.
const PLUGINS: &str = "/opt/tf-plugins";

/// The keys of an account, of another one with which it shares a mesh, and of that one's user with whom it does not.
fn keys_of_a_shared_mesh() -> String {
    let key = |name: &str, more: &str| {
        let secret = name.repeat(16);
        format!(
            "[[key]]\nid = \"{name}\"\nsecret = \"{secret}\"\nuser = \"{name}\"\n{more}\n\
             allow = [{{ actions = [\"*\"], resources = [\"*\"] }}]\n"
        )
    };
    let other = "account = \"210987654321\"";
    let guest = format!("{other}\nshared = [\"arn:aws:appmesh:*:123456789012:mesh/shared\"]");
    key("OWNER", "") + &key("GUEST", &guest) + &key("STRANGER", other)
}

#[test]
fn terraform_makes_changes_imports_and_destroys_everything() {
    let plugins = PathBuf::from(std::env::var_os("MESHWRIGHT_TERRAFORM_PLUGINS").unwrap_or_else(|| PLUGINS.into()));
    let has_terraform = Command::new("terraform").arg("version").output().is_ok_and(|run| run.status.success());
    if !has_terraform || !plugins.join("registry.terraform.io/hashicorp/aws").is_dir() {
        println!(
            "skipped: there is no Terraform, or no AWS provider in {} (MESHWRIGHT_TERRAFORM_PLUGINS)",
            plugins.display()
        );
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let corpus = std::env::var_os("MESHWRIGHT_CORPUS").map_or_else(|| root.join("shared/corpus"), PathBuf::from);
    let others = corpus.join("terraform/hashicorp__terraform-provider-aws");
    let mut settings = Settings::of("us-east-1", "123456789012");
    settings.credentials = Some(Credentials::read(&keys_of_a_shared_mesh()).unwrap());
    let sharing = Server::with(settings);
    let mut more = vec![format!("http://{}", sharing.address).into(), plugins];
    if others.is_dir() {
        more.push(others);
    } else {
        println!("skipped in part: there are no public configurations in {}", corpus.display());
    }
    let Some(said) = ask("terraform_judge.py", &more) else { return };
    for step in [
        "validate",
        "apply",
        "plan",
        "state",
        "import",
        "change",
        "plan of the change",
        "state of the change",
        "plan of what is gone",
        "destroy",
        "plan of a stranger",
        "apply by a guest",
        "plan of a guest",
        "change by a guest",
        "sharing",
        "destroy by a guest",
        "destroy by the owner",
    ] {
        assert!(said.lines().any(|line| line == format!("{step}: as it should be")), "{step}: {said}");
    }
}
