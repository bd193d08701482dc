//! What a linker learns from linked mentions, and how it explains itself.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use clinlink_link::{Effect, LinkModel, LinkModelError, LinkedNote, LinkerConfig, PackLinker, learn_linker};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Label, Layout, Linker, Mention, MentionSource, Note, SectionKind,
    System, Via,
};
use rstest::rstest;
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

/// A note that begins with `MS`, in a section of that kind. Its other lines are mentions.
fn note_of_ms(id: usize, text: &str, kind: SectionKind) -> (Note, Layout, Vec<Mention>) {
    let note = Note::new(format!("ms{id}"), text).unwrap();
    let mut layout = layout(&note);
    layout.sections[0].kind = kind;
    let words = std::iter::once("MS").chain(text.lines().skip(1));
    let spans = words.map(|words| {
        let start = text.find(words).unwrap();
        note.span(start..start + words.len()).unwrap()
    });
    let mentions = spans.map(|span| Mention { span, ..whole(&note) }).collect();
    (note, layout, mentions)
}

/// Twenty notes each in which coders read `MS` in one way and in the other.
#[rstest]
#[case::words_of_the_sentence(
    "words of the sentence",
    ("MS with a murmur over the valve", SectionKind::Unknown),
    ("MS with a relapse and new plaques", SectionKind::Unknown),
)]
#[case::the_section(
    "section",
    ("MS", SectionKind::PhysicalExam),
    ("MS", SectionKind::ProblemList)
)]
#[case::what_else_the_note_names(
    "other concepts of the note",
    ("MS\natrial fibrillation", SectionKind::Unknown),
    ("MS\noptic neuritis", SectionKind::Unknown),
)]
fn what_stands_around_an_abbreviation_decides_what_it_names(
    #[case] sign: &str,
    #[case] of_mitral_stenosis: (&str, SectionKind),
    #[case] of_multiple_sclerosis: (&str, SectionKind),
) {
    let senses = [(of_mitral_stenosis, "I34.2"), (of_multiple_sclerosis, "G35")];
    let linked = (0..40).map(|id| {
        let ((text, kind), code) = senses[id % 2];
        let (note, layout, mentions) = note_of_ms(id, text, kind);
        let others = ["atrial fibrillation", "optic neuritis"].map(|words| text.ends_with(words));
        let mut concepts = vec![vec![code.to_owned()]];
        concepts.extend(others[0].then(|| vec!["I48".to_owned()]));
        concepts.extend(others[1].then(|| vec!["H46".to_owned()]));
        let annotated = |mention| AnnotatedMention { mention, assertion: None, links: vec![] };
        let mentions = mentions.into_iter().map(annotated).collect();
        LinkedNote { note: AnnotatedNote { note, layout, expansions: vec![], mentions }, concepts }
    });
    let notes: Vec<LinkedNote> = linked.collect();
    let (model, share) = learn_linker(&pack(), &LinkerConfig::default(), &System::ICD10CM, &notes);
    assert!(share > 0.99, "{share}");
    let linker = PackLinker::new(pack(), LinkerConfig::default()).with_model(Arc::new(model));
    for ((text, kind), code) in senses {
        let (note, layout, mentions) = note_of_ms(99, text, kind);
        assert_eq!(linker.link(&note, &layout, &mentions, &[])[0][0].code, code, "{text:?}");
        let explained = linker.explain((&note, &layout), &mentions, &[], 0);
        let first = &explained.candidates[0];
        assert!(first.signs.iter().any(|of| of.name == sign && of.effect > 1.0), "{first:?}");
    }
}

#[test]
fn a_model_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linker.json");
    let model = learnt();
    model.write(&path).unwrap();
    assert_eq!(LinkModel::read(&path).unwrap(), model);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"format\":2", "\"format\":9", 1)).unwrap();
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
    let candidates = linker.explain((&note, &layout(&note)), &mentions, &[], 0).candidates;
    let first = &candidates[0];
    assert_eq!(
        (first.code.as_str(), first.kept, first.verdict.as_str()),
        ("J18.9", true, "first of its system")
    );
    let effects = |by: Effect| first.signs.iter().filter(move |sign| sign.by == by).map(|sign| sign.effect);
    let score = effects(Effect::Factor).product::<f64>() + effects(Effect::Addition).sum::<f64>();
    assert!((score - f64::from(first.score)).abs() < 1e-4, "{first:?}");
    assert!(candidates[1].verdict.ends_with("behind the first"), "{:?}", candidates[1]);
    let links = linker.link(&note, &layout(&note), &mentions, &[]).remove(0);
    assert_eq!(links.len(), candidates.iter().filter(|candidate| candidate.kept).count());
}

#[test]
fn an_explanation_by_a_model_names_its_signs() {
    let note = Note::new("n", "sugar disease").unwrap();
    let linker = PackLinker::new(pack(), LinkerConfig::default()).with_model(Arc::new(learnt()));
    let explained = linker.explain((&note, &layout(&note)), &[whole(&note)], &[], 0);
    let signs = &explained.candidates[0].signs;
    assert!(signs.iter().any(|sign| sign.name == "words were seen"), "{signs:?}");
    let odds: f64 = signs.iter().map(|sign| sign.effect).sum();
    assert!(signs.iter().all(|sign| sign.by == Effect::LogOdds) && odds > 0.0, "{signs:?}");
}
