//! What a file allows: findings that its authors know of and accept, each with the reason.
//!
//! A comment allows rules on its own line or, where it stands alone, on the next; on the line of a logical id it covers that
//! whole resource. A template's `Metadata` says the same for a resource or for the file. Whether the names are those of
//! rules, and whether anything was there to allow, is for those to say who know the rules.

use std::collections::HashMap;

use memchr::memmem;

use crate::allowance::Allowance;
use crate::check::{found, shorten};
use crate::fault::Fault;
use crate::reading::Reading;
use crate::source::{Source, Span};
use crate::tree::{Node, NodeId, Tree, Value};

/// What begins every comment that is meant for us.
const MARK: &str = "meshwright:";

/// How such a comment reads.
const FORM: &str = "it reads `# meshwright: allow RULE[, RULE] -- reason`";

/// How metadata reads.
const METADATA_FORM: &str = "it reads `meshwright: {allow: [{rule: NAME, reason: TEXT}]}`";

/// Collects what all files of a reading allow.
pub(crate) fn collect(reading: &mut Reading) {
    for number in 0..reading.documents.len() {
        let document = &reading.documents[number];
        let Some(dialect) = document.dialect else { continue };
        let tree = &document.tree;
        // Most files allow nothing, and are not looked at any further.
        if memmem::find(tree.source.text().as_bytes(), b"meshwright").is_none() {
            continue;
        }
        let mut collected = Collected { tree, allowances: Vec::new(), faults: Vec::new(), has_said_so: false };
        let blocks = if dialect.name == "cloudformation" { collected.templates() } else { HashMap::new() };
        collected.comments(&blocks);
        let Collected { allowances, faults, .. } = collected;
        reading.allowances.extend(allowances);
        reading.report(number, None, faults);
    }
}

/// The most allowances of one file, and the most rules that one of them names.
const MAX_ALLOWANCES: usize = 1000;
const MAX_NAMES: usize = 100;

/// A comment that is meant for us, from the mark on.
struct Comment {
    span: Span,
    /// Whether nothing else stands on its line.
    is_alone: bool,
    line: usize,
}

/// A part of a file: the first place, and the place behind the last.
type Block = ((usize, usize), (usize, usize));

/// All of a file.
const WHOLE: Block = ((0, 0), (usize::MAX, usize::MAX));

struct Collected<'t> {
    tree: &'t Tree,
    allowances: Vec<Allowance>,
    faults: Vec<Fault>,
    has_said_so: bool,
}

