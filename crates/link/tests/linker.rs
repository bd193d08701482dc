//! What mentions are linked to, in which way, and what must stay without a link.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use clinlink_link::{LinkerConfig, PackLinker};
use clinlink_model::{
    Candidate, Expansion, ExpansionSource, Label, Linker, Mention, MentionSource, Note, System, Via,
};
use rstest::rstest;
use support::{layout, pack};

fn candidates(text: &str, long: Option<&str>, label: Label) -> Vec<Candidate> {
    PackLinker::new(pack(), LinkerConfig::default()).candidates(text, long, label)
}

#[rstest]
#[case("Type 2 Diabetes Mellitus", "E11", Via::Exact)]
#[case("type-2 diabetes mellitus", "E11", Via::Normal)]
#[case("pneumonias", "J18.9", Via::Normal)]
#[case("severe stenosis of the left ureter", "N13.5", Via::Search)]
#[case("ureteral stenosis", "N13.5", Via::Search)]
#[case("right knee pain", "M25.56", Via::Search)]
#[case("renal cyst", "N28.1", Via::Search)]
#[case("kawasaki", "MONDO:1", Via::Abbreviation)]
#[case::letters_swapped("pnuemonia", "J18.9", Via::Spelling)]
#[case::a_letter_lost_in_a_phrase("whoping cough", "A37", Via::Spelling)]
#[case::two_letters_wrong_in_a_long_word("ectrodaktily", "Q72.7", Via::Spelling)]
#[case::two_letters_wrong_beside_a_right_one("atrial fibgillotion", "I48", Via::Spelling)]
#[case::one_word_as_two("hyper tension", "I10", Via::Spelling)]
#[case::two_words_as_one("whoopingcough", "A37", Via::Spelling)]
#[case::an_adjective("hypotensive", "I95.9", Via::Search)]
#[case::a_mistake_that_a_vocabulary_makes_too("iron deficency anemia", "D50.9", Via::Spelling)]
#[case::an_ordinary_word("Cold", "J00", Via::Exact)]
#[case::a_disease_all_the_same("severe depression", "F32.A", Via::Search)]
#[case::no_manifestation("pyelonephritis", "N12", Via::Exact)]
#[case::several_things("bacterial meningitis and gout", "M10.9", Via::Search)]
#[case::more_than_a_term("nosocomial pneumonia of the elderly", "J18.9", Via::Part)]
#[case::said_with_a_verb("ears were noted to be low-set", "HP:20", Via::Search)]
#[case::as_many_words_that_say_something("resting tremor of the right hand", "HP:21", Via::Part)]
#[case::the_head_first("gout with pneumonia of old age", "M10.9", Via::Part)]
fn best_link(#[case] text: &str, #[case] code: &str, #[case] via: Via) {
    let best = candidates(text, None, Label::Disease).into_iter().next().unwrap();
    assert_eq!((best.code.as_str(), best.via), (code, via));
    assert!(best.score >= 0.6 && best.score <= 1.0);
}

#[rstest]
#[case::a_shared_end("liver and kidney failure", &["K72.9", "N19"])]
#[case::a_list("liver, kidney and heart failure", &["K72.9", "N19", "I50.9"])]
#[case::a_shared_start("failure of the liver and kidney", &["K72.9", "N19"])]
#[case::nothing_shared("gout and pneumonia", &["M10.9", "J18.9"])]
#[case::members_of_a_series("hepatitis A and B", &["B15.9", "B19.10"])]
#[case::one_upon_the_other("acute kidney injury on liver failure", &["N17.9", "K72.9"])]
#[case::further_places("metastasis to liver, lung and bone", &["C78.7", "C78.00", "C79.51"])]
#[case::each_side_is_another("right and left bundle branch block", &["I45.10", "I44.7"])]
#[case::where_it_has_gone("metastatic colon cancer to the liver", &["C18.9", "C78.7"])]
fn every_thing_that_a_mention_names_is_linked(#[case] text: &str, #[case] codes: &[&str]) {
    let found = candidates(text, None, Label::Disease);
    let of = |conjunct| found.iter().find(|candidate| candidate.conjunct == conjunct);
    let best: Vec<&str> = (1..).map_while(of).map(|candidate| candidate.code.as_str()).collect();
    assert_eq!(best, codes, "{found:?}");
}

