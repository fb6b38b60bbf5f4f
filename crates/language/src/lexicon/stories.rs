//! The words of what is told around a request: who tells it, what goes wrong, what is coming, what it is for.
//!
//! None of them is a setting. A clause is passed over by its form, and these words say which form it has.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of words that is looked up often.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $lists:expr) => {
        $(#[$doc])*
        pub(crate) fn $name(word: &str) -> bool {
            static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| $lists.split_whitespace().collect());
            WORDS.contains(word)
        }
    };
}

words!(
    /// Whether a word is who tells a story, or whom it tells of, by a pronoun.
    is_teller,
    "we i we're i'm we've i've we'll i'll they they're they've they'll"
);

words!(
    /// Whether a word is a pronoun that can be a subject.
    is_pronoun,
    "we i you they it he she this that these those there we'll i'll they'll it'll we're i'm you're they're we've i've they've everyone everybody \
     somebody someone nobody people"
);

words!(
    /// Whether a word is nobody.
    is_nobody,
    "nobody none noone no-one"
);

words!(
    /// Whether a word stands before a noun and says whose or which it is.
    is_determiner,
    "the a an our my your their its his her this that these those some most many all both each every"
);

words!(
    /// Whether people are called so, and no application.
    is_people,
    "admin administrator administrators admins auditor auditors audit boss bosses business ceo cio ciso client clients colleague colleagues company compliance \
     consultant consultants customer customers cto department devs developer developers engineers employee employees \
     finance folks guys head leadership legal management manager managers marketing merchants nobody ops \
     organisation organization partner partners people product regulator regulators sales security sre sres staff \
     stakeholders students support teachers team teams tester testers user users vendor vendors visitors"
);

words!(
    /// Whether a word is the whole that a story tells of, and no part of it.
    is_whole,
    "app application apps business company environment estate infrastructure landscape platform product production \
     project prod setup shop site stack start-up startup store system systems team website workload workloads"
);

words!(
    /// Whether a word is something that happens, for which or before which a request is made.
    is_occasion,
    "audit benchmark benchmarks christmas cutover deadline debugging demo demonstration demos easter evaluation \
     exam experiment experimenting experiments freeze friday go-live hackathon handover holiday holidays \
     homework incident kick-off kickoff launch learning meeting meetup migration monday pilot poc post-mortem \
     presentation proof proof-of-concept prototype rollout saturday showcase spike sunday testing thanksgiving \
     thesis thursday training transition trial tuesday tutorial upgrade webinar wednesday weekend workshop"
);

words!(
    /// Whether an occasion is one without an article too, and nothing is called so.
    is_bare_occasion,
    "christmas debugging easter friday homework learning monday saturday sunday testing thanksgiving thursday training tuesday \
     wednesday"
);

words!(
    /// Whether those who ask can have an occasion before them.
    is_before_us,
    "audit deadline demo exam freeze go-live hackathon holiday incident launch meeting migration presentation workshop"
);

words!(
    /// Whether a word stands before an occasion and says which it is.
    is_of_occasion,
    "a an the our my this that his her their next upcoming coming big small quick short internal customer client \
     live load security compliance black cyber performance integration acceptance annual quarterly yearly migration \
     product sales team first final upcoming planned little simple tls mesh technical regulatory academic new year's \
     prime bachelor master master's bachelor's phd and local"
);

words!(
    /// Whether a word says how something is that is not as it should be, or not any more.
    is_trouble,
    "abandoned broken buggy chatty choking clunky critical crucial dead deprecated down dreadful dying \
     end-of-life eol erratic expensive experimental failing fine flaky flapping fragile good great healthy huge \
     important inefficient jumpy laggy late legacy live moody new obsolete ok okay old outdated overkill \
     overloaded overwhelmed painful popular problematic promising ready redundant risky shaky slow sluggish \
     solid stable struggling stuck successful superfluous suspicious temperamental tricky unhappy unloved \
     unmaintained unneeded unreliable unresponsive unstable unused useless vital well wobbly wonky young"
);

words!(
    /// Whether a verb says that something goes wrong.
    is_failing,
    "acts breaks chokes complain complains crash crashes degrades die dies fails flaps freezes hang hangs hiccups leak leaks \
     misbehave misbehaves restarts slows struggle struggles stumbles stutters suffer suffers throws timeouts wobbles \
     throw crashed failed broke died hung misbehaved complained suffered struggled"
);

words!(
    /// Whether a verb tells what people did or said about a request.
    is_told,
    "agree agreed agrees announced approved approves ask asked asks complained decommission demand demanded \
     demands expect expects forgot had heard hope inherited insist insisted insists launched left like likes \
     lost maintains migrated moved noticed ordered owns plan planned prefers promised read realised realized \
     reported reports requested requests required requires said saw shipped signed sold started struggled \
     suffered tested told tried upgraded used want wants went wish worked"
);

words!(
    /// Whether a verb in -ing makes something, whoever does it.
    is_making,
    "attaching blocking bringing connecting encrypting exposing hooking installing joining limiting linking mirroring \
     opening plugging protecting publishing registering removing replacing restricting securing serving shifting \
     spinning standing throttling wiring"
);

words!(
    /// Whether a verb in -ing says that something becomes something else, step by step.
    is_transition,
    "migrating moving switching transitioning going introducing evaluating trying experimenting playing learning starting \
     rolling piloting adopting converting upgrading standardising standardizing"
);

words!(
    /// Whether a word asks for a property that a setting could give, known here or not.
    is_requirement,
    "accessible alerted anonymous audited authenticated authorised authorized autoscaled backed billed cached cacheable \
     compressed confidential durable failover filtered hidden hsts isolated keepalive limited locked masked metered \
     mirrored monitored mounted mutual observable paused persistent pinned private protected proxied public rate \
     replicated sampled scaled secure secured signed sticky throttled traced tracked validated visible whitelisted zonal"
);

