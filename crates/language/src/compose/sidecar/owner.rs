//! What a task stands for.

use crate::compose::plan::Named;
use crate::intent::Listener;

/// What a task stands for, and what is known of it.
pub(super) struct Owner<'p> {
    pub(super) name: Named,
    pub(super) is_gateway: bool,
    pub(super) listeners: &'p [Listener],
    /// Its logical id, where this template makes it.
    pub(super) label: Option<String>,
}
