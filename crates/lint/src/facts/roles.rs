//! What roles of tasks may do, as far as files tell.

use meshwright_model::limits::Text;
use meshwright_model::workload::{PolicyHolder, RoleStatement, Workload};
use meshwright_model::{Expression, Scalar};

use super::Facts;

/// A role, and every statement of its policies.
#[derive(Clone, Debug)]
pub struct Role<'a> {
    /// The role.
    pub holder: &'a PolicyHolder,
    /// Its statements, of whichever policy.
    pub statements: Vec<&'a RoleStatement>,
    /// Its managed policies of AWS, by the ends of their ARNs.
    pub managed: Vec<String>,
}

impl<'a> Facts<'a> {
    /// The role of a task; `None` where its file does not define it, or leaves open what it may do.
    pub fn role_of(&self, workload: &'a Workload) -> Option<Role<'a>> {
        let label = label_of(workload.task.task_role_arn.as_ref()?)?;
        let document = workload.origin?.document;
        let inventory = self.inventory();
        let holders = || inventory.policy_holders.iter();
        let is_here = |holder: &&PolicyHolder| holder.origin.is_some_and(|origin| origin.document == document);
        let holder = holders().filter(is_here).find(|holder| holder.is_role && holder.label == label)?;
        let mut labels = vec![label];
        let mut managed = Vec::new();
        for arn in holder.attachments.managed_policy_arns.iter().flatten() {
            match arn_of_aws(arn) {
                Some(name) => managed.push(name),
                None => labels.push(label_of(arn)?),
            }
        }
        for policy in holders().filter(|holder| !holder.is_role) {
            let mut is_attached = false;
            for role in policy.attachments.roles.iter().flatten() {
                is_attached |= label_of(role)? == label;
            }
            // A policy whose roles are open may be attached to any.
            if !policy.is_whole {
                return None;
            }
            if is_attached && is_here(&policy) {
                labels.push(&policy.label);
            }
        }
        let is_known =
            |label: &&str| holders().filter(is_here).any(|holder| holder.label == **label && holder.is_whole);
        if !labels.iter().all(is_known) {
            return None;
        }
        let is_its = |statement: &&RoleStatement| {
            labels.contains(&statement.role.as_str())
                && statement.origin.is_some_and(|origin| origin.document == document)
        };
        Some(Role { holder, statements: inventory.statements.iter().filter(is_its).collect(), managed })
    }
}

/// The label that a value stands for.
fn label_of(value: &Scalar<Text>) -> Option<&str> {
    match value.open()? {
        Expression::Reference(label) => Some(label),
        Expression::Attribute(label, attribute) if attribute == "Arn" => Some(label),
        _ => None,
    }
}

/// The name of a managed policy of AWS's own, in whatever partition.
fn arn_of_aws(arn: &Scalar<Text>) -> Option<String> {
    let text = match (arn.known(), arn.open()) {
        (Some(text), _) => text.as_str(),
        (_, Some(Expression::Join(parts))) => parts.last()?.text()?,
        _ => return None,
    };
    Some(text.split_once(":iam::aws:policy/")?.1.to_owned())
}
