//! What a linker learns from linked mentions, and how it explains itself.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use clinlink_link::{LinkModel, LinkModelError, LinkedNote, LinkerConfig, PackLinker, learn_linker};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Label, Linker, Mention, MentionSource, Note, System, Via,
};
use support::{layout, pack};

/// Notes of a line each, whose words as a whole were linked to a code.
fn notes(lines: &[(&str, &str)]) -> Vec<LinkedNote> {
    lines
        .iter()
        .enumerate()
        .map(|(at, (words, code))| {
            let note = Note::new(format!("n{at}"), *words).unwrap();
            let annotated = AnnotatedMention { mention: whole(&note), assertion: None, links: vec![] };
            let layout = layout(&note);
            LinkedNote {
                note: AnnotatedNote { note, layout, expansions: vec![], mentions: vec![annotated] },
                concepts: vec![vec![(*code).to_owned()]],
            }
        })
        .collect()
}

fn whole(note: &Note) -> Mention {
    Mention { span: note.whole(), label: Label::Disease, score: 1.0, by: MentionSource::Given }
}

/// Ten notes each of words that no term has, of a term that annotators understand in another way, and of plain terms.
fn learnt() -> LinkModel {
    let lines =
        [("sugar disease", "E11"), ("pneumonia", "J15.9"), ("gout", "M10.9"), ("whooping cough", "A37")];
    let (model, share) =
        learn_linker(&pack(), &LinkerConfig::default(), &System::ICD10CM, &notes(&lines.repeat(10)));
    assert!(share > 0.99, "{share}");
    model
}

fn links(linker: &PackLinker, words: &str) -> Vec<(String, Via)> {
    let note = Note::new("new", words).unwrap();
    let links = linker.link(&note, &layout(&note), &[whole(&note)], &[]).remove(0);
    links.into_iter().map(|link| (link.code, link.via)).collect()
}

#[test]
fn words_that_were_linked_are_linked_again() {
    let config = LinkerConfig { search: false, part: false, ..LinkerConfig::default() };
    let plain = PackLinker::new(pack(), config.clone());
    let taught = PackLinker::new(pack(), config).with_model(Arc::new(learnt()));
    assert_eq!(links(&plain, "sugar disease"), []);
    assert_eq!(links(&taught, "Sugar diseases")[0], ("E11".to_owned(), Via::Learned));
    assert_eq!(links(&plain, "pneumonia")[0].0, "J18.9");
    assert_eq!(links(&taught, "pneumonia")[0].0, "J15.9", "as those did who linked it");
    assert_eq!(links(&taught, "Q fever"), []);
    assert_eq!(links(&taught, "Cyst of kidney")[0].0, "N28.1", "what was never seen is linked by the rules");
}

#[test]
fn a_model_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linker.json");
    let model = learnt();
    model.write(&path).unwrap();
    assert_eq!(LinkModel::read(&path).unwrap(), model);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"format\":1", "\"format\":9", 1)).unwrap();
    assert!(matches!(LinkModel::read(&path), Err(LinkModelError::OtherFormat { found: 9, .. })));
    std::fs::write(&path, "{\"secret\"").unwrap();
    let message = LinkModel::read(&path).unwrap_err().to_string();
    assert!(message.contains("clinlink train ranker") && !message.contains("secret"), "{message}");
}

#[test]
fn an_explanation_says_what_made_the_score_and_who_lost() {
    let note = Note::new("n", "pneumonia").unwrap();
    let linker = PackLinker::new(pack(), LinkerConfig::default());
    let mentions = [whole(&note)];
    let candidates = linker.explain(&note, &mentions, &[], 0).candidates;
    let first = &candidates[0];
    assert_eq!(
        (first.code.as_str(), first.kept, first.verdict.as_str()),
        ("J18.9", true, "first of its system")
    );
    let score: f64 =
        first.signs.iter().filter(|sign| sign.effect > 0.0).map(|sign| sign.effect).product::<f64>()
            + first.signs.iter().map(|sign| sign.effect.min(0.0)).sum::<f64>();
    assert!((score - f64::from(first.score)).abs() < 1e-4, "{first:?}");
    assert!(candidates[1].verdict.ends_with("behind the first"), "{:?}", candidates[1]);
    let links = linker.link(&note, &layout(&note), &mentions, &[]).remove(0);
    assert_eq!(links.len(), candidates.iter().filter(|candidate| candidate.kept).count());
}

#[test]
fn an_explanation_by_a_model_names_its_signs() {
    let note = Note::new("n", "sugar disease").unwrap();
    let linker = PackLinker::new(pack(), LinkerConfig::default()).with_model(Arc::new(learnt()));
    let explained = linker.explain(&note, &[whole(&note)], &[], 0);
    let signs = &explained.candidates[0].signs;
    assert!(signs.iter().any(|sign| sign.name == "words were seen"), "{signs:?}");
}
