//! Bytes in the parts in which they came: a message need not be copied to be read.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};

/// Bytes in parts, of which none is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    parts: VecDeque<Bytes>,
    length: usize,
}

impl Chunks {
    /// Adds what came.
    pub(super) fn push(&mut self, part: Bytes) {
        self.length += part.len();
        if !part.is_empty() {
            self.parts.push_back(part);
        }
    }

    /// Takes so many from the front; there must be as many.
    pub(super) fn take_front(&mut self, count: usize) -> Self {
        let mut taken = Self::default();
        while taken.length < count {
            let Some(part) = self.parts.front_mut() else { break };
            let own = part.split_to(part.len().min(count - taken.length));
            if part.is_empty() {
                self.parts.pop_front();
            }
            self.length -= own.len();
            taken.push(own);
        }
        taken
    }
}

impl Buf for Chunks {
    fn remaining(&self) -> usize {
        self.length
    }

    fn chunk(&self) -> &[u8] {
        self.parts.front().map_or(&[], |part| part)
    }

    fn advance(&mut self, count: usize) {
        self.take_front(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_parts_is_read_as_a_whole() {
        let mut chunks = Chunks::default();
        for part in ["ab", "", "cdef", "g"] {
            chunks.push(Bytes::from_static(part.as_bytes()));
        }
        let mut front = chunks.take_front(3);
        assert_eq!((front.remaining(), chunks.remaining()), (3, 4));
        assert_eq!(front.copy_to_bytes(3), "abc");
        chunks.advance(1);
        assert_eq!(chunks.copy_to_bytes(3), "efg");
        assert!(!chunks.has_remaining() && chunks.chunk().is_empty());
    }
}
