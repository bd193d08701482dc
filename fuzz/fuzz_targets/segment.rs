//! Any text has a layout whose parts lie in the text, in order.
#![no_main]

use std::sync::LazyLock;

use clinlink_model::{Note, Segmenter};
use clinlink_segment::{RuleSegmenter, repeats};
use libfuzzer_sys::fuzz_target;

static SEGMENTER: LazyLock<RuleSegmenter> = LazyLock::new(RuleSegmenter::embedded);

fuzz_target!(|text: &str| {
    let note = Note::new("n", text).unwrap();
    let layout = SEGMENTER.segment(&note);
    for pair in layout.sentences.windows(2) {
        assert!(pair[0].span.end() <= pair[1].span.start() && pair[0].tokens.end == pair[1].tokens.start);
    }
    for pair in layout.turns.windows(2) {
        assert!(pair[0].span.end() <= pair[1].span.start());
    }
    for (at, section) in layout.sections.iter().enumerate() {
        assert!(section.parent.is_none_or(|parent| (parent as usize) < at));
    }
    for token in &layout.tokens {
        assert!(!note[token.span].is_empty() && layout.sentence_of(token.span).is_some());
    }
    for check_box in &layout.check_boxes {
        assert!(!note[check_box.mark].is_empty() && !note[check_box.about].is_empty());
    }
    for repeat in repeats(&[(&note, &layout)]) {
        assert!(repeat.first.span.start() < repeat.place.span.start());
    }
});
