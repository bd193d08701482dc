//! Figures worked out by hand, over files as they come.

use std::fs;
use std::path::PathBuf;

use clinlink_score::{
    CodeOptions, Counts, LinkOptions, MentionOptions, codes, context, links, mentions, write_code_page,
};
use rstest::rstest;

/// Gold and predictions of one test, as files.
struct Files {
    gold: PathBuf,
    predicted: PathBuf,
}

/// Writes the lines of `gold` and `predicted` to files of their own.
fn files(test: &str, gold: &[&str], predicted: &[&str]) -> Files {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, lines: &[&str]| {
        let path = folder.join(name);
        fs::write(&path, lines.join("\n")).unwrap();
        path
    };
    Files { gold: write("gold.jsonl", gold), predicted: write("predicted.jsonl", predicted) }
}

const fn counts(tp: usize, fp: usize, fn_: usize) -> Counts {
    Counts { tp, fp, fn_ }
}

const MENTION_GOLD: [&str; 3] = [
    r#"{"id": "a", "text": "", "mentions": [{"start": 0, "end": 5, "label": "disease"},
        {"start": 10, "end": 20, "label": "Disease"}, {"start": 10, "end": 20, "type": "SpecificDisease"},
        {"start": 30, "end": 35, "label": "chemical"}]}"#,
    r#"{"id": "b", "entities": [{"start": 3, "end": 6, "type": "Chemical", "ids": []}]}"#,
    r#"{"id": "c", "mentions": [{"start": 1, "end": 2, "label": "disease"}]}"#,
];

/// Joins a record that is printed over several lines here.
fn one_line(json: &str) -> String {
    json.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn mention_report(test: &str, predicted: &[&str], labels: &[&str]) -> clinlink_score::MentionReport {
    let gold = MENTION_GOLD.map(one_line);
    let files = files(test, &gold.each_ref().map(String::as_str), predicted);
    let options = MentionOptions { labels: labels.iter().map(|&l| l.to_owned()).collect() };
    mentions(&files.gold, &files.predicted, &options).unwrap()
}

const MENTION_PREDICTIONS: [&str; 4] = [
    concat!(
        r#"{"schema": 1, "note": "a", "mentions": ["#,
        r#"{"start": 0, "end": 5, "start_char": 0, "end_char": 5, "label": "disease", "links": []}, "#,
        r#"{"start_char": 12, "end_char": 20, "label": "disease"}, "#,
        r#"{"start_char": 30, "end_char": 35, "label": "disease"}, "#,
        r#"{"start_char": 40, "end_char": 44, "label": "procedure"}]}"#
    ),
    r#"{"note": "b", "mentions": [{"start_char": 3, "end_char": 6, "label": "chemical", "assertion": null}]}"#,
    r#"{"note": "c", "error": "not UTF-8"}"#,
    r#"{"note": "elsewhere", "mentions": [{"start_char": 0, "end_char": 1, "label": "disease"}]}"#,
];

#[test]
fn mentions_are_counted_by_span_and_label() {
    let report = mention_report("mentions", &MENTION_PREDICTIONS, &[]);
    // Disease: gold a 0..5, a 10..20 (twice in the gold, one mention), c 1..2; predicted 0..5, 12..20, 30..35.
    assert_eq!(report.by_label["disease"].strict, counts(1, 2, 2));
    assert_eq!(report.by_label["disease"].overlapping, counts(2, 1, 1));
    // Chemical: gold a 30..35, b 3..6; predicted b 3..6.
    assert_eq!(report.by_label["chemical"].strict, counts(1, 0, 1));
    assert_eq!(report.micro.strict, counts(2, 2, 3));
    assert_eq!(report.micro.overlapping, counts(3, 1, 2));
    assert_eq!(report.gold_duplicates, 1);
}

#[test]
fn labels_that_the_gold_never_has_are_left_out_and_named() {
    let report = mention_report("left_out", &MENTION_PREDICTIONS, &[]);
    assert_eq!(report.labels.scored, ["chemical", "disease"]);
    let left_out: Vec<_> = report.labels.left_out.iter().map(|l| (l.label.as_str(), l.mentions)).collect();
    assert_eq!(left_out, [("procedure", 1)]);
}

#[test]
fn labels_that_were_asked_for_are_scored_alone() {
    let report = mention_report("asked", &MENTION_PREDICTIONS, &["Drug"]);
    assert_eq!(report.micro.strict, counts(1, 0, 1));
}

#[test]
fn a_failed_or_missing_note_counts_as_missed_and_a_stranger_is_ignored() {
    let report = mention_report("coverage", &MENTION_PREDICTIONS[1..], &[]);
    assert_eq!((report.notes.gold, report.notes.predicted, report.notes.ignored), (3, 1, 1));
    assert_eq!((report.notes.failed, report.notes.missing), (vec!["c".to_owned()], vec!["a".to_owned()]));
    assert_eq!(report.micro.strict, counts(1, 0, 4));
}

#[test]
fn without_predictions_precision_is_undefined_and_recall_is_nought() {
    let report = mention_report("no_predictions", &[], &[]);
    assert_eq!(report.micro.strict, counts(0, 0, 5));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["micro"]["strict"]["precision"], serde_json::Value::Null);
    assert_eq!(json["micro"]["strict"]["recall"], 0.0);
    assert_eq!(json["micro"]["strict"]["fn"], 5);
}