impl<'t> Collected<'t> {
    fn source(&self) -> &'t Source {
        &self.tree.source
    }

    /// Takes what the metadata of templates allow; answers with the block of each resource by the line of its logical id.
    fn templates(&mut self) -> HashMap<usize, Block> {
        let tree = self.tree;
        let mut blocks = HashMap::new();
        for root in &tree.roots {
            self.metadata(*root, WHOLE);
            let Some(resources) = tree.get(*root, "Resources") else { continue };
            for entry in tree.entries(resources) {
                let key = self.source().locate(tree.span(entry.key));
                let end = tree.span(entry.value).end;
                let end = self.source().locate(Span { start: end, end });
                let block = ((key.line, key.column), (end.line, end.column));
                blocks.insert(key.line, block);
                self.metadata(entry.value, block);
            }
        }
        blocks
    }

    fn metadata(&mut self, owner: NodeId, block: Block) {
        let tree = self.tree;
        let Some(ours) = tree.get(owner, "Metadata").and_then(|metadata| tree.get(metadata, "meshwright")) else {
            return;
        };
        let Some(list) = tree.get(ours, "allow") else {
            self.malformed(tree.span(ours), "this metadata allows nothing", METADATA_FORM);
            return;
        };
        for member in tree.entries(ours).iter().filter(|entry| tree.scalar(entry.key) != Some("allow")) {
            self.malformed(tree.span(member.key), "this is nothing that Meshwright takes from metadata", METADATA_FORM);
        }
        if !tree.is_list(list) {
            let message = format!("{} stands where a list is due", found(tree, list));
            self.malformed(tree.span(list), &message, METADATA_FORM);
        }
        for item in tree.items(list) {
            if self.is_full(tree.span(*item)) {
                return;
            }
            self.item(*item, block);
        }
    }

    fn item(&mut self, item: NodeId, (from, to): Block) {
        let tree = self.tree;
        let rule = tree.get(item, "rule");
        let names: Vec<NodeId> = match rule {
            Some(rule) if tree.is_list(rule) => tree.items(rule).iter().take(MAX_NAMES).copied().collect(),
            Some(rule) => vec![rule],
            None => Vec::new(),
        };
        let texts = names.iter().map(|name| tree.scalar(*name).map(|text| (text, tree.span(*name))));
        let Some(texts) = texts.collect::<Option<Vec<_>>>().filter(|texts| !texts.is_empty()) else {
            self.malformed(crate::check::opening(tree.span(item)), "this does not name a rule", METADATA_FORM);
            return;
        };
        let reason = tree.get(item, "reason").and_then(|reason| tree.scalar(reason)).map(str::trim);
        let rules = texts.into_iter().map(|(text, span)| (text.to_owned(), self.source().locate(span))).collect();
        let reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
        let location = self.source().locate(crate::check::opening(tree.span(item)));
        self.allowances.push(Allowance { rules, reason, location, from, to });
    }

    /// Whether the file allows more than is read, which is said once.
    fn is_full(&mut self, span: Span) -> bool {
        let is_full = self.allowances.len() + self.faults.len() >= MAX_ALLOWANCES;
        if is_full && !self.has_said_so {
            let message = format!("more than {MAX_ALLOWANCES} allowances; the rest is not read");
            self.faults.push(Fault::error("too-large", span, message));
            self.has_said_so = true;
        }
        is_full
    }

    /// Takes what comments allow.
    fn comments(&mut self, blocks: &HashMap<usize, Block>) {
        let comments = self.found_comments();
        // The line that a comment speaks of where it stands alone, from the last comment up: one scan serves a run of them.
        let mut lines = vec![0; comments.len()];
        let mut below = (usize::MAX, 0);
        for (comment, line) in comments.iter().zip(&mut lines).rev() {
            *line = if comment.is_alone { self.next_line(comment.line, below) } else { comment.line };
            if comment.is_alone {
                below = (comment.line, *line);
            }
        }
        for (comment, line) in comments.iter().zip(lines) {
            if self.is_full(comment.span) {
                return;
            }
            self.comment(comment.span, blocks.get(&line).copied().unwrap_or(((line, 0), (line + 1, 0))));
        }
    }

    /// The comments that begin with the mark.
    fn found_comments(&self) -> Vec<Comment> {
        let text = self.source().text();
        let marks: Vec<usize> = memmem::find_iter(text.as_bytes(), MARK).collect();
        if marks.is_empty() {
            return Vec::new();
        }
        let is_in_value = self.in_values(&marks);
        let mut comments: Vec<Comment> = Vec::new();
        let mut end = 0;
        for (mark, _) in marks.into_iter().zip(is_in_value).filter(|(_, is_in_value)| !is_in_value) {
            let before = text[..mark].trim_end_matches([' ', '\t']);
            let opening = before.trim_end_matches('#');
            let is_open = opening.is_empty() || opening.ends_with([' ', '\t', '\n']);
            if mark < end || opening.len() == before.len() || !is_open {
                continue;
            }
            end = memchr::memchr(b'\n', &text.as_bytes()[mark..]).map_or(text.len(), |length| mark + length);
            let opening = opening.trim_end_matches([' ', '\t']);
            let span = Span::new(mark, mark + text[mark..end].trim_end().len());
            let is_alone = opening.is_empty() || opening.ends_with('\n');
            comments.push(Comment { span, is_alone, line: self.source().locate(span).line });
        }
        comments
    }

    /// Whether each place stands inside a scalar; places are in order.
    fn in_values(&self, places: &[usize]) -> Vec<bool> {
        let mut inside = vec![false; places.len()];
        for Node { span, .. } in self.tree.nodes.iter().filter(|node| matches!(node.value, Value::Scalar(..))) {
            let first = places.partition_point(|place| *place < span.start as usize);
            let held = places[first..].iter().take_while(|place| **place < span.end as usize).count();
            inside[first..first + held].fill(true);
        }
        inside
    }

    fn comment(&mut self, span: Span, (from, to): Block) {
        let (mark, says) = (span.start as usize, self.source().slice(span));
        let words = says[MARK.len()..].trim_start();
        let Some(listed) = words.strip_prefix("allow").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        else {
            self.malformed(span, "this comment is not understood", FORM);
            return;
        };
        let (names, reason) = match listed.split_once("--") {
            // A rule's name never holds two dashes in a row.
            Some((names, reason)) => (names, Some(reason.trim()).filter(|reason| !reason.is_empty())),
            None => (listed, None),
        };
        let place = |name: &str| {
            let start = mark + (name.as_ptr() as usize - says.as_ptr() as usize);
            (name.to_owned(), self.source().locate(Span::new(start, start + name.len())))
        };
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let rules: Vec<_> = names.take(MAX_NAMES).map(place).collect();
        if rules.is_empty() {
            self.malformed(span, "this comment does not name a rule", FORM);
            return;
        }
        let location = self.source().locate(span);
        self.allowances.push(Allowance { rules, reason: reason.map(str::to_owned), location, from, to });
    }

    /// The next line that holds more than a comment. Below stands a comment, whose own next line is known.
    fn next_line(&self, line: usize, below: (usize, usize)) -> usize {
        let source = self.source();
        let mut next = line + 1;
        loop {
            if next == below.0 {
                return below.1;
            }
            let text = source.line(next).trim_start();
            if !text.is_empty() && !text.starts_with('#') || next > source.lines() {
                return next;
            }
            next += 1;
        }
    }

    fn malformed(&mut self, span: Span, message: &str, help: &str) {
        self.faults.push(Fault::warning("malformed-allow", span, shorten(message)).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Options, read};

    /// What a file allows: the rules, the reason, and the lines from and to that are covered.
    fn allowed(name: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let reading = read(vec![Input { name: name.to_owned(), bytes: text.into() }], &Options::default());
        let shown = |allowance: &Allowance| {
            let rules: Vec<&str> = allowance.rules.iter().map(|(name, _)| name.as_str()).collect();
            let reason = allowance.reason.as_deref().unwrap_or("(no reason)");
            let to = if allowance.to.0 == usize::MAX { "end".to_owned() } else { allowance.to.0.to_string() };
            format!("{}..{to} {}: {reason}", allowance.from.0, rules.join("+"))
        };
        let faults = reading.findings.iter().filter(|finding| finding.rule == "malformed-allow");
        let at = |finding: &meshwright_model::finding::Finding| finding.location.as_ref().map_or(0, |at| at.line);
        (
            reading.allowances.iter().map(shown).collect(),
            faults.map(|finding| format!("{}: {}", at(finding), finding.message)).collect(),
        )
    }

    const TEMPLATE: &str = "\
# meshwright: allow a -- above a logical id? no: above a section
Resources:
  # meshwright: allow b, c -- the whole mesh

  # another comment
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop # meshwright: allow d
      Tags: # not meshwright: allow x -- y
        - {Key: a, Value: '# meshwright: allow x -- y'}
        - Key: a#meshwright:allow x -- y
          Value: |
            # meshwright: allow x -- y
      # meshwright: allow e -- the next line
      Spec: {}
  Other: # meshwright: allow f -- this one
    Type: AWS::SQS::Queue
  # meshwright: ignore g
  # meshwright: allow -- nothing
  # meshwright:allow h--i
  Last: {Type: AWS::SQS::Queue}
";

    #[test]
    fn comments_allow_on_their_line_the_next_or_a_whole_resource() {
        let (allowed, faults) = allowed("x.yaml", TEMPLATE);
        assert_eq!(
            allowed,
            [
                "2..3 a: above a logical id? no: above a section",
                "6..17 b+c: the whole mesh",
                "9..10 d: (no reason)",
                "16..17 e: the next line",
                "17..22 f: this one",
                "22..22 h: i",
            ]
        );
        assert_eq!(faults, ["19: this comment is not understood", "20: this comment does not name a rule"]);
    }

    #[test]
    fn a_run_of_comments_speaks_of_the_line_below_it() {
        let (allowed, _) = allowed(
            "x.yaml",
            "Resources:\n  # meshwright: allow a -- x\n\n  # y\n  # meshwright: allow b -- x\n  M: {Type: AWS::SQS::Queue}\n# meshwright: allow c -- end",
        );
        assert_eq!(allowed, ["6..6 a: x", "6..6 b: x", "8..9 c: end"]);
    }

    #[test]
    fn hostile_comments_are_read_in_linear_time_and_bounded() {
        let template = |comments: &str| format!("Resources: {{M: {{Type: AWS::SQS::Queue}}}}\n{comments}");
        for comment in ["# meshwright: allow a -- b\n", "# meshwright: ", " # meshwright: allow a, ", "#"] {
            let text = template(&(comment.repeat(100_000) + "meshwright: allow"));
            let (allowed, faults) = allowed("x.yaml", &text);
            assert!(allowed.len() + faults.len() <= MAX_ALLOWANCES + 1, "{comment}: {}", allowed.len() + faults.len());
        }
    }

    #[test]
    fn metadata_allows_for_a_resource_and_for_a_template() {
        let text = r#"{
  "Metadata": {"meshwright": {"allow": [{"rule": "a", "reason": "r"}, {"reason": "x"}], "alow": 1}},
  "Resources": {
    "M": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": "m"},
      "Metadata": {"meshwright": {"allow": [{"rule": ["b", "c"]}]}}},
    "Q": {"Type": "AWS::SQS::Queue", "Metadata": {"meshwright": {"allow": "b"}}}
  }
}"#;
        let (allowed, faults) = allowed("x.json", text);
        assert_eq!(allowed, ["0..end a: r", "4..5 b+c: (no reason)"]);
        assert_eq!(
            faults,
            [
                "2: this does not name a rule",
                "2: this is nothing that Meshwright takes from metadata",
                "6: `b` stands where a list is due"
            ]
        );
    }
}
