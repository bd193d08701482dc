use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clinlink_model::{AnnotatedNote, Logistic, Mention, System};
use clinlink_vocab::{Pack, normal_form};

use super::features::{Features, NAMES};
use super::model::LinkModel;
use super::surroundings::Surroundings;
use crate::config::LinkerConfig;
use crate::linker::PackLinker;
use crate::query::{Long, expanded};

/// How many parts the notes are cut into.
const PARTS: usize = 5;

/// A note with the concepts of its mentions.
#[derive(Debug, Clone)]
pub struct LinkedNote {
    /// The note with its mentions and expansions.
    pub note: AnnotatedNote,
    /// The codes of each mention's concepts, in the order of the mentions: none where it is not known or NIL, several where
    /// the mention names several things.
    pub concepts: Vec<Vec<String>>,
}

/// The model that `notes` teach for the concepts of `system`, and the share of their mentions with a concept that it links
/// rightly when a fifth of the notes at a time is kept from it.
pub fn learn_linker(
    pack: &Arc<Pack>,
    config: &LinkerConfig,
    system: &System,
    notes: &[LinkedNote],
) -> (LinkModel, f64) {
    let counted = |held: Option<usize>| {
        let mut model = LinkModel::empty(system.clone());
        for (_, note) in notes.iter().enumerate().filter(|(at, _)| Some(at % PARTS) != held) {
            model.count(&links(note), &surroundings(note));
        }
        model
    };
    let mut examples: Vec<Vec<Vec<(Features, bool)>>> = Vec::with_capacity(PARTS);
    for part in 0..PARTS {
        let linker =
            PackLinker::new(Arc::clone(pack), config.clone()).with_model(Arc::new(counted(Some(part))));
        let held = notes.iter().enumerate().filter(|(at, _)| at % PARTS == part);
        examples.push(held.flat_map(|(_, note)| linker.observe(note)).collect());
    }
    let mut right = 0.0;
    for part in 0..PARTS {
        let others = examples.iter().enumerate().filter(|&(at, _)| at != part).flat_map(|(_, all)| all);
        let weights = Logistic::fit(&NAMES, &others.flatten().copied().collect::<Vec<_>>());
        right +=
            examples[part].iter().filter(|candidates| is_first_right(&weights, candidates)).count() as f64;
    }
    let mentions: usize = examples.iter().map(Vec::len).sum();
    let all: Vec<(Features, bool)> = examples.into_iter().flatten().flatten().collect();
    let weights = Logistic::fit(&NAMES, &all);
    (counted(None).with_weights(weights), right / mentions.max(1) as f64)
}

/// Whether the likeliest candidate is right.
fn is_first_right(weights: &Logistic, candidates: &[(Features, bool)]) -> bool {
    let likelier = |a: &&(Features, bool), b: &&(Features, bool)| {
        weights.probability(&a.0).total_cmp(&weights.probability(&b.0))
    };
    candidates.iter().max_by(likelier).is_some_and(|(_, right)| *right)
}

/// What a note links, each once: the normal form of words, and of their long form, with the code of the concept.
fn links(linked: &LinkedNote) -> BTreeSet<(String, String)> {
    let mut links = BTreeSet::new();
    let note = &linked.note;
    for (mention, codes) in note.mentions.iter().map(|m| &m.mention).zip(&linked.concepts) {
        for form in forms(note, mention) {
            links.extend(codes.iter().map(|code| (form.clone(), code.clone())));
        }
    }
    links
}

/// What stands around each concept of a note, by its code.
fn surroundings(linked: &LinkedNote) -> BTreeMap<String, Surroundings<'_>> {
    let codes: BTreeSet<&String> = linked.concepts.iter().flatten().collect();
    let AnnotatedNote { note, layout, mentions, .. } = &linked.note;
    let around = |code: &&String| {
        let named = mentions.iter().zip(&linked.concepts).filter(|(_, codes)| codes.contains(code));
        let others = codes.iter().filter(|&other| other != code).map(|other| other.as_str());
        Surroundings::of((note, layout), named.map(|(one, _)| one.mention.span), others.collect())
    };
    codes.iter().map(|code| ((*code).clone(), around(code))).collect()
}

fn forms(note: &AnnotatedNote, mention: &Mention) -> Vec<String> {
    let mut forms = vec![normal_form(&note.note[mention.span])];
    if let Some(Long { text, .. }) = expanded(&note.note, mention, &note.expansions) {
        forms.push(normal_form(&text));
    }
    forms.retain(|form| !form.is_empty());
    forms
}