#[test]
fn candidates_of_one_thing_exclude_each_other() {
    let found = candidates("bacterial meningitis and gout", None, Label::Disease);
    assert!(found.iter().all(|candidate| candidate.conjunct == 0), "{found:?}");
}

#[rstest]
#[case::sounds_alike("anesthesia")]
#[case::opposite("hypotensive drugs")]
#[case::more_specific_than_the_text("cough")]
#[case::only_related("insipidus")]
#[case::other_thing_of_the_same_organ("kidney transplant")]
#[case::one_word_of_two("cyst")]
#[case::another_organ("ovarian cyst")]
#[case::another_part_of_the_body("esophageal fistula")]
#[case::what_is_denied_with_a_verb("ears are not low-set")]
#[case::a_piece_of_a_name("bleeding")]
#[case::an_eponym_in_brackets("wells")]
#[case::opposites_are_as_near("hypetension")]
#[case::opposites_are_as_far("hypetensoin")]
#[case::its_opposite_is_one_edit_further("hyptension")]
#[case::another_sense_of_an_abbreviation("PD")]
#[case::an_acronym_of_two_diseases("PCQ")]
#[case::an_acronym_written_as_a_word("Anks")]
#[case::what_is_lowered("respiratory depression")]
#[case::what_is_measured("stroke volume")]
#[case::what_is_done_about_it("depression screening")]
#[case::what_is_not_there("hepatitis B negative")]
#[case::two_letters_wrong_in_a_short_word("asdma")]
#[case::two_letters_wrong_with_the_first("iktrodactyly")]
#[case::three_letters_wrong("ectrodaktilie")]
#[case::two_letters_wrong_that_sound_otherwise("mild ectrobaltyly")]
#[case::of_a_tissue("glomerular injury")]
#[case::a_measure("blood pressure")]
#[case::a_place("left hand")]
#[case::an_everyday_word("history")]
#[case::a_person("patient")]
#[case::a_word_that_is_a_drug("focus")]
#[case::empty("...")]
fn no_link(#[case] text: &str) {
    assert_eq!(candidates(text, None, Label::Disease), Vec::new());
}

#[test]
fn surer_kinds_of_term_come_first() {
    let codes: Vec<_> = candidates("pneumonia", None, Label::Disease).into_iter().map(|c| c.code).collect();
    assert_eq!(codes, ["J18.9", "J15.9"]);
    let codes: Vec<_> = candidates("diabetes", None, Label::Disease).into_iter().map(|c| c.code).collect();
    assert_eq!(codes, ["E11"], "a related term is below the threshold");
}

#[test]
fn the_long_form_counts_before_the_short_one() {
    let best = candidates("AS", Some("congestive heart failure"), Label::Disease).remove(0);
    assert_eq!((best.code.as_str(), best.via), ("I50.9", Via::Abbreviation));
    let unheard_of = candidates("AS", Some("something unheard of"), Label::Disease);
    assert!(unheard_of.is_empty(), "the vocabulary's AS is another thing: {unheard_of:?}");
}

#[test]
fn an_abbreviation_that_is_listed_itself_has_its_code() {
    let best = candidates("MOGAD", Some("something unheard of"), Label::Disease).remove(0);
    assert_eq!((best.code.as_str(), best.via), ("G37.81", Via::Exact));
}

