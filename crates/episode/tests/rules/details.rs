//! Details that the words around a mention tell: the trimester of a pregnancy, the encounter for an injury.

use clinlink_episode::{RuleCoder, rules};
use clinlink_model::{CodeEntry, SectionKind, Status};
use rstest::rstest;

use crate::support::{accepted, code_by, note, of, plain, titled};

fn pregnancies() -> RuleCoder {
    titled(&[
        ("O13", "Gestational hypertension without proteinuria"),
        ("O13.1", "Gestational hypertension without proteinuria, first trimester"),
        ("O13.2", "Gestational hypertension without proteinuria, second trimester"),
        ("O13.3", "Gestational hypertension without proteinuria, third trimester"),
        ("O13.4", "Gestational hypertension without proteinuria, complicating childbirth"),
        ("O13.9", "Gestational hypertension without proteinuria, unspecified trimester"),
        ("I10", "Hypertension"),
    ])
}

/// Gestational hypertension, and a sentence beside it.
pub fn weeks(text: &'static str) -> Vec<CodeEntry> {
    let text = format!("gestational hypertension\n{text}").leak();
    code_by(
        &pregnancies(),
        vec![note("n", SectionKind::Unknown, text, &[plain("gestational hypertension", "O13")])],
    )
}

#[rstest]
#[case("13w6d pregnant", "O13.1")]
#[case("pregnancy at 14 0/7 weeks", "O13.2")]
#[case("27 weeks 6 days of gestation", "O13.2")]
#[case("IUP at 28 weeks", "O13.3")]
#[case("in her third trimester", "O13.3")]
#[case("nausea for 3 weeks", "O13.9")]
#[case::two_that_differ("pregnant at 12 weeks then, pregnant at 30 weeks now", "O13.9")]
fn the_weeks_of_a_note_fill_the_trimester(#[case] text: &'static str, #[case] expected: &str) {
    assert_eq!(accepted(&weeks(text)), [expected].into());
}

#[rstest]
#[case::its_own_sentence("gestational hypertension at 12 weeks of gestation\nnow 30 weeks pregnant", &[], "O13.1")]
#[case::another_note("gestational hypertension", &["she is 30 weeks pregnant"], "O13.3")]
#[case::notes_that_differ("gestational hypertension", &["20 weeks pregnant", "30 weeks pregnant"], "O13.9")]
fn the_nearest_weeks_count(#[case] text: &'static str, #[case] others: &[&str], #[case] expected: &str) {
    let mut notes = vec![note("n", SectionKind::Unknown, text, &[plain("gestational hypertension", "O13")])];
    notes.extend(others.iter().map(|text| note(text, SectionKind::Unknown, text, &[])));
    assert_eq!(accepted(&code_by(&pregnancies(), notes)), [expected].into());
}

#[test]
fn a_code_for_an_unspecified_trimester_is_made_specific() {
    let text = "gestational hypertension\n32 weeks pregnant";
    let said = [plain("gestational hypertension", "O13.9")];
    let codes = code_by(&pregnancies(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(of(&codes, "O13.3").rules, [rules::AFFIRMED, rules::TRIMESTER]);
}

#[rstest]
#[case::named("diverticulitis with perforation", "K57.20")]
#[case::behind_a_comma("diverticulitis, perforated", "K57.20")]
#[case::denied("diverticulitis without perforation", "K57.32")]
#[case::not_named("diverticulitis", "K57.32")]
fn what_a_title_says_to_be_absent_is_read_from_the_words(#[case] text: &'static str, #[case] expected: &str) {
    let coder = titled(&[
        ("K57", "Diverticular disease of intestine"),
        ("K57.2", "Diverticulitis of large intestine with perforation and abscess"),
        ("K57.20", "Diverticulitis of large intestine with perforation and abscess without bleeding"),
        ("K57.3", "Diverticular disease of large intestine without perforation or abscess"),
        ("K57.32", "Diverticulitis of large intestine without perforation or abscess without bleeding"),
    ]);
    let said = [plain("diverticulitis", "K57.32")];
    assert_eq!(
        accepted(&code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)])),
        [expected].into()
    );
}

