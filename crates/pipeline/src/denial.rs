//! What is denied of a mention, and what is not: words that end its own name, and what says less than it.

use clinlink_model::{Assertion, Candidate, Cue, Mention, Note, Polarity, Via};

/// The assertion of a mention whose own words seem to deny it. Where all of them together name a concept, they are its name:
/// `reflexes were absent` is areflexia, said to be there, while `fever absent` is no more than a fever that is denied.
pub(crate) fn own_name(
    mut assertion: Assertion,
    (note, mention): (&Note, &Mention),
    links: &[Candidate],
) -> Assertion {
    let is_denial = |cue: &&Cue| cue.rule.starts_with(DENIAL);
    // Of several things one may be denied.
    let is_one = !note[mention.span].split_whitespace().any(|word| matches!(word, "and" | "or"));
    let is_whole =
        is_one && links.iter().any(|link| !matches!(link.via, Via::Part | Via::Crosswalk | Via::Dense));
    let mut denials = assertion.cues.iter().filter(is_denial).peekable();
    let are_own = denials.peek().is_some() && denials.all(|cue| mention.span.contains(cue.span));
    if assertion.polarity == Polarity::Negated && is_whole && are_own {
        assertion.polarity = Polarity::Affirmed;
        assertion.cues.retain(|cue| !cue.rule.starts_with(DENIAL));
    }
    assertion
}

/// What the ids of rules of denial begin with, in `vocab/cues.tsv`.
const DENIAL: &str = "neg.";

/// The links that hold of a mention as it is asserted. A term inside the mention says less than all of it, and who denies
/// the one does not deny the other: `Diamond-Blackfan anaemia was excluded` leaves other anaemias open.
pub(crate) fn standing(mut links: Vec<Candidate>, assertion: Option<&Assertion>) -> Vec<Candidate> {
    if assertion.is_some_and(|assertion| assertion.polarity == Polarity::Negated) {
        links.retain(|link| link.via != Via::Part);
    }
    links
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use clinlink_model::{Label, MentionSource, System};
    use rstest::rstest;

    use super::*;

    fn link(via: Via) -> Candidate {
        let (system, code) = (System::HPO, "HP:0001284".to_owned());
        Candidate { system, code, title: "Areflexia".to_owned(), score: 0.9, via, conjunct: 0 }
    }

    #[rstest]
    #[case::all_words_name_it(
        "Reflexes were absent.",
        "Reflexes were absent",
        Via::Search,
        Polarity::Affirmed
    )]
    #[case::a_term_inside("Reflexes were absent.", "Reflexes were absent", Via::Part, Polarity::Negated)]
    #[case::denied_from_outside("Reflexes were absent.", "Reflexes", Via::Exact, Polarity::Negated)]
    #[case::one_of_two(
        "Fever and rash were absent.",
        "Fever and rash were absent",
        Via::Search,
        Polarity::Negated
    )]
    fn words_of_a_name_deny_nothing(
        #[case] text: &str,
        #[case] words: &str,
        #[case] via: Via,
        #[case] expected: Polarity,
    ) {
        let note = Note::new("n", text).unwrap();
        let span = |words: &str| {
            let start = text.find(words).unwrap();
            note.span(start..start + words.len()).unwrap()
        };
        let (label, by) = (Label::Disease, MentionSource::Dictionary);
        let mention = Mention { span: span(words), label, score: 0.9, by };
        let cue =
            Cue { span: span("were absent"), rule: Cow::Borrowed("neg.post.absent"), scope: note.whole() };
        let denied = Assertion { polarity: Polarity::Negated, cues: vec![cue], ..Assertion::plain() };
        assert_eq!(own_name(denied, (&note, &mention), &[link(via)]).polarity, expected);
    }

    #[rstest]
    #[case::denied(Polarity::Negated, 1)]
    #[case::said(Polarity::Affirmed, 2)]
    fn what_says_less_is_not_denied(#[case] polarity: Polarity, #[case] kept: usize) {
        let assertion = Assertion { polarity, ..Assertion::plain() };
        let links = vec![link(Via::Exact), link(Via::Part)];
        assert_eq!(standing(links, Some(&assertion)).len(), kept);
    }
}
