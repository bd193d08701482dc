//! Normal forms.

use clinlink_vocab::{normal_form, normal_words};
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::case_and_punctuation("Type-2 Diabetes, Mellitus", "type 2 diabetes mellitus")]
#[case::slash("nausea/vomiting", "nausea vomiting")]
#[case::ampersand("nausea & vomiting, H&P, R &D, D & C", "nausea and vomiting h p r d d c")]
#[case::possessive("Crohn's disease", "crohn disease")]
#[case::typographic_possessive("Crohn\u{2019}s disease", "crohn disease")]
#[case::possessive_at_the_end("Alzheimer's", "alzheimer")]
#[case::apostrophe_inside("L'Hermitte don't", "lhermitte dont")]
#[case::plural_possessive("Graves' disease", "grave disease")]
#[case::quoted("'cold'", "cold")]
#[case::plurals("arteries ulcers abscesses rashes reflexes", "artery ulcer abscess rash reflex")]
#[case::headaches("headaches patches", "headache patch")]
#[case::greek_plurals("diagnoses metastases prostheses crises", "diagnosis metastasis prosthesis crisis")]
#[case::latin_plurals("vertebrae viruses sinuses", "vertebra virus sinus")]
#[case::not_plurals("diabetes sepsis virus abscess ascites gas", "diabetes sepsis virus abscess ascites gas")]
#[case::causes("diseases causes abuses", "disease cause abuse")]
#[case::british_ae("haemorrhage anaemia ischaemic paediatric", "hemorrhage anemia ischemic pediatric")]
#[case::british_oe("oedema oesophageal diarrhoea dyspnoea foetal", "edema esophageal diarrhea dyspnea fetal")]
#[case::british_our("tumours behaviour labour", "tumor behavior labor")]
#[case::british_ise("localised hospitalisation paralysed", "localized hospitalization paralyzed")]
#[case::leukocytes("leucocytes leucine", "leukocyte leucine")]
#[case::american_stays(
    "angioedema exercise does disease coexist",
    "angioedema exercise does disease coexist"
)]
#[case::numbers("HbA1c 7.5% T2DM", "hba1c 7 5 t2dm")]
#[case::accents("Sjögren Ménière", "sjogren meniere")]
#[case::decomposed("Sjo\u{308}gren", "sjogren")]
#[case::greek("β-blocker α1 5 µg", "beta blocker α1 5 ug")]
#[case::greek_thalassaemia("β-thalassaemia", "beta thalassemia")]
#[case::compatibility("ﬁbrosis m²", "fibrosis m2")]
#[case::roman("Type II diabetes, stage IV, HSV-III", "type 2 diabetes stage 4 hsv 3")]
#[case::roman_one("MPS type I; Type-IX collagen", "mps type 1 type 9 collagen")]
#[case::no_roman("i.v. fluids, vitamin V, chromosome X", "i v fluid vitamin v chromosome x")]
#[case::emoji("pain 😀 here", "pain here")]
#[case::empty("  -- ", "")]
fn forms(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(normal_form(text), expected);
}

#[test]
fn a_range_holds_the_whole_word() {
    let text = "Bad Crohn's, µg";
    let words: Vec<(&str, String)> =
        normal_words(text).into_iter().map(|word| (&text[word.range.clone()], word.form)).collect();
    let expected = [("Bad", "bad"), ("Crohn's", "crohn"), ("µg", "ug")];
    assert_eq!(words, expected.map(|(raw, form)| (raw, form.to_owned())));
}

proptest! {
    /// Ranges rise, do not overlap, slice the text, and a word on its own has the same form; but for roman numbers,
    /// which go by the word before.
    #[test]
    fn ranges_slice_the_text(text in "[a-zA-Z0-9 &'’.,/äÖµβé\u{308}😀\r\n-]{0,60}|\\PC{0,40}") {
        let mut last = 0;
        for word in normal_words(&text) {
            prop_assert!(last <= word.range.start && word.range.start < word.range.end);
            last = word.range.end;
            let raw = text.get(word.range.clone());
            prop_assert!(raw.is_some());
            prop_assert!(!word.form.is_empty() && !word.form.contains(char::is_whitespace));
            let alone = normal_form(raw.unwrap_or_default());
            let is_number = word.form.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(alone == word.form || is_number && !alone.is_empty(), "{alone} {}", word.form);
        }
    }

    /// The joined form is the words with spaces, so terms and texts compare word by word.
    #[test]
    fn words_and_form_agree(text in "\\PC{0,60}") {
        let joined: Vec<String> = normal_words(&text).into_iter().map(|word| word.form).collect();
        prop_assert_eq!(normal_form(&text), joined.join(" "));
    }
}
