//! The longest term inside a mention that is no term as a whole.
//!
//! `multifactorial anemia` is linked as `anemia`, `necrosis of the lesser curvature` as `necrosis`: less specific than the
//! text, never more. The term that holds the head is taken first, then the longest that begins the mention, then any
//! other; the head is the last word before a comma, a preposition (`necrosis`) or a trailing grade (`carcinoma grade 3`).
//!
//! Of the mentions of the model on codiesp/dev that nothing else links, the code is right for 42 % where the term holds the
//! head, for 50 % where it begins the mention, for 38 % elsewhere.

use clinlink_model::{Label, System, Via};
use clinlink_vocab::{ConceptId, Posting, is_function_word, normal_words};

use crate::crosswalk::{mapped, references};
use crate::gate::{Found, Gate};
use crate::hits::Hits;
use crate::qualifier::is_scale;
use crate::query::Query;
use crate::score;
use crate::source::{Knowledge, Need, Source};
use crate::walk::{TermMatch, Walker};
use crate::words::Words;

/// Terms inside the mention.
pub(crate) struct Part;

/// Where a term stands in the mention, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Head,
    Start,
    Elsewhere,
}

/// A term inside the mention.
struct Inside {
    place: Place,
    /// Whether it goes on over a comma: `contracture, right hand` in `Dupuytren contracture, right hand`.
    parted: bool,
    /// Words of the mention that say something and that the term uses.
    used: usize,
    start: usize,
    value: u64,
}

impl Source for Part {
    fn need(&self) -> Need {
        Need::Unreached
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let words = Words::of(query.full());
        if words.len() < 2 || with.lexicon.other_things.end(&words) {
            return;
        }
        let open: Vec<System> = with.unreached(hits).cloned().collect();
        if open.contains(&System::HPO) {
            hits.believe_related();
        }
        let mut inside = terms_inside(query, &words, with);
        inside.sort_by_key(|term| (term.place, term.parted, std::cmp::Reverse(term.used), term.start));
        // A system without the first term, and without a cross-reference from it, may have the second.
        for term in inside {
            let lost = deciding(&words).saturating_sub(term.used);
            let way = way(term.place) - score::PER_WORD_AROUND * lost.min(4) as f32;
            for system in &open {
                if !hits.reach(system, with.config.threshold) {
                    add(system, &term, way, with, hits);
                }
            }
        }
    }
}

/// Adds the concepts of `system` that a term names or, if there is none, those that its concepts refer to.
fn add(system: &System, term: &Inside, way: f32, with: &Knowledge, hits: &mut Hits) {
    // That something `falls` or is `pulled` is no cause of an injury (V to Y), and the injury of a tissue (`glomerular injury`) is
    // no wound (T14.9).
    let is_code = |id, start: &str| *system == System::ICD10CM && with.pack.code(id).starts_with(start);
    let is_cause = |id| ["V", "W", "X", "Y", "T14.9"].iter().any(|start| is_code(id, start));
    let is_wanted = |posting: &Posting| {
        let id = posting.concept;
        with.pack.system_of(id) == system && !is_cause(id) && !is_of_a_joint(id, with, hits)
    };
    let wanted: Vec<Posting> = with.pack.postings(term.value).filter(is_wanted).collect();
    hits.add_term(wanted.into_iter(), way, Via::Part);
    if hits.reach(system, with.config.threshold) {
        return;
    }
    for posting in with.pack.postings(term.value) {
        if is_of_a_joint(posting.concept, with, hits) {
            continue;
        }
        let by = (&*with.pack, &*with.lexicon);
        let from = mapped(by, posting.concept);
        for (id, relation) in references(by, (posting.concept, &from), system, hits) {
            if is_of_a_joint(id, with, hits) {
                continue;
            }
            let score = way * score::kind(posting.kind) * score::relation(relation);
            hits.add_reference(posting.concept, id, score);
        }
    }
}

/// Whether a concept is of a joint, and the mention of another part of the body: of a `tracheo-esophageal fistula` the code of
/// every fistula is that of a joint, and of a `pleural effusion` that of every effusion.
fn is_of_a_joint(id: ConceptId, with: &Knowledge, hits: &Hits) -> bool {
    let title: Vec<String> = normal_words(with.pack.title(id)).into_iter().map(|word| word.form).collect();
    let mut joints = title.iter().filter(|word| is_joint(word)).peekable();
    joints.peek().is_some()
        && hits.says_any(&with.lexicon.places)
        && joints.all(|joint| !hits.says(joint))
        && hits.share_words(&title)
}

