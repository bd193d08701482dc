//! Notes with the expected assertions and expansions written into them.
//!
//! `[words]{values}` is a mention; values are those of an assertion's axes that differ from the plain reading, parted
//! by commas, or `plain`. `[words]{=long form}` is an abbreviation with its expansion. Everything else is text. A
//! line break is `\n`, a literal bracket `\[`.

use std::sync::LazyLock;

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{
    Asserter, Assertion, Certainty, Expander, Experiencer, Label, Mention, MentionSource, Note, Polarity,
    Segmenter, Temporality,
};
use clinlink_segment::RuleSegmenter;

/// What the markup says of one mention.
#[derive(Debug, PartialEq, Eq)]
pub enum Expected {
    Values(Vec<String>),
    Long(String),
}

/// A text with its mentions, as byte ranges.
#[derive(Debug)]
pub struct Marked {
    pub text: String,
    pub mentions: Vec<(usize, usize, Expected)>,
}

const VALUES: [&str; 8] =
    ["negated", "probable", "possible", "historical", "hypothetical", "family", "other", "plain"];

/// Reads markup.
///
/// # Panics
/// If it is malformed or holds no mention: a case that checks nothing is a fault of the case.
pub fn read(markup: &str) -> Marked {
    let mut marked = Marked { text: String::new(), mentions: Vec::new() };
    let mut rest = markup;
    while let Some(at) = rest.find(['[', ']', '{', '}', '\\']) {
        marked.text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\\') {
            let literal = after.chars().next().expect("a character after \\");
            marked.text.push(literal);
            rest = &after[literal.len_utf8()..];
            continue;
        }
        let inner = rest.strip_prefix('[').unwrap_or_else(|| panic!("a mark out of place: {markup}"));
        let (words, after) = inner.split_once("]{").unwrap_or_else(|| panic!("no ]{{ after [: {markup}"));
        let (values, after) = after.split_once('}').unwrap_or_else(|| panic!("no }} after ]{{: {markup}"));
        assert!(
            !words.is_empty() && !words.contains(['[', ']', '{', '}']),
            "a mention without words: {markup}"
        );
        let start = marked.text.len();
        marked.text.push_str(words);
        marked.mentions.push((start, marked.text.len(), expected(values, markup)));
        rest = after;
    }
    marked.text.push_str(rest);
    assert!(!marked.mentions.is_empty(), "no mention: {markup}");
    marked
}

fn expected(values: &str, markup: &str) -> Expected {
    if let Some(long) = values.strip_prefix('=') {
        assert!(!long.is_empty(), "an empty long form: {markup}");
        return Expected::Long(long.to_owned());
    }
    let mut values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
    for value in &values {
        assert!(VALUES.contains(&value.as_str()), "unknown value {value:?}: {markup}");
    }
    values.sort();
    values.dedup();
    assert!(values.len() == 1 || !values.contains(&"plain".to_owned()), "plain beside others: {markup}");
    Expected::Values(values)
}

static STAGES: LazyLock<(RuleSegmenter, Context, Abbreviations)> =
    LazyLock::new(|| (RuleSegmenter::embedded(), Context::embedded(), Abbreviations::embedded()));

/// Runs the stages on the marked text and compares every mention.
pub fn check(markup: &str) {
    let marked = read(markup);
    let note = Note::new("case", marked.text.as_str()).unwrap();
    let (segmenter, context, abbreviations) = &*STAGES;
    let layout = segmenter.segment(&note);
    let mention = |&(start, end, _): &(usize, usize, Expected)| Mention {
        span: note.span(start..end).unwrap(),
        label: Label::Disease,
        score: 1.0,
        by: MentionSource::Given,
    };
    let mentions: Vec<Mention> = marked.mentions.iter().map(mention).collect();
    let assertions = context.assert(&note, &layout, &mentions);
    let expansions = abbreviations.expand(&note, &layout, &mentions);
    assert_eq!(assertions.len(), mentions.len());
    for ((mention, assertion), (.., expected)) in mentions.iter().zip(&assertions).zip(&marked.mentions) {
        let words = &note[mention.span];
        match expected {
            Expected::Values(values) => {
                let cues: Vec<_> = assertion.cues.iter().map(|cue| (&note[cue.span], &cue.rule)).collect();
                assert_eq!(&show(assertion), values, "{words:?} in {markup:?}; cues {cues:?}");
                let spoken = *values != ["plain"];
                assert!(!spoken || !cues.is_empty(), "{words:?} in {markup:?} has no cue");
            }
            Expected::Long(long) => {
                let found = expansions.iter().find(|e| e.short == mention.span).map(|e| e.long.as_str());
                assert_eq!(found, Some(long.as_str()), "{words:?} in {markup:?}");
            }
        }
    }
}

fn show(assertion: &Assertion) -> Vec<String> {
    let mut values = Vec::new();
    if assertion.polarity == Polarity::Negated {
        values.push("negated");
    }
    match assertion.certainty {
        Certainty::Certain => {}
        Certainty::Probable => values.push("probable"),
        Certainty::Possible => values.push("possible"),
    }
    match assertion.temporality {
        Temporality::Recent => {}
        Temporality::Historical => values.push("historical"),
        Temporality::Hypothetical => values.push("hypothetical"),
    }
    match assertion.experiencer {
        Experiencer::Patient => {}
        Experiencer::Family => values.push("family"),
        Experiencer::Other => values.push("other"),
    }
    if values.is_empty() {
        values.push("plain");
    }
    let mut values: Vec<String> = values.into_iter().map(str::to_owned).collect();
    values.sort();
    values
}

mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn markup_is_read() {
        let marked = read("No [fever]{negated} \\[x\\] [MI]{historical, possible}.");
        assert_eq!(marked.text, "No fever [x] MI.");
        assert_eq!(marked.mentions[0], (3, 8, Expected::Values(vec!["negated".to_owned()])));
        assert_eq!(marked.mentions.len(), 2);
    }

    #[rstest]
    #[case("no mention")]
    #[case("[fever]")]
    #[case("[fever]{negate}")]
    #[case("[fever]{negated")]
    #[case("[]{negated}")]
    #[case("fever]{negated}")]
    #[case("[CHF]{=}")]
    #[case("[fever]{plain,negated}")]
    #[should_panic(expected = "")]
    fn a_fault_in_the_markup_fails(#[case] markup: &str) {
        read(markup);
    }
}
