//! What words say of a neoplasm besides its site.

use clinlink_episode::{CoderConfig, Family};
use clinlink_model::{Assertion, CodeEntry, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, coder, historical, note, of, plain, titled};

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

/// A sentence in which the words between brackets are a prostate cancer.
pub fn spread(marked: &'static str) -> Vec<CodeEntry> {
    let coder = titled(&[
        ("C61", "Prostate cancer"),
        ("C78.0", "Metastasis to lung"),
        ("C78.00", "Secondary malignant neoplasm of unspecified lung"),
        ("C78.01", "Secondary malignant neoplasm of right lung"),
        ("C78.7", "Metastasis to liver"),
        ("C79.51", "Metastasis to bone"),
        ("C79.9", "Metastasis"),
    ]);
    let (before, rest) = marked.split_once('[').unwrap();
    let (words, after) = rest.split_once(']').unwrap();
    let text = format!("{before}{words}{after}").leak();
    code_by(&coder, vec![note("n", SectionKind::Unknown, text, &[plain(words, "C61")])])
}

#[rstest]
#[case::behind_the_tumor("[metastatic prostate cancer] to the bone", &["C61", "C79.51"])]
#[case::behind_its_last_word("[prostate cancer metastatic] to bones", &["C61", "C79.51"])]
#[case::several("[prostate cancer], metastatic to bone, liver, and lung", &["C61", "C79.51", "C78.7", "C78.00"])]
#[case::its_side("[prostate cancer] has spread to the right lung", &["C61", "C78.01"])]
#[case::the_list_ends("[metastatic prostate cancer] to liver on treatment, bone scan today", &["C61", "C78.7"])]
#[case::no_site("[metastatic prostate cancer] to follow up", &["C61", "C79.9"])]
#[case::denied("[prostate cancer] not metastatic to bone", &["C61"])]
fn where_it_has_spread_to_is_read(#[case] marked: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&spread(marked)), expected.iter().copied().collect());
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
