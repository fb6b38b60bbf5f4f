//! The live side on the command line, against `serve` and against servers that only look like it.

use std::path::Path;
use std::process::Command;

use crate::serve::Server as MeshServer;
use crate::server::{Play, Server};
use crate::{Run, corpus, run_command};

/// Runs the command in an environment of its own: no credentials, no files of the AWS CLI, no machine that hands some out.
fn run_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true").envs(variables.iter().copied());
    run_command(command.current_dir(folder).args(arguments), b"")
}

#[test]
fn a_mesh_lives_from_apply_to_delete() {
    let folder = tempfile::tempdir().unwrap();
    let server = MeshServer::start(&[]);
    let url = format!("http://{}", server.address);
    let by = |arguments: &[&str]| run_in(folder.path(), &[("AWS_ENDPOINT_URL_APP_MESH", &url)], arguments);
    let shop = corpus("shop/shop.yaml");
    let plan = by(&["apply", "--dry-run", &shop]);
    assert_eq!((plan.code, plan.out.starts_with("17 to create\n")), (1, true), "{}", plan.out);
    let applied = by(&["apply", "--wait", &shop]);
    assert_eq!(
        (applied.code, applied.out.ends_with("done: 17 created\nno proxy is connected\n")),
        (0, true),
        "{}{}",
        applied.out,
        applied.err
    );
    assert!(applied.err.contains("created route payments/payments-split\n"), "{}", applied.err);
    let again = by(&["apply", "--dry-run", "--prune", &shop]);
    assert_eq!((again.code, again.out.as_str()), (0, "nothing to do, 17 unchanged\n"));
    let meshes = by(&["meshes"]);
    assert!(meshes.out.contains("shop  4 virtual nodes"), "{}", meshes.out);

    let taken = by(&["snapshot", "--mesh", "shop", "--output", "shop.json"]);
    assert_eq!((taken.code, taken.out.as_str(), taken.err.as_str()), (0, "", ""));
    let picture = |file: &str| by(&["graph", file]).out;
    assert_eq!(picture("shop.json"), picture(&shop), "a snapshot feeds every other verb");
    assert_eq!(by(&["apply", "--prune", "shop.json"]).out, "nothing to do, 17 unchanged\n");
    by(&["snapshot", "--mesh", "shop", "--output", "again.json"]);
    let bytes = |file: &str| std::fs::read(folder.path().join(file)).unwrap();
    assert_eq!(bytes("again.json"), bytes("shop.json"));

    let held = by(&["delete", "--mesh", "shop"]);
    assert_eq!((held.code, held.err.as_str()), (1, "nothing is deleted: give --yes to do so\n"));
    let gone = by(&["delete", "--yes", "--format", "json", "shop.json"]);
    let answer: serde_json::Value = serde_json::from_str(&gone.out).unwrap();
    assert_eq!((gone.code, answer["outcome"]["done"].as_array().map(Vec::len)), (0, Some(17)), "{}", gone.out);
    assert!(by(&["meshes"]).out.starts_with("no mesh at"));
}

