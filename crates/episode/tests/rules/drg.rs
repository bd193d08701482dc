//! MS-DRGs: which codes count, which one moves it, and where nothing is said rather than guessed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clinlink_episode::{CoderConfig, DrgCase, DrgGrouper, RuleCoder};
use clinlink_model::{
    Coder, DrgEffect, DrgReport, DrgSource, Episode, Label, Purpose, SectionKind, Severity, System,
};
use clinlink_vocab::{Fact, Pack, PackBuilder};
use rstest::rstest;

use crate::support::{note, plain};

const DRGS: [(&str, &str, &str, &str); 12] = [
    ("001", "PRE", "SURG", "HEART TRANSPLANT WITH MCC"),
    ("242", "05", "SURG", "PACEMAKER WITH MCC"),
    ("243", "05", "SURG", "PACEMAKER WITH CC"),
    ("244", "05", "SURG", "PACEMAKER WITHOUT CC/MCC"),
    ("280", "05", "MED", "ACUTE MYOCARDIAL INFARCTION, DISCHARGED ALIVE WITH MCC"),
    ("281", "05", "MED", "ACUTE MYOCARDIAL INFARCTION, DISCHARGED ALIVE WITH CC"),
    ("282", "05", "MED", "ACUTE MYOCARDIAL INFARCTION, DISCHARGED ALIVE WITHOUT CC/MCC"),
    ("291", "05", "MED", "HEART FAILURE AND SHOCK WITH MCC"),
    ("292", "05", "MED", "HEART FAILURE AND SHOCK WITH CC"),
    ("293", "05", "MED", "HEART FAILURE AND SHOCK WITHOUT CC/MCC"),
    ("313", "05", "MED", "CHEST PAIN"),
    ("793", "15", "MED", "FULL TERM NEONATE WITH MAJOR PROBLEMS"),
];

/// Diagnoses with what the tables say of them.
const DIAGNOSES: [(&str, &[(Fact, &str)]); 10] = [
    ("B20", &[]),
    ("I21.4", &[(Fact::Severity, "MCC"), (Fact::NoSeverity, "in MS-DRGs 280-282")]),
    ("I46.9", &[(Fact::Severity, "MCC"), (Fact::NoSeverity, "unless discharged alive")]),
    ("I50.22", &[(Fact::Severity, "CC"), (Fact::ExcludedBy, "0802"), (Fact::Excludes, "0802")]),
    ("I50.23", &[(Fact::Severity, "MCC"), (Fact::ExcludedBy, "0801"), (Fact::Excludes, "0801 0802")]),
    ("J18.9", &[(Fact::Severity, "MCC"), (Fact::ExcludedBy, "0900")]),
    ("J96.01", &[(Fact::Severity, "MCC"), (Fact::ExcludedBy, "0998")]),
    ("N17.9", &[(Fact::Severity, "CC")]),
    ("O80", &[]),
    ("R07.9", &[]),
];

fn pack(more: impl FnOnce(&mut PackBuilder)) -> Arc<Pack> {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = PackBuilder::new();
    for (code, facts) in DIAGNOSES {
        builder.concept(&System::ICD10CM, code, code, Label::Disease);
        for (fact, value) in facts {
            builder.fact(*fact, value);
        }
    }
    for (at, (code, mdc, kind, title)) in DRGS.into_iter().enumerate() {
        builder.heading(&System::MS_DRG, code, title, Label::Other);
        builder.fact(Fact::Mdc, mdc).fact(Fact::DrgType, kind).fact(Fact::Weight, &format!("{at}.5"));
    }
    for code in ["02H63JZ", "4A023N7", "BW24ZZZ"] {
        builder.concept(&System::ICD10PCS, code, code, Label::Procedure);
    }
    more(&mut builder);
    let path = folder.path().join("pack");
    builder.write(&path).unwrap();
    Arc::new(Pack::open(&path).unwrap())
}

fn grouper(pack: &Arc<Pack>) -> DrgGrouper {
    RuleCoder::new(Arc::clone(pack), CoderConfig::default()).grouper()
}

