//! Poisoning, adverse effect and underdosing.

use clinlink_episode::{CoderConfig, Family, RuleCoder, rules};
use clinlink_model::{CodeEntry, Label, Polarity, SectionKind, Status, Temporality};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, coder, note, of, plain, titled, with};

const DRUGS: [&str; 8] =
    ["warfarin", "penicillin", "fictomycin", "ethanol", "carbon monoxide", "organophosphate", "snake", "bee"];

fn anticoagulants() -> RuleCoder {
    let mut codes = vec![("R58", "Bleeding".to_owned())];
    let ways = [
        ("T45.511", "Poisoning by anticoagulants, accidental"),
        ("T45.512", "Poisoning by anticoagulants, intentional self-harm"),
        ("T45.515", "Adverse effect of anticoagulants"),
        ("T45.516", "Underdosing of anticoagulants"),
        ("T36.0X5", "Adverse effect of penicillins"),
        ("T36.8X5", "Adverse effect of fictomycin"),
        ("T40.2X1", "Poisoning by other opioids, accidental (unintentional)"),
        ("T40.2X2", "Poisoning by other opioids, intentional self-harm"),
        ("T51.0X1", "Toxic effect of ethanol, accidental (unintentional)"),
        ("T51.0X2", "Toxic effect of ethanol, intentional self-harm"),
        ("T51.0X4", "Toxic effect of ethanol, undetermined"),
        ("T58.91X", "Toxic effect of carbon monoxide from unspecified source, accidental (unintentional)"),
        ("T58.92X", "Toxic effect of carbon monoxide from unspecified source, intentional self-harm"),
        ("T60.0X1", "Toxic effect of organophosphate and carbamate insecticides, accidental (unintentional)"),
        ("T60.0X3", "Toxic effect of organophosphate and carbamate insecticides, assault"),
        ("T63.001", "Toxic effect of unspecified snake venom, accidental (unintentional)"),
        ("T63.441", "Toxic effect of venom of bees, accidental (unintentional)"),
    ];
    let categories = [
        ("T51.0", "Toxic effect of ethanol"),
        ("T51.0X", "Toxic effect of ethanol"),
        ("T58.91", "Toxic effect of carbon monoxide from unspecified source, accidental (unintentional)"),
        ("T58.92", "Toxic effect of carbon monoxide from unspecified source, intentional self-harm"),
    ];
    codes.extend(categories.map(|(code, title)| (code, title.to_owned())));
    codes.extend(
        ["Z91.120", "Z91.128", "Z91.130", "Z91.138", "Z91.148"].map(|code| (code, format!("Reason {code}"))),
    );
    for (code, title) in ways {
        codes.push((code, title.to_owned()));
        for (letter, words) in [('A', "initial encounter"), ('D', "subsequent encounter"), ('S', "sequela")] {
            codes.push((format!("{code}{letter}").leak(), format!("{title}, {words}")));
        }
    }
    titled(&codes.iter().map(|(code, title)| (*code, title.as_str())).collect::<Vec<_>>())
}

/// A sentence with drugs, and with bleeding if it says so.
pub fn told(text: &'static str) -> Vec<CodeEntry> {
    told_by(&anticoagulants(), SectionKind::HospitalCourse, text, Some(&clinlink_model::Assertion::plain()))
}

fn told_by(
    coder: &RuleCoder,
    section: SectionKind,
    text: &'static str,
    meant: Option<&clinlink_model::Assertion>,
) -> Vec<CodeEntry> {
    let mut said: Vec<Said> = Vec::new();
    said.extend(text.contains("bleeding").then(|| plain("bleeding", "R58")));
    said.extend(
        DRUGS.into_iter().filter(|drug| text.contains(drug)).map(|drug| Said(drug, "D00", meant.cloned())),
    );
    let mut note = note("n", section, text, &said);
    for mention in note.mentions.iter_mut().filter(|mention| mention.links[0].code == "D00") {
        mention.mention.label = Label::Chemical;
        mention.links.clear();
    }
    code_by(coder, vec![note])
}

