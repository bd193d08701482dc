use std::cmp::Ordering;

use clinlink_model::{Candidate, Label, System, Via};
use clinlink_vocab::{Concept, ConceptId, Pack, Posting, is_function_word, normal_words};

use crate::lexicon::Lexicon;
use crate::score;
use crate::title::{added_words, is_fragment};

/// A concept with how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hit {
    pub(crate) id: ConceptId,
    pub(crate) score: f32,
    pub(crate) via: Via,
    /// Words of the title that the mention does not have.
    added: usize,
}

/// The concepts found for one mention, each once, with its best score.
pub(crate) struct Hits<'p> {
    pack: &'p Pack,
    lexicon: &'p Lexicon,
    label: Label,
    /// The mention's words in normal form.
    said: Vec<String>,
    /// Those that say something.
    form: String,
    found: Vec<Hit>,
}

impl<'p> Hits<'p> {
    /// Collects concepts that fit a mention of the given words and label.
    pub(crate) fn new(pack: &'p Pack, lexicon: &'p Lexicon, text: &str, label: Label) -> Self {
        let said: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
        let content: Vec<&str> =
            said.iter().map(String::as_str).filter(|word| !is_function_word(word)).collect();
        let form = content.join(" ");
        Self { pack, lexicon, label, said, form, found: Vec::new() }
    }

    /// Adds a concept, unless its label is another one than the mention's. A concept already there keeps its better
    /// score. A concept of a tabular list loses for each word that its title adds to the mention, and a piece of its
    /// name is no name.
    pub(crate) fn add(&mut self, id: ConceptId, score: f32, via: Via) {
        if !compatible(self.label, self.pack.label_of(id)) {
            return;
        }
        let mut hit = Hit { id, score, via, added: 0 };
        let system = self.pack.system_of(id);
        let is_icd = *system == System::ICD10CM || *system == System::ICD9CM;
        if is_icd && via != Via::Crosswalk && is_fragment(self.pack, id, &self.form) {
            return;
        }
        if *system == System::ICD10CM && via != Via::Crosswalk {
            hit.added = added_words(self.pack.concept(id).title, &self.said, self.lexicon);
            hit.score -= score::PER_ADDED_WORD * hit.added.min(3) as f32;
        }
        match self.found.iter_mut().find(|known| known.id == hit.id) {
            Some(known) if known.score < hit.score => *known = hit,
            Some(_) => {}
            None => self.found.push(hit),
        }
    }

    /// Adds the concepts that the postings of a term name. `way` is the score of how the term was reached.
    pub(crate) fn add_term(&mut self, postings: impl Iterator<Item = Posting>, way: f32, via: Via) {
        for posting in postings {
            self.add(posting.concept, way * score::kind(posting.kind), via);
        }
    }

    /// The best concepts of `system` by number, best first.
    pub(crate) fn of_system(&self, system: &System) -> Vec<Hit> {
        let mut hits: Vec<_> =
            self.found.iter().copied().filter(|hit| self.pack.system_of(hit.id) == system).collect();
        hits.sort_by(|a, b| order(self.pack, a, b));
        hits
    }

    /// Every concept, best first.
    pub(crate) fn ranked(&self) -> Vec<Hit> {
        let mut hits = self.found.clone();
        hits.sort_by(|a, b| order(self.pack, a, b));
        hits
    }

    /// Whether a concept of `system` scores at least `threshold`.
    pub(crate) fn reach(&self, system: &System, threshold: f32) -> bool {
        self.found.iter().any(|hit| hit.score >= threshold && self.pack.system_of(hit.id) == system)
    }

    /// Whether nothing scores at least `threshold`.
    pub(crate) fn is_nil(&self, threshold: f32) -> bool {
        self.found.iter().all(|hit| hit.score < threshold)
    }
}

/// The hit as a candidate for output.
pub(crate) fn candidate(pack: &Pack, hit: Hit) -> Candidate {
    let concept = pack.concept(hit.id);
    Candidate {
        system: concept.system.clone(),
        code: concept.code.to_owned(),
        title: concept.title.to_owned(),
        score: hit.score.clamp(0.0, 1.0),
        via: hit.via,
    }
}

/// Better score first, then system, then the less specific concept, then code. Total: codes are unique in a system.
pub(crate) fn order(pack: &Pack, a: &Hit, b: &Hit) -> Ordering {
    // Concepts are read, which costs most, only where the score does not decide.
    b.score.total_cmp(&a.score).then_with(|| {
        let (one, other) = (pack.concept(a.id), pack.concept(b.id));
        one.system
            .cmp(other.system)
            .then_with(|| a.added.cmp(&b.added))
            .then_with(|| specificity(&one).cmp(&specificity(&other)))
            .then_with(|| one.code.cmp(other.code))
    })
}

/// How much a concept says beyond its category: a link must not say more than the text does (ICD-10-CM Official
/// Guidelines, section I.A.9.b and I.B.18: the unspecified code when the record has no more).
fn specificity(concept: &Concept<'_>) -> (bool, bool, usize) {
    let open = concept.title.contains("unspecified") || concept.title.contains("Unspecified");
    (!open, concept.billable, concept.code.len())
}

fn compatible(mention: Label, concept: Label) -> bool {
    mention == concept || mention == Label::Other || concept == Label::Other
}