fn case(principal: &str, secondary: &[&str]) -> DrgCase {
    let secondary = secondary.iter().map(|&code| code.to_owned()).collect();
    DrgCase { principal: Some(principal.to_owned()), secondary, ..DrgCase::default() }
}

fn group(principal: &str, secondary: &[&str]) -> DrgReport {
    grouper(&pack(|_| {})).group(&case(principal, secondary))
}

fn code(report: &DrgReport) -> Option<&str> {
    report.drg.as_ref().map(|drg| drg.code.as_str())
}

fn effect<'r>(effects: &'r [DrgEffect], code: &str) -> &'r DrgEffect {
    effects.iter().find(|effect| effect.code == code).unwrap()
}

#[rstest]
#[case::none(&[], "293", Severity::Without, &[])]
#[case::cc(&["N17.9"], "292", Severity::Cc, &["N17.9"])]
#[case::mcc_beside_cc(&["N17.9", "J18.9"], "291", Severity::Mcc, &["J18.9"])]
#[case::two_mcc(&["J18.9", "J96.01"], "291", Severity::Mcc, &[])]
#[case::excluded_by_the_principal(&["I50.22"], "293", Severity::Without, &[])]
#[case::excluded_beside_one_that_counts(&["I50.22", "N17.9"], "292", Severity::Cc, &["N17.9"])]
fn the_greatest_level_that_counts_decides(
    #[case] secondary: &[&str],
    #[case] drg: &str,
    #[case] severity: Severity,
    #[case] moved_by: &[&str],
) {
    let report = group("I50.23", secondary);
    assert_eq!((code(&report), report.severity), (Some(drg), severity));
    assert_eq!(report.moved_by, moved_by);
    assert_eq!(report.source, Some(DrgSource::Families));
    assert!(report.reasons.iter().any(|reason| reason.contains("an estimate")), "{:?}", report.reasons);
}

#[test]
fn each_code_says_what_the_stay_would_be_without_it() {
    let report = group("I50.23", &["I50.22", "J18.9", "N17.9"]);
    let drg = report.drg.as_ref().unwrap();
    assert_eq!((drg.mdc.as_str(), drg.kind.as_str(), drg.weight), ("05", "MED", Some(7.5)));
    let pneumonia = effect(&report.secondary, "J18.9");
    assert_eq!((pneumonia.drg.as_deref(), pneumonia.weight, pneumonia.moves), (Some("292"), Some(8.5), true));
    assert_eq!(report.says_of_accepted(pneumonia), "alone carries MCC: without it 292, weight 8.5000");
    let kidney = effect(&report.secondary, "N17.9");
    assert!(!kidney.moves);
    assert_eq!(report.says_of_accepted(kidney), "moves nothing beside an MCC");
    let excluded = effect(&report.secondary, "I50.22").excluded.as_deref().unwrap();
    assert!(excluded.contains("I50.23") && excluded.contains("0802"), "{excluded}");
}

#[test]
fn two_that_count_alike_move_nothing_alone() {
    let report = group("I50.23", &["J18.9", "J96.01"]);
    let says = report.says_of_accepted(effect(&report.secondary, "J96.01"));
    assert_eq!(says, "moves nothing alone: another MCC counts too");
}

#[test]
fn exclusion_goes_by_the_collection_of_the_secondary_code() {
    // I50.22 excludes 0802 only, so that I50.23 (0801) counts beside it.
    let report = group("I50.22", &["I50.23"]);
    assert_eq!((code(&report), report.moved_by.as_slice()), (Some("291"), &["I50.23".to_owned()][..]));
}

#[test]
fn a_code_may_count_in_other_drgs_only() {
    assert_eq!(code(&group("I21.4", &["I21.4"])), Some("282"));
    assert_eq!(code(&group("I50.23", &["I21.4"])), Some("291"));
}

#[test]
fn what_counts_only_for_the_living_is_said() {
    let report = group("I50.23", &["I46.9"]);
    assert_eq!(code(&report), Some("291"));
    assert!(
        report.reasons.iter().any(|r| r.contains("I46.9") && r.contains("alive")),
        "{:?}",
        report.reasons
    );
}

