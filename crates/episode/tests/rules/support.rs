//! Notes, packs and code sets for the tests of the rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Candidate, CodeEntry, Coder, Cue, Episode, Label, Layout,
    Mention, MentionSource, Note, Section, SectionKind, Sentence, Status, System, Temporality, Token, Via,
};
use clinlink_vocab::{NoteKind, Pack, PackBuilder};

/// A few codes with their hierarchy and notes.
pub fn pack() -> Arc<Pack> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    let mut code = |code: &str, title: &str, parent: &str, billable: bool| {
        builder.concept(&System::ICD10CM, code, title, Label::Disease).billable(billable);
        if !parent.is_empty() {
            builder.parent(parent);
        }
    };
    code("E11", "Type 2 diabetes mellitus", "", false);
    code("E11.2", "Type 2 diabetes mellitus with kidney complications", "E11", false);
    code("E11.21", "Type 2 diabetes mellitus with diabetic nephropathy", "E11.2", true);
    code("E11.9", "Type 2 diabetes mellitus without complications", "E11", true);
    code("M25.56", "Pain in knee", "", false);
    code("M25.561", "Pain in right knee", "M25.56", true);
    code("M25.562", "Pain in left knee", "M25.56", true);
    code("M25.569", "Pain in unspecified knee", "M25.56", true);
    code("J18", "Pneumonia, unspecified organism", "", false);
    code("J18.1", "Lobar pneumonia, unspecified organism", "J18", true);
    code("J18.9", "Pneumonia, unspecified organism", "J18", true);
    code("L89", "Pressure ulcer", "", false);
    code("L89.1", "Pressure ulcer of back", "L89", true);
    code("S52.50", "Fracture of radius", "", false);
    code("S52.50XA", "Fracture of radius, initial encounter for closed fracture", "S52.50", true);
    code("S52.50XD", "Fracture of radius, subsequent encounter", "S52.50", true);
    code("T14.90", "Injury, unspecified", "", false);
    code("T14.90XA", "Injury, unspecified, initial encounter", "T14.90", true);
    code("T14.90XS", "Injury, unspecified, sequela", "T14.90", true);
    code("J96.9", "Respiratory failure, unspecified", "", false);
    code("J96.90", "Respiratory failure, unspecified, unspecified whether with hypoxia", "J96.9", true);
    code("R18", "Ascites", "", false);
    code("R18.0", "Malignant ascites", "R18", true);
    code("R18.8", "Other ascites", "R18", true);
    code("C50.9", "Malignant neoplasm of breast", "", true);
    code("Z85.3", "Personal history of malignant neoplasm of breast", "", true);
    code("R05", "Cough", "", true);
    code("Q21", "Congenital heart defect", "", true);
    code("I51", "Acquired heart defect", "", true);
    builder.note(NoteKind::Excludes1, "congenital heart defect (Q21)");
    let symptom = builder.concept(&System::ICD10CM, "R09.89", "Other respiratory symptoms", Label::Disease);
    symptom.billable(true).note(NoteKind::Excludes1, "respiratory failure (J96.-)");
    builder.write(&path).unwrap();
    Arc::new(Pack::open(&path).unwrap())
}

/// One mention: its words, the code that it is linked to, and how it is meant.
pub struct Said(pub &'static str, pub &'static str, pub Option<Assertion>);

/// Words that are meant as they stand.
pub fn plain(words: &'static str, code: &'static str) -> Said {
    Said(words, code, Some(Assertion::plain()))
}

/// A note of one section, one sentence a line.
pub fn note(id: &str, section: SectionKind, text: &str, said: &[Said]) -> AnnotatedNote {
    let note = Note::new(id, text).unwrap();
    let sentences = note
        .text()
        .lines()
        .map(|line| Sentence { span: note.span_of(line), tokens: 0..0, section: 0 })
        .collect();
    let tokens = note.text().split_whitespace().map(|word| Token { span: note.span_of(word) }).collect();
    let sections = vec![Section { kind: section, header: None, span: note.whole(), parent: None }];
    let mentions = said
        .iter()
        .map(|Said(words, code, assertion)| {
            let at = text.find(words).unwrap();
            let span = note.span(at..at + words.len()).unwrap();
            let link = Candidate {
                system: System::ICD10CM,
                code: (*code).into(),
                title: (*code).into(),
                score: 1.0,
                via: Via::Exact,
                conjunct: 0,
            };
            AnnotatedMention {
                mention: Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given },
                assertion: assertion.clone(),
                links: vec![link],
            }
        })
        .collect();
    AnnotatedNote {
        note,
        layout: Layout { sections, sentences, tokens, ..Layout::default() },
        expansions: vec![],
        mentions,
    }
}

