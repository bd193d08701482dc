//! The side of the body that words name, said in one word.

use clinlink_vocab::Pack;

use crate::lexicon::Lexicon;
use crate::title::same;

/// The words, in normal form, with one word for the side: `right and left knee pain` and `pain of both knees` are
/// `bilateral`. Neither side is named alone then.
pub(crate) fn with_one_side(words: &[String], lexicon: &Lexicon) -> Vec<String> {
    let is_side = |word: &String, side: &str| same(side, word, lexicon);
    let of = |side: &'static str| words.iter().position(|word| is_side(word, side));
    let (first, last) = match (of("right"), of("left")) {
        (Some(right), Some(left)) => (right.min(left), right.max(left)),
        _ => match words.iter().position(|word| word == "both") {
            Some(at) => (at, at),
            None => return words.to_vec(),
        },
    };
    let is_joint = |at: usize| matches!(words[at].as_str(), "and" | "or");
    let kept = |&at: &usize| at != last && !(at > first && at < last && is_joint(at)) || at == first;
    let word = |at: usize| if at == first { "bilateral".to_owned() } else { words[at].clone() };
    (0..words.len()).filter(kept).map(word).collect()
}

/// Whether words that begin with both sides name two things rather than one on both: the pack has a term for each side and
/// none for both, as of `right and left bundle branch block`.
pub(crate) fn are_two(words: &[String], pack: &Pack) -> bool {
    let [first, joint, second, rest @ ..] = words else { return false };
    let sides = [first.as_str(), second.as_str()];
    if !matches!(joint.as_str(), "and" | "or") || !matches!(sides, ["right", "left"] | ["left", "right"]) {
        return false;
    }
    let is_term = |side: &str| pack.terms().contains_key(format!("{side} {}", rest.join(" ")));
    is_term("right") && is_term("left") && !is_term("bilateral")
}

#[cfg(test)]
mod tests {
    use clinlink_vocab::normal_words;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("right and left inguinal hernias", "bilateral inguinal hernia")]
    #[case("lt and rt knee pain", "bilateral knee pain")]
    #[case("pain of the left knee and the right knee", "pain of the bilateral knee the knee")]
    #[case("osteoarthritis of both hips", "osteoarthritis of bilateral hip")]
    #[case("pain in the left knee", "pain in the left knee")]
    #[case("nausea and vomiting", "nausea and vomiting")]
    fn both_sides_are_bilateral(#[case] text: &str, #[case] expected: &str) {
        let words: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
        assert_eq!(with_one_side(&words, &Lexicon::embedded()).join(" "), expected);
    }
}