#[test]
fn suggestions_say_where_they_would_move_it() {
    let to_review = ["N17.9", "J96.01", "R07.9", "I50.22"].map(str::to_owned).to_vec();
    let report = grouper(&pack(|_| {})).group(&DrgCase { to_review, ..case("I50.23", &[]) });
    assert_eq!(code(&report), Some("293"));
    let says: Vec<(&str, String)> = report
        .what_if
        .iter()
        .map(|effect| (effect.code.as_str(), report.says_of_suggested(effect)))
        .collect();
    assert_eq!(says[0], ("N17.9", "would move 293 to 292, weight 8.5000".to_owned()));
    assert_eq!(says[1], ("J96.01", "would move 293 to 291, weight 7.5000".to_owned()));
    assert!(says[2].0 == "I50.22" && says[2].1.starts_with("would not count beside I50.23"), "{says:?}");
    assert_eq!(says.len(), 3, "what is neither CC nor MCC moves nothing");
}

#[rstest]
#[case::unknown_family("O80", &["N17.9"], "no medical family")]
#[case::hiv("I50.23", &["B20", "N17.9"], "beside B20")]
fn what_is_not_known_is_not_guessed(
    #[case] principal: &str,
    #[case] secondary: &[&str],
    #[case] reason: &str,
) {
    let report = group(principal, secondary);
    assert_eq!((code(&report), report.source), (None, None));
    assert!(report.reasons.iter().any(|r| r.contains(reason)), "{:?}", report.reasons);
    // The severity is known all the same.
    assert_eq!((report.severity, report.moved_by.as_slice()), (Severity::Cc, &["N17.9".to_owned()][..]));
    let kidney = effect(&report.secondary, "N17.9");
    assert_eq!(report.says_of_accepted(kidney), "alone carries CC: without it the stay is without CC or MCC");
}

#[test]
fn without_a_principal_diagnosis_there_is_none() {
    let report = grouper(&pack(|_| {})).group(&DrgCase { principal: None, ..case("", &["N17.9"]) });
    assert_eq!((code(&report), report.severity), (None, Severity::Cc));
    assert!(report.reasons[0].contains("no principal diagnosis"));
}

#[test]
fn a_pack_without_drgs_says_so() {
    let report = grouper(&crate::support::pack()).group(&case("J18.9", &[]));
    assert!(
        code(&report).is_none() && report.reasons[0].contains("clinlink vocab build"),
        "{:?}",
        report.reasons
    );
}

#[rstest]
#[case::unknown("02H63JZ", None, "surgical MS-DRGs need CMS's definitions")]
#[case::imaging("BW24ZZZ", Some("293"), "an estimate")]
fn a_procedure_that_may_decide_leaves_it_open(
    #[case] procedure: &str,
    #[case] expected: Option<&str>,
    #[case] reason: &str,
) {
    let procedures = vec![procedure.to_owned()];
    let report = grouper(&pack(|_| {})).group(&DrgCase { procedures, ..case("I50.23", &[]) });
    assert_eq!(code(&report), expected);
    assert!(report.reasons.iter().any(|r| r.contains(reason)), "{:?}", report.reasons);
}

/// A pack that was built with CMS's indexes.
fn defined() -> Arc<Pack> {
    pack(|builder| {
        let mut index = |system: &System, code: &str, facts: &[(Fact, &str)]| {
            assert!(builder.select(system, code));
            for (fact, value) in facts {
                builder.fact(*fact, value);
            }
        };
        index(&System::ICD10CM, "I50.23", &[(Fact::DrgIndex, "05 291-293"), (Fact::DrgIndex, "15 793")]);
        index(&System::ICD10CM, "I21.4", &[(Fact::DrgIndex, "05 280-282 291-293")]);
        index(&System::ICD10CM, "R07.9", &[(Fact::DrgIndex, "05 280-282 291-293")]);
        let room = |value| [(Fact::DrgIndex, "05 242-244"), (Fact::OperatingRoom, value)];
        index(&System::ICD10PCS, "02H63JZ", &room("yes"));
        index(&System::ICD10PCS, "4A023N7", &room("no"));
    })
}

