//! Any mention of any text has an assertion, with or without a date of the note, and definitions do not overlap.
#![no_main]

use std::sync::LazyLock;

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{Asserter, Expander, Label, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;
use libfuzzer_sys::fuzz_target;

static STAGES: LazyLock<(RuleSegmenter, Context, Abbreviations)> =
    LazyLock::new(|| (RuleSegmenter::embedded(), Context::embedded(), Abbreviations::embedded()));

fuzz_target!(|input: (&str, Option<&str>, &str)| {
    let (segmenter, context, abbreviations) = &*STAGES;
    let (kind, date, text) = input;
    let mut note = Note::new("n", text).unwrap();
    (note.kind, note.date) = (Some(kind.to_owned()), date.map(str::to_owned));
    let layout = segmenter.segment(&note);
    let mention = |span| Mention { span, label: Label::Procedure, score: 1.0, by: MentionSource::Given };
    let mentions: Vec<Mention> = layout.tokens.iter().map(|token| mention(token.span)).collect();
    let assertions = context.assert(&note, &layout, &mentions);
    assert_eq!(assertions.len(), mentions.len());
    for cue in assertions.iter().flat_map(|assertion| &assertion.cues) {
        assert!(!note[cue.span].is_empty() && cue.scope.contains(cue.span));
    }
    let expansions = abbreviations.expand(&note, &layout, &mentions);
    for expansion in &expansions {
        assert!(!expansion.long.is_empty() && (0.5..=1.0).contains(&expansion.score));
    }
    for pair in expansions.windows(2) {
        assert!(pair[0].short.end() <= pair[1].short.start());
    }
});