#[rstest]
#[case::misspelt("congestve heart failre", Some("I50.9"))]
#[case::another_thing("completely happy fellow", None)]
fn a_known_abbreviation_is_read_over_a_misspelt_definition(#[case] long: &str, #[case] code: Option<&str>) {
    let text = format!("{long} (CHF)");
    let note = Note::new("n", text.as_str()).unwrap();
    let short = note.span(long.len() + 2..long.len() + 5).unwrap();
    let source = ExpansionSource::Defined(note.span(0..long.len()).unwrap());
    let mention = Mention { span: short, label: Label::Disease, score: 1.0, by: MentionSource::Given };
    let expansion = Expansion::sure(short, long.to_owned(), source);
    let linker = PackLinker::new(pack(), LinkerConfig::default());
    let links = linker.link(&note, &layout(&note), &[mention], &[expansion]);
    assert_eq!(links[0].first().map(|link| link.code.as_str()), code);
}

#[test]
fn of_several_mesh_headings_that_named_alike_is_kept() {
    let all = candidates("kidney breakdown", None, Label::Disease);
    let mesh: Vec<&str> = all.iter().filter(|c| c.system == System::MESH).map(|c| c.code.as_str()).collect();
    assert_eq!(mesh, ["D9"], "{all:?}");
}

#[test]
fn an_abbreviation_inside_a_mention_is_replaced() {
    let note = Note::new("n", "acute CHF today").unwrap();
    let span = |range| note.span(range).unwrap();
    let mention = Mention { span: span(0..9), label: Label::Disease, score: 1.0, by: MentionSource::Given };
    let expansion = Expansion::sure(span(6..9), "congestive heart failure".into(), ExpansionSource::Lexicon);
    let linker = PackLinker::new(pack(), LinkerConfig::default());
    let links = linker.link(&note, &layout(&note), &[mention.clone(), mention], &[expansion]);
    assert_eq!(links.len(), 2);
    assert_eq!(links[0], links[1]);
    assert_eq!(links[0][0].code, "I50.9");
}

#[test]
fn other_systems_are_reached_over_cross_references_with_a_lower_score() {
    let all = candidates("Kawasaki disease", None, Label::Disease);
    let of = |system: System| all.iter().find(|c| c.system == system).unwrap();
    let (mondo, icd) = (of(System::MONDO), of(System::ICD10CM));
    assert_eq!((icd.code.as_str(), icd.via), ("M30.3", Via::Crosswalk));
    assert!(icd.score < mondo.score);
}

#[rstest]
#[case::before_a_term_inside_it("fishy gout", Some("E88.7"))]
#[case::not_of_too_many("trouble number 20", None)]
fn a_disease_without_a_code_has_that_of_its_kind(#[case] text: &str, #[case] code: Option<&str>) {
    let all = candidates(text, None, Label::Disease);
    let icd = all.iter().find(|candidate| candidate.system == System::ICD10CM);
    assert_eq!(icd.map(|candidate| candidate.code.as_str()), code, "{all:?}");
}

/// Of the codes that a code refers to, the one whose title says no more than the words; a category refers to what its
/// unspecified code does.
#[rstest]
#[case::a_code("spina bifida")]
#[case::a_category("meningomyelocele")]
fn a_reference_to_several_codes_says_no_more_than_the_text(#[case] text: &str) {
    let config = LinkerConfig { systems: vec![System::ICD9CM, System::ICD10CM], ..LinkerConfig::default() };
    let all = PackLinker::new(pack(), config).candidates(text, None, Label::Disease);
    let first = all.iter().find(|c| c.system == System::ICD9CM).unwrap();
    assert_eq!((first.code.as_str(), first.via), ("741.90", Via::Crosswalk));
}

#[rstest]
#[case(Label::Chemical, true)]
#[case(Label::Other, true)]
#[case(Label::Disease, false)]
fn concepts_of_another_label_are_left_out(#[case] label: Label, #[case] linked: bool) {
    assert_eq!(!candidates("acetylsalicylic acid", None, label).is_empty(), linked);
}

#[rstest]
#[case::the_word("cold", false)]
#[case::with_an_article("a cold", false)]
#[case::at_the_start_of_a_sentence("Cold", false)]
#[case::the_acronym("COLD", true)]
fn an_acronym_is_not_read_from_a_word(#[case] text: &str, #[case] linked: bool) {
    let found = candidates(text, None, Label::Disease);
    assert_eq!(found.iter().any(|candidate| candidate.code == "MONDO:3"), linked, "{found:?}");
}

