//! Diseases of a patient who is pregnant.

use clinlink_episode::{RuleCoder, rules};
use clinlink_model::{CodeEntry, Polarity, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, note, of, plain, titled, with};

/// What words of the texts stand for.
const NAMED: [(&str, &str); 17] = [
    ("pregnant", "Z33.1"),
    ("chronic hypertension", "I10"),
    ("preeclampsia", "O14.9"),
    ("gestational hypertension", "O13"),
    ("type 1 diabetes", "E10.9"),
    ("type 2 diabetes", "E11.9"),
    ("gestational diabetes", "O24.419"),
    ("anemia", "D64.9"),
    ("UTI", "N39.0"),
    ("asthma", "J45.909"),
    ("obesity", "E66.9"),
    ("vaginal delivery", "O80"),
    ("newborn", "Z38.00"),
    ("cough", "R05.9"),
    ("rash", "L30.9"),
    ("high blood pressure", "I10"),
    ("long-term insulin", "Z79.4"),
];

fn pregnancies() -> RuleCoder {
    let mut codes: Vec<(&str, String)> = NAMED
        .into_iter()
        .filter(|(words, code)| {
            !["O14.9", "O13", "O24.419"].contains(code) && *words != "high blood pressure"
        })
        .map(|(words, code)| (code, words.to_owned()))
        .collect();
    let groups = [
        ("O10.01", "Pre-existing essential hypertension complicating pregnancy", '9'),
        ("O16", "Unspecified maternal hypertension", '9'),
        ("O99.71", "Diseases of the skin complicating pregnancy", '9'),
        ("O11", "Pre-existing hypertension with pre-eclampsia", '9'),
        ("O13", "Gestational hypertension", '9'),
        ("O14.9", "Unspecified pre-eclampsia", '0'),
        ("O24.01", "Pre-existing type 1 diabetes mellitus, in pregnancy", '9'),
        ("O24.11", "Pre-existing type 2 diabetes mellitus, in pregnancy", '9'),
        ("O23.4", "Unspecified infection of urinary tract in pregnancy", '0'),
        ("O99.01", "Anemia complicating pregnancy", '9'),
        ("O99.21", "Obesity complicating pregnancy", '0'),
        ("O99.51", "Diseases of the respiratory system complicating pregnancy", '9'),
    ];
    for (group, title, unspecified) in groups {
        codes.push((group, title.to_owned()));
        let trimesters = [('1', "first"), ('2', "second"), ('3', "third"), (unspecified, "unspecified")];
        for (digit, trimester) in trimesters {
            let code =
                if group.contains('.') { format!("{group}{digit}") } else { format!("{group}.{digit}") };
            codes.push((code.leak(), format!("{title}, {trimester} trimester")));
        }
    }
    for (digit, control) in [
        ("", ""),
        ("0", ", diet controlled"),
        ("4", ", insulin controlled"),
        ("5", ", controlled by oral hypoglycemic drugs"),
        ("9", ", unspecified control"),
    ] {
        let code = format!("O24.41{digit}").leak();
        codes.push((code, format!("Gestational diabetes mellitus in pregnancy{control}")));
    }
    titled(&codes.iter().map(|(code, title)| (*code, title.as_str())).collect::<Vec<_>>())
}

/// The code set of a text, which affirms what it names but for what stands behind `not`.
pub fn told(text: &'static str) -> Vec<CodeEntry> {
    let meant = |words: &str| {
        let negated = text.contains(&format!("not {words}"));
        with(|a| a.polarity = if negated { Polarity::Negated } else { Polarity::Affirmed })
    };
    let named = NAMED.into_iter().filter(|(words, _)| text.contains(words));
    let said: Vec<Said> = named.map(|(words, code)| Said(words, code, meant(words))).collect();
    code_by(&pregnancies(), vec![note("n", SectionKind::AssessmentAndPlan, text, &said)])
}

