//! Deleted resources of templates, and what else of the template names them.

use meshwright_dialect::{edit, reads_as};
use meshwright_model::edit::Edit;

use super::read_text;

/// A template of two nodes, with what another resource waits for, and an output.
fn template(depends_on: &str, output: &str) -> String {
    let node = |name: &str, more: &str| {
        format!(
            "  Node{name}:
    Type: AWS::AppMesh::VirtualNode
{more}    Properties: {{MeshName: shop, VirtualNodeName: {name}, Spec: {{}}}}
"
        )
    };
    format!("Resources:\n{}{}Outputs:\n  Text: {{Value: {output}}} # x\n", node("a", ""), node("b", depends_on))
}

fn without(text: &str, names: &[&str]) -> Result<String, String> {
    let reading = read_text("t.yaml", text, &[]);
    let is_meant = |name: &str| names.contains(&name);
    let resources = reading.inventory.resources.iter().filter(|resource| is_meant(&resource.name.to_string()));
    let edits: Vec<Edit> = resources.map(Edit::delete).collect();
    let new = edit(&reading, &edits).map_err(|error| error.to_string())?.remove(0).text;
    reads_as(&reading, &edits, &read_text("t.yaml", &new, &[])).unwrap();
    Ok(new)
}

#[test]
fn nothing_waits_for_what_is_gone() {
    let wait = |depends_on: &str| without(&template(depends_on, "x"), &["a"]).unwrap();
    let rest = |depends_on: &str| {
        let text = template(depends_on, "x");
        let (head, tail) = (text.find("  Nodea").unwrap(), text.find("  Nodeb").unwrap());
        text[..head].to_owned() + &text[tail..]
    };
    assert_eq!(wait("    DependsOn: Nodea # first\n"), rest(""));
    assert_eq!(wait("    DependsOn: [Nodea]\n"), rest(""));
    assert_eq!(wait("    DependsOn: [Mesh, Nodea] # both\n"), rest("    DependsOn: [Mesh] # both\n"));
    assert_eq!(
        wait("    DependsOn:\n      - 'Nodea'\n      # the mesh\n      - Mesh\n"),
        rest("    DependsOn:\n      # the mesh\n      - Mesh\n")
    );
    assert_eq!(wait("    DependsOn: Mesh\n"), rest("    DependsOn: Mesh\n"));
}

#[test]
fn what_a_function_names_stands_in_the_way_with_its_line() {
    for output in ["!GetAtt Nodea.Arn", "!Ref Nodea", "!Sub '${Nodea.Uid}-x'", "{'Fn::GetAtt': [Nodea, Arn]}"] {
        let refused = without(&template("", output), &["a"]).unwrap_err();
        let expected = "`Nodea` is named here; take that away first, or name another";
        assert!(refused.starts_with("t.yaml:9:17: ") && refused.ends_with(expected), "{refused}");
    }
    let twice = template("", "!GetAtt Nodea.Arn") + "  More: {Value: !Ref Nodea}\n";
    let refused = without(&twice, &["a"]).unwrap_err();
    assert!(refused.contains("`Nodea` is named here, and in line 10; take"), "{refused}");
    assert!(without(&template("", "!Sub '${NodeaOther}'"), &["a"]).is_ok());
}