#[rstest]
#[case::not_what_is_with_more("F14.1", "F14.10")]
#[case::the_only_open_one("M45", "M45.9")]
fn a_category_is_brought_down_to_what_says_no_more(#[case] linked: &'static str, #[case] expected: &str) {
    let coder = titled(&[
        ("F14.1", "Cocaine abuse"),
        ("F14.10", "Cocaine abuse, uncomplicated"),
        ("F14.13", "Cocaine abuse, unspecified with withdrawal"),
        ("M45", "Ankylosing spondylitis"),
        ("M45.0", "Ankylosing spondylitis of multiple sites in spine"),
        ("M45.9", "Ankylosing spondylitis of unspecified sites in spine"),
    ]);
    let notes = vec![note("n", SectionKind::Unknown, "it", &[plain("it", linked)])];
    assert_eq!(accepted(&code_by(&coder, notes)), [expected].into());
}

fn fractures() -> RuleCoder {
    titled(&[
        ("S52.5", "Fracture of radius"),
        ("S52.5XXA", "Fracture of radius, initial encounter for closed fracture"),
        ("S52.5XXB", "Fracture of radius, initial encounter for open fracture type I or II"),
        ("S52.5XXC", "Fracture of radius, initial encounter for open fracture type IIIA, IIIB, or IIIC"),
        ("S52.5XXD", "Fracture of radius, subsequent encounter for closed fracture with routine healing"),
        (
            "S52.5XXE",
            "Fracture of radius, subsequent encounter for open fracture type I or II with routine healing",
        ),
        ("S52.5XXG", "Fracture of radius, subsequent encounter for closed fracture with delayed healing"),
        ("S52.5XXK", "Fracture of radius, subsequent encounter for closed fracture with nonunion"),
        ("S52.5XXP", "Fracture of radius, subsequent encounter for closed fracture with malunion"),
        ("S52.5XXS", "Fracture of radius, sequela"),
        ("M25.53", "Pain in wrist"),
    ])
}

/// The fracture of a text in a note of a kind.
pub fn fracture_in(kind: &str, text: &'static str) -> Vec<CodeEntry> {
    let mut note = note("n", SectionKind::Unknown, text, &[plain("fracture", "S52.5")]);
    note.note.kind = Some(kind.to_owned());
    code_by(&fractures(), vec![note])
}

#[rstest]
#[case::emergency("emergency department note", "fracture", ("S52.5XXA", Status::Accepted))]
#[case::trauma("trauma history and physical", "fracture", ("S52.5XXA", Status::Accepted))]
#[case::left_something("ED note", "pain due to old fracture", ("S52.5XXS", Status::Accepted))]
#[case::of_age("ED note", "fracture due to old age", ("S52.5XXA", Status::Accepted))]
#[case::words_decide("ED note", "healing fracture", ("S52.5XXD", Status::Accepted))]
#[case::clinic("orthopedic clinic", "fracture", ("S52.5XXA", Status::Review))]
#[case::rehabilitation("rehab discharge summary", "fracture", ("S52.5XXA", Status::Review))]
#[case::nobody_tells("note", "fracture", ("S52.5XXA", Status::Review))]
fn where_an_injury_is_treated_the_first_encounter_is_accepted(
    #[case] kind: &str,
    #[case] text: &'static str,
    #[case] expected: (&str, Status),
) {
    let codes = fracture_in(kind, text);
    assert_eq!((codes[0].code.as_str(), codes[0].status), expected);
}

/// The pressure ulcer of a text.
pub fn ulcer(text: &'static str) -> Vec<CodeEntry> {
    let coder = titled(&[
        ("L89.6", "Pressure ulcer of heel"),
        ("L89.60", "Pressure ulcer of unspecified heel"),
        ("L89.609", "Pressure ulcer of unspecified heel, unspecified stage"),
        ("L89.61", "Pressure ulcer of right heel"),
        ("L89.612", "Pressure ulcer of right heel, stage 2"),
        ("L89.613", "Pressure ulcer of right heel, stage 3"),
        ("L89.619", "Pressure ulcer of right heel, unspecified stage"),
        ("L89.602", "Pressure ulcer of unspecified heel, stage 2"),
    ]);
    code_by(&coder, vec![note("n", SectionKind::Unknown, text, &[plain("pressure ulcer", "L89.609")])])
}

