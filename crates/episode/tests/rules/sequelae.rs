//! What an old stroke left, and the dominant side.

use clinlink_episode::{RuleCoder, rules};
use clinlink_model::{CodeEntry, Polarity, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, historical, note, of, plain, titled, with};

const SIDES: [(&str, &str); 5] = [
    ("1", "right dominant side"),
    ("2", "left dominant side"),
    ("3", "right non-dominant side"),
    ("4", "left non-dominant side"),
    ("9", "unspecified side"),
];

fn strokes() -> RuleCoder {
    let mut codes = vec![
        ("I63.9", "Cerebral infarction, unspecified".to_owned()),
        ("I61.9", "Nontraumatic intracerebral hemorrhage, unspecified".to_owned()),
        ("Z86.73", "Personal history of cerebral infarction without residual deficits".to_owned()),
        ("R47.01", "Aphasia".to_owned()),
        ("R47.1", "Dysarthria".to_owned()),
        ("R13.10", "Dysphagia, unspecified".to_owned()),
        ("R53.1", "Weakness".to_owned()),
        ("I69.320", "Aphasia following cerebral infarction".to_owned()),
        ("I69.322", "Dysarthria following cerebral infarction".to_owned()),
        ("I69.391", "Dysphagia following cerebral infarction".to_owned()),
        ("I69.398", "Other sequelae of cerebral infarction".to_owned()),
        ("G81.9", "Hemiplegia, unspecified".to_owned()),
        ("I69.35", "Hemiplegia and hemiparesis following cerebral infarction".to_owned()),
        ("I69.15", "Hemiplegia and hemiparesis following intracerebral hemorrhage".to_owned()),
    ];
    for (digit, side) in SIDES {
        let digit_of_hemiplegia = if digit == "9" { "0" } else { digit };
        codes.push((
            format!("G81.9{digit_of_hemiplegia}").leak(),
            // ICD-10-CM has no hyphen here, and one in I69.
            format!("Hemiplegia, unspecified affecting {}", side.replace("non-dominant", "nondominant")),
        ));
        for (stem, of) in [("I69.35", "cerebral infarction"), ("I69.15", "intracerebral hemorrhage")] {
            let title = format!("Hemiplegia and hemiparesis following {of} affecting {side}");
            codes.push((format!("{stem}{digit}").leak(), title));
        }
    }
    titled(&codes.iter().map(|(code, title)| (*code, title.as_str())).collect::<Vec<_>>())
}

/// What words of the sentences stand for.
const NAMED: [(&str, &str); 7] = [
    ("hemiplegia", "G81.9"),
    ("aphasia", "R47.01"),
    ("dysarthria", "R47.1"),
    ("dysphagia", "R13.10"),
    ("weakness", "R53.1"),
    ("stroke", "I63.9"),
    ("cerebral hemorrhage", "I61.9"),
];

/// The code set of a text; the stroke is told of the past where the words `history of`, `old` or `prior` stand before it.
pub fn told(text: &'static str) -> Vec<CodeEntry> {
    let is_past = |words: &str| {
        ["history of", "old", "prior"].iter().any(|past| text.contains(&format!("{past} {words}")))
    };
    let said: Vec<Said> = NAMED
        .into_iter()
        .filter(|(words, _)| text.contains(words))
        .map(|(words, code)| {
            let negated = text.contains(&format!("without {words}"));
            let meant = if is_past(words) {
                historical(Some("hist.history_of"))
            } else {
                with(|a| a.polarity = if negated { Polarity::Negated } else { Polarity::Affirmed })
            };
            Said(words, code, meant)
        })
        .collect();
    code_by(&strokes(), vec![note("n", SectionKind::AssessmentAndPlan, text, &said)])
}