/// The code set of notes.
pub fn code(notes: Vec<AnnotatedNote>) -> Vec<CodeEntry> {
    code_by(&RuleCoder::new(pack(), CoderConfig::default()), notes)
}

/// The code set of notes by a coder. Whatever it is, every code has evidence, a reason and rules of the catalogue.
pub fn code_by(coder: &RuleCoder, notes: Vec<AnnotatedNote>) -> Vec<CodeEntry> {
    let episode = Episode { id: "e".into(), notes, repeats: vec![] };
    let known: BTreeSet<&str> = coder.rules().iter().map(|rule| rule.id.as_str()).collect();
    let set = coder.code(&episode);
    let mut fired = BTreeSet::new();
    for entry in &set.codes {
        assert!(!entry.evidence.is_empty() || !entry.facts.is_empty(), "{} has no evidence", entry.code);
        assert!(!entry.reason.is_empty() && !entry.rules.is_empty());
        assert!((0.0..=1.0).contains(&entry.score));
        assert!(entry.rules.iter().all(|rule| known.contains(rule.as_str())), "{:?}", entry.rules);
        fired.extend(entry.rules.iter().cloned());
        for evidence in &entry.evidence {
            assert!(!episode.notes[evidence.note].note[evidence.span].is_empty());
        }
    }
    assert_eq!(set.rules.iter().map(|rule| rule.id.clone()).collect::<BTreeSet<_>>(), fired);
    set.codes
}

/// A coder whose pack holds these codes with their titles; each that another one begins with and extends is its parent and
/// not billable.
pub fn titled(codes: &[(&str, &str)]) -> RuleCoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    for (code, title) in codes {
        let is_leaf = codes.iter().all(|(other, _)| other == code || !other.starts_with(code));
        builder.concept(&System::ICD10CM, code, title, Label::Disease).billable(is_leaf);
        let above = codes.iter().filter(|(other, _)| other != code && code.starts_with(other));
        if let Some((parent, _)) = above.max_by_key(|(other, _)| other.len()) {
            builder.parent(parent);
        }
    }
    builder.write(&path).unwrap();
    RuleCoder::new(Arc::new(Pack::open(&path).unwrap()), CoderConfig::default())
}

/// A coder whose pack holds these codes, each billable and alone.
pub fn coder(codes: &[&str], config: CoderConfig) -> RuleCoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    for code in codes.iter().copied().collect::<BTreeSet<_>>() {
        builder.concept(&System::ICD10CM, code, code, Label::Disease).billable(true);
    }
    builder.write(&path).unwrap();
    RuleCoder::new(Arc::new(Pack::open(&path).unwrap()), config)
}

/// The entry of a code.
pub fn of<'c>(codes: &'c [CodeEntry], code: &str) -> &'c CodeEntry {
    codes.iter().find(|entry| entry.code == code).unwrap_or_else(|| panic!("no {code} in {codes:?}"))
}

/// The accepted codes, in order.
pub fn accepted(codes: &[CodeEntry]) -> BTreeSet<&str> {
    let accepted = codes.iter().filter(|entry| entry.status == Status::Accepted);
    accepted.map(|entry| entry.code.as_str()).collect()
}

/// A note that names each code once, plainly, in a line of its own.
pub fn naming(codes: &'static [&'static str]) -> AnnotatedNote {
    let said: Vec<Said> = codes.iter().map(|code| plain(code, code)).collect();
    note("n", SectionKind::Unknown, codes.join("\n").leak(), &said)
}

/// The only code of a note.
pub fn one(section: SectionKind, text: &str, said: &[Said]) -> CodeEntry {
    let mut codes = code(vec![note("n", section, text, said)]);
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes.remove(0)
}

#[expect(clippy::unnecessary_wraps, reason = "as a mention holds it")]
/// A changed plain assertion.
pub fn with(change: impl FnOnce(&mut Assertion)) -> Option<Assertion> {
    let mut assertion = Assertion::plain();
    change(&mut assertion);
    Some(assertion)
}

/// Of the past, by the rule of a cue.
pub fn historical(cue: Option<&'static str>) -> Option<Assertion> {
    let note = Note::new("cue", "cue").unwrap();
    with(|a| {
        a.temporality = Temporality::Historical;
        a.cues.extend(cue.map(|rule| Cue { span: note.whole(), rule: rule.into(), scope: note.whole() }));
    })
}
