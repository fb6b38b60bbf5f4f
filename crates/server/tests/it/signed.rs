//! Signatures, access keys and TLS: botocore signs, rightly and wrongly.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use meshwright_server::Credentials;
use meshwright_server::http::Settings;
use meshwright_server::tls::{self, Clients};
use serde_json::{Value, json};

use crate::http::Server;

const KEYS: &str = r#"
[[key]]
id = "ADMIN"
secret = "the secret of the admin"
user = "admin"
allow = [{ actions = ["*"], resources = ["*"] }]

[[key]]
id = "READER"
secret = "the secret of the reader"
user = "reader"
account = "210987654321"
allow = [
    { actions = ["appmesh:Describe*", "appmesh:List*"], resources = ["*"] },
    { actions = ["appmesh:CreateMesh"], resources = ["arn:aws:appmesh:*:*:mesh/own-*"] },
]

[[key]]
id = "WRITER"
secret = "the secret of the writer"
user = "writer"
account = "210987654321"
shared = ["arn:aws:appmesh:*:123456789012:mesh/shared"]
allow = [{ actions = ["*"], resources = ["*"] }]
deny = [{ actions = ["*"], resources = ["arn:aws:appmesh:*:210987654321:mesh/prod"] }]
"#;

/// A server with access keys and TLS, and the file of the authority that it is of.
fn server(folder: &Path) -> (Server, std::path::PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let authority = folder.join("authority.pem");
    std::fs::write(&authority, &chain).unwrap();
    let mut settings = Settings::of("us-east-1", "123456789012");
    settings.credentials = Some(Credentials::read(KEYS).unwrap());
    settings.tls = Some(tls::server_config(chain.as_bytes(), key.as_bytes(), Clients::Anyone, "http/1.1").unwrap());
    (Server::with(settings), authority)
}

/// A case of a key, with what it adds to the query.
#[expect(clippy::needless_pass_by_value, reason = "cases are written where they are used")]
fn of_key(key: &str, operation: &str, query: &str, parameters: Value) -> Value {
    let secret = format!("the secret of the {}", key.to_lowercase());
    json!({"key": key, "secret": secret, "operation": operation, "query": query, "parameters": parameters})
}

/// The bodies of the API's answers to each case; `None` without botocore.
fn bodies(cases: &Value) -> Option<Vec<Value>> {
    Some(said(cases)?.into_iter().map(|mut own| own["body"].take()).collect())
}