#[rstest]
#[case::adverse_effect("adverse effect of warfarin", &["T45.515A"])]
#[case::of_her_daily_dose("side effects of her daily warfarin", &["T45.515A"])]
#[case::behind_the_drug("warfarin side effect", &["T45.515A"])]
#[case::what_it_did("bleeding due to warfarin", &["R58", "T45.515A"])]
#[case::with_a_word_between("bleeding, likely secondary to the warfarin", &["R58", "T45.515A"])]
#[case::what_it_made("warfarin-induced bleeding", &["R58", "T45.515A"])]
#[case::two_drugs("bleeding due to penicillin and warfarin", &["R58", "T36.0X5A", "T45.515A"])]
#[case::by_a_title("adverse reaction to fictomycin", &["T36.8X5A"])]
#[case::overdose("overdose of warfarin", &["T45.511A"])]
#[case::meant("intentional warfarin overdose", &["T45.512A"])]
#[case::not_meant("unintentional overdose of warfarin", &["T45.511A"])]
#[case::taken_wrongly("bleeding due to warfarin, taken in error", &["R58", "T45.511A"])]
#[case::not_meant_to_harm("warfarin overdose, denies suicidal thoughts", &["T45.511A"])]
#[case::none_left("he ran out of his warfarin", &["T45.516A"])]
fn what_a_drug_did_is_coded(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told(text)), expected.iter().copied().collect());
}

#[rstest]
#[case::noncompliant("noncompliance with warfarin", &["T45.516A", "Z91.148"])]
#[case::want_of_money("ran out of warfarin, which he cannot afford", &["T45.516A", "Z91.120"])]
#[case::money_before_all("noncompliant with warfarin due to cost", &["T45.516A", "Z91.120"])]
#[case::on_purpose("not taking warfarin, intentionally", &["T45.516A", "Z91.128"])]
#[case::stopped("he stopped taking his warfarin", &["T45.516A", "Z91.128"])]
#[case::old_age("missed warfarin, age-related debility", &["T45.516A", "Z91.130"])]
#[case::forgotten("missed doses of warfarin since she forgot", &["T45.516A", "Z91.138"])]
#[case::denied("ran out of warfarin, no financial trouble", &["T45.516A"])]
#[case::another_sentence("ran out of warfarin.\nHe is uninsured", &["T45.516A"])]
#[case::no_underdosing("bleeding due to warfarin, which he cannot afford", &["R58", "T45.515A"])]
fn why_too_little_was_taken_has_a_code(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told(text)), expected.iter().copied().collect());
}

/// A sentence about a substance that is no drug, with bleeding behind it.
fn exposed(text: &'static str) -> Vec<CodeEntry> {
    told(format!("{text}; bleeding").leak())
}

#[rstest]
#[case::named("toxic effect of ethanol", "T51.0X1A")]
#[case::poisoning("carbon monoxide poisoning", "T58.91XA")]
#[case::of_a_drug_effect_s_words("bleeding due to organophosphates", "T60.0X1A")]
#[case::bite("venomous snake bite", "T63.001A")]
#[case::sting("stung by several bees", "T63.441A")]
#[case::reaction("allergic reaction to a bee", "T63.441A")]
#[case::meant("carbon monoxide poisoning, suicide attempt", "T58.92XA")]
#[case::not_meant("carbon monoxide poisoning, not suicidal", "T58.91XA")]
#[case::by_another("organophosphate poisoning, assaulted", "T60.0X3A")]
#[case::unknown_intent("ethanol poisoning of undetermined intent", "T51.0X4A")]
fn what_a_substance_did_is_a_toxic_effect(#[case] text: &'static str, #[case] expected: &str) {
    let codes = exposed(text);
    assert_eq!(accepted(&codes), [expected, "R58"].into());
    assert!(of(&codes, expected).rules.contains(&rules::TOXIC_EFFECT.to_owned()));
    assert_eq!(of(&codes, expected).report.sequence, Some(1), "a toxic effect stands before what it caused");
}

#[rstest]
#[case::only_named("lives near bees")]
#[case::of_the_body("bleeding due to ethanol")]
#[case::drunk("drinking ethanol")]
#[case::not_venomous("nonvenomous snake bite")]
#[case::an_allergy("bee allergy")]
#[case::a_drug("ingested warfarin")]
#[case::no_underdosing("ran out of ethanol")]
fn a_substance_that_did_nothing_is_not(#[case] text: &'static str) {
    assert_eq!(accepted(&exposed(text)), ["R58"].into());
}

#[rstest]
#[case::a_category("ethanol intoxication", "T51.0", "T51.0X1A")]
#[case::with_its_intent("suicide by ethanol", "T51.0", "T51.0X2A")]
#[case::an_accident_that_was_meant("suicide attempt with gas", "T58.91", "T58.92XA")]
#[case::a_poisoning_that_was_meant("intentional opioid overdose", "T40.2X1", "T40.2X2A")]
#[case::later("follow up of bee sting", "T63.441", "T63.441D")]
fn a_linked_toxic_effect_has_its_intent(
    #[case] text: &'static str,
    #[case] link: &'static str,
    #[case] expected: &str,
) {
    let said = [plain(text, link)];
    let codes = code_by(&anticoagulants(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), [expected].into());
}