#[rstest]
#[case("stage 2 pressure ulcer", "L89.602")]
#[case::and_side("stage III right pressure ulcer", "L89.613")]
#[case::side_only("right pressure ulcer", "L89.619")]
#[case::of_something_else("CKD stage 3, pressure ulcer", "L89.609")]
#[case::two_that_differ("pressure ulcer of stage 2 or stage 3", "L89.609")]
fn words_tell_the_stage_and_the_side(#[case] text: &'static str, #[case] expected: &str) {
    assert_eq!(accepted(&ulcer(text)), [expected].into());
}

#[rstest]
#[case::no_cause("pathological fracture of the left femur", "M84.452A")]
#[case::a_metastasis("pathological fracture of the left femur due to bone metastasis", "M84.552A")]
#[case::osteoporosis("pathological fracture of the left femur, severe osteoporosis", "M80.052A")]
#[case::two_causes("pathological fracture from osteoporosis or metastasis", "M84.452A")]
fn words_tell_why_a_bone_broke(#[case] text: &'static str, #[case] expected: &str) {
    let of = "left femur, initial encounter for fracture";
    let coder = titled(&[
        ("M84.452A", &format!("Pathological fracture, {of}")),
        ("M84.5", "Pathological fracture in neoplastic disease"),
        ("M84.552A", &format!("Pathological fracture in neoplastic disease, {of}")),
        ("M80.0", "Age-related osteoporosis with current pathological fracture"),
        ("M80.052A", &format!("Age-related osteoporosis with current pathological fracture, {of}")),
    ]);
    let said = [plain("pathological fracture", "M84.452A")];
    assert_eq!(
        accepted(&code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)])),
        [expected].into()
    );
}

#[rstest]
#[case("subdural hematoma, no loss of consciousness", "S06.5X0A")]
#[case("subdural hematoma, lost consciousness", "S06.5X9A")]
#[case("subdural hematoma with brief loss of consciousness", "S06.5X1A")]
#[case("subdural hematoma with loss of consciousness of 3 hours", "S06.5X3A")]
fn words_tell_of_a_loss_of_consciousness(#[case] text: &'static str, #[case] expected: &str) {
    let title = |with: &str| format!("Traumatic subdural hemorrhage {with}, initial encounter");
    let coder = titled(&[
        ("S06.5", "Traumatic subdural hemorrhage"),
        ("S06.5X0A", &title("without loss of consciousness")),
        ("S06.5X1A", &title("with loss of consciousness of 30 minutes or less")),
        ("S06.5X3A", &title("with loss of consciousness of 1 hour to 5 hours 59 minutes")),
        ("S06.5X9A", &title("with loss of consciousness of unspecified duration")),
    ]);
    let said = [plain("subdural hematoma", "S06.5X0A")];
    assert_eq!(
        accepted(&code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)])),
        [expected].into()
    );
}

/// A drug that is only named has no code of what it did.
#[test]
fn the_category_of_a_drug_says_nothing_of_what_it_did() {
    let coder = titled(&[
        ("T39.39", "Poisoning by, adverse effect of and underdosing of other nonsteroidal drugs"),
        ("T39.396A", "Underdosing of other nonsteroidal drugs, initial encounter"),
    ]);
    let said = [plain("NSAIDs", "T39.39")];
    assert!(code_by(&coder, vec![note("n", SectionKind::Unknown, "avoid NSAIDs", &said)]).is_empty());
}

/// Titles may say `upper limb` beside the side, and eyes have abbreviations of their own.
#[rstest]
#[case("right carpal tunnel syndrome", "G56.0", "G56.01")]
#[case("bilateral carpal tunnel syndrome", "G56.0", "G56.03")]
#[case("carpal tunnel syndrome", "G56.0", "G56.00")]
#[case("carpal tunnel syndrome OD", "G56.0", "G56.00")]
#[case("glaucoma OS", "H40.9", "H40.92")]
#[case("glaucoma", "H40.9", "H40.99")]
fn sides_are_told_by_the_titles(
    #[case] text: &'static str,
    #[case] linked: &'static str,
    #[case] expected: &str,
) {
    let coder = titled(&[
        ("G56.0", "Carpal tunnel syndrome"),
        ("G56.00", "Carpal tunnel syndrome, unspecified upper limb"),
        ("G56.01", "Carpal tunnel syndrome, right upper limb"),
        ("G56.03", "Carpal tunnel syndrome, bilateral upper limbs"),
        ("H40.9", "Glaucoma"),
        ("H40.92", "Glaucoma, left eye"),
        ("H40.99", "Glaucoma, unspecified eye"),
    ]);
    let words = if linked == "G56.0" { "carpal tunnel syndrome" } else { "glaucoma" };
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, text, &[plain(words, linked)])]);
    assert_eq!(accepted(&codes), [expected].into());
}

