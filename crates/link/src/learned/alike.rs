use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::model::LinkModel;
use crate::likeness::are_opposites;

/// Wordings with less in common are not looked at.
const LEAST: f32 = 0.7;

/// The wordings that a model has seen, by the trigrams of their bytes.
pub(super) struct Wordings {
    /// Each with the number of its trigrams.
    forms: Vec<(String, usize)>,
    of_gram: FxHashMap<[u8; 3], Vec<usize>>,
}

impl Wordings {
    pub(super) fn of(model: &LinkModel) -> Self {
        let mut wordings = Self { forms: Vec::new(), of_gram: FxHashMap::default() };
        for (at, form) in model.wordings().enumerate() {
            let grams = grams(form);
            wordings.forms.push((form.to_owned(), grams.len()));
            for gram in grams {
                wordings.of_gram.entry(gram).or_default().push(at);
            }
        }
        wordings
    }

    /// The wording that shares most trigrams (Dice) with words in normal form, and their share. `Hypoactivity` is not like
    /// `hyperactivity`.
    pub(super) fn nearest(&self, form: &str) -> Option<(&str, f32)> {
        let grams = grams(form);
        let mut shared: FxHashMap<usize, usize> = FxHashMap::default();
        for &at in grams.iter().filter_map(|gram| self.of_gram.get(gram)).flatten() {
            *shared.entry(at).or_default() += 1;
        }
        let like = |(&at, &shared): (&usize, &usize)| {
            let (other, count) = &self.forms[at];
            (other.as_str(), 2.0 * shared as f32 / (grams.len() + count) as f32)
        };
        let near =
            shared.iter().map(like).filter(|&(other, like)| like >= LEAST && !are_opposites(form, other));
        near.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| Reverse(a.0).cmp(&Reverse(b.0))))
    }
}

/// The trigrams of a text, each once.
fn grams(form: &str) -> Vec<[u8; 3]> {
    let padded = format!(" {form} ");
    let mut grams: Vec<[u8; 3]> =
        padded.as_bytes().windows(3).map(|gram| [gram[0], gram[1], gram[2]]).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use clinlink_model::System;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("extrapyramidal sign", Some("extrapyramidal symptom"))]
    #[case("impairment of cognitive function", Some("impaired cognitive function"))]
    #[case::an_opposite("motor hyperactivity", None)]
    #[case::another_thing("pelvic fracture", None)]
    fn the_nearest_wording_is_found(#[case] form: &str, #[case] expected: Option<&str>) {
        let mut model = LinkModel::empty(System::MESH);
        let seen = ["extrapyramidal symptom", "impaired cognitive function", "motor hypoactivity", "symptom"];
        let links: BTreeSet<(String, String)> =
            seen.iter().map(|form| ((*form).to_owned(), "D1".to_owned())).collect();
        model.count(&links, &BTreeMap::new());
        assert_eq!(Wordings::of(&model).nearest(form).map(|(form, _)| form), expected);
    }
}