words!(
    /// Whether a verb says what must be, and not how things are.
    is_obligation,
    "must mustn't shall should shouldn't may ought"
);

words!(
    /// Whether a verb makes a clause finite.
    is_finite,
    "is are was were am isn't aren't wasn't weren't has have had hasn't haven't hadn't does do did doesn't don't didn't \
     can can't cannot could couldn't will won't would wouldn't might needs need wants want takes keeps gets seems looks \
     uses use need asked asks requires"
);

words!(
    /// Whether a verb begins a sentence that orders something.
    is_imperative,
    "abort allow apply backup block book build buy call cancel check clean close compress configure connect copy create \
     cut delete deploy destroy disable disconnect do don't double drop email enable encrypt ensure exclude export expose fix \
     flush force generate get give halve have hide import include increase inject install invalidate isolate keep kill leave \
     let limit link lock log make mask measure merge migrate mirror monitor mount move never notify only open order pause pin \
     please point prefer print protect provision publish pull purge push put reboot record redeploy reduce refactor reject \
     release reload remove rename replace replicate report reset resize restart restore retry return roll rotate route run \
     save scale schedule secure send serve set ship shut skip sort spin split start stop switch tag tell terminate test throttle \
     tie trace trim tune turn undo upgrade upload use wait warm wire without write"
);

words!(
    /// Whether a word says that something is to come, and not now.
    is_later,
    "later eventually someday soon afterwards tomorrow ourselves myself separately"
);

words!(
    /// Whether a verb says what something is done for, where "to" stands before it.
    is_purpose,
    "avoid be comply convince demonstrate ease evaluate experiment explore help impress investigate learn please practise practice prepare prevent prove satisfy save see \
     simplify survive support unblock understand play try test"
);

words!(
    /// Whether a noun of what is done for now stands behind "as a".
    is_step,
    "demo demonstration dry-run example exercise experiment fix hotfix measure milestone pilot poc precaution \
     preparation proof prototype safeguard spike start step stopgap test trial workaround"
);

words!(
    /// Whether a verb in -ing says that something goes wrong, or well.
    is_going,
    "acting burning crashing degrading dying doing erroring failing flapping growing hanging improving leaking melting misbehaving \
     restarting rising slowing soaring struggling stuttering suffering throwing timing"
);

words!(
    /// Whether a verb tells of the trade of those who ask.
    is_trade,
    "believe guess hate know lack love sell think"
);

words!(
    /// Whether what answers may be called so.
    is_answer,
    "chatter comment comments explanation explanations fluff frills markdown preamble prose questions surprises"
);

words!(
    /// Whether a word says that an answer is as it must be.
    is_validity,
    "apply applies cfn-lint compile compiles correct deploy deployable deploys lint lints parse parses passes syntactically \
     valid work works"
);

words!(
    /// Whether a word may stand between "is" and what something is.
    is_degree,
    "a bit actually again all almost already always basically brand being been completely constantly currently \
     far finally fairly getting gradually going just kind little more mostly never no not now of often only \
     pretty quite rather really slightly slowly so sometimes somewhat still super too totally usually very way \
     yet hopelessly badly under"
);

words!(
    /// Whether a word tells when something is.
    is_when,
    "tomorrow today tonight soon around near next on upon over coming approaching here ahead close this live due"
);

words!(
    /// Whether a verb says what nobody does any more with what is not needed.
    is_use,
    "uses use used needs wants calls likes reads touches touched misses remembers knows owns maintains cares \
     consumes queries"
);

words!(
    /// Whether a noun is what those who ask have, and makes nothing.
    is_had,
    "time trouble troubles problem problems issue issues outage outages experience idea deadline complaints \
     headaches luck budget incidents"
);

words!(
    /// Whether those who ask are or run there.
    is_place,
    "ecs eks fargate ec2 kubernetes k8s aws amazon production prod call holiday premises it"
);

/// Ways to begin a reason, wherever it stands.
pub(crate) const REASONS: &[&str] = &[
    "because",
    "because of",
    "due to",
    "owing to",
    "given that",
    "seeing that",
    "seeing as",
    "seeing how",
    "considering",
    "considering that",
    "now that",
    "in view of",
    "in light of",
    "on account of",
    "the reason is",
    "the reason is that",
    "the reason being",
    "the reason being that",
    "since",
];

/// What stands before an occasion.
pub(crate) const BEFORE_OCCASIONS: &[&str] = &[
    "for",
    "it's for",
    "that's for",
    "this is for",
    "it is for",
    "before",
    "in preparation for",
    "in time for",
    "as preparation for",
    "as part of",
    "as a preparation for",
    "ahead of",
    "during",
    "in the context of",
    "with a view to",
    "in view of",
];

/// What is begun, gone on with or brought to an end, without saying how.
pub(crate) const UNDERTAKINGS: &[&str] = &[
    "rollout",
    "roll-out",
    "migration",
    "cutover",
    "cut-over",
    "switchover",
    "switch-over",
    "transition",
    "upgrade",
    "canary",
    "deployment",
    "release",
    "launch",
    "rollback",
    "roll-back",
    "promotion",
    "move",
    "experiment",
    "switch",
];

/// Verbs that do that.
pub(crate) const UNDERTAKING: &[&str] = &[
    "finish",
    "complete",
    "conclude",
    "finalise",
    "finalize",
    "continue",
    "start",
    "begin",
    "resume",
    "proceed with",
    "go on with",
    "carry on with",
    "go ahead with",
    "kick off",
    "wrap up",
    "time to finish",
    "time to start",
    "let's finish",
    "let's start",
    "let's continue",
    "let's complete",
    "let's do",
];
