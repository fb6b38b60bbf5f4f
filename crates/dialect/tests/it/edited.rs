//! Any edits of any template: what they do not speak of keeps its bytes, what comes of them reads as the model with them made,
//! and made again they change nothing.

use std::fmt::Write as _;

use meshwright_dialect::{Reading, edit, reads_as};
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::{Path, Resource};
use proptest::prelude::*;

use crate::read_text;

/// How a template is written.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own")]
struct Writing {
    /// For each target of the route: its node, its weight, how it names the node, and whether it stands in braces.
    targets: Vec<(usize, u32, usize, bool)>,
    /// Whether the list of targets stands in brackets.
    is_flow: bool,
    has_priority: bool,
    has_timeout: bool,
    has_comments: bool,
    is_windows: bool,
    quote: &'static str,
}

const NODES: usize = 4;

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).unwrap();
}

fn writing() -> impl Strategy<Value = Writing> {
    let target = (0..NODES, 0..100_u32, 0..5_usize, any::<bool>());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let quote = proptest::sample::select(&["", "'", "\""][..]);
    (proptest::collection::vec(target, 1..4), flags, quote).prop_map(|(targets, flags, quote)| {
        let (is_flow, has_priority, has_timeout, has_comments, is_windows) = flags;
        Writing { targets, is_flow, has_priority, has_timeout, has_comments, is_windows, quote }
    })
}

impl Writing {
    fn name(&self, node: usize, way: usize) -> String {
        match way {
            0 => format!("n{node}"),
            1 => format!("'n{node}'"),
            2 if !self.is_flow => format!("!GetAtt Node{node}.VirtualNodeName"),
            3 => format!("{{\"Fn::GetAtt\": [Node{node}, VirtualNodeName]}}"),
            _ => format!("\"n{node}\""),
        }
    }

    fn text(&self) -> String {
        let comment = |text: &str| if self.has_comments { format!(" # {text}") } else { String::new() };
        let quote = self.quote;
        let mut text = format!("Resources:{}\n", comment("all"));
        text += "  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: shop}}\n";
        for node in 0..NODES {
            push(
                &mut text,
                format_args!(
                    "  Node{node}:{}\n    Type: AWS::AppMesh::VirtualNode\n    Properties:\n      MeshName: shop\n      VirtualNodeName: {quote}n{node}{quote}\n      Spec:\n        Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}]\n        ServiceDiscovery: {{DNS: {{Hostname: n{node}.local}}}}{}\n",
                    comment("a node"),
                    comment("by name")
                ),
            );
        }
        push(
            &mut text,
            format_args!(
                "\n  Route:\n    Type: AWS::AppMesh::Route\n    Properties:\n      MeshName: shop\n      VirtualRouterName: r\n      RouteName: route{}\n      Spec:\n",
                comment("the route")
            ),
        );
        if self.has_priority {
            push(&mut text, format_args!("        Priority: {quote}7{quote}{}\n", comment("early")));
        }
        text += "        HttpRoute:\n          Match: {Prefix: /}\n";
        if self.has_timeout {
            text += "          Timeout: {PerRequest: {Unit: s, Value: 5}}\n";
        }
        text += "          Action:\n            WeightedTargets:";
        let element = |(node, weight, way, is_braced): &(usize, u32, usize, bool)| {
            let name = self.name(*node, *way);
            if self.is_flow || *is_braced {
                format!("{{VirtualNode: {name}, Weight: {weight}}}")
            } else {
                let comment = comment("its share");
                format!("VirtualNode: {name}{comment}\n                Weight: {quote}{weight}{quote}")
            }
        };
        if self.is_flow {
            let targets: Vec<String> = self.targets.iter().map(element).collect();
            push(&mut text, format_args!(" [{}]{}\n", targets.join(", "), comment("targets")));
        } else {
            for target in &self.targets {
                push(&mut text, format_args!("\n              - {}", element(target)));
            }
            text += "\n";
        }
        text += "Outputs: {Name: {Value: x}} # the end\n";
        if self.is_windows { text.replace('\n', "\r\n") } else { text }
    }
}

