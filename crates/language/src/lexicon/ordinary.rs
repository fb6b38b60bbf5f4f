//! Ordinary words, which are never names unless they are quoted or said to be one.
//!
//! Pronouns, prepositions, conjunctions, auxiliaries and the adverbs of English are few and known; of verbs these are the
//! ones that requests are written with and nobody calls an application by.

use std::collections::HashSet;
use std::sync::LazyLock;

const WORDS: &str = "
about above according across again against ago ahead along already although always amid among anybody anyone anything
anyway anywhere apart aren't around aside away because been before behind below beneath beside besides better beyond cannot
can't concerning couldn't despite didn't down either elsewhere enough even ever everybody everyone except excluding few fewer
former further furthermore half hence he her him his how however inside latter less let's like many meanwhile more moreover
most much neither nevertheless nobody none nor nothing nowhere often other others otherwise ought ours outside per plus
rather regarding regardless respectively said same several she since somebody somehow someone something sometimes somewhere
soon still such there therefore though throughout thus together too twice underneath unless unlike unlikely until upon us
very versus was wasn't were weren't what whatever whatsoever whenever whereas wherever whichever who whoever whole whom why
parameter parameters within won't wouldn't yes yet yours

abort accordingly beat beats respond responds win wins winning appear appears ask asks asked avoid avoids became begin begins began belong belongs bring brings brought
came carried carries carry carrying come comes consider considers consisting contain contains containing continue continues
correspond corresponds decide decides delay delays delayed delaying describe describes described differ differs do doing
done duplicate duplicates duplicating end ends exist exists existing expect expects expected explain explains fall falls
fault faults follow follows gave goes happen happens having help helps hit hits hold holds ignore ignores implement
implements improve improves inject injects injecting injected involve involves keep kept know knows known lead leads leave
leaves let lets mean means mention mentions mentioned mirroring mirrored need needs needed occur occurs offer offers perform
performs prefer prefers prevent prevents protect protects provide provides providing put puts receive receives refer refers
refused rejected ignored denied represent represents require requires respect respects restart restarts restarted retain said saw say says see seem seems
seen sees shadowing sit sits skip skips stand stands start starts started starting stay stays tell tells think thinks
throttle throttles throttled told took treat treats tried try trying turn turns understand understands use used uses using
want wants wanted went work works working

getting receiving holding presenting showing becoming remaining seeing meeting meets met
passed pass passes passing

declared undeclared defined undefined listed unlisted unknown registered unregistered allowed permitted
forbidden wanted unwanted restricted

bypass bypassed bypasses bypassing exclude excluded excludes install installed installing installs mount mounting mounts
mounted
";

/// Words in -ly that are no adverbs.
const NOUNS_IN_LY: &[&str] =
    &["ally", "anomaly", "assembly", "bully", "butterfly", "family", "fly", "italy", "rally", "reply", "supply"];

static ORDINARY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a word is none that anything is called by.
pub(super) fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(word) || word.len() > 4 && word.ends_with("ly") && !NOUNS_IN_LY.contains(&word)
}

/// Words before a kind that only say of what sort it is, where the name comes after it.
const SORTS: &str = "
public external internal private central dedicated common main shared front legacy old stateless
stateful monolithic monolith critical important primary secondary core simple small little tiny big large sample demo dummy
example fancy modern classic historic temporary permanent production staging java kotlin scala python node.js
nodejs golang rust ruby php dotnet spring flask django rails express wordpress containerised containerized dockerised
dockerized upstream downstream dependent independent standalone actual real entire whole single separate individual
resulting respective corresponding aforementioned said typical ordinary plain normal usual regular busy quiet slow fast
heavy lightweight virtual physical regional global local remote hosted managed isolated hidden exposed unexposed
proprietary open commercial enterprise mobile
";

/// What the last part of such a word may be: `customer-facing`, `production-ready`.
const LAST_PARTS: &[&str] =
    &["facing", "ready", "based", "native", "wide", "written", "critical", "grade", "only", "bound", "owned", "like"];

static SORTS_KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| SORTS.split_whitespace().collect());

/// Whether a word only says of what sort a thing is.
pub(super) fn is_sort(word: &str) -> bool {
    SORTS_KNOWN.contains(word) || word.rsplit_once('-').is_some_and(|(_, last)| LAST_PARTS.contains(&last))
}
