//! Every rule of the catalogue has a case that sets it off and one that must not. A new rule needs both.

use crate::support::{Said, code, code_by, coder, historical, naming, note, pack, plain, titled, with};
use clinlink_episode::{CoderConfig, Profile, RuleCoder};
use clinlink_model::{
    Assertion, Certainty, ChartCode, ChartFact, CodeEntry, Experiencer, Measurement, Polarity, SectionKind,
    System, Temporality,
};

const NONE: SectionKind = SectionKind::Unknown;

/// One mention in a section.
fn said(
    section: SectionKind,
    words: &'static str,
    code: &'static str,
    meant: Option<Assertion>,
) -> Vec<CodeEntry> {
    let mut note = note("n", section, words, &[Said(words, code, meant)]);
    if code.is_empty() {
        note.mentions[0].links.clear();
    }
    let codes = [code, "Z85.3", "Z80.3", "Z79.01", "Z87.891"].into_iter().filter(|code| !code.is_empty());
    code_by(&coder(&codes.collect::<Vec<_>>(), CoderConfig::default()), vec![note])
}

/// Codes that are named plainly, by a coder that knows `all`.
fn named(codes: &'static [&'static str], all: &[&str]) -> Vec<CodeEntry> {
    code_by(&coder(&[codes, all].concat(), CoderConfig::default()), vec![naming(codes)])
}

/// The same with a chart.
fn charted(codes: &'static [&'static str], all: &[&str], facts: Vec<ChartFact>) -> Vec<CodeEntry> {
    let mut chart = note("chart", NONE, "", &[]);
    chart.note.facts = facts;
    code_by(&coder(&[codes, all].concat(), CoderConfig::default()), vec![naming(codes), chart])
}

fn measured(loinc: &str, value: f64, unit: &str) -> ChartFact {
    let (loinc, unit) = (loinc.into(), Some(unit.into()));
    ChartFact::Measurement(Measurement { loinc, value, unit, low: None, high: None })
}

fn in_chart(code: &str) -> ChartCode {
    ChartCode { system: System::ICD10CM, code: code.into() }
}

/// Two notes that speak of a pneumonia; the second is a discharge summary.
fn pneumonia_twice(first: Option<Assertion>, second: Option<Assertion>) -> Vec<CodeEntry> {
    let notes = [("admission", first), ("discharge summary", second)].map(|(kind, meant)| {
        let mut note = note(kind, NONE, "pneumonia", &[Said("pneumonia", "J18.9", meant)]);
        note.note.kind = Some(kind.into());
        note
    });
    code_by(&coder(&["J18.9"], CoderConfig::default()), notes.into())
}

/// A radiologist's finding and what a progress note names.
fn radiology(named: &'static str) -> Vec<CodeEntry> {
    let notes = [("radiology report", "J43.9"), ("progress note", named)].map(|(kind, code)| {
        let mut note = note(kind, SectionKind::Impression, "words", &[plain("words", code)]);
        note.note.kind = Some(kind.into());
        note
    });
    code_by(&coder(&["J43.9", "R05.9"], CoderConfig::default()), notes.into())
}

fn detailed(words: &'static str, linked: &'static str) -> Vec<CodeEntry> {
    code(vec![note("n", NONE, words, &[plain(words, linked)])])
}

/// A codes set with a past stroke and a deficit of now.
fn after_stroke(meant: Option<Assertion>) -> Vec<CodeEntry> {
    let said = [plain("hemiplegia", "G81.90"), Said("stroke", "I63.9", meant)];
    let coder = coder(&["G81.90", "I63.9", "I69.359"], CoderConfig::default());
    code_by(&coder, vec![note("n", NONE, "hemiplegia\nstroke", &said)])
}

fn negated() -> Option<Assertion> {
    with(|a| a.polarity = Polarity::Negated)
}

#[expect(clippy::unnecessary_wraps, reason = "as the other ways in which words are meant")]
fn ruled_out() -> Option<Assertion> {
    let mut assertion = historical(Some("neg.ruled_out_for")).unwrap();
    assertion.temporality = Temporality::Recent;
    assertion.polarity = Polarity::Negated;
    Some(assertion)
}

fn possible() -> Option<Assertion> {
    with(|a| a.certainty = Certainty::Possible)
}

#[expect(clippy::unnecessary_wraps, reason = "as the other ways in which words are meant")]
fn affirmed() -> Option<Assertion> {
    Some(Assertion::plain())
}

