//! The codes that every record of a birth has.

use clinlink_model::{CodeEntry, SectionKind};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, note, plain, titled};

/// What words of the texts stand for.
const NAMED: [(&str, &str); 5] = [
    ("preterm", "P07.30"),
    ("gestational diabetes", "O24.419"),
    ("jaundice", "R17"),
    ("hypoglycemia", "E16.2"),
    ("missed abortion", "O02.1"),
];

/// The code set of a text in a note of a kind.
pub fn told(kind: &str, text: &'static str) -> Vec<CodeEntry> {
    let others = [
        ("O24.429", "Gestational diabetes mellitus in childbirth, unspecified control"),
        ("P59.9", "Neonatal jaundice, unspecified"),
        ("P70.4", "Other neonatal hypoglycemia"),
        ("P07.3", "Preterm newborn [other]"),
        ("P07.39", "Preterm newborn, gestational age 36 completed weeks"),
        ("Z37.0", "Single live birth"),
        ("Z37.1", "Single stillbirth"),
        ("Z37.2", "Twins, both liveborn"),
        ("Z38.00", "Single liveborn infant, delivered vaginally"),
        ("Z38.01", "Single liveborn infant, delivered by cesarean"),
        ("Z3A.30", "30 weeks gestation of pregnancy"),
        ("Z3A.39", "39 weeks gestation of pregnancy"),
    ];
    let codes: Vec<(&str, &str)> =
        NAMED.into_iter().map(|(words, code)| (code, words)).chain(others).collect();
    let named = NAMED.into_iter().filter(|(words, _)| text.contains(words));
    let said: Vec<Said> = named.map(|(words, code)| plain(words, code)).collect();
    let mut note = note("n", SectionKind::HospitalCourse, text, &said);
    note.note.kind = Some(kind.to_owned());
    code_by(&titled(&codes), vec![note])
}

#[rstest]
#[case("gestational diabetes at 30w1d", &["O24.419", "Z3A.30"])]
#[case::delivered("gestational diabetes at 39 weeks of gestation\ndelivered a viable male infant", &["O24.429", "Z37.0", "Z3A.39"])]
#[case::the_childs("gestational diabetes\ndelivery of live born girl\nBaby with mild jaundice", &["O24.429", "Z37.0"])]
#[case::two_numbers("gestational diabetes at 30w1d\nnow 39w0d", &["O24.419"])]
#[case::by_date_and_way("gestational diabetes\nDelivered 2/3 by successful VBAC, viable female 3650g", &["O24.429", "Z37.0"])]
#[case::weeks_and_days("gestational diabetes, 39 weeks 3 days, in labor", &["O24.419", "Z3A.39"])]
#[case::short_for_something_else("gestational diabetes, itch for 3 weeks 2 days", &["O24.419"])]
#[case::both_twins("gestational diabetes\nTwin A male, twin B female, both liveborn", &["O24.429", "Z37.2"])]
#[case::not_delivered("gestational diabetes\nnot delivered a boy", &["O24.419"])]
#[case::before("gestational diabetes\npreviously delivered a healthy boy, prior delivery of male", &["O24.419"])]
#[case::twins("gestational diabetes\ndelivered male twins", &["O24.419"])]
#[case::live_twins("gestational diabetes\ndelivered viable twins by cesarean", &["O24.429", "Z37.2"])]
#[case::a_stillbirth("gestational diabetes\ndelivery of a stillborn infant", &["O24.429", "Z37.1"])]
#[case::an_abortion("missed abortion at 9w1d", &["O02.1"])]
#[case::not_pregnant("jaundice for 30w1d", &["R17"])]
fn a_mothers_record_has_weeks_and_outcome(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told("discharge summary", text)), expected.iter().copied().collect());
}

#[rstest]
#[case::vaginally("newborn discharge summary", "born at 39w2d by NSVD, jaundice", &["P59.9", "Z38.00"])]
#[case::by_cesarean("nursery note", "delivered via C/S\nhypoglycemia", &["P70.4", "Z38.01"])]
#[case::preterm("newborn note", "preterm, born by NSVD at 36w2d", &["P07.39", "Z38.00"])]
#[case::not_called_preterm("newborn note", "born by NSVD at 36w2d", &["Z38.00"])]
#[case::named_in_its_heading("discharge summary", "NEWBORN DISCHARGE. Girl born via C/S. hypoglycemia", &["P70.4", "Z38.01"])]
#[case::nobody_tells_how("newborn note", "born at 39w2d\njaundice", &["R17"])]
#[case::a_visit("newborn clinic", "born by NSVD\njaundice", &["R17"])]
#[case::not_of_a_newborn("discharge summary", "born by NSVD\njaundice", &["R17"])]
fn a_newborns_record_has_its_birth(
    #[case] kind: &str,
    #[case] text: &'static str,
    #[case] expected: &[&str],
) {
    assert_eq!(accepted(&told(kind, text)), expected.iter().copied().collect());
}
