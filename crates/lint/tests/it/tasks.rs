//! Rules about tasks say nothing where a task may yet be sound, and name the right line in every dialect.

use serde_json::{Value, json};

use crate::{found_in, read_text};

/// A sound task as `register-task-definition` takes it.
fn task() -> Value {
    json!({
        "family": "orders",
        "networkMode": "awsvpc",
        "proxyConfiguration": {"type": "APPMESH", "containerName": "envoy", "properties": [
            {"name": "IgnoredUID", "value": "1337"},
            {"name": "ProxyIngressPort", "value": "15000"},
            {"name": "ProxyEgressPort", "value": "15001"},
            {"name": "AppPorts", "value": "8080"}]},
        "containerDefinitions": [
            {"name": "envoy", "image": "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod", "user": "1337",
             "environment": [
                {"name": "APPMESH_RESOURCE_ARN", "value": "mesh/shop/virtualNode/orders"},
                {"name": "APPMESH_XDS_ENDPOINT", "value": "unix:///run/mesh/xds.sock"}],
             "healthCheck": {"command": ["CMD-SHELL", "true"]}},
            {"name": "app", "image": "orders:1", "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
             "dependsOn": [{"containerName": "envoy", "condition": "HEALTHY"}]}]
    })
}

/// The rules that find something in the task after a change, and nothing else beside.
fn check(change: impl Fn(&mut Value), expected: &[&str]) {
    let mut task = task();
    change(&mut task);
    check_text(&task.to_string(), expected);
}

fn check_text(text: &str, expected: &[&str]) {
    let found = found_in(&read_text("task.json", text));
    let rules: Vec<&str> = found.iter().map(|found| found.rule).collect();
    assert_eq!(rules, expected, "{text}");
}

fn remove(value: &mut Value, key: &str) {
    value.as_object_mut().unwrap().remove(key);
}

#[test]
fn a_sound_task_is_spared() {
    check(|_| (), &[]);
}

#[test]
fn a_variable_that_may_come_from_elsewhere_is_not_missing() {
    let without = |task: &mut Value| {
        task["containerDefinitions"][0]["environment"].as_array_mut().unwrap().truncate(1);
    };
    check(without, &["proxy-without-xds-endpoint"]);
    let from_elsewhere = [
        ("secrets", json!([{"name": "APPMESH_XDS_ENDPOINT", "valueFrom": "arn:x"}])),
        ("environmentFiles", json!([{"type": "s3", "value": "arn:aws:s3:::bucket/x.env"}])),
    ];
    for (key, value) in from_elsewhere {
        check(
            |task| {
                without(task);
                task["containerDefinitions"][0][key] = value.clone();
            },
            &[],
        );
    }
    let gone = json!("appmesh-envoy-management.eu-west-1.amazonaws.com:443");
    check(
        |task| task["containerDefinitions"][0]["environment"][1]["value"] = gone.clone(),
        &["proxy-without-xds-endpoint"],
    );
}

#[test]
fn containers_alone_lack_nothing_that_their_task_may_have() {
    let containers = task()["containerDefinitions"].to_string();
    check_text(&containers, &[]);
    let whole = |task: &mut Value| remove(task, "proxyConfiguration");
    check(whole, &["missing-proxy-configuration"]);
    // A script puts the proxy in later.
    let text = task().to_string().replacen("\"containerDefinitions\":[", "\"containerDefinitions\":[$ENVOY,", 1);
    let open =
        text.replacen("\"containerName\":\"envoy\",\"properties\"", "\"containerName\":\"proxy\",\"properties\"", 1);
    check_text(&open, &[]);
}

#[test]
fn a_base_definition_without_its_proxy_is_only_warned_of() {
    let mut base = task();
    base["containerDefinitions"].as_array_mut().unwrap().remove(0);
    let found = found_in(&read_text("task.json", &base.to_string()));
    let lines = crate::lines(&found);
    assert_eq!(
        lines,
        ["warning unknown-proxy-container proxyConfiguration.containerName: `envoy` is no container of this task: it \
             must be put in before the task is registered"]
    );
}

