//! What holds for texts made of cues, brackets, marks and letters in any order.

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{Asserter, Expander, ExpansionSource, Label, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;
use proptest::prelude::*;
use std::sync::LazyLock;

static STAGES: LazyLock<(RuleSegmenter, Context, Abbreviations)> =
    LazyLock::new(|| (RuleSegmenter::embedded(), Context::embedded(), Abbreviations::embedded()));

/// A text of pieces that set off rules, with a few of any characters.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "no ", "not ", "denies", "history of ", "s/p ", "? ", "(-)", "(+)", " but ", ", ", "; ", ". ", ": ",
            "\n", "\r\n\r\n", "\t", "mother", "'s ", "mother's history of ", "in 2014", " 3-day ", "for 3 days ",
            "since ", "at age ", "resolved", "if ", "PMH:", "FAMILY HISTORY\n", "(", ")", "[", "]", "[ ] ", "CHF ",
            "(CHF)", "congestive heart failure ", "T(a) ", "IFN-gamma", "(i)", "no change in vision", "\u{feff}",
            "\u{a0}", "\u{2028}", "µg ", "é", "e\u{301}", "👨\u{200d}👩 ", "’", "İ", "ß", "- ", "x ", "1. ", "= ",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_in_the_text_and_runs_agree(text in text(), step in 1_usize..4) {
        let (segmenter, context, abbreviations) = &*STAGES;
        let note = Note::new("n", text.as_str()).unwrap();
        let layout = segmenter.segment(&note);
        let mention = |span| Mention { span, label: Label::Procedure, score: 1.0, by: MentionSource::Given };
        let mentions: Vec<Mention> = layout.tokens.iter().step_by(step).map(|t| mention(t.span)).collect();

        let assertions = context.assert(&note, &layout, &mentions);
        prop_assert_eq!(assertions.len(), mentions.len());
        for assertion in &assertions {
            for cue in &assertion.cues {
                prop_assert!(!note[cue.span].is_empty());
                prop_assert!(cue.scope.contains(cue.span), "{:?}", cue);
                prop_assert!(note.text().get(cue.scope.range()).is_some());
            }
            prop_assert!(assertion.time.is_none_or(|time| !note[time.span].is_empty()));
        }
        prop_assert_eq!(&assertions, &context.assert(&note, &layout, &mentions));

        let expansions = abbreviations.expand(&note, &layout, &mentions);
        for pair in expansions.windows(2) {
            prop_assert!(pair[0].short.end() <= pair[1].short.start(), "{:?}", pair);
        }
        for expansion in &expansions {
            prop_assert!(!note[expansion.short].is_empty() && !expansion.long.is_empty());
            if let ExpansionSource::Defined(long) = expansion.source {
                prop_assert!(note.text().get(long.range()).is_some());
            }
        }
    }

    #[test]
    fn a_mention_s_assertion_does_not_depend_on_the_others(text in text()) {
        let (segmenter, context, _) = &*STAGES;
        let note = Note::new("n", text.as_str()).unwrap();
        let layout = segmenter.segment(&note);
        let mention = |span| Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given };
        let mentions: Vec<Mention> = layout.tokens.iter().map(|t| mention(t.span)).collect();
        let together = context.assert(&note, &layout, &mentions);
        for (mention, expected) in mentions.iter().zip(together) {
            prop_assert_eq!(context.assert(&note, &layout, std::slice::from_ref(mention)), vec![expected]);
        }
    }
}
