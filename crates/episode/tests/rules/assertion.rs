//! What an assertion means for coding.

use clinlink_episode::{CoderConfig, RuleCoder, rules};
use clinlink_model::{
    Assertion, Certainty, Coder, Episode, Experiencer, Polarity, SectionKind, Status, Temporality,
};
use rstest::rstest;

use crate::support::{Said, historical, note, one, pack, with};

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
#[case(SectionKind::DischargeDiagnosis, Certainty::Possible, Status::Accepted)]
#[case(SectionKind::Impression, Certainty::Probable, Status::Review)]
fn what_is_uncertain_at_discharge_is_coded(
    #[case] section: SectionKind,
    #[case] certainty: Certainty,
    #[case] status: Status,
) {
    let said = [Said("pneumonia", "J18.9", with(|a| a.certainty = certainty))];
    assert_eq!(one(section, "pneumonia", &said).status, status);
}

#[test]
fn what_is_uncertain_at_discharge_is_not_coded_for_outpatients() {
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
