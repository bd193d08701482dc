//! Words that say which sort of a condition it is, as classifications put them behind a comma: `Asthma, mild persistent`,
//! `chronic kidney disease, stage 3`.

use clinlink_vocab::is_function_word;

/// Whether a word in normal form may open what is said of a condition behind a comma. `Fever, chills` are two things.
pub(crate) fn is_qualifier(word: &str) -> bool {
    is_course(word) || is_scale(word) || opens_phrase(word)
}

/// Whether it says which course of a condition is meant: `Recurrent urinary tract infections`.
pub(crate) fn is_sort(word: &str) -> bool {
    is_course(word) && !is_side(word) && !matches!(word, "unspecified" | "uncomplicated")
}

/// Whether it says how, how bad or on which side.
fn is_course(word: &str) -> bool {
    matches!(
        word,
        "acute"
            | "subacute"
            | "chronic"
            | "mild"
            | "moderate"
            | "severe"
            | "recurrent"
            | "single"
            | "intermittent"
            | "paroxysmal"
            | "persistent"
            | "permanent"
            | "longstanding"
            | "uncomplicated"
            | "unspecified"
    ) || is_side(word)
}

/// Whether a word behind a comma may be passed over: `pain, left knee` is knee pain, but `anxiety, severe depression` are two
/// things.
pub(crate) fn joins_behind_comma(word: &str) -> bool {
    is_side(word) || is_function_word(word)
}

pub(crate) fn is_side(word: &str) -> bool {
    matches!(word, "right" | "left" | "bilateral")
}

/// Whether a number or letter follows it: `stage 3a`.
pub(crate) fn is_scale(word: &str) -> bool {
    matches!(word, "stage" | "type" | "grade" | "class")
}

/// Whether it opens a phrase of its own: `with ketoacidosis`.
pub(crate) fn opens_phrase(word: &str) -> bool {
    matches!(word, "with" | "without")
}

/// Whether a word goes on with a row of qualifiers, by the word before it: `stage 3a`, `acute on chronic`, `single episode`.
pub(crate) fn goes_on(before: &str, word: &str) -> bool {
    match word {
        _ if is_scale(before) => word.len() <= 2 && !matches!(word, "of" | "in" | "on" | "to" | "is"),
        "on" => before == "acute",
        "episode" => before == "single",
        _ => is_course(word) || is_scale(word),
    }
}

/// Whether a row of qualifiers may end with the word.
pub(crate) fn may_end(word: &str) -> bool {
    !is_scale(word) && !opens_phrase(word) && word != "on" && word != "single"
}

/// Whether a word shows that the phrase before it has ended: `CKD, stage 3 on dialysis`, but not `cough, chronic bronchitis`.
pub(crate) fn follows_phrase(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "but"
            | "with"
            | "without"
            | "on"
            | "in"
            | "at"
            | "to"
            | "by"
            | "for"
            | "from"
            | "as"
            | "due"
            | "secondary"
            | "status"
            | "after"
            | "since"
            | "per"
            | "who"
            | "which"
            | "is"
            | "was"
            | "has"
            | "had"
            | "likely"
            | "currently"
            | "now"
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("stage", true)]
    #[case("recurrent", true)]
    #[case("with", true)]
    #[case("chill", false)]
    #[case("allergic", false)]
    fn tells_what_is_said_of_a_condition(#[case] word: &str, #[case] expected: bool) {
        assert_eq!(is_qualifier(word), expected);
    }

    #[rstest]
    #[case("stage", "3a", true)]
    #[case("acute", "on", true)]
    #[case("severe", "persistent", true)]
    #[case("stage", "of", false)]
    #[case("severe", "on", false)]
    #[case("severe", "with", false)]
    fn a_row_of_qualifiers_goes_on(#[case] before: &str, #[case] word: &str, #[case] expected: bool) {
        assert_eq!(goes_on(before, word), expected);
    }
}
