//! A pattern as an automaton, whose states are made as they are walked.

use std::cell::RefCell;

use regex_automata::Anchored;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_syntax::hir::{Hir, Look};

use super::MAX_COMPILED;

/// Bytes that the states of an automaton may take; one that needs more is given up.
const MAX_STATES: usize = 1 << 20;

/// A pattern's automaton.
#[derive(Clone, Debug)]
pub(crate) struct Automaton {
    dfa: DFA,
    /// States are only added: what stands for one always stands for the same.
    cache: RefCell<Cache>,
}

/// A state of an automaton.
pub(crate) type StateId = LazyStateID;

impl Automaton {
    /// The automaton of texts that match as a whole; `None` where it would be too large.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let whole = Hir::concat(vec![hir.clone(), Hir::look(Look::End)]);
        let limits = thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_COMPILED));
        let nfa = thompson::Compiler::new().configure(limits).build_from_hir(&whole).ok()?;
        let config = Config::new()
            .cache_capacity(MAX_STATES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(0))
            .specialize_start_states(false);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let cache = RefCell::new(dfa.create_cache());
        Some(Self { dfa, cache })
    }

    /// The state before a text.
    pub(crate) fn start(&self) -> Option<StateId> {
        let start = start::Config::new().anchored(Anchored::Yes);
        self.dfa.start_state(&mut self.cache.borrow_mut(), &start).ok()
    }

    /// The state after one more byte; `None` where there are too many.
    pub(crate) fn step(&self, state: StateId, byte: u8) -> Option<StateId> {
        self.dfa.next_state(&mut self.cache.borrow_mut(), state, byte).ok()
    }

    /// Whether a text that ends in a state matches.
    pub(crate) fn accepts(&self, state: StateId) -> Option<bool> {
        Some(self.dfa.next_eoi_state(&mut self.cache.borrow_mut(), state).ok()?.is_match())
    }

    /// Which bytes it never tells apart: those of one class.
    pub(crate) fn class_of(&self, byte: u8) -> u8 {
        self.dfa.byte_classes().get(byte)
    }
}
