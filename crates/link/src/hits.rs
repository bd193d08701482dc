use std::cmp::Ordering;
use std::sync::Arc;

use clinlink_model::{Candidate, Label, System, Via};
use clinlink_vocab::{Concept, ConceptId, Pack, Posting, TermKind, is_function_word, normal_words};
use rustc_hash::FxHashSet;

use crate::crosswalk::is_origin;
use crate::learned::Seen;
use crate::lexicon::Lexicon;
use crate::score;
use crate::source::Knowledge;
use crate::title::{added_words, is_fragment, is_manifestation, same};

/// A concept with how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hit {
    pub(crate) id: ConceptId,
    pub(crate) score: f32,
    pub(crate) via: Via,
    /// The score by the rules alone: 0 for a concept that was only learnt.
    pub(crate) rule: f32,
    /// How the rules reached it.
    pub(crate) rule_via: Via,
    /// What sort of term the rules reached, if it was one.
    pub(crate) kind: Option<TermKind>,
    /// The concept whose cross-reference leads here, if one does.
    pub(crate) from: Option<ConceptId>,
    /// Which of several things that the mention names, from 1; 0 if it names one.
    pub(crate) conjunct: u8,
    /// Words of the title that the mention does not have.
    pub(crate) added: usize,
}

impl Hit {
    /// Whether the very words are listed under a code: who did so has looked at its title.
    fn is_listed(&self) -> bool {
        let by_name = matches!(self.rule_via, Via::Exact | Via::Normal | Via::Abbreviation);
        by_name && self.kind == Some(TermKind::Index)
    }

    /// What added words cost. Of what another system refers to they only break ties: its titles are worded in their own way.
    pub(crate) fn penalty(&self) -> f32 {
        let is_free = self.is_listed() || self.rule_via == Via::Crosswalk;
        if is_free { 0.0 } else { score::PER_ADDED_WORD * self.added.min(3) as f32 }
    }

    /// Takes over what another hit of the same concept has better.
    fn improve(&mut self, other: Self) {
        let (score, via) =
            if other.score > self.score { (other.score, other.via) } else { (self.score, self.via) };
        if other.rule > self.rule {
            *self = other;
        }
        (self.score, self.via) = (score, via);
    }
}

/// The concepts found for one mention, each once, with its best score.
pub(crate) struct Hits {
    pack: Arc<Pack>,
    lexicon: Arc<Lexicon>,
    label: Label,
    /// The mention's words in normal form.
    said: Vec<String>,
    /// Those that say something.
    pub(crate) form: String,
    /// What the model has seen of the mention's words.
    pub(crate) seen: Seen,
    /// What it has seen of words that are like them.
    pub(crate) alike: Seen,
    found: Vec<Hit>,
}

impl Hits {
    /// Collects concepts that fit a mention of the given words and label.
    pub(crate) fn new(with: &Knowledge, text: &str, label: Label) -> Self {
        let said: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
        let content: Vec<&str> =
            said.iter().map(String::as_str).filter(|word| !is_function_word(word)).collect();
        let form = content.join(" ");
        Self {
            pack: Arc::clone(&with.pack),
            lexicon: Arc::clone(&with.lexicon),
            label,
            said,
            form,
            seen: Seen::default(),
            alike: Seen::default(),
            found: Vec::new(),
        }
    }

    /// Adds a concept, unless its label is another one than the mention's. A concept already there keeps its better
    /// score. A concept of a tabular list loses for each word that its title adds to the mention, and a piece of its
    /// name is no name.
    pub(crate) fn add(&mut self, id: ConceptId, score: f32, via: Via) {
        self.add_reached(id, score, via, None, None);
    }

    /// Adds the concepts that the postings of a term name. `way` is the score of how the term was reached.
    pub(crate) fn add_term(&mut self, postings: impl Iterator<Item = Posting>, way: f32, via: Via) {
        for posting in postings {
            let score = way * score::kind(posting.kind);
            self.add_reached(posting.concept, score, via, Some(posting.kind), None);
        }
    }

    /// Adds a concept that another one refers to.
    pub(crate) fn add_reference(&mut self, from: ConceptId, id: ConceptId, score: f32) {
        self.add_reached(id, score, Via::Crosswalk, None, Some(from));
    }

    /// Takes the findings of HPO to which the very words are loosely related, where a title has one of the words and says nothing
    /// of birth: `lung cancer` is nearer to `Neoplasm of the lung` than to any cancer. The loosely related terms of other
    /// systems are those of rare kinds.
    pub(crate) fn believe_related(&mut self) {
        let of_system = self.of_system(&System::HPO);
        let by_name = |hit: &Hit| matches!(hit.rule_via, Via::Exact | Via::Normal | Via::Abbreviation);
        for hit in of_system.into_iter().filter(|hit| hit.kind == Some(TermKind::Related) && by_name(hit)) {
            let title: Vec<String> =
                normal_words(self.pack.title(hit.id)).into_iter().map(|word| word.form).collect();
            if self.share_words(&title) && !title.iter().any(|word| is_origin(word)) {
                self.add(hit.id, score::BELIEVED, hit.via);
            }
        }
    }

