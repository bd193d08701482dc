//! What is wrong with a part of the body, said in one of many words: `bladder damage`, `mitochondrial dysfunction`, `ocular
//! abnormalities`, `skin lesions`.
//!
//! Vocabularies name the general problem of a site as its disease, disorder or abnormality. A head that says only that
//! something is wrong is taken for each of these; the link says no more than the text. An injury stays an injury: it
//! is coded elsewhere.

use clinlink_model::{Label, Via};
use clinlink_vocab::normal_words;

use crate::hits::Hits;
use crate::query::Query;
use crate::reduce::reduce;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// The general problem of a site.
pub(crate) struct GeneralDisorder;

/// What vocabularies call it, the commonest name first.
const NAMES: [&str; 3] = ["disease", "disorder", "abnormality"];

impl Source for GeneralDisorder {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        if query.label != Label::Disease {
            return;
        }
        let words: Vec<String> = normal_words(query.full()).into_iter().map(|word| word.form).collect();
        let Some(at) = words.iter().rposition(|word| says_only_that_it_is_wrong(word)) else { return };
        if words.len() < 2 {
            return;
        }
        for name in NAMES.into_iter().filter(|name| *name != words[at]) {
            let mut wording = words.clone();
            name.clone_into(&mut wording[at]);
            reduce(&wording, (score::GENERAL, Via::Search), with, hits);
        }
    }
}

fn says_only_that_it_is_wrong(word: &str) -> bool {
    matches!(
        word,
        "disease"
            | "disorder"
            | "abnormality"
            | "anomaly"
            | "damage"
            | "lesion"
            | "dysfunction"
            | "impairment"
            | "toxicity"
            | "complication"
            | "disturbance"
            | "problem"
            | "trouble"
            | "manifestation"
            | "involvement"
            | "pathology"
            | "change"
            | "alteration"
            | "defect"
            | "illness"
    )
}
