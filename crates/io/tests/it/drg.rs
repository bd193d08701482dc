//! The MS-DRG of a bill: in the table, on the page, and in JSON lines.

use clinlink_io::{CodeSetRecord, write_code_set, write_html, write_table};
use clinlink_model::{CodeSet, Drg, DrgEffect, DrgReport, DrgSource, Episode, Severity};
use rstest::rstest;

use crate::episode::{code_set, episode};

fn effect(code: &str, level: Severity, severity: Severity, drg: &str, weight: f64) -> DrgEffect {
    let (code, drg) = (code.to_owned(), Some(drg.to_owned()));
    DrgEffect { code, level, excluded: None, severity, drg, weight: Some(weight), moves: true }
}

fn billed(episode: &Episode) -> CodeSet {
    let drg = Drg {
        code: "291".into(),
        title: "HEART FAILURE AND SHOCK WITH MCC".into(),
        weight: Some(1.2838),
        mdc: "05".into(),
        kind: "MED".into(),
    };
    let excluded = Some("beside I50.23 (table 6K, collection 0802)".to_owned());
    let still = effect("I50.22", Severity::Cc, Severity::Mcc, "291", 1.2838);
    let report = DrgReport {
        drg: Some(drg),
        severity: Severity::Mcc,
        source: Some(DrgSource::Families),
        moved_by: vec!["J96.01".into()],
        secondary: vec![
            effect("J96.01", Severity::Mcc, Severity::Without, "293", 0.566),
            DrgEffect { excluded, moves: false, ..still },
        ],
        what_if: vec![],
        reasons: vec!["an estimate".into()],
    };
    CodeSet { drg: Some(report), ..code_set(episode) }
}

#[rstest]
#[case::table(false, "MS-DRG 291  HEART FAILURE")]
#[case::page(true, "<h2>MS-DRG 291  HEART FAILURE")]
fn people_see_what_moves_it(#[case] page: bool, #[case] heading: &str) {
    let episode = episode();
    let (codes, mut out) = (billed(&episode), Vec::new());
    if page {
        write_html(&codes, &episode, &mut out).unwrap();
    } else {
        write_table(&codes, &episode, &mut out, 100).unwrap();
    }
    let text = String::from_utf8(out).unwrap();
    for words in [
        heading,
        "with MCC, weight 1.2838, MDC 05, MED; source: families",
        "J96.01 (MCC): alone carries MCC: without it 293, weight 0.5660",
        "I50.22 (CC): does not count beside I50.23",
        "an estimate",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn an_unknown_drg_keeps_its_severity() {
    let episode = episode();
    let mut codes = billed(&episode);
    let known = codes.drg.take().unwrap();
    codes.drg = Some(DrgReport { drg: None, source: None, ..known });
    let mut out = Vec::new();
    write_table(&codes, &episode, &mut out, 100).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("\nMS-DRG not known, with MCC\n"));
}

#[rstest]
#[case::known(true)]
#[case::unknown(false)]
fn a_record_reads_back(#[case] known: bool) {
    let episode = episode();
    let mut codes = billed(&episode);
    if !known {
        codes.drg = codes.drg.map(|report| DrgReport { drg: None, source: None, ..report });
    }
    let mut out = Vec::new();
    write_code_set(&codes, &episode, &mut out).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["drg"]["code"].as_str(), known.then_some("291"));
    assert_eq!((&value["drg"]["severity"], &value["drg"]["moved_by"][0]), (&"MCC".into(), &"J96.01".into()));
    let record: CodeSetRecord = serde_json::from_slice(&out).unwrap();
    assert_eq!(record.drg, codes.drg);
}