fn fracture(text: &'static str) -> Vec<CodeEntry> {
    let said = [plain("fracture", "S52.5"), plain("pain", "M25.53")];
    let said = if text.contains("pain") { &said[..] } else { &said[..1] };
    code_by(&fractures(), vec![note("n", SectionKind::Unknown, text, said)])
}

#[rstest]
#[case("follow-up of healing fracture", "S52.5XXD")]
#[case("fracture with delayed healing", "S52.5XXG")]
#[case("nonunion of the fracture", "S52.5XXK")]
#[case("fracture, now with malunion", "S52.5XXP")]
#[case("healing open fracture", "S52.5XXE")]
#[case("late effect of a fracture", "S52.5XXS")]
fn what_the_words_tell_of_an_injury_is_accepted(#[case] text: &'static str, #[case] expected: &str) {
    let codes = fracture(text);
    assert_eq!(accepted(&codes), [expected].into());
    assert!(of(&codes, expected).rules.contains(&rules::ENCOUNTER.to_owned()));
}

#[rstest]
#[case("fracture of the radius", "S52.5XXA")]
#[case("open fracture", "S52.5XXB")]
#[case("open fracture, Gustilo type IIIA", "S52.5XXC")]
#[case::denied("fracture without malunion", "S52.5XXA")]
#[case::planned("fracture, follow up with orthopedics", "S52.5XXA")]
fn the_first_encounter_is_only_assumed(#[case] text: &'static str, #[case] expected: &str) {
    let codes = fracture(text);
    assert_eq!((codes.len(), of(&codes, expected).status), (1, Status::Review), "{codes:?}");
}

#[test]
fn what_is_assumed_gives_way_to_what_is_told() {
    let codes = fracture("fracture\nhealing");
    assert_eq!(of(&codes, "S52.5XXA").status, Status::Review);
    let said = [plain("fracture", "S52.5"), plain("break", "S52.5")];
    let text = "fracture of the radius\nhealing break";
    let codes = code_by(&fractures(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), ["S52.5XXD"].into());
    let assumed = of(&codes, "S52.5XXA");
    assert_eq!((assumed.status, assumed.reason.ends_with("outranked by S52.5XXD")), (Status::Rejected, true));
}

#[test]
fn a_sequela_stands_behind_what_it_left() {
    let codes = fracture("sequela of fracture\npain");
    assert_eq!(of(&codes, "M25.53").report.sequence, Some(1));
    assert_eq!(of(&codes, "S52.5XXS").report.sequence, Some(2));
}

