//! Which terms may stand alone as mentions.
//!
//! A vocabulary holds thousands of terms that in running text are everyday words: `history`, `disease`, gene-like
//! synonyms such as `CAT`, `AS` or `WAS`, and chemicals named `Focus` or `Advance`. Marking them would flood every note
//! with false mentions.

use clinlink_model::{Label, System};
use clinlink_vocab::{Pack, Posting, TermKind, normal_form};

use crate::lexicon::Lexicon;

/// One-word terms of at most this many bytes need a sign that they are words rather than abbreviations.
const SHORT: usize = 5;

/// Shorter terms are abbreviations of too many things; those of one sense are in a list of their own.
const SHORTEST: usize = 3;

/// Decides for one pack.
pub(crate) struct Gate<'a> {
    pub(crate) pack: &'a Pack,
    pub(crate) lexicon: &'a Lexicon,
}

/// A term in the text, as the gate sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'t> {
    /// The words as they stand.
    pub(crate) surface: &'t str,
    /// Whether the words around are upper case too, so that upper case means nothing.
    pub(crate) shouting: bool,
    /// The pack's number of the term.
    pub(crate) value: u64,
    /// How many of its words are words of the term.
    pub(crate) used: usize,
}

impl Gate<'_> {
    /// The label and score of the mention, or `None` if the term may not stand alone here.
    pub(crate) fn admit(&self, found: Found<'_>, form: &str) -> Option<(Label, f32)> {
        let general = self.lexicon.general.contains(form) || self.pack.is_general(found.value);
        if general || !form.bytes().any(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        if found.surface.len() < SHORTEST {
            return None;
        }
        if found.used == 1 && found.surface.len() <= SHORT && !self.is_word_here(found, form) {
            return None;
        }
        if found.used == 1
            && self.postings(found.value).all(|posting| self.is_misread(found.surface, form, posting))
        {
            return None;
        }
        let label = self.label(found)?;
        let best = self.postings(found.value).filter(|p| self.pack.label_of(p.concept) == label);
        let score = best.map(|posting| trust(posting.kind)).fold(0.0, f32::max);
        Some((label, score))
    }

    /// Postings of kinds that a link may use.
    fn postings(&self, value: u64) -> impl Iterator<Item = Posting> + '_ {
        self.pack.postings(value).filter(|posting| posting.kind != TermKind::Related)
    }

    /// A short term is a word of some vocabulary in lower case (`gout`, `rash`), or stands in the text letter for letter
    /// as a vocabulary has it (`COPD`) where upper case says something.
    fn is_word_here(&self, found: Found<'_>, form: &str) -> bool {
        self.postings(found.value).any(|posting| self.has_word(posting, found, form))
    }

    /// Whether the concept has the word as [`is_word_here`](Self::is_word_here) asks for it.
    fn has_word(&self, posting: Posting, found: Found<'_>, form: &str) -> bool {
        // Mondo writes its acronyms in lower case (`soft`, `gave`): only its titles are words for sure.
        if *self.pack.system_of(posting.concept) == System::MONDO && posting.kind != TermKind::Title {
            return false;
        }
        let mut terms = self.pack.terms_of(posting.concept).filter(|&(_, kind)| kind != TermKind::Related);
        terms.any(|(term, _)| {
            let alike = term.len() <= found.surface.len() + 2 && normal_form(term) == form;
            alike && (is_lower(term) || term == found.surface && !found.shouting)
        })
    }

    /// Whether a text written as a word names a concept only as an acronym of several things would: `cold` is not COLD and
    /// `Star` no STAR syndrome, but `copd` is COPD, which is in the list of abbreviations.
    pub(crate) fn is_lower_acronym(&self, text: &str, form: &str, posting: Posting) -> bool {
        let lower = text.len() <= SHORT && text.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
        if !lower || self.lexicon.short_forms.contains_key(&text.to_ascii_uppercase()) {
            return false;
        }
        let found = Found { surface: text, shouting: false, value: 0, used: 1 };
        !self.has_word(posting, found, form)
    }

    /// Whether an abbreviation that our table has with several senses is one of the concept that the table does not
    /// know: `PD` may be Parkinson disease, but no disease of Paget. What stands around it has not told which it is.
    pub(crate) fn is_other_sense(&self, text: &str, posting: Posting) -> bool {
        let Some(senses) = self.lexicon.senses.get(text) else { return false };
        let is_sense = |term: &str| senses.contains(&normal_form(term));
        !self.pack.terms_of(posting.concept).any(|(term, _)| is_sense(term))
    }

    /// Whether an acronym that our table does not have is one of several things to the vocabulary of the concept: `PCA` is
    /// three rare diseases in Mondo, and none of them in a note on a patient's analgesia.
    pub(crate) fn is_ambiguous(&self, text: &str, value: u64, posting: Posting) -> bool {
        let is_acronym = text.len() <= SHORT && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_acronym || posting.kind != TermKind::Synonym || self.lexicon.short_forms.contains_key(text) {
            return false;
        }
        let system = self.pack.system_of(posting.concept);
        let is_below = |one, other| self.pack.parents(one).any(|parent| parent == other);
        self.postings(value).any(|other| {
            other.kind == TermKind::Synonym
                && other.concept != posting.concept
                && self.pack.system_of(other.concept) == system
                && !is_below(other.concept, posting.concept)
                && !is_below(posting.concept, other.concept)
        })
    }

    /// Whether an abbreviation happens to have the normal form of another word of the concept: `LUE` is no `lues`.
    pub(crate) fn is_misread(&self, text: &str, form: &str, posting: Posting) -> bool {
        if !self.lexicon.capitals.contains(text) && !self.lexicon.lowered.contains(text) {
            return false;
        }
        let mut alike = self
            .pack
            .terms_of(posting.concept)
            .map(|(term, _)| term)
            .filter(|term| normal_form(term) == form)
            .peekable();
        let single = text.strip_suffix('s').unwrap_or(text);
        let is_same = |term: &str| term.eq_ignore_ascii_case(text) || term.eq_ignore_ascii_case(single);
        alike.peek().is_some() && !alike.any(is_same)
    }

    /// Whether a term of one word, known in lower case only, is a word of some vocabulary rather than an acronym.
    pub(crate) fn is_word(&self, form: &str, value: u64) -> bool {
        self.is_word_here(Found { surface: form, shouting: false, value, used: 1 }, form)
    }

    /// The label that most concepts of the term have, surer kinds of term counting more. A chemical known only as a
    /// one-word supplementary record is too often an everyday word, unless clinicians have another name for it that is listed:
    /// `apixaban`, of which `Eliquis` is. Nor does a supplementary record stand against a code under which the very words are
    /// listed: `factor V Leiden` is what a patient has.
    fn label(&self, found: Found<'_>) -> Option<Label> {
        let mut votes = [0_u32; Label::ALL.len()];
        let is_code = |id| *self.pack.system_of(id) == System::ICD10CM;
        let is_coded = self.postings(found.value).any(|p| p.kind == TermKind::Index && is_code(p.concept));
        for posting in self.postings(found.value) {
            let id = posting.concept;
            let is_supplementary =
                || *self.pack.system_of(id) == System::MESH && self.pack.code(id).starts_with('C');
            let is_listed = || self.pack.terms_of(id).any(|(_, kind)| kind == TermKind::Index);
            let is_word = found.used == 1 && is_plain_word(found.surface);
            if (is_coded || is_word) && is_supplementary() && !is_listed() {
                continue;
            }
            let vote = match posting.kind {
                TermKind::Title => 4,
                TermKind::Synonym => 3,
                TermKind::Index => 2,
                TermKind::Related => 0,
            };
            votes[self.pack.label_of(id) as usize] += vote;
        }
        // First in the order of `Label::ALL` among equals: a problem before a chemical.
        let most = votes.iter().copied().max().filter(|&most| most > 0)?;
        Label::ALL.into_iter().find(|&label| votes[label as usize] == most)
    }
}

fn trust(kind: TermKind) -> f32 {
    match kind {
        TermKind::Title => 0.9,
        TermKind::Synonym => 0.85,
        TermKind::Index => 0.8,
        TermKind::Related => 0.5,
    }
}

/// Whether a term is written as a word: lower case after its first letter.
fn is_lower(term: &str) -> bool {
    term.len() > 1 && term.chars().skip(1).all(char::is_lowercase)
}

/// Letters only: `aspirin` but also `advance`; never `HA-1077`.
fn is_plain_word(surface: &str) -> bool {
    surface.bytes().all(|b| b.is_ascii_alphabetic())
}