#[rstest]
#[case::hypertension("chronic hypertension\n32 weeks pregnant", &["O10.013"])]
#[case::older_or_not("high blood pressure\n32 weeks pregnant", &["O16.3"])]
#[case::type_1("type 1 diabetes\n8 weeks pregnant", &["O24.011", "E10.9"])]
#[case::type_2("type 2 diabetes\n20 weeks pregnant", &["O24.112", "E11.9"])]
#[case::anemia("anemia\n32 weeks pregnant", &["O99.013", "D64.9"])]
#[case::infection("UTI\n32 weeks pregnant", &["O23.43"])]
#[case::asthma("asthma\nshe is pregnant", &["O99.519", "J45.909"])]
#[case::obesity("obesity\n15 weeks pregnant", &["O99.212", "E66.9"])]
#[case::superimposed("chronic hypertension\npreeclampsia at 30 weeks of gestation", &["O10.013", "O11.3"])]
#[case::its_own_code("gestational hypertension at 30 weeks of gestation", &["O13.3"])]
fn a_disease_complicates_the_pregnancy(#[case] text: &'static str, #[case] expected: &[&str]) {
    let mut expected: std::collections::BTreeSet<&str> = expected.iter().copied().collect();
    if text.contains("pregnant") {
        expected.insert("Z33.1");
    }
    assert_eq!(accepted(&told(text)), expected);
}

#[rstest]
#[case::not_pregnant("asthma", &["J45.909"])]
#[case::denied("asthma\nnot pregnant", &["J45.909"])]
#[case::delivered("asthma\nvaginal delivery, was pregnant", &["J45.909", "O80", "Z33.1"])]
#[case::a_newborn("anemia in a newborn, mother pregnant", &["D64.9", "Z38.00", "Z33.1"])]
#[case::a_symptom("cough\npregnant", &["R05.9", "Z33.1"])]
#[case::named_already("type 2 diabetes\ngestational diabetes, pregnant", &["O24.419", "Z33.1"])]
#[case::a_person_confirms("rash\npregnant", &["L30.9", "Z33.1"])]
#[case::gestational("high blood pressure\ngestational hypertension, pregnant", &["O13.9", "Z33.1"])]
fn elsewhere_it_does_not(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told(text)), expected.iter().copied().collect());
}

#[test]
fn what_is_replaced_says_by_what() {
    let codes = told("chronic hypertension\n32 weeks pregnant");
    let replaced = of(&codes, "I10");
    assert_eq!(
        (replaced.status, replaced.reason.as_str()),
        (Status::Rejected, "affirmed; reported as O10.013")
    );
    assert_eq!(of(&codes, "O10.013").rules, [rules::AFFIRMED, rules::PREGNANCY]);
    assert_eq!(of(&codes, "O10.013").report.sequence, Some(1), "chapter 15 comes first");
}

#[rstest]
#[case("gestational diabetes, diet controlled", "O24.410")]
#[case("gestational diabetes on diet and insulin", "O24.414")]
#[case("gestational diabetes, takes metformin, no insulin", "O24.415")]
#[case("gestational diabetes", "O24.419")]
#[case::its_treatment_has_no_code("gestational diabetes, long-term insulin", "O24.414")]
fn gestational_diabetes_has_its_control(#[case] text: &'static str, #[case] expected: &str) {
    assert_eq!(accepted(&told(text)), [expected].into());
}

#[test]
fn another_disease_is_left_to_a_person() {
    let codes = told("rash\\npregnant");
    assert_eq!(of(&codes, "O99.719").status, Status::Review);
}

#[test]
fn a_disease_of_another_note_counts() {
    let notes = vec![
        note("a", SectionKind::Unknown, "asthma", &[plain("asthma", "J45.909")]),
        note("b", SectionKind::Unknown, "10 weeks pregnant", &[plain("pregnant", "Z33.1")]),
    ];
    assert_eq!(accepted(&code_by(&pregnancies(), notes)), ["J45.909", "O99.511", "Z33.1"].into());
}
