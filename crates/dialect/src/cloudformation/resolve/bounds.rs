//! How much resolving may cost: values that hold values double at every level.

use meshwright_model::Expression;

use super::Resolver;
use crate::fault::Fault;
use crate::source::Span;

/// The most bytes of text in a resolved value.
const MAX_TEXT: usize = 64 * 1024;
/// The most parts of a resolved value.
const MAX_PARTS: usize = 10_000;
/// The most steps that resolving one template takes.
const MAX_STEPS: usize = 5_000_000;
/// The most steps that resolving all templates takes.
const MAX_ALL_STEPS: usize = 40_000_000;
/// How many bytes of text count as one step.
const BYTES_A_STEP: usize = 16;

/// How large a value is.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    text: usize,
    parts: usize,
}

impl Size {
    pub(super) fn of(value: &Expression) -> Self {
        let mut size = Self::default();
        size.add(value);
        size
    }

    pub(super) fn add(&mut self, value: &Expression) {
        value.walk(&mut |part| {
            self.parts += 1;
            self.text += match part {
                Expression::Text(text) | Expression::Literal(text) => text.len(),
                Expression::Reference(name) => name.len(),
                Expression::Attribute(label, attribute) => label.len() + attribute.len(),
                Expression::Map(entries) => entries.iter().map(|(key, _)| key.len()).sum(),
                _ => 0,
            };
        });
    }

    pub(super) fn is_too_much(self) -> bool {
        self.text > MAX_TEXT || self.parts > MAX_PARTS
    }

    fn steps(self) -> usize {
        self.parts + self.text / BYTES_A_STEP
    }
}

impl Resolver<'_> {
    /// Counts what making a value took; whether it may stand.
    pub(super) fn may_stand(&self, value: &Expression, span: Span) -> bool {
        let size = Size::of(value);
        self.take_steps(size.steps());
        if size.is_too_much() {
            self.too_much(span);
        }
        !size.is_too_much()
    }

    pub(super) fn take_steps(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_add(steps));
        self.world.steps.set(self.world.steps.get().saturating_add(steps));
    }

    /// Whether no more can be resolved.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS || self.world.steps.get() > MAX_ALL_STEPS
    }

    /// Says once that a value grows too long.
    pub(super) fn too_much(&self, span: Span) {
        if !self.said_too_much.replace(true) {
            let message = "resolving this takes too much; it stays as it is written, and so may others after it";
            self.faults.borrow_mut().push(Fault::error("not-expanded", span, message));
        }
    }
}