#[rstest]
#[case::not_the_recurrent_one("H66.00", "otitis media", "H66.009")]
#[case::its_own_side_is_told("S73.004", "right hip dislocation", "S73.004")]
#[case::of_two_with_the_side_its_own("S73.006", "dislocation of the right hip", "S73.004")]
#[case::not_with_what_is_not_said("G43.0", "migraine without aura", "G43.009")]
#[case::unspecified_in_other_words("K26", "duodenal ulcer", "K26.9")]
#[case::an_intractable_one_is_not_told("G43.9", "migraine", "G43.909")]
fn a_code_is_brought_down_to_what_says_least(
    #[case] linked: &'static str,
    #[case] words: &'static str,
    #[case] expected: &str,
) {
    let coder = titled(&[
        ("H66.00", "Acute suppurative otitis media"),
        ("H66.004", "Acute suppurative otitis media, recurrent, right ear"),
        ("H66.007", "Acute suppurative otitis media, recurrent, unspecified ear"),
        ("H66.001", "Acute suppurative otitis media, right ear"),
        ("H66.009", "Acute suppurative otitis media, unspecified ear"),
        ("S73.00", "Unspecified subluxation and dislocation of hip"),
        ("S73.001", "Unspecified subluxation of right hip"),
        ("S73.003", "Unspecified subluxation of unspecified hip"),
        ("S73.004", "Unspecified dislocation of right hip"),
        ("S73.006", "Unspecified dislocation of unspecified hip"),
        ("G43.0", "Migraine without aura"),
        ("G43.00", "Migraine without aura, not intractable"),
        ("G43.001", "Migraine without aura, not intractable, with status migrainosus"),
        ("G43.009", "Migraine without aura, not intractable, without status migrainosus"),
        ("G43.01", "Migraine without aura, intractable"),
        ("G43.011", "Migraine without aura, intractable, with status migrainosus"),
        ("G43.9", "Migraine, unspecified"),
        ("G43.90", "Migraine, unspecified, not intractable"),
        ("G43.901", "Migraine, unspecified, not intractable, with status migrainosus"),
        ("G43.909", "Migraine, unspecified, not intractable, without status migrainosus"),
        ("G43.91", "Migraine, unspecified, intractable"),
        ("G43.911", "Migraine, unspecified, intractable, with status migrainosus"),
        ("K26", "Duodenal ulcer"),
        ("K26.0", "Acute duodenal ulcer with hemorrhage"),
        ("K26.9", "Duodenal ulcer, unspecified as acute or chronic, without hemorrhage or perforation"),
    ]);
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, words, &[plain(words, linked)])]);
    assert_eq!(accepted(&codes), [expected].into());
}

#[rstest]
#[case("osteoporotic fracture of the left hip", "M80.052A")]
#[case("fracture of the left hip", "S72.002A")]
fn a_fracture_of_osteoporosis_is_no_injury(#[case] text: &'static str, #[case] expected: &str) {
    let coder = titled(&[
        (
            "S72.002A",
            "Fracture of unspecified part of neck of left femur, initial encounter for closed fracture",
        ),
        ("M80.05", "Age-related osteoporosis with current pathological fracture, femur"),
        ("M80.051", "Age-related osteoporosis with current pathological fracture, right femur"),
        ("M80.052", "Age-related osteoporosis with current pathological fracture, left femur"),
        (
            "M80.052A",
            "Age-related osteoporosis with current pathological fracture, left femur, initial encounter for fracture",
        ),
    ]);
    let said = [plain("fracture of the left hip", "S72.002A")];
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), [expected].into());
}

#[rstest]
#[case("smoker, 1 ppd", "F17.210")]
#[case("smoker, now vaping", "F17.290")]
#[case("smoker", "F17.200")]
#[case::of_both("smoker, cigarettes and cigars", "F17.200")]
fn words_tell_what_is_smoked(#[case] text: &'static str, #[case] expected: &str) {
    let coder = titled(&[
        ("F17.2", "Nicotine dependence"),
        ("F17.20", "Nicotine dependence, unspecified"),
        ("F17.200", "Nicotine dependence, unspecified, uncomplicated"),
        ("F17.210", "Nicotine dependence, cigarettes, uncomplicated"),
        ("F17.290", "Nicotine dependence, other tobacco product, uncomplicated"),
    ]);
    let said = [plain("smoker", "F17.200")];
    assert_eq!(
        accepted(&code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)])),
        [expected].into()
    );
}

