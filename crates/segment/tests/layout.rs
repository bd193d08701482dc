//! Sections and sentences of whole notes.

use clinlink_model::{Note, SectionKind, Segmenter};
use clinlink_segment::RuleSegmenter;
use rstest::rstest;

/// `kind[header]` of every section, parted by spaces; `-` for no header.
fn sections(text: &str) -> String {
    let note = Note::new("n", text).unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let show =
        layout.sections.iter().map(|s| format!("{}[{}]", s.kind.name(), s.header.map_or("-", |h| &note[h])));
    show.collect::<Vec<_>>().join(" ")
}

fn sentences(text: &str) -> Vec<String> {
    let note = Note::new("n", text).unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    layout.sentences.iter().map(|s| note[s.span].to_owned()).collect()
}

#[rstest]
#[case::inline("PMH: HTN, DM.\nFHx: father MI", "past_medical_history[PMH] family_history[FHx]")]
#[case::own_line_colon("Chief complaint:\nfever", "chief_complaint[Chief complaint]")]
#[case::own_line_bare("Past Medical History\nasthma", "past_medical_history[Past Medical History]")]
#[case::capitals_bare("IMPRESSION\nNo acute disease", "impression[IMPRESSION]")]
#[case::numbered(
    "1. HISTORY OF PRESENT ILLNESS: x\n2. PLAN: y",
    "history_of_present_illness[HISTORY OF PRESENT ILLNESS] plan[PLAN]"
)]
#[case::roman("IV. FAMILY HISTORY\nnone", "family_history[FAMILY HISTORY]")]
#[case::markdown("**Allergies:** penicillin\n## Plan\nrest", "allergies[Allergies] plan[Plan]")]
#[case::html("<b>HPI:</b> fever", "history_of_present_illness[HPI]")]
#[case::underlined("__Medications__\naspirin", "medications[Medications]")]
#[case::dash("ALLERGIES - NONE.", "allergies[ALLERGIES]")]
#[case::soap(
    "S: pain\nO: T 98\nA: cold\nP: rest",
    "history_of_present_illness[S] physical_exam[O] assessment_and_plan[A] plan[P]"
)]
#[case::not_soap("P: 72\nA: 5", "unknown[-]")]
#[case::preamble("Seen today.\n\nPlan: rest", "unknown[-] plan[Plan]")]
#[case::crlf_and_bom("\u{feff}PMH:\r\nHTN\r\n\r\nPLAN:\r\nrest", "past_medical_history[PMH] plan[PLAN]")]
#[case::bracketed("PREOPERATIVE DIAGNOSIS (ES): hernia", "assessment_and_plan[PREOPERATIVE DIAGNOSIS (ES)]")]
#[case::part_of_a_phrase("INDICATIONS FOR THE BIOPSY: mass", "indication[INDICATIONS FOR THE BIOPSY]")]
#[case::unknown_capitals("KITCHEN SINK: leaks", "unknown[KITCHEN SINK]")]
#[case::unknown_title("Home.\n\nSpecial Concerns:\nnone", "unknown[-] unknown[Special Concerns]")]
#[case::inside_a_line_by_name(
    "HPI: fell. Meds: lisinopril. Allergies: PCN",
    "history_of_present_illness[HPI] medications[Meds] allergies[Allergies]"
)]
#[case::not_a_label(
    "HPI: fell. Location: left knee. Quality of it: sharp",
    "history_of_present_illness[HPI]"
)]
#[case::not_within_a_sentence("HPI: fell, Meds: none", "history_of_present_illness[HPI]")]
#[case::inside_a_line("PLAN: await biopsy.  FOLLOW-UP: in 10 years", "plan[PLAN] instructions[FOLLOW-UP]")]
#[case::parts_stay_in_the_exam("EXAM:\nHEENT: clear\nLungs: clear\nMOTOR: full", "physical_exam[EXAM]")]
#[case::parts_end_the_family(
    "FAMILY HISTORY: none\nLungs: clear",
    "family_history[FAMILY HISTORY] physical_exam[Lungs]"
)]
#[case::capital_items_are_no_headers("PMH:\nHYPERTENSION\nDIABETES", "past_medical_history[PMH]")]
#[case::wrapped_tail("She was told about her\nplan.", "unknown[-]")]
#[case::sentence_with_colon("She has three problems: pain, nausea, fever.", "unknown[-]")]
#[case::item_with_colon("Plan:\n1. Diabetes: insulin", "plan[Plan]")]
fn headers(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(sections(text), expected);
}

