//! Takes out of a set of descriptors what some messages need, and no more.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto, FileDescriptorSet,
    MessageOptions,
};

/// What is known of a whole set: which file has a type, and what a message looks like. Names begin with a dot.
#[derive(Default)]
struct Types<'a> {
    files: BTreeMap<String, &'a str>,
    messages: BTreeMap<String, &'a DescriptorProto>,
}

/// The set without what the roots do not need, without comments, services and options that change nothing for us.
pub(super) fn keep(all: &FileDescriptorSet, roots: &[&str]) -> Result<FileDescriptorSet> {
    let mut types = Types::default();
    for file in &all.file {
        let package = format!(".{}", file.package());
        types.add(file.name(), &package, &file.message_type, &file.enum_type);
    }
    let needed = types.needed_by(roots)?;
    let files = all.file.iter().filter_map(|file| keep_file(file, &needed, &types));
    Ok(FileDescriptorSet { file: files.collect() })
}

impl<'a> Types<'a> {
    fn add(&mut self, file: &'a str, within: &str, messages: &'a [DescriptorProto], enums: &'a [EnumDescriptorProto]) {
        for message in messages {
            let name = format!("{within}.{}", message.name());
            self.add(file, &name, &message.nested_type, &message.enum_type);
            self.files.insert(name.clone(), file);
            self.messages.insert(name, message);
        }
        self.files.extend(enums.iter().map(|of_values| (format!("{within}.{}", of_values.name()), file)));
    }

    /// The names of all messages and enums that the roots lead to.
    fn needed_by(&self, roots: &[&str]) -> Result<BTreeSet<String>> {
        let mut needed = BTreeSet::new();
        let mut open: Vec<String> = roots.iter().map(|root| format!(".{root}")).collect();
        while let Some(name) = open.pop() {
            self.files.get(&name).with_context(|| format!("no descriptor has {name}"))?;
            if let Some(message) = self.messages.get(&name) {
                let types = message.field.iter().map(|field| field.type_name().to_owned());
                open.extend(types.filter(|name| !name.is_empty() && !needed.contains(name)));
            }
            needed.insert(name);
        }
        Ok(needed)
    }
}

fn keep_file(file: &FileDescriptorProto, needed: &BTreeSet<String>, types: &Types) -> Option<FileDescriptorProto> {
    let package = format!(".{}", file.package());
    let kept = FileDescriptorProto {
        name: file.name.clone(),
        package: file.package.clone(),
        message_type: keep_messages(&file.message_type, &package, needed),
        enum_type: keep_enums(&file.enum_type, &package, needed),
        syntax: file.syntax.clone(),
        ..Default::default()
    };
    if kept.message_type.is_empty() && kept.enum_type.is_empty() {
        return None;
    }
    let mut dependency = BTreeSet::new();
    for message in &kept.message_type {
        files_of(message, types, &mut dependency);
    }
    dependency.remove(file.name());
    Some(FileDescriptorProto { dependency: dependency.into_iter().map(str::to_owned).collect(), ..kept })
}

fn keep_messages(messages: &[DescriptorProto], within: &str, needed: &BTreeSet<String>) -> Vec<DescriptorProto> {
    let keep = |message: &DescriptorProto| {
        let name = format!("{within}.{}", message.name());
        let nested_type = keep_messages(&message.nested_type, &name, needed);
        let enum_type = keep_enums(&message.enum_type, &name, needed);
        let shell = DescriptorProto { name: message.name.clone(), nested_type, enum_type, ..Default::default() };
        if needed.contains(&name) {
            Some(DescriptorProto {
                field: message.field.iter().map(keep_field).collect(),
                oneof_decl: message.oneof_decl.clone(),
                options: message.options.as_ref().map(|options| MessageOptions {
                    map_entry: options.map_entry,
                    deprecated: options.deprecated,
                    ..Default::default()
                }),
                ..shell
            })
        } else {
            // A message may be there only for what is nested in it.
            (!shell.nested_type.is_empty() || !shell.enum_type.is_empty()).then_some(shell)
        }
    };
    messages.iter().filter_map(keep).collect()
}

fn keep_field(field: &FieldDescriptorProto) -> FieldDescriptorProto {
    let options = field.options.as_ref().map(|options| FieldOptions {
        packed: options.packed,
        deprecated: options.deprecated,
        ..Default::default()
    });
    FieldDescriptorProto { options, ..field.clone() }
}

fn keep_enums(enums: &[EnumDescriptorProto], within: &str, needed: &BTreeSet<String>) -> Vec<EnumDescriptorProto> {
    let is_needed = |of_values: &&EnumDescriptorProto| needed.contains(&format!("{within}.{}", of_values.name()));
    enums.iter().filter(is_needed).cloned().collect()
}

fn files_of<'a>(message: &DescriptorProto, types: &Types<'a>, files: &mut BTreeSet<&'a str>) {
    files.extend(message.field.iter().filter_map(|field| types.files.get(field.type_name())).copied());
    for nested in &message.nested_type {
        files_of(nested, types, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::field_descriptor_proto::Type;

    fn message(name: &str, fields: &[&str], nested: &[DescriptorProto]) -> DescriptorProto {
        let field = |type_name: &&str| FieldDescriptorProto {
            name: Some(type_name.to_lowercase().replace('.', "_")),
            r#type: Some(Type::Message.into()),
            type_name: Some((*type_name).to_owned()),
            ..Default::default()
        };
        DescriptorProto {
            name: Some(name.to_owned()),
            field: fields.iter().map(field).collect(),
            nested_type: nested.to_vec(),
            ..Default::default()
        }
    }

    fn file(name: &str, messages: Vec<DescriptorProto>) -> FileDescriptorProto {
        FileDescriptorProto {
            name: Some(name.to_owned()),
            package: Some(name.to_owned()),
            message_type: messages,
            dependency: vec!["gone".to_owned()],
            ..Default::default()
        }
    }

    fn shown(message: &DescriptorProto) -> String {
        let nested: Vec<String> = message.nested_type.iter().map(shown).collect();
        format!("{}/{}{{{}}}", message.name(), message.field.len(), nested.join(" "))
    }

    #[test]
    fn only_what_the_roots_lead_to_stays() {
        let all = FileDescriptorSet {
            file: vec![
                file("a", vec![message("Root", &[".a.Root", ".b.Outer.Inner"], &[]), message("Other", &[".c.X"], &[])]),
                file("b", vec![message("Outer", &[".c.X"], &[message("Inner", &[], &[]), message("Left", &[], &[])])]),
                file("c", vec![message("X", &[], &[])]),
            ],
        };
        let kept = keep(&all, &["a.Root"]).unwrap();
        let of_file = |file: &FileDescriptorProto| {
            let messages: Vec<String> = file.message_type.iter().map(shown).collect();
            format!("{} [{}]: {}", file.name(), file.dependency.join(" "), messages.join(" "))
        };
        let files: Vec<String> = kept.file.iter().map(of_file).collect();
        assert_eq!(files, ["a [b]: Root/2{}", "b []: Outer/0{Inner/0{}}"]);
    }

    #[test]
    fn a_root_that_is_not_there_is_said() {
        let error = keep(&FileDescriptorSet::default(), &["a.Root"]).unwrap_err();
        assert_eq!(error.to_string(), "no descriptor has .a.Root");
    }
}
