//! The state of reading: what was read, what is spoken of, and what came of it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;

use super::block::Block;
use super::known::Known;
use super::pattern::Pattern;
use super::spot::{Place, Spot, Trouble};
use super::thing::{Alternative, Count, Thing};
use crate::intent::{Action, Intent, Protocol, ResourceKind};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;
use crate::understanding::{Assumption, Evidence, NotUnderstood, Question, Understanding};

/// How many places that were spoken of are remembered.
const MAX_HISTORY: usize = 32;

/// The most words in a row that are passed over.
const MAX_RUN: usize = 16;

/// What the clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// It describes.
    None,
    Create,
    Add,
    Change,
}

/// A call whose direction nothing has said so far.
pub(super) struct Guess {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) mutual: bool,
    /// The tokens that speak of it.
    pub(super) words: Range<usize>,
}

/// A route that is said to be tried before all others, and the words that say it.
pub(super) struct First {
    pub(super) place: Place,
    pub(super) words: Range<usize>,
}

/// The state of reading.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of where the reading is")]
pub(super) struct Reader<'r> {
    pub(super) request: &'r str,
    pub(super) tokens: Vec<Token>,
    /// The same as they were at the start, for the account.
    pub(super) spoken: Vec<Token>,
    /// How often a word was passed over.
    passes: Cell<usize>,
    /// Words that a reader has looked for and found since the last step, by where they start.
    heard: RefCell<Vec<usize>>,
    /// Words that were read for what they say, and not for a value.
    pub(super) read_words: HashSet<usize>,
    /// Words that say no value of their own, by their bytes.
    pub(super) aside: Vec<Range<usize>>,
    /// What the files have that the request changes; `None` where it makes all anew.
    pub(super) known: Option<Known>,
    /// The route of which it was just said in which router or gateway it stands, and where those words end.
    pub(super) owner_said: Option<(Place, usize)>,
    /// The words that say that routes are tried in the order in which they are said.
    pub(super) in_order: Option<Range<usize>>,
    /// The token that is read next.
    pub(super) at: usize,
    pub(super) intent: Intent,
    pub(super) evidence: Vec<Evidence>,
    pub(super) questions: Vec<Question>,
    pub(super) not_understood: Vec<NotUnderstood>,
    /// What is spoken of.
    pub(super) spot: Option<Spot>,
    /// What is spoken of beside it: "orders and payments listen on 8080".
    pub(super) beside: Vec<Spot>,
    /// The last things that were named in one list.
    pub(super) group: Vec<Place>,
    /// The kind and protocol of what a list names one by one: "two grpc services: users on 9090 and carts on 9091".
    pub(super) listed: Option<(Thing, Option<Protocol>)>,
    /// What was spoken of before, the latest last.
    pub(super) history: Vec<Spot>,
    /// The block that is open.
    pub(super) block: Block,
    /// What the clause does.
    pub(super) verb: Verb,
    /// Whether the clause says where requests go.
    pub(super) sending: bool,
    /// The route that got the last target, and where the words for that ended.
    pub(super) last_target: Option<(Place, usize)>,
    /// Whether a sentence has ended since the route got its target.
    pub(super) closed: bool,
    /// Whether nothing was named or pointed at since the sentence began, so that it speaks of what the one before did.
    pub(super) is_carried: bool,
    /// A target that was named before its requests.
    pub(super) receiver: Option<String>,
    /// Whether the next target gets what the shares before it leave.
    pub(super) resting: bool,
    /// The preposition before the token that is read next.
    pub(super) preposition: Option<String>,
    /// Where the last name ended, so that "the orders service" is one thing.
    pub(super) name_end: Option<usize>,
    /// The calls that the last meaning made, by their places in the list.
    pub(super) last_calls: Option<(Spot, Vec<usize>)>,
    /// Calls whose direction nothing has said so far.
    pub(super) guessed_calls: Vec<Guess>,
    /// Routes that are to be tried before all others.
    pub(super) firsts: Vec<First>,
    /// The application whose port was said as it was called, and where that ended.
    pub(super) last_callee: Option<(Place, usize)>,
    /// What a sentence before says that it goes.
    pub(super) going: Option<(String, Option<ResourceKind>)>,
    /// Where words stand that are names only if something is said of them: "monitoring is enabled".
    pub(super) unproven: Vec<usize>,
    /// Numbers of things that were said.
    pub(super) counts: Vec<Count>,
    /// Whether the ranges of the header that is spoken of have their ends in them.
    pub(super) is_inclusive: bool,
    /// What is like something else: the original, and its copy.
    pub(super) copies: Vec<(Place, Place)>,
    /// Further paths and methods of routes.
    pub(super) alternatives: Vec<Alternative>,
    /// What the reading took for granted.
    pub(super) assumptions: Vec<Assumption>,
    /// Whether what is said is said of all that were named.
    pub(super) is_general: bool,
    /// What has its port, and its protocol, only because all have it.
    pub(super) general: [Vec<Place>; 2],
    /// Listeners that the last meaning made: "ports 80 and 81 using http".
    pub(super) last_ports: Option<(Spot, Range<usize>)>,
    /// What was named only by whom it is for, so that a name said later holds.
    pub(super) soft_name: Option<Place>,
    /// A protocol that was said of what is named next.
    pub(super) pending_protocol: Option<Protocol>,
    /// What was named in front of its verb: "on node quotes enable outlier detection".
    pub(super) unverbed: Option<Place>,
    /// Tokens that were read ahead.
    pub(super) ahead: Option<Range<usize>>,
    /// The tokens of the meaning at hand.
    pub(super) words: Range<usize>,
    /// Whether the meaning at hand is tried on what is spoken of, and not on what was before.
    pub(super) is_current: bool,
    /// How often a part of a pattern was held against a token.
    pub(super) work: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(request: &'r str, tokens: Vec<Token>) -> Self {
        Self {
            request,
            spoken: tokens.clone(),
            tokens,
            passes: Cell::new(0),
            heard: RefCell::default(),
            read_words: HashSet::new(),
            aside: Vec::new(),
            known: None,
            owner_said: None,
            in_order: None,
            at: 0,
            intent: Intent::default(),
            evidence: Vec::new(),
            questions: Vec::new(),
            not_understood: Vec::new(),
            spot: None,
            beside: Vec::new(),
            group: Vec::new(),
            listed: None,
            history: Vec::new(),
            block: Block::Resource,
            verb: Verb::None,
            sending: false,
            last_target: None,
            closed: false,
            is_carried: false,
            receiver: None,
            resting: false,
            preposition: None,
            name_end: None,
            last_calls: None,
            guessed_calls: Vec::new(),
            firsts: Vec::new(),
            last_callee: None,
            going: None,
            unproven: Vec::new(),
            counts: Vec::new(),
            is_inclusive: false,
            copies: Vec::new(),
            alternatives: Vec::new(),
            assumptions: Vec::new(),
            is_general: false,
            general: [Vec::new(), Vec::new()],
            last_ports: None,
            soft_name: None,
            pending_protocol: None,
            unverbed: None,
            ahead: None,
            words: 0..0,
            is_current: true,
            work: 0,
        }
    }

    /// What was made of the request, and the work it took.
    pub(super) fn finish(mut self) -> (Understanding, usize) {
        self.settle_guessed_calls();
        self.fill_copies();
        self.share_owner();
        self.adopt_routes();
        self.gather();
        self.join_hosts();
        self.settle_order();
        self.make_alternatives();
        self.settle_firsts();
        self.check_counts();
        self.settle_versions();
        self.settle_common();
        self.ask_about_bare_nodes();
        self.ask_about_tls_beside_calls();
        self.settle_mesh();
        self.account();
        let is_empty = self.intent == Intent::default();
        if is_empty && self.not_understood.is_empty() && self.questions.is_empty() {
            self.not_understood.push(self.said(0, self.request.len()));
        }
        let understanding = Understanding {
            intent: self.intent,
            evidence: self.evidence,
            assumptions: self.assumptions,
            questions: self.questions,
            not_understood: self.not_understood,
        };
        (understanding, self.work + self.passes.get())
    }

    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The token's text in lower case, or its symbol; empty past the end.
    pub(super) fn low(&self, at: usize) -> &str {
        self.token(at).map_or("", |token| token.low.as_str())
    }

    /// The same for the token before a place.
    pub(super) fn low_before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.low(before))
    }

    pub(super) fn is_symbol(&self, at: usize, symbols: &[&str]) -> bool {
        self.token(at).is_some_and(|token| token.kind == TokenKind::Symbol && symbols.contains(&token.low.as_str()))
    }

    pub(super) fn is_word(&self, at: usize, words: &[&str]) -> bool {
        let is_one = |token: &&Token| token.kind == TokenKind::Word && words.contains(&token.low.as_str());
        let found = self.token(at).filter(is_one);
        if let Some(token) = found.filter(|token| !is_glue(&token.low)) {
            self.heard.borrow_mut().push(token.start);
        }
        found.is_some()
    }

    /// Whether a token says one of these, by its word or symbol.
    pub(super) fn says(&self, at: usize, words: &[&str]) -> bool {
        self.is_word(at, words) || words.contains(&self.low(at))
    }

    /// Keeps in mind which words a pattern read.
    pub(super) fn read_by(&mut self, pattern: &Pattern, words: Range<usize>) {
        let said: Vec<&str> = pattern.all_words().collect();
        let words = words.filter_map(|at| self.tokens.get(at));
        let words = words.filter(|token| token.kind == TokenKind::Word && said.contains(&token.low.as_str()));
        self.read_words.extend(words.map(|token| token.start));
    }

    /// Begins a step, in which nothing was looked for so far.
    pub(super) fn forget_heard(&self) {
        self.heard.borrow_mut().clear();
    }

    /// Keeps in mind which words the last step read: those that it looked for among what it took.
    pub(super) fn keep_heard(&mut self, from: usize) {
        let to = self.token(self.at).map_or(self.request.len(), |token| token.start);
        let heard = std::mem::take(&mut *self.heard.borrow_mut());
        self.read_words.extend(heard.into_iter().filter(|start| (from..to).contains(start)));
    }

    pub(super) fn is_sentence_end(&self, at: usize) -> bool {
        self.token(at)
            .is_none_or(|token| token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";" | "!" | "?"))
    }

    /// The first place from one on whose token says something.
    pub(super) fn past_glue(&self, at: usize) -> usize {
        let glue = |place: &usize| {
            self.token(*place).is_some_and(|token| token.kind == TokenKind::Word && is_glue(&token.low))
        };
        let passed = (at..self.tokens.len()).take(MAX_RUN).take_while(glue).count();
        self.passes.set(self.passes.get() + passed);
        at + passed
    }

    /// The first place from one on whose token is none of these.
    pub(super) fn past(&self, at: usize, words: &[&str]) -> usize {
        let run = (at..self.tokens.len()).take(MAX_RUN);
        let passed = run.take_while(|place| words.contains(&self.low(*place))).count();
        let said = self.tokens[at.min(self.tokens.len())..].iter().take(passed);
        let said = said.filter(|token| token.kind == TokenKind::Word && !is_glue(&token.low));
        self.heard.borrow_mut().extend(said.map(|token| token.start));
        self.passes.set(self.passes.get() + passed);
        at + passed
    }

    /// Notes which words say a value.
    pub(super) fn note(&mut self, path: &str, from: usize, to: usize) {
        if path.is_empty() || from >= to {
            return;
        }
        let (start, end) = (self.tokens[from].start, self.tokens[to - 1].end);
        // Words that were said in another order than they stand in begin nowhere.
        let start = start.min(end);
        let text = self.request[start..end].to_owned();
        self.evidence.push(Evidence { path: path.to_owned(), text, start, end });
    }

    /// A part of the intent has another place now.
    pub(super) fn rename_evidence(&mut self, from: &str, to: &str) {
        for evidence in &mut self.evidence {
            if let Some(rest) = evidence.path.strip_prefix(from) {
                evidence.path = format!("{to}{rest}");
            }
        }
    }

    /// Says that words were not understood; those that follow each other are said as one.
    pub(super) fn miss(&mut self, start: usize, end: usize) {
        let before = self
            .not_understood
            .pop_if(|last| self.request.get(last.end..start).is_some_and(|between| between.trim().is_empty()));
        let start = before.map_or(start, |last| last.start);
        self.not_understood.push(self.said(start, end));
    }

    /// Asks about words.
    pub(super) fn ask(&mut self, text: &str, from: usize, to: usize) {
        let about = match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if first.start < last.end => vec![self.said(first.start, last.end)],
            _ => Vec::new(),
        };
        self.questions.push(Question { text: text.to_owned(), about });
    }

    pub(super) fn said(&self, start: usize, end: usize) -> NotUnderstood {
        NotUnderstood { text: self.request[start..end].to_owned(), start, end }
    }

    /// What a part that is added without its resource means for the resource.
    pub(super) fn action_of_part(&self) -> Action {
        match self.verb {
            Verb::Add | Verb::Change => Action::Change,
            Verb::None if self.known.is_some() => Action::Change,
            Verb::Create | Verb::None => Action::Create,
        }
    }

    /// Speaks of something else from now on; where it was spoken of before, as it was then.
    pub(super) fn turn_to(&mut self, place: Place) -> Spot {
        let there = self.spot.iter().chain(self.history.iter().rev()).find(|there| there.place == place);
        let spot = there.copied().unwrap_or(Spot::at(place));
        self.remember();
        // "Mesh shop, DNS names under shop.local" goes on with what was named.
        self.is_carried &= place == Place::Mesh;
        self.is_general = false;
        self.spot = Some(spot);
        self.beside.clear();
        self.block = Block::Resource;
        self.last_calls = None;
        spot
    }

    /// Speaks of nothing for now, and remembers what it was.
    pub(super) fn remember(&mut self) {
        let Some(before) = self.spot.take() else { return };
        self.history.retain(|there| there.place != before.place);
        self.history.push(before);
        if self.history.len() > MAX_HISTORY {
            self.history.remove(0);
        }
    }

    /// Forgets a place that is no more.
    pub(super) fn forget(&mut self, place: Place) {
        self.history.retain(|spot| spot.place != place);
        self.beside.retain(|spot| spot.place != place);
        self.group.retain(|there| *there != place);
        self.spot = self.spot.filter(|spot| spot.place != place);
    }

    /// What is spoken of, for a meaning that has found its place.
    pub(super) fn here(&self) -> Result<Spot, Trouble> {
        self.spot.ok_or(Trouble::NotHere)
    }

    /// The latest place of a sort that was spoken of.
    pub(super) fn latest(&self, is_sort: impl Fn(Place) -> bool) -> Option<Place> {
        let here = self.spot.iter();
        here.chain(self.history.iter().rev()).map(|spot| spot.place).find(|place| is_sort(*place))
    }
}
