//! Full-text search.

use std::collections::HashMap;

use clinlink_model::Label;

use super::Pack;
use crate::entry::ConceptId;
use crate::normal::normal_words;
use crate::pack_error::PackError;
use crate::text_index::TextIndex;
use crate::write::SEARCH;

/// Terms looked at for each concept that is wanted. Where the label asked for is rare, its concepts may stand far down:
/// to look for them to the end takes longer than everything else, and what stands there shares one common word.
const MOST_TERMS: usize = 128;

impl Pack {
    /// Full-text search over terms: at most `limit` concepts with BM25 scores, best first, ties by concept id;
    /// of one label only if given, among the best 128 terms for each concept that is wanted.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn search(
        &self,
        words: &str,
        label: Option<Label>,
        limit: usize,
    ) -> Result<Vec<(ConceptId, f32)>, PackError> {
        let mut words: Vec<String> = normal_words(words).into_iter().map(|word| word.form).collect();
        words.sort_unstable();
        words.dedup();
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let index = self.text_index()?;
        let most = limit.saturating_mul(MOST_TERMS);
        let mut wanted = limit.saturating_mul(2);
        loop {
            let terms = index.search(&words, wanted).map_err(|cause| self.failed(cause))?;
            let complete = terms.len() < wanted || wanted >= most;
            let concepts = self.named_by(&terms, label);
            if complete || concepts.len() >= limit {
                return Ok(concepts.into_iter().take(limit).collect());
            }
            wanted = wanted.saturating_mul(4);
        }
    }

    /// In how many terms a word in normal form stands.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn word_frequency(&self, word: &str) -> Result<u64, PackError> {
        self.text_index()?.frequency(word).map_err(|cause| self.failed(cause))
    }

    /// The words of terms within `edits` of `word`, 1 or 2, in normal form, with the number of terms that hold them, in the
    /// order of their bytes. An edit adds, drops or changes a character, or swaps two neighbours. Words within two edits
    /// begin as `word` does.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn near_words(&self, word: &str, edits: u8) -> Result<Vec<(String, u32)>, PackError> {
        self.text_index()?.near(word, edits).map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: tantivy::TantivyError) -> PackError {
        PackError::TextIndex { path: self.path.join(SEARCH), cause }
    }

    /// The concepts that terms name, each with its best score, best first, ties by id.
    fn named_by(&self, terms: &[(u64, f32)], label: Option<Label>) -> Vec<(ConceptId, f32)> {
        let mut best: HashMap<ConceptId, f32> = HashMap::new();
        for &(term, score) in terms {
            for posting in self.postings(term) {
                if label.is_none_or(|label| self.label_of(posting.concept) == label) {
                    // Terms come best first.
                    best.entry(posting.concept).or_insert(score);
                }
            }
        }
        let mut found: Vec<_> = best.into_iter().collect();
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }

    fn text_index(&self) -> Result<&TextIndex, PackError> {
        if let Some(open) = self.text_index.get() {
            return Ok(open);
        }
        let opened = TextIndex::open(&self.path.join(SEARCH))?;
        Ok(self.text_index.get_or_init(|| opened))
    }
}
