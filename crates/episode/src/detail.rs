//! Brings a category down to a code that may be reported and says no more than the category.
//!
//! `Type 2 diabetes mellitus` (E11) becomes E11.9, `without complications`; `Pain in joint, knee` (M25.56) becomes
//! M25.569, `unspecified knee`, or M25.561 if the words name the right one. So do the trimester of a pregnancy and the
//! encounter for an injury. A child says no more than its parent if all
//! its title's words are words of the parent's or say that nothing is known. Where no child does, the category goes to
//! review: the record, or the link, lacks a detail (Official Guidelines I.B.2, I.B.13, I.B.18).

use std::cell::RefCell;
use std::collections::HashMap;

use clinlink_vocab::{ConceptId, Pack, deciding_words, normal_words};

use crate::drugs::adds_intent;
use crate::encounter::Encounter;
use crate::rules;
use crate::side::Side;
use crate::trimester::Trimester;

/// What titles say of a side that is not told.
const UNSPECIFIED: &str = "unspecified";
/// How a title ends that says as little: `with loss of consciousness status unknown`.
const UNKNOWN: &str = "status unknown";

/// What the words of and around a mention say of the details of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Told {
    pub(crate) side: Option<Side>,
    pub(crate) trimester: Option<Trimester>,
    pub(crate) encounter: Encounter,
    /// How a toxic effect came about, by the character of its codes.
    pub(crate) intent: Option<char>,
}

/// The code that a concept stands for in a code set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) id: ConceptId,
    /// The rule that was used to get there; `None` if the concept itself may be reported as it is.
    pub(crate) rule: Option<&'static str>,
}

/// Ways down that have been found, for one episode: the same diseases are named again and again.
#[derive(Debug, Default)]
pub(crate) struct Resolved(RefCell<HashMap<(ConceptId, Told), Resolution>>);

impl Resolved {
    /// [`resolve`], remembered.
    pub(crate) fn get(&self, pack: &Pack, said: ConceptId, told: Told) -> Resolution {
        *self.0.borrow_mut().entry((said, told)).or_insert_with(|| resolve(pack, said, told))
    }
}

/// How a child of a concept relates to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Child {
    /// It names the side that the text names.
    Sided,
    /// It names the trimester that the notes tell.
    InTrimester,
    /// It tells how a toxic effect came about.
    Meant,
    /// It says that nothing more is known.
    Unspecified,
    /// It says that a complication, or the like, is absent or not mentioned.
    Without,
    /// The encounter that the words tell, by its seventh character.
    Encounter,
}

/// The code that may be reported for `said`, given what the text tells.
fn resolve(pack: &Pack, said: ConceptId, told: Told) -> Resolution {
    let mut here = to_told(pack, said, told).unwrap_or(Resolution { id: said, rule: None });
    while !pack.is_billable(here.id) {
        let children =
            pack.children(here.id).filter_map(|child| Some((kind_of(pack, child, here.id, told)?, child)));
        // Of several the one that says least: `unspecified ear`, not `recurrent, unspecified ear`.
        let least = children.min_by_key(|&(kind, child)| (kind, words(pack.title(child)).len(), child));
        let only = || only_unspecified(pack, here.id).map(|child| (Child::Unspecified, child));
        let Some((kind, child)) = least.or_else(only) else {
            return Resolution { id: here.id, rule: Some(rules::NOT_BILLABLE) };
        };
        let rule = kind.rule(told);
        // The most doubtful step names the whole way down.
        let rule = if doubt(here.rule) > doubt(Some(rule)) { here.rule } else { Some(rule) };
        here = Resolution { id: child, rule };
    }
    here
}

impl Child {
    /// The rule of a step down to such a child.
    const fn rule(self, told: Told) -> &'static str {
        match self {
            Self::Sided => rules::SIDE,
            Self::InTrimester => rules::TRIMESTER,
            Self::Meant => rules::TOXIC_EFFECT,
            Self::Unspecified | Self::Without => rules::UNSPECIFIED,
            Self::Encounter => told.encounter.rule(),
        }
    }
}

/// How doubtful a way down is: 0 for none.
pub(crate) fn doubt(rule: Option<&'static str>) -> u8 {
    match rule {
        Some(rules::SIDE | rules::DOMINANT_SIDE | rules::TOLD_DETAIL | rules::GESTATIONAL_DIABETES) => 1,
        Some(rules::TRIMESTER | rules::PROCEDURE_DETAIL) => 2,
        Some(rules::UNSPECIFIED) => 3,
        Some(rules::ENCOUNTER | rules::ACTIVE_TREATMENT) => 4,
        Some(rules::SEVENTH_CHARACTER) => 5,
        Some(rules::NOT_BILLABLE) => 6,
        Some(rules::MASS | rules::PREGNANCY_TO_CONFIRM) => 7,
        _ => 0,
    }
}