#[rstest]
#[case::only_named("started on warfarin")]
#[case::no_diagnosis("improved due to warfarin")]
#[case::another_sentence("bleeding.\nWarfarin, due to warfarin")]
#[case::something_else("bleeding due to warfarin withdrawal")]
#[case::a_drug_that_nobody_lists("adverse effect of unknownium")]
fn a_drug_that_did_nothing_is_not(#[case] text: &'static str) {
    assert!(told(text).iter().all(|entry| !entry.code.starts_with('T')), "{:?}", told(text));
}

#[rstest]
#[case::denied(with(|a| a.polarity = Polarity::Negated), SectionKind::HospitalCourse, Some(Status::Rejected))]
#[case::feared(with(|a| a.temporality = Temporality::Hypothetical), SectionKind::HospitalCourse, Some(Status::Rejected))]
#[case::an_allergy(with(|_| {}), SectionKind::Allergies, None)]
fn how_it_is_meant_counts(
    #[case] meant: Option<clinlink_model::Assertion>,
    #[case] section: SectionKind,
    #[case] expected: Option<Status>,
) {
    let codes = told_by(&anticoagulants(), section, "adverse effect of warfarin", meant.as_ref());
    assert_eq!(codes.first().map(|entry| entry.status), expected);
}

#[rstest]
#[case::the_nature_before_the_drug("bleeding due to warfarin", &["R58", "T45.515A"])]
#[case::poisoning_before_what_it_caused("bleeding due to warfarin overdose", &["T45.511A", "R58"])]
#[case::too_little_behind_what_it_caused("ran out of warfarin, bleeding", &["R58", "T45.516A"])]
fn the_order_follows_the_circumstance(#[case] text: &'static str, #[case] expected: &[&str]) {
    let codes = told(text);
    for (place, code) in expected.iter().enumerate() {
        assert_eq!(of(&codes, code).report.sequence, Some(place + 1), "{code}");
    }
    assert!(of(&codes, expected[0]).report.principal.is_some());
}

#[rstest]
#[case::beside_a_mention("overdose of warfarin", "overdose", Some("T45.511A"))]
#[case::not_assessed("ran out of warfarin today", "today", None)]
fn a_drug_that_is_no_mention_is_read_beside_one(
    #[case] text: &'static str,
    #[case] words: &'static str,
    #[case] expected: Option<&str>,
) {
    let said = [Said(words, "R58", with(|_| {}))];
    let codes = code_by(&anticoagulants(), vec![note("n", SectionKind::Unknown, text, &said)]);
    let drug = codes.iter().find(|entry| entry.code.starts_with('T')).map(|entry| entry.code.as_str());
    assert_eq!(drug, expected);
}

#[test]
fn the_evidence_is_the_cue_with_its_drug() {
    let text = "she had an adverse effect of her warfarin.";
    let codes = told(text);
    let evidence = &of(&codes, "T45.515A").evidence[0];
    assert_eq!(&text[evidence.span.range()], "adverse effect of her warfarin");
}

#[test]
fn a_linked_poisoning_needs_no_confirmation_of_its_encounter() {
    let said = [plain("opioid overdose", "T40.2X1")];
    let codes = code_by(&anticoagulants(), vec![note("n", SectionKind::Unknown, "opioid overdose", &said)]);
    assert_eq!(accepted(&codes), ["T40.2X1A"].into());
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Drugs);
    let coder = coder(&["T45.515", "R58"], config);
    let codes = told_by(&coder, SectionKind::Unknown, "bleeding due to warfarin", with(|_| {}).as_ref());
    assert_eq!(accepted(&codes), ["R58"].into());
}

/// `Warfarin toxicity` is linked as an adverse effect.
#[rstest]
#[case("warfarin toxicity", "T45.515A")]
#[case::wrongly_taken("warfarin toxicity, took twice the prescribed dose", "T45.511A")]
#[case::on_purpose("warfarin toxicity, intentionally took twice the prescribed dose", "T45.512A")]
fn a_linked_adverse_effect_of_a_drug_wrongly_taken_is_a_poisoning(
    #[case] text: &'static str,
    #[case] expected: &str,
) {
    let said = [plain("warfarin toxicity", "T45.515")];
    let codes = code_by(&anticoagulants(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), [expected].into());
}