#[test]
fn what_the_plugin_refuses_is_found_and_what_it_takes_is_not() {
    for (place, value, expected) in [
        (0, json!(""), &["invalid-proxy-configuration"][..]),
        (1, json!("15002"), &["wrong-proxy-ports"]),
        (2, json!(""), &["invalid-proxy-configuration"]),
        (3, json!("8080,9090"), &[]),
        (3, json!("8080, 9090"), &["invalid-proxy-configuration"]),
        (3, json!("http"), &["invalid-proxy-configuration"]),
        (3, json!("8080,8080,8080,8080,8080,8080,8080,8080,8080,8080,8080,8080,8080,8080,8080"), &[]),
        (3, json!("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"), &["more-than-15-ports"]),
    ] {
        check(|task| task["proxyConfiguration"]["properties"][place]["value"] = value.clone(), expected);
    }
    for (addresses, expected) in
        [("169.254.170.2, 10.0.0.0/8,fd00::/8", &[][..]), ("", &[]), ("169.254.170", &["invalid-proxy-configuration"])]
    {
        let pair = json!({"name": "EgressIgnoredIPs", "value": addresses});
        let add = |task: &mut Value| {
            task["proxyConfiguration"]["properties"].as_array_mut().unwrap().push(pair.clone());
        };
        check(add, expected);
    }
}

#[test]
fn users_are_compared_by_their_numbers() {
    for (user, expected) in [
        (json!("1337:1337"), &[][..]),
        (json!("envoy"), &[]),
        (json!("0"), &["ignored-user-differs"]),
        (Value::Null, &["ignored-user-differs"]),
    ] {
        check(
            |task| {
                task["containerDefinitions"][0]["user"] = user.clone();
                if user.is_null() {
                    remove(&mut task["containerDefinitions"][0], "user");
                }
            },
            expected,
        );
    }
}

#[test]
fn a_group_that_is_ignored_excuses_other_users() {
    for (uid, gid, user, expected) in [
        ("1337", "1338", json!("1337"), &[][..]),
        ("1337", "1338", json!("1000:1338"), &[]),
        ("1337", "1338", json!("1337:1000"), &[]),
        ("1337", "1338", json!("1000:1000"), &["error"]),
        // The group of a user who says none is the image's.
        ("1337", "1338", json!("1000"), &["warning"]),
        ("1337", "1338", json!("1000:envoy"), &[]),
        ("1337", "1338", Value::Null, &[]),
        ("", "1338", json!("1000:1338"), &[]),
        ("", "1338", json!("1000:1000"), &["error"]),
        ("", "1338", json!("1000"), &[]),
        ("1337", "", json!("1000:1338"), &["error"]),
    ] {
        let mut task = task();
        let properties = task["proxyConfiguration"]["properties"].as_array_mut().unwrap();
        properties[0]["value"] = json!(uid);
        properties.push(json!({"name": "IgnoredGID", "value": gid}));
        task["containerDefinitions"][0]["user"] = user.clone();
        if user.is_null() {
            remove(&mut task["containerDefinitions"][0], "user");
        }
        let found = found_in(&read_text("task.json", &task.to_string()));
        let found: Vec<&str> = found
            .iter()
            .filter(|found| found.rule == "ignored-user-differs")
            .map(|found| found.severity.word())
            .collect();
        assert_eq!(found, expected, "{uid} {gid} {user}");
    }
}

/// To follow each way from each container anew took minutes.
#[test]
fn containers_that_wait_in_a_long_row_are_followed_at_once() {
    let row = |last: &'static str| {
        move |task: &mut Value| {
            let name = |number: usize| if number == 4000 { last.to_owned() } else { format!("c{number}") };
            let container = |number: usize| {
                json!({"name": name(number), "image": "a:1",
                    "dependsOn": [{"containerName": name(number + 1), "condition": "START"}]})
            };
            task["containerDefinitions"].as_array_mut().unwrap().extend((0..4000).map(container));
        }
    };
    check(row("app"), &[]);
    check(row("c1"), &["containers-wait-in-a-circle"]);
}