/// A change of the route.
#[derive(Clone, Debug)]
enum Wish {
    Priority(i64),
    Timeout(i64),
    Weight(usize, i64),
    Target(usize, usize),
    Append(usize, i64),
    NoTimeout,
    NoPriority,
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        (0..1000_i64).prop_map(Wish::Priority),
        (1..60_i64).prop_map(Wish::Timeout),
        (0..4_usize, 0..100_i64).prop_map(|(index, weight)| Wish::Weight(index, weight)),
        (0..4_usize, 0..NODES).prop_map(|(index, node)| Wish::Target(index, node)),
        (0..NODES, 0..100_i64).prop_map(|(node, weight)| Wish::Append(node, weight)),
        Just(Wish::NoTimeout),
        Just(Wish::NoPriority),
    ]
}

fn route(reading: &Reading) -> &Resource {
    reading.inventory.resources.iter().find(|resource| resource.name.to_string() == "route").unwrap()
}

impl Wish {
    fn edit(&self, route: &Resource, targets: usize) -> Edit {
        let http = Path::of(&["spec", "httpRoute"]);
        let list = http.field("action").field("weightedTargets");
        let node = |node: &usize| NewValue::from(format!("n{node}").as_str());
        let (path, change) = match self {
            Self::Priority(number) => (Path::of(&["spec", "priority"]), Change::Set((*number).into())),
            Self::Timeout(seconds) => {
                let span = NewValue::Object(vec![("unit", "s".into()), ("value", (*seconds).into())]);
                (http.field("timeout").field("perRequest"), Change::Set(span))
            }
            Self::Weight(index, weight) => (list.index(index % targets).field("weight"), Change::Set((*weight).into())),
            Self::Target(index, to) => (list.index(index % targets).field("virtualNode"), Change::Set(node(to))),
            Self::Append(to, weight) => {
                let target = NewValue::Object(vec![("virtualNode", node(to)), ("weight", (*weight).into())]);
                (list, Change::Append(target))
            }
            Self::NoTimeout => (http.field("timeout"), Change::Remove),
            Self::NoPriority => (Path::of(&["spec", "priority"]), Change::Remove),
        };
        Edit::of(route, path, change)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_change_what_they_speak_of(writing in writing(), wishes in proptest::collection::vec(wish(), 1..5)) {
        let text = writing.text();
        let before = read_text("t.yaml", &text, &[]);
        let targets = writing.targets.len();
        let edits: Vec<Edit> = wishes.iter().map(|wish| wish.edit(route(&before), targets)).collect();
        let files = edit(&before, &edits).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let Some(file) = files.first() else { return Ok(()) };
        // Nothing changes but between the route's first line and the section behind it.
        let (start, end) = (text.find("  Route:").unwrap(), text.find("Outputs:").unwrap());
        let (head, tail) = (&text[..start], &text[end..]);
        prop_assert!(file.text.starts_with(head) && file.text.ends_with(tail), "{}", file.text);
        let mut rebuilt = String::new();
        let mut at = 0;
        for patch in &file.patches {
            rebuilt += &text[at..patch.range.start];
            rebuilt += &patch.text;
            at = patch.range.end;
        }
        rebuilt += &text[at..];
        prop_assert_eq!(&rebuilt, &file.text);
        // Comments stay, but those of what goes.
        let count = |text: &str| text.matches('#').count();
        let goes = wishes.iter().filter(|wish| matches!(wish, Wish::NoPriority)).count();
        prop_assert!(count(&file.text) + goes.min(1) >= count(&text), "{}", file.text);
        prop_assert_eq!(file.text.matches('\n').count() == file.text.matches("\r\n").count(), writing.is_windows);
        let after = read_text("t.yaml", &file.text, &[]);
        reads_as(&before, &edits, &after).unwrap_or_else(|why| panic!("{why}\n{text}\n{}", file.text));
        let last = |kind: fn(&Wish) -> bool| wishes.iter().rfind(|wish| kind(wish));
        let lasting = [
            last(|wish| matches!(wish, Wish::Priority(_) | Wish::NoPriority)),
            last(|wish| matches!(wish, Wish::Timeout(_) | Wish::NoTimeout)),
        ];
        let again: Vec<Edit> = lasting.into_iter().flatten().map(|wish| wish.edit(route(&after), targets)).collect();
        prop_assert_eq!(edit(&after, &again).unwrap(), Vec::new());
        let model = meshwright_model::edit::NewValue::of(&route(&after).spec);
        let all = [Edit::of(route(&after), Path::of(&["spec"]), Change::Set(model))];
        prop_assert_eq!(edit(&after, &all).unwrap(), Vec::new(), "{}", file.text);
    }
}
