//! Codes that exclude each other.

use std::sync::Arc;

use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_model::{Label, SectionKind, System};
use clinlink_vocab::{NoteKind, Pack, PackBuilder};
use rstest::rstest;

use crate::support::{accepted, code_by, note, plain};

fn coder() -> RuleCoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    let mut code = |code: &str, title: &str, note: &str| {
        let code = builder.concept(&System::ICD10CM, code, title, Label::Disease);
        code.billable(true).note(NoteKind::Excludes1, note);
    };
    code(
        "D64.81",
        "Anemia due to chemotherapy",
        "refractory anemia with excess blasts in transformation (C92.0-)",
    );
    code("D64.9", "Anemia, unspecified", "aplastic anemia (D61.-)");
    code("C92.00", "Acute myeloblastic leukemia, not having achieved remission", "");
    code("D61.9", "Aplastic anemia, unspecified", "");
    code("M10.9", "Gout", "chronic tophi (M1A.9)");
    code("M1A.9", "Chronic gouty arthropathy", "");
    builder.write(&path).unwrap();
    RuleCoder::new(Arc::new(Pack::open(&path).unwrap()), CoderConfig::default())
}

/// A note names a rare form by the code of all of them: it means that form only.
#[rstest]
#[case::a_form_that_is_not_named(["D64.81", "C92.00"], &["C92.00", "D64.81"])]
#[case::the_disease_itself(["D64.9", "D61.9"], &["D61.9"])]
#[case::a_code_in_full(["M10.9", "M1A.9"], &["M1A.9"])]
fn a_note_means_the_disease_that_it_names(#[case] codes: [&'static str; 2], #[case] expected: &[&str]) {
    // The second is told twice, so that the first gives way if they exclude each other.
    let said = [plain("one", codes[0]), plain("two", codes[1]), plain("three", codes[1])];
    let notes = vec![note("n", SectionKind::Unknown, "one\ntwo\nthree", &said)];
    assert_eq!(accepted(&code_by(&coder(), notes)), expected.iter().copied().collect());
}