/// Lines of details.toml whose code stands elsewhere in the category, and what must not set them off.
#[rstest]
#[case::paroxysmal("new AF (paroxysmal), obesity", "AF", "I48.91", "I48.0")]
#[case::of_another_thing("paroxysmal cough, AF", "AF", "I48.91", "I48.91")]
#[case::second_degree("burn of the hand, partial thickness", "burn", "T23.001A", "T23.201A")]
#[case::degree_not_told("burn of the hand", "burn", "T23.001A", "T23.001A")]
#[case::several_ribs("fracture of ribs 6 to 8", "fracture", "S22.32XA", "S22.42XA")]
#[case::one_rib("fracture of the sixth rib", "fracture", "S22.32XA", "S22.32XA")]
#[case::acute("acute anal fissure", "anal fissure", "K60.2", "K60.0")]
#[case::not_acute("acute pain, anal fissure", "anal fissure", "K60.2", "K60.2")]
#[case::organism("pneumonia due to Klebsiella", "pneumonia", "J18.9", "J15.0")]
#[case::of_something_else("pneumonia, UTI with Klebsiella", "pneumonia", "J18.9", "J18.9")]
#[case::artery_and_cause("stroke, left MCA territory, cardioembolic", "stroke", "I63.9", "I63.412")]
#[case::artery("stroke, left MCA territory", "stroke", "I63.9", "I63.512")]
#[case::stage_before("stage 3a chronic kidney disease", "chronic kidney disease", "N18.9", "N18.31")]
#[case::stage_of_another(
    "stage 3 sarcoma, chronic kidney disease",
    "chronic kidney disease",
    "N18.9",
    "N18.9"
)]
#[case::the_joint_of_a_side("OA L knee", "OA L knee", "M17.9", "M17.12")]
#[case::no_side("OA knee", "OA", "M17.9", "M17.9")]
fn words_lead_to_another_code_of_the_category(
    #[case] text: &'static str,
    #[case] words: &'static str,
    #[case] linked: &'static str,
    #[case] expected: &str,
) {
    let encounter = "initial encounter for closed fracture";
    let coder = titled(&[
        ("I48", "Atrial fibrillation and flutter"),
        ("I48.0", "Paroxysmal atrial fibrillation"),
        ("I48.91", "Unspecified atrial fibrillation"),
        ("T23", "Burn and corrosion of wrist and hand"),
        ("T23.0", "Burn of unspecified degree of wrist and hand"),
        ("T23.00", "Burn of unspecified degree of hand, unspecified site"),
        ("T23.001A", "Burn of unspecified degree of right hand, unspecified site, initial encounter"),
        ("T23.2", "Burn of second degree of wrist and hand"),
        ("T23.201A", "Burn of second degree of right hand, unspecified site, initial encounter"),
        ("S22.3", "Fracture of one rib"),
        ("S22.32XA", &format!("Fracture of one rib, left side, {encounter}")),
        ("S22.4", "Multiple fractures of ribs"),
        ("S22.42XA", &format!("Multiple fractures of ribs, left side, {encounter}")),
        ("K60", "Fissure and fistula of anal and rectal regions"),
        ("K60.0", "Acute anal fissure"),
        ("K60.2", "Anal fissure, unspecified"),
        ("J18.9", "Pneumonia, unspecified organism"),
        ("J15.0", "Pneumonia due to Klebsiella pneumoniae"),
        ("I63", "Cerebral infarction"),
        ("I63.4", "Cerebral infarction due to embolism of cerebral arteries"),
        ("I63.412", "Cerebral infarction due to embolism of left middle cerebral artery"),
        ("I63.5", "Cerebral infarction due to unspecified occlusion or stenosis of cerebral arteries"),
        ("I63.51", "Cerebral infarction due to unspecified occlusion or stenosis of middle cerebral artery"),
        (
            "I63.512",
            "Cerebral infarction due to unspecified occlusion or stenosis of left middle cerebral artery",
        ),
        ("I63.9", "Cerebral infarction, unspecified"),
        ("N18.31", "Chronic kidney disease, stage 3a"),
        ("N18.9", "Chronic kidney disease, unspecified"),
        ("M17", "Osteoarthritis of knee"),
        ("M17.1", "Unilateral primary osteoarthritis of knee"),
        ("M17.10", "Unilateral primary osteoarthritis, unspecified knee"),
        ("M17.12", "Unilateral primary osteoarthritis, left knee"),
        ("M17.9", "Osteoarthritis of knee, unspecified"),
    ]);
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, text, &[plain(words, linked)])]);
    assert_eq!(accepted(&codes), [expected].into());
}

/// Where the stage is not told, the code that says so is reported.
#[test]
fn a_code_may_say_that_one_thing_is_not_known() {
    let coder = titled(&[
        ("H40.113", "Primary open-angle glaucoma, bilateral"),
        ("H40.1130", "Primary open-angle glaucoma, bilateral, stage unspecified"),
        ("H40.1131", "Primary open-angle glaucoma, bilateral, mild stage"),
    ]);
    let said = [plain("glaucoma", "H40.113")];
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, "glaucoma", &said)]);
    assert_eq!(accepted(&codes), ["H40.1130"].into());
}