#[rstest]
#[case::right_is_dominant("right hemiplegia due to old stroke", &["I69.351"])]
#[case::left_is_not("left-sided hemiplegia after stroke three years ago", &["I69.354"])]
#[case::no_side("hemiplegia as sequela of stroke", &["I69.359"])]
#[case::left_handed("right hemiplegia due to old stroke\nHe is left-handed", &["I69.353"])]
#[case::ambidextrous("left hemiplegia due to old stroke\nambidextrous", &["I69.352"])]
#[case::following("aphasia following stroke", &["I69.320"])]
#[case::of_one_side_is_a_hemiparesis("residual left-sided weakness from stroke in 2010", &["I69.354"])]
#[case::of_no_side("residual weakness from stroke in 2010", &["I69.398", "R53.1"])]
#[case::stroke_first("history of stroke with residual dysarthria", &["I69.322"])]
#[case::a_hemorrhage("old cerebral hemorrhage with right hemiplegia", &["I69.151"])]
#[case::which_dysphagia_too("dysphagia secondary to prior stroke", &["I69.391", "R13.10"])]
#[case::told_with_its_stroke("old stroke with old dysphagia", &["I69.391", "R13.10"])]
#[case::residual("history of stroke\nResidual right hemiplegia, aphasia", &["I69.351", "I69.320"])]
#[case::two("history of stroke with residual right hemiplegia and aphasia", &["I69.351", "I69.320"])]
fn what_an_old_stroke_left_is_its_sequela(#[case] text: &'static str, #[case] expected: &[&str]) {
    let codes = told(text);
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
    assert!(of(&codes, expected[0]).rules.contains(&rules::SEQUELA.to_owned()));
}

#[rstest]
#[case::of_now("right hemiplegia due to acute stroke", &["G81.91", "I63.9"])]
#[case::not_said_to_be_old("aphasia from stroke", &["R47.01", "I63.9"])]
#[case::it_left_nothing("history of stroke without aphasia", &["Z86.73"])]
#[case::it_left_no_deficit("stroke in 2012 without residual deficits", &["Z86.73"])]
#[case::an_acute_one_left_nothing("acute stroke, no residual deficits", &["I63.9"])]
#[case::no_residual("history of stroke\nNo residual weakness, aphasia of late", &["R53.1", "R47.01", "Z86.73"])]
#[case::something_new("history of stroke, presents with dysarthria", &["R47.1", "Z86.73"])]
fn another_deficit_is_not(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told(text)), expected.iter().copied().collect());
}

#[test]
fn what_no_words_relate_is_left_to_a_person() {
    let codes = told("history of stroke\nright hemiplegia");
    assert_eq!(of(&codes, "I69.359").status, Status::Review);
    assert_eq!(of(&codes, "G81.91").status, Status::Accepted);
}

#[test]
fn a_history_that_left_nothing_gives_way() {
    let said = [
        plain("hemiplegia", "G81.9"),
        Said("old stroke", "I63.9", historical(Some("hist.previous"))),
        plain("CVA", "Z86.73"),
    ];
    let text = "hemiplegia due to old stroke\nCVA";
    let codes = code_by(&strokes(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), ["I69.359"].into());
    assert!(of(&codes, "Z86.73").reason.contains("outranked by I69.359"));
}

#[rstest]
#[case::left_sided("left-sided hemiplegia", "G81.94")]
#[case::right("right hemiplegia", "G81.91")]
#[case::left_handed("right hemiplegia in a left-handed man", "G81.93")]
#[case::no_side("hemiplegia", "G81.90")]
fn a_paralysis_has_its_side(#[case] text: &'static str, #[case] expected: &str) {
    assert_eq!(accepted(&told(text)), [expected].into());
}

#[test]
fn a_linked_side_is_that_of_the_hand() {
    let said = [plain("right hemiplegia", "G81.91")];
    let text = "right hemiplegia\nleft hand dominant";
    let codes = code_by(&strokes(), vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(of(&codes, "G81.93").rules, [rules::AFFIRMED, rules::DOMINANT_SIDE]);
}