/// The rule and reason that send a code to review if its detail was found by `rule`.
pub(crate) fn needs_review(rule: &'static str) -> Option<(&'static str, &'static str)> {
    match rule {
        rules::NOT_BILLABLE => Some((rules::NOT_BILLABLE, "not billable: needs more detail")),
        rules::PREGNANCY_TO_CONFIRM => {
            Some((rules::PREGNANCY_TO_CONFIRM, "a person must confirm that it complicates the pregnancy"))
        }
        rules::SEVENTH_CHARACTER => {
            Some((rules::SEVENTH_CHARACTER, "first encounter assumed for the seventh character"))
        }
        rules::MASS => Some((rules::MASS, "a mass is no neoplasm unless the provider says so")),
        _ => None,
    }
}

/// What a code stands for: its highest ancestor that it says no more than. E11.9 stands for E11.
pub(crate) fn stem(pack: &Pack, id: ConceptId) -> ConceptId {
    let mut top = id;
    while let Some(parent) = pack.parent(top)
        && pack.is_code(parent)
        && matches!(kind_of(pack, top, parent, Told::default()), Some(Child::Unspecified | Child::Without))
    {
        top = parent;
    }
    top
}

/// A sibling of a code for an unspecified side or trimester, for that which the text names.
fn to_told(pack: &Pack, id: ConceptId, told: Told) -> Option<Resolution> {
    let title = pack.title(id);
    let side = told.side.map(Side::word).filter(|side| !words(title).iter().any(|word| word == side));
    if side.is_none() && told.trimester.is_none() {
        return None;
    }
    let parent = pack.parent(id).filter(|_| is_unspecified(title))?;
    let resolved = |id, kind: Child| Some(Resolution { id, rule: Some(kind.rule(told)) });
    let siblings: Vec<(ConceptId, Child)> = pack
        .children(parent)
        .filter_map(|child| Some((child, kind_of(pack, child, parent, told)?)))
        .collect();
    if let Some(&(id, kind)) = siblings.iter().find(|(_, kind)| *kind == Child::InTrimester) {
        return resolved(id, kind);
    }
    let side = side?;
    // The title with the side for one of the things that are open, which need not be the side.
    let lower = title.to_lowercase();
    let places = lower.match_indices(UNSPECIFIED).map(|(at, word)| (at, at + word.len()));
    let titles: Vec<String> =
        places.map(|(from, to)| format!("{}{side}{}", &lower[..from], &lower[to..])).collect();
    let mut sided = siblings.iter().filter(|(_, kind)| *kind == Child::Sided).map(|(id, _)| *id);
    let is_titled = |id: &ConceptId| titles.iter().any(|title| is_same(pack.title(*id), title));
    if let Some(id) = sided.clone().find(is_titled) {
        return resolved(id, Child::Sided);
    }
    if let (Some(only), None) = (sided.next(), sided.next()) {
        return resolved(only, Child::Sided);
    }
    // Where more than the side is open, the code for the side stands below another parent.
    resolved(titles.iter().find_map(|title| titled_beside(pack, id, title))?, Child::Sided)
}

/// Whether two titles are the same but for case and the plural of what they end with: `right ears`.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('s').eq_ignore_ascii_case(other.trim_end_matches('s'))
}

/// The code that may be reported with a title, two levels around another code.
pub(crate) fn titled_beside(pack: &Pack, id: ConceptId, title: &str) -> Option<ConceptId> {
    let is_code = |id: &ConceptId| pack.is_code(*id);
    let parent = pack.parent(id)?;
    let top = pack.parent(parent).filter(is_code).unwrap_or(parent);
    titled_below(pack, top, title)
}

/// The code that may be reported with a title, below another code.
pub(crate) fn titled_below(pack: &Pack, top: ConceptId, title: &str) -> Option<ConceptId> {
    let mut below = vec![top];
    while let Some(id) = below.pop() {
        if pack.is_billable(id) && pack.title(id).eq_ignore_ascii_case(title) {
            return Some(id);
        }
        below.extend(pack.children(id));
    }
    None
}