#[test]
fn an_abbreviation_of_several_senses_may_have_one_that_is_listed() {
    assert_eq!(candidates("RA", None, Label::Disease)[0].code, "MONDO:5");
}

/// What a concept refers to says no more than the mention.
#[rstest]
#[case::all_the_rest("wound", "HP:1", false)]
#[case::a_type_that_nobody_said("sugar sickness", "HP:2", false)]
#[case::the_type_that_was_said("type 1 diabetes mellitus", "HP:2", true)]
#[case::no_more_than_that("water infection", "HP:3", true)]
#[case::a_site_that_nobody_named("polyps", "N84", false)]
#[case::the_site_that_was_named("vaginal polyp", "N84", true)]
#[case::a_disease_with_the_finding("bowed shins", "MONDO:6", false)]
#[case::the_finding_in_other_words("bowed shins", "MONDO:7", true)]
#[case::one_of_many_findings("bumblefoot syndrome", "H90.9", false)]
#[case::a_code_of_its_own_among_them("bumble ear disease", "H61.9", true)]
#[case::loosely_related_is_nearer_than_a_part("gullet wound", "HP:24", true)]
#[case::inborn_and_loosely_related("gullet fistula", "HP:25", false)]
#[case::what_shares_a_heading_with_a_code("soaked lung", "DOID:1", false)]
#[case::the_same_over_a_heading("soaked lung", "DOID:2", true)]
#[case::a_sort_over_a_code("spongy lung", "D10", false)]
#[case::a_sort_of_a_code("lung like a sponge", "D10", false)]
#[case::another_name_over_a_code("spongy lung", "D11", true)]
fn a_reference_adds_nothing(#[case] text: &str, #[case] code: &str, #[case] reached: bool) {
    let found = candidates(text, None, Label::Disease);
    assert!(!found.is_empty());
    assert_eq!(found.iter().any(|candidate| candidate.code == code), reached, "{found:?}");
}

#[rstest]
#[case::something_else("She has respiratory depression.", false)]
#[case::something_else_said_behind("Depression of the ST segment.", false)]
#[case::the_disease("She has depression.", true)]
#[case::in_another_sentence("Effort: respiratory.\nDepression since May.", true)]
fn what_stands_around_a_mention_may_make_it_something_else(#[case] text: &str, #[case] linked: bool) {
    let note = Note::new("n", text).unwrap();
    let start = text.to_lowercase().find("depression").unwrap();
    let span = note.span(start..start + "depression".len()).unwrap();
    let mention = Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Model };
    let links = PackLinker::new(pack(), LinkerConfig::default()).link(&note, &layout(&note), &[mention], &[]);
    assert_eq!(!links[0].is_empty(), linked, "{links:?}");
}

#[test]
fn a_term_inside_is_taken_only_where_that_is_asked_for() {
    let config = LinkerConfig { part: false, ..LinkerConfig::default() };
    let linker = PackLinker::new(pack(), config);
    assert!(linker.candidates("nosocomial pneumonia of the elderly", None, Label::Disease).is_empty());
}

#[rstest]
#[case(Label::Disease, true)]
#[case(Label::Anatomy, false)]
#[case::nobody_knows_what_it_is(Label::Other, false)]
fn a_term_before_the_head_is_taken_for_a_problem_only(#[case] label: Label, #[case] linked: bool) {
    assert_eq!(!candidates("pneumonia cells", None, label).is_empty(), linked);
}

#[test]
fn settings_with_a_typo_are_refused() {
    assert!(serde_json::from_str::<LinkerConfig>(r#"{"treshold": 0.5}"#).is_err());
    let config: LinkerConfig = serde_json::from_str(r#"{"threshold": 0.99}"#).unwrap();
    let linker = PackLinker::new(pack(), config);
    assert!(linker.candidates("renal cyst", None, Label::Disease).is_empty());
}