#[test]
fn gold_without_labels_is_compared_by_span_alone() {
    let files = files(
        "unlabelled",
        &[r#"{"id": "a", "mentions": [{"start": 0, "end": 5}]}"#],
        &[r#"{"note": "a", "mentions": [{"start_char": 0, "end_char": 5, "label": "chemical"}]}"#],
    );
    let report = mentions(&files.gold, &files.predicted, &MentionOptions::default()).unwrap();
    assert_eq!(report.micro.strict, counts(1, 0, 0));
}

#[test]
fn the_text_form_holds_the_figures() {
    let text = mention_report("text", &MENTION_PREDICTIONS, &[]).to_string();
    assert!(text.contains("micro         0.500  0.400  0.444   2   2   3\n"), "{text}");
    assert!(text.contains("1 failed, counted as missed (c)"), "{text}");
    assert!(text.contains("1 procedure"), "{text}");
}

#[test]
fn links_are_right_at_one_at_ten_and_by_note() {
    let mention = |at: usize, ids: &str| {
        format!(r#"{{"start": {at}, "end": {}, "label": "disease", "ids": {ids}}}"#, at + 5)
    };
    let gold = format!(
        r#"{{"id": "a", "mentions": [{}, {}, {}, {}, {}, {}]}}"#,
        mention(0, r#"["MESH:D000001"]"#),
        mention(10, r#"["D000002|D000003"]"#),
        mention(20, r#"["D000004", "OMIM:1"]"#),
        mention(30, r#"["-1"]"#),
        mention(40, r#"["OMIM:2"]"#),
        mention(50, r#"["D000005"]"#),
    );
    let link =
        |system: &str, code: &str| format!(r#"{{"system": "{system}", "code": "{code}", "score": 1.0}}"#);
    let found = |at: usize, links: &[String]| {
        let links = links.join(", ");
        format!(r#"{{"start_char": {at}, "end_char": {}, "label": "disease", "links": [{links}]}}"#, at + 5)
    };
    let predicted = format!(
        r#"{{"note": "a", "mentions": [{}, {}, {}, {}]}}"#,
        // Right at 1: links to another system are passed over.
        found(0, &[link("DOID", "DOID:9"), link("MeSH", "d000001")]),
        // Right at 2 only, and then one of the two concepts.
        found(10, &[link("MeSH", "D000009"), link("MeSH", "D000003")]),
        // No link, though the gold has one.
        found(20, &[]),
        // A link, though the gold has none.
        found(30, &[link("MeSH", "D000001")]),
    );
    let files = files("links", &[&gold], &[&predicted]);
    let options = LinkOptions { system: "MeSH".to_owned(), labels: Vec::new() };
    let report = links(&files.gold, &files.predicted, &options).unwrap();
    assert_eq!((report.mentions, report.not_found, report.other_system), (4, 1, 1));
    assert_eq!((report.at_1.right, report.at_1.accuracy), (1, Some(0.25)));
    assert_eq!((report.at_10.right, report.at_10.accuracy), (2, Some(0.5)));
    assert_eq!((report.nil.gold, report.nil.gold_linked, report.nil.predicted), (1, 1, 1));
    // Gold {1, 2, 3, 4, 5}; predicted {1, 9}.
    assert_eq!(report.concepts, counts(1, 1, 4));
}

#[test]
fn assertions_are_scored_by_value_on_the_axes_that_the_gold_has() {
    let gold = |at: usize, assertion: &str| {
        format!(r#"{{"start": {at}, "end": {}, "assertion": {assertion}}}"#, at + 1)
    };
    let gold = format!(
        r#"{{"id": "a", "mentions": [{}, {}, {}, {}, {}, {{"start": 90, "end": 91}}]}}"#,
        gold(0, r#"{"polarity": "negated", "experiencer": "patient"}"#),
        gold(1, r#"{"polarity": "affirmed", "experiencer": "family"}"#),
        gold(2, r#"{"polarity": "negated", "experiencer": "patient"}"#),
        gold(3, r#"{"polarity": "negated", "experiencer": "patient"}"#),
        gold(4, r#"{"polarity": "affirmed"}"#),
    );
    let said = |at: usize, polarity: &str, experiencer: &str| {
        format!(
            r#"{{"start_char": {at}, "end_char": {}, "label": "disease", "assertion": {{"polarity": "{polarity}",
               "certainty": "possible", "temporality": "recent", "experiencer": "{experiencer}", "cues": []}}}}"#,
            at + 1
        )
    };
    let predicted = one_line(&format!(
        r#"{{"note": "a", "mentions": [{}, {}, {},
           {{"start_char": 3, "end_char": 4, "label": "disease", "assertion": null}}]}}"#,
        said(0, "negated", "patient"),
        said(1, "negated", "family"),
        said(2, "affirmed", "other"),
    ));
    let files = files("context", &[&gold], &[&predicted]);
    let report = context(&files.gold, &files.predicted).unwrap();
    assert_eq!((report.mentions, report.not_assessed, report.not_found), (5, 1, 1));
    let axes: Vec<_> = report.axes.iter().map(|a| (a.axis, a.right, a.mentions)).collect();
    assert_eq!(axes, [("polarity", 1, 5), ("experiencer", 2, 4)]);
    let values: Vec<_> = report.axes.iter().flat_map(|a| &a.values).map(|v| (v.value, v.counts)).collect();
    assert_eq!(
        values,
        [("negated", counts(1, 1, 2)), ("family", counts(1, 0, 0)), ("other", counts(0, 1, 0))]
    );
}

#[test]
fn error_records_about_no_note_of_the_gold_are_counted() {
    let report = mention_report(
        "errors",
        &[r#"{"note": null, "error": "no id"}"#, r#"{"note": "x", "error": "-"}"#],
        &[],
    );
    assert_eq!((report.notes.other_errors, report.notes.ignored, report.notes.missing.len()), (2, 0, 3));
}

#[rstest]
#[case::note_failed("note_failed", &[r#"{"note": "b", "error": "-"}"#], 1, 0)]
#[case::episode_has_a_line("has_a_line", &[r#"{"note": "b", "error": "-"}"#, r#"{"episode": "b", "codes": []}"#], 0, 1)]
#[case::in_the_other_order("other_order", &[r#"{"episode": "b", "codes": []}"#, r#"{"note": "b", "error": "-"}"#], 0, 1)]
fn a_failed_note_that_is_an_episode_fails_it(
    #[case] test: &str,
    #[case] predicted: &[&str],
    #[case] failed: usize,
    #[case] found: usize,
) {
    let files = files(test, &CODE_GOLD[1..2], predicted);
    let report = codes(&files.gold, &files.predicted, &CodeOptions::default()).unwrap();
    assert_eq!((report.episodes.failed.len(), report.episodes.predicted), (failed, found));
}

const CODE_GOLD: [&str; 3] = [
    r#"{"id": "a", "codes": ["E11.9", "I10", "j449"]}"#,
    r#"{"episode": "b", "codes": ["K35.80"]}"#,
    r#"{"id": "c", "codes": []}"#,
];

const CODE_PREDICTIONS: [&str; 3] = [
    concat!(
        r#"{"episode": "a", "codes": ["#,
        r#"{"system": "ICD-10-CM", "code": "I10", "score": 0.9, "status": "accepted"}, "#,
        r#"{"system": "ICD-10-CM", "code": "E11.22", "score": 0.8, "status": "accepted"}, "#,
        r#"{"system": "HPO", "code": "HP:0000822", "score": 0.7, "status": "accepted"}, "#,
        r#"{"code": "J44.9", "score": 0.6, "status": "review"}, "#,
        r#"{"system": "ICD-10-CM", "code": "E11.9", "score": 0.1, "status": "rejected"}]}"#
    ),
    r#"{"episode": "c", "codes": [{"system": "ICD-10-CM", "code": "R05.9", "status": "accepted"}]}"#,
    r#"{"note": "b/1", "error": "not UTF-8"}"#,
];

#[rstest]
// Gold {E11.9, I10, J44.9}, {K35.80}, {}; predicted {I10, E11.22}, nothing, {R05.9}.
#[case::accepted(false, counts(1, 2, 3), counts(2, 1, 2))]
#[case::to_review(true, counts(2, 2, 2), counts(3, 1, 1))]
fn code_sets(#[case] review: bool, #[case] full: Counts, #[case] category: Counts) {
    let files = files(&format!("code_sets_{review}"), &CODE_GOLD, &CODE_PREDICTIONS);
    let options = CodeOptions { review, system: Some("ICD-10-CM".to_owned()), ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &options).unwrap();
    assert_eq!((report.full.micro, report.category.micro), (full, category));
    assert_eq!((report.episodes.missing, report.without_gold), (vec!["b".to_owned()], 1));
    assert_eq!(report.episodes.other_errors, 1);
}

#[test]
fn ranked_codes_leave_out_the_rejected_ones_and_means_the_episodes_without_gold() {
    let files = files("ranked", &CODE_GOLD, &CODE_PREDICTIONS);
    let options =
        CodeOptions { review: false, system: Some("ICD-10-CM".to_owned()), ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &options).unwrap();
    // a: I10 right at 1, J44.9 at 3, of three; b: nothing of one.
    assert_eq!(report.full.map, Some((1.0 + 2.0 / 3.0) / 3.0 / 2.0));
    // a: E11 right at 2 as well.
    assert_eq!(report.category.map, Some(0.5));
    // a: precision 1/2, recall 1/3, F1 2/5; b: nothing.
    let mean = report.full.macro_.unwrap();
    assert_eq!((mean.precision, mean.recall, mean.f1), (0.25, 1.0 / 6.0, 0.2));
    assert_eq!(report.full.recall_at[0].recall, Some(1.0 / 3.0));
    assert_eq!(serde_json::to_value(&report).unwrap()["full"]["macro"]["f1"], 0.2);
}

#[test]
fn a_repeated_code_counts_once() {
    let line = r#"{"episode": "a", "codes": [{"code": "I10", "status": "accepted"},
        {"code": "I10", "status": "accepted"}, {"code": "E119", "status": "accepted"}]}"#;
    let files = files("repeated", &[r#"{"id": "a", "codes": ["I10", "E11.9", "E119"]}"#], &[&one_line(line)]);
    let report = codes(&files.gold, &files.predicted, &CodeOptions::default()).unwrap();
    assert_eq!(report.full.micro, counts(2, 0, 0));
    assert_eq!(report.full.map, Some(1.0));
}

#[test]
fn a_near_miss_is_half_right_with_its_ancestors() {
    let predicted = r#"{"episode": "a", "codes": [{"code": "E11.22", "status": "accepted"}]}"#;
    let files = files("hierarchical", &[r#"{"id": "a", "codes": ["E11.21", "I10"]}"#], &[predicted]);
    let report = codes(&files.gold, &files.predicted, &CodeOptions::default()).unwrap();
    // Gold E11, E11.2, E11.21, I10; predicted E11, E11.2, E11.22.
    assert_eq!(report.hierarchical.micro, counts(2, 1, 2));
    assert_eq!((report.full.micro, report.category.micro), (counts(0, 1, 2), counts(1, 0, 1)));
}

#[test]
fn bands_go_by_how_many_training_episodes_have_a_code() {
    let often = r#"{"id": "%", "codes": ["I10", "I10"]}"#;
    let mut training: Vec<String> = (0..10).map(|n| often.replace('%', &n.to_string())).collect();
    training.push(r#"{"id": "seldom", "codes": ["E11.9"]}"#.to_owned());
    let training: Vec<&str> = training.iter().map(String::as_str).collect();
    let training = files("bands_training", &training, &[]).gold;
    let files = files("bands", &CODE_GOLD, &CODE_PREDICTIONS);
    let system = Some("ICD-10-CM".to_owned());
    let options = CodeOptions { system, training: Some(training), ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &options).unwrap();
    let bands: Vec<_> = report.bands.iter().map(|band| (band.seen, band.micro)).collect();
    // I10 often; E11.9 seldom; J44.9 and K35.80 missed, E11.22 and R05.9 wrong, none of them ever in training.
    let expected = [("never", counts(0, 2, 2)), ("seldom", counts(0, 0, 1)), ("often", counts(1, 0, 0))];
    assert_eq!(bands, expected);
}

/// Two episodes with evidence; the prediction has the words of one code, in another place.
fn with_evidence(test: &str) -> Files {
    let gold = r#"{"id": "a", "text": "cough, no cough; high pressure", "codes": ["R05", "I10"], "evidence": [
        {"code": "R05", "start": 0, "end": 5}, {"code": "I10", "start": 17, "end": 30}]}"#;
    let predicted = r#"{"episode": "a", "codes": [
        {"code": "R05", "status": "accepted", "score": 0.9,
         "evidence": [{"note": "a", "start_char": 10, "end_char": 15, "text": "cough"}]},
        {"code": "I10", "status": "accepted", "score": 0.6,
         "evidence": [{"note": "a", "start_char": 17, "end_char": 30, "text": "high pressure"}]},
        {"code": "J18.9", "status": "review", "score": 0.2,
         "evidence": [{"note": "a", "start_char": 0, "end_char": 5, "text": "cough"}]}]}"#;
    files(test, &[&one_line(gold)], &[&one_line(predicted)])
}

#[test]
fn evidence_counts_by_place_by_words_and_by_token() {
    let files = with_evidence("evidence");
    let report = codes(&files.gold, &files.predicted, &CodeOptions::default()).unwrap();
    let evidence = report.evidence.unwrap().all_codes;
    assert_eq!(evidence.exact, counts(1, 1, 1));
    assert_eq!(evidence.position_independent, counts(2, 0, 0));
    assert_eq!(evidence.token, counts(2, 1, 1));
    let reviewed = CodeOptions { review: true, ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &reviewed).unwrap();
    assert_eq!(report.evidence.unwrap().all_codes.exact, counts(1, 2, 1));
    assert_eq!(report.evidence.unwrap().right_codes.exact, counts(1, 1, 1));
}

#[test]
fn scores_are_compared_with_what_was_right() {
    let files = with_evidence("calibration");
    let report = codes(&files.gold, &files.predicted, &CodeOptions::default()).unwrap();
    let calibration = report.calibration.unwrap();
    assert_eq!(calibration.codes, 3);
    assert!((calibration.ece - (0.1 + 0.4 + 0.2) / 3.0).abs() < 1e-9, "{calibration:?}");
    // The code to review is left to a person whatever its score.
    let all = report.deferral[0];
    assert_eq!((all.accepted, all.precision, all.deferred), (2, Some(1.0), Some(1.0 / 3.0)));
}

#[test]
fn two_systems_are_compared_on_the_same_gold() {
    let files = with_evidence("against");
    let against = Some(self::files("against_other", &[], &[r#"{"episode": "a", "codes": []}"#]).predicted);
    let options = CodeOptions { against, ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &options).unwrap();
    let full = &report.against[0];
    assert_eq!((full.value, full.other, full.low), (1.0, 0.0, 1.0));
    let text = report.to_string();
    assert!(text.contains("against the other") && text.contains("95 % intervals"), "{text}");
}

#[test]
fn the_page_has_every_part_and_loads_nothing() {
    let files = with_evidence("page");
    let against = Some(files.predicted.clone());
    let options = CodeOptions { against, training: Some(files.gold.clone()), ..CodeOptions::default() };
    let report = codes(&files.gold, &files.predicted, &options).unwrap();
    let mut page = Vec::new();
    write_code_page(&report, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    for part in
        ["Code sets", "Against the other", "training data", "Evidence", "Deferral curve", "Calibration of 3"]
    {
        assert!(page.contains(part), "no {part}");
    }
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
}