#[test]
fn waiting_is_told_from_waiting_in_vain() {
    let wait = |condition: &'static str| {
        move |task: &mut Value| task["containerDefinitions"][1]["dependsOn"][0]["condition"] = json!(condition)
    };
    check(wait("START"), &["missing-depends-on"]);
    check(wait("COMPLETE"), &["missing-depends-on", "waits-for-essential-to-end"]);
    check(|task| remove(&mut task["containerDefinitions"][0], "healthCheck"), &["waits-for-unchecked-container"]);
    let on_app = json!([{"containerName": "app", "condition": "START"}]);
    check(|task| task["containerDefinitions"][0]["dependsOn"] = on_app.clone(), &["containers-wait-in-a-circle"]);
    // What the proxy waits for cannot wait for the proxy.
    let helper =
        json!({"name": "xray", "image": "xray:3", "portMappings": [{"containerPort": 2000, "protocol": "udp"}]});
    let on_helper = json!([{"containerName": "xray", "condition": "START"}]);
    check(
        |task| {
            task["containerDefinitions"].as_array_mut().unwrap().push(helper.clone());
            task["containerDefinitions"][0]["dependsOn"] = on_helper.clone();
        },
        &[],
    );
}

#[test]
fn a_permission_counts_by_whatever_way_the_role_has_it() {
    let given = |attached: &str, policy: &str| {
        let text = format!(
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties: {{AssumeRolePolicyDocument: {{}}, {attached}}}\n{policy}  \
             Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      TaskRoleArn: !Ref Role\n      ContainerDefinitions:\n        \
             - Name: envoy\n          HealthCheck: {{Command: [CMD-SHELL, 'true']}}\n          Environment:\n            \
             - {{Name: APPMESH_RESOURCE_ARN, Value: 'arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualNode/orders'}}\n            \
             - {{Name: APPMESH_XDS_ENDPOINT, Value: 'mesh.corp:443'}}\n"
        );
        let found = found_in(&read_text("task.yaml", &text));
        found.iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    let inline = |action: &str, resource: &str| {
        format!(
            "Policies: [{{PolicyDocument: {{Statement: {{Effect: Allow, Action: {action}, Resource: {resource}}}}}}}]"
        )
    };
    let policy = |attached: &str| {
        format!(
            "  Policy:\n    Type: AWS::IAM::Policy\n    Properties: {{{attached}PolicyDocument: {{Statement: {{Effect: Allow, Action: \
             'appmesh:Stream*', Resource: '*'}}}}}}\n"
        )
    };
    let lacks = ["role `Role` does not allow `appmesh:StreamAggregatedResources`"];
    let elsewhere = ["role `Role` allows `appmesh:StreamAggregatedResources` for other resources than this proxy's"];
    let nothing: [&str; 0] = [];
    let right = "'arn:aws:appmesh:*:*:mesh/shop/virtualNode/*'";
    assert_eq!(given("Path: /", ""), lacks);
    assert_eq!(given(&inline("'appmesh:Describe*'", "'*'"), ""), lacks);
    assert_eq!(given(&inline("'*'", right), ""), nothing);
    assert_eq!(given(&inline("'appmesh:streamaggregatedresources'", right), ""), nothing);
    assert_eq!(given(&inline("'appmesh:*'", "'arn:aws:appmesh:*:*:mesh/shop/virtualGateway/*'"), ""), elsewhere);
    assert_eq!(given(&inline("'appmesh:*'", "'arn:aws:appmesh:*:*:mesh/shop/virtualNode/order'"), ""), elsewhere);
    assert_eq!(given("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSAppMeshEnvoyAccess']", ""), nothing);
    assert_eq!(given("ManagedPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchFullAccess']", ""), lacks);
    assert_eq!(given("ManagedPolicyArns: [!ImportValue Policy]", ""), nothing);
    assert_eq!(given("ManagedPolicyArns: [!Ref Policy]", &policy("")), nothing);
    assert_eq!(given("Path: /", &policy("Roles: [!Ref Role], ")), nothing);
    assert_eq!(given("Path: /", &policy("Roles: [!ImportValue Other], ")), nothing);
}

#[test]
fn places_are_those_of_the_file_in_every_dialect() {
    let yaml = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: awsvpc\n      \
                Volumes:\n        - EFSVolumeConfiguration: {FilesystemId: fs-1}\n      ProxyConfiguration:\n        ContainerName: envoy\n        \
                ProxyConfigurationProperties:\n          - {Name: IgnoredUID, Value: '1337'}\n          - {Name: ProxyEgressPort, Value: '15001'}\n          \
                - {Name: EgressIgnoredPorts, Value: '22'}\n";
    let json = "{\"family\": \"x\", \"networkMode\": \"awsvpc\",\n \"volumes\": [{\"efsVolumeConfiguration\": {}}],\n \
                \"containerDefinitions\": [],\n \"proxyConfiguration\": {\"properties\": [\n  {\"name\": \"IgnoredUID\", \"value\": \"1337\"},\n  \
                {\"name\": \"ProxyEgressPort\", \"value\": \"15001\"},\n  {\"name\": \"EgressIgnoredPorts\", \"value\": \"22\"}]}}";
    for (name, text, expected) in [("task.yaml", yaml, (13, 47)), ("task.json", json, (7, 43))] {
        let reading = read_text(name, text);
        let found = found_in(&reading);
        let efs = found.iter().find(|found| found.rule == "efs-port-not-ignored").unwrap();
        let location = reading.locate(efs.place.origin.unwrap(), &efs.place.path).unwrap();
        assert_eq!((location.line, location.column), expected, "{name}");
    }
}

/// Sets or adds a variable of the proxy.
fn tell(task: &mut Value, name: &str, value: &str) {
    let environment = task["containerDefinitions"][0]["environment"].as_array_mut().unwrap();
    environment.retain(|pair| pair["name"] != name);
    environment.push(json!({"name": name, "value": value}));
}

#[test]
fn a_control_planes_address_is_what_grpc_takes() {
    let malformed = &["malformed-xds-endpoint"][..];
    for (endpoint, expected) in [
        ("unix:///run/mesh/xds.sock", &[][..]),
        ("mesh.corp:18000", &[]),
        ("dns:///mesh.corp:18000", &[]),
        ("[fd00::1]:18000", &[]),
        ("10.0.0.1:18000", &[]),
        ("${ENDPOINT}", &[]),
        ("mesh.corp", malformed),
        ("[fd00::1]", malformed),
        ("http://mesh.corp:18000", malformed),
        ("https://mesh.corp", malformed),
        ("mesh.corp:18000/xds", malformed),
    ] {
        check(|task| tell(task, "APPMESH_XDS_ENDPOINT", endpoint), expected);
    }
    // A relay takes the scheme off, and a bootstrap of one's own does not read it.
    for (name, value) in [("APPNET_ENABLE_RELAY_MODE_FOR_XDS", "1"), ("ENVOY_CONFIG_FILE", "/envoy.yaml")] {
        let change = |task: &mut Value| {
            tell(task, "APPMESH_XDS_ENDPOINT", "http://mesh.corp:18000");
            tell(task, name, value);
        };
        check(change, &[]);
    }
}

#[test]
fn settings_have_the_values_that_the_agent_knows() {
    for (name, value, expected) in [
        ("ENVOY_LOG_LEVEL", "Debug", None),
        ("ENVOY_LOG_LEVEL", "warning", None),
        ("ENVOY_LOG_LEVEL", "", None),
        ("ENVOY_LOG_LEVEL", "fatal", Some("warning")),
        ("ENABLE_ENVOY_XRAY_TRACING", "1", None),
        ("ENABLE_ENVOY_XRAY_TRACING", "True", None),
        ("ENABLE_ENVOY_XRAY_TRACING", "tRUE", Some("error")),
        ("ENABLE_ENVOY_XRAY_TRACING", "on", Some("error")),
        ("ENABLE_STATS_SNAPSHOT", "on", Some("warning")),
        ("STATSD_PORT", "on", None),
    ] {
        for (tag, is_known) in [("v1.29.12.1-prod", true), ("latest", false)] {
            let mut task = task();
            task["containerDefinitions"][0]["image"] = json!(format!("public.ecr.aws/appmesh/aws-appmesh-envoy:{tag}"));
            tell(&mut task, name, value);
            let found = found_in(&read_text("task.json", &task.to_string()));
            let said: Vec<(&str, &str)> = found.iter().map(|found| (found.rule, found.severity.word())).collect();
            let severity = expected.map(|severity| if is_known { severity } else { "warning" });
            let expected: Vec<_> = severity.map(|severity| ("unknown-proxy-setting", severity)).into_iter().collect();
            assert_eq!(said, expected, "{name} {value} {tag}");
        }
    }
}

#[test]
fn a_proxy_is_checked_where_its_admin_port_is() {
    let differs = &["proxy-health-check-port-differs"][..];
    for (command, port, expected) in [
        ("curl -s http://localhost:9901/server_info | grep state | grep -q LIVE", None, &[][..]),
        ("curl -s http://localhost:9903/server_info", Some("9903"), &[]),
        ("curl -s http://localhost:9901/server_info", Some("9903"), differs),
        ("curl -s http://127.0.0.1:9902/ready", None, differs),
        // The agent answers here, and something of one's own there.
        ("curl -s http://localhost:9902/status", None, &[]),
        ("curl -s http://localhost:8080/ping", None, &[]),
        ("curl -s http://localhost:$PORT/server_info", None, &[]),
    ] {
        let change = |task: &mut Value| {
            task["containerDefinitions"][0]["healthCheck"]["command"] = json!(["CMD-SHELL", command]);
            if let Some(port) = port {
                tell(task, "ENVOY_ADMIN_ACCESS_PORT", port);
            }
        };
        check(change, expected);
        check(
            |task| {
                change(task);
                tell(task, "ENVOY_CONFIG_FILE", "/envoy.yaml");
            },
            &[],
        );
    }
}

#[test]
fn daemons_may_run_as_the_proxys_user_and_applications_may_not() {
    let same = &["application-as-ignored-user"][..];
    for (user, expected) in [("1337", same), ("1337:1000", same), ("1000:1337", &[][..]), ("1000", &[]), ("envoy", &[])]
    {
        check(|task| task["containerDefinitions"][1]["user"] = json!(user), expected);
    }
    let daemon = json!({"name": "xray", "image": "xray:1", "user": "1337",
        "portMappings": [{"containerPort": 2000, "protocol": "udp"}]});
    check(|task| task["containerDefinitions"].as_array_mut().unwrap().push(daemon.clone()), &[]);
    let by_group = |task: &mut Value| {
        let properties = task["proxyConfiguration"]["properties"].as_array_mut().unwrap();
        properties.push(json!({"name": "IgnoredGID", "value": "1337"}));
        task["containerDefinitions"][1]["user"] = json!("1000:1337");
    };
    check(by_group, same);
}

#[test]
fn a_redirection_is_of_the_only_type_there_is() {
    check(|task| task["proxyConfiguration"]["type"] = json!("ENVOY"), &["invalid-proxy-configuration"]);
    check(|task| remove(&mut task["proxyConfiguration"], "type"), &[]);
    check(|task| task["containerDefinitions"][0]["essential"] = json!(false), &["proxy-not-essential"]);
    check(|task| task["containerDefinitions"][0]["essential"] = json!(true), &[]);
}

#[test]
fn a_role_is_allowed_the_node_that_its_task_runs() {
    let template = |resource: &str, condition: &str| {
        let rule = meshwright_lint::rules::named("missing-stream-permission").unwrap();
        let node = |label: &str, name: &str| {
            format!(
                "  {label}:\n    Type: AWS::AppMesh::VirtualNode\n{condition}    Properties: {{MeshName: shop, VirtualNodeName: {name}, Spec: {{}}}}\n"
            )
        };
        let parameters = "Parameters: {Name: {Type: String}, Where: {Type: String}}\nConditions: {Here: !Equals [!Ref Where, here]}\n";
        let text = rule.good().replace("Resource: \"*\"", &format!("Resource: {resource}"));
        let text = text.replace("mesh/shop/virtualNode/orders", "!Ref Orders");
        format!("{parameters}{text}{}{}", node("Orders", "orders"), node("Stock", "!Ref Name"))
    };
    let always = "";
    for (resource, is_found) in [
        ("\"*\"", false),
        ("!Ref Orders", false),
        ("!GetAtt Orders.Arn", false),
        ("!Ref Name", false),
        ("[!Ref Stock, !Ref Orders]", false),
        ("\"arn:aws:appmesh:*:*:mesh/shop/virtualNode/*\"", false),
        ("!Sub \"arn:aws:appmesh:${AWS::Region}:${AWS::AccountId}:mesh/shop/virtualNode/*\"", false),
        ("!Ref Stock", true),
        ("!GetAtt Stock.Arn", true),
        ("\"arn:aws:appmesh:eu-west-1:111122223333:mesh/shop/virtualNode/stock\"", true),
    ] {
        for (condition, is_found) in
            [(always, is_found), ("    Condition: Here\n", is_found && resource.starts_with('"'))]
        {
            let found = found_in(&read_text("a.yaml", &template(resource, condition)));
            let is_said = found.iter().any(|found| found.rule == "missing-stream-permission");
            assert_eq!(is_said, is_found, "{resource} {condition}");
        }
    }
}