/// Joints, and the limbs that stand for theirs in titles: `Fistula, unspecified hand`.
pub(crate) fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "joint"
            | "shoulder"
            | "elbow"
            | "wrist"
            | "hand"
            | "hip"
            | "knee"
            | "ankle"
            | "foot"
            | "finger"
            | "toe"
    )
}

const fn way(place: Place) -> f32 {
    match place {
        Place::Head => score::PART_HEAD,
        Place::Start => score::PART_START,
        Place::Elsewhere => score::PART_ELSEWHERE,
    }
}

/// The terms that may stand alone and are of the mention's label.
fn terms_inside(query: &Query<'_>, words: &Words, with: &Knowledge) -> Vec<Inside> {
    let text = query.full();
    let walker = Walker::new(with.pack.terms(), &with.lexicon);
    let gate = Gate { pack: &with.pack, lexicon: &with.lexicon };
    let head = head(words);
    let (mut inside, mut found) = (Vec::new(), Vec::new());
    for start in 0..words.len() {
        walker.terms_at(words, start, &mut found);
        for &term in found.iter().filter(|term| term.end - start < words.len()) {
            let (first, last) = (words.form(start), words.form(term.end - 1));
            if term.used > 1 && (is_function_word(first) || is_function_word(last)) {
                continue;
            }
            if with.lexicon.other_things.name(words, start..term.end) {
                continue;
            }
            let surface = &text[words.range(start..term.end)];
            let found = Found { surface, shouting: false, value: term.value, used: term.used };
            let Some((label, _)) = gate.admit(found, words.forms(start..term.end)) else { continue };
            if query.label != Label::Other && label != query.label {
                continue;
            }
            let place = match () {
                () if (start..term.end).contains(&head) => Place::Head,
                () if start == 0 => Place::Start,
                () => Place::Elsewhere,
            };
            let used = deciding_of(&term, start, words, with);
            let parted = (start + 1..term.end).any(|at| words.pauses_before(at));
            // Where nobody says what the mention is, only its head does.
            if place == Place::Head || query.label != Label::Other {
                inside.push(Inside { place, parted, used, start, value: term.value });
            }
        }
    }
    inside
}

/// The words of a term that say something: `tremor of hand` has no more of them than `resting tremor`.
fn deciding_of(term: &TermMatch, start: usize, words: &Words, with: &Knowledge) -> usize {
    let says = |at: &usize| {
        let form = words.form(*at);
        !is_function_word(form) && (term.passed == 0 || !with.lexicon.fillers.contains(form))
    };
    (start..term.end).filter(says).count().clamp(1, term.used)
}

/// Words that say something.
fn deciding(words: &Words) -> usize {
    (0..words.len()).filter(|&at| !is_function_word(words.form(at))).count()
}

/// The word that says what sort of thing the mention is.
pub(crate) fn head(words: &Words) -> usize {
    let ends = |at: &usize| is_preposition(words.form(*at)) || words.pauses_before(*at);
    let end = (1..words.len()).find(ends).unwrap_or(words.len());
    let names_scale = |word| word == "level" || is_scale(word);
    let graded = end >= 3 && names_scale(words.form(end - 2));
    if graded { end - 3 } else { end - 1 }
}

fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "of" | "in"
            | "on"
            | "at"
            | "to"
            | "from"
            | "by"
            | "for"
            | "with"
            | "without"
            | "within"
            | "due"
            | "after"
            | "during"
            | "secondary"
            | "associated"
            | "involving"
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("multifactorial anemia", "anemia")]
    #[case("necrosis of the lesser curvature", "necrosis")]
    #[case("squamous cell carcinoma grade 3", "carcinoma")]
    #[case("uncontrolled type 2 diabetes", "diabetes")]
    #[case("anemia", "anemia")]
    #[case("pulmonary fibrosis, idiopathic", "fibrosis")]
    fn the_head_says_what_it_is(#[case] text: &str, #[case] expected: &str) {
        let words = Words::of(text);
        assert_eq!(words.form(head(&words)), expected);
    }
}
