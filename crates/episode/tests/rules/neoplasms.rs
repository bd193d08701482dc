//! What words say of a neoplasm besides its site.

use clinlink_episode::{CoderConfig, Family};
use clinlink_model::{Assertion, CodeEntry, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, coder, historical, note, of, plain};

const CODES: &[&str] = &["C61", "C79.9", "C79.51", "C80.1", "C71.9", "D49.6", "Z85.46"];

/// A sentence of which `prostate cancer` with the words before it is the mention.
pub fn told(text: &'static str, meant: Option<Assertion>) -> Vec<CodeEntry> {
    let words = text.split_once(',').map_or(text, |(words, _)| words);
    code_by(
        &coder(CODES, CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, text, &[Said(words, "C61", meant)])],
    )
}

fn plainly(text: &'static str, said: &[Said]) -> Vec<CodeEntry> {
    code_by(&coder(CODES, CoderConfig::default()), vec![note("n", SectionKind::Unknown, text, said)])
}

#[test]
fn a_spread_of_which_nobody_says_where_to_has_a_code() {
    assert_eq!(
        accepted(&told("metastatic prostate cancer", Some(Assertion::plain()))),
        ["C61", "C79.9"].into()
    );
    assert_eq!(accepted(&told("prostate cancer", Some(Assertion::plain()))), ["C61"].into());
}

#[test]
fn a_spread_that_is_told_takes_its_place() {
    let said = [plain("metastatic prostate cancer", "C61"), plain("bone metastases", "C79.51")];
    let codes = plainly("metastatic prostate cancer\nbone metastases", &said);
    assert_eq!(accepted(&codes), ["C61", "C79.51"].into());
    assert!(of(&codes, "C79.9").reason.ends_with("outranked by C79.51"));
}

#[rstest]
#[case("brain mass", "C71.9", Status::Review)]
#[case("brain lesion", "D49.6", Status::Review)]
#[case("malignant brain mass", "C71.9", Status::Accepted)]
#[case("brain tumor", "D49.6", Status::Accepted)]
fn a_mass_is_no_neoplasm(#[case] words: &'static str, #[case] linked: &'static str, #[case] status: Status) {
    assert_eq!(of(&plainly(words, &[plain(words, linked)]), linked).status, status);
}

#[rstest]
#[case("prostate cancer, currently undergoing radiation", "C61", Status::Review)]
#[case("prostate cancer, treated years ago", "Z85.46", Status::Accepted)]
fn what_is_treated_is_no_history(#[case] text: &'static str, #[case] code: &str, #[case] status: Status) {
    let codes = told(text, historical(Some("hist.history_of")));
    assert_eq!(of(&codes, code).status, status);
    assert_eq!(codes.iter().any(|entry| entry.code == "Z85.46"), code == "Z85.46");
}

#[test]
fn nor_is_it_where_the_words_are_linked_to_the_history() {
    let text = "history of prostate cancer, on chemotherapy";
    let said = [Said("history of prostate cancer", "Z85.46", historical(Some("hist.history_of")))];
    assert_eq!(of(&plainly(text, &said), "Z85.46").status, Status::Review);
}

#[rstest]
#[case::alone(&["C79.51"], true)]
#[case::with_its_primary(&["C79.51", "C61"], false)]
#[case::with_its_primary_removed(&["C79.51", "Z85.46"], false)]
fn a_secondary_tumor_asks_for_its_primary(#[case] named: &'static [&'static str], #[case] asked: bool) {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![crate::support::naming(named)]);
    let found = codes.iter().find(|entry| entry.code == "C80.1").map(|entry| entry.status);
    assert_eq!(found, asked.then_some(Status::Review));
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Neoplasms);
    let said = [plain("brain mass", "C71.9")];
    let codes = code_by(&coder(CODES, config), vec![note("n", SectionKind::Unknown, "brain mass", &said)]);
    assert_eq!(accepted(&codes), ["C71.9"].into());
}