/// What the judge says of each case; `None` without botocore.
fn said(cases: &Value) -> Option<Vec<Value>> {
    let python = crate::python()?;
    let folder = tempfile::tempdir().unwrap();
    let (server, authority) = server(folder.path());
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/signature_judge.py");
    let mut command = Command::new(python);
    command.arg(judge).arg(format!("https://localhost:{}", server.address.port())).arg(authority);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(cases.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What the API answers to each case: status, error and message; `None` without botocore.
fn answers(cases: &Value) -> Option<Vec<(u16, String, String)>> {
    let said = said(cases)?;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Some(
        said.iter()
            .map(|own| {
                (u16::try_from(own["status"].as_u64().unwrap()).unwrap(), text(&own["error"]), text(&own["message"]))
            })
            .collect(),
    )
}

#[test]
fn a_signature_holds_for_the_request_that_was_signed_and_for_now() {
    let admin = |operation: &str, more: Value| {
        let mut case = json!({"key": "ADMIN", "secret": "the secret of the admin", "operation": operation});
        for (name, value) in more.as_object().unwrap() {
            case[name] = value.clone();
        }
        case
    };
    let node = json!({"meshName": "m x/ü", "virtualNodeName": "a b%c", "spec": {}});
    let cases = [
        (admin("create_mesh", json!({"parameters": {"meshName": "m x/ü"}})), ""),
        (admin("create_virtual_node", json!({"parameters": node})), ""),
        (
            admin(
                "list_virtual_nodes",
                json!({"parameters": {"meshName": "m x/ü", "limit": 1, "meshOwner": "123456789012"}}),
            ),
            "",
        ),
        (admin("list_meshes", json!({"minutes": 4})), ""),
        (admin("list_meshes", json!({"minutes": -4})), ""),
        (admin("list_meshes", json!({"minutes": 6})), "InvalidSignatureException: Signature not yet current: "),
        (admin("list_meshes", json!({"minutes": -6})), "InvalidSignatureException: Signature expired: "),
        (
            admin("list_meshes", json!({"secret": "another secret of an admin"})),
            "InvalidSignatureException: The request signature we",
        ),
        (
            admin("list_meshes", json!({"key": "NOBODY"})),
            "UnrecognizedClientException: The security token included in the",
        ),
        (
            admin("list_meshes", json!({"tamper": "token"})),
            "UnrecognizedClientException: this server gives no security tokens",
        ),
        (
            admin("list_meshes", json!({"tamper": "unsigned"})),
            "MissingAuthenticationTokenException: Missing Authentication Token",
        ),
        (
            admin("list_meshes", json!({"region": "us:east 1"})),
            "InvalidSignatureException: Credential should be scoped to a valid region.",
        ),
        (
            admin("list_meshes", json!({"service": "s3"})),
            "InvalidSignatureException: Credential should be scoped to correct service",
        ),
        (admin("list_meshes", json!({"tamper": "path"})), "UnknownOperationException: there is no operation at"),
        (admin("list_meshes", json!({"tamper": "query"})), "InvalidSignatureException: The request signature we"),
        (admin("list_meshes", json!({"tamper": "signature"})), "InvalidSignatureException: The request signature we"),
        (
            admin("create_mesh", json!({"parameters": {"meshName": "n"}, "tamper": "body"})),
            "InvalidSignatureException: The request signature we",
        ),
        (
            admin("create_mesh", json!({"parameters": {"meshName": "n"}, "tamper": "header"})),
            "InvalidSignatureException: The request signature we",
        ),
        (admin("describe_mesh", json!({"parameters": {"meshName": "n"}})), "NotFoundException: Mesh with name n"),
    ];
    let asked: Vec<&Value> = cases.iter().map(|(case, _)| case).collect();
    let Some(answers) = answers(&json!(asked)) else { return };
    for ((case, expected), (status, error, message)) in cases.iter().zip(answers) {
        let said = if error.is_empty() { String::new() } else { format!("{error}: {message}") };
        assert!(
            if expected.is_empty() { status == 200 } else { said.starts_with(expected) },
            "{case}: {status} {said}"
        );
        assert!(error != "InvalidSignatureException" || status == 403, "{case}: {status}");
    }
}

#[test]
fn a_key_does_what_it_is_allowed_in_its_own_account() {
    let reader = |operation: &str, parameters: Value| json!({"key": "READER", "secret": "the secret of the reader", "operation": operation, "parameters": parameters});
    let denied = |action: &str, resource: &str| {
        format!(
            "User: arn:aws:iam::210987654321:user/reader is not authorized to perform: appmesh:{action} on resource: {resource}"
        )
    };
    let arn = "arn:aws:appmesh:us-east-1:210987654321:mesh/";
    let cases = [
        (reader("create_mesh", json!({"meshName": "own-1"})), 200, String::new()),
        (reader("create_mesh", json!({"meshName": "other"})), 403, denied("CreateMesh", &format!("{arn}other"))),
        (reader("describe_mesh", json!({"meshName": "own-1"})), 200, String::new()),
        (reader("list_meshes", json!({})), 200, String::new()),
        (reader("delete_mesh", json!({"meshName": "own-1"})), 403, denied("DeleteMesh", &format!("{arn}own-1"))),
        (
            reader("delete_route", json!({"meshName": "own-1", "virtualRouterName": "r", "routeName": "x"})),
            403,
            denied("DeleteRoute", &format!("{arn}own-1/virtualRouter/r/route/x")),
        ),
        (
            reader("tag_resource", json!({"resourceArn": format!("{arn}own-1"), "tags": [{"key": "k", "value": "v"}]})),
            403,
            denied("TagResource", &format!("{arn}own-1")),
        ),
        (
            reader("list_routes", json!({"meshName": "own-1", "virtualRouterName": "r"})),
            404,
            "VirtualRouter with name r is not present under mesh own-1 for account 210987654321".to_owned(),
        ),
    ];
    let asked: Vec<&Value> = cases.iter().map(|(case, ..)| case).collect();
    let Some(answers) = answers(&json!(asked)) else { return };
    for ((case, status, message), answer) in cases.iter().zip(answers) {
        assert_eq!((answer.0, &answer.2), (*status, message), "{case}");
    }
}

#[test]
fn a_mesh_owner_where_none_is_known_leads_around_no_permission() {
    let prod = || json!({"meshName": "prod"});
    let cases = [
        // An ARN that the writer is not denied.
        (of_key("ADMIN", "create_mesh", "", prod()), 200),
        (of_key("WRITER", "create_mesh", "meshOwner=123456789012", prod()), 403),
        (of_key("WRITER", "update_mesh", "meshOwner=123456789012", prod()), 403),
        (of_key("WRITER", "delete_mesh", "meshOwner=123456789012", prod()), 403),
        (of_key("ADMIN", "delete_mesh", "meshOwner=210987654321", prod()), 200),
    ];
    let asked: Vec<&Value> = cases.iter().map(|(case, _)| case).collect();
    let Some(answers) = answers(&json!(asked)) else { return };
    for ((case, status), answer) in cases.iter().zip(answers) {
        assert_eq!(answer.0, *status, "{case}: {answer:?}");
    }
}

#[test]
fn a_mesh_of_another_account_is_reached_where_it_is_shared() {
    let mesh = |name: &str| json!({"meshName": name});
    let of_owner = |name: &str| json!({"meshName": name, "meshOwner": "123456789012"});
    let node = |name: &str| json!({"meshName": name, "meshOwner": "123456789012", "virtualNodeName": "n", "spec": {}});
    let admin = |operation, parameters| of_key("ADMIN", operation, "", parameters);
    let writer = |operation, parameters| of_key("WRITER", operation, "", parameters);
    let denied = |action: &str, name: &str| {
        format!(
            "User: arn:aws:iam::210987654321:user/writer is not authorized to perform: appmesh:{action} on resource: \
             arn:aws:appmesh:us-east-1:123456789012:mesh/{name} because no resource-based policy allows the appmesh:{action} action"
        )
    };
    let cases = [
        (admin("create_mesh", mesh("own")), 200, String::new()),
        (admin("create_mesh", mesh("shared")), 200, String::new()),
        (writer("describe_mesh", of_owner("shared")), 200, String::new()),
        (writer("create_virtual_node", node("shared")), 200, String::new()),
        (writer("describe_mesh", of_owner("own")), 403, denied("DescribeMesh", "own")),
        (writer("list_virtual_nodes", of_owner("own")), 403, denied("ListVirtualNodes", "own")),
        (writer("create_virtual_node", node("own")), 403, denied("CreateVirtualNode", "own")),
        // One that is not there looks the same.
        (writer("describe_mesh", of_owner("none")), 403, denied("DescribeMesh", "none")),
        (admin("describe_virtual_node", json!({"meshName": "shared", "virtualNodeName": "n"})), 200, String::new()),
    ];
    let asked: Vec<&Value> = cases.iter().map(|(case, ..)| case).collect();
    let Some(answers) = answers(&json!(asked)) else { return };
    for ((case, status, message), answer) in cases.iter().zip(answers) {
        assert_eq!((answer.0, &answer.2), (*status, message), "{case}");
    }
}

#[test]
fn shared_meshes_are_listed_page_by_page() {
    let mut asked = vec![of_key("ADMIN", "create_mesh", "", json!({"meshName": "own"}))];
    asked.push(of_key("ADMIN", "create_mesh", "", json!({"meshName": "shared"})));
    asked.push(of_key("WRITER", "create_mesh", "", json!({"meshName": "a"})));
    asked.push(of_key("WRITER", "list_meshes", "", json!({"limit": 1})));
    asked.push(of_key("WRITER", "list_meshes", "", json!({})));
    let Some(answers) = bodies(&json!(asked)) else { return };
    let names = |body: &Value| -> Vec<String> {
        let meshes = body["meshes"].as_array().unwrap().iter();
        meshes
            .map(|mesh| format!("{}/{}", mesh["meshOwner"].as_str().unwrap(), mesh["meshName"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(names(&answers[3]), ["123456789012/shared"]);
    assert!(answers[3]["nextToken"].is_string());
    assert_eq!(names(&answers[4]), ["123456789012/shared", "210987654321/a"]);
}