#[rstest]
#[case::header_is_a_sentence("PMH: HTN. DM.", &["PMH:", "HTN.", "DM."])]
#[case::wrapped("No fever or\nchills. Has a\ncough.", &["No fever or\nchills.", "Has a\ncough."])]
#[case::wrapped_wide(
    "The patient is a pleasant man of 62 years who was brought to us by\nSmith after a fall at home in which he hurt his left hip and his left\nknee.",
    &["The patient is a pleasant man of 62 years who was brought to us by\nSmith after a fall at home in which he hurt his left hip and his left\nknee."]
)]
#[case::blank_line("no fever\n\nno chills", &["no fever", "no chills"])]
#[case::bullets("- fever\n- chills and\n  sweats\n* cough", &["- fever", "- chills and\n  sweats", "* cough"])]
#[case::numbers("1. Diabetes\n2. Gout", &["1. Diabetes", "2. Gout"])]
#[case::bare_list("PMH:\nHypertension\nDiabetes\nGout", &["PMH:", "Hypertension", "Diabetes", "Gout"])]
#[case::table("Na\t140\nK\t4.1", &["Na\t140", "K\t4.1"])]
#[case::labels("Exam:\nLungs: clear\nHeart: regular", &["Exam:", "Lungs: clear", "Heart: regular"])]
#[case::check_boxes("[x] fever\n[ ] cough", &["[x] fever", "[ ] cough"])]
#[case::crlf("No fever.\r\nNo cough.", &["No fever.", "No cough."])]
#[case::speakers("[doctor] any pain ?\n[patient] no", &["[doctor] any pain ?", "[patient] no"])]
fn sentence_ends(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(sentences(text), expected);
}

#[test]
fn a_section_runs_to_the_next_header() {
    let note = Note::new("n", "PMH: HTN.\n\nPlan: rest.\n").unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let spans: Vec<&str> = layout.sections.iter().map(|s| &note[s.span]).collect();
    assert_eq!(spans, ["PMH: HTN.", "Plan: rest."]);
    assert_eq!(layout.sections[1].kind, SectionKind::Plan);
}

#[rstest]
#[case::boxes("[x] fever\n[ ] cough", "fever=Yes cough=No")]
#[case::crlf("☑ fever\r\n☐ cough\r\n", "fever=Yes cough=No")]
#[case::pair("Chest pain: [ ] Yes [x] No", "Chest pain=No")]
#[case::nobody_answered("Stroke: Yes / No\nGout: No", "Stroke=Open Gout=No")]
#[case::question("History of stroke? No\nPain? Yes", "History of stroke=No Pain=Yes")]
#[case::in_a_table("| Fever | [x] |\n| Cough | [ ] |", "Fever=Yes Cough=No")]
#[case::prose("He (and she) said no.", "")]
fn check_boxes(#[case] text: &str, #[case] expected: &str) {
    let note = Note::new("n", text).unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let show = layout.check_boxes.iter().map(|b| format!("{}={:?}", &note[b.about], b.answer));
    assert_eq!(show.collect::<Vec<_>>().join(" "), expected);
    for check_box in &layout.check_boxes {
        assert_eq!(layout.check_box_of(check_box.about), Some(check_box));
    }
}

#[test]
fn cells_of_rows() {
    let note = Note::new("n", "Labs:\nNa      138   mmol/L\nK\t4.1\nNormal otherwise.").unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let cells: Vec<&str> = layout.cells.iter().map(|cell| &note[*cell]).collect();
    assert_eq!(cells, ["Na", "138", "mmol/L", "K", "4.1"]);
}

#[test]
fn the_kind_at_a_place_is_that_of_the_sections_around_it() {
    let text = "PLAN:\nGOUT: rest\nFAMILY HISTORY: none\nODD HEADING: words";
    let note = Note::new("n", text).unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let kind = |words: &str| layout.kind_at(note.span_of(&note.text()[text.find(words).unwrap()..]));
    assert_eq!(kind("rest"), SectionKind::Plan);
    assert_eq!(kind("none"), SectionKind::FamilyHistory);
    assert_eq!(kind("words"), SectionKind::Unknown);
}