    /// Takes over what was found for one of several things that the mention names, numbered from 1; 0 if only one is known.
    pub(crate) fn take(&mut self, other: Hits, conjunct: u8) {
        for hit in other.found {
            let hit = Hit { conjunct, ..hit };
            match self.found.iter_mut().find(|known| known.id == hit.id) {
                Some(known) => known.improve(hit),
                None => self.found.push(hit),
            }
        }
    }

    fn add_reached(
        &mut self,
        id: ConceptId,
        score: f32,
        via: Via,
        kind: Option<TermKind>,
        from: Option<ConceptId>,
    ) {
        if !compatible(self.label, self.pack.label_of(id)) {
            return;
        }
        let origin = from.and_then(|from| self.found.iter().find(|hit| hit.id == from));
        let conjunct = origin.map_or(0, |origin| origin.conjunct);
        let mut hit = Hit { id, score, via, rule: score, rule_via: via, kind, from, conjunct, added: 0 };
        let system = self.pack.system_of(id);
        let by_words = !matches!(via, Via::Crosswalk | Via::Learned | Via::Subdivision);
        let is_icd = *system == System::ICD10CM || *system == System::ICD9CM;
        if is_icd && by_words && !hit.is_listed() && is_fragment(&self.pack, id, &self.form) {
            return;
        }
        if *system == System::ICD10CM && by_words || is_icd && via == Via::Crosswalk {
            hit.added = self.added(id);
            hit.score -= hit.penalty();
        }
        hit.rule = if via == Via::Learned { 0.0 } else { hit.score };
        match self.found.iter_mut().find(|known| known.id == hit.id) {
            Some(known) => known.improve(hit),
            None => self.found.push(hit),
        }
    }

    /// Whether the concept is labelled as the mention is.
    pub(crate) fn is_of_label(&self, id: ConceptId) -> bool {
        self.pack.label_of(id) == self.label
    }

    /// Whether the mention has the word, in normal form, or another form of it.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.said.iter().any(|said| same(word, said, &self.lexicon))
    }

    /// Whether the mention has one of the words, in normal form.
    pub(crate) fn says_any(&self, words: &FxHashSet<String>) -> bool {
        self.said.iter().any(|said| words.contains(said))
    }

    /// Whether a word of the mention that says something is among the words given, or another form of it is.
    pub(crate) fn share_words(&self, words: &[String]) -> bool {
        let is_in = |said: &&String| words.iter().any(|word| same(word, said, &self.lexicon));
        self.said.iter().filter(|said| !is_function_word(said)).any(|said| is_in(&said))
    }

    /// Words of a concept's title that the mention does not have.
    pub(crate) fn added(&self, id: ConceptId) -> usize {
        added_words(self.pack.title(id), &self.said, &self.lexicon)
    }

    /// The best concepts of `system` by number, best first.
    pub(crate) fn of_system(&self, system: &System) -> Vec<Hit> {
        let mut hits: Vec<_> =
            self.found.iter().copied().filter(|hit| self.pack.system_of(hit.id) == system).collect();
        hits.sort_by(|a, b| order(&self.pack, a, b));
        hits
    }

    /// Every concept, best first.
    pub(crate) fn ranked(&self) -> Vec<Hit> {
        let mut hits = self.found.clone();
        hits.sort_by(|a, b| order(&self.pack, a, b));
        hits
    }

    /// Whether a concept of `system` scores at least `threshold`.
    pub(crate) fn reach(&self, system: &System, threshold: f32) -> bool {
        self.found.iter().any(|hit| hit.score >= threshold && self.pack.system_of(hit.id) == system)
    }

    /// The same without cross-references.
    pub(crate) fn reach_by_words(&self, system: &System, threshold: f32) -> bool {
        let is_word = |hit: &&Hit| hit.via != Via::Crosswalk && hit.score >= threshold;
        self.found.iter().filter(is_word).any(|hit| self.pack.system_of(hit.id) == system)
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
        conjunct: hit.conjunct,
    }
}

/// Better score first, then system, then what stands on its own, then the less specific concept, then code. Total: codes are unique in a system.
pub(crate) fn order(pack: &Pack, a: &Hit, b: &Hit) -> Ordering {
    // Concepts are read, which costs most, only where the score does not decide.
    b.score.total_cmp(&a.score).then_with(|| {
        let (one, other) = (pack.concept(a.id), pack.concept(b.id));
        one.system
            .cmp(other.system)
            .then_with(|| is_manifestation(one.title).cmp(&is_manifestation(other.title)))
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

/// Whether a mention may name a concept, by their labels.
pub(crate) fn compatible(mention: Label, concept: Label) -> bool {
    mention == concept || mention == Label::Other || concept == Label::Other
}