#[test]
fn credentials_and_endpoints_are_found_where_the_aws_cli_finds_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(vec![Play::ok(r#"{"meshes": []}"#)]);
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    write(
        ".aws/config",
        format!(
            "[profile shop]\nregion = eu-west-3\nservices = own\n[services own]\napp_mesh =\n  endpoint_url = {}\n",
            server.url()
        ),
    );
    write(".aws/credentials", "[shop]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = x\n".to_owned());
    let url = server.url();
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDVARIABLE"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_SESSION_TOKEN", "token")];
    let by = |variables: &[(&str, &str)], arguments: &[&str]| {
        let run = run_in(folder.path(), variables, &[&["meshes"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        server.asked().last().unwrap().head.clone()
    };
    let with = |more: &[(&'static str, &'static str)]| [&keys[..], more].concat();
    for (variables, arguments, scope) in [
        (vec![], vec!["--profile", "shop"], "credential=akidprofile/"),
        (vec![("AWS_PROFILE", "shop")], vec![], "/eu-west-3/appmesh/aws4_request"),
        (vec![("AWS_PROFILE", "shop")], vec!["--region", "eu-north-1"], "/eu-north-1/appmesh/aws4_request"),
        (with(&[]), vec!["--endpoint-url", &url], "credential=akidvariable/"),
        (with(&[]), vec!["--endpoint-url", &url], "x-amz-security-token: token"),
        (with(&[("AWS_DEFAULT_REGION", "sa-east-1")]), vec!["--endpoint-url", &url], "/sa-east-1/appmesh/"),
        (with(&[("AWS_REGION", "ca-west-1")]), vec!["--endpoint-url", &url], "/ca-west-1/appmesh/"),
    ] {
        let head = by(&variables, &arguments);
        assert!(head.contains(scope), "{variables:?} {arguments:?}: {head}");
    }
    for variable in ["AWS_ENDPOINT_URL_APP_MESH", "AWS_ENDPOINT_URL"] {
        let head = by(&[(variable, &url)], &[]);
        assert!(!head.contains("authorization"), "without credentials a call is not signed: {head}");
    }
    let nobody = "http://127.0.0.1:1";
    by(&[("AWS_ENDPOINT_URL_APP_MESH", &url), ("AWS_ENDPOINT_URL", nobody)], &[]);
    by(&[("AWS_ENDPOINT_URL_APP_MESH", nobody)], &["--endpoint-url", &url]);
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let why = |variables: &[(&str, &str)], arguments: &[&str]| {
        let run = run_in(folder.path(), variables, arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        run.err
    };
    assert!(why(&[], &["meshes"]).contains("no endpoint and no region: give --endpoint-url"));
    assert!(why(&[("AWS_REGION", "")], &["meshes"]).contains("no endpoint and no region"));
    let aws = why(&[], &["meshes", "--region", "eu-west-1"]);
    assert!(aws.contains("no credentials for https://appmesh.eu-west-1.amazonaws.com"), "{aws}");
    assert!(aws.contains("AWS switched App Mesh off on 2026-09-30: run `meshwright serve`"), "{aws}");
    assert!(why(&[], &["meshes", "--profile", "nope"]).contains("the profile `nope` is in neither"));
    assert!(why(&[], &["meshes", "--endpoint-url", "nonsense"]).contains("should read http://HOST:PORT"));
    let refused = why(&[("AWS_MAX_ATTEMPTS", "1")], &["meshes", "--endpoint-url", "http://127.0.0.1:1"]);
    assert_eq!(refused.matches("the connection is refused").count(), 1, "{refused}");
    assert!(refused.contains("start it with `meshwright serve`"), "{refused}");
}

#[test]
fn a_server_that_fails_now_and_then_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let busy = Play::status(429, r#"{"message": "slow down"}"#).with("x-amzn-errortype", "TooManyRequestsException");
    let server = Server::start(vec![busy, Play::status(500, ""), Play::ok(r#"{"meshes": []}"#)]);
    let run = run_in(folder.path(), &[], &["meshes", "--endpoint-url", &server.url()]);
    assert_eq!((run.code, run.out), (0, format!("no mesh at {}\n", server.url())), "{}", run.err);
    assert_eq!(server.asked().len(), 3);
}

const KEYS: &str = r#"
[[key]]
id = "DEPLOYER"
secret = "sixteen characters"
user = "deployer"
allow = [{ actions = ["appmesh:*"], resources = ["*"] }]
deny = [{ actions = ["appmesh:CreateRoute"], resources = ["arn:aws:appmesh:*:*:mesh/*/virtualRouter/orders/*"] }]
"#;

#[test]
fn a_server_with_tls_is_trusted_by_ca_bundle_and_what_it_forbids_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (chain, key) = (write("chain.pem", &made.cert.pem()), write("key.pem", &made.signing_key.serialize_pem()));
    let keys = write("keys.toml", KEYS);
    let server = MeshServer::start(&["--credentials", &keys, "--tls-cert", &chain, "--tls-key", &key]);
    let url = format!("https://localhost:{}", server.address.rsplit(':').next().unwrap());
    let secret = [("AWS_ACCESS_KEY_ID", "DEPLOYER"), ("AWS_SECRET_ACCESS_KEY", "sixteen characters")];
    let by = |variables: &[(&str, &str)], arguments: &[&str]| {
        let own = [variables, &[("AWS_ENDPOINT_URL_APP_MESH", url.as_str())]].concat();
        run_in(folder.path(), &own, arguments)
    };
    let with = |more: &[(&'static str, &'static str)]| [&secret[..], more].concat();

    let stranger = by(&with(&[]), &["meshes"]);
    assert_eq!((stranger.code, stranger.err.contains("is not trusted: ")), (2, true), "{}", stranger.err);
    assert!(stranger.err.contains("AWS_CA_BUNDLE"), "{}", stranger.err);
    for (file, why) in [("none.pem", "No such file"), ("key.pem", "it has no certificate in PEM")] {
        let refused = by(&with(&[("AWS_CA_BUNDLE", file)]), &["meshes"]);
        assert_eq!((refused.code, refused.err.contains(why)), (2, true), "{}", refused.err);
    }
    assert!(by(&with(&[("AWS_CA_BUNDLE", "chain.pem")]), &["meshes"]).out.starts_with("no mesh at https://localhost"));
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    write(".aws/config", "[default]\nca_bundle = chain.pem\n");
    let unsigned = by(&[], &["meshes"]);
    assert!(unsigned.err.contains("; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{}", unsigned.err);

    let stopped = by(&with(&[]), &["apply", &corpus("shop/shop.yaml")]);
    assert_eq!(stopped.code, 1, "{}", stopped.err);
    assert!(stopped.out.contains("\nstopped: 10 created; 7 not done: the same command goes on"), "{}", stopped.out);
    let why = "error: route orders/orders: AccessDeniedException: User: arn:aws:iam::123456789012:user/deployer is not authorized to \
               perform: appmesh:CreateRoute on resource: ";
    assert!(stopped.err.contains(why), "{}", stopped.err);
    let rest = by(&with(&[]), &["apply", "--dry-run", &corpus("shop/shop.yaml")]);
    assert!(rest.out.starts_with("7 to create, 10 unchanged\n"), "{}", rest.out);
}

/// What is wrong with a server's certificate is told apart, with what to do.
#[test]
fn a_certificate_that_is_not_trusted_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let why = |names: &[&str], change: &dyn Fn(&mut rcgen::CertificateParams), trusts_it: bool| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = rcgen::CertificateParams::new(names).unwrap();
        change(&mut parameters);
        let key = rcgen::KeyPair::generate().unwrap();
        let chain = write("chain.pem", &parameters.self_signed(&key).unwrap().pem());
        let key = write("key.pem", &key.serialize_pem());
        let server = MeshServer::start(&["--tls-cert", &chain, "--tls-key", &key]);
        let url = format!("https://localhost:{}", server.address.rsplit(':').next().unwrap());
        let bundle = [("AWS_CA_BUNDLE", chain.as_str())];
        let run = run_in(folder.path(), &bundle[..usize::from(trusts_it)], &["meshes", "--endpoint-url", &url]);
        assert_eq!((run.code, run.err.lines().count()), (2, 1), "{}{}", run.out, run.err);
        assert!(run.err.contains(&format!("the certificate of {url} is not trusted: ")), "{}", run.err);
        run.err
    };
    let authority =
        why(&["localhost"], &|own| own.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained), true);
    assert!(authority.contains("(CA:TRUE)") && authority.contains("basicConstraints=critical,CA:FALSE"), "{authority}");
    assert!(!authority.contains("AWS_CA_BUNDLE"), "it is in the bundle already: {authority}");
    let unknown = why(&["localhost"], &|_| {}, false);
    assert!(unknown.contains("AWS_CA_BUNDLE, or `ca_bundle` of the profile, names a file"), "{unknown}");
    let other = why(&["elsewhere.example"], &|_| {}, true);
    assert!(other.contains("elsewhere.example") && other.contains("subjectAltName"), "{other}");
    let old = why(&["localhost"], &|own| own.not_after = rcgen::date_time_ymd(2001, 1, 1), true);
    assert!(old.contains("expired") && old.contains("the server needs a new one"), "{old}");
}