#[rstest]
#[case::medical("I50.23", &[], Some("292"), Some(DrgSource::Definitions), "CMS's definitions")]
#[case::surgical("I50.23", &["02H63JZ"], Some("243"), Some(DrgSource::Definitions), "CMS's definitions")]
#[case::no_operating_room("I50.23", &["4A023N7"], None, None, "4A023N7 may move")]
#[case::several_and_a_family("I21.4", &[], Some("281"), Some(DrgSource::Families), "the family decides")]
#[case::several_and_another_family("R07.9", &[], None, None, "several bases")]
fn definitions_go_before_families(
    #[case] principal: &str,
    #[case] procedures: &[&str],
    #[case] expected: Option<&str>,
    #[case] source: Option<DrgSource>,
    #[case] reason: &str,
) {
    let procedures = procedures.iter().map(|&code| code.to_owned()).collect();
    let report = grouper(&defined()).group(&DrgCase { procedures, ..case(principal, &["N17.9"]) });
    assert_eq!((code(&report), report.source), (expected, source), "{:?}", report.reasons);
    assert!(report.reasons.iter().any(|r| r.contains(reason)), "{:?}", report.reasons);
}

#[rstest]
#[case::bill(Some(Purpose::Billing), true, Some("291"))]
#[case::visit(Some(Purpose::Billing), false, None)]
#[case::study(Some(Purpose::Research), true, None)]
#[case::everything(None, true, None)]
fn the_code_set_of_a_stay_has_its_drg(
    #[case] purpose: Option<Purpose>,
    #[case] inpatient: bool,
    #[case] expected: Option<&str>,
) {
    let said = [plain("heart failure", "I50.23"), plain("pneumonia", "J18.9")];
    let text = "heart failure\npneumonia";
    let notes = vec![note("n", SectionKind::DischargeDiagnosis, text, &said)];
    let coder = RuleCoder::new(pack(|_| {}), CoderConfig { purpose, inpatient, ..CoderConfig::default() });
    let set = coder.code(&Episode { id: "e".into(), notes, repeats: vec![] });
    assert_eq!(set.drg.as_ref().and_then(code), expected, "{:?}", set.drg);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn every_family_is_a_medical_base_of_table_5() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let opened = Pack::open(&root.join(".clinlink/packs/default")).ok();
    let Some(pack) = opened.filter(|pack| pack.concepts(&System::MS_DRG).next().is_some()) else {
        eprintln!("skipped: no pack with MS-DRGs at .clinlink/packs/default; `make vocab` builds it");
        return;
    };
    let pack = Arc::new(pack);
    let grouper = grouper(&pack);
    let file = std::fs::read_to_string(root.join("vocab/rules/drg.toml")).unwrap();
    let table: toml::Table = toml::from_str(&file).unwrap();
    let billable: Vec<&str> =
        pack.concepts(&System::ICD10CM).filter(|&id| pack.is_billable(id)).map(|id| pack.code(id)).collect();
    let mut seen = BTreeSet::new();
    for family in table["family"].as_array().unwrap() {
        let drgs = family["drgs"].as_str().unwrap();
        let (first, last) = drgs.split_once('-').unwrap_or((drgs, drgs));
        for prefix in family["principal"].as_array().unwrap() {
            let prefix = prefix.as_str().unwrap();
            assert!(seen.insert(prefix.to_owned()), "{prefix} stands twice");
            let codes: Vec<&&str> = billable.iter().filter(|code| code.starts_with(prefix)).collect();
            assert!(!codes.is_empty(), "{prefix}: no code of the pack");
            let report = grouper.group(&case(codes[0], &[]));
            let drg = report.drg.unwrap_or_else(|| panic!("{prefix}: {drgs}: {:?}", report.reasons));
            assert_eq!(drg.kind, "MED", "{prefix}");
            assert!(first <= drg.code.as_str() && drg.code.as_str() <= last, "{prefix}: {}", drg.code);
        }
    }
}
