//! What was learnt from coded notes.

use std::sync::Arc;

use clinlink_episode::{
    Coded, CoderConfig, CoderModel, Family, LearnedTagger, Learner, Outcomes, RuleCoder, Tally,
};
use clinlink_model::{
    AnnotatedNote, Assertion, CodeEntry, Coder, Episode, Polarity, SectionKind, Status, System, Tagger,
};
use rstest::rstest;

use crate::support::{Said, code_by, historical, note, of, pack, plain, with};

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
    let model = Arc::new(CoderModel::of_evidence(System::ICD10CM, &[("", &coded(true, false))]));
    let coder = RuleCoder::new(pack(), CoderConfig::default()).with_model(model);
    let found = coder.code(&alone(unlinked(LEARNED, &words()))).codes;
    let found: Vec<(&str, Status)> = found.iter().map(|entry| (entry.code.as_str(), entry.status)).collect();
    assert_eq!(found, [("J18.1", Status::Accepted)]);
}

/// Coders of a corpus may code a symptom beside its disease.
fn of_corpus() -> CoderConfig {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Symptoms);
    config
}

/// The words of [`LEARNED`], of which those for the pneumonia are meant in a way of their own.
fn meant(assertion: Option<Assertion>) -> Episode {
    let [pneumonia, cough] = words();
    alone(unlinked(LEARNED, &[Said(pneumonia.0, "", assertion), cough]))
}

/// A coder with a model learnt from forty episodes, nine in ten of which were given J18.1 and the others R05.
fn taught(episode: &Episode, config: CoderConfig) -> RuleCoder {
    let cases: Vec<Coded> = (0..40).map(|n| coded(n % 10 != 0, n % 10 == 0)).collect();
    let texts: Vec<(&str, &Coded)> = cases.iter().map(|case| ("", case)).collect();
    let model = CoderModel::of_evidence(System::ICD10CM, &texts);
    let rules = RuleCoder::new(pack(), of_corpus());
    let model = Learner::new(rules.clone(), model).count(cases.iter().map(|case| (episode, case)));
    let mut outcomes = Outcomes::default();
    let coder = rules.clone().with_model(Arc::new(model.clone()));
    for case in &cases {
        coder.observe(episode, case, &mut outcomes);
    }
    let model = model.with_weights(rules, outcomes);
    assert_eq!(model.experience().accepted(50), Tally { codes: 40, given: 36 });
    RuleCoder::new(pack(), config).with_model(Arc::new(model))
}

/// The codes of words that were marked as evidence in forty episodes.
pub fn of_learned_words() -> Vec<CodeEntry> {
    let episode = meant(plain("", "").2);
    code_by(&taught(&episode, of_corpus()), episode.notes)
}

/// The codes of the same words, where no one has marked evidence.
pub fn of_inferred_words() -> Vec<CodeEntry> {
    let episode = meant(plain("", "").2);
    let others = alone(unlinked("headache only", &[plain("headache", "")]));
    let (given, none) = (Coded { evidence: Vec::new(), ..coded(true, false) }, Coded::default());
    let of = |n: usize| {
        if n.is_multiple_of(2) { (LEARNED, &episode, &given) } else { ("headache only", &others, &none) }
    };
    let cases: Vec<(&str, &Coded)> = (0..40).map(|n| (of(n).0, of(n).2)).collect();
    let model = CoderModel::of_evidence(System::ICD10CM, &cases);
    let rules = RuleCoder::new(pack(), of_corpus());
    let model = Learner::new(rules.clone(), model).count((0..40).map(|n| (of(n).1, of(n).2)));
    let mut outcomes = Outcomes::default();
    let coder = rules.clone().with_model(Arc::new(model.clone()));
    (0..40).for_each(|n| coder.observe(of(n).1, of(n).2, &mut outcomes));
    let coder = rules.clone().with_model(Arc::new(model.with_weights(rules, outcomes)));
    code_by(&coder, episode.notes.clone())
}

#[test]
fn words_that_came_with_a_code_suggest_it_and_are_marked() {
    let codes = of_inferred_words();
    let entry = of(&codes, "J18.1");
    assert_eq!(entry.status, Status::Accepted, "{}", entry.reason);
    assert!(entry.reason.contains("no one marked them as its evidence"), "{}", entry.reason);
    assert!(entry.rules.contains(&"inferred".to_owned()));
}

#[rstest]
#[case::said(Polarity::Affirmed, Status::Accepted)]
#[case::denied(Polarity::Negated, Status::Rejected)]
fn what_was_learnt_decides_unless_it_is_denied(#[case] polarity: Polarity, #[case] status: Status) {
    let coder = taught(&meant(plain("", "").2), of_corpus());
    let codes = code_by(&coder, meant(with(|assertion| assertion.polarity = polarity)).notes);
    assert_eq!((of(&codes, "J18.1").status, of(&codes, "R05").status), (status, Status::Review));
    let reason = &of(&codes, "R05").reason;
    assert!(reason.contains("came with such words in 4 of 40 episodes"), "{reason}");
}

#[rstest]
#[case::sure(0.5, Status::Accepted, true)]
#[case::disputed(1.1, Status::Review, false)]
fn coders_who_code_the_past_overrule_the_rule(
    #[case] overrule: f32,
    #[case] status: Status,
    #[case] kept: bool,
) {
    let episode = meant(historical(Some("hist.history_of")));
    let coder = taught(&episode, CoderConfig { overrule, ..of_corpus() });
    let codes = code_by(&coder, episode.notes);
    let entry = of(&codes, "J18.1");
    assert_eq!(entry.status, status, "{}", entry.reason);
    let says = entry.reason.contains("kept in spite of historical: coders here kept 90 % of such codes");
    assert_eq!(says, kept, "{}", entry.reason);
    assert!(entry.rules.contains(&"historical".to_owned()));
}

#[rstest]
#[case::reached(0.9, Status::Accepted)]
#[case::never_reached(0.95, Status::Review)]
fn a_wanted_precision_sets_the_threshold(#[case] precision: f32, #[case] status: Status) {
    let episode = meant(plain("", "").2);
    let coder = taught(&episode, CoderConfig { precision: Some(precision), ..of_corpus() });
    assert_eq!(of(&code_by(&coder, episode.notes), "J18.1").status, status);
}

#[test]
fn a_model_is_read_as_it_was_written_and_only_for_its_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coder.json");
    let model = CoderModel::of_evidence(System::ICD10CM, &[("", &coded(true, true))]);
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
    let tagger = LearnedTagger::new(Arc::new(CoderModel::of_evidence(System::ICD10CM, &[("", &case)])));
    let text = "A Basal condensation\ncondensations, coughing fits";
    let AnnotatedNote { note, layout, .. } = note("n", SectionKind::Unknown, text, &[]);
    let found = tagger.tag(&[(&note, &layout)]).unwrap().remove(0);
    let found: Vec<&str> = found.iter().map(|mention| &note[mention.span]).collect();
    assert_eq!(found, ["Basal condensation", "condensations", "coughing fits"]);
}