fn kind_of(pack: &Pack, child: ConceptId, parent: ConceptId, told: Told) -> Option<Child> {
    let ids = (child, parent);
    let (child, parent) = (pack.concept(child), pack.concept(parent));
    if is_encounter(child.code) {
        return told.encounter.fits(child.title).then_some(Child::Encounter);
    }
    if told.intent.is_some_and(|intent| adds_intent(child.code, child.title, parent.code, intent)) {
        return Some(Child::Meant);
    }
    let known = deciding_words(parent.title);
    // What a title denies it does not add: `migraine, not intractable`.
    let spoken = words(child.title);
    let denied: Vec<&String> =
        spoken.windows(2).filter(|pair| pair[0] == "not").map(|pair| &pair[1]).collect();
    let is_new = |word: &String| !known.contains(word) && !denied.contains(&word);
    let added: Vec<String> = deciding_words(child.title).into_iter().filter(is_new).collect();
    match told.side.map(Side::word) {
        Some(side) if added == [side] || is_for_side(pack, ids, side) => {
            return Some(Child::Sided);
        }
        _ => {}
    }
    if let Some(trimester) = told.trimester
        && adds(child.title, parent.title, trimester.words())
    {
        return Some(Child::InTrimester);
    }
    let rest = child.title.strip_prefix(parent.title).unwrap_or_default();
    if child.title.ends_with(UNKNOWN) && !parent.title.ends_with(UNKNOWN)
        || rest.strip_prefix(", unspecified").is_some_and(|rest| !rest.contains("with "))
        || is_left_open(rest)
    {
        return Some(Child::Unspecified);
    }
    if !added.is_empty() && !is_for_side(pack, ids, UNSPECIFIED) {
        return None;
    }
    let (own, above) = (spoken, words(parent.title));
    // What the title above says is no answer: `migraine without aura` may still be `with status migrainosus`.
    let says = |word: &str| {
        let count = |words: &[String]| words.iter().filter(|other| *other == word).count();
        count(&own) > count(&above)
    };
    let is_placeholder = child.code.strip_prefix(parent.code) == Some("X");
    if says(UNSPECIFIED) || own == above && (is_placeholder || is_unspecified(parent.title)) {
        return Some(Child::Unspecified);
    }
    ["without", "uncomplicated", "not"].into_iter().any(says).then_some(Child::Without)
}

/// The child of a code that alone says of anything that it is unspecified: `Ankylosing spondylitis of unspecified sites in spine`.
fn only_unspecified(pack: &Pack, id: ConceptId) -> Option<ConceptId> {
    let is_open = |child: &ConceptId| is_unspecified(pack.title(*child));
    let mut open = pack.children(id).filter(is_open);
    open.next().filter(|_| open.next().is_none() && !is_unspecified(pack.title(id)))
}

/// Whether a title adds nothing but that one thing is not known: `, stage unspecified`.
fn is_left_open(rest: &str) -> bool {
    let thing = rest.strip_prefix(", ").and_then(|rest| rest.strip_suffix(" unspecified"));
    thing.is_some_and(|thing| !thing.contains(' '))
}

/// Whether a child names a side where another child of its parent has another word: `carpal tunnel syndrome, right upper
/// limb` beside `unspecified upper limb`, and the other way round.
fn is_for_side(pack: &Pack, (child, parent): (ConceptId, ConceptId), side: &str) -> bool {
    let words = |id| pack.title(id).to_lowercase();
    let named = words(child);
    let other = if side == UNSPECIFIED { Side::Right.word() } else { UNSPECIFIED };
    named.contains(side) && {
        let other = named.replacen(side, other, 1);
        let singular = other.trim_end_matches('s');
        pack.children(parent).any(|id| words(id).trim_end_matches('s') == singular)
    }
}

/// Whether a title is that of its parent and these words: `second trimester`.
fn adds(title: &str, parent: &str, words: &str) -> bool {
    let rest = title.strip_prefix(parent).unwrap_or_default();
    rest.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(words)
}

/// Whether a code has a seventh character for the encounter: a letter, where that of a fetus is a digit.
pub(crate) fn is_encounter(code: &str) -> bool {
    code.len() == 8 && code.ends_with(|c: char| c.is_ascii_uppercase())
}

fn words(title: &str) -> Vec<String> {
    normal_words(title).into_iter().map(|word| word.form).collect()
}

fn is_unspecified(title: &str) -> bool {
    words(title).iter().any(|word| word == UNSPECIFIED)
}
