//! Every rule of the coder: cases that set it off, and cases that must not.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use clinlink_episode::{Coded, CoderConfig, CoderModel, LearnedTagger, Learner, Outcomes, RuleCoder, rules};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Candidate, Certainty, CodeEntry, Coder, Cue, Episode,
    Experiencer, Label, Layout, Mention, MentionSource, Note, Place, Polarity, Repeat, Section, SectionKind,
    Sentence, Status, System, Tagger, Temporality, Token, Via,
};
use clinlink_vocab::{NoteKind, Pack, PackBuilder};
use rstest::rstest;

fn pack() -> Arc<Pack> {
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
struct Said(&'static str, &'static str, Option<Assertion>);

fn plain(words: &'static str, code: &'static str) -> Said {
    Said(words, code, Some(Assertion::plain()))
}

fn note(id: &str, section: SectionKind, text: &str, said: &[Said]) -> AnnotatedNote {
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

fn code(notes: Vec<AnnotatedNote>) -> Vec<CodeEntry> {
    let episode = Episode { id: "e".into(), notes, repeats: vec![] };
    let codes = RuleCoder::new(pack(), CoderConfig::default()).code(&episode).codes;
    for entry in &codes {
        assert!(!entry.evidence.is_empty(), "{} has no evidence", entry.code);
        assert!(!entry.reason.is_empty() && !entry.rules.is_empty());
        assert!((0.0..=1.0).contains(&entry.score));
        assert!(entry.rules.iter().all(|rule| rules::ALL.contains(&rule.as_str())), "{:?}", entry.rules);
        for evidence in &entry.evidence {
            assert!(!episode.notes[evidence.note].note[evidence.span].is_empty());
        }
    }
    codes
}

fn one(section: SectionKind, text: &str, said: &[Said]) -> CodeEntry {
    let mut codes = code(vec![note("n", section, text, said)]);
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes.remove(0)
}

#[expect(clippy::unnecessary_wraps, reason = "as a mention holds it")]
fn with(change: impl FnOnce(&mut Assertion)) -> Option<Assertion> {
    let mut assertion = Assertion::plain();
    change(&mut assertion);
    Some(assertion)
}

fn historical(cue: Option<&'static str>) -> Option<Assertion> {
    let note = Note::new("cue", "cue").unwrap();
    with(|a| {
        a.temporality = Temporality::Historical;
        a.cues.extend(cue.map(|rule| Cue { span: note.whole(), rule: rule.into(), scope: note.whole() }));
    })
}

#[rstest]
#[case(with(|_| {}), Status::Accepted, rules::AFFIRMED)]
#[case(None, Status::Rejected, rules::NOT_ASSESSED)]
#[case(with(|a| a.polarity = Polarity::Negated), Status::Rejected, rules::NEGATED)]
#[case(with(|a| a.experiencer = Experiencer::Family), Status::Rejected, rules::FAMILY)]
#[case(with(|a| a.experiencer = Experiencer::Other), Status::Rejected, rules::OTHER_PERSON)]
#[case(with(|a| a.temporality = Temporality::Hypothetical), Status::Rejected, rules::HYPOTHETICAL)]
#[case(with(|a| a.certainty = Certainty::Possible), Status::Review, rules::UNCERTAIN)]
#[case(with(|a| a.certainty = Certainty::Probable), Status::Review, rules::UNCERTAIN)]
#[case(historical(Some("history_of")), Status::Rejected, rules::HISTORICAL)]
#[case(historical(Some("section:past_medical_history")), Status::Review, rules::HISTORY_SECTION)]
fn assertions_decide(#[case] assertion: Option<Assertion>, #[case] status: Status, #[case] rule: &str) {
    let entry = one(SectionKind::Unknown, "lobar pneumonia", &[Said("lobar pneumonia", "J18.1", assertion)]);
    assert_eq!((entry.status, entry.rules), (status, vec![rule.to_owned()]));
}

#[rstest]
#[case(SectionKind::DischargeDiagnosis, Certainty::Probable, Status::Accepted)]
#[case(SectionKind::DischargeDiagnosis, Certainty::Possible, Status::Review)]
#[case(SectionKind::Impression, Certainty::Probable, Status::Review)]
fn probable_at_discharge_is_coded(
    #[case] section: SectionKind,
    #[case] certainty: Certainty,
    #[case] status: Status,
) {
    let said = [Said("pneumonia", "J18.9", with(|a| a.certainty = certainty))];
    assert_eq!(one(section, "pneumonia", &said).status, status);
}

#[test]
fn probable_at_discharge_is_not_coded_for_outpatients() {
    let said = [Said("pneumonia", "J18.9", with(|a| a.certainty = Certainty::Probable))];
    let episode = Episode {
        id: "e".into(),
        notes: vec![note("n", SectionKind::DischargeDiagnosis, "pneumonia", &said)],
        repeats: vec![],
    };
    let config = CoderConfig { inpatient: false, ..CoderConfig::default() };
    assert_eq!(RuleCoder::new(pack(), config).code(&episode).codes[0].status, Status::Review);
}

#[rstest]
#[case(historical(Some("section:past_medical_history")), Status::Accepted)]
#[case(historical(Some("history_of")), Status::Accepted)]
#[case(historical(Some("resolved")), Status::Rejected)]
fn chronic_disease_stays(#[case] assertion: Option<Assertion>, #[case] status: Status) {
    let entry =
        one(SectionKind::PastMedicalHistory, "nephropathy", &[Said("nephropathy", "E11.21", assertion)]);
    assert_eq!(entry.status, status);
}

#[test]
fn what_was_points_at_its_history_code() {
    let said = [Said("breast cancer", "C50.9", historical(Some("history_of")))];
    let entry = one(SectionKind::Unknown, "history of breast cancer", &said);
    assert_eq!(entry.reason, "historical, consider Z85.3");
}

#[test]
fn affirmed_anywhere_is_kept_and_the_rest_is_told() {
    let text = "cough today\nno cough yesterday\ncoughing";
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said =
        [plain("cough today", "R05"), Said("cough yesterday", "R05", negated), plain("coughing", "R05")];
    let entry = one(SectionKind::Unknown, text, &said);
    assert_eq!(entry.status, Status::Accepted);
    assert_eq!(entry.reason, "affirmed in 2, negated in 1");
    assert_eq!(entry.evidence.len(), 3);
}

#[test]
fn copied_sentences_count_once_and_are_shown() {
    let first = || note("a", SectionKind::Unknown, "has a cough", &[plain("cough", "R05")]);
    let copy = || note("b", SectionKind::Unknown, "has a\u{a0}cough", &[plain("cough", "R05")]);
    let other = || note("b", SectionKind::Unknown, "still some cough", &[plain("cough", "R05")]);
    let (single, copied, twice) =
        (code(vec![first()]), code(vec![first(), copy()]), code(vec![first(), other()]));
    assert!((copied[0].score - single[0].score).abs() < 1e-6);
    assert_eq!(copied[0].evidence.len(), 2);
    assert!(twice[0].score > single[0].score);
    let notes: Vec<_> = twice[0].evidence.iter().map(|e| e.note).collect();
    assert_eq!(notes, [0, 1]);
}

/// A passage that was copied and edited: what the edit left alone counts once, what it changed counts.
#[rstest]
#[case::same(Assertion::plain(), true)]
#[case::now_denied(Assertion { polarity: Polarity::Negated, ..Assertion::plain() }, false)]
fn copied_passages_count_once(#[case] later: Assertion, #[case] copy: bool) {
    let passage = "had a bad cough at night";
    let first = note("a", SectionKind::Unknown, passage, &[plain("cough", "R05")]);
    let second = note(
        "b",
        SectionKind::Unknown,
        "still had a bad cough at night",
        &[Said("cough", "R05", Some(later))],
    );
    let place = |number: usize, note: &AnnotatedNote, words: &str| {
        let start = note.note.text().find(words).unwrap();
        Place { note: number, span: note.note.span(start..start + words.len()).unwrap() }
    };
    let repeats = vec![Repeat { place: place(1, &second, passage), first: place(0, &first, passage) }];
    let cough = place(0, &first, "cough");
    let episode = Episode { id: "e".into(), notes: vec![first, second], repeats };
    let entry = RuleCoder::new(pack(), CoderConfig::default()).code(&episode).codes.remove(0);
    assert_eq!(entry.evidence.len(), 2);
    assert_eq!(entry.evidence[0].repeats, None);
    assert_eq!(entry.evidence[1].repeats, copy.then_some(cough));
    assert!((entry.score - 0.7 * 0.7).abs() < 0.01, "one plain mention in passing: {}", entry.score);
}

#[rstest]
#[case("diabetes", "E11", "E11.9", Status::Accepted, rules::UNSPECIFIED)]
#[case("pneumonia", "J18", "J18.9", Status::Accepted, rules::UNSPECIFIED)]
#[case("knee pain", "M25.56", "M25.569", Status::Accepted, rules::UNSPECIFIED)]
#[case("right knee pain", "M25.56", "M25.561", Status::Accepted, rules::SIDE)]
#[case("pain in left knee", "M25.569", "M25.562", Status::Accepted, rules::SIDE)]
#[case("radius fracture", "S52.50", "S52.50XA", Status::Review, rules::SEVENTH_CHARACTER)]
#[case("injury", "T14.90", "T14.90XA", Status::Review, rules::SEVENTH_CHARACTER)]
#[case("respiratory failure", "J96.9", "J96.90", Status::Accepted, rules::UNSPECIFIED)]
#[case("pressure ulcer", "L89", "L89", Status::Review, rules::NOT_BILLABLE)]
fn categories_are_brought_down(
    #[case] words: &'static str,
    #[case] linked: &'static str,
    #[case] expected: &str,
    #[case] status: Status,
    #[case] rule: &str,
) {
    let entry = one(SectionKind::Unknown, words, &[plain(words, linked)]);
    assert_eq!((entry.code.as_str(), entry.status), (expected, status));
    assert!(entry.rules.iter().any(|r| r == rule), "{:?}", entry.rules);
}

#[test]
fn a_category_without_an_open_code_gives_way_to_a_candidate_below_it() {
    let mut note = note("n", SectionKind::Unknown, "ascites", &[plain("ascites", "R18")]);
    let below = Candidate { code: "R18.8".into(), score: 0.9, ..note.mentions[0].links[0].clone() };
    let other = Candidate { code: "R05".into(), score: 0.95, ..below.clone() };
    note.mentions[0].links.extend([other, below]);
    let codes = code(vec![note]);
    assert_eq!((codes[0].code.as_str(), codes[0].status, codes.len()), ("R18.8", Status::Accepted, 1));
}

#[rstest]
#[case::the_word_is_another_phrase("right hip fine, knee pain", "knee pain")]
#[case::both_sides_are_named("right and left knee pain", "knee pain")]
fn a_side_that_is_not_the_mentions_is_not_taken(#[case] text: &str, #[case] words: &'static str) {
    assert_eq!(one(SectionKind::Unknown, text, &[plain(words, "M25.56")]).code, "M25.569");
}

#[test]
fn the_specific_code_outranks_the_general_one() {
    let said = [plain("diabetes", "E11"), plain("nephropathy", "E11.21")];
    let codes = code(vec![note("n", SectionKind::Unknown, "diabetes\nnephropathy", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("E11.21", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("E11.9", Status::Rejected));
    assert!(codes[1].reason.ends_with("outranked by E11.21"), "{}", codes[1].reason);
    assert!(codes[1].rules.contains(&rules::SPECIFIC.to_owned()));
}

#[test]
fn a_negated_specific_code_outranks_nothing() {
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said = [plain("diabetes", "E11"), Said("nephropathy", "E11.21", negated)];
    let codes = code(vec![note("n", SectionKind::Unknown, "diabetes\nno nephropathy", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("E11.9", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("E11.21", Status::Rejected));
}

#[test]
fn of_two_codes_that_exclude_each_other_the_one_with_more_evidence_stays() {
    let said = [plain("one", "I51"), plain("two", "Q21"), plain("three", "Q21")];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo\nthree", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("Q21", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("I51", Status::Rejected));
    assert!(codes[1].reason.contains("Q21 and I51"), "{}", codes[1].reason);
    assert!(codes[1].rules.contains(&rules::EXCLUDES1.to_owned()));
}

#[test]
fn a_symptom_gives_way_to_the_diagnosis_that_it_excludes() {
    let said = [plain("one", "R09.89"), plain("two", "R09.89"), plain("three", "J96.90")];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo\nthree", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("J96.90", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("R09.89", Status::Rejected));
    assert!(codes[1].reason.ends_with("R09.89 is a symptom"), "{}", codes[1].reason);
}

#[test]
fn excludes1_needs_both_codes_accepted() {
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said = [plain("one", "I51"), Said("two", "Q21", negated)];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("I51", Status::Accepted));
}

#[test]
fn a_code_that_the_pack_lacks_is_told() {
    let entry = one(SectionKind::Unknown, "something", &[plain("something", "X99")]);
    assert_eq!((entry.status, entry.rules), (Status::Rejected, vec![rules::NOT_IN_PACK.to_owned()]));
}

#[test]
fn links_below_the_threshold_and_of_other_systems_are_not_coded() {
    let mut weak = note("n", SectionKind::Unknown, "cough", &[plain("cough", "R05")]);
    weak.mentions[0].links[0].score = 0.3;
    let mut other = note("n", SectionKind::Unknown, "cough", &[plain("cough", "R05")]);
    other.mentions[0].links[0].system = System::HPO;
    assert!(code(vec![weak, other]).is_empty());
}

#[test]
fn discharge_diagnoses_come_first() {
    let exam = note("a", SectionKind::PhysicalExam, "cough", &[plain("cough", "R05")]);
    let diagnosis = note("b", SectionKind::DischargeDiagnosis, "pneumonia", &[plain("pneumonia", "J18.9")]);
    let codes: Vec<_> = code(vec![exam, diagnosis]).into_iter().map(|entry| entry.code).collect();
    assert_eq!(codes, ["J18.9", "R05"]);
}

/// A note whose mentions lead nowhere in the vocabulary.
fn unlinked(text: &'static str, said: &[Said]) -> AnnotatedNote {
    let mut note = note("n", SectionKind::Unknown, text, said);
    note.mentions.iter_mut().for_each(|mention| mention.links.clear());
    note
}

/// What a coder made of a note: `basal condensation` was the evidence of J18.1, `coughing` mostly of nothing.
fn coded(pneumonia: bool, cough: bool) -> Coded {
    let given = [(pneumonia, "J18.1", "the basal condensations"), (cough, "R05", "coughing")];
    let given = given.into_iter().filter(|(given, ..)| *given);
    let evidence: Vec<(String, String)> = given.map(|(_, code, words)| (code.into(), words.into())).collect();
    Coded { codes: evidence.iter().map(|(code, _)| code.clone()).collect(), evidence }
}

fn alone(note: AnnotatedNote) -> Episode {
    Episode { id: "e".into(), notes: vec![note], repeats: vec![] }
}

const LEARNED: &str = "basal condensation and coughing";

fn words() -> [Said; 2] {
    [plain("basal condensation", ""), plain("coughing", "")]
}

#[test]
fn learned_words_stand_for_the_codes_that_they_were_evidence_of() {
    let model = Arc::new(CoderModel::of_evidence(System::ICD10CM, &[coded(true, false)]));
    let coder = RuleCoder::new(pack(), CoderConfig::default()).with_model(model);
    let found = coder.code(&alone(unlinked(LEARNED, &words()))).codes;
    let found: Vec<(&str, Status)> = found.iter().map(|entry| (entry.code.as_str(), entry.status)).collect();
    assert_eq!(found, [("J18.1", Status::Accepted)]);
}

#[rstest]
#[case::said(Polarity::Affirmed, Status::Accepted)]
#[case::denied(Polarity::Negated, Status::Rejected)]
fn what_was_learnt_decides_unless_a_rule_rejects(#[case] polarity: Polarity, #[case] status: Status) {
    let cases: Vec<Coded> = (0..40).map(|n| coded(n % 10 != 0, n % 10 == 0)).collect();
    let episode = alone(unlinked(LEARNED, &words()));
    let model = CoderModel::of_evidence(System::ICD10CM, &cases);
    let model =
        Learner::new(pack(), CoderConfig::default(), model).count(cases.iter().map(|case| (&episode, case)));
    let mut outcomes = Outcomes::default();
    let coder = RuleCoder::new(pack(), CoderConfig::default()).with_model(Arc::new(model.clone()));
    for case in &cases {
        coder.observe(&episode, case, &mut outcomes);
    }
    let model = model.with_weights(&outcomes);
    assert_eq!(model.precision(&outcomes, 0.5), (40, 36));
    let coder = RuleCoder::new(pack(), CoderConfig::default()).with_model(Arc::new(model));
    let [pneumonia, cough] = words();
    let meant = with(|assertion| assertion.polarity = polarity);
    let episode = alone(unlinked(LEARNED, &[Said(pneumonia.0, "", meant), cough]));
    let codes = coder.code(&episode).codes;
    let of = |code: &str| codes.iter().find(|entry| entry.code == code).unwrap();
    assert_eq!((of("J18.1").status, of("R05").status), (status, Status::Review));
    assert!(of("R05").reason.contains("came with such words in 4 of 40 episodes"), "{}", of("R05").reason);
}

#[test]
fn a_model_is_read_as_it_was_written_and_only_for_its_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coder.json");
    let model = CoderModel::of_evidence(System::ICD10CM, &[coded(true, true)]);
    model.write(&path).unwrap();
    assert_eq!(CoderModel::read(&path, &System::ICD10CM).unwrap(), model);
    let other = CoderModel::read(&path, &System::ICD9CM).unwrap_err().to_string();
    assert!(other.contains("learnt ICD-10-CM codes") && other.contains("ICD-9-CM"), "{other}");
    std::fs::write(&path, r#"{"format": "basal condensation"}"#).unwrap();
    let broken = CoderModel::read(&path, &System::ICD10CM).unwrap_err().to_string();
    assert!(broken.contains("line 1") && !broken.contains("condensation"), "{broken}");
}

#[test]
fn learned_words_are_marked_longest_first_within_a_sentence() {
    let evidence = ["basal condensation", "condensation", "and coughing fits", "a"];
    let evidence = evidence.map(|words| ("J18.1".to_owned(), words.to_owned())).to_vec();
    let case = Coded { codes: ["J18.1".to_owned()].into(), evidence };
    let tagger = LearnedTagger::new(Arc::new(CoderModel::of_evidence(System::ICD10CM, &[case])));
    let text = "A Basal condensation\ncondensations, coughing fits";
    let AnnotatedNote { note, layout, .. } = note("n", SectionKind::Unknown, text, &[]);
    let found = tagger.tag(&[(&note, &layout)]).unwrap().remove(0);
    let found: Vec<&str> = found.iter().map(|mention| &note[mention.span]).collect();
    assert_eq!(found, ["Basal condensation", "condensations", "coughing fits"]);
}
