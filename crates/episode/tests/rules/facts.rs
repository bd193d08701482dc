//! Structured facts of the chart.

use clinlink_episode::{CoderConfig, Family, rules};
use clinlink_model::{
    AnnotatedNote, ChartCode, ChartFact, CodeEntry, Measurement, Polarity, SectionKind, Status, System,
    Weighs,
};
use rstest::rstest;

use crate::support::{Said, code_by, coder, naming, note, of, with};

const CODES: &[&str] = &["E87.6", "E87.5", "I10", "E66.9", "Z68.34", "Z79.01", "M81.0", "E11.9"];

fn chart(facts: Vec<ChartFact>) -> AnnotatedNote {
    let mut record = note("chart", SectionKind::Unknown, "", &[]);
    record.note.facts = facts;
    record
}

fn value(loinc: &str, value: f64, unit: &str, range: Option<(f64, f64)>) -> ChartFact {
    ChartFact::Measurement(Measurement {
        loinc: loinc.into(),
        value,
        unit: Some(unit.into()),
        low: range.map(|(low, _)| low),
        high: range.map(|(_, high)| high),
    })
}

fn in_chart(code: &str) -> ChartCode {
    ChartCode { system: System::ICD10CM, code: code.into() }
}

fn coded(named: &'static [&'static str], facts: Vec<ChartFact>) -> Vec<CodeEntry> {
    code_by(&coder(CODES, CoderConfig::default()), vec![naming(named), chart(facts)])
}

#[rstest]
#[case::low(2.9, "mmol/L", None, Some(Weighs::For))]
#[case::normal(4.2, "mmol/L", None, Some(Weighs::Against))]
#[case::by_the_laboratorys_range(3.6, "mmol/L", Some((3.8, 5.0)), Some(Weighs::For))]
#[case::of_another_unit(2.9, "mg/dL", None, None)]
fn a_value_speaks_for_or_against_what_a_provider_named(
    #[case] potassium: f64,
    #[case] unit: &str,
    #[case] range: Option<(f64, f64)>,
    #[case] weighs: Option<Weighs>,
) {
    let codes = coded(&["E87.6"], vec![value("2823-3", potassium, unit, range)]);
    let named = of(&codes, "E87.6");
    assert_eq!(named.status, Status::Accepted, "a value decides nothing");
    assert_eq!(named.facts.first().map(|fact| fact.weighs), weighs);
}

#[test]
fn a_value_alone_is_a_question() {
    let codes = coded(&["I10"], vec![value("2823-3", 2.9, "mmol/L", None)]);
    let asked = of(&codes, "E87.6");
    assert_eq!(
        (asked.status, asked.rules.as_slice()),
        (Status::Rejected, &[rules::VALUE_ALONE.to_owned()][..])
    );
    assert_eq!(asked.facts[0].says, "potassium 2.9 mmol/L, below 3.5");
    assert!(codes.iter().all(|entry| entry.code != "E87.5"));
}

#[test]
fn what_is_denied_stays_denied() {
    let denied = with(|a| a.polarity = Polarity::Negated);
    let text = note("n", SectionKind::Unknown, "no hypokalemia", &[Said("hypokalemia", "E87.6", denied)]);
    let facts = vec![value("2823-3", 2.9, "mmol/L", None)];
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![text, chart(facts)]);
    assert_eq!((codes.len(), codes[0].status, codes[0].facts.len()), (1, Status::Rejected, 1));
}

#[rstest]
#[case::with_obesity(&["E66.9"], Status::Accepted)]
#[case::alone(&["I10"], Status::Rejected)]
fn a_measured_body_mass_index_needs_a_diagnosis(
    #[case] named: &'static [&'static str],
    #[case] status: Status,
) {
    let codes = coded(named, vec![value("39156-5", 34.1, "kg/m2", None)]);
    assert_eq!(of(&codes, "Z68.34").status, status);
}

#[rstest]
#[case("apixaban 5 mg b.i.d.", true)]
#[case("Eliquis", true)]
#[case("amoxicillin 500 mg", false)]
fn a_drug_that_is_taken_for_long_has_a_status(#[case] drug: &str, #[case] known: bool) {
    let codes = coded(&["I10"], vec![ChartFact::Medication(drug.into())]);
    assert_eq!(codes.iter().any(|entry| entry.code == "Z79.01" && entry.status == Status::Accepted), known);
}

#[test]
fn problems_support_and_are_not_coded_alone() {
    let facts = vec![ChartFact::Problem(in_chart("I10")), ChartFact::Problem(in_chart("M810"))];
    let codes = coded(&["I10"], facts);
    assert_eq!((of(&codes, "I10").status, of(&codes, "I10").facts.len()), (Status::Accepted, 1));
    let alone = of(&codes, "M81.0");
    assert_eq!(
        (alone.status, alone.rules.as_slice()),
        (Status::Review, &[rules::PROBLEM_LIST.to_owned()][..])
    );
}

#[test]
fn codes_of_the_chart_are_told_apart_from_new_ones() {
    let facts = ["I10", "E11.9", "X99.9"].map(|code| ChartFact::Code(in_chart(code)));
    let other = ChartCode { system: System::HPO, code: "HP:0001250".into() };
    let codes = coded(&["I10", "E66.9"], facts.into_iter().chain([ChartFact::Code(other)]).collect());
    let known: Vec<(&str, Status, bool)> =
        codes.iter().map(|entry| (entry.code.as_str(), entry.status, entry.report.in_chart)).collect();
    assert!(known.contains(&("I10", Status::Accepted, true)), "supported");
    assert!(known.contains(&("E66.9", Status::Accepted, false)), "new");
    assert!(known.contains(&("E11.9", Status::Review, true)), "no note supports it");
    assert!(known.contains(&("X99.9", Status::Rejected, true)), "not in the pack");
    assert_eq!(known.len(), 4, "codes of other systems are passed over");
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Facts);
    let facts = vec![value("2823-3", 2.9, "mmol/L", None), ChartFact::Code(in_chart("E11.9"))];
    let codes = code_by(&coder(CODES, config), vec![naming(&["I10"]), chart(facts)]);
    assert_eq!(codes.len(), 1);
}