/// The code sets of a case that must set a rule off and of one that must not; `None` for a rule without cases.
#[expect(clippy::too_many_lines, reason = "a table")]
fn cases(rule: &str) -> Option<[Vec<CodeEntry>; 2]> {
    let lung = |meant| said(NONE, "pneumonia", "J18.9", meant);
    let discharge = SectionKind::DischargeDiagnosis;
    let past = SectionKind::PastMedicalHistory;
    Some(match rule {
        "affirmed" => [lung(affirmed()), lung(negated())],
        "not-assessed" => [lung(None), lung(affirmed())],
        "negated" => [lung(negated()), lung(affirmed())],
        "family" => [lung(with(|a| a.experiencer = Experiencer::Family)), lung(affirmed())],
        "other-person" => [lung(with(|a| a.experiencer = Experiencer::Other)), lung(affirmed())],
        "hypothetical" => [lung(with(|a| a.temporality = Temporality::Hypothetical)), lung(affirmed())],
        "historical" => [lung(historical(Some("history_of"))), lung(affirmed())],
        "history-section" => {
            let by_section = historical(Some("section:past_medical_history"));
            [said(past, "pneumonia", "J18.9", by_section), said(past, "pneumonia", "J18.9", affirmed())]
        }
        "chronic" => {
            let old = || historical(Some("section:past_medical_history"));
            [said(past, "hypertension", "I10", old()), said(past, "pneumonia", "J18.9", old())]
        }
        "uncertain" => [lung(possible()), lung(affirmed())],
        "uncertain-at-discharge" => [said(discharge, "pneumonia", "J18.9", possible()), lung(possible())],
        "unspecified" => [detailed("diabetes", "E11"), detailed("nephropathy", "E11.21")],
        "side" => [detailed("right knee pain", "M25.56"), detailed("knee pain", "M25.56")],
        "remission" => {
            let told = |code| {
                let said = [Said("it", code, historical(Some("hist.remission")))];
                let codes = [
                    ("C91.1", "Leukemia"),
                    ("C91.10", "Leukemia, not having achieved remission"),
                    ("C91.11", "Leukemia, in remission"),
                    ("C50.9", "Cancer"),
                ];
                code_by(&titled(&codes), vec![note("n", NONE, "it in remission", &said)])
            };
            [told("C91.10"), told("C50.9")]
        }
        "dominant-side" => {
            [crate::sequelae::told("left-sided hemiplegia"), crate::sequelae::told("hemiplegia")]
        }
        "procedure-detail" => [
            crate::procedures::told("laparoscopic appendectomy", "appendectomy", "0DTJ"),
            crate::procedures::told("appendectomy", "appendectomy", "0DTJ"),
        ],
        "trimester" => {
            [crate::details::weeks("25 weeks pregnant"), crate::details::weeks("seen 25 weeks ago")]
        }
        "encounter" => [detailed("healing radius fracture", "S52.50"), detailed("radius fracture", "S52.50")],
        "active-treatment" => {
            let treated = |kind| crate::details::fracture_in(kind, "fracture of the left radius");
            [treated("emergency note"), treated("orthopedic clinic")]
        }
        "told-detail" => {
            [crate::details::ulcer("stage 2 pressure ulcer"), crate::details::ulcer("pressure ulcer")]
        }
        "birth" => {
            let pregnant = |text| crate::births::told("ob note", text);
            [pregnant("gestational diabetes at 30w1d"), pregnant("gestational diabetes")]
        }
        "childbirth" => [named(&["J45.909", "Z37.0"], &["O99.52"]), named(&["J45.909"], &["O99.52"])],
        "newborn" => [named(&["R17", "Z38.00"], &["P59.9"]), named(&["R17"], &["P59.9"])],
        "septic-shock" => [named(&["R65.21"], &["A41.9"]), named(&["R65.20"], &["A41.9"])],
        "poisoning" => [crate::drugs::told("overdose of warfarin"), crate::drugs::told("level of warfarin")],
        "adverse-effect" => {
            [crate::drugs::told("bleeding due to warfarin"), crate::drugs::told("bleeding, on warfarin")]
        }
        "underdosing" => [crate::drugs::told("ran out of warfarin"), crate::drugs::told("warfarin")],
        "underdosing-reason" => {
            [crate::drugs::told("noncompliant with warfarin"), crate::drugs::told("ran out of warfarin")]
        }
        "toxic-effect" => [
            crate::drugs::told("bleeding after ethanol poisoning"),
            crate::drugs::told("bleeding due to ethanol"),
        ],
        "mass-no-neoplasm" => {
            [said(NONE, "brain mass", "C71.9", affirmed()), said(NONE, "brain tumor", "C71.9", affirmed())]
        }
        "spread-unknown" => [
            crate::neoplasms::told("metastatic prostate cancer", affirmed()),
            crate::neoplasms::told("prostate cancer", affirmed()),
        ],
        "own-words" => {
            [crate::own_words::told("E. coli UTI", "N39.0"), crate::own_words::told("UTI", "N39.0")]
        }
        "spread-to" => {
            let spread = crate::neoplasms::spread;
            [spread("[metastatic prostate cancer] to bone"), spread("[metastatic prostate cancer] today")]
        }
        "under-treatment" => {
            let over = || historical(Some("hist.history_of"));
            [
                crate::neoplasms::told("prostate cancer, undergoing radiation", over()),
                crate::neoplasms::told("prostate cancer, after radiation", over()),
            ]
        }
        "primary-unknown" => [named(&["C79.51"], &["C80.1"]), named(&["C79.51", "C61"], &["C80.1"])],
        "seventh-character" => [detailed("radius fracture", "S52.50"), detailed("pneumonia", "J18")],
        "not-billable" => [detailed("pressure ulcer", "L89"), detailed("pneumonia", "J18")],
        "not-in-pack" => [detailed("something", "X99"), detailed("cough", "R05")],
        "history-code" => {
            let over = historical(Some("hist.history_of"));
            [said(NONE, "breast cancer", "C50.9", over), said(NONE, "breast cancer", "C50.9", affirmed())]
        }
        "family-history-code" => {
            let hers = with(|a| a.experiencer = Experiencer::Family);
            [said(NONE, "breast cancer", "C50.9", hers), said(NONE, "breast cancer", "C50.9", affirmed())]
        }
        "current-not-history" => [named(&["C50.9", "Z85.3"], &[]), named(&["I10", "Z85.3"], &[])],
        "status-code" => {
            let drug = |section| said(section, "apixaban", "", affirmed());
            [drug(SectionKind::Medications), drug(SectionKind::HospitalCourse)]
        }
        "states-the-past" => {
            let smoker = |meant| said(NONE, "former smoker", "Z87.891", meant);
            [smoker(historical(Some("hist.previous"))), smoker(affirmed())]
        }
        "needs-diagnosis" => [named(&["Z68.34", "I10"], &[]), named(&["Z68.34", "E66.9"], &[])],
        "ruled-out" => [pneumonia_twice(affirmed(), ruled_out()), pneumonia_twice(affirmed(), negated())],
        "finding-alone" => [radiology("R05.9"), radiology("J43.9")],
        "specific" => {
            let both = [plain("diabetes", "E11"), plain("nephropathy", "E11.21")];
            [code(vec![note("n", NONE, "diabetes\nnephropathy", &both)]), detailed("diabetes", "E11")]
        }
        "general" => [named(&["D64.9", "D50.9"], &[]), named(&["D64.9", "I10"], &[])],
        "hypertension-heart" => [named(&["I10", "I50.23"], &["I11.0"]), named(&["I10"], &["I11.0"])],
        "hypertension-kidney" => {
            [named(&["I10", "N18.32"], &["I12.9"]), named(&["I10", "N17.9"], &["I12.9"])]
        }
        "hypertension-heart-kidney" => {
            let all = &["I13.0", "I11.0", "I12.9", "I13.10"];
            [named(&["I10", "I50.9", "N18.32"], all), named(&["I10", "I50.9"], all)]
        }
        "coronary-angina" => [named(&["I25.10", "I20.9"], &["I25.119"]), named(&["I20.9"], &["I25.119"])],
        "diabetes-with" => [named(&["E11.9", "N18.32"], &["E11.22"]), named(&["E11.9", "I10"], &["E11.22"])],
        "with" => [named(&["D64.9", "N18.6"], &["D63.1"]), named(&["D64.9", "I10"], &["D63.1"])],
        "acute-and-chronic" => [named(&["J96.01", "J96.10"], &["J96.21"]), named(&["J96.01"], &["J96.21"])],
        "combination" => [named(&["K80.20", "K81.0"], &["K80.00"]), named(&["K80.20"], &["K80.00"])],
        "manifestation-pair" => [named(&["F03.90", "G30.9"], &["F02.80"]), named(&["F03.90"], &["F02.80"])],
        "pregnancy" => [crate::pregnancies::told("asthma\npregnant"), crate::pregnancies::told("asthma")],
        "pregnancy-to-confirm" => {
            [crate::pregnancies::told("rash\npregnant"), crate::pregnancies::told("asthma\npregnant")]
        }
        "gestational-diabetes" => [
            crate::pregnancies::told("gestational diabetes on insulin"),
            crate::pregnancies::told("gestational diabetes"),
        ],
        "sepsis-organism" => {
            [named(&["A41.9", "B96.20"], &["A41.51"]), named(&["N39.0", "B96.20"], &["A41.51", "A41.9"])]
        }
        "severe-sepsis" => [named(&["A41.9", "N17.9"], &["R65.20"]), named(&["A41.9", "N18.6"], &["R65.20"])],
        "sequela" => [after_stroke(historical(Some("history_of"))), after_stroke(affirmed())],
        "excludes1" => {
            let both = [plain("one", "I51"), plain("two", "Q21"), plain("three", "Q21")];
            [code(vec![note("n", NONE, "one\ntwo\nthree", &both)]), detailed("one", "I51")]
        }
        "integral-symptom" => [named(&["J18.9", "R05.9"], &[]), named(&["J18.9", "R21"], &[])],
        "value-alone" => {
            let low = |potassium| vec![measured("2823-3", potassium, "mmol/L")];
            [
                charted(&["I10"], &["E87.6", "E87.5"], low(2.9)),
                charted(&["I10"], &["E87.6", "E87.5"], low(4.2)),
            ]
        }
        "body-mass-index" => {
            let body_mass = vec![measured("39156-5", 34.1, "kg/m2")];
            let potassium = vec![measured("2823-3", 4.2, "mmol/L")];
            [charted(&["E66.9"], &["Z68.34"], body_mass), charted(&["E66.9"], &["Z68.34"], potassium)]
        }
        "on-medication-list" => {
            let takes = |drug: &str| vec![ChartFact::Medication(drug.into())];
            [
                charted(&["I10"], &["Z79.01"], takes("Eliquis")),
                charted(&["I10"], &["Z79.01"], takes("amoxicillin")),
            ]
        }
        "problem-list" => {
            let problem = |code| vec![ChartFact::Problem(in_chart(code))];
            [charted(&["I10"], &["M81.0"], problem("M81.0")), charted(&["I10"], &["M81.0"], problem("I10"))]
        }
        "in-chart" => {
            let coded = |code| vec![ChartFact::Code(in_chart(code))];
            [charted(&["I10"], &["E11.9"], coded("E11.9")), charted(&["I10"], &["E11.9"], coded("I10"))]
        }
        "sex-conflict" => {
            [crate::patient::told("45-year-old man", "O14.90"), crate::patient::told("32F", "O14.90")]
        }
        "age-conflict" => {
            [crate::patient::told("54-year-old man", "P59.9"), crate::patient::told("3-day-old boy", "P59.9")]
        }
        "external-cause" => {
            let injured = |text| crate::external::told(text);
            [injured("fell from a ladder\nradius fracture"), injured("fell from a ladder\ncough")]
        }
        "unrelated" => {
            let renal = |text| {
                let said = [plain("diabetes", "E11.9"), plain("CKD", "N18.32")];
                code_by(
                    &coder(&["E11.9", "N18.32", "E11.22"], CoderConfig::default()),
                    vec![note("n", NONE, text, &said)],
                )
            };
            [renal("CKD 3b, not due to diabetes"), renal("CKD 3b and diabetes")]
        }
        "profile" => {
            let study = CoderConfig { profile: Some(Profile::HighPrecision), ..CoderConfig::default() };
            let coder = coder(&["I10"], study);
            let twice = [plain("hypertension", "I10"), plain("high blood pressure", "I10")];
            let twice = note("n", NONE, "hypertension\nhigh blood pressure", &twice);
            [code_by(&coder, vec![naming(&["I10"])]), code_by(&coder, vec![twice])]
        }
        "learned" => [crate::learned::of_learned_words(), named(&["J18.1", "R05"], &[])],
        "inferred" => [crate::learned::of_inferred_words(), crate::learned::of_learned_words()],
        _ => return None,
    })
}

#[test]
fn every_rule_fires_where_it_should_and_not_elsewhere() {
    for rule in RuleCoder::new(pack(), CoderConfig::default()).rules() {
        let [fires, must_not] = cases(&rule.id).unwrap_or_else(|| panic!("rule {} has no cases", rule.id));
        let fired = |codes: &[CodeEntry]| codes.iter().any(|code| code.rules.contains(&rule.id));
        assert!(fired(&fires), "{} does not fire: {fires:?}", rule.id);
        assert!(!fired(&must_not), "{} fires where it must not: {must_not:?}", rule.id);
    }
}
